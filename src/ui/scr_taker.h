/* Who takes a key, where the order doesn't know them: name and identity document. */
#ifndef CERTDESK_UI_SCR_TAKER_H
#define CERTDESK_UI_SCR_TAKER_H

#include <stdbool.h>

#include "desk/handover.h"
#include "ui/screen.h"

/* What was answered stays, so that it is there again after a refusal. Zeroed at first. */
struct taker_answers {
	char name[256], document[33], number[128];
};
/* Fills `out` for `to`; asks for somebody else's name and document. False: left without an answer. `out` borrows from both. */
bool scr_ask_taker(struct ui *ui, const char *to, struct taker_answers *answers, struct handover_taker *out);

#endif
