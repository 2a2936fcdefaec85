#include "ui/scr_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ui/dialog.h"
#include "ui/edit_key.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

enum { SERIAL_MOST = 64, SCANS_MOST = 5000 };

struct scan_screen {
	struct scan_arg arg;
	struct edit edit;
	struct table table; /* {"serial", "medium", "state", "drawer", "word", "why"}, newest first; why "" is taken */
	enum role said_role;
	char said[400]; /* of the last one */
};

static enum role row_role(const json_t *row)
{
	return *json_text(row, "why") ? ROLE_ERROR : ROLE_NORMAL;
}

static const struct table_column columns[] = {
	{"序列号", "Serial", "serial", 16, 0, AS_TEXT, NULL},
	{"介质", "Medium", "medium", 9, 0, AS_TEXT, scr_medium},
	{"状态", "State", "state", 10, 0, AS_TEXT, scr_key_state},
	{"抽屉", "Drawer", "drawer", 6, 0, AS_TEXT, NULL},
	{"结果", "Verdict", "word", 0, 0, AS_TEXT, NULL},
	{0},
};

static enum err open_scan(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct scan_screen *s = calloc(1, sizeof *s);
	(void)ui;
	if (!s || edit_start(&s->edit, SERIAL_MOST, EDIT_FOLD) != OK) {
		free(s);
		return error_set(e, ERR_MEMORY, "%s", "");
	}
	s->arg = *(const struct scan_arg *)arg;
	table_start(&s->table, columns, "还没有扫描。扫描一个，或输入序列号后按回车",
		"Nothing yet. Scan one, or type a serial and press Enter");
	s->table.role = row_role;
	table_set(&s->table, json_array());
	*data = s;
	return OK;
}

static void close_scan(struct ui *ui, void *data)
{
	struct scan_screen *s = data;
	(void)ui;
	table_end(&s->table);
	edit_end(&s->edit);
	free(s);
}

static size_t taken(const struct scan_screen *s)
{
	const json_t *row;
	size_t i, n = 0;
	json_array_foreach(s->table.rows, i, row)
		n += !*json_text(row, "why");
	return n;
}

/* "调拨 → 02": what Enter and F2 are about. */
static void heading(const struct scan_arg *a, char *out, size_t size)
{
	if (a->count)
		snprintf(out, size, tr("盘点抽屉 %s", "Count of drawer %s"), a->drawer);
	else
		snprintf(out, size, "%s%s%s%s%s%s%s", stock_deed_title(a->deed), *a->medium ? " · " : "", scr_medium(a->medium),
			*a->site ? (a->deed == STOCK_ARRIVE ? " ← " : " → ") : "", a->site, *a->drawer ? " → " : "", a->drawer);
	size_t n = strlen(out);
	if (*a->reason)
		snprintf(out + n, size - n, " · %.*s", 90, a->reason);
}

static void draw_scan(struct ui *ui, void *data, struct pane *pane)
{
	struct scan_screen *s = data;
	struct pane list = pane_part(pane, 5, 0, pane->rows - 5, pane->columns);
	char title[700];
	size_t good = taken(s), all = s->table.list.count;
	heading(&s->arg, title, sizeof title);
	pane_line(pane, 0, title);
	snprintf(title, sizeof title, all > good ? tr("已扫描 %zu，不能用 %zu", "%zu scanned, %zu can't be used")
											 : tr("已扫描 %zu", "%zu scanned"), good, all - good);
	pane_line(pane, 4, title);
	list_draw(&s->table.list, &list);
	pane_cell(pane, 1, 0, 10, ROLE_LABEL_FOCUS, tr("序列号", "Serial"), true);
	edit_draw(&s->edit, pane, 1, 12, 40, ROLE_FOCUS, true);
	pane_wrapped(pane, 2, 12, pane->columns - 13, 2, s->said_role, s->said);
	ui_typing(ui, true, TERM_INPUT_LATIN);
}

/* One serial ------------------------------------------------------------------------------------------------- */

static struct stock_order order_of(const struct scan_arg *a)
{
	return (struct stock_order){.deed = a->deed, .drawer = *a->drawer ? a->drawer : NULL, .new_drawer = a->new_drawer,
		.site = *a->site ? a->site : NULL, .medium = *a->medium ? a->medium : NULL, .reason = *a->reason ? a->reason : NULL};
}

static enum err judge(struct ui *ui, const struct scan_screen *s, const char *serial, json_t **out, struct error *e)
{
	struct stock_order o = order_of(&s->arg);
	return s->arg.count ? stock_judge_counted(app_desk(ui), s->arg.drawer, serial, out, e)
						: stock_judge(app_desk(ui), &o, serial, out, e);
}

static void drop(struct scan_screen *s, size_t row)
{
	json_array_remove(s->table.rows, row);
	list_set_count(&s->table.list, json_array_size(s->table.rows));
}

/* True where it is in the list, as one that counts; one that was refused is judged anew. */
static bool there(struct scan_screen *s, const char *serial)
{
	json_t *row;
	size_t i;
	json_array_foreach(s->table.rows, i, row)
		if (strcmp(json_text(row, "serial"), serial) == 0) {
			if (!*json_text(row, "why"))
				return true;
			drop(s, i);
			return false;
		}
	return false;
}

/* A scanner goes on whatever the screen says: what it has sent behind stays, so that no half of a serial is left. */
static void say(struct ui *ui, struct scan_screen *s, bool good, const char *text)
{
	s->said_role = good ? ROLE_GOOD : ROLE_ERROR;
	text_copy(s->said, sizeof s->said, text);
	if (!good)
		term_beep(ui_term(ui));
}

static void add(struct ui *ui, struct scan_screen *s, const char *serial)
{
	struct error e = {0};
	char text[400];
	json_t *row = NULL;
	if (there(s, serial)) {
		snprintf(text, sizeof text, tr("%s 已经扫描过", "%s was scanned already"), serial);
		say(ui, s, false, text);
		return;
	}
	if (s->table.list.count >= SCANS_MOST) {
		say(ui, s, false, tr("太多了，请先提交", "Too many; commit them first"));
		return;
	}
	enum err rc = judge(ui, s, serial, &row, &e);
	if (rc != OK)
		row = json_pack("{ss}", "serial", serial);
	bool strange = rc == OK && s->arg.count && !json_flag(row, "expected");
	const char *word = rc != OK ? e.detail : strange ? tr("不在本抽屉账上", "not in this drawer's book") : "✓";
	json_object_set_new(row, "why", json_string(rc != OK ? word : ""));
	json_object_set_new(row, "word", json_string(word));
	json_array_insert_new(s->table.rows, 0, row);
	list_set_count(&s->table.list, json_array_size(s->table.rows));
	list_select(&s->table.list, 0);
	if (rc == OK)
		snprintf(text, sizeof text, "%.100s  %.200s", serial, word);
	else
		error_sentence(&e, text, sizeof text);
	say(ui, s, rc == OK && !strange, text);
}

/* Serials in a pasted text, between spaces and newlines. */
static void add_text(struct ui *ui, struct scan_screen *s, const char *text, size_t length)
{
	char serial[SERIAL_MOST * 4 + 1];
	for (size_t i = 0; i < length;) {
		size_t n = 0;
		while (i < length && strchr(" \t\r\n,;", text[i]))
			i++;
		for (; i < length && !strchr(" \t\r\n,;", text[i]); i++)
			if (n + 1 < sizeof serial)
				serial[n++] = text[i];
		serial[n] = '\0';
		if (n)
			add(ui, s, serial);
	}
}

static void enter(struct ui *ui, struct scan_screen *s)
{
	char typed[SERIAL_MOST * 4 + 1];
	text_copy(typed, sizeof typed, s->edit.text);
	text_trim(typed);
	edit_clear(&s->edit);
	if (*typed)
		add(ui, s, typed);
}

/* All of them ------------------------------------------------------------------------------------------------ */

struct work {
	struct scan_arg arg;
	struct key_source keys;
};

static enum err call_deed(struct desk *d, struct call *c, struct error *e)
{
	const struct work *w = c->more;
	struct stock_order o = order_of(&w->arg);
	o.keys = w->keys;
	return w->arg.count ? stock_count(d, &w->keys, w->arg.drawer, w->arg.reason, &c->out, e) : stock_do(d, &o, &c->out, e);
}

static void add_names(struct bytes *text, const char *title, const json_t *rows)
{
	const json_t *row;
	size_t i;
	bytes_format(text, "\n%s %zu\n", title, json_array_size(rows));
	json_array_foreach(rows, i, row) {
		const char *state = json_text(row, "state"), *drawer = json_text(row, "drawer");
		bytes_format(text, "  %s  %s  %s%s%s\n", json_text(row, "serial"), scr_medium(json_text(row, "medium")),
			*state ? scr_key_state(state) : tr("没有记录", "unknown"), *drawer ? tr("  抽屉 ", "  drawer ") : "", drawer);
	}
}

/* The differences of a count, by serial: to be looked for now, while the drawer is open. */
static void show_count(struct ui *ui, const json_t *count)
{
	struct bytes text = {0};
	const json_t *missing = json_object_get(count, "missing"), *surplus = json_object_get(count, "surplus");
	if (json_array_size(missing) + json_array_size(surplus) == 0) {
		ui_good(ui, tr("盘点相符：抽屉 %s，%lld 个", "The count is right: drawer %s, %lld keys"), json_text(count, "drawer"),
			(long long)json_number(count, "counted"));
		return;
	}
	bytes_format(&text, tr("抽屉 %s：账面 %lld，实盘 %lld。差异已记录，介质没有改动。\n", "Drawer %s: %lld by the book, %lld counted. "
		"The differences are recorded; no key was moved.\n"), json_text(count, "drawer"), (long long)json_number(count, "expected"),
		(long long)json_number(count, "counted"));
	add_names(&text, tr("缺少", "Missing"), missing);
	add_names(&text, tr("多出", "Surplus"), surplus);
	dialog_text(ui, tr("盘点有差异", "The count differs"), text.data ? (char *)text.data : "", NULL);
	ui_warn(ui, tr("盘点已记录：缺少 %zu，多出 %zu", "Counted: %zu missing, %zu too much"), json_array_size(missing),
		json_array_size(surplus));
	bytes_free(&text);
}

static bool sure(struct ui *ui, const struct work *w)
{
	char text[400];
	if (w->arg.count || !stock_deed_info(w->arg.deed)->final)
		return true;
	if (w->keys.path)
		snprintf(text, sizeof text, "%s", tr("清单里的介质销毁后不能恢复。需要主管当场确认。",
			"The keys of the list are destroyed for good. A manager confirms it on the spot."));
	else
		snprintf(text, sizeof text, tr("%zu 个介质销毁后不能恢复。需要主管当场确认。",
			"Keys to be destroyed for good: %zu. A manager confirms it on the spot."), w->keys.count);
	return dialog_confirm(ui, stock_deed_title(w->arg.deed), text, stock_deed_title(w->arg.deed));
}

/* A list with mistakes has more to say than a line holds. */
static void show_failure(struct ui *ui, const struct error *e)
{
	if (strchr(e->detail, '\n'))
		dialog_error(ui, e);
	ui_fail(ui, e);
}

static bool perform(struct ui *ui, struct work *w)
{
	struct call c = {.more = w};
	struct error e;
	if (!sure(ui, w))
		return false;
	if (app_attempt(ui, call_deed, &c, &e) != OK) {
		show_failure(ui, &e);
		return false;
	}
	if (w->arg.count)
		show_count(ui, c.out);
	else
		ui_good(ui, tr("已%s %lld 个介质", "%s: %lld done"), stock_deed_title(w->arg.deed), (long long)json_number(c.out, "keys"));
	json_decref(c.out);
	return true;
}

bool scan_by_file(struct ui *ui, const struct scan_arg *arg)
{
	char path[1700] = "", title[700];
	heading(arg, title, sizeof title);
	if (!app_ask_file(ui, title, tr("CSV（列 serial，可有 medium），或一行一个序列号", "A CSV with serial and perhaps medium, or a serial a line"),
			path, sizeof path))
		return false;
	struct work w = {.arg = *arg, .keys = {.path = path}};
	return perform(ui, &w);
}

static void commit(struct ui *ui, struct scan_screen *s)
{
	const json_t *row;
	size_t i, n = 0;
	if (s->edit.length)
		enter(ui, s);
	const char **serials = calloc(s->table.list.count + 1, sizeof *serials);
	if (!serials)
		return;
	json_array_foreach(s->table.rows, i, row)
		if (!*json_text(row, "why"))
			serials[n++] = json_text(row, "serial");
	struct work w = {.arg = s->arg, .keys = {.serials = serials, .count = n}};
	if (!n && !s->arg.count)
		ui_warn(ui, "%s", tr("还没有可以提交的介质", "There is nothing to commit yet"));
	else if (perform(ui, &w)) {
		if (n < s->table.list.count && !s->arg.count)
			ui_warn(ui, tr("已%s %zu 个介质；另 %zu 个不能用，没有办理", "%s: %zu done, %zu not, since they can't be used"),
				stock_deed_title(s->arg.deed), n, s->table.list.count - n);
		ui_pop(ui);
	}
	free(serials);
}

enum { DO_COMMIT = 1, DO_FILE, DO_DROP };

static bool may_leave(struct ui *ui, const struct scan_screen *s)
{
	char text[200];
	if (!s->table.list.count)
		return true;
	snprintf(text, sizeof text, tr("已扫描 %zu 个，还没有提交。放弃？", "%zu were scanned and aren't committed. Give them up?"),
		s->table.list.count);
	return dialog_confirm(ui, tr("离开", "Leave"), text, tr("放弃", "give them up"));
}

static unsigned by_action(struct ui *ui, struct scan_screen *s, int action)
{
	if (action == DO_COMMIT)
		commit(ui, s);
	else if (action == DO_DROP && s->table.list.count)
		drop(s, s->table.list.selected);
	else if (action == DO_FILE && s->table.list.count)
		ui_warn(ui, "%s", tr("已扫描的请先提交，或用 F4 去掉", "Commit what was scanned first, or take it away with F4"));
	else if (action == DO_FILE && scan_by_file(ui, &s->arg))
		ui_pop(ui);
	return UI_DRAW;
}

static unsigned handle_scan(struct ui *ui, void *data, const struct event *event)
{
	struct scan_screen *s = data;
	enum edit_result result = EDIT_DONE;
	if (event->action)
		return by_action(ui, s, event->action);
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_ENTER || event->key == UI_KEY_TAB)) {
		enter(ui, s);
		return UI_DRAW;
	}
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_ESC || event->key == UI_KEY_F(10)))
		return may_leave(ui, s) ? UI_PASS : UI_DRAW;
	if (event->kind == EVENT_PASTE && memchr(event->text, '\n', event->length)) {
		add_text(ui, s, event->text, event->length);
		return UI_DRAW;
	}
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_UP || event->key == UI_KEY_DOWN || event->key == UI_KEY_PAGE_UP ||
										event->key == UI_KEY_PAGE_DOWN))
		return list_handle(&s->table.list, event) == LIST_IGNORED ? UI_NONE : UI_DRAW;
	if (edit_handle(&s->edit, event, &result, NULL)) {
		if (result == EDIT_REFUSED)
			term_beep(ui_term(ui));
		return UI_DRAW;
	}
	return list_handle(&s->table.list, event) == LIST_IGNORED ? UI_PASS : UI_DRAW;
}

static const struct action actions[] = {
	{DO_COMMIT, UI_KEY_F(2), "提交", "Commit", "介质", "Keys", "把扫描过的一起办理", "Do it with all that were scanned", ACTION_FIRST},
	{DO_FILE, UI_KEY_F(3), "清单文件", "File", NULL, NULL, "不扫描，用清单文件办理", "Take a file instead of scanning", ACTION_FIRST},
	{DO_DROP, UI_KEY_F(4), "去掉", "Take away", NULL, NULL, "去掉选中的一个", "Take the selected one away", ACTION_FIRST},
	{0},
};

const struct screen_class scr_scan = {.zh = "扫描介质",
	.en = "Scan keys",
	.actions = actions,
	.open = open_scan,
	.draw = draw_scan,
	.handle = handle_scan,
	.close = close_scan};
