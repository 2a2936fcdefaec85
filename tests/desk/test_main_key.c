/* One main key for a unit, whatever was signed before it was made. */
#include "life.h"

#include <openssl/pem.h>

#include "ca/ca.h"
#include "ca/cert.h"
#include "desk/hubca.h"
#include "desk/orderrow.h"
#include "desk/refund.h"
#include "rules/region.h"

#define SECOND "{'unit_name':'上海示例有限公司','uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43'}"

static void approved(struct life *l, char no[ORDER_NO_SIZE])
{
	json_t *changes = data(SECOND);
	site_approved(&l->t.site, l->d, "new-unit", changes, no);
	json_decref(changes);
}

/* As another site would do it: what is signed there isn't known here yet. */
static void set_aside(struct life *l, const char *no, bool aside)
{
	char out[64];
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET status = '%s' WHERE no = '%s'\"", l->t.site.dir,
	                       aside ? "returned" : "approved", no), 0);
}

static void approved_beside(struct life *l, char a[ORDER_NO_SIZE], char b[ORDER_NO_SIZE])
{
	approved(l, a);
	set_aside(l, a, true);
	approved(l, b);
	set_aside(l, a, false);
}

static enum err make(struct life *l, struct desk *d, const char *no, const char *serial)
{
	json_t *out = NULL;
	site_as(&l->t.site, d, "is1");
	l->e = (struct error){0};
	enum err r = issue_run(d, no, serial, NULL, NULL, &out, &l->e);
	json_decref(out);
	return r;
}

static void main_keys_are(struct life *l, int64_t wanted)
{
	json_t *list = NULL, *row;
	size_t i;
	int64_t n = 0;
	site_is(OK, store_rows(l->d->store, SQL_CERT_LIST, &list, &l->e, ""), &l->e);
	json_array_foreach(list, i, row) /* the first unit's own is none of these */
		n += strcmp(json_text(row, "state"), "active") == 0 && strcmp(json_text(row, "order"), order) != 0;
	json_decref(list);
	assert_int_equal(n, wanted);
}

/* The money goes back whole, and the unit can have a secondary key. */
static void way_out(struct life *l, const char *no)
{
	json_t *o = NULL;
	snprintf(l->no, sizeof l->no, "%s", no);
	status_of(l, "approved");
	as(l, "op1");
	IS(OK, refund_ask(l->d, no, "单位已有主锁", &out, &l->e));
	as(l, "mg1");
	IS(OK, refund_approve(l->d, no, &out, &l->e));
	as(l, "op1");
	char reference[ORDER_NO_SIZE + 8];
	snprintf(reference, sizeof reference, "BACK%s", no);
	IS(OK, refund_pay(l->d, no, NULL, reference, &out, &l->e));
	site_is(OK, order_show(l->d, no, &o, &l->e), &l->e);
	assert_string_equal(json_text(o, "status"), "refunded");
	assert_int_equal(json_number(o, "refunded"), json_number(o, "amount"));
	json_decref(o);
	json_t *changes = data(SECOND);
	json_object_set_new(changes, "key_role", json_string("secondary"));
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	pull();
	fresh_key("10000003");
	insert("10000003");
	site_is(OK, make(l, l->d, l->no, "10000003"), &l->e);
}

static void test_of_two_main_applications_signed_side_by_side_one_is_made(void **state)
{
	struct life *l = *state;
	char a[ORDER_NO_SIZE], b[ORDER_NO_SIZE];
	approved_beside(l, a, b);
	insert(OTHER);
	site_is(OK, make(l, l->d, a, OTHER), &l->e);
	pull();
	fresh_key("10000004");
	insert("10000004");
	site_is(ERR_DESK_MAIN_ISSUED, make(l, l->d, b, "10000004"), &l->e);
	assert_non_null(strstr(l->e.detail, OTHER));
	check_key(&l->t, "10000004", "in-stock"); /* not touched */
	main_keys_are(l, 1);
	way_out(l, b);
}

static void test_a_main_key_that_was_begun_is_undone_where_another_came_first(void **state)
{
	struct life *l = *state;
	char a[ORDER_NO_SIZE], b[ORDER_NO_SIZE];
	approved_beside(l, a, b);
	fresh_key("10000004");
	assert_true(pcscd_insert(&readers, 0, "10000004", "--vanish-at", "15", NULL));
	assert_int_equal(error_exit(make(l, l->d, b, "10000004")), EXIT_RETRY);
	assert_true(pcscd_vanished(&readers, 0));
	insert(OTHER);
	site_is(OK, make(l, l->d, a, OTHER), &l->e);
	pull();
	insert("10000004");
	site_is(ERR_DESK_MAIN_ISSUED, make(l, l->d, b, "10000004"), &l->e);
	as(l, "mg1");
	IS(OK, issue_undo(l->d, b, "单位已有主锁", &out, &l->e));
	check_key(&l->t, "10000004", "in-stock");
	main_keys_are(l, 1);
	way_out(l, b);
}

static enum err pem_bytes(const char *pem, struct bytes *der)
{
	unsigned char *data = NULL;
	char *name = NULL, *header = NULL;
	long n = 0;
	BIO *bio = BIO_new_mem_buf(pem, -1);
	enum err r = PEM_read_bio(bio, &name, &header, &data, &n) == 1 ? bytes_add(der, data, (size_t)n) : ERR_CA_REQUEST;
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(bio);
	return r;
}

struct race {
	struct life *l;
	struct desk *d;
	const char *other;
	bool run;
};

/* Another window makes the other order's key just before this one's certificate. */
static void other_window(void *arg, const struct issue_progress *p)
{
	struct race *race = arg;
	if (race->run || strcmp(p->step, "certified") != 0)
		return;
	race->run = true;
	site_is(OK, make(race->l, race->d, race->other, OTHER), &race->l->e);
}

static void test_two_windows_at_once_make_one_main_key(void **state)
{
	struct life *l = *state;
	char a[ORDER_NO_SIZE], b[ORDER_NO_SIZE];
	json_t *out = NULL;
	approved_beside(l, a, b);
	fresh_key("10000004");
	insert("10000004");
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	struct race race = {l, site_open(&l->t.site), a, false};
	race.d->clock.fixed = l->d->clock.fixed;
	as(l, "is1");
	site_is(ERR_DESK_MAIN_ISSUED, issue_run(l->d, b, "10000004", other_window, &race, &out, &l->e), &l->e);
	json_decref(out);
	assert_true(race.run);
	desk_close(&race.d);
	main_keys_are(l, 1);
	as(l, "mg1");
	IS(OK, issue_undo(l->d, b, "单位已有主锁", &out, &l->e));
	assert_true(pcscd_pull(&readers, 1));
	way_out(l, b);
}

/* Headquarters' CA, which is the site's own here; while the first answer is on its way another window issues the other order. */
static struct race hub_race;

static enum err ask(struct desk *d, const json_t *body, bool asked, json_t **out, struct error *e)
{
	struct bytes der = {0}, made = {0}, pem = {0};
	struct order o = {0};
	struct ca_order order = {.not_before = json_number(body, "not_before"), .not_after = json_number(body, "not_after")};
	struct cert_info info = {0};
	struct ca *ca = NULL;
	(void)asked;
	if (!hub_race.run) {
		hub_race.run = true;
		site_is(OK, make(hub_race.l, hub_race.d, hub_race.other, OTHER), e);
	}
	site_is(OK, pem_bytes(json_text(body, "request"), &der), e);
	site_is(OK, order_load(d, json_text(body, "order"), &o, e), e);
	site_is(OK, region_add_names(d->codes, o.values, e), e);
	site_is(OK, desk_profile(d, json_text(body, "profile"), &order.profile, e), e);
	site_is(OK, desk_own_ca(d, &ca, e), e);
	order.request = der.data;
	order.request_length = der.length;
	order.values = o.values;
	site_is(OK, ca_issue(ca, &order, &info, &made, e), e);
	site_is(OK, cert_pem(made.data, made.length, &pem, e), e);
	*out = json_pack("{ss}", "certificate", (char *)pem.data);
	cert_info_free(&info);
	bytes_free(&der);
	bytes_free(&made);
	bytes_free(&pem);
	order_free(&o);
	return OK;
}

static void under_headquarters(struct desk *d, const char *chain)
{
	struct error e = {0};
	free(d->config.ca);
	d->config.ca = strdup("hub");
	d->ask_ca = ask;
	site_is(OK, hubca_take_chain(d, chain, &e), &e);
}

static void test_two_windows_at_once_make_one_main_key_under_headquarters_too(void **state)
{
	struct life *l = *state;
	char a[ORDER_NO_SIZE], b[ORDER_NO_SIZE];
	struct bytes chain = {0};
	approved_beside(l, a, b);
	site_is(OK, cert_chain(l->d, &chain, &l->e), &l->e);
	fresh_key("10000004");
	insert("10000004");
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	hub_race = (struct race){l, site_open(&l->t.site), a, false};
	hub_race.d->clock.fixed = l->d->clock.fixed;
	ca_close(&l->d->ca);
	under_headquarters(l->d, (char *)chain.data);
	under_headquarters(hub_race.d, (char *)chain.data);
	site_is(ERR_DESK_MAIN_ISSUED, make(l, l->d, b, "10000004"), &l->e);
	desk_close(&hub_race.d);
	main_keys_are(l, 1);
	as(l, "mg1");
	IS(OK, issue_undo(l->d, b, "单位已有主锁", &out, &l->e)); /* headquarters revokes what it made for it */
	assert_true(pcscd_pull(&readers, 1));
	bytes_free(&chain);
}

static void test_who_applies_beside_a_main_key_is_offered_a_secondary_one(void **state)
{
	struct life *l = *state;
	json_t *values = NULL, *changes = data(SECOND);
	site_signed(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	site_is(OK, customer_known(l->d, "unit", "91350100M000100Y43", &values, &l->e), &l->e);
	assert_string_equal(json_text(values, "key_role"), "secondary");
	json_decref(values);
	IS(OK, order_cancel(l->d, l->no, &l->e));
	site_is(OK, customer_known(l->d, "unit", "91350100M000100Y43", &values, &l->e), &l->e);
	assert_string_equal(json_text(values, "key_role"), "main");
	json_decref(values);
}

/* A new application of the first unit for a main key can't be signed beside `other`. */
static void refused_beside(struct life *l, const char *other)
{
	char no[ORDER_NO_SIZE];
	site_draft(&l->t.site, l->d, "new-unit", NULL, no);
	IS(ERR_DESK_MAIN_ASKED, sign_send(l->d, no, &out, &l->e));
	assert_non_null(strstr(l->e.detail, other));
	IS(OK, order_cancel(l->d, no, &l->e));
}

static void test_a_second_main_application_is_refused_when_it_is_signed(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], code[32];
	json_t *changes = data(SECOND), *secondary = data("{'key_role':'secondary'}");
	site_draft(&l->t.site, l->d, "new-unit", changes, l->no);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	later(l, 61);
	site_signed(&l->t.site, l->d, "new-unit", changes, first);
	IS(ERR_DESK_MAIN_ASKED, sign_code(l->d, l->no, code, &out, &l->e)); /* both were ready when the codes were sent */
	assert_non_null(strstr(l->e.detail, first));
	site_is(ERR_DESK_MAIN_ASKED, draft_filled(l->d, l->no, &l->e), &l->e);
	site_is(OK, draft_edit(l->d, l->no, secondary, &l->e), &l->e);
	site_is(OK, draft_filled(l->d, l->no, &l->e), &l->e);
	json_decref(changes);
	json_decref(secondary);
}

static void test_a_second_main_application_goes_on_when_the_first_is_over(void **state)
{
	static const char *const over[] = {"cancelled", "rejected", "returned"};
	struct life *l = *state;
	char first[ORDER_NO_SIZE];
	json_t *changes = data(SECOND);
	for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
		site_signed(&l->t.site, l->d, "new-unit", changes, first);
		later(l, 61);
		site_draft(&l->t.site, l->d, "new-unit", changes, l->no);
		IS(ERR_DESK_MAIN_ASKED, sign_send(l->d, l->no, &out, &l->e));
		char second[ORDER_NO_SIZE];
		snprintf(second, sizeof second, "%s", l->no);
		snprintf(l->no, sizeof l->no, "%s", first);
		as(l, "op1");
		if (i == 0)
			IS(OK, order_cancel(l->d, first, &l->e));
		else {
			pay(l);
			as(l, "rv1");
			IS(OK, review_claim(l->d, first, &out, &l->e));
			if (i == 1)
				IS(OK, review_reject(l->d, first, "资料不实", &out, &l->e));
			else
				IS(OK, review_return(l->d, first, "照片模糊", &out, &l->e));
			as(l, "op1");
		}
		snprintf(l->no, sizeof l->no, "%s", second);
		sign(l);
		if (i == 2) { /* the one that came back is now the second */
			IS(ERR_DESK_MAIN_ASKED, sign_send(l->d, first, &out, &l->e));
			assert_non_null(strstr(l->e.detail, second));
		}
		IS(OK, order_cancel(l->d, second, &l->e));
		later(l, 61);
	}
	json_decref(changes);
}

static void test_an_expired_main_certificate_is_not_renewed_beside_a_main_application(void **state)
{
	struct life *l = *state;
	char again[ORDER_NO_SIZE];
	left(l, -10 * DAY);
	site_signed(&l->t.site, l->d, "new-unit", NULL, again);
	later(l, 61);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	IS(ERR_DESK_MAIN_ASKED, sign_send(l->d, l->no, &out, &l->e));
	assert_non_null(strstr(l->e.detail, again));
	IS(OK, order_cancel(l->d, again, &l->e));
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
}

/* A second main key is in the way of the replacement of the first one, which is revoked by now. */
static void test_a_replacement_of_a_revoked_main_key_gives_way_to_the_one_made_since(void **state)
{
	struct life *l = *state;
	char replacement[ORDER_NO_SIZE], again[ORDER_NO_SIZE];
	json_t *values = data("{'reason':'lost','identity_seen':true,'consent':true,'medium':'UKEY-RS'}");
	as(l, "op1");
	site_is(OK, draft_new_about(l->d, "replace-unit", &(struct draft_about){.certificate = l->certificate}, values, l->no, &l->e), &l->e);
	json_decref(values);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	snprintf(replacement, sizeof replacement, "%s", l->no);
	later(l, 25 * 3600);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	refused_beside(l, replacement);
	set_aside(l, replacement, true);
	site_approved(&l->t.site, l->d, "new-unit", NULL, again);
	set_aside(l, replacement, false);
	insert(OTHER);
	site_is(OK, make(l, l->d, again, OTHER), &l->e);
	pull();
	fresh_key("10000004");
	insert("10000004");
	site_is(ERR_DESK_MAIN_ISSUED, make(l, l->d, replacement, "10000004"), &l->e);
	main_keys_are(l, 1);
	as(l, "op1");
	IS(OK, order_cancel(l->d, replacement, &l->e));
}

static void test_an_expired_main_certificate_is_not_renewed_beside_a_new_main_key(void **state)
{
	struct life *l = *state;
	char again[ORDER_NO_SIZE], renewal[ORDER_NO_SIZE];
	left(l, -10 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	status_of(l, "approved");
	later(l, 120);
	snprintf(renewal, sizeof renewal, "%s", l->no);
	refused_beside(l, renewal);
	set_aside(l, renewal, true);
	site_approved(&l->t.site, l->d, "new-unit", NULL, again);
	set_aside(l, renewal, false);
	snprintf(l->no, sizeof l->no, "%s", renewal);
	pull();
	insert(OTHER);
	site_is(OK, make(l, l->d, again, OTHER), &l->e);
	pull();
	insert(KEY);
	site_is(ERR_DESK_MAIN_ISSUED, issue_again(l, KEY, &l->pin), &l->e);
	main_keys_are(l, 1);
	as(l, "op1");
	IS(OK, order_cancel(l->d, l->no, &l->e));
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	later(l, 120);
	IS(ERR_DESK_MAIN_ISSUED, sign_send(l->d, l->no, &out, &l->e)); /* known before it is signed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_second_main_application_is_refused_when_it_is_signed),
		LIFE(test_a_second_main_application_goes_on_when_the_first_is_over),
		LIFE(test_an_expired_main_certificate_is_not_renewed_beside_a_main_application),
		LIFE(test_of_two_main_applications_signed_side_by_side_one_is_made),
		LIFE(test_a_main_key_that_was_begun_is_undone_where_another_came_first),
		LIFE(test_two_windows_at_once_make_one_main_key),
		LIFE(test_two_windows_at_once_make_one_main_key_under_headquarters_too),
		LIFE(test_who_applies_beside_a_main_key_is_offered_a_secondary_one),
		LIFE(test_a_replacement_of_a_revoked_main_key_gives_way_to_the_one_made_since),
		LIFE(test_an_expired_main_certificate_is_not_renewed_beside_a_new_main_key),
	};
	return RUN_LIFE(tests);
}
