/* An amount in large figures, so that it can be read from across the counter. */
#ifndef CERTDESK_UI_SCR_DIGITS_H
#define CERTDESK_UI_SCR_DIGITS_H

#include "ui/pane.h"

#define DIGITS_ROWS 3
/* Draws digits, "." "," "-" and "¥" three rows high; returns the columns used. Other characters are left out. */
int digits_draw(const struct pane *p, int row, int column, enum role role, const char *text);

#endif
