/* When `sync --follow` goes round again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/follow.h"

/* What the rounds answer, and how long was waited behind each. */
static struct script {
	const enum err *answers;
	size_t count, at;
	size_t moved; /* so many of the first rounds moved something */
	int waited[32];
} script;

static enum err answer(void *arg, bool *moved)
{
	struct script *s = arg;
	*moved = s->at < s->moved;
	return s->answers[s->at];
}

static bool waits(void *arg, int milliseconds)
{
	struct script *s = arg;
	s->waited[s->at++] = milliseconds;
	return s->at < s->count;
}

#define PLAY(moves, ...)                                                                       \
	do {                                                                                   \
		static const enum err list[] = {__VA_ARGS__};                                  \
		script = (struct script){.answers = list, .count = sizeof list / sizeof *list, .moved = moves}; \
		follow_loop(&(struct follow_work){answer, waits, &script});                    \
	} while (0)

static void waited(const int *want)
{
	for (size_t i = 0; i < script.count; i++)
		assert_int_equal(script.waited[i], want[i]);
	assert_int_equal(script.at, script.count);
}

static void test_once_a_second_while_the_line_is_up(void **state)
{
	(void)state;
	PLAY(0, OK, OK, OK);
	waited((const int[]){1000, 1000, 1000});
}

static void test_at_once_while_there_is_more(void **state)
{
	(void)state;
	PLAY(2, OK, OK, OK);
	waited((const int[]){0, 0, 1000});
}

static void test_later_and_later_while_it_is_down(void **state)
{
	(void)state;
	PLAY(0, ERR_NET_LINE, ERR_NET_SLOW, ERR_NET_CUT, ERR_NET_TLS, ERR_SYNC_BUSY, ERR_NET_LINE, ERR_NET_LINE, ERR_NET_LINE, ERR_NET_WORKER);
	waited((const int[]){1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000});
}

static void test_at_its_old_pace_when_it_is_back(void **state)
{
	(void)state;
	PLAY(0, ERR_NET_LINE, ERR_NET_LINE, ERR_NET_LINE, OK, ERR_NET_LINE, OK);
	waited((const int[]){1000, 2000, 4000, 1000, 1000, 1000});
}

static void test_once_a_minute_where_somebody_has_to_look(void **state)
{
	(void)state;
	PLAY(0, ERR_SYNC_REVOKED, ERR_SYNC_FORK, ERR_NET_ROOT, ERR_NET_EXPIRED, ERR_NET_PROGRAM, OK);
	waited((const int[]){60000, 60000, 60000, 60000, 60000, 1000});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_a_second_while_the_line_is_up),
		cmocka_unit_test(test_at_once_while_there_is_more),
		cmocka_unit_test(test_later_and_later_while_it_is_down),
		cmocka_unit_test(test_at_its_old_pace_when_it_is_back),
		cmocka_unit_test(test_once_a_minute_where_somebody_has_to_look),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
