/* 修改口令: one's own, with the old one. */
#ifndef CERTDESK_UI_SCR_PASSWORD_H
#define CERTDESK_UI_SCR_PASSWORD_H

#include "base/bytes.h"
#include "ui/screen.h"

/* A new password of `login`, twice. False: left without one. */
bool scr_new_password(struct ui *ui, const char *login, struct secret *out);
void scr_own_password(struct ui *ui);

#endif
