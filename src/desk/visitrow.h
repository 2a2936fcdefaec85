/* One visit as the use cases load it. Private to src/desk. */
#ifndef CERTDESK_DESK_VISITROW_H
#define CERTDESK_DESK_VISITROW_H

#include "desk/orderrow.h"
#include "desk/visit.h"

struct visit {
	int64_t id, dk, opened_at;
	char no[VISIT_NO_SIZE], queue_no[VISIT_QUEUE_SIZE], station[33], business_date[11];
};

/* ERR_VISIT_NONE. */
enum err visit_load(struct desk *d, const char *no, struct visit *out, struct error *e);
/* Makes one here and now under data key `dk`; inside a step. */
enum err visit_insert(struct desk *d, int64_t dk, const char *queue, int64_t *id, char no[VISIT_NO_SIZE], struct error *e);
/* Puts a draft into a visit; inside a step. */
enum err visit_take_draft(struct desk *d, const char *visit, int64_t draft, struct error *e);
/* What a new draft begins with, into `values`: of order `like`, or with NULL of the visit's last one (nothing where it has none). */
enum err visit_prefill(struct desk *d, const char *visit, const char *like, enum visit_same same, const struct form *form, json_t *values,
                       struct error *e);
/* Its orders that wait for money which isn't announced yet, loaded, with what each is due; free them and the arrays. */
enum err visit_awaiting(struct desk *d, const struct visit *v, struct order **orders, int64_t **due, size_t *count, struct error *e);
void visit_free_orders(struct order **orders, size_t count);
/* A refusal of one order of several says which one: ERR_VISIT_NOT_READY. Anything else stays as it is. */
enum err visit_name_order(enum err r, const char *order, struct error *e);

#endif
