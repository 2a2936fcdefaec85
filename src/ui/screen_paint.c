/* Drawing of all that surrounds a screen: title, message line, key bar. */
#include "ui/screen_private.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/wrap.h"

enum {
	LEFT_LEAST = 36, /* columns for place, station and person before the line is told at length */
	LEFT_FEW = 30,   /* and before when headquarters was heard last is left out */
	MESSAGE_ROWS_MOST = 4
};

/* Right of who works here; gives what is left of it. */
static int paint_line(struct ui *ui, const struct pane *line, int right)
{
	char text[UI_LINE_SIZE + 2];
	size_t form = 0;
	if (!ui->line[0][0])
		return right;
	while (form + 1 < UI_LINE_FORMS && right - text_width(ui->line[form]) - 3 < (form ? LEFT_FEW : LEFT_LEAST))
		form++;
	snprintf(text, sizeof text, " %s ", ui->line[form]);
	right -= text_width(text) + 1;
	pane_text(line, 0, right, ui->line_role, text);
	return right;
}

/* Where, at which window, who. Where there isn't room for all it is the roles that go first, then what is left of the place is
 * cut: who works here is never a piece of a name. */
static void paint_people(const struct ui *ui, const struct pane *left, int at)
{
	char person[sizeof ui->person], text[512];
	const char *parts[] = {ui->place, ui->station, person};
	snprintf(person, sizeof person, "%s", ui->person);
	int wide = at + 4 + text_width(ui->place) + (ui->station[0] ? 3 + text_width(ui->station) : 0) + (*person ? 3 + text_width(person) : 0);
	char *roles = wide > left->columns ? strchr(person, ' ') : NULL;
	if (roles) {
		wide -= text_width(roles);
		*roles = '\0';
	}
	int over = wide > left->columns ? wide - left->columns : 0, room = text_width(ui->place) - over;
	for (size_t i = 0; i < 3; i++) {
		if (!parts[i][0])
			continue;
		at += pane_text(left, 0, at, ROLE_TITLE, i == 0 || at < 3 ? "  │ " : " · ");
		snprintf(text, sizeof text, "%s", parts[i]);
		if (i == 0 && over > 0) {
			pane_cell(left, 0, at, room > 1 ? room : 1, ROLE_TITLE, text, false);
			at += room > 1 ? room : 1;
		} else
			at += pane_text(left, 0, at, ROLE_TITLE, text);
	}
}

static void paint_title(struct ui *ui, const struct entry *top)
{
	struct pane line = {ui->term, 0, 0, 1, term_columns(ui->term)};
	char text[512], clock[17];
	int right = line.columns, at = 1;
	civil_minute_text(ui_now(ui), clock);
	pane_clear(&line, ROLE_TITLE);
	right -= 6;
	pane_text(&line, 0, right, ROLE_TITLE, clock + 11);
	if (ui->mark[0]) {
		snprintf(text, sizeof text, " %s ", ui->mark);
		right -= text_width(text) + 1;
		pane_text(&line, 0, right, ROLE_MARK, text);
	}
	right = paint_line(ui, &line, right);
	struct pane left = pane_part(&line, 0, 0, 1, right - 1);
	if (top)
		at += pane_text(&left, 0, at, ROLE_TITLE, tr(top->class->zh, top->class->en));
	paint_people(ui, &left, at);
}

static int message_rows(const struct ui *ui)
{
	int rows = wrap_count(ui->message, term_columns(ui->term) - 2);
	return rows < 1 ? 1 : rows > MESSAGE_ROWS_MOST ? MESSAGE_ROWS_MOST : rows;
}

static void paint_message(struct ui *ui)
{
	int rows = ui->message_rows;
	struct pane lines = {ui->term, term_rows(ui->term) - 1 - rows, 0, rows, term_columns(ui->term)};
	char text[sizeof ui->message + 2];
	const char *rest = ui->message;
	pane_clear(&lines, ROLE_NORMAL);
	for (int row = 0; row < rows && *rest; row++) {
		size_t next, length = wrap_line(rest, lines.columns - 2, &next);
		if (row + 1 == rows) /* what still doesn't fit ends in "…" */
			length = strlen(rest);
		snprintf(text, sizeof text, " %.*s ", (int)length, rest);
		if (rows > 1)
			pane_cell(&lines, row, 0, lines.columns, ui->message_role, text, false);
		else
			pane_text(&lines, row, 0, ui->message_role, text);
		rest += next ? next : length;
	}
}

static int spot_width(const char *key, const char *text)
{
	return text_width(key) + text_width(text) + 2;
}

static int paint_spot(struct ui *ui, const struct pane *line, int at, int key, const char *text)
{
	char name[32];
	ui_key_name(key, name, sizeof name);
	if (ui->bar_count >= BAR_MOST)
		return 0;
	int used = pane_text(line, 0, at, ROLE_KEY, name);
	used += pane_text(line, 0, at + used, ROLE_KEY_TEXT, " ");
	used += pane_text(line, 0, at + used, ROLE_KEY_TEXT, text);
	ui->bar[ui->bar_count++] = (struct bar_spot){at, at + used, key};
	return used + pane_text(line, 0, at + used, ROLE_NORMAL, " ");
}

/* Room is given first to rows marked ACTION_FIRST, then from left to right. */
static bool fits(const struct ui *ui, const struct action *actions, const bool *shown, size_t i, int room)
{
	char name[32];
	int used = 0;
	(void)ui;
	for (size_t k = 0; actions[k].id; k++)
		if (shown[k] || k == i)
			used += spot_width(ui_key_name(actions[k].key, name, sizeof name), tr(actions[k].zh, actions[k].en));
	return used <= room;
}

static void paint_actions(struct ui *ui, const struct pane *line, const struct entry *top, const struct action *actions,
						  int *at, int room)
{
	bool shown[64] = {false};
	for (int first = 1; first >= 0; first--)
		for (size_t i = 0; actions[i].id && i < 64; i++) {
			bool is_first = actions[i].flags & ACTION_FIRST;
			if (is_first != (first == 1) || (actions[i].flags & ACTION_HIDDEN) || !actions[i].key)
				continue;
			if (top && !ui_offers(ui, top, &actions[i]))
				continue;
			shown[i] = fits(ui, actions, shown, i, room);
		}
	for (size_t i = 0; actions[i].id && i < 64; i++)
		if (shown[i])
			*at += paint_spot(ui, line, *at, actions[i].key, tr(actions[i].zh, actions[i].en));
}

static bool has_key(const struct action *actions, int key)
{
	for (; actions && actions->id; actions++)
		if (actions->key == key)
			return true;
	return false;
}

static void paint_bar(struct ui *ui, const struct entry *top)
{
	static const struct action none[] = {{0}};
	struct pane line = {ui->term, term_rows(ui->term) - 1, 0, 1, term_columns(ui->term)};
	const struct action *actions = ui->overlays ? ui->overlays->actions : top ? top->class->actions : NULL;
	int at = 0, ends = 0;
	pane_clear(&line, ROLE_NORMAL);
	ui->bar_count = 0;
	if (ui->overlays) {
		paint_actions(ui, &line, NULL, actions ? actions : none, &at, line.columns);
		return;
	}
	const struct {
		int key;
		const char *text;
	} fixed[] = {
		{UI_KEY_F(1), tr("帮助", "Help")},
		{UI_KEY_F(9), tr("菜单", "Menu")},
		{UI_KEY_F(10), tr("返回", "Back")},
	};
	char name[8];
	for (size_t i = 0; i < 3; i++)
		if (!has_key(actions, fixed[i].key))
			ends += spot_width(ui_key_name(fixed[i].key, name, sizeof name), fixed[i].text);
	if (!has_key(actions, UI_KEY_F(1)))
		at += paint_spot(ui, &line, at, fixed[0].key, fixed[0].text);
	paint_actions(ui, &line, top, actions ? actions : none, &at, line.columns - ends);
	for (size_t i = 1; i < 3; i++)
		if (!has_key(actions, fixed[i].key))
			at += paint_spot(ui, &line, at, fixed[i].key, fixed[i].text);
}

static void paint_too_small(struct ui *ui)
{
	struct pane all = {ui->term, 0, 0, term_rows(ui->term), term_columns(ui->term)};
	char text[256];
	snprintf(text, sizeof text,
	         tr("窗口太小（%d×%d）。请放大到至少 80×24，已填内容都在。",
	            "The window is too small (%d×%d). Make it at least 80×24; nothing that you typed is lost."),
	         all.columns, all.rows);
	pane_clear(&all, ROLE_NORMAL);
	pane_wrapped(&all, 0, 0, all.columns, all.rows, ROLE_STRONG, text);
	pane_cursor(&all, 0, 0);
}

/* Overlays are drawn from the lowest up. */
static void paint_overlays(struct ui *ui, struct overlay *o, struct pane *whole)
{
	if (!o)
		return;
	paint_overlays(ui, o->below, whole);
	o->draw(ui, o->arg, whole);
}

static bool hidden(const struct ui *ui)
{
	for (const struct overlay *o = ui->overlays; o; o = o->below)
		if (o->opaque)
			return true;
	return false;
}

static void paint_pane(struct ui *ui, struct entry *top, int rows)
{
	struct pane pane = {ui->term, 1, 0, rows, term_columns(ui->term)};
	pane_clear(&pane, ROLE_NORMAL);
	pane_cursor(&pane, 0, 0);
	if (top && top->class->draw && !hidden(ui))
		top->class->draw(ui, top->data, &pane);
	paint_overlays(ui, ui->overlays, &pane);
}

void ui_paint(struct ui *ui)
{
	struct entry *top = ui_top(ui);
	int rows = term_rows(ui->term), columns = term_columns(ui->term), said = message_rows(ui);
	bool whole = ui->due & (UI_DRAW | UI_BARS) || said != ui->message_rows; /* what a longer one covered comes back */
	ui->message_rows = said;
	if (rows < ROWS_LEAST || columns < COLUMNS_LEAST) {
		if (whole)
			paint_too_small(ui);
	} else {
		if (ui->due & UI_BARS) {
			paint_title(ui, top);
			paint_bar(ui, top);
		}
		if (whole) {
			paint_pane(ui, top, rows - 3);
			if (term_cursor_row(ui->term) >= rows - 1 - said) /* never over what is typed in */
				paint_pane(ui, top, rows - 2 - said);
		}
		if (whole || ui->message_due)
			paint_message(ui);
	}
	ui->due = 0;
	ui->message_due = false;
	term_flush(ui->term);
}
