/* What the stock's screen shows to read: the balance of a day, and the counts. */
#ifndef CERTDESK_UI_SCR_STOCK_H
#define CERTDESK_UI_SCR_STOCK_H

#include "ui/screen.h"

void stock_show_balance(struct ui *ui); /* asks for the day */
void stock_show_counts(struct ui *ui);

#endif
