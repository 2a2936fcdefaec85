/* Headquarters' log: lines on standard error, which the service manager keeps. */
#ifndef CERTDESK_HUB_LOG_H
#define CERTDESK_HUB_LOG_H

#include "base/error.h"

void hub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: sentence"; valid until the next call. */
const char *hub_log_error(const struct error *e);

#endif
