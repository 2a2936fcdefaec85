/* Who takes a key, where the order doesn't know them: name and identity document; and the old key that they give back. */
#ifndef CERTDESK_UI_SCR_TAKER_H
#define CERTDESK_UI_SCR_TAKER_H

#include <stdbool.h>

#include "desk/handover.h"
#include "ui/scr_common.h"

/* What was answered stays, so that it is there again after a refusal. Zeroed at first. */
struct taker_answers {
	char name[256], document[33], number[128];
};
/* Fills `out` for `to`; asks for somebody else's name and document. False: left without an answer. `out` borrows from both. */
bool scr_ask_taker(struct ui *ui, const char *to, struct taker_answers *answers, struct handover_taker *out);
/* Runs the hand-over `run` by `by`; where an old key has to be collected that isn't in, asks for its serial, or why it can't be read, until
 * it is done or left. True when it was done. */
bool scr_take(struct ui *ui, use_case *run, struct call *c, struct handover_taker *by);
/* "收回旧介质 10000001", of a preview (handover.h, visit.h): false where there is none to collect. */
bool scr_old_key(const json_t *preview, char *out, size_t size);

#endif
