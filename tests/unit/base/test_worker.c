#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/worker.h"

enum { TIMES = 1000 };

static void add(void *arg)
{
	++*(int *)arg;
}

/* What was given is done when it was waited for, and only once. */
static void one_after_the_other(void **state)
{
	(void)state;
	int done = 0;
	struct worker *w = worker_start();
	assert_non_null(w);
	worker_wait(w);
	for (int i = 1; i <= TIMES; i++) {
		worker_give(w, add, &done);
		worker_wait(w);
		assert_int_equal(done, i);
	}
	worker_end(&w);
	assert_null(w);
	worker_end(&w);
}

static void ends_after_its_work(void **state)
{
	(void)state;
	int done = 0;
	for (int i = 0; i < TIMES; i++) {
		struct worker *w = worker_start();
		assert_non_null(w);
		worker_give(w, add, &done);
		worker_end(&w);
	}
	assert_int_equal(done, TIMES);
}

/* Without a thread the owner does it itself. */
static void without_a_thread(void **state)
{
	(void)state;
	int done = 0;
	worker_give(NULL, add, &done);
	worker_wait(NULL);
	assert_int_equal(done, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(ends_after_its_work),
		cmocka_unit_test(without_a_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
