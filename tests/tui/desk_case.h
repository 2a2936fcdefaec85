/* The real program on a site of its own, driven as a clerk does: what its tests share. */
#ifndef CERTDESK_TESTS_DESK_CASE_H
#define CERTDESK_TESTS_DESK_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/site.h"
#include "../lib/tui.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"

static inline struct tui *case_start_with(const struct site *s, int rows, int columns, const char *const *env)
{
	char program[4096];
	const char *build = getenv("CERTDESK_BUILD");
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	const char *argv[] = {program, "-C", s->dir, NULL};
	struct tui_options o = {.argv = argv, .env = env, .rows = rows, .columns = columns};
	struct tui *t = tui_start(&o);
	tui_wait_text(t, "用户名");
	return t;
}

static inline struct tui *case_start(const struct site *s)
{
	static const char *const env[] = {"LANG=C.UTF-8", NULL};
	return case_start_with(s, 24, 80, env);
}

static inline void case_login(struct tui *t, const char *who)
{
	tui_keys(t, who);
	tui_keys(t, "<Enter>" SITE_PASSWORD "<Enter>");
	tui_wait_row(t, 0, "工作台");
	tui_settle(t);
}

/* The same in English: the desk of `who`. */
static inline struct tui *case_start_in_english(const struct site *s, const char *who)
{
	static const char *const env[] = {"LANG=en_GB.UTF-8", "LC_ALL=en_US.UTF-8", NULL};
	char program[4096];
	const char *build = getenv("CERTDESK_BUILD");
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	const char *argv[] = {program, "-C", s->dir, "--lang", "en", NULL};
	struct tui_options o = {.argv = argv, .env = env, .rows = 24, .columns = 80};
	struct tui *t = tui_start(&o);
	tui_wait_text(t, "Password");
	tui_keys(t, who);
	tui_keys(t, "<Enter>" SITE_PASSWORD "<Enter>");
	tui_wait_row(t, 0, "Desk");
	tui_settle(t);
	return t;
}

/* Back to the login screen, whatever lies above the desk. */
static inline void case_logout(struct tui *t)
{
	for (int i = 0; i < 6 && !strstr(tui_row(t, 0), "工作台"); i++) {
		tui_keys(t, "<F10>");
		tui_settle(t);
	}
	tui_keys(t, "<F10>");
	tui_wait_text(t, "结束登录，回到登录屏");
	tui_keys(t, "y");
	tui_wait_text(t, "用户名");
	tui_settle(t);
}

static inline void case_change(struct tui **t, const struct site *s, const char *who)
{
	if (*t)
		tui_end(t);
	*t = case_start(s);
	case_login(*t, who);
}

/* Keys, then what must be seen afterwards. */
static inline void case_step(struct tui *t, const char *keys, const char *seen)
{
	tui_keys(t, keys);
	tui_wait_text(t, seen);
	tui_settle(t);
}

/* An order's number as a narrow list of the desk shows it: without the site's. */
static inline const char *case_short(const char *no)
{
	return strchr(no, '-') + 1;
}

/* Finds the one order by its number; it is selected. */
static inline void case_find(struct tui *t, const char *no)
{
	case_step(t, "<F3>", "查询订单");
	tui_keys(t, no);
	case_step(t, "<Enter>", "查询：");
}

/* The screen of `who`, the new unit's order selected that `make` (site_paid, …) has brought to where it stands. */
static inline struct tui *case_order(const struct site *s, void (*make)(const struct site *, struct desk *, const char *, const json_t *, char *),
                                     const json_t *changes, char no[ORDER_NO_SIZE], const char *who)
{
	struct desk *d = site_open(s);
	make(s, d, "new-unit", changes, no);
	desk_close(&d);
	struct tui *t = case_start(s);
	case_login(t, who);
	case_find(t, no);
	return t;
}

/* Chooses the line of the left pane that bears `title`: towards it, from wherever the cursor is by then, since a key may still be on its way. */
static inline void case_line(struct tui *t, const char *title)
{
	tui_keys(t, "<Home>");
	for (int i = 0; i < 48; i++) {
		int row, column, at = 0;
		tui_settle(t);
		tui_cursor(t, &row, &column);
		while (at < tui_rows(t) && strncmp(tui_row(t, at), title, strlen(title)) != 0)
			at++;
		if (at == row)
			return;
		tui_keys(t, at > row ? "<Down>" : "<Up>"); /* one that isn't seen is below */
	}
	tui_dump(t);
	fail_msg("no line %s", title);
}

/* A scan in the inbox under the kind's name, so that it is offered for it. */
static inline void case_scan(const struct site *s, const char *name)
{
	char inbox[200], to[500];
	struct bytes content = {0};
	snprintf(inbox, sizeof inbox, "%s/inbox", s->dir);
	snprintf(to, sizeof to, "%s/%s", inbox, name);
	assert_int_equal(dir_make(inbox, NULL), OK);
	assert_int_equal(file_read(site_picture(s, name), 1 << 24, &content, NULL), OK);
	assert_int_equal(file_write(to, 0600, content.data, content.length, NULL), OK);
	bytes_free(&content);
}

static inline void case_scans(const struct site *s)
{
	static const char *const names[] = {"legal-authorisation.jpg", "seal-sample.jpg", "agent-id-emblem.jpg",
		"agent-id-head.jpg", "business-licence.jpg"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		case_scan(s, names[i]);
}

/* The order's status in the store, by another session than the screen's. */
static inline const char *case_status(const struct site *s, const char *no)
{
	static char status[40];
	json_t *order = NULL;
	struct desk *d = site_open(s);
	site_as(s, d, "au1");
	assert_int_equal(order_show(d, no, &order, NULL), OK);
	snprintf(status, sizeof status, "%s", json_text(order, "status"));
	json_decref(order);
	desk_close(&d);
	return status;
}

#endif
