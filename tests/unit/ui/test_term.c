/* What was typed leaves nothing behind in the terminal's own memory: it may have been a PIN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui/term_private.h"

#define TYPED "Correct-Horse-7!密码"

enum { FINE, NO_TERMINAL, NOT_READ, LEFT_IN_QUEUE, LEFT_IN_TEXT };

static int look(struct term *t)
{
	for (size_t i = 0; i < QUEUE_SIZE; i++)
		if (t->queue[i].code)
			return LEFT_IN_QUEUE;
	for (size_t i = 0; t->text.data && i + 2 < sizeof TYPED; i++) /* no two of its bytes beside each other */
		if (memmem(t->text.data, t->text.room, TYPED + i, 2))
			return LEFT_IN_TEXT;
	return FINE;
}

static int read_and_look(int ready)
{
	struct term *t = NULL;
	struct event event;
	char got[64] = "";
	setenv("TERM", "xterm", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (term_prepare(&t, NULL))
		return NO_TERMINAL;
	term_start(t, &(struct term_options){.no_switch = true});
	if (write(ready, "!", 1) != 1)
		return NO_TERMINAL;
	while (strcmp(got, TYPED) != 0) {
		term_next(t, 10000, &event);
		if ((event.kind != EVENT_TEXT && event.kind != EVENT_PASTE) || strlen(got) + event.length >= sizeof got)
			break;
		strncat(got, event.text, event.length);
	}
	int r = strcmp(got, TYPED) == 0 ? FINE : NOT_READ;
	term_next(t, 0, &event);
	r = r ? r : look(t);
	term_end(&t);
	return r;
}

static int after(const char *before, const char *behind)
{
	int master, ready[2], status = 0;
	char byte, drained[4096];
	assert_int_equal(pipe(ready), 0);
	pid_t child = forkpty(&master, NULL, NULL, NULL);
	assert_true(child >= 0);
	if (child == 0)
		_exit(read_and_look(ready[1]));
	close(ready[1]);
	bool came = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	if (came && (write(master, before, strlen(before)) < 0 || write(master, TYPED, strlen(TYPED)) < 0 || write(master, behind, strlen(behind)) < 0))
		came = false;
	while (read(master, drained, sizeof drained) > 0)
		;
	waitpid(child, &status, 0);
	close(master);
	return came && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void typed(void **state)
{
	(void)state;
	assert_int_equal(after("", ""), FINE);
}

static void pasted(void **state)
{
	(void)state;
	assert_int_equal(after("\033[200~", "\033[201~"), FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(typed), cmocka_unit_test(pasted)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
