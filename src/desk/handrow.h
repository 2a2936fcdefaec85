/* Keys of one order or of a visit that are handed over in one step. Private to src/desk. */
#ifndef CERTDESK_DESK_HANDROW_H
#define CERTDESK_DESK_HANDROW_H

#include "desk/handover.h"
#include "desk/orderrow.h"

/* One key, and whose order it is of; borrowed. */
struct handing {
	struct order *order;
	const json_t *item;
};
/* A taker as it is recorded. */
struct handing_taker {
	const char *to; /* agent, legal, other */
	char *name, *number, document[33]; /* of another; else NULL and "" */
	const struct handover_taker *given;
};
/* Who it is. As handover_take_by, and ERR_DESK_TAKER. Free with handing_taker_free, whatever it returns. */
enum err handing_taker(struct desk *d, const struct handover_taker *given, struct handing_taker *out, struct error *e);
void handing_taker_free(struct handing_taker *t);
/* What is sealed of them with the record; new reference. */
json_t *handing_record(const struct order *o, const struct handing_taker *t);
/* For order_show: the order's last hand-over, {"key_serial","to_whom","receipt","handed_at","taker","taker_name","taker_document"
 * (its kind),"taker_number"}, personal values masked but for `whole`; NULL where there is none. */
enum err handing_show(struct desk *d, const struct order *o, bool whole, json_t **out, struct error *e);
/* What the taker is called for the order's customer (also "mail"), or NULL where it has none such: 本人 or 代办人 for a person,
 * who has no legal representative. */
const char *handing_title(const struct order *o, const char *to);
/* Whether that taker is the same person for both orders; another, who is named, always is. */
bool handing_same_taker(const struct order *a, const struct order *b, const char *to);
/* The receipt is the paper that a taker signs: one for all keys of one visit that one person takes. ERR_DESK_RECEIPT (none, or of another visit),
 * ERR_HANDOVER_RECEIPT (another person signed it, also where that hand-over was undone). */
enum err handing_receipt(struct desk *d, const struct order *o, const struct handing_taker *by, const char *receipt, struct error *e);
/* [{"to","title"}]: who may take it; new reference. */
json_t *handing_takers(const struct order *o);
/* The inserted key holds what was issued for its item, by reading it. ERR_TOKEN_*, ERR_DESK_OTHER_KEY. */
enum err handing_check(struct desk *d, const struct handing *h, struct error *e);
/* A step: all of them to `taker` under one receipt; each order is loaded and judged anew, and done where this is its last key. `visit` NULL: the keys' one order
 * is what the journal's entry is about. ERR_DESK_STATUS (handed over already), ERR_DESK_TAKER, those of handing_receipt. */
enum err handing_take(struct desk *d, const struct handing *h, size_t count, const char *visit, const struct staff *who,
                      const struct handing_taker *by, const char *receipt, struct error *e);

#endif
