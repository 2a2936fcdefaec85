/* What was approved and came by a code goes back by itself. */
#include <string.h>

#include "base/json.h"
#include "desk/provider.h"
#include "desk/qrrefund.h"
#include "desk/refund.h"
#include "desk/refundrow.h"

/* The customer hears of what the order, or a surplus, gave back. */
static void tell(struct desk *d, const json_t *row)
{
	struct order o = {0};
	if (json_number(row, "order_id") && order_load(d, json_text(row, "subject"), &o, NULL) == OK &&
	    (strcmp(o.status, "refunded") == 0 || strcmp(json_text(row, "kind"), "surplus") == 0))
		refund_tell(d, &o);
	order_free(&o);
}

enum err qr_refund_all(struct desk *d, const char *subject, int64_t *done, struct error *why, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	char request_no[ALIPAY_NUMBER_SIZE];
	bool timer = d->timer, line = provider_configured(d), refunded;
	*done = 0;
	if (why)
		*why = (struct error){0};
	enum err r = line ? store_rows(d->store, SQL_QR_REFUNDS_APPROVED, &rows, e, "t", subject ? subject : "") : OK;
	d->timer = true;
	json_array_foreach(rows, i, row) {
		struct error one = {0};
		if (line && qr_refund_pay(d, json_number(row, "id"), &refunded, request_no, &one) == OK) {
			tell(d, row);
			++*done;
		} else if (line && why)
			*why = one;
		line = line && one.code != ERR_PAY_PROVIDER_LINE; /* nor will the others be reached */
	}
	d->timer = timer;
	json_decref(rows);
	return r;
}

enum err qr_refund_approve(struct desk *d, const char *subject, json_t **out, struct error *why, struct error *e)
{
	struct error late = {0};
	int64_t sent = 0;
	*why = (struct error){0};
	enum err r = refund_approve(d, subject, out, e);
	if (r)
		return r;
	if (qr_refund_all(d, subject, &sent, why, &late) != OK) /* approved it is, whatever came then */
		*why = late;
	json_object_set_new(*out, "sent_back", json_integer(sent));
	return OK;
}
