#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/match.h"

enum err bank_entry_read(struct desk *d, struct rows *rows, struct bank_entry *out, struct error *e)
{
	size_t length;
	const void *blob = rows_blob(rows, 5, &length);
	*out = (struct bank_entry){.id = rows_int(rows, 0), .dk = rows_int(rows, 1), .payment = rows_int(rows, 6)};
	text_copy(out->booked_date, sizeof out->booked_date, rows_text(rows, 3));
	text_copy(out->reference, sizeof out->reference, rows_text(rows, 2));
	enum err r = length ? datakey_open_json(d->store, rows_int(rows, 1), "statement_entry.data", blob, length, &out->data, e)
	                    : (out->data = json_pack("{ss}", "remark", rows_text(rows, 7))) ? OK : ERR_MEMORY; /* purged: the bank knows who it was */
	/* the rule takes its own struct and writes nothing to it */
	if (!r)
		out->as_read = (struct statement_entry){.id = out->reference,
		                                        .amount_fen = rows_int(rows, 4),
		                                        .payer_name = (char *)json_text(out->data, "payer_name"),
		                                        .payer_account = (char *)json_text(out->data, "payer_account"),
		                                        .remark = (char *)json_text(out->data, "remark")};
	return r;
}

enum err bank_entry_receipt(struct desk *d, const struct bank_entry *entry, char out[BANK_RECEIPT_SIZE], struct error *e)
{
	int64_t before = 0;
	snprintf(out, BANK_RECEIPT_SIZE, "T:%s", entry->reference);
	enum err r = store_int(d->store, SQL_PAYMENT_RECEIPTS_LIKE, 0, &before, e, "t", out);
	if (!r && before > 0)
		snprintf(out + strlen(out), BANK_RECEIPT_SIZE - strlen(out), "#%lld", (long long)before + 1);
	return r;
}
