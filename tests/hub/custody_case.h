/* For tests of custody at headquarters: an order on its way to the review site and back. */
#ifndef CERTDESK_TESTS_CUSTODY_CASE_H
#define CERTDESK_TESTS_CUSTODY_CASE_H

#include "hubcase.h"

static inline json_t *feed_of(struct hub_case *c, int i)
{
	json_t *out = NULL;
	assert_int_equal(200, ask(c, i, "GET", "/v1/feed", "after=0", NULL, 0, "", &out));
	return out;
}

/* The newest item of a kind that is still in a site's feed, its body parsed; NULL where there is none. */
static inline json_t *newest(struct hub_case *c, int i, const char *kind)
{
	json_t *feed = feed_of(c, i), *item, *body = NULL;
	size_t k;
	json_array_foreach(json_object_get(feed, "items"), k, item)
		if (strcmp(json_text(item, "kind"), kind) == 0) {
			json_decref(body);
			body = json_loads(json_text(item, "body"), 0, NULL);
		}
	json_decref(feed);
	return body;
}

static inline const char *held_by(const char *no)
{
	static char custodian[64];
	struct db_rows *rows = NULL;
	struct error e = {0};
	custodian[0] = '\0';
	site_is(OK, db_query(hub->db, HUB_SQL_CUSTODY_GET, &rows, &e, "t", no), &e);
	if (db_rows_next(rows))
		snprintf(custodian, sizeof custodian, "%s", db_rows_text(rows, 1));
	db_rows_end(&rows, NULL);
	return custodian;
}

/* An order in review at the counter, with a review site that has joined; not synced yet. */
static inline void paid_order(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER); /* hears of the review site */
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
}

/* … and now at the review site. */
static inline void away(struct hub_case *c)
{
	paid_order(c);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

static inline const char *status_at(struct hub_case *c, int i)
{
	static char status[32];
	json_t *out = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, order_show(c->d[i], c->no, &out, &c->e), &c->e);
	snprintf(status, sizeof status, "%s", json_text(out, "status"));
	json_decref(out);
	return status;
}

static inline void nothing_refused(void)
{
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s: %s", codes[i], why_refused(i));
}

/* rv1 of the site has claimed the order, and is the actor. */
static inline void claimed(struct hub_case *c, int i)
{
	json_t *out = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, review_claim(c->d[i], c->no, &out, &c->e), &c->e);
	json_decref(out);
}

static inline void approved(struct hub_case *c, int i)
{
	json_t *out = NULL;
	claimed(c, i);
	site_is(OK, review_approve(c->d[i], c->no, &out, &c->e), &c->e);
	json_decref(out);
}

#endif
