/* One payment over all orders of a visit. */
#include <stdlib.h>

#include "base/json.h"
#include "desk/match.h"
#include "desk/payrow.h"
#include "desk/visitrow.h"

enum err visit_pay(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                   struct error *e)
{
	struct visit v;
	struct order *orders = NULL;
	int64_t *due = NULL;
	size_t count = 0;
	bool till = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY, NULL, e);
	if (!r)
		r = pay_method(method, &till, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = visit_load(d, no, &v, e)) && !(r = visit_awaiting(d, &v, &orders, &due, &count, e)))
		r = count ? pay_orders(d, orders, due, count, no, &(struct taking){.method = method, .receipt = receipt, .amount = amount}, e)
		          : error_set(e, ERR_VISIT_EMPTY, "%s", no);
	store_rollback(d->store);
	if (!r && !till) /* the statement may be here already */
		r = match_announced(d, orders->no, e);
	visit_free_orders(&orders, count);
	free(due);
	return r ? r : visit_show(d, no, out, e);
}
