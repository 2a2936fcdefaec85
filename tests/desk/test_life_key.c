/* Renewal with the key in the reader. */
#include "life.h"

#include "desk/handover.h"
#include "desk/visit.h"

#define RENEW(values) about(l, "renew-unit", KEY, &l->pin, values)

static void test_a_renewal_with_nothing_changed_needs_no_review(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	status_of(l, "approved");
	certs_are(l, order, NULL, "active"); /* until the new one is written and read back */
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	status_of(l, "done");
	certs_are(l, order, NULL, "superseded");
	certs_are(l, l->no, NULL, "active");
	struct civil old = civil_from_utc(first_end), new = civil_from_utc(active_of(l, l->no, NULL));
	old.year++; /* no test runs on a certificate that ends on a leap day */
	assert_memory_equal(&old, &new, sizeof old);
	check_key(&l->t, KEY, "handed-over");
}

static void test_a_renewal_is_done_when_the_customer_accepts_it(void **state)
{
	struct life *l = *state;
	json_t *seen = NULL;
	char visit[VISIT_NO_SIZE];
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	as(l, "is1");
	IS(ERR_DESK_STATUS, issue_accept(l->d, l->no, &out, &l->e)); /* nothing is written yet */
	IS(OK, issue_with_pin(l->d, l->no, KEY, &l->pin, NULL, NULL, &out, &l->e));
	status_of(l, "issued");
	as(l, "op1");
	IS(ERR_DESK_STATUS, handover_take(l->d, l->no, KEY, "agent", "H9", &out, &l->e)); /* it never left the customer's hands */
	site_is(OK, visit_of(l->d, l->no, visit, &l->e), &l->e);
	site_is(OK, visit_show(l->d, visit, &seen, &l->e), &l->e);
	assert_int_equal(json_number(seen, "to_hand_over"), 0);
	assert_string_equal(json_text(json_array_get(json_object_get(seen, "orders"), 0), "next"), "accept");
	json_decref(seen);
	IS(ERR_DESK_FORBIDDEN, issue_accept(l->d, l->no, &out, &l->e));
	as(l, "is1");
	IS(OK, issue_accept(l->d, l->no, &out, &l->e));
	status_of(l, "done");
	IS(ERR_DESK_STATUS, issue_accept(l->d, l->no, &out, &l->e));
}

static void test_a_renewal_keeps_the_key_pair(void **state)
{
	struct life *l = *state;
	char out[256];
	struct bytes pem = {0};
	left(l, 10 * DAY);
	insert(KEY);
	IS(OK, cert_export(l->d, NULL, l->certificate, &pem, &l->e));
	const char *old = site_file(&l->t.site, "old.pem", (char *)pem.data);
	bytes_free(&pem);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, NULL, &l->pin), &l->e);
	assert_int_equal(shell(out, sizeof out,
		"yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null >%s.new && test \"$(openssl x509 -in %s -noout -pubkey)\" = "
		"\"$(openssl x509 -in %s.new -noout -pubkey)\" && ! cmp -s %s %s.new", old, old, old, old, old), 0);
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P %s -a test-signature -s 9a <%s.new 2>&1", first_pin,
		old), 0); /* the PIN stays the customer's */
}

static void test_the_renewal_window_is_exact_to_the_second(void **state)
{
	struct life *l = *state;
	insert(KEY);
	char opens[11];
	civil_date_text(first_end - 90 * DAY + 1, opens);
	left(l, 90 * DAY);
	site_is(ERR_DESK_WINDOW, RENEW(NULL), &l->e);
	assert_string_equal(l->e.detail, opens); /* when to come back */
	left(l, 90 * DAY - 1);
	site_is(OK, RENEW(NULL), &l->e);
	left(l, 0);
	site_is(OK, RENEW(NULL), &l->e);
	left(l, -365 * DAY);
	site_is(OK, RENEW(NULL), &l->e);
	left(l, -365 * DAY - 1);
	site_is(ERR_DESK_WINDOW_OVER, RENEW(NULL), &l->e); /* nobody is told to come back */
}

static void test_outside_the_window_a_new_application_begins_with_the_old_data(void **state)
{
	struct life *l = *state;
	json_t *draft = NULL;
	left(l, -400 * DAY);
	site_is(OK, about(l, "new-unit", NULL, NULL, NULL), &l->e);
	IS(OK, draft_load(l->d, l->no, &draft, &l->e));
	assert_string_equal(json_text(json_object_get(draft, "values"), "unit_name"), "北京示例科技有限公司");
	assert_null(json_object_get(json_object_get(draft, "values"), "consent"));
	json_decref(draft);
}

static void test_an_expired_certificate_is_renewed_as_a_new_one(void **state)
{
	struct life *l = *state;
	left(l, -30 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	struct civil c = civil_from_utc(l->d->clock.fixed), end = civil_from_utc(active_of(l, l->no, NULL));
	assert_int_equal(end.year, c.year + 1);
	assert_int_equal(end.month, c.month);
	assert_int_equal(end.hour * 3600 + end.minute * 60 + end.second, DAY - 1);
}

static void test_a_renewal_with_changed_data_is_reviewed(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW("{'legal_mobile':'13800138001'}"), &l->e);
	sign(l);
	pull(); /* the order that goes to review releases the key */
	pay(l);
	status_of(l, "in-review");
	approve(l);
	site_is(ERR_TOKEN_NONE, issue_again(l, KEY, &l->pin), &l->e);
	insert(KEY);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	status_of(l, "done");
}

static void test_a_product_or_mail_address_is_no_change_of_data(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW("{'agent_email':'other@example.com','seal_services':[]}"), &l->e);
	sign(l);
	pay(l);
	status_of(l, "approved");
}

static void test_a_second_key_stops_the_step(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	site_is(ERR_DESK_ONE_KEY, RENEW(NULL), &l->e);
	assert_non_null(strstr(l->e.detail, OTHER));
	assert_true(pcscd_pull(&readers, 1));
	site_is(OK, RENEW(NULL), &l->e);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	IS(ERR_DESK_ONE_KEY, sign_key(l->d, l->no, KEY, &l->pin, &out, &l->e)); /* it stays the only one while it signs */
	assert_true(pcscd_pull(&readers, 1));
	sign(l);
	pay(l);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	site_is(ERR_DESK_ONE_KEY, issue_again(l, KEY, &l->pin), &l->e);
	certs_are(l, order, NULL, "active");
	assert_true(pcscd_pull(&readers, 1));
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
}

static void test_a_wrong_pin_costs_one_try_and_nothing_else(void **state)
{
	struct life *l = *state;
	struct secret wrong;
	secret_set(&wrong, "00000001", 8);
	left(l, 60 * DAY);
	insert(KEY);
	site_is(ERR_DESK_PIN_NEEDED, about(l, "renew-unit", KEY, NULL, NULL), &l->e);
	site_is(ERR_TOKEN_PIN_WRONG, about(l, "renew-unit", KEY, &wrong, NULL), &l->e);
	assert_non_null(strstr(l->e.detail, "2"));
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(ERR_TOKEN_PIN_WRONG, issue_again(l, KEY, &wrong), &l->e);
	site_is(ERR_DESK_PIN_NEEDED, issue_again(l, KEY, NULL), &l->e);
	certs_are(l, order, NULL, "active");
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
}

static void test_a_key_with_nothing_of_ours_is_refused(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(OTHER);
	site_is(ERR_DESK_KEY_FOREIGN, about(l, "renew-unit", OTHER, &l->pin, NULL), &l->e);
	site_is(ERR_DESK_KEY_FOREIGN, about(l, "unlock", OTHER, NULL, NULL), &l->e);
	site_is(ERR_DESK_ABOUT, about(l, "new-unit", OTHER, NULL, NULL), &l->e);
	assert_non_null(strstr(l->e.detail, "请去掉 --key"));
}

static void test_a_copied_certificate_on_another_key_opens_nothing(void **state)
{
	struct life *l = *state;
	struct bytes pem = {0};
	char out[512];
	left(l, 60 * DAY);
	IS(OK, cert_export(l->d, NULL, l->certificate, &pem, &l->e));
	const char *file = site_file(&l->t.site, "copy.pem", (char *)pem.data);
	bytes_free(&pem);
	insert(OTHER);
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9a -a import-certificate -i %s 2>&1", file), 0);
	site_is(ERR_DESK_KEY_FOREIGN, about(l, "unlock", OTHER, NULL, NULL), &l->e);
}

static void test_two_orders_never_renew_one_certificate(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	site_is(OK, RENEW(NULL), &l->e);
	later(l, 120);
	IS(ERR_DESK_RIVAL, sign_send(l->d, l->no, &out, &l->e));
}

static void test_the_key_signs_the_application(void **state)
{
	struct life *l = *state;
	json_t *o = NULL;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	IS(ERR_DESK_OTHER_KEY, sign_key(l->d, l->no, OTHER, &l->pin, &out, &l->e));
	site_is(OK, sign_key(l->d, l->no, KEY, &l->pin, &o, &l->e), &l->e);
	assert_string_equal(json_text(json_object_get(o, "signature"), "method"), "key");
	assert_string_equal(json_text(json_array_get(json_object_get(o, "identity_checks"), 0), "method"), "key-signature");
	json_decref(o);
}

static void test_a_removal_leaves_the_old_certificate_and_goes_on(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	bool done = false;
	for (int at = 4; !done && at < 120; at += 17) { /* pulled out at every seventeenth command, until there are no more */
		insert_vanishing(at);
		enum err r = issue_again(l, KEY, &l->pin);
		done = r == OK;
		if (!done) {
			assert_int_equal(error_exit(r), EXIT_RETRY);
			certs_are(l, order, NULL, "active");
			assert_true(pcscd_vanished(&readers, 0));
			insert(KEY);
		}
	}
	if (!done)
		site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	certs_are(l, order, NULL, "superseded");
	status_of(l, "done");
}

/* The products of the site, with a new pair at each renewal. */
static void products_rekey(struct life *l)
{
	const char *csv = site_file(&l->t.site, "products.csv", "code,zh,en,customer,term_months,profile,slot,rekey\n"
		"unit-1y,1年期单位证书,unit certificate for 1 year,unit,12,unit-1y,9a,1\n"
		"person-1y,1年期个人证书,personal certificate for 1 year,person,12,person-1y,9a,0\n");
	as(l, "mg1");
	IS(OK, table_import(l->d, "products", csv, "2026-01-01", &out, &l->e));
	later(l, 1);
}

static void test_a_product_may_ask_for_a_new_pair(void **state)
{
	struct life *l = *state;
	char out[256];
	left(l, 60 * DAY);
	products_rekey(l);
	insert(KEY);
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 -noout -pubkey >%s/old",
		readers.dir), 0);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	assert_int_not_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 -noout -pubkey | "
		"cmp -s - %s/old", readers.dir), 0);
	certs_are(l, order, NULL, "superseded");
}

/* Whether the key holds a pair in a retired slot (82 to 95) or a certificate of one (5FC10D to 5FC120). */
static bool retired_written(const char *key)
{
	char out[64];
	assert_int_equal(shell(out, sizeof out, "grep -q '^slot-9a' %s/key-%s && grep -qi '^object-5fc105' %s/key-%s", readers.dir, key, readers.dir, key), 0);
	return shell(out, sizeof out, "grep -qiE '^(slot-(8[2-9a-f]|9[0-5])|object-5fc1(0[d-f]|1[0-9a-f]|20))' %s/key-%s", readers.dir, key) == 0;
}

/* An old encryption pair goes to a retired slot only where escrow can deliver it again: there is none, so nothing ever goes there. */
static void test_no_retired_slot_is_ever_written(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	assert_false(retired_written(KEY)); /* renewed */
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'unit_name':'北京示例科技股份有限公司','consent':true}"), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	assert_false(retired_written(KEY)); /* changed */
	active_of(l, l->no, l->certificate);
	products_rekey(l);
	left(l, 60 * DAY);
	later(l, 365 * DAY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	assert_false(retired_written(KEY)); /* with a new pair: the old one is gone */
	active_of(l, l->no, l->certificate);
	replaced(l, "{'reason':'our-mistake','identity_seen':true,'consent':true}");
	pull();
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	pull();
	assert_false(retired_written(KEY));
	assert_false(retired_written(OTHER)); /* replaced */
}

static void test_no_product_is_in_a_retired_slot(void **state)
{
	struct life *l = *state;
	static const char *const slots[] = {"82", "95", "f9", "9b", "", "09a"};
	char text[300];
	as(l, "mg1");
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
		snprintf(text, sizeof text, "code,zh,en,customer,term_months,profile,slot,rekey\nunit-1y,单位证书,unit,unit,12,unit-1y,%s,0\n", slots[i]);
		IS(ERR_DESK_TABLE, table_import(l->d, "products", site_file(&l->t.site, "products.csv", text), "2026-01-01", &out, &l->e));
		assert_non_null(strstr(l->e.detail, ":2: “slot”"));
	}
}

/* Nobody answers for the customer: where it is asked there is no answer before it was given; what a program leaves out is no. */
static void test_whether_files_wait_to_be_decrypted_is_asked(void **state)
{
	struct life *l = *state;
	const char *const forms[] = {"renew-unit", "change-unit", "replace-unit"};
	const char *const data_of[] = {"{}", "{'agent_email':'new@example.com','consent':true}", "{'reason':'damaged','identity_seen':true,'consent':true}"};
	left(l, 60 * DAY);
	insert(KEY);
	for (size_t i = 0; i < 3; i++) {
		const struct draft_about asked = {.key = i < 2 ? KEY : NULL, .certificate = i < 2 ? NULL : l->certificate, .pin = &l->pin, .asked = true};
		json_t *values = data(data_of[i]), *no = data("{'waits_to_decrypt':false}"), *o = NULL;
		as(l, "op1");
		IS(OK, draft_new_about(l->d, forms[i], &asked, values, l->no, &l->e));
		IS(OK, order_show(l->d, l->no, &o, &l->e));
		assert_null(json_object_get(json_object_get(o, "fields"), "waits_to_decrypt"));
		json_decref(o);
		documents(l);
		IS(ERR_DESK_MISTAKES, sign_send(l->d, l->no, &out, &l->e));
		assert_non_null(strstr(l->e.detail, "有未开标或待解密文件"));
		IS(OK, draft_edit(l->d, l->no, no, &l->e));
		IS(OK, sign_send(l->d, l->no, &out, &l->e));
		json_decref(values);
		json_decref(no);
		later(l, 61);
		const struct draft_about unasked = {.key = asked.key, .certificate = asked.certificate, .pin = &l->pin};
		values = data(data_of[i]);
		IS(OK, draft_new_about(l->d, forms[i], &unasked, values, l->no, &l->e));
		json_decref(values);
		documents(l);
		IS(OK, sign_send(l->d, l->no, &out, &l->e));
		later(l, 61);
	}
}

static void test_no_new_pair_while_files_wait_to_be_decrypted(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW("{'waits_to_decrypt':true}"), &l->e);
	sign(l); /* the pair stays: nothing is lost */
	as(l, "op1");
	IS(OK, order_cancel(l->d, l->no, &l->e));
	products_rekey(l);
	later(l, 120);
	site_is(OK, RENEW("{'waits_to_decrypt':true}"), &l->e);
	IS(ERR_DESK_WAITS, sign_send(l->d, l->no, &out, &l->e));
}

static void status_now(struct life *l, char out[32])
{
	json_t *o = NULL;
	site_is(OK, order_show(l->d, l->no, &o, &l->e), &l->e);
	snprintf(out, 32, "%s", json_text(o, "status"));
	json_decref(o);
}

/* Whatever the key holds by then, the customer has the old certificate on it again, and it still counts. */
static void test_an_undone_renewal_leaves_the_old_certificate_on_the_key(void **state)
{
	struct life *l = *state;
	char seen[64], status[32];
	struct bytes pem = {0};
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, RENEW(NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, cert_export(l->d, NULL, l->certificate, &pem, &l->e), &l->e);
	const char *path = site_file(&l->t.site, "old.pem", (char *)pem.data);
	bytes_free(&pem);
	int undone = 0;
	bool done = false;
	for (int at = 9; !done && at < 75; at += 7) {
		insert_vanishing(at);
		enum err r = issue_again(l, KEY, &l->pin);
		if ((done = r == OK))
			break;
		assert_true(pcscd_vanished(&readers, 0));
		status_now(l, status);
		if (strcmp(status, "issuing") != 0) { /* not begun */
			insert(KEY);
			continue;
		}
		as(l, "mg1");
		json_t *o = NULL;
		r = issue_undo(l->d, l->no, "客户改期", &o, &l->e);
		json_decref(o);
		if (r) /* not while the key is away */
			assert_int_equal(error_exit(r), EXIT_RETRY);
		insert(KEY);
		if (r)
			IS(OK, issue_undo(l->d, l->no, "客户改期", &out, &l->e));
		undone++;
		status_of(l, "approved");
		certs_are(l, order, NULL, "active");
		check_key(&l->t, KEY, "handed-over");
		assert_int_equal(shell(seen, sizeof seen,
		                       "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | openssl x509 | cmp - %s", path),
		                 0);
	}
	assert_in_range(undone, 2, 10);
	if (!done)
		site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	certs_are(l, order, NULL, "superseded");
	status_of(l, "done");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_renewal_with_nothing_changed_needs_no_review),
		LIFE(test_a_renewal_is_done_when_the_customer_accepts_it),
		LIFE(test_a_renewal_keeps_the_key_pair),
		LIFE(test_the_renewal_window_is_exact_to_the_second),
		LIFE(test_outside_the_window_a_new_application_begins_with_the_old_data),
		LIFE(test_an_expired_certificate_is_renewed_as_a_new_one),
		LIFE(test_a_renewal_with_changed_data_is_reviewed),
		LIFE(test_a_product_or_mail_address_is_no_change_of_data),
		LIFE(test_a_second_key_stops_the_step),
		LIFE(test_a_wrong_pin_costs_one_try_and_nothing_else),
		LIFE(test_a_key_with_nothing_of_ours_is_refused),
		LIFE(test_a_copied_certificate_on_another_key_opens_nothing),
		LIFE(test_two_orders_never_renew_one_certificate),
		LIFE(test_the_key_signs_the_application),
		LIFE(test_a_removal_leaves_the_old_certificate_and_goes_on),
		LIFE(test_a_product_may_ask_for_a_new_pair), LIFE(test_no_retired_slot_is_ever_written), LIFE(test_no_product_is_in_a_retired_slot),
		LIFE(test_whether_files_wait_to_be_decrypted_is_asked), LIFE(test_no_new_pair_while_files_wait_to_be_decrypted),
		LIFE(test_an_undone_renewal_leaves_the_old_certificate_on_the_key),
	};
	return RUN_LIFE(tests);
}
