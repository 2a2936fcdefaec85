#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"
#include "base/sanitized.h"

static const struct child_errors errors = {"test", ERR_PICTURE_BROKEN, ERR_PICTURE_SLOW};

static enum err answers(void *job, struct child_answer *answer, struct error *e)
{
	(void)e;
	answer->numbers[0] = 42;
	answer->data = job;
	answer->length = strlen(job);
	return OK;
}

static enum err refuses(void *job, struct child_answer *answer, struct error *e)
{
	(void)answer;
	return error_set(e, ERR_PICTURE_UNUSUAL, "%s", (const char *)job);
}

enum death { BY_POINTER, BY_TRAP, BY_ABORT, BY_EXIT };

static enum err dies(void *job, struct child_answer *answer, struct error *e)
{
	static char *volatile nowhere;
	(void)answer;
	(void)e;
	switch (*(enum death *)job) {
	case BY_POINTER:
		*nowhere = 1;
		break;
	case BY_TRAP:
		__builtin_trap();
	case BY_ABORT:
		abort();
	case BY_EXIT:
		_exit(0);
	}
	return OK;
}

static enum err lies(void *job, struct child_answer *answer, struct error *e)
{
	(void)e;
	answer->data = job;
	answer->length = 1000;
	return OK;
}

static enum err makes_no_sense(void *job, struct child_answer *answer, struct error *e)
{
	(void)job;
	(void)answer;
	(void)e;
	return (enum err)(ERR_COUNT + 7);
}

static enum err wants_more(void *job, struct child_answer *answer, struct error *e)
{
	(void)e;
	char *volatile memory = malloc(2UL << 30);
	answer->numbers[0] = memory != NULL;
	answer->numbers[1] = open("/etc/passwd", O_RDONLY) >= 0;
	answer->numbers[2] = socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
	answer->numbers[3] = kill(*(pid_t *)job, 0) == 0;
	free(memory);
	return OK;
}

static enum err hears(void *job, struct child_answer *answer, struct error *e)
{
	(void)job;
	(void)e;
	answer->numbers[0] = write(0, "x", 1) < 0 && write(1, "x", 1) < 0;
	return OK;
}

static void test_an_answer_comes_back(void **state)
{
	struct child_answer answer = {0};
	struct bytes out = {0};
	struct error e = {0};
	(void)state;
	assert_int_equal(child_run(answers, "hello", 5, &errors, &answer, &out, &e), OK);
	assert_int_equal(answer.numbers[0], 42);
	assert_int_equal(out.length, 5);
	assert_string_equal((char *)out.data, "hello");
	bytes_free(&out);
	assert_int_equal(child_run(refuses, "why", 5, &errors, &answer, &out, &e), ERR_PICTURE_UNUSUAL);
	assert_string_equal(e.detail, "why");
}

static void test_a_death_is_a_broken_picture(void **state)
{
	struct child_answer answer = {0};
	struct bytes out = {0};
	(void)state;
	for (enum death death = SANITIZED ? BY_TRAP : BY_POINTER; death <= BY_EXIT; death++)
		assert_int_equal(child_run(dies, &death, 5, &errors, &answer, &out, NULL), ERR_PICTURE_BROKEN);
	assert_null(out.data);
}

static void test_a_lie_is_a_broken_picture(void **state)
{
	static char data[1000];
	struct child_answer answer = {0};
	struct bytes out = {0};
	(void)state;
	assert_int_equal(child_run(lies, data, 999, &errors, &answer, &out, NULL), ERR_PICTURE_BROKEN);
	assert_null(out.data);
	assert_int_equal(child_run(makes_no_sense, NULL, 999, &errors, &answer, &out, NULL), ERR_PICTURE_BROKEN);
}

static void test_the_child_can_reach_nothing(void **state)
{
	struct child_answer answer = {0};
	struct bytes out = {0};
	pid_t parent = getpid();
	(void)state;
	if (SANITIZED)
		skip();
	assert_int_equal(child_run(wants_more, &parent, 5, &errors, &answer, &out, NULL), OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer.numbers[i], 0);
}

static void test_the_child_has_no_terminal(void **state)
{
	struct child_answer answer = {0};
	struct bytes out = {0};
	(void)state;
	assert_int_equal(child_run(hears, NULL, 5, &errors, &answer, &out, NULL), OK);
	assert_int_equal(answer.numbers[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_comes_back),
		cmocka_unit_test(test_a_death_is_a_broken_picture),
		cmocka_unit_test(test_a_lie_is_a_broken_picture),
		cmocka_unit_test(test_the_child_can_reach_nothing),
		cmocka_unit_test(test_the_child_has_no_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
