/* The key works on the next step while the store takes the one before: where the store refuses that, nothing is lost, and the order
 * goes on from the step before it. */
#include "issuing.h"

#include <signal.h>
#include <sys/resource.h>

enum { STEPS = 10 };
static const char *const steps[STEPS] = {"reserved", "secured", "generated", "requested", "certified",
                                         "written",  "proven",  "pin-set",   "sent",      "issued"};
/* What the order remembers where the store refuses that step, or what is put into it with the step behind. */
static const char *const remembered[STEPS] = {"",          "reserved", "secured", "generated", "generated",
                                              "certified", "written",  "proven",  "pin-set",   "pin-set"};

static void let_write(bool may)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = may ? limit.rlim_max : 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void refuse_at(void *arg, const struct issue_progress *p)
{
	if (strcmp(p->step, arg) == 0)
		let_write(false);
}

static bool key_has(const char *line)
{
	char out[16];
	return shell(out, sizeof out, "grep -q '^%s' %s/key-%s", line, readers.dir, KEY) == 0;
}

/* What can't be got back is on the key only when it is in the store: with which step's commit each comes there. */
static void check_ahead(int step)
{
	enum { RESERVED = 0, CERTIFIED = 4, WRITTEN = 5 };
	if (step <= RESERVED) {
		assert_true(key_has("puk 3132333435363738$"));
		assert_true(key_has("management-key 0102030405060708"));
	}
	if (step <= CERTIFIED)
		assert_false(key_has("object-5fc105 "));
	if (step <= WRITTEN)
		assert_true(key_has("pin 313233343536ffff$"));
}

/* Recorded while the key makes its pair, set on it much later. */
static void check_pin(struct try *t, int step)
{
	enum { SECURED = 1, PIN_SET = 7 };
	struct error e = {0};
	json_t *o = NULL;
	site_is(OK, order_show(t->d, order, &o, &e), &e);
	const json_t *pins = json_object_get(o, "pin_deliveries");
	assert_int_equal(json_array_size(pins), step > SECURED);
	if (step > SECURED)
		assert_string_equal(json_text(json_array_get(pins, 0), "state"), step <= PIN_SET ? "recorded" : "set");
	json_decref(o);
}

static void refused_at(int step)
{
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	enum err r = issue_run(t.d, order, KEY, refuse_at, (void *)steps[step], &out, &e);
	let_write(true);
	if (!r)
		print_error("%s was taken\n", steps[step]);
	assert_true(r != OK && !out);
	check_item_step(&t, remembered[step]);
	check_ahead(step);
	check_pin(&t, step);
	site_is(OK, issue(&t, KEY, &e), &e);
	check_issued(&t, "active");
	check_key(&t, KEY, "made");
	check_journal(&t);
	assert_true(pcscd_pull(&readers, 0));
	fresh_key(KEY);
	try_end(&t);
}

static void a_step_that_the_store_refuses_is_done_again(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < STEPS; i++)
		refused_at(i);
}

/* What was recorded before the key gets it, is so wherever the store ends: with another key at hand the first one can be put right. */
static void a_key_that_ran_ahead_is_in_stock_again(void **state)
{
	(void)state;
	static const char *const at[] = {"secured", "proven"};
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		struct try t;
		struct error e = {0};
		json_t *out = NULL;
		try_begin(&t);
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
		assert_true(issue_run(t.d, order, KEY, refuse_at, (void *)at[i], &out, &e) != OK);
		let_write(true);
		site_is(OK, issue_undo(t.d, order, "客户改期", &out, &e), &e);
		json_decref(out);
		check_key(&t, KEY, "in-stock");
		site_is(OK, issue(&t, KEY, &e), &e);
		check_issued(&t, i ? "active revoked" : "active");
		check_journal(&t);
		assert_true(pcscd_pull(&readers, 0));
		fresh_key(KEY);
		try_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_step_that_the_store_refuses_is_done_again, pull_all),
		cmocka_unit_test_teardown(a_key_that_ran_ahead_is_in_stock_again, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
