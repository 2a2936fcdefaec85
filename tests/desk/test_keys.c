/* The stock of keys: received whole or not at all, listed, and known again when they are in. */
#include "issuing.h"

#include "desk/stock.h"

static enum err receive(struct try *t, const char *text, int64_t *n, struct error *e)
{
	json_t *out = NULL;
	enum err r = keys_receive(t->d, site_file(&t->site, "list.csv", text), &out, e);
	*n = json_number(out, "keys");
	json_decref(out);
	return r;
}

static size_t stock_size(struct try *t)
{
	json_t *stock = NULL;
	struct error e = {0};
	site_is(OK, keys_stock(t->d, &stock, &e), &e);
	size_t n = json_array_size(stock);
	json_decref(stock);
	return n;
}

static void whole_or_nothing(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	int64_t n = 0;
	try_begin(&t);
	size_t before = stock_size(&t);
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"serial,medium\n30000001,UKEY-RS\n30000002,UKEY-X\n", "list.csv:3:"},
		{"serial,medium\n30000001,UKEY-RS\n30000002,card\n30000001,UKEY-RS\n", "list.csv:4:"},
		{"serial,medium\n30000001,UKEY-RS\n10000001,UKEY-RS\n", "list.csv:3:"},
		{"serial,medium\n3000 0001,UKEY-RS\n", "list.csv:2:"},
		{"serial,medium\n,UKEY-RS\n", "list.csv:2:"},
		{"number,medium\n30000001,UKEY-RS\n", "list.csv:1:"},
		{"serial,medium\n", "list.csv"},
		{"", "list.csv"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		site_is(ERR_DESK_KEY_LIST, receive(&t, wrong[i].text, &n, &e), &e);
		assert_non_null(strstr(e.detail, wrong[i].says));
		assert_int_equal(stock_size(&t), before);
	}
	site_is(ERR_CSV, receive(&t, "serial,medium\n\"30000001,UKEY-RS\n", &n, &e), &e);
	site_is(OK, receive(&t, "\xEF\xBB\xBFserial,medium\r\n30000001,UKEY-RS\r\n30000002,card\r\n", &n, &e), &e);
	assert_int_equal(n, 2);
	assert_int_equal(stock_size(&t), before + 2);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_FORBIDDEN, receive(&t, "serial,medium\n30000003,card\n", &n, &e), &e);
	check_journal(&t);
	try_end(&t);
}

/* Whatever is wrong with each: a serial that is none, one twice, one that is known, a medium that isn't. */
static void mistakes_stand_in_the_order_of_lines(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	int64_t n = 0;
	size_t wanted[] = {2, 3, 5, 6, 7}, found = 0;
	try_begin(&t);
	site_is(ERR_DESK_KEY_LIST, receive(&t, "serial,medium\n10000001,UKEY-RS\n3000 0001,UKEY-RS\n30000002,card\n30000002,card\n30000003,UKEY-X\n"
	                                       "3000/0004,card\n", &n, &e), &e);
	for (const char *at = e.detail; (at = strstr(at, "list.csv:")); found++) {
		assert_true(found < sizeof wanted / sizeof *wanted);
		assert_int_equal(strtoul(at + strlen("list.csv:"), NULL, 10), wanted[found]);
		at++;
	}
	assert_int_equal(found, sizeof wanted / sizeof *wanted);
	try_end(&t);
}

static void known_and_unknown(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *list = NULL, *info = NULL;
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	assert_true(pcscd_insert(&readers, 1, "77777777", NULL));
	site_is(OK, keys_inserted(t.d, &list, &e), &e);
	assert_int_equal(json_array_size(list), 2);
	const json_t *first = json_array_get(list, 0), *second = json_array_get(list, 1);
	assert_string_equal(json_text(first, "serial"), KEY);
	assert_string_equal(json_text(first, "state"), "in-stock");
	assert_string_equal(json_text(first, "medium"), "UKEY-RS");
	assert_int_equal(json_number(first, "pin_tries"), 3);
	assert_true(json_is_null(json_object_get(first, "certificate")));
	assert_string_equal(json_text(second, "serial"), "77777777");
	assert_true(json_is_null(json_object_get(second, "state")));
	json_decref(list);
	site_is(OK, keys_info(t.d, KEY, &info, &e), &e);
	assert_int_equal(json_array_size(json_object_get(info, "moves")), 1);
	json_decref(info);
	site_is(ERR_DESK_NO_KEY, keys_info(t.d, "99999999", &info, &e), &e);
	try_end(&t);
}

/* What an issue leaves behind: the key's way, and its certificate by order, key and serial. */
static void after_an_issue(void **state)
{
	(void)state;
	static const char *const ways[] = {"in-stock", "reserved", "made"};
	struct try t;
	struct error e = {0};
	json_t *info = NULL, *list = NULL, *one = NULL;
	struct bytes pem = {0};
	try_begin(&t);
	site_is(ERR_DESK_NO_CERT, cert_export(t.d, order, NULL, &pem, &e), &e);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_is(OK, keys_info(t.d, KEY, &info, &e), &e);
	const json_t *moves = json_object_get(info, "moves");
	assert_int_equal(json_array_size(moves), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(json_text(json_array_get(moves, i), "to_state"), ways[i]);
	assert_string_equal(json_text(info, "order"), order);
	assert_non_null(strstr(json_text(json_object_get(info, "certificate"), "subject"), "北京示例科技有限公司"));
	json_decref(info);
	site_is(OK, certs_list(t.d, NULL, KEY, &list, &e), &e);
	assert_int_equal(json_array_size(list), 1);
	const char *serial = json_text(json_array_get(list, 0), "serial");
	assert_int_equal(strspn(serial, "0123456789ABCDEF"), strlen(serial));
	assert_int_equal(strlen(serial) % 2, 0);
	site_is(OK, cert_show(t.d, serial, &one, &e), &e);
	assert_string_equal(json_text(one, "order"), order);
	assert_string_equal(json_text(one, "status"), "active");
	json_decref(one);
	t.d->clock.fixed = desk_now(t.d) + 800 * 86400LL;
	site_is(OK, cert_show(t.d, serial, &one, &e), &e);
	assert_string_equal(json_text(one, "status"), "expired");
	json_decref(one);
	json_decref(list);
	site_is(ERR_DESK_NO_CERT, cert_show(t.d, "00FF", &one, &e), &e);
	site_is(ERR_DESK_NO_ORDER, certs_list(t.d, "X-1", NULL, &list, &e), &e);
	bytes_free(&pem);
	try_end(&t);
}

/* Issued at window 02 onto a key of drawer 01: it may be, the result says so, and the key stays in its drawer's book. */
static void another_drawers_key_is_issued_and_said_so(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *info = NULL;
	try_begin(&t);
	snprintf(t.d->station, sizeof t.d->station, "02");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, order, NULL, NULL, NULL, &out, &e), &e);
	assert_string_equal(json_text(out, "from_drawer"), "01");
	json_decref(out);
	site_is(OK, keys_info(t.d, KEY, &info, &e), &e);
	assert_string_equal(json_text(info, "drawer"), "01");
	assert_non_null(strstr(json_text(json_array_get(json_object_get(info, "moves"), 1), "reason"), "02"));
	json_decref(info);
	check_journal(&t);
	try_end(&t);
}

static void this_drawers_key_needs_no_word(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, order, NULL, NULL, NULL, &out, &e), &e);
	assert_null(json_object_get(out, "from_drawer"));
	json_decref(out);
	try_end(&t);
}

/* A certificate that still counts isn't destroyed with its key. */
static void a_living_certificate_is_revoked_first(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	const char *serial = KEY;
	const struct stock_order back = {.deed = STOCK_RETURN, .keys = {.serials = &serial, .count = 1}, .reason = "读不出"},
							 destroy = {.deed = STOCK_DESTROY, .reason = "剪碎", .keys = {.serials = &serial, .count = 1}};
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(OK, handover_take(t.d, order, KEY, "agent", "L-1", &out, &e), &e);
	json_decref(out);
	site_as(&t.site, t.d, "is1");
	site_is(OK, stock_do(t.d, &back, &out, &e), &e);
	json_decref(out);
	for (int i = 0; i < 2; i++) {
		struct staff issuer;
		site_as(&t.site, t.d, "is1");
		issuer = t.d->actor;
		site_as(&t.site, t.d, "mg1");
		t.d->second = t.d->actor;
		t.d->actor = issuer;
		site_is(i ? OK : ERR_DESK_STOCK, stock_do(t.d, &destroy, &out, &e), &e);
		if (!i)
			assert_non_null(strstr(e.detail, "吊销"));
		json_decref(out);
		t.d->clock.fixed = desk_now(t.d) + 800 * 86400LL; /* … or has ended */
	}
	check_key(&t, KEY, "destroyed");
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(whole_or_nothing, pull_all),
		cmocka_unit_test_teardown(mistakes_stand_in_the_order_of_lines, pull_all),
		cmocka_unit_test_teardown(known_and_unknown, pull_all),
		cmocka_unit_test_teardown(after_an_issue, pull_all),
		cmocka_unit_test_teardown(another_drawers_key_is_issued_and_said_so, pull_all),
		cmocka_unit_test_teardown(this_drawers_key_needs_no_word, pull_all),
		cmocka_unit_test_teardown(a_living_certificate_is_revoked_first, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
