/* A PIN that went to the wrong place: identity again, another PIN, and only then the key goes out. */
#include "issuing.h"

#include "desk/staff.h"

#define RIGHT "13922223333"

static int setup(void **state)
{
	json_t *out = NULL;
	struct error e = {0};
	if (group_setup(state))
		return -1;
	struct desk *d = site_open(&base);
	site_as(&base, d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(d, order, KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
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

static enum err renew(struct try *t, const char *serial, const char *target, bool seen, struct error *e)
{
	json_t *out = NULL;
	enum err r = pin_new(t->d, order, serial, target, seen, &out, e);
	json_decref(out);
	return r;
}

static enum err hand_out(struct try *t, struct error *e)
{
	json_t *out = NULL;
	site_as(&t->site, t->d, "op1");
	enum err r = handover_take(t->d, order, KEY, "agent", "R-1", &out, e);
	json_decref(out);
	return r;
}

static int verify(const char *pin)
{
	char out[1024];
	return shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P %s 2>&1", pin);
}

static void another_pin_to_the_right_one(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *each;
	char old[32], pin[32];
	size_t i, seen = 0;
	try_begin(&t);
	site_message(&t.site, "sms", "证书密码", old);
	size_t before = site_messages(&t.site, "sms");
	second(&t, "rv1");
	site_is(OK, renew(&t, NULL, "+86 139-2222-3333", true, &e), &e);
	assert_int_equal(site_messages(&t.site, "sms"), before + 1);
	site_message(&t.site, "sms", "证书密码", pin);
	assert_string_not_equal(old, pin);
	assert_int_equal(verify(old), 1);
	assert_int_equal(verify(pin), 0);
	char found[256];
	assert_int_equal(shell(found, sizeof found, "grep -rlF %s %s/outbox/sms", RIGHT, t.site.dir), 0);
	assert_int_equal(shell(found, sizeof found, "grep -rlaF --exclude-dir=outbox -e %s -e %s %s", pin, RIGHT, t.site.dir), 1);
	site_is(OK, order_show(t.d, order, &out, &e), &e);
	json_array_foreach(json_object_get(out, "identity_checks"), i, each)
		seen += strcmp(json_text(each, "of"), "legal") == 0;
	assert_int_equal(seen, 2);
	json_decref(out);
	site_is(OK, hand_out(&t, &e), &e);
	site_as(&t.site, t.d, "is1");
	second(&t, "rv1");
	site_is(ERR_DESK_STATUS, renew(&t, NULL, NULL, true, &e), &e);
	check_journal(&t);
	try_end(&t);
}

static void states_are(struct try *t, const char *wanted)
{
	json_t *out = NULL, *each;
	struct error e = {0};
	char all[200] = "";
	size_t i;
	site_is(OK, order_show(t->d, order, &out, &e), &e);
	json_array_foreach(json_object_get(out, "pin_deliveries"), i, each)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "", json_text(each, "state"));
	assert_string_equal(all, wanted);
	json_decref(out);
}

/* It was sent, and nothing of it failed. */
static void the_old_one_reads_as_replaced(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
	states_are(&t, "sent");
	second(&t, "mg1");
	site_is(OK, renew(&t, NULL, RIGHT, true, &e), &e);
	states_are(&t, "replaced sent");
	second(&t, "mg1");
	site_is(OK, renew(&t, NULL, RIGHT, true, &e), &e);
	states_are(&t, "replaced replaced sent");
	try_end(&t);
}

static void refusals(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char pin[32];
	try_begin(&t);
	site_message(&t.site, "sms", "证书密码", pin);
	site_is(ERR_DESK_TWO_PERSONS, renew(&t, NULL, RIGHT, true, &e), &e);
	second(&t, "op1");
	site_is(ERR_DESK_TWO_PERSONS, renew(&t, NULL, RIGHT, true, &e), &e);
	second(&t, "mg1");
	site_is(ERR_DESK_PIN_SEEN, renew(&t, NULL, RIGHT, false, &e), &e);
	second(&t, "mg1");
	site_is(ERR_DESK_PIN_NUMBER, renew(&t, NULL, "12345", true, &e), &e);
	site_is(ERR_DESK_PIN_NUMBER, pin_new_target(t.d, order, "12345", &e), &e);
	site_is(OK, pin_new_target(t.d, order, RIGHT, &e), &e);
	site_is(OK, pin_new_target(t.d, order, "", &e), &e);
	second(&t, "mg1");
	site_is(ERR_DESK_OTHER_KEY, renew(&t, OTHER, RIGHT, true, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, OTHER, NULL));
	second(&t, "mg1");
	site_is(ERR_DESK_OTHER_KEY, renew(&t, KEY, RIGHT, true, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	assert_int_equal(verify(pin), 0);
	try_end(&t);
}

/* The key was pulled while its PIN was set: it doesn't go out before that is done. */
static void cut_and_done_again(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char pin[32], trace[160], at[64];
	try_begin(&t);
	snprintf(trace, sizeof trace, "%s/trace-new", readers.dir);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", trace, NULL));
	second(&t, "mg1");
	site_is(OK, renew(&t, NULL, RIGHT, true, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_int_equal(shell(at, sizeof at, "awk '$2 == \">\" && tolower(substr($3, 1, 4)) == \"002c\" { print $1; exit }' %s", trace), 0);
	at[strcspn(at, "\n")] = '\0';
	assert_true(atoi(at) > 1);
	assert_true(pcscd_insert(&readers, 0, KEY, "--vanish-at", at, NULL));
	second(&t, "mg1");
	assert_true(renew(&t, NULL, RIGHT, true, &e) != OK);
	pcscd_pull(&readers, 0);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(ERR_DESK_PIN_OPEN, hand_out(&t, &e), &e);
	site_as(&t.site, t.d, "is1");
	second(&t, "mg1");
	site_is(OK, renew(&t, NULL, RIGHT, true, &e), &e);
	site_message(&t.site, "sms", "证书密码", pin);
	assert_int_equal(verify(pin), 0);
	site_is(OK, hand_out(&t, &e), &e);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(cut_and_done_again),
		cmocka_unit_test(another_pin_to_the_right_one),
		cmocka_unit_test(the_old_one_reads_as_replaced), /* the key itself keeps these PINs */
	};
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
