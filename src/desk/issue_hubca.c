/* The step of the journey that headquarters' CA does: recorded before it is asked, under a key that makes the second try the first. */
#include <stdio.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/issuing.h"

enum { KEY_BYTES = 16 };

static void new_key(char out[2 * KEY_BYTES + 1])
{
	uint8_t raw[KEY_BYTES];
	random_bytes(raw, sizeof raw);
	hex_encode(out, raw, sizeof raw);
}

/* In the journal before it is on the line. Headquarters looks at the tables as they are with this entry: no other may come between. */
static enum err record(struct journey *j, int64_t *id, char key[2 * KEY_BYTES + 1], struct error *e)
{
	enum err r = store_begin(j->d->store, e);
	new_key(key);
	if (!r && !(r = journey_choose_end(j, e)) && !(r = journey_same_product(j, e)) && !(r = journey_subject_stands(j, e)) && !(r = store_insert(j->d->store, SQL_CA_REQUEST_ADD, id, e, "iittiii", j->o.dk, j->item.id, j->item.key_serial, key, j->item.not_before,
	                       j->item.not_after, desk_now(j->d))))
		r = journey_commit(j, "issue.asked", e);
	store_rollback(j->d->store);
	return r;
}

/* The one that an earlier run has recorded, or a new one. */
static enum err recorded(struct journey *j, int64_t *id, char key[2 * KEY_BYTES + 1], bool *asked, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(j->d->store, SQL_CA_REQUEST_OPEN, &row, e, "it", j->item.id, j->item.key_serial);
	*asked = row != NULL;
	if (!r && row) {
		*id = json_number(row, "id");
		snprintf(key, 2 * KEY_BYTES + 1, "%s", json_text(row, "key"));
		j->item.not_before = json_number(row, "not_before");
		j->item.not_after = json_number(row, "not_after");
	} else if (!r)
		r = record(j, id, key, e);
	json_decref(row);
	return r;
}

static enum err waits(enum err r, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3], short_one[ERROR_DETAIL_SIZE / 2];
	if (error_exit(r) != EXIT_RETRY || r == ERR_DESK_CA_WAITS || r == ERR_DESK_CA_UNKNOWN)
		return r;
	text_copy(short_one, sizeof short_one, error_sentence(e, sentence, sizeof sentence));
	return error_set(e, ERR_DESK_CA_WAITS, "%s%s", short_one, tr("。", ". "));
}

enum err hubca_certify(struct journey *j, struct ca *ca, const struct bytes *request, struct error *e)
{
	char key[2 * KEY_BYTES + 1];
	struct bytes der = {0};
	struct cert_info info = {0};
	int64_t id = 0;
	bool asked = false;
	enum err r = journey_may_certify(j, e);
	if (r || (r = recorded(j, &id, key, &asked, e)))
		return r;
	struct ca_order order = {.request = request->data, .request_length = request->length, .profile = j->profile, .values = j->values,
	                         .not_before = j->item.not_before, .not_after = j->item.not_after, .key = key, .no = j->o.no, .item = j->item.id,
	                         .asked = asked};
	if ((r = ca_issue(ca, &order, &info, &der, e)))
		r = waits(r, e);
	else if (!(r = store_begin(j->d->store, e))) {
		if (!(r = journey_may_certify(j, e)) && !(r = journey_insert_certificate(j, &info, &der, e)) &&
		    !(r = store_run(j->d->store, SQL_CA_REQUEST_ANSWERED, NULL, e, "ii", id, desk_now(j->d))))
			r = journey_finish(j, "certified", e);
		store_rollback(j->d->store);
	}
	cert_info_free(&info);
	bytes_free(&der);
	return r;
}
