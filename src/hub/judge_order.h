/* What an entry does to orders. Private to judge.c. */
#ifndef CERTDESK_HUB_JUDGE_ORDER_H
#define CERTDESK_HUB_JUDGE_ORDER_H

#include "hub/judge.h"

/* The site holds the order that is this row of its. */
enum err judge_holds_order(struct judging *j, int64_t order, struct error *e);
/* *left: the entry says of the order, which is state `at` of it, only that another site holds it. */
enum err judge_left_order(struct judging *j, size_t at, bool *left, struct error *e);
/* One order's row as it is now (NULL: gone): number, transition, and what has to be there before. */
enum err judge_order(struct judging *j, int64_t record, const json_t *now, struct error *e);
/* A certificate comes from an order that is being issued. */
enum err judge_certificate(struct judging *j, int64_t record, const json_t *now, struct error *e);

#endif
