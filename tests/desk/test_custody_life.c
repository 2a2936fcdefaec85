/* Orders about a certificate that go to a review site: it sees the certificate, and what follows happens at home. */
#include "life.h"

#include <sqlite3.h>

#include "away.h"
#include "desk/certcustody.h"
#include "desk/elsewhere.h"

static struct site review_base, review_site;

static int both_setup(void **state)
{
	int r = life_setup(state);
	site_make_as(&review_base, "000000-R1", 0);
	return r;
}

static int both_teardown(void **state)
{
	site_end(&review_base);
	return group_teardown(state);
}

static struct desk *fresh_review(void)
{
	static int number;
	char name[16];
	snprintf(name, sizeof name, "r%d", ++number);
	site_copy(&review_base, name, &review_site);
	return site_open(&review_site);
}

/* There, decided, and back: from a site that is joined. */
static void decided(struct life *l, struct desk *there, const char *decision)
{
	uint8_t key[DATA_KEY_SIZE];
	int64_t count = 0;
	struct custody_item item = {.order = l->no, .from = "110114-01", .home = "110114-01", .decision = "", .seq = 1, .feed = 1, .key = key};
	joined(there, &l->e);
	site_is(OK, custody_give(l->d, &count, &l->e), &l->e);
	assert_int_equal(count, 1);
	json_t *bundle = given(l->d, key, &l->e);
	item.bundle = bundle;
	IS(OK, custody_take(there, &item, &l->e));
	json_decref(bundle);
	site_as(&review_site, there, "rv1");
	IS(OK, review_claim(there, l->no, &out, &l->e));
	if (strcmp(decision, "approve") == 0)
		IS(OK, review_approve(there, l->no, &out, &l->e));
	else
		IS(OK, review_return(there, l->no, "请补材料", &out, &l->e));
	item = (struct custody_item){.order = l->no, .from = "000000-R1", .home = "110114-01", .decision = decision, .seq = 2, .feed = 2};
	item.bundle = bundle = given(there, key, &l->e);
	IS(OK, custody_take(l->d, &item, &l->e));
	json_decref(bundle);
}

static void decided_away(struct life *l, struct desk *there, const char *decision)
{
	joined(l->d, &l->e);
	decided(l, there, decision);
}

static void asked_to_revoke(struct life *l)
{
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'affiliation-changed','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	status_of(l, "in-review");
}

static void test_a_revocation_approved_elsewhere_is_carried_out_here(void **state)
{
	struct life *l = *state;
	struct desk *there = fresh_review();
	json_t *shown = NULL;
	asked_to_revoke(l);
	decided_away(l, there, "approve");
	status_of(l, "done");
	certificate_is(l, l->certificate, "revoked", "affiliation-changed");
	assert_true(in_crl(l, l->certificate));
	/* the reviewer saw which certificate it was about; the review site's own list hasn't got it */
	site_as(&review_site, there, "rv1");
	IS(OK, order_show(there, l->no, &shown, &l->e));
	assert_string_equal(json_text(json_object_get(shown, "about"), "certificate"), l->certificate);
	json_decref(shown);
	struct life other = {.d = there, .t.site = review_site};
	site_as(&review_site, there, "au1");
	assert_false(in_crl(&other, l->certificate));
	chain_is_whole(there, &l->e);
	desk_close(&there);
}

static void test_a_revocation_returned_elsewhere_leaves_the_certificate(void **state)
{
	struct life *l = *state;
	struct desk *there = fresh_review();
	asked_to_revoke(l);
	decided_away(l, there, "return");
	status_of(l, "returned");
	certificate_is(l, l->certificate, "active", "");
	chain_is_whole(there, &l->e);
	desk_close(&there);
}

/* In the hands of another site, or here again. */
static void held_by(struct life *l, const char *site)
{
	int64_t id = 0;
	IS(OK, store_begin(l->d->store, &l->e));
	IS(OK, store_int(l->d->store, SQL_SUBJECT_BY_SERIAL, 0, &id, &l->e, "t", (const char *)l->certificate));
	IS(OK, store_run(l->d->store, SQL_CERTIFICATE_SET_HOLDER, NULL, &l->e, "it", id, site));
	IS(OK, desk_commit(l->d, MAY_SYNC, "test.held", l->certificate, NULL, NULL, &l->e));
}

/* The CA acts in another window when this one is about to write. */
static struct life *acts;

static int on_statement(unsigned what, void *arg, void *statement, void *text)
{
	(void)what, (void)arg, (void)statement;
	struct life *l = acts;
	if (l && strcmp(text, "BEGIN IMMEDIATE") == 0) {
		acts = NULL;
		as(l, "mg1");
		with(l, "rv1");
		IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "密钥外泄", &out, &l->e));
	}
	return 0;
}

static int on_open(sqlite3 *db, const char **why, const void *api)
{
	(void)why, (void)api;
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
	return SQLITE_OK;
}

static void test_what_is_revoked_when_it_comes_is_not_suspended_for_its_replacement(void **state)
{
	struct life *l = *state;
	struct desk *there = fresh_review();
	int64_t settled = 0;
	json_t *values = site_sample("new-unit", NULL);
	json_object_del(values, "key_role");
	json_object_set_new(values, "reason", json_string("lost"));
	joined(l->d, &l->e);
	held_by(l, "110114-02");
	as(l, "op1");
	IS(OK, draft_new_about(l->d, "replace-unit", &(struct draft_about){.certificate = l->certificate, .elsewhere = true}, values, l->no, &l->e));
	json_decref(values);
	documents(l);
	sign(l);
	pay(l);
	decided(l, there, "approve");
	desk_close(&there);
	held_by(l, l->d->site);
	sqlite3_auto_extension((void (*)(void))on_open);
	struct desk *line = site_open(&l->t.site);
	sqlite3_reset_auto_extension();
	line->clock = l->d->clock;
	line->timer = true;
	acts = l;
	IS(OK, elsewhere_settle(line, &settled, &l->e));
	assert_null(acts);
	desk_close(&line);
	assert_int_equal(settled, 0);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_revocation_approved_elsewhere_is_carried_out_here),
		LIFE(test_a_revocation_returned_elsewhere_leaves_the_certificate),
		LIFE(test_what_is_revoked_when_it_comes_is_not_suspended_for_its_replacement),
	};
	return cmocka_run_group_tests(tests, both_setup, both_teardown);
}
