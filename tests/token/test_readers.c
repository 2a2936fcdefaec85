/* The readers that other tests rely on: a key put in is always noticed, however the one before it was pulled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <winscard.h>

#include "../lib/pcscd.h"

enum { ROUNDS = 4 };

static struct pcscd readers;

/* The removal is met by a client, before the daemon's own look every 0.4 s: only one of many rounds could go well by chance. */
static void pulled_under_a_client(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		SCARDCONTEXT context;
		SCARDHANDLE card;
		DWORD protocol;
		siginfo_t info;
		assert_true(pcscd_insert(&readers, 0, "10000001", NULL));
		assert_int_equal(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), SCARD_S_SUCCESS);
		assert_int_equal(SCardConnect(context, "Virtual PCD 00 00", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &card, &protocol),
		                 SCARD_S_SUCCESS);
		assert_int_equal(kill(readers.keys[0], SIGTERM), 0);
		assert_int_equal(waitid(P_PID, (id_t)readers.keys[0], &info, WEXITED | WNOWAIT), 0);
		SCardDisconnect(card, SCARD_RESET_CARD);
		SCardReleaseContext(context);
		assert_true(pcscd_pull(&readers, 0));
	}
}

static int group_setup(void **state)
{
	(void)state;
	return pcscd_start(&readers) ? 0 : -1;
}

static int group_teardown(void **state)
{
	(void)state;
	pcscd_stop(&readers);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pulled_under_a_client)};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
