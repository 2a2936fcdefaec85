/* First PINs that go to the unit's account: the bank's list, judged by openssl with the bank's key. */
#include "issuing.h"

#include "base/lang.h"
#include "base/text.h"
#include "desk/pinlist.h"
#include "desk/staff.h"

static char pem[128], key[128], weak[128], list[160];

/* The bank's pair, and an order by the unit's account that is issued. */
static int setup(void **state)
{
	json_t *changes = json_pack("{ss ss sn}", "enterprise_auth", "bank-account", "account_bank", "=HYPERLINK(\"a\",\"b\")", "legal_mobile"), *out = NULL;
	struct error e = {0};
	char text[256];
	if (group_setup(state))
		return -1;
	snprintf(pem, sizeof pem, "%s/bank.pem", base.root);
	snprintf(key, sizeof key, "%s/bank.key", base.root);
	snprintf(weak, sizeof weak, "%s/weak.pem", base.root);
	assert_int_equal(shell(text, sizeof text, "openssl req -x509 -newkey rsa:2048 -nodes -keyout %s -subj /CN=bank -days 30 -out %s 2>&1", key, pem), 0);
	assert_int_equal(shell(text, sizeof text, "openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=bank -days 30 -out %s 2>&1", weak), 0);
	struct desk *d = site_open(&base);
	site_approved(&base, d, "new-unit", changes, order);
	site_as(&base, d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(d, order, KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	json_decref(changes);
	desk_close(&d);
	snprintf(list, sizeof list, "%s/list.p7m", base.root);
	return 0;
}

static void second(struct try *t, const char *login)
{
	struct secret password = {0};
	struct error e = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_is(OK, staff_second(t->d, login, &password, &e), &e);
	secret_wipe(&password);
}

static size_t waiting(struct try *t)
{
	json_t *out = NULL;
	struct error e = {0};
	site_is(OK, pin_list_waiting(t->d, &out, &e), &e);
	size_t n = json_array_size(out);
	json_decref(out);
	return n;
}

static void delivery_is(struct try *t, const char *state)
{
	json_t *out = NULL;
	struct error e = {0};
	site_is(OK, order_show(t->d, order, &out, &e), &e);
	assert_string_equal(json_text(json_array_get(json_object_get(out, "pin_deliveries"), 0), "state"), state);
	json_decref(out);
}

static enum err make(struct try *t, const char *bank, int64_t again, struct error *e)
{
	json_t *out = NULL;
	enum err r = pin_list_make(t->d, bank, list, again, &out, e);
	if (!r) {
		assert_int_equal(json_number(out, "pins"), 1);
		assert_int_equal(json_number(out, "amount"), 1);
	}
	json_decref(out);
	return r;
}

/* What the bank reads. */
static void opened(char *out, size_t size)
{
	assert_int_equal(shell(out, size, "openssl cms -decrypt -inform DER -in %s -inkey %s 2>&1", list, key), 0);
}

static void read_by_the_bank_alone(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char text[2048], pin[16] = "", out[512];
	try_begin(&t);
	assert_int_equal(waiting(&t), 1);
	second(&t, "mg1");
	site_is(OK, make(&t, pem, 0, &e), &e);
	opened(text, sizeof text);
	assert_non_null(strstr(text, "序号,收款账号,收款户名,开户行,开户行所在地,金额,附言\r\n1,"));
	assert_non_null(strstr(text, ",北京示例科技有限公司,"));
	assert_non_null(strstr(text, "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"")); /* no formula */
	const char *at = strstr(text, ",0.01,证书密码");
	assert_non_null(at);
	assert_int_equal(sscanf(at, ",0.01,证书密码%15[0-9]", pin), 1);
	assert_int_equal(strlen(pin), 8);
	assert_int_equal(shell(out, sizeof out, "printf %%s %s >%s/pin; yubico-piv-tool -r '' -a verify-pin -P %s 2>&1", pin, base.root, pin), 0);
	assert_int_equal(shell(out, sizeof out, "grep -rlaF -e %s %s %s", pin, t.site.dir, list), 1);
	assert_int_equal(shell(out, sizeof out, "stat -c %%a %s", list), 0);
	assert_string_equal(out, "600\n");
	delivery_is(&t, "sent");
	assert_int_equal(waiting(&t), 0);
	try_end(&t);
}

/* The bank's staff read Chinese, whatever the issuer's screens speak. */
static void in_chinese_for_the_bank(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char text[2048];
	try_begin(&t);
	second(&t, "mg1");
	lang_set(LANG_EN);
	enum err r = make(&t, pem, 0, &e);
	lang_set(LANG_ZH);
	site_is(OK, r, &e);
	opened(text, sizeof text);
	assert_non_null(strstr(text, "北京市"));
	assert_null(strstr(text, "Beijing"));
	try_end(&t);
}

static void two_persons(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
	unlink(list);
	site_is(ERR_DESK_TWO_PERSONS, make(&t, pem, 0, &e), &e);
	second(&t, "op1");
	site_is(ERR_DESK_TWO_PERSONS, make(&t, pem, 0, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_FORBIDDEN, make(&t, pem, 0, &e), &e);
	site_as(&t.site, t.d, "mg1");
	site_is(ERR_DESK_TWO_PERSONS, make(&t, pem, 0, &e), &e);
	assert_int_equal(access(list, F_OK), -1);
	delivery_is(&t, "set");
	second(&t, "root1");
	site_is(ERR_DESK_TWO_PERSONS, make(&t, pem, 0, &e), &e);
	second(&t, "is1");
	site_is(OK, make(&t, pem, 0, &e), &e);
	try_end(&t);
}

static void nothing_half_done(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char away[200];
	try_begin(&t);
	unlink(list);
	second(&t, "mg1");
	site_is(ERR_DESK_BANK_CERTIFICATE, make(&t, weak, 0, &e), &e);
	second(&t, "mg1");
	site_is(ERR_DESK_BANK_CERTIFICATE, make(&t, key, 0, &e), &e);
	second(&t, "mg1");
	site_is(ERR_DESK_BANK_CERTIFICATE, make(&t, NULL, 0, &e), &e);
	second(&t, "mg1");
	site_is(ERR_FILE_READ, make(&t, "/nowhere.pem", 0, &e), &e);
	second(&t, "mg1");
	snprintf(away, sizeof away, "%s/nowhere/list", base.root);
	site_is(ERR_FILE_PATH, pin_list_make(t.d, pem, away, 0, &out, &e), &e);
	assert_int_equal(access(list, F_OK), -1);
	assert_int_equal(waiting(&t), 1);
	try_end(&t);
}

/* Nobody is called over for what can't be done. */
static void a_bad_certificate_before_the_second_person(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
	site_is(ERR_DESK_BANK_CERTIFICATE, make(&t, weak, 0, &e), &e);
	site_is(ERR_DESK_BANK_CERTIFICATE, make(&t, NULL, 0, &e), &e);
	site_is(ERR_FILE_READ, make(&t, "/nowhere.pem", 0, &e), &e);
	site_is(ERR_DESK_BANK_CERTIFICATE, pin_list_bank(t.d, key, &e), &e);
	site_is(ERR_DESK_BANK_CERTIFICATE, pin_list_bank(t.d, "", &e), &e);
	site_is(OK, pin_list_bank(t.d, pem, &e), &e);
	site_is(ERR_DESK_TWO_PERSONS, make(&t, pem, 0, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_FORBIDDEN, pin_list_bank(t.d, pem, &e), &e);
	site_is(ERR_DESK_FORBIDDEN, make(&t, weak, 0, &e), &e);
	try_end(&t);
}

static void made_again_for_seven_days(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char first[2048], again[2048];
	int64_t gone = 0;
	try_begin(&t);
	second(&t, "mg1");
	site_is(OK, make(&t, pem, 0, &e), &e);
	opened(first, sizeof first);
	second(&t, "mg1");
	site_is(ERR_DESK_PIN_LIST_EMPTY, make(&t, pem, 0, &e), &e);
	second(&t, "mg1");
	site_is(OK, make(&t, pem, 1, &e), &e);
	opened(again, sizeof again);
	assert_string_equal(first, again);
	site_is(OK, pin_resend(t.d, order, &out, &e), &e); /* one customer's: with the next list */
	assert_string_equal(json_text(json_array_get(json_object_get(out, "sent"), 0), "channel"), "remark");
	json_decref(out);
	assert_int_equal(waiting(&t), 1);
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, order, &out, &e), &e);
	second(&t, "mg1");
	site_is(OK, make(&t, pem, 0, &e), &e);
	t.d->clock.fixed = desk_now(t.d) + 8 * 86400;
	t.d->timer = true;
	site_is(OK, pin_purge(t.d, &gone, &e), &e);
	t.d->timer = false;
	assert_int_equal(gone, 1);
	second(&t, "mg1");
	site_is(ERR_DESK_PIN_LIST_EMPTY, make(&t, pem, 2, &e), &e);
	site_is(ERR_DESK_PIN_GONE, pin_resend(t.d, order, &out, &e), &e);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_by_the_bank_alone),
		cmocka_unit_test(in_chinese_for_the_bank),
		cmocka_unit_test(two_persons),
		cmocka_unit_test(nothing_half_done),
		cmocka_unit_test(a_bad_certificate_before_the_second_person),
		cmocka_unit_test(made_again_for_seven_days),
	};
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
