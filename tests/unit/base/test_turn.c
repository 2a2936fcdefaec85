#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/turn.h"

enum { LONG = 60000, SHORT = 150 };

static char path[] = "/tmp/certdesk-turn-XXXXXX";

static int file(void)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Another process that has the turn, and keeps it until it is told to end. */
static pid_t holder(int *tell)
{
	int has[2], end[2];
	char byte = 0;
	assert_true(pipe(has) == 0 && pipe(end) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(end[1]);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		if (!turn_take(fd, LONG) || write(has[1], &byte, 1) != 1 || read(end[0], &byte, 1) < 0)
			_exit(1);
		turn_give(fd);
		pause();
		_exit(1);
	}
	assert_int_equal(1, read(has[0], &byte, 1));
	close(has[0]);
	close(has[1]);
	close(end[0]);
	*tell = end[1];
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(child, waitpid(child, NULL, 0));
}

static void test_no_longer_than_it_may(void **state)
{
	int tell, fd = file();
	(void)state;
	pid_t other = holder(&tell);
	int64_t from = clock_monotonic_ms();
	assert_false(turn_take(fd, SHORT));
	assert_int_equal(ETIMEDOUT, errno);
	assert_true(clock_monotonic_ms() - from >= SHORT);
	end(other);
	close(tell);
	close(fd);
}

static void test_waits_until_it_is_given(void **state)
{
	int tell, fd = file();
	(void)state;
	pid_t other = holder(&tell), third = fork();
	if (third == 0) { /* waits like this one, and has it before or after */
		close(tell);
		int own = open(path, O_RDWR | O_CLOEXEC);
		_exit(turn_take(own, LONG) ? 0 : 1);
	}
	close(tell);
	assert_true(turn_take(fd, LONG));
	assert_true(turn_take(fd, LONG)); /* one's own */
	turn_give(fd);
	int status = -1;
	assert_true(waitpid(third, &status, 0) == third && status == 0);
	end(other);
	close(fd);
}

/* Killed with the turn in its hand, while somebody waits. */
static void test_who_dies_gives_it_on(void **state)
{
	int tell, fd = file();
	(void)state;
	pid_t other = holder(&tell), killer = fork();
	if (killer == 0) {
		int own = open(path, O_RDWR | O_CLOEXEC);
		if (turn_take(own, SHORT) || errno != ETIMEDOUT)
			_exit(1);
		_exit(kill(other, SIGKILL));
	}
	assert_true(turn_take(fd, LONG));
	turn_give(fd);
	int status = -1;
	assert_true(waitpid(killer, &status, 0) == killer && status == 0);
	end(other);
	close(tell);
	close(fd);
}

static void test_a_file_that_cant_be_written_has_none(void **state)
{
	(void)state;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_false(turn_take(fd, SHORT));
	assert_int_equal(EBADF, errno);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_longer_than_it_may),
		cmocka_unit_test(test_waits_until_it_is_given),
		cmocka_unit_test(test_who_dies_gives_it_on),
		cmocka_unit_test(test_a_file_that_cant_be_written_has_none),
	};
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
