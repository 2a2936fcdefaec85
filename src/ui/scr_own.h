/* CA 主动办理: a certificate revoked, suspended or resumed on the CA's own ground, by two persons. */
#ifndef CERTDESK_UI_SCR_OWN_H
#define CERTDESK_UI_SCR_OWN_H

#include "ui/screen.h"

/* Whether this person can begin it for a certificate in this state ("active", …). */
bool scr_own_offered(struct ui *ui, const char *status);
/* Asks what is to be done, for which reason and on which ground, and has a second person authorise it. True where it was done. */
bool scr_own(struct ui *ui, const char *certificate);

#endif
