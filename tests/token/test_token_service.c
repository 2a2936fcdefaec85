/* What is said where pcscd is absent, refuses, or has no readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "token/token.h"

static char dir[] = "/tmp/certdesk-service-XXXXXX";
static struct sockaddr_un at = {.sun_family = AF_UNIX};
static struct error e;

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/pcscd.comm", dir);
	return setenv("PCSCLITE_CSOCK_NAME", at.sun_path, 1);
}

static int stop(void **state)
{
	(void)state;
	unlink(at.sun_path);
	return rmdir(dir);
}

static void assert_refused_with(enum err expected)
{
	struct token_info *list = NULL;
	struct token *t = NULL;
	size_t count = 1;
	assert_int_equal(token_list(&list, &count, &e), expected);
	assert_int_equal(e.code, expected);
	assert_int_equal(count, 0);
	assert_null(list);
	assert_int_equal(token_open("10000001", &t, &e), expected);
	assert_null(t);
	assert_int_equal(error_exit(expected), EXIT_RETRY);
}

static void absent_service_says_how_to_start_it(void **state)
{
	(void)state;
	char text[600];
	assert_null(token_open_ahead(NULL));
	assert_refused_with(ERR_TOKEN_NO_SERVICE);
	assert_non_null(strstr(error_sentence(&e, text, sizeof text), "systemctl start pcscd"));
}

/* As pcscd does when polkit says no: it takes the call and hangs up. */
static void *hang_up(void *context)
{
	int fd, listener = *(int *)context;
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		close(fd);
	return NULL;
}

static void refusal_is_told_apart(void **state)
{
	(void)state;
	char text[600];
	pthread_t thread;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listener, 4), 0);
	pthread_create(&thread, NULL, hang_up, &listener);
	for (int i = 0; i < 50; i++) /* whichever side comes first */
		assert_refused_with(ERR_TOKEN_REFUSED);
	assert_non_null(strstr(error_sentence(&e, text, sizeof text), "polkit"));
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
	unlink(at.sun_path);
}

static void watching_waits_for_the_service(void **state)
{
	(void)state;
	struct token_watch *w = NULL;
	bool changed = true;
	int64_t before = clock_monotonic_ms();
	assert_int_equal(token_watch_open(&w, &e), OK);
	assert_int_equal(token_watch_change(w, 120, &changed, &e), OK);
	assert_false(changed);
	assert_true(clock_monotonic_ms() - before >= 100);
	token_watch_close(&w);
	assert_null(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_service_says_how_to_start_it),
		cmocka_unit_test(refusal_is_told_apart),
		cmocka_unit_test(watching_waits_for_the_service),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
