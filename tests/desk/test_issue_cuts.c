/* Issuing cut at any point goes on and ends with exactly one active certificate, or another key takes over and none
 * stays valid that nobody holds. CERTDESK_CUTS=all tries every command to the key instead of a sample. */
#include "issuing.h"

enum { COMMANDS_MOST = 2000, SAMPLE = 7, STEPS = 10 };

static const char *const steps[STEPS] = {"reserved", "secured", "generated", "requested", "certified",
                                         "written",  "proven",  "pin-set",   "sent",      "issued"};
/* What the order remembers before each: the request goes into the store with the certificate, the PIN is sent with the last entry. */
static const char *const remembered[STEPS] = {"",          "reserved", "secured", "generated", "generated",
                                              "certified", "written",  "proven",  "pin-set",   "pin-set"};

/* How many commands the key gets in a whole run. */
static int count_commands(void)
{
	struct try t;
	struct error e = {0};
	char path[160], out[64];
	try_begin(&t);
	snprintf(path, sizeof path, "%s/trace", readers.dir);
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", path, NULL));
	site_is(OK, issue(&t, KEY, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	shell(out, sizeof out, "grep -c '>' %s", path);
	unlink(path);
	fresh_key(KEY);
	try_end(&t);
	return atoi(out);
}

static int stride(int commands)
{
	const char *set = getenv("CERTDESK_CUTS");
	return set && strcmp(set, "all") == 0 ? 1 : commands / SAMPLE > 1 ? commands / SAMPLE : 1;
}

/* Cuts at command n by `how` and goes on. */
static void cut(const char *how, int n)
{
	struct try t;
	struct error e = {0};
	char number[16];
	bool vanish = strcmp(how, "--fail-at") != 0;
	snprintf(number, sizeof number, "%d", n);
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, how, number, NULL));
	enum err r = issue(&t, KEY, &e);
	if (r && error_exit(r) != EXIT_RETRY)
		print_error("%s %d: %s %s\n", how, n, error_name(r), e.detail);
	assert_true(r == OK || error_exit(r) == EXIT_RETRY);
	if (vanish) {
		assert_true(pcscd_vanished(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	}
	if (r)
		site_is(OK, issue(&t, KEY, &e), &e);
	check_issued(&t, "active");
	check_journal(&t);
	assert_true(pcscd_pull(&readers, 0));
	fresh_key(KEY);
	try_end(&t);
}

static void cut_anywhere(void **state)
{
	(void)state;
	static const char *const ways[] = {"--vanish-at", "--fail-at", "--vanish-after"};
	int commands = count_commands(), way = 0;
	assert_in_range(commands, 20, COMMANDS_MOST);
	for (int n = 1 + stride(commands) / 2; n <= commands; n += stride(commands), way++)
		if (stride(commands) == 1)
			for (int w = 0; w < 3; w++)
				cut(ways[w], n);
		else
			cut(ways[way % 3], n);
}

static void die_at(void *arg, const struct issue_progress *p)
{
	if (strcmp(p->step, arg) == 0)
		_exit(9);
}

static int messages(const struct try *t)
{
	char out[16];
	return shell(out, sizeof out, "ls %s/outbox/sms 2>/dev/null | grep -c 'json$'", t->site.dir) == 0 ? atoi(out) : 0;
}

/* The program dies before each step, one after the other, in the same order: every run goes one step further. */
static void killed_between_steps(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
	int before = messages(&t);
	try_end(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	for (int i = 1; i < STEPS; i++) {
		pid_t child = fork();
		if (child == 0) {
			json_t *out = NULL;
			struct desk *d = site_open(&t.site);
			site_as(&t.site, d, "is1");
			issue_run(d, order, KEY, die_at, (void *)steps[i], &out, NULL);
			_exit(1);
		}
		int status = 0;
		waitpid(child, &status, 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
		t.d = site_open(&t.site);
		site_as(&t.site, t.d, "is1");
		check_item_step(&t, remembered[i]);
		desk_close(&t.d);
	}
	t.d = site_open(&t.site);
	site_as(&t.site, t.d, "is1");
	assert_int_equal(messages(&t), before); /* no PIN has gone out yet */
	site_is(OK, issue(&t, NULL, &e), &e);
	assert_int_equal(messages(&t), before + 1);
	check_issued(&t, "active");
	check_journal(&t);
	try_end(&t);
}

/* Runs in a child until it dies before `step`. */
static void stop_before(struct try *t, const char *step)
{
	desk_close(&t->d);
	pid_t child = fork();
	if (child == 0) {
		json_t *out = NULL;
		struct desk *d = site_open(&t->site);
		site_as(&t->site, d, "is1");
		issue_run(d, order, NULL, die_at, (void *)step, &out, NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
	t->d = site_open(&t->site);
	site_as(&t->site, t->d, "is1");
}

static void another_key(const char *stopped_before, const char *first_state, const char *certificates)
{
	struct try t;
	struct error e = {0};
	char crl_text[2048];
	struct bytes crl = {0};
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	stop_before(&t, stopped_before);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	site_is(ERR_DESK_OTHER_KEY, issue(&t, OTHER, &e), &e); /* the first one is still in */
	assert_true(pcscd_pull(&readers, 0));
	site_is(ERR_DESK_OTHER_KEY, issue(&t, NULL, &e), &e);
	assert_non_null(strstr(e.detail, KEY));
	site_is(ERR_DESK_OTHER_KEY, issue(&t, KEY, &e), &e);
	site_is(OK, issue(&t, OTHER, &e), &e);
	check_issued(&t, certificates);
	check_key(&t, KEY, first_state);
	check_key(&t, OTHER, "made");
	site_is(OK, cert_crl(t.d, &crl, &e), &e);
	const char *path = site_file(&t.site, "l.pem", (char *)crl.data);
	shell(crl_text, sizeof crl_text, "openssl crl -in %s -noout -text", path);
	bytes_free(&crl);
	assert_true((strstr(crl_text, "Serial Number") != NULL) == (strstr(certificates, "revoked") != NULL));
	check_journal(&t);
	assert_true(pcscd_pull(&readers, 1));
	fresh_key(KEY);
	fresh_key(OTHER);
	try_end(&t);
}

static void another_key_takes_over(void **state)
{
	(void)state;
	another_key("secured", "in-stock", "active");
	another_key("requested", "damaged", "active");
	another_key("sent", "damaged", "active revoked");
}

static void undo(struct try *t, const char *login)
{
	json_t *out = NULL;
	struct error e = {0};
	site_as(&t->site, t->d, login);
	site_is(OK, issue_undo(t->d, order, "客户改期", &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "approved");
	json_decref(out);
	site_as(&t->site, t->d, "is1");
}

static void order_status(struct try *t, char *out, size_t size)
{
	json_t *o = NULL;
	struct error e = {0};
	site_is(OK, order_show(t->d, order, &o, &e), &e);
	snprintf(out, size, "%s", json_text(o, "status"));
	json_decref(o);
}

/* How many entries the newest CRL has. */
static int crl_entries(struct try *t)
{
	char out[32];
	struct error e = {0};
	struct bytes crl = {0};
	site_is(OK, cert_crl(t->d, &crl, &e), &e);
	const char *path = site_file(&t->site, "l.pem", (char *)crl.data);
	shell(out, sizeof out, "openssl crl -in %s -noout -text | grep -c 'Serial Number'", path);
	bytes_free(&crl);
	return atoi(out);
}

/* Cut before a step and undone, with the key in or not; then issued again, on `then`. */
static void undo_at(const char *stopped_before, bool in, const char *then, const char *first_state, const char *certificates)
{
	struct try t;
	struct error e = {0};
	const char *revoked = strchr(certificates, ' ');
	bool same = strcmp(then, KEY) == 0;
	int64_t made = 0;
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	stop_before(&t, stopped_before);
	if (!in)
		assert_true(pcscd_pull(&readers, 0));
	undo(&t, in ? "is1" : "mg1");
	check_item_step(&t, "");
	check_states(&t, revoked ? revoked + 1 : "");
	check_key(&t, KEY, first_state);
	site_is(OK, store_int(t.d->store, SQL_CERT_CRL_NEWEST, 0, &made, &e, ""), &e);
	assert_true((made > 0) == (revoked != NULL)); /* at once */
	assert_int_equal(crl_entries(&t), revoked ? 1 : 0);
	check_journal(&t);
	if (in && !same)
		assert_true(pcscd_pull(&readers, 0));
	if (!in || !same)
		assert_true(pcscd_insert(&readers, 0, then, NULL));
	site_is(OK, issue(&t, then, &e), &e);
	check_issued(&t, certificates);
	check_key(&t, then, "made");
	check_journal(&t);
	assert_true(pcscd_pull(&readers, 0));
	fresh_key(KEY);
	fresh_key(OTHER);
	try_end(&t);
}

static void undone_and_issued_again(void **state)
{
	(void)state;
	undo_at("secured", true, KEY, "in-stock", "active");
	undo_at("secured", false, OTHER, "in-stock", "active");
	undo_at("requested", true, KEY, "in-stock", "active");
	undo_at("requested", false, OTHER, "damaged", "active");
	undo_at("proven", true, OTHER, "in-stock", "active revoked");
	undo_at("sent", true, KEY, "in-stock", "active revoked");
	undo_at("issued", false, OTHER, "damaged", "active revoked");
}

/* The key vanishes at any command: whatever it was left with, an undo makes it fit again. */
static void undone_after_any_cut(void **state)
{
	(void)state;
	int commands = count_commands();
	for (int n = stride(commands); n <= commands; n += stride(commands)) {
		struct try t;
		struct error e = {0};
		char number[16], status[32];
		snprintf(number, sizeof number, "%d", n);
		try_begin(&t);
		assert_true(pcscd_insert(&readers, 0, KEY, n % 2 ? "--vanish-at" : "--vanish-after", number, NULL));
		enum err r = issue(&t, KEY, &e);
		assert_true(pcscd_vanished(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
		order_status(&t, status, sizeof status);
		if (strcmp(status, "issuing") == 0)
			undo(&t, "is1");
		if (r)
			site_is(OK, issue(&t, KEY, &e), &e);
		check_journal(&t);
		assert_true(pcscd_pull(&readers, 0));
		fresh_key(KEY);
		try_end(&t);
	}
}

static void undo_is_refused(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	try_begin(&t);
	site_is(ERR_DESK_STATUS, issue_undo(t.d, order, "还没开始", &out, &e), &e);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	stop_before(&t, "requested");
	site_is(ERR_DESK_REASON, issue_undo(t.d, order, "", &out, &e), &e);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_DESK_FORBIDDEN, issue_undo(t.d, order, "操作员", &out, &e), &e);
	check_item_step(&t, "generated");
	site_as(&t.site, t.d, "is1");
	site_is(OK, issue(&t, NULL, &e), &e);
	site_is(ERR_DESK_STATUS, issue_undo(t.d, order, "已经制好", &out, &e), &e);
	check_issued(&t, "active");
	try_end(&t);
}

/* Somebody makes a new pair on the key between two steps. */
static void pair_made_anew(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char out[512], state_file[128];
	try_begin(&t);
	snprintf(state_file, sizeof state_file, "%s/key-%s", readers.dir, KEY);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	stop_before(&t, "proven");
	assert_true(pcscd_pull(&readers, 0));
	shell(out, sizeof out, "rm %s", state_file); /* a factory reset: codes, pair and certificate are gone */
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	enum err r = issue(&t, KEY, &e);
	assert_true(r == ERR_TOKEN_MISMATCH || r == ERR_TOKEN_NO_CERTIFICATE);
	check_states(&t, "revoked");
	check_item_step(&t, "secured");
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(cut_anywhere, pull_all),
		cmocka_unit_test_teardown(killed_between_steps, pull_all),
		cmocka_unit_test_teardown(another_key_takes_over, pull_all),
		cmocka_unit_test_teardown(undone_and_issued_again, pull_all),
		cmocka_unit_test_teardown(undone_after_any_cut, pull_all),
		cmocka_unit_test_teardown(undo_is_refused, pull_all),
		cmocka_unit_test_teardown(pair_made_anew, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
