#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/admin.h"
#include "desk/staff.h"
#include "desk/till.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"

enum { ROW_LOGIN, ROW_PASSWORD, ROWS };

struct login {
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	bool ticked;
};

static enum err open_login(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "用户名", .en = "User", .columns = 24, .limit = 32, .flags = EDIT_FOLD, .input = TERM_INPUT_LATIN},
		{.zh = "口令", .en = "Password", .columns = 24, .limit = 64, .secret = true, .input = TERM_INPUT_LATIN},
	};
	struct login *l = calloc(1, sizeof *l);
	(void)ui, (void)arg;
	if (!l)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(l->rows, rows, sizeof rows);
	*data = l;
	return entries_start(&l->entries, l->rows);
}

static void close_login(struct ui *ui, void *data)
{
	struct login *l = data;
	(void)ui;
	entries_end(&l->entries);
	free(l);
}

/* The demonstration's logins, one a line: "user password" or "user password what they are". */
static void draw_demo(const struct desk *d, const struct pane *p, int row)
{
	const char *at = d->config.demo_logins;
	char line[160];
	pane_text(p, row++, 0, ROLE_HINT, tr("演示口令（用户名 口令）：", "Demonstration logins (user, password):"));
	while (*at && row < p->rows) {
		size_t n = strcspn(at, ",\n");
		snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), at);
		text_trim(line);
		if (*line)
			pane_text(p, row++, 2, ROLE_NORMAL, line);
		at += n + (at[n] != '\0');
	}
}

static void draw_login(struct ui *ui, void *data, struct pane *pane)
{
	struct login *l = data;
	const struct desk *d = app_desk(ui); /* none yet where the program has just begun */
	bool demo = d && d->config.demo_logins && *d->config.demo_logins;
	struct pane box = pane_centre(pane, demo ? 19 : 12, 60), p = pane_box(&box, tr("登录", "Log in"));
	if (d) {
		pane_format(&p, 1, (p.columns - text_width(d->site_name)) / 2, ROLE_STRONG, "%s", d->site_name);
		pane_format(&p, 2, 2, ROLE_HINT, tr("数字证书受理 certdesk · 受理点 %s · 工位 %s", "certdesk · service point %s · window %s"), d->site,
			d->station);
	}
	entries_draw(ui, &l->entries, &p, 4, 12, true, true);
	pane_text(&p, 8, 2, ROLE_HINT, tr("回车登录 · 五次输错锁定 15 分钟", "Enter logs in; five wrong tries lock for 15 minutes"));
	if (demo)
		draw_demo(d, &p, 10);
}

/* Somebody went home with their shift open: whoever can mend it hears of it. */
static void warn_late(struct ui *ui)
{
	json_t *late = NULL;
	if (app_may(ui, MAY_TILL) && till_late(app_desk(ui), &late, NULL) == OK && json_array_size(late) > 0) {
		const json_t *last = json_array_get(late, 0);
		ui_warn(ui, tr("工位 %s 在 %s 的班次（%s）没有关。请到“班次与钱箱”点款并关班", "The shift of window %s on %s (%s) is still open: count and close it"),
			json_text(last, "station"), json_text(last, "date"), json_text(last, "staff"));
	}
	json_decref(late);
}

static void log_in(struct ui *ui, struct login *l)
{
	struct error e = {0};
	char login[40];
	text_copy(login, sizeof login, entries_text(&l->entries, ROW_LOGIN));
	text_trim(login);
	ui_say(ui, "%s", tr("正在登录…", "Logging in…"));
	ui_draw_now(ui);
	if (!app_prove(ui))
		return;
	enum err rc = staff_login(app_desk(ui), login, &l->rows[ROW_PASSWORD].value, &e);
	edit_clear(&l->rows[ROW_PASSWORD].edit);
	if (rc != OK) {
		ui_fail(ui, &e);
		return;
	}
	l->entries.focus = ROW_LOGIN;
	edit_clear(&l->rows[ROW_LOGIN].edit);
	ui_hint(ui, ROLE_NORMAL, NULL);
	app_show_person(ui);
	if (ui_push(ui, &scr_desk, NULL) == OK)
		warn_late(ui);
	ui_tick_soon(ui); /* which keys are in already is seen now: one that is put in a moment later is news */
}

static unsigned handle_login(struct ui *ui, void *data, const struct event *event)
{
	struct login *l = data;
	if (event->kind == EVENT_KEY && event->key == UI_KEY_F(10))
		ui_quit(ui);
	switch (entries_handle(&l->entries, event)) {
	case ENTRIES_IGNORED:
		return UI_PASS;
	case ENTRIES_REFUSED:
		term_beep(ui_term(ui));
		break;
	case ENTRIES_DONE:
		if (!*entries_text(&l->entries, ROW_LOGIN))
			l->entries.focus = ROW_LOGIN;
		else if (*entries_text(&l->entries, ROW_PASSWORD))
			log_in(ui, l);
		break;
	case ENTRIES_CHANGED:
		break;
	}
	return UI_DRAW;
}

/* What timers do is done at start too, but after the first screen has been seen. */
static unsigned tick_login(struct ui *ui, void *data)
{
	struct login *l = data;
	struct error e = {0};
	json_t *done = NULL;
	if (l->ticked)
		return UI_NONE;
	l->ticked = true;
	if (!app_prove(ui))
		return UI_NONE;
	if (tick_run(app_desk(ui), &done, &e) != OK) {
		char sentence[700];
		ui_warn(ui, "%s", error_sentence(&e, sentence, sizeof sentence));
	}
	json_decref(done);
	return UI_NONE;
}

/* Back from the desk: whoever was there has gone. */
static unsigned back_login(struct ui *ui, void *data)
{
	(void)data;
	app_log_out(ui);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{1, UI_KEY_ENTER, "登录", "Log in", "登录", "Log in", NULL, NULL, ACTION_FIRST},
	{2, UI_KEY_TAB, "下一项", "Next field", NULL, NULL, NULL, NULL, 0},
	{3, UI_KEY_F(10), "退出程序", "Quit", NULL, NULL, NULL, NULL, 0},
	{0},
};

const struct screen_class scr_login = {.zh = "登录",
	.en = "Log in",
	.actions = actions,
	.open = open_login,
	.draw = draw_login,
	.handle = handle_login,
	.tick = tick_login,
	.back = back_login,
	.close = close_login};
