/* Two sites without headquarters between them: what it would pass on is taken out of the giver's journal. */
#ifndef CERTDESK_TESTS_AWAY_H
#define CERTDESK_TESTS_AWAY_H

#include "../lib/site.h"
#include "base/json.h"
#include "desk/custody.h"
#include "store/journal.h"

/* What joining would have left. */
static inline void joined(struct desk *d, struct error *e)
{
	int64_t dk;
	site_is(OK, store_begin(d->store, e), e);
	site_is(OK, datakey_new(d->store, &dk, e), e);
	site_is(OK, store_insert(d->store, SQL_HEADQUARTERS_INSERT, NULL, e, "ittttttttbbi", dk, "https://localhost", "总部", "", "", "", "", "", "",
	                         (const void *)"x", (size_t)1, (const void *)"x", (size_t)1, desk_now(d)), e);
	site_is(OK, desk_commit(d, MAY_HUB_JOIN, NULL, d->site, NULL, NULL, e), e);
	site_is(OK, store_run(d->store, SQL_SYNC_STATE_REVIEW, NULL, e, "i", (int64_t)1), e);
}

/* The newest custody that a site gave: what headquarters would pass on. */
static inline json_t *given(struct desk *d, uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	struct rows *rows = NULL;
	json_t *bundle = NULL;
	int64_t seq, at, dk = 0;
	char hash[DIGEST_TEXT_SIZE], bind[96];
	size_t length;
	site_is(OK, journal_head(d->store, &seq, &at, hash, e), e);
	site_is(OK, store_query(d->store, SQL_PUSH_STATES, &rows, e, "i", seq), e);
	while (!bundle && rows_next(rows))
		if (strcmp(rows_text(rows, 0), "custody") == 0) {
			const void *body = rows_blob(rows, 4, &length);
			dk = rows_int(rows, 3);
			snprintf(bind, sizeof bind, "custody/%lld/%lld", (long long)rows_int(rows, 1), (long long)rows_int(rows, 2));
			site_is(OK, datakey_open_json(d->store, dk, bind, body, length, &bundle, e), e);
		}
	rows_end(&rows, NULL);
	assert_non_null(bundle);
	site_is(OK, datakey_show(d->store, dk, key, e), e);
	return bundle;
}

static inline void chain_is_whole(struct desk *d, struct error *e)
{
	struct journal_report report;
	site_is(OK, journal_verify(d->store, &report, NULL, NULL, e), e);
}

#endif
