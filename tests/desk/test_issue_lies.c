/* A key that answers one command with something else, instead of doing it or after it was done: the order goes on with the
 * key once that is honest, or another key takes over, and one certificate is active. CERTDESK_CUTS=all tries every answer to
 * every command instead of a sample. */
#include "issuing.h"

enum { SAMPLE = 9 };

/* Refusals, a wrong code, a blocked one, nothing there, a wrong length, nothing, half an answer, more to come and no more, an empty object. */
static const char *const lies[] = {"6982", "63c2", "6983", "6a82", "6700", "9000", "00", "6100", "6c00", "5300009000"};
enum { LIES = sizeof lies / sizeof *lies };

/* How many commands the key gets in a whole run, and which of them sets the PUK. */
static int count_commands(int *puk)
{
	struct try t;
	struct error e = {0};
	char path[160], out[64];
	try_begin(&t);
	snprintf(path, sizeof path, "%s/trace", readers.dir);
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", path, NULL));
	site_is(OK, issue(&t, KEY, &e), &e);
	assert_true(pcscd_pull(&readers, 0));
	shell(out, sizeof out, "grep -m 1 '> 00240081' %s", path);
	*puk = atoi(out);
	shell(out, sizeof out, "grep -c '>' %s", path);
	unlink(path);
	fresh_key(KEY);
	try_end(&t);
	return atoi(out);
}

/* Issued on whichever key is in: its certificate is active, and one that was made before is revoked. */
static void check_whole(struct try *t)
{
	char states[128];
	certificate_states(t, states, sizeof states);
	check_issued(t, strcmp(states, "active revoked") == 0 ? "active revoked" : "active");
	check_journal(t);
}

static void lied(const char *how, int n, const char *lie)
{
	struct try t;
	struct error e = {0};
	char number[16];
	snprintf(number, sizeof number, "%d", n);
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, how, number, "--lie", lie, NULL));
	enum err r = issue(&t, KEY, &e);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	if (r)
		r = issue(&t, KEY, &e);
	if (r) { /* it said that its PUK is another one and it isn't: nobody believes it again */
		assert_int_equal(r, ERR_TOKEN_PUK_WRONG);
		assert_true(pcscd_pull(&readers, 0));
		assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
		site_is(OK, issue(&t, OTHER, &e), &e);
		check_key(&t, KEY, "damaged");
	}
	check_whole(&t);
	pull_all(NULL);
	try_end(&t);
}

static void a_lie_anywhere(void **state)
{
	(void)state;
	const char *set = getenv("CERTDESK_CUTS");
	int puk, commands = count_commands(&puk), all = commands * LIES, step = set && strcmp(set, "all") == 0 ? 1 : all / SAMPLE;
	assert_in_range(commands, 20, 2000);
	assert_true(puk > 0);
	lied("--lie-at", puk, "9000");
	for (int i = step / 2; i < all; i += step) {
		lied("--lie-at", 1 + i / LIES, lies[i % LIES]);
		if (step == 1 && i % LIES < 3) /* that of the others would be believed, and right */
			lied("--lie-after", 1 + i / LIES, lies[i % LIES]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(a_lie_anywhere, pull_all)};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
