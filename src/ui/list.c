#include "ui/list.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

#define COLUMNS_MOST 24
#define GAP 2

static void keep_in_view(struct list *l)
{
	size_t page = l->page > 0 ? (size_t)l->page : 1;
	if (l->selected < l->top)
		l->top = l->selected;
	if (l->selected >= l->top + page)
		l->top = l->selected - page + 1;
	if (l->top + page > l->count)
		l->top = l->count > page ? l->count - page : 0;
}

void list_set_count(struct list *l, size_t count)
{
	l->count = count;
	if (l->selected >= count)
		l->selected = count ? count - 1 : 0;
}

void list_select(struct list *l, size_t row)
{
	l->selected = row < l->count ? row : l->count ? l->count - 1 : 0;
}

/* Widths on this pane; -1 for a column that is left out. Those of width 0 share what is left. */
static size_t lay_out(const struct list *l, int room, int *widths)
{
	size_t count = 0;
	int fixed = 0, open = 0, shown = 0;
	for (; count < COLUMNS_MOST && l->columns[count].zh; count++) {
		const struct list_column *c = &l->columns[count];
		widths[count] = c->from > room || (c->from < 0 && room >= -c->from) ? -1 : c->width;
		if (widths[count] < 0)
			continue;
		shown++;
		fixed += c->width;
		open += c->width == 0;
	}
	int left = room - fixed - GAP * (shown > 0 ? shown - 1 : 0);
	for (size_t i = 0; i < count; i++)
		if (widths[i] == 0 && open > 0) {
			widths[i] = left / open > 1 ? left / open : 1;
			left -= widths[i];
			open--;
		}
	return count;
}

static void draw_head(const struct list *l, const struct pane *p, const int *widths, size_t count)
{
	int at = 1;
	for (size_t i = 0; i < count; i++) {
		if (widths[i] < 0)
			continue;
		const struct list_column *c = &l->columns[i];
		pane_cell(p, 0, at, widths[i], ROLE_HEAD, tr(c->zh, c->en), c->right);
		at += widths[i] + GAP;
	}
}

static void draw_row(const struct list *l, const struct pane *p, int row, size_t index, const int *widths, size_t count)
{
	bool selected = index == l->selected;
	struct pane line = pane_part(p, row, 0, 1, p->columns);
	int at = 1;
	if (selected)
		pane_clear(&line, ROLE_SELECTED);
	for (size_t i = 0; i < count; i++) {
		char cell[LIST_CELL_SIZE] = "";
		enum role role = ROLE_NORMAL;
		if (widths[i] < 0)
			continue;
		l->cell(l->arg, index, (int)i, cell, &role);
		pane_cell(&line, 0, at, widths[i], selected ? ROLE_SELECTED : role, cell, l->columns[i].right);
		at += widths[i] + GAP;
	}
	if (selected)
		pane_cursor(&line, 0, 0);
}

/* A bar of one column at the right shows where the rows on the screen lie among all. */
static void draw_bar(const struct list *l, const struct pane *p, int from)
{
	size_t page = (size_t)l->page;
	if (l->count <= page || page == 0)
		return;
	size_t size = page * page / l->count, at;
	if (size < 1)
		size = 1;
	at = (page - size) * l->top / (l->count - page);
	for (size_t i = 0; i < page; i++)
		pane_text(p, from + (int)i, p->columns - 1, ROLE_BOX, i >= at && i < at + size ? "┃" : "│");
}

void list_draw(struct list *l, const struct pane *p)
{
	int widths[COLUMNS_MOST], row = 0;
	size_t count = lay_out(l, p->columns - 3, widths);
	if (!l->no_head) {
		draw_head(l, p, widths, count);
		row++;
	}
	bool filtering = l->filter && l->typed[0];
	l->page = p->rows - row - filtering;
	l->screen_top = p->top + row;
	keep_in_view(l);
	if (l->count == 0) {
		pane_wrapped(p, row + 1, 1, p->columns - 2, l->page - 1, ROLE_HINT,
		             filtering ? tr("没有符合的行。退格修改，Esc 清除筛选。", "Nothing fits. Backspace mends the filter, Esc clears it.")
		                       : tr(l->empty_zh ? l->empty_zh : "没有内容。", l->empty_en ? l->empty_en : "Nothing here."));
		pane_cursor(p, row, 0);
	}
	for (int i = 0; i < l->page && l->top + (size_t)i < l->count; i++)
		draw_row(l, p, row + i, l->top + (size_t)i, widths, count);
	draw_bar(l, p, row);
	if (filtering) {
		int used = pane_text(p, p->rows - 1, 1, ROLE_STRONG, tr("筛选：", "Filter: "));
		pane_text(p, p->rows - 1, 1 + used, ROLE_FOCUS, l->typed);
	}
}

static enum list_result move_to(struct list *l, size_t row)
{
	list_select(l, row);
	keep_in_view(l); /* here too: several keys may come before one drawing */
	return LIST_MOVED;
}

static enum list_result filter_changed(struct list *l)
{
	l->selected = l->top = 0;
	l->filter(l->arg, l->typed);
	return LIST_MOVED;
}

static enum list_result handle_filter(struct list *l, const struct event *event)
{
	size_t length = strlen(l->typed);
	if (event->kind == EVENT_TEXT || event->kind == EVENT_PASTE) {
		if (length + event->length >= sizeof l->typed || (length == 0 && event->text[0] == ' '))
			return LIST_IGNORED;
		memcpy(l->typed + length, event->text, event->length);
		l->typed[length + event->length] = '\0';
		return filter_changed(l);
	}
	if (event->kind != EVENT_KEY || length == 0)
		return LIST_IGNORED;
	if (event->key == UI_KEY_BACKSPACE) {
		size_t last = 0;
		for (size_t next = 0; next < length; next += text_cluster(l->typed + next))
			last = next;
		l->typed[last] = '\0';
		return filter_changed(l);
	}
	if (event->key == UI_KEY_ESC || event->key == UI_CTRL('u')) {
		l->typed[0] = '\0';
		return filter_changed(l);
	}
	return LIST_IGNORED;
}

static enum list_result handle_click(struct list *l, const struct event *event)
{
	size_t row = l->top + (size_t)(event->row - l->screen_top);
	if (event->row < l->screen_top || event->row >= l->screen_top + l->page || row >= l->count)
		return LIST_IGNORED;
	if (row == l->selected)
		return LIST_CHOSEN;
	return move_to(l, row);
}

enum list_result list_handle(struct list *l, const struct event *event)
{
	size_t page = l->page > 1 ? (size_t)l->page - 1 : 1, at = l->selected;
	if (l->filter && !event->action) {
		enum list_result result = handle_filter(l, event);
		if (result != LIST_IGNORED)
			return result;
	}
	if (event->kind == EVENT_CLICK)
		return handle_click(l, event);
	if (event->kind == EVENT_WHEEL)
		return move_to(l, event->key == UI_KEY_UP ? (at > 3 ? at - 3 : 0) : at + 3);
	if (event->kind != EVENT_KEY || event->action)
		return LIST_IGNORED;
	switch (event->key) {
	case UI_KEY_UP:
		return move_to(l, at > 0 ? at - 1 : 0);
	case UI_KEY_DOWN:
		return move_to(l, at + 1);
	case UI_KEY_PAGE_UP:
		return move_to(l, at > page ? at - page : 0);
	case UI_KEY_PAGE_DOWN:
		return move_to(l, at + page);
	case UI_KEY_HOME:
	case UI_KEY_FIRST:
		return move_to(l, 0);
	case UI_KEY_END:
	case UI_KEY_LAST:
		return move_to(l, l->count);
	case UI_KEY_ENTER:
		return l->count ? LIST_CHOSEN : LIST_IGNORED;
	default:
		return LIST_IGNORED;
	}
}
