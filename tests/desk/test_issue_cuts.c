/* Issuing cut at any point goes on and ends with exactly one active certificate, or another key takes over and none
 * stays valid that nobody holds. CERTDESK_CUTS=all tries every command to the key instead of a sample. */
#include "issuing.h"

enum { COMMANDS_MOST = 2000, SAMPLE = 7, STEPS = 10 };

static const char *const steps[STEPS] = {"reserved", "secured", "generated", "requested", "certified",
                                         "written",  "proven",  "pin-set",   "sent",      "issued"};

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

/* The program dies before each step, one after the other, in the same order: every run goes one step further. */
static void killed_between_steps(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
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
		check_item_step(&t, steps[i - 1]);
		desk_close(&t.d);
	}
	t.d = site_open(&t.site);
	site_as(&t.site, t.d, "is1");
	site_is(OK, issue(&t, NULL, &e), &e);
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
		cmocka_unit_test_teardown(pair_made_anew, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
