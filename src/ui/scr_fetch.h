/* 取证: a certificate that another counter holds comes here, with its holder's PIN. */
#ifndef CERTDESK_UI_SCR_FETCH_H
#define CERTDESK_UI_SCR_FETCH_H

#include "ui/screen.h"

/* Offers to get the certificate on the inserted key from headquarters, asks for the PIN, and waits with progress. True where it is here
 * now; else what was wrong has been said. Asks nobody who may not begin a business. */
bool scr_fetch(struct ui *ui, const char *key, const struct error *why);

#endif
