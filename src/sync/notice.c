/* What came and could not be carried out, and what headquarters did not accept: named until a person has seen to it. */
#include <stdio.h>

#include "base/json.h"
#include "base/lang.h"
#include "sync/internal.h"
#include "sync/refusal.h"

static void note(struct desk *d, const char *text)
{
	store_run(d->store, SQL_SYNC_NOTICE_ADD, NULL, NULL, "ti", text, desk_now(d));
}

void notice_trouble(struct desk *d, const struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	note(d, error_sentence(e, sentence, sizeof sentence));
}

void notice_refused(struct desk *d, int64_t seq, const char *why)
{
	char sentence[ERROR_DETAIL_SIZE], text[ERROR_DETAIL_SIZE + 64];
	refusal_sentence(why, sentence, sizeof sentence);
	snprintf(text, sizeof text, tr("第 %lld 条记录总部未接收：%s", "headquarters does not accept entry %lld: %s"), (long long)seq, sentence);
	note(d, text);
}

enum err notice_untaken(struct desk *d, const char *kind, int64_t n, const struct error *why, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3], subject[64];
	json_t *facts = json_pack("{ss}", "why", error_sentence(why, sentence, sizeof sentence));
	snprintf(subject, sizeof subject, "%.32s %lld", kind, (long long)n);
	enum err r = store_begin(d->store, e);
	if (!r)
		r = desk_commit(d, MAY_SYNC, "sync.untaken", subject, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	return r;
}

enum err notice_list(struct desk *d, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_SYNC_NOTICE_OPEN, out, e, "");
	json_array_foreach(*out, i, row)
		desk_time(row, "at", json_number(row, "at"));
	return r;
}

enum err sync_seen(struct desk *d, int64_t number, json_t **out, struct error *e)
{
	char subject[24] = "";
	int64_t changed = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SYNC_SEEN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (number)
			snprintf(subject, sizeof subject, "%lld", (long long)number);
		r = store_run(d->store, SQL_SYNC_NOTICE_SEEN, &changed, e, "ii", number, desk_now(d));
		if (!r && changed) {
			json_t *facts = json_pack("{sI}", "count", (json_int_t)changed);
			r = desk_commit(d, MAY_SYNC_SEEN, NULL, number ? subject : d->site, NULL, facts, e);
			json_decref(facts);
		} else if (!r && number)
			r = error_set(e, ERR_SYNC_NOTICE, "%lld", (long long)number);
		store_rollback(d->store);
	}
	return r ? r : notice_list(d, out, e);
}
