/* Dialogs to choose from: lines, a list, a code table. */
#include "ui/dialog_private.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "ui/edit_key.h"

static const struct action choose_actions[] = {
	{1, UI_KEY_ENTER, "选定", "Choose", 0, 0, 0, 0, 0}, {2, UI_KEY_ESC, "取消", "Cancel", 0, 0, 0, 0, 0}, {0}};

struct choosing {
	const char *title;
	struct list *list;
	int rows, columns;
	struct edit *search; /* or NULL */
};

static void draw_choosing(struct ui *ui, void *arg, struct pane *whole)
{
	struct choosing *c = arg;
	(void)ui;
	int above = c->search ? 2 : 0, below = c->list->note ? 1 : 0;
	struct pane box = pane_centre(whole, c->rows + 2 + above + below, c->columns + 4);
	struct pane inside = pane_box(&box, c->title);
	struct pane rows = pane_part(&inside, above, 0, inside.rows - above - below, inside.columns);
	list_draw(c->list, &rows);
	if (below && c->list->count) { /* the row may have had no room for it */
		char note[LIST_CELL_SIZE] = "";
		enum role role = ROLE_HINT;
		c->list->cell(c->list->arg, c->list->selected, c->list->note, note, &role);
		pane_cell(&inside, inside.rows - 1, 1, inside.columns - 2, ROLE_NORMAL, note, false);
	}
	if (c->search) {
		int used = pane_text(&inside, 0, 0, ROLE_LABEL_FOCUS, tr("查找", "Search"));
		edit_draw(c->search, &inside, 0, used + 2, inside.columns - used - 4, ROLE_FOCUS, true);
	}
}

long dialog_choose_list(struct ui *ui, const char *title, struct list *list, int rows, int columns)
{
	struct choosing c = {.title = title, .list = list, .rows = rows, .columns = columns};
	struct overlay o = {.draw = draw_choosing, .arg = &c, .actions = choose_actions, .typing = list->filter != NULL};
	struct event event;
	long chosen = -1;
	ui_overlay_push(ui, &o);
	while (chosen < 0 && ui_next(ui, &event)) {
		enum list_result result = list_handle(list, &event);
		if (result == LIST_CHOSEN)
			chosen = (long)list->selected;
		else if (result == LIST_MOVED)
			ui_redraw(ui, UI_DRAW);
		else if (event.kind == EVENT_KEY && (event.key == UI_KEY_ESC || event.key == UI_KEY_F(10)))
			break;
		else if (event.kind == EVENT_TEXT && event.length == 1 && event.text[0] >= '1' && event.text[0] <= '9' &&
		         (size_t)(event.text[0] - '1') < list->count) {
			list_select(list, (size_t)(event.text[0] - '1'));
			ui_redraw(ui, UI_DRAW);
		}
	}
	ui_overlay_pop(ui);
	return chosen;
}

static void line_cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	const char *const *lines = arg;
	(void)role;
	if (column == 0 && row < 9)
		snprintf(out, LIST_CELL_SIZE, "%zu", row + 1);
	else if (column == 1)
		text_copy(out, LIST_CELL_SIZE, lines[row]);
}

int dialog_choose(struct ui *ui, const char *title, const char *const *lines, size_t count, size_t selected)
{
	static const struct list_column columns[] = {{"", "", 1, false, 0}, {"", "", 0, false, 0}, {0}};
	struct list list = {
		.columns = columns, .cell = line_cell, .arg = (void *)(uintptr_t)lines, .no_head = true, .count = count};
	int width = title ? text_width(title) + 4 : 20;
	for (size_t i = 0; i < count; i++)
		if (text_width(lines[i]) + 8 > width)
			width = text_width(lines[i]) + 8;
	list_select(&list, selected);
	return (int)dialog_choose_list(ui, title, &list, count < 14 ? (int)count : 14, width < 72 ? width : 72);
}

/* ---- lines that are searched ---- */

struct found_lines {
	const char *const *lines;
	size_t count, *rows; /* those that fit */
	struct list *list;
};

static void found_cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	const struct found_lines *f = arg;
	(void)column;
	(void)role;
	text_copy(out, LIST_CELL_SIZE, f->lines[f->rows[row]]);
}

static void find_lines(void *arg, const char *typed)
{
	struct found_lines *f = arg;
	char *folded = text_fold_width(typed);
	size_t n = 0;
	for (size_t i = 0; folded && i < f->count; i++)
		if (strcasestr(f->lines[i], folded))
			f->rows[n++] = i;
	free(folded);
	list_set_count(f->list, n);
}

long dialog_choose_search(struct ui *ui, const char *title, const char *const *lines, size_t count)
{
	enum { ROWS_MOST = 14, COLUMNS = 74 };
	static const struct list_column columns[] = {{"", "", 0, false, 0}, {0}};
	struct found_lines f = {.lines = lines, .count = count, .rows = calloc(count ? count : 1, sizeof *f.rows)};
	struct list list = {.columns = columns, .cell = found_cell, .filter = find_lines, .arg = &f, .no_head = true};
	if (!f.rows)
		return -1;
	f.list = &list;
	find_lines(&f, "");
	long row = dialog_choose_list(ui, title, &list, count < ROWS_MOST ? (int)count + 2 : ROWS_MOST, COLUMNS);
	row = row < 0 ? -1 : (long)f.rows[row];
	free(f.rows);
	return row;
}

/* ---- code tables ---- */

#define FOUND_MOST 500

struct codes_view {
	const struct code_table *table;
	const struct code_row *rows[FOUND_MOST];
};

static void code_cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	struct codes_view *v = arg;
	const struct code_row *r = v->rows[row];
	if (column == 0)
		text_copy(out, LIST_CELL_SIZE, r->code);
	else if (column == 1)
		codes_full_name(v->table, r, out, LIST_CELL_SIZE);
	else
		text_copy(out, LIST_CELL_SIZE, r->initials);
	if (column != 1)
		*role = ROLE_HINT;
}

/* As wide as the codes, within bounds. */
static int code_width(const struct code_table *table)
{
	enum { LEAST = 6, MOST = 24 };
	int width = LEAST;
	for (size_t i = 0; i < codes_count(table) && width < MOST; i++)
		if (text_width(codes_at(table, i)->code) > width)
			width = text_width(codes_at(table, i)->code);
	return width < MOST ? width : MOST;
}

static void search(struct codes_view *v, struct list *list, const char *typed)
{
	list->count = codes_search(v->table, typed, v->rows, FOUND_MOST);
	list->selected = list->top = 0;
}

const struct code_row *dialog_choose_code(struct ui *ui, const char *title, const struct code_table *table,
										  const char *current, const char *typed)
{
	struct list_column columns[] = {
		{"代码", "Code", code_width(table), false, 0}, {"名称", "Name", 0, false, 0}, {"拼音", "Pinyin", 8, false, 0}, {0}};
	struct codes_view v = {.table = table};
	struct edit edit;
	struct list list = {.columns = columns,
						.cell = code_cell,
						.arg = &v,
						.empty_zh = "没有找到。可输入代码、名称或拼音首字母。",
						.empty_en = "Nothing found. Type a code, a name or pinyin initials."};
	struct choosing c = {.title = title, .list = &list, .rows = 13, .columns = 66, .search = &edit};
	struct overlay o = {.draw = draw_choosing, .arg = &c, .actions = choose_actions, .typing = true};
	const struct code_row *chosen = NULL;
	struct event event;
	enum edit_result result;
	if (edit_start(&edit, 40, 0) != OK)
		return NULL;
	edit_set(&edit, typed ? typed : "");
	search(&v, &list, edit.text);
	for (size_t i = 0; current && *current && !edit.length && i < list.count; i++)
		if (strcmp(v.rows[i]->code, current) == 0)
			list_select(&list, i);
	ui_overlay_push(ui, &o);
	while (!chosen && ui_next(ui, &event)) {
		bool in_list = event.kind != EVENT_KEY || (event.key != UI_KEY_HOME && event.key != UI_KEY_END);
		enum list_result moved = in_list ? list_handle(&list, &event) : LIST_IGNORED;
		if (moved == LIST_CHOSEN)
			chosen = v.rows[list.selected];
		else if (moved == LIST_IGNORED && event.kind == EVENT_KEY &&
				 (event.key == UI_KEY_ESC || event.key == UI_KEY_F(10)))
			break;
		else if (moved == LIST_IGNORED && edit_handle(&edit, &event, &result, NULL)) {
			if (result == EDIT_REFUSED)
				term_beep(ui_term(ui));
			if (event.kind != EVENT_KEY || (event.key != UI_KEY_LEFT && event.key != UI_KEY_RIGHT))
				search(&v, &list, edit.text);
		}
		ui_redraw(ui, event.kind == EVENT_NONE ? UI_NONE : UI_DRAW);
	}
	ui_overlay_pop(ui);
	edit_end(&edit);
	return chosen;
}
