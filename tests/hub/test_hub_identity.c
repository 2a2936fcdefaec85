/* Identity checks that failed at headquarters: accepted, on the way with their order, purged with the rest. */
#include "custody_case.h"
#include "desk/admin.h"
#include "desk/attach.h"
#include "desk/identity.h"
#include "desk/sign.h"
#include "hub/verify.h"
#include "rules/retention.h"

static void refused(struct hub_case *c, const char *of, const char *method, const char *reason)
{
	const struct identity_refused what = {of, method, reason, "BK-20261126/1"};
	json_t *out = NULL;
	site_is(OK, identity_refuse(c->d[COUNTER], c->no, &what, &out, &c->e), &c->e);
	json_decref(out);
}

static size_t failed_at(struct hub_case *c, int i)
{
	json_t *rows = NULL, *row;
	size_t k, n = 0;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, identity_list(c->d[i], c->no, &rows, &c->e), &c->e);
	json_array_foreach(rows, k, row)
		n += strcmp(json_text(row, "result"), "failed") == 0 && strcmp(json_text(row, "reason"), "declined") == 0;
	json_decref(rows);
	return n;
}

static void a_failed_check_goes_along_with_its_order(void **state)
{
	struct hub_case *c = *state;
	json_t *seen = json_pack("{sb}", "identity_seen", 1), *sample = site_sample("new-unit", NULL);
	struct desk *d = site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_draft(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	refused(c, "legal", "bank-card", "declined");
	site_is(OK, draft_edit(d, c->no, seen, &c->e), &c->e);
	site_sign(&c->site[COUNTER], d, c->no);
	refused(c, "agent", "real-name-mobile", "declined"); /* of an order that is there already */
	site_pay(d, c->no);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_int_equal(2, failed_at(c, REVIEW));
	json_t *out = NULL;
	claimed(c, REVIEW);
	site_is(ERR_DESK_IDENTITY_FAILED, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	site_is(OK, review_return(c->d[REVIEW], c->no, "请重新核验", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_int_equal(2, failed_at(c, COUNTER));
	site_as(&c->site[COUNTER], d, "op1");
	out = NULL;
	site_is(ERR_DESK_IDENTITY, sign_send(d, c->no, &out, &c->e), &c->e);
	nothing_refused();
	json_decref(sample);
	json_decref(seen);
}

static void headquarters_follows_the_purge_of_a_failed_check(void **state)
{
	struct hub_case *c = *state;
	struct hub_report report;
	json_t *out = NULL;
	struct desk *d = site_at(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_draft(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	refused(c, "legal", "bank-card", "declined");
	site_is(OK, order_cancel(d, c->no, &c->e), &c->e);
	SYNC(c, COUNTER);
	hub->clock.fixed = d->clock.fixed = clock_now(&CLOCK_SYSTEM) + (int64_t)(RETENTION_LEAST * 366 + 2) * 86400;
	site_is(OK, tick_run(d, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, COUNTER);
	nothing_refused();
	site_is(OK, hub_verify_all(hub, &report, NULL, NULL, &c->e), &c->e);
	out = NULL;
	site_is(OK, tick_run(d, &out, &c->e), &c->e);
	json_decref(out);
	int64_t left = 1;
	site_is(OK, store_int(d->store, SQL_PURGE_DUE, 0, &left, &c->e, ""), &c->e);
	assert_int_equal(0, left);
	site_as(&c->site[COUNTER], d, "au1");
	out = NULL;
	site_is(OK, audit_verify(d, NULL, NULL, &out, &c->e), &c->e);
	json_decref(out);
}

/* A site that lets its records go before their time. */
static void a_failed_check_that_is_purged_too_early_is_refused(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	struct desk *d = site_at(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_draft(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	refused(c, "legal", "bank-card", "declined");
	SYNC(c, COUNTER);
	d->clock.fixed = clock_now(&CLOCK_SYSTEM) + (int64_t)(RETENTION_LEAST * 366 + 2) * 86400; /* headquarters' own clock knows better */
	site_is(OK, tick_run(d, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PURGE: identity_refusal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_failed_check_goes_along_with_its_order),
		HUB_TEST(headquarters_follows_the_purge_of_a_failed_check),
		HUB_TEST(a_failed_check_that_is_purged_too_early_is_refused),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
