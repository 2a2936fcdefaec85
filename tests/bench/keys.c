/* A key stroke in the form: keys BUILD SITE LOGIN PASSWORD prints the median of the program's CPU (ms) and of the bytes that it
 * writes to the terminal for one letter typed into a text field of the unit's form, each letter waited for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/tui.h"
#include "base/lang.h"

enum { KEYS = 60, TABS_MOST = 12 };

static double cpu(struct tui *t)
{
	clockid_t clock;
	struct timespec at;
	if (clock_getcpuclockid(tui_pid(t), &clock) || clock_gettime(clock, &at))
		exit(1);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void to_field(struct tui *t, const char *label)
{
	int row, column;
	for (int i = 0; i < TABS_MOST; i++) {
		tui_settle(t);
		tui_cursor(t, &row, &column);
		if (strstr(tui_row(t, row), label))
			return;
		tui_keys(t, "<Tab>");
	}
	tui_dump(t);
	exit(1);
}

int main(int argc, char **argv)
{
	char program[4096];
	double ms[KEYS], bytes[KEYS];
	if (argc != 5)
		return 2;
	lang_start();
	snprintf(program, sizeof program, "%s/certdesk", argv[1]);
	const char *command[] = {program, "-C", argv[2], NULL}, *env[] = {"LANG=C.UTF-8", NULL};
	struct tui *t = tui_start(&(struct tui_options){.argv = command, .env = env});
	tui_wait_text(t, "用户名");
	tui_keys(t, argv[3]);
	tui_keys(t, "<Enter>");
	tui_keys(t, argv[4]);
	tui_keys(t, "<Enter>");
	tui_wait_row(t, 0, "工作台");
	tui_settle(t);
	tui_keys(t, "<F2>");
	tui_settle(t);
	if (!tui_has(t, "必填还差", 500))
		tui_keys(t, "<Enter>");
	tui_wait_text(t, "必填还差");
	to_field(t, "单位名称");
	for (int i = 0; i < KEYS; i++) {
		char key[2] = {(char)('a' + i % 26), '\0'};
		size_t before = tui_output(t);
		double begin = cpu(t);
		tui_keys(t, key);
		tui_settle(t);
		ms[i] = cpu(t) - begin;
		bytes[i] = (double)(tui_output(t) - before);
	}
	tui_end(&t);
	qsort(ms, KEYS, sizeof *ms, ascending);
	qsort(bytes, KEYS, sizeof *bytes, ascending);
	printf("%.3f %.0f\n", ms[KEYS / 2], bytes[KEYS / 2]);
	return 0;
}
