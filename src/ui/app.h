/* The screens' way in: what `certdesk` without a command runs. */
#ifndef CERTDESK_UI_APP_H
#define CERTDESK_UI_APP_H

#include "base/error.h"

/* Opens the site in `dir` (NULL: as desk_open chooses) on this terminal, from the login screen until the operator
 * leaves. ERR_UI_NO_TERMINAL, ERR_UI_TERM, and what desk_open returns. The terminal is as before afterwards. */
enum err app_run(const char *dir, struct error *e);

#endif
