/* 取证: a certificate that another counter holds comes here, by its key and PIN, by a code to the phone on file, or by a replacement that a
 * review site approves. What a line is needed for says so, and what works without one. */
#ifndef CERTDESK_UI_SCR_FETCH_H
#define CERTDESK_UI_SCR_FETCH_H

#include "ui/screen.h"

/* Asks how its holder proves themselves, and does it, waiting with progress. `key`: the inserted one (NULL: it isn't here); `certificate`
 * its serial (NULL: what is on the key). True where it is here now; else what was wrong has been said, or a replacement was begun on top.
 * Asks nobody who may not begin a business: `why` (may be NULL) is said then. */
bool scr_fetch(struct ui *ui, const char *key, const char *certificate, const struct error *why);
/* The certificate that an approved order waits for: headquarters is asked once more. True when it came. */
bool scr_fetch_order(struct ui *ui, const char *order);

#endif
