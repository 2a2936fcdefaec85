/* What can be done about an order's money that goes back, and about a hand-over that was a mistake. */
#ifndef CERTDESK_UI_SCR_REFUND_H
#define CERTDESK_UI_SCR_REFUND_H

#include <jansson.h>

#include "ui/screen.h"

/* The next step of an order's refund that this person may do: to ask, to approve, or to pay back. */
bool scr_refund_offered(struct ui *ui, const json_t *order);
/* Asks what it needs and does it; true when something was done. */
bool scr_refund(struct ui *ui, const json_t *order);
bool scr_undo_offered(struct ui *ui, const json_t *order);
bool scr_undo(struct ui *ui, const json_t *order);

/* The steps by themselves; true when done. `receipt` names the payment, `method` what its slip is called. */
bool refund_step_approve(struct ui *ui, const char *subject, int64_t amount);
bool refund_step_pay(struct ui *ui, const char *subject, const char *receipt, const char *method, int64_t amount);
bool refund_step_withdraw(struct ui *ui, const char *subject);
/* A reason for what `title` does; false where none was given. */
bool refund_ask_reason(struct ui *ui, const char *title, const char *text, char *out, size_t size);

#endif
