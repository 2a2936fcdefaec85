/* The review that an order's business asks for. Private to judge.c. */
#ifndef CERTDESK_HUB_JUDGE_REVIEW_H
#define CERTDESK_HUB_JUDGE_REVIEW_H

#include "hub/judge.h"

/* An order that moves from one status to another without a decision had none to wait for, or stands where it stood before its money was asked
 * back. Refuses by judge_refuse. */
enum err judge_past_review(struct judging *j, int64_t record, const char *from, const json_t *now, struct error *e);

#endif
