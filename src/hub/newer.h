/* What a newer program of a site writes and this one can't judge. It isn't refused, which would stand for ever: it waits at its site, and
 * what comes behind it too, until headquarters is upgraded. Pure. */
#ifndef CERTDESK_HUB_NEWER_H
#define CERTDESK_HUB_NEWER_H

#include "hub/posted.h"

/* The action, or the table of a state, that this program doesn't know in an entry whose program is newer; NULL where there is none. */
const char *newer_unknown(const struct posted_entry *p);

#endif
