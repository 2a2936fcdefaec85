/* Use cases as most tests call them: without what only some of them give. */
#ifndef CERTDESK_TESTS_SHORT_H
#define CERTDESK_TESTS_SHORT_H

#include "desk/handover.h"
#include "desk/issue.h"
#include "desk/order.h"
#include "desk/query.h"
#include "desk/sign.h"
#include "desk/stock.h"
#include "desk/visit.h"

static inline enum err draft_new(struct desk *d, const char *form, const json_t *data, char no[ORDER_NO_SIZE], struct error *e)
{
	return draft_new_about(d, form, NULL, data, no, e);
}

static inline enum err draft_save(struct desk *d, const char *no, const json_t *values, const char *focus, int cursor, struct error *e)
{
	return draft_save_over(d, no, NULL, values, focus, cursor, NULL, e);
}

static inline enum err sign_code(struct desk *d, const char *no, const char *code, json_t **out, struct error *e)
{
	return sign_codes(d, no, code, NULL, out, e);
}

static inline enum err issue_run(struct desk *d, const char *no, const char *serial, void (*progress)(void *arg, const struct issue_progress *),
                                 void *arg, json_t **out, struct error *e)
{
	return issue_with_pin(d, no, serial, NULL, progress, arg, out, e);
}

static inline enum err handover_take(struct desk *d, const char *no, const char *serial, const char *to, const char *receipt, json_t **out,
                                     struct error *e)
{
	return handover_take_by(d, no, serial, &(struct handover_taker){.to = to}, receipt, out, e);
}

static inline enum err visit_handover(struct desk *d, const char *visit, const char *const *serials, size_t count, const char *to,
                                      const char *receipt, json_t **out, struct error *e)
{
	return visit_handover_by(d, visit, serials, count, &(struct handover_taker){.to = to}, receipt, out, e);
}

static inline enum err query_send(struct desk *d, const char *kind, const char *number, json_t **out, struct error *e)
{
	return query_send_to(d, kind, number, 0, out, e);
}

static inline enum err keys_stock(struct desk *d, json_t **out, struct error *e)
{
	return stock_list(d, NULL, NULL, out, e);
}

/* From a file, into the station's drawer. */
static inline enum err keys_receive(struct desk *d, const char *path, json_t **out, struct error *e)
{
	return stock_do(d, &(struct stock_order){.deed = STOCK_RECEIVE, .keys = {.path = path}}, out, e);
}

#endif
