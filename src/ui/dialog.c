#include "ui/dialog_private.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/plain.h"
#include "ui/wrap.h"

#define WIDTH_MOST 76

struct pane dialog_box(struct pane *whole, const char *title, const char *text, int columns, int extra, int *row)
{
	int width = columns;
	size_t next;
	for (const char *at = text; *at; at += next) {
		size_t length = wrap_line(at, WIDTH_MOST - 4, &next);
		char line[512];
		snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), at);
		if (text_width(line) > width)
			width = text_width(line);
	}
	if (title && text_width(title) + 4 > width)
		width = text_width(title) + 4;
	if (width + 4 > whole->columns)
		width = whole->columns - 4;
	int lines = wrap_count(text, width), rows = lines + extra + 2 + (extra > 0 && lines > 0);
	struct pane box = pane_centre(whole, rows, width + 4);
	struct pane inside = pane_box(&box, title);
	*row = pane_wrapped(&inside, 0, 0, inside.columns, inside.rows - extra, ROLE_DIALOG, text);
	*row += extra > 0 && lines > 0;
	return inside;
}

struct message {
	const char *title, *text, *foot;
};

static void draw_message(struct ui *ui, void *arg, struct pane *whole)
{
	const struct message *m = arg;
	int row;
	(void)ui;
	struct pane inside = dialog_box(whole, m->title, m->text, text_width(m->foot), 1, &row);
	pane_text(&inside, row, 0, ROLE_STRONG, m->foot);
	pane_cursor(&inside, row, 0);
}

void dialog_message(struct ui *ui, const char *title, const char *text)
{
	static const struct action actions[] = {{1, UI_KEY_ENTER, "知道了", "OK", 0, 0, 0, 0, 0}, {0}};
	struct message m = {title, text, tr("按回车继续", "Press Enter to go on")};
	struct overlay o = {.draw = draw_message, .arg = &m, .actions = actions};
	struct event event;
	ui_overlay_push(ui, &o);
	while (ui_next(ui, &event))
		if (event.kind == EVENT_KEY &&
			(event.key == UI_KEY_ENTER || event.key == UI_KEY_ESC || event.key == UI_KEY_F(10)))
			break;
	ui_overlay_pop(ui);
}

void dialog_error(struct ui *ui, const struct error *e)
{
	char sentence[1024];
	error_sentence(e, sentence, sizeof sentence);
	plain_sentence(sentence);
	term_beep(ui_term(ui));
	term_drop_typeahead(ui_term(ui));
	dialog_message(ui, tr("没有完成", "Not done"), sentence);
}

/* Asks until a key of the two sets comes. `yes` and `no` are keys, 0 ends. */
static bool ask(struct ui *ui, struct message *m, const struct action *actions, const int *yes, const int *no)
{
	struct overlay o = {.draw = draw_message, .arg = m, .actions = actions};
	struct event event;
	bool answer = false;
	ui_overlay_push(ui, &o);
	for (bool open = true; open && ui_next(ui, &event);) {
		int key = event.kind == EVENT_KEY ? event.key : event.kind == EVENT_TEXT ? event.text[0] : 0;
		for (int i = 0; key && yes[i]; i++)
			if (yes[i] == key) {
				answer = true;
				open = false;
			}
		for (int i = 0; key && no[i]; i++)
			open = open && no[i] != key;
		if (key && open)
			term_beep(ui_term(ui));
	}
	ui_overlay_pop(ui);
	return answer;
}

bool dialog_confirm(struct ui *ui, const char *title, const char *text, const char *verb)
{
	static const int yes[] = {'y', 'Y', 0}, no[] = {'n', 'N', UI_KEY_ESC, UI_KEY_F(10), UI_KEY_ENTER, 0};
	const struct action actions[] = {
		{1, 'y', verb, verb, 0, 0, 0, 0, 0}, {2, UI_KEY_ESC, "不做", "Don't", 0, 0, 0, 0, 0}, {0}};
	char foot[256];
	snprintf(foot, sizeof foot,
			 tr("按 y %s，其他键不做。这一步不能撤销。", "Press y: %s. Any other key: don't. This can't be undone."),
			 verb);
	return ask(ui, &(struct message){title, text, foot}, actions, yes, no);
}

bool dialog_yes(struct ui *ui, const char *title, const char *text)
{
	static const int yes[] = {'y', 'Y', UI_KEY_ENTER, 0}, no[] = {'n', 'N', UI_KEY_ESC, UI_KEY_F(10), 0};
	static const struct action actions[] = {
		{1, 'y', "是", "Yes", 0, 0, 0, 0, 0}, {2, 'n', "否", "No", 0, 0, 0, 0, 0}, {0}};
	return ask(ui,
			   &(struct message){title, text, tr("回车或 y：是    n 或 Esc：否", "Enter or y: yes    n or Esc: no")},
			   actions, yes, no);
}

/* ---- long texts ---- */

struct reading {
	const char *title, *text, *accept;
	int top, lines, page, columns;
};

static void draw_reading(struct ui *ui, void *arg, struct pane *whole)
{
	struct reading *r = arg;
	char at[64];
	(void)ui;
	struct pane box = pane_centre(whole, whole->rows, whole->columns < 100 ? whole->columns : 100);
	struct pane inside = pane_box(&box, r->title);
	r->page = inside.rows - 1;
	r->columns = inside.columns;
	r->lines = wrap_count(r->text, r->columns);
	if (r->top > r->lines - r->page)
		r->top = r->lines - r->page;
	if (r->top < 0)
		r->top = 0;
	const char *from = r->text;
	size_t next;
	for (int i = 0; i < r->top && *from; i++, from += next)
		wrap_line(from, r->columns, &next);
	pane_wrapped(&inside, 0, 0, inside.columns, r->page, ROLE_DIALOG, from);
	bool all = r->top + r->page >= r->lines;
	snprintf(at, sizeof at, tr("%d / %d 行", "line %d of %d"), all ? r->lines : r->top + r->page, r->lines);
	pane_text(&inside, inside.rows - 1, 0, ROLE_HINT, at);
	if (r->accept)
		pane_cell(&inside, inside.rows - 1, 20, inside.columns - 20, ROLE_STRONG,
		          all ? r->accept : tr("请读到末尾（PgDn）", "Please read to the end (PgDn)"), true);
	pane_cursor(&inside, 0, 0);
}

static bool scroll_reading(struct reading *r, const struct event *event)
{
	int key = event->kind == EVENT_KEY || event->kind == EVENT_WHEEL ? event->key : 0,
		page = r->page > 1 ? r->page - 1 : 1;
	if (event->kind == EVENT_TEXT && event->text[0] == ' ')
		key = UI_KEY_PAGE_DOWN;
	int by = key == UI_KEY_UP          ? -1
	         : key == UI_KEY_DOWN      ? 1
	         : key == UI_KEY_PAGE_UP   ? -page
	         : key == UI_KEY_PAGE_DOWN ? page
	         : key == UI_KEY_HOME      ? -r->lines
	         : key == UI_KEY_END       ? r->lines
	                                   : 0;
	r->top += by; /* brought into bounds when drawn */
	return by != 0;
}

bool dialog_text(struct ui *ui, const char *title, const char *text, const char *accept)
{
	const struct action reading[] = {
		{1, UI_KEY_PAGE_DOWN, "下一页", "Next page", 0, 0, 0, 0, 0},
		{2, UI_KEY_PAGE_UP, "上一页", "Page before", 0, 0, 0, 0, 0},
		{3, UI_KEY_ENTER, accept ? accept : "关闭", accept ? accept : "Close", 0, 0, 0, 0, 0},
		{4, UI_KEY_ESC, "返回", "Back", 0, 0, 0, 0, 0},
		{0}};
	struct reading r = {.title = title, .text = text, .accept = accept};
	struct overlay o = {.draw = draw_reading, .arg = &r, .actions = reading};
	struct event event;
	bool answer = false;
	ui_overlay_push(ui, &o);
	while (ui_next(ui, &event)) {
		bool end = r.top + r.page >= r.lines;
		if (scroll_reading(&r, &event))
			ui_redraw(ui, UI_DRAW);
		else if (event.kind == EVENT_KEY && event.key == UI_KEY_ENTER && accept && !end) {
			r.top += r.page > 1 ? r.page - 1 : 1; /* Enter reads on until all has been seen */
			ui_redraw(ui, UI_DRAW);
		} else if (event.kind == EVENT_KEY &&
				   (event.key == UI_KEY_ENTER || event.key == UI_KEY_ESC || event.key == UI_KEY_F(10))) {
			answer = event.key == UI_KEY_ENTER;
			break;
		}
	}
	ui_overlay_pop(ui);
	return answer;
}
