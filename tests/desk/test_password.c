/* Passwords typed on a terminal: no echo, confirmed where they are new, and the terminal as before afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum { WAIT_MS = 30000, SCREEN = 8192 };

static char work[] = "/tmp/certdesk-password-XXXXXX";

struct run {
	pid_t pid;
	int fd;
	size_t length;
	char screen[SCREEN];
};

static void start(struct run *r, const char *const *arguments)
{
	char program[512], site[64];
	const char *build = getenv("CERTDESK_BUILD");
	const char *argv[20] = {program, "-C", site};
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	snprintf(site, sizeof site, "%s/site", work);
	for (size_t i = 0; arguments[i]; i++)
		argv[3 + i] = arguments[i];
	*r = (struct run){0};
	r->pid = forkpty(&r->fd, NULL, NULL, NULL);
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		signal(SIGINT, SIG_DFL); /* a suite in the background has it ignored */
		execv(program, (char *const *)argv);
		_exit(127);
	}
}

/* Reads until `text` is on the screen; with NULL until the program has ended. */
static bool wait_for(struct run *r, const char *text)
{
	int64_t end = clock_monotonic_ms() + WAIT_MS;
	while (!text || !strstr(r->screen, text)) {
		struct pollfd p = {.fd = r->fd, .events = POLLIN};
		int64_t left = end - clock_monotonic_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0 || r->length + 1 >= SCREEN)
			return false;
		ssize_t n = read(r->fd, r->screen + r->length, SCREEN - 1 - r->length);
		if (n <= 0)
			return !text;
		r->length += (size_t)n;
		r->screen[r->length] = '\0';
	}
	return true;
}

static void type(struct run *r, const char *text)
{
	assert_int_equal(write(r->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static int finish(struct run *r)
{
	int status = 0;
	if (!wait_for(r, NULL))
		kill(r->pid, SIGKILL);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	close(r->fd);
	return status;
}

static const char *const init[] = {"init", "--site", "110114-01", "--name", "昌平", "--admin", "root1", NULL};

static void new_password_is_typed_twice(void **state)
{
	struct run r;
	(void)state;
	start(&r, init);
	assert_true(wait_for(&r, "管理员口令："));
	type(&r, "Correct-Horse-7!\n");
	assert_true(wait_for(&r, "再输一遍管理员口令："));
	type(&r, "Correct-Horse-8!\n");
	int status = finish(&r);
	assert_int_equal(WEXITSTATUS(status), 2);
	assert_non_null(strstr(r.screen, "两次输入的口令不同"));
	assert_null(strstr(r.screen, "Horse"));
	start(&r, init);
	assert_true(wait_for(&r, "管理员口令："));
	type(&r, "Correct-Horse-7!\n");
	assert_true(wait_for(&r, "再输一遍管理员口令："));
	type(&r, "Correct-Horse-7!\n");
	status = finish(&r);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_null(strstr(r.screen, "Horse"));
}

static void login_asks_without_echo(void **state)
{
	static const char *const login[] = {"--json", "login", "root1", NULL};
	struct run r;
	(void)state;
	start(&r, login);
	assert_true(wait_for(&r, "口令："));
	type(&r, "Correct-Horse-7!\n");
	int status = finish(&r);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_non_null(strstr(r.screen, "\"login\":\"root1\""));
	assert_null(strstr(r.screen, "Horse"));
	start(&r, login);
	assert_true(wait_for(&r, "口令："));
	type(&r, "Wrong-Horse-7!\n");
	status = finish(&r);
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_non_null(strstr(r.screen, "用户名或口令不对"));
}

static void user_without_file_is_asked(void **state)
{
	static const char *const whoami[] = {"--json", "--user", "root1", "whoami", NULL};
	struct run r;
	(void)state;
	start(&r, whoami);
	assert_true(wait_for(&r, "口令："));
	type(&r, "Correct-Horse-7!\n");
	int status = finish(&r);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_non_null(strstr(r.screen, "\"roles\":[\"admin\"]"));
}

/* ^C while it asks: the program ends by the signal, and echo is on again. */
static void interrupt_gives_the_terminal_back(void **state)
{
	static const char *const login[] = {"login", "root1", NULL};
	struct termios now;
	struct run r;
	(void)state;
	start(&r, login);
	assert_true(wait_for(&r, "口令："));
	assert_int_equal(tcgetattr(r.fd, &now), 0);
	assert_false(now.c_lflag & ECHO);
	int keep = dup(r.fd);
	type(&r, "Half-a-Horse\003");
	int status = finish(&r);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_int_equal(tcgetattr(keep, &now), 0);
	assert_true(now.c_lflag & ECHO);
	close(keep);
}

static int make(void **state)
{
	(void)state;
	setenv("LANG", "C.UTF-8", 1);
	return mkdtemp(work) ? 0 : -1;
}

static int clean(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", work);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_password_is_typed_twice),
		cmocka_unit_test(login_asks_without_echo),
		cmocka_unit_test(user_without_file_is_asked),
		cmocka_unit_test(interrupt_gives_the_terminal_back),
	};
	return cmocka_run_group_tests(tests, make, clean);
}
