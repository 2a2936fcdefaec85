#include "ui/scr_entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/check.h"
#include "ui/edit_key.h"

enum err entries_start(struct line_entries *e, struct line_entry *rows)
{
	*e = (struct line_entries){.rows = rows};
	for (; rows[e->count].zh; e->count++) {
		struct line_entry *r = &rows[e->count];
		if (r->secret)
			edit_start_secret(&r->edit, &r->value, r->limit, r->flags);
		else if (edit_start(&r->edit, r->limit, r->flags) != OK)
			return ERR_MEMORY;
	}
	return OK;
}

void entries_end(struct line_entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		edit_end(&e->rows[i].edit);
		secret_wipe(&e->rows[i].value);
	}
}

const char *entries_text(const struct line_entries *e, size_t i)
{
	return e->rows[i].secret ? e->rows[i].value.data : e->rows[i].edit.text;
}

void entries_set(struct line_entries *e, size_t i, const char *text)
{
	edit_set(&e->rows[i].edit, text);
}

int entries_draw(
	struct ui *ui, struct line_entries *e, const struct pane *p, int row, int label_columns, bool air, bool focused)
{
	int at = row;
	for (size_t i = 0; i < e->count; i++) {
		struct line_entry *r = &e->rows[i];
		bool here = focused && i == e->focus;
		if (r->hidden)
			continue;
		pane_cell(p, at, 0, label_columns, here ? ROLE_LABEL_FOCUS : ROLE_LABEL, tr(r->zh, r->en), true);
		edit_draw(&r->edit, p, at, label_columns + 2, r->columns, here ? ROLE_FOCUS : ROLE_FIELD, here);
		if (r->hint_zh)
			pane_text(p, at, label_columns + r->columns + 4, ROLE_HINT, tr(r->hint_zh, r->hint_en));
		at += air ? 2 : 1;
	}
	if (focused && e->count > 0)
		ui_typing(ui, true, e->rows[e->focus].input);
	return at - row;
}

static void fold(struct line_entry *r)
{
	const struct check *check = r->check && r->edit.text ? check_find(r->check) : NULL;
	char *folded = check ? check_normalise(check, r->edit.text) : NULL;
	if (folded && strcmp(folded, r->edit.text) != 0)
		edit_set(&r->edit, folded);
	free(folded);
}

static bool move(struct line_entries *e, int by)
{
	fold(&e->rows[e->focus]);
	for (size_t i = e->focus + (size_t)by; i < e->count; i += (size_t)by)
		if (!e->rows[i].hidden) {
			e->focus = i;
			return true;
		}
	return false;
}

static enum entries_result go_on(struct line_entries *e)
{
	return move(e, 1) ? ENTRIES_CHANGED : ENTRIES_DONE;
}

enum entries_result entries_handle(struct line_entries *e, const struct event *event)
{
	struct line_entry *r = &e->rows[e->focus];
	enum edit_result result;
	size_t used;
	if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER)
		return go_on(e);
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_TAB || event->key == UI_KEY_DOWN)) {
		if (!move(e, 1))
			return ENTRIES_IGNORED;
		return ENTRIES_CHANGED;
	}
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_BACKTAB || event->key == UI_KEY_UP)) {
		if (!move(e, -1))
			return ENTRIES_IGNORED;
		return ENTRIES_CHANGED;
	}
	if (!edit_handle(&r->edit, event, &result, &used))
		return ENTRIES_IGNORED;
	if (result == EDIT_REFUSED)
		return ENTRIES_REFUSED;
	if (r->fixed && result == EDIT_DONE && edit_is_full(&r->edit) && event->kind != EVENT_KEY)
		return go_on(e);
	return ENTRIES_CHANGED;
}

unsigned entries_answer(struct ui *ui, struct line_entries *e, const struct event *event, bool *done)
{
	size_t before = e->focus;
	enum entries_result result = entries_handle(e, event);
	*done = result == ENTRIES_DONE;
	if ((*done || e->focus != before) && event->kind != EVENT_KEY)
		ui_completed(ui);
	if (result == ENTRIES_REFUSED)
		term_beep(ui_term(ui));
	return result == ENTRIES_IGNORED ? UI_PASS : UI_DRAW;
}
