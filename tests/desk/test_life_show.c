/* What interfaces see of an order about a certificate: the certificate, the old key's fate, before and after; and what is under
 * way about a key. */
#include "life.h"

#include "desk/unlock.h"
#include "desk/visit.h"

static json_t *shown(struct life *l, bool whole)
{
	json_t *o = NULL;
	if (whole)
		IS(OK, order_reveal(l->d, l->no, &o, &l->e));
	else
		IS(OK, order_show(l->d, l->no, &o, &l->e));
	return o;
}

static const json_t *change_of(const json_t *o, const char *field)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(o, "changes"), i, each)
		if (strcmp(json_text(each, "field"), field) == 0)
			return each;
	return NULL;
}

static void check_change(const json_t *o, const char *field, const char *before, const char *after)
{
	const json_t *c = change_of(o, field);
	assert_non_null(c);
	assert_string_equal(json_text(c, "before"), before);
	assert_string_equal(json_text(c, "after"), after);
	assert_true(*json_text(c, "label") != '\0');
}

/* Side by side, and no more of a personal number than fields show; the same from draft to done. */
static void test_a_change_shows_before_and_after_masked(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin,
	                  "{'agent_email':'wangwu@example.com','agent_id_number':'110101199003075752','agent_name':'王五','consent':true}"), &l->e);
	json_t *o = shown(l, false);
	assert_int_equal(json_array_size(json_object_get(o, "changes")), 3);
	check_change(o, "agent_email", "lisi@example.com", "wangwu@example.com");
	check_change(o, "agent_id_number", "110101********1233", "110101********5752");
	check_change(o, "agent_name", "李四", "王五"); /* a name is what is compared */
	json_decref(o);
	o = shown(l, true);
	check_change(o, "agent_id_number", "110101199003071233", "110101199003075752");
	json_decref(o);
	sign(l);
	o = shown(l, false);
	check_change(o, "agent_email", "lisi@example.com", "wangwu@example.com");
	const json_t *certificate = json_object_get(o, "about");
	assert_string_equal(json_text(certificate, "certificate"), l->certificate);
	assert_string_equal(json_text(certificate, "key_serial"), KEY);
	assert_true(json_flag(certificate, "review")); /* another agent */
	assert_string_equal(json_text(certificate, "old_key"), "");
	json_decref(o);
}

static void test_a_new_application_is_about_nothing(void **state)
{
	struct life *l = *state;
	snprintf(l->no, sizeof l->no, "%s", order);
	json_t *o = shown(l, false);
	assert_true(json_is_null(json_object_get(o, "about")));
	assert_int_equal(json_array_size(json_object_get(o, "changes")), 0);
	json_decref(o);
}

static void test_the_old_keys_fate_follows_the_reason(void **state)
{
	static const struct {
		const char *reason, *key, *revocation;
		bool suspends;
	} rows[] = {{"lost", "lost", "key-compromise", true},
	            {"stolen", "lost", "key-compromise", true},
	            {"damaged", "damaged", "superseded", false},
	            {"defective", "returned", "superseded", false},
	            {"our-mistake", "returned", "superseded", false}};
	struct life *l = *state;
	char values[120];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(values, sizeof values, "{'reason':'%s'}", rows[i].reason);
		site_is(OK, about(l, "replace-unit", NULL, NULL, values), &l->e);
		json_t *o = shown(l, false);
		const json_t *a = json_object_get(o, "about");
		assert_string_equal(json_text(a, "reason"), rows[i].reason);
		assert_string_equal(json_text(a, "old_key"), rows[i].key);
		assert_string_equal(json_text(a, "revocation"), rows[i].revocation);
		assert_int_equal(json_flag(a, "suspends"), rows[i].suspends);
		json_decref(o);
	}
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'cessation-of-operation'}"), &l->e);
	json_t *o = shown(l, false);
	assert_string_equal(json_text(json_object_get(o, "about"), "revocation"), "cessation-of-operation");
	assert_string_equal(json_text(json_object_get(o, "about"), "old_key"), "");
	json_decref(o);
}

static void first_unlock(struct life *l)
{
	insert(KEY);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	approve(l);
}

static size_t listed(struct life *l, const char *business)
{
	json_t *rows = NULL, *filter = json_pack("{ss sb ss}", "status", "approved", "queue", 1, "business", business);
	IS(OK, order_list(l->d, filter, &rows, &l->e));
	size_t n = json_array_size(rows);
	json_decref(rows);
	json_decref(filter);
	return n;
}

static void test_an_approved_unlock_is_not_to_be_issued(void **state)
{
	struct life *l = *state;
	json_t *counts = NULL;
	char other[ORDER_NO_SIZE];
	first_unlock(l);
	json_t *values = json_pack("{ss ss}", "uscc", "91110114MA00048171", "unit_name", "北京另一家有限公司");
	site_approved(&l->t.site, l->d, "new-unit", values, other);
	json_decref(values);
	IS(OK, order_counts(l->d, &counts, &l->e));
	assert_int_equal(json_number(counts, "to-unlock"), 1);
	assert_int_equal(json_number(counts, "approved"), 1);
	json_decref(counts);
	char visit[VISIT_NO_SIZE];
	json_t *seen = NULL;
	IS(OK, visit_of(l->d, l->no, visit, &l->e));
	IS(OK, visit_show(l->d, visit, &seen, &l->e));
	assert_string_equal(json_text(json_array_get(json_object_get(seen, "orders"), 0), "next"), "unlock");
	json_decref(seen);
	IS(OK, order_show(l->d, l->no, &seen, &l->e));
	assert_string_equal(json_text(seen, "next"), "unlock");
	json_decref(seen);
	assert_int_equal(listed(l, "unlock"), 1);
	assert_int_equal(listed(l, "!unlock"), 1);
	assert_int_equal(listed(l, ""), 2);
}

/* Sent again the first code ends; not within a minute, not by an operator, not where no code is needed. */
static void test_an_unlock_code_can_be_sent_again(void **state)
{
	struct life *l = *state;
	char first[32], second[32];
	struct secret pin;
	secret_set(&pin, "24681357", 8);
	first_unlock(l);
	site_message(&l->t.site, "mail", "解锁授权码", first);
	as(l, "op1");
	IS(ERR_DESK_FORBIDDEN, key_unlock_send(l->d, l->no, &out, &l->e));
	as(l, "is1");
	IS(ERR_DESK_RESEND, key_unlock_send(l->d, l->no, &out, &l->e));
	later(l, 61);
	IS(OK, key_unlock_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "mail", "解锁授权码", second);
	assert_string_not_equal(first, second);
	IS(ERR_DESK_CODE, key_unlock(l->d, l->no, first, &pin, &out, &l->e));
	IS(OK, key_unlock(l->d, l->no, second, &pin, &out, &l->e));
	later(l, 61);
	IS(ERR_DESK_STATUS, key_unlock_send(l->d, l->no, &out, &l->e)); /* done */
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	sign(l);
	as(l, "is1");
	IS(OK, key_unlock_send(l->d, l->no, &out, &l->e)); /* approved by the phone, where another code goes */
	secret_wipe(&pin);
}

/* The key finds the order that waits for it, whoever it is that puts it in; admins have no customer's business. */
static void test_a_key_finds_its_orders(void **state)
{
	struct life *l = *state;
	json_t *can = NULL;
	insert(KEY);
	left(l, 30 * DAY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	as(l, "is1");
	IS(OK, about_key(l->d, KEY, &can, &l->e));
	const json_t *orders = json_object_get(can, "orders");
	assert_int_equal(json_array_size(orders), 1);
	assert_string_equal(json_text(json_array_get(orders, 0), "order"), l->no);
	assert_string_equal(json_text(json_array_get(orders, 0), "status"), "draft");
	json_decref(can);
	sign(l);
	pay(l);
	IS(OK, about_certificate(l->d, l->certificate, &can, &l->e));
	orders = json_object_get(can, "orders");
	assert_int_equal(json_array_size(orders), 1);
	assert_string_equal(json_text(json_array_get(orders, 0), "status"), "approved");
	json_decref(can);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	IS(OK, about_key(l->d, KEY, &can, &l->e));
	assert_int_equal(json_array_size(json_object_get(can, "orders")), 0); /* over */
	json_decref(can);
	as(l, "root1");
	IS(ERR_DESK_FORBIDDEN, about_key(l->d, KEY, &out, &l->e));
}

/* What may sign is said before it is asked for: the key, or two codes where the phone changes. */
static void test_a_preview_says_who_signs(void **state)
{
	struct life *l = *state;
	json_t *preview = NULL;
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'agent_email':'wangwu@example.com','consent':true}"), &l->e);
	IS(OK, sign_preview(l->d, l->no, &preview, &l->e));
	assert_string_equal(json_text(preview, "key_serial"), KEY);
	assert_string_equal(json_text(preview, "old_mobile"), "");
	json_decref(preview);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'agent_mobile':'13900139001','consent':true}"), &l->e);
	IS(OK, sign_preview(l->d, l->no, &preview, &l->e));
	assert_string_equal(json_text(preview, "key_serial"), "");
	assert_string_equal(json_text(preview, "old_mobile"), "139****9000");
	assert_string_equal(json_text(preview, "agent_mobile"), "139****9001");
	json_decref(preview);
}

static const json_t *business_of(const json_t *can, const char *name)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(can, "businesses"), i, each)
		if (strcmp(json_text(each, "business"), name) == 0)
			return each;
	fail_msg("no business %s", name);
	return NULL;
}

/* A certificate that is about to be revoked isn't made anew: the panel says so, and the signature is refused. */
static void test_nothing_is_made_anew_while_a_revocation_is_in_review(void **state)
{
	static const char *const makes[] = {"renew", "replace", "change"};
	struct life *l = *state;
	json_t *can = NULL;
	char revocation[ORDER_NO_SIZE];
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'affiliation-changed','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	status_of(l, "in-review");
	memcpy(revocation, l->no, sizeof revocation);
	IS(OK, about_key(l->d, KEY, &can, &l->e));
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
		assert_false(json_flag(business_of(can, makes[i]), "allowed"));
		assert_non_null(strstr(json_text(business_of(can, makes[i]), "why"), revocation));
	}
	assert_true(json_flag(business_of(can, "suspend"), "allowed")); /* a loss is always reported */
	assert_string_equal(json_text(can, "proposed"), "");
	json_decref(can);
	site_is(OK, about(l, "replace-unit", NULL, NULL, "{'reason':'damaged','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	IS(ERR_DESK_RIVAL, sign_send(l->d, l->no, &out, &l->e));
	as(l, "op1");
	IS(OK, order_cancel(l->d, revocation, &l->e));
	IS(OK, about_key(l->d, KEY, &can, &l->e));
	assert_true(json_flag(business_of(can, "replace"), "allowed"));
	assert_string_equal(json_text(can, "proposed"), "renew");
	json_decref(can);
}

/* Nothing writes it: with the clock it comes, and would go. */
static void test_expired_is_derived_from_the_clock_and_never_stored(void **state)
{
	struct life *l = *state;
	left(l, 0);
	certificate_is(l, l->certificate, "active", ""); /* its last second */
	left(l, -1);
	certificate_is(l, l->certificate, "expired", "");
	json_t *rows = NULL;
	IS(OK, store_rows(l->d->store, SQL_ALL_CERTIFICATE, &rows, &l->e, ""));
	assert_string_equal(json_text(json_array_get(rows, 0), "state"), "active");
	json_decref(rows);
	left(l, 0);
	certificate_is(l, l->certificate, "active", "");
}

static void test_a_certificate_is_found_by_serial_key_number_order_and_name(void **state)
{
	struct life *l = *state;
	char lower[CERT_SERIAL_SIZE] = "";
	for (size_t i = 0; l->certificate[i]; i++)
		snprintf(lower + i, sizeof lower - i, "%c", l->certificate[i] >= 'A' ? l->certificate[i] + 32 : l->certificate[i]);
	const char *texts[] = {l->certificate, lower, KEY, order, strrchr(order, '-') + 1, "91110105MA01ABCD5F", "示例科技"};
	json_t *rows = NULL;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		IS(OK, certs_find(l->d, texts[i], &rows, &l->e));
		if (json_array_size(rows) != 1 || strcmp(json_text(json_array_get(rows, 0), "serial"), l->certificate) != 0)
			fail_msg("%s: %zu", texts[i], json_array_size(rows));
		json_decref(rows);
	}
	IS(OK, certs_find(l->d, "没有这家", &rows, &l->e));
	assert_int_equal(json_array_size(rows), 0);
	json_decref(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_expired_is_derived_from_the_clock_and_never_stored), LIFE(test_a_certificate_is_found_by_serial_key_number_order_and_name),
		LIFE(test_a_change_shows_before_and_after_masked),
		LIFE(test_a_new_application_is_about_nothing),
		LIFE(test_the_old_keys_fate_follows_the_reason),
		LIFE(test_an_approved_unlock_is_not_to_be_issued),
		LIFE(test_an_unlock_code_can_be_sent_again),
		LIFE(test_a_key_finds_its_orders),
		LIFE(test_a_preview_says_who_signs),
		LIFE(test_nothing_is_made_anew_while_a_revocation_is_in_review),
	};
	return RUN_LIFE(tests);
}
