/* Drawing a form. The whole pane is drawn each time; what is the same costs the terminal nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/dialog.h"
#include "ui/edit_key.h"
#include "ui/form_view_private.h"

#define VALUE_SIZE 1024
#define ANSWER_COLUMNS 14 /* yes and no beside each other */

static void draw_head(const struct form_view *v, const struct pane *p)
{
	char state[128] = "";
	if (v->missing > 0)
		snprintf(state, sizeof state, tr("必填还差 %zu 项", "%zu required left"), v->missing);
	else
		snprintf(state, sizeof state, "%s", tr("必填项已齐", "All filled in"));
	if (v->wrong > 0) {
		size_t used = strlen(state);
		snprintf(state + used, sizeof state - used, tr("，%zu 处有误", ", %zu wrong"), v->wrong);
	}
	int used = 0;
	const struct form_field *field = form_view_field(v);
	if (v->o->title || !field)
		used = pane_text(p, 0, 1, ROLE_STRONG, v->o->title ? v->o->title : text2_tr(&v->form->title)) + 2;
	if (field) { /* which section of how many */
		char place[32];
		const char *section = text2_tr(&v->form->sections[field->section].label);
		snprintf(place, sizeof place, "%zu/%zu ", field->section + 1, v->form->section_count);
		used += pane_text(p, 0, 1 + used, ROLE_HINT, place);
		if (used + text_width(section) + text_width(state) + 5 <= p->columns) /* it stands in its own heading too */
			used += pane_text(p, 0, 1 + used, ROLE_STRONG, section);
	}
	if (!v->o->show_only)
		pane_cell(p, 0, used + 3, p->columns - used - 5,
				  v->wrong     ? ROLE_REQUIRED
				  : v->missing ? ROLE_HINT
							   : ROLE_GOOD,
				  state, true);
}

/* Options side by side; the chosen ones stand out, numbers tell what to type. */
static int options_width(const struct code_table *table)
{
	int width = 0;
	for (size_t i = 0; i < codes_count(table); i++)
		width += text_width(tr(codes_at(table, i)->zh, codes_at(table, i)->en)) + 5;
	return width;
}

static int draw_option(const struct pane *p, int row, int at, size_t i, const char *name, bool chosen, bool many)
{
	char text[256];
	if (many)
		snprintf(text, sizeof text, "[%s]%s", chosen ? "x" : " ", name);
	else
		snprintf(text, sizeof text, "%zu %s", i + 1, name);
	return pane_text(p, row, at, chosen ? ROLE_FOCUS : ROLE_FIELD, text);
}

/* In a field narrower than its options: the one under the cursor, and how many there are. */
static void draw_one_option(const struct form_view *v, const struct pane *p, int row, const struct form_item *item,
                            const struct form_field *field, const struct code_table *table)
{
	char text[256];
	const struct code_row *option = codes_at(table, v->option);
	bool chosen = form_view_has_option(v, field, option->code);
	int at = item->field;
	snprintf(text, sizeof text, "‹ %zu/%zu ", v->option + 1, codes_count(table));
	at += pane_text(p, row, at, ROLE_HINT, text);
	pane_cursor(p, row, at);
	struct pane room = pane_part(p, 0, 0, p->rows, item->field + item->room - 2);
	at += draw_option(&room, row, at, v->option, tr(option->zh, option->en), chosen, field->type == FIELD_SELECT_MANY);
	if (at >= room.columns) {
		at = room.columns;
		pane_text(&room, row, at - 1, chosen ? ROLE_FOCUS : ROLE_FIELD, "…");
	}
	pane_text(p, row, at, ROLE_HINT, " ›");
}

static void draw_options(const struct form_view *v, const struct pane *p, int row, const struct form_item *item,
                         const struct form_field *field)
{
	const struct code_table *table = form_view_table(v, field);
	int at = item->field;
	if (field->type == FIELD_BOOLEAN) {
		const json_t *value = json_object_get(v->values, field->name);
		pane_cursor(p, row, at);
		at += pane_text(p, row, at, json_is_true(value) ? ROLE_FOCUS : ROLE_FIELD, tr("y 是", "y yes")) + 2;
		if (json_is_false(value))
			pane_cursor(p, row, at);
		at += pane_text(p, row, at, json_is_false(value) ? ROLE_FOCUS : ROLE_FIELD, tr("n 否", "n no")) + 2;
		return;
	}
	if (!table || codes_count(table) == 0)
		return;
	if (options_width(table) > item->room) {
		draw_one_option(v, p, row, item, field, table);
		return;
	}
	for (size_t i = 0; i < codes_count(table); i++) {
		const struct code_row *option = codes_at(table, i);
		if (i == v->option)
			pane_cursor(p, row, at);
		at += draw_option(p, row, at, i, tr(option->zh, option->en), form_view_has_option(v, field, option->code),
		                  field->type == FIELD_SELECT_MANY) + 2;
	}
}

static void draw_value(struct form_view *v, const struct pane *p, int row, const struct form_item *item, bool focus,
					   bool locked)
{
	const struct form_field *field = &v->form->fields[item->index];
	char value[VALUE_SIZE];
	if (focus && v->edit.text) {
		edit_draw(&v->edit, p, row, item->field, item->width, ROLE_FOCUS, true);
		return;
	}
	if (focus && form_view_is_inline(v, field)) {
		draw_options(v, p, row, item, field);
		return;
	}
	form_view_value_name(v, field, value, sizeof value);
	int width = item->width;
	if (field->type != FIELD_TEXT) { /* as wide as it is, so that it doesn't look like a place to type in */
		width = text_width(value) > 12 ? text_width(value) : 12;
		width = width < item->room ? width : item->room;
	}
	if (focus) { /* a long table */
		pane_cell(p, row, item->field, width, ROLE_FOCUS, value, false);
		pane_text(p, row, item->field + width + 1, ROLE_HINT, "▾");
		pane_cursor(p, row, item->field);
	} else if (locked) {
		pane_cell(p, row, item->field, width, ROLE_LOCKED, *value ? value : "—", false);
	} else {
		pane_cell(p, row, item->field, width, ROLE_FIELD, value, false);
	}
}

static void draw_marks(const struct form_view *v, const struct pane *p, int row, const struct form_item *item,
					   bool focus)
{
	const struct form_field *field = &v->form->fields[item->index];
	int after = item->field + item->width + 2;
	if (v->verdicts[item->index] != VERDICT_VALID && !focus)
		pane_text(p, row, item->field - 1, v->verdicts[item->index] == VERDICT_INVALID ? ROLE_ERROR : ROLE_WARN, "!");
	const char *hint = text2_tr(&field->hint);
	bool either = field->type == FIELD_BOOLEAN && text_width(text2_tr(&field->label)) <= v->layout.label_columns;
	if (either)
		after = item->field + ANSWER_COLUMNS;
	if (focus && *hint && (field->type == FIELD_TEXT || either) && item->field + item->room - after > 8)
		pane_cell(p, row, after, item->field + item->room + 2 - after, ROLE_HINT, hint, false);
}

static void draw_field(struct form_view *v, const struct pane *p, int row, const struct form_item *item)
{
	const struct form_field *field = &v->form->fields[item->index];
	bool focus = item->index == v->focus, locked = !form_can_focus(v->form, v->values, item->index) || v->o->show_only;
	int label = v->layout.label_columns;
	enum role role = focus ? ROLE_LABEL_FOCUS : locked ? ROLE_LOCKED : ROLE_LABEL;
	bool sentence = field->type == FIELD_BOOLEAN && text_width(text2_tr(&field->label)) > label;
	if (sentence) /* what is acknowledged is long: it stands behind the answer */
		pane_cell(p, row, item->field + ANSWER_COLUMNS, item->room - ANSWER_COLUMNS, role, text2_tr(&field->label),
				  false);
	else
		pane_cell(p, row, item->left + 1, label, role, text2_tr(&field->label), true);
	if (!locked && form_required(v->form, field, v->values))
		pane_text(p, row, item->left + 1 + label, ROLE_REQUIRED, "*");
	draw_value(v, p, row, item, focus, locked);
	draw_marks(v, p, row, item, focus);
}

static void draw_item(struct form_view *v, const struct pane *p, int row, const struct form_item *item)
{
	switch (item->kind) {
	case ITEM_SECTION:
		pane_line(p, row, text2_tr(&v->form->sections[item->index].label));
		break;
	case ITEM_NOTE:
		pane_wrapped(p, row, 2, p->columns - 4, p->rows - row, ROLE_HINT,
					 text2_tr(&v->form->fields[item->index].label));
		break;
	case ITEM_FIELD:
		draw_field(v, p, row, item);
		break;
	}
}

/* Scrolls so that the focus is seen with a row above and below it. */
static void keep_in_view(struct form_view *v)
{
	const struct form_item *item = v->focus == FORM_NO_FIELD ? NULL : form_layout_of(&v->layout, v->focus);
	if (item && item->row - 1 < v->top)
		v->top = item->row - 1;
	if (item && item->row + 2 > v->top + v->page)
		v->top = item->row + 2 - v->page + v->page / 3; /* by a third at once */
	if (v->top > v->layout.rows - v->page)
		v->top = v->layout.rows - v->page;
	if (v->top < 0)
		v->top = 0;
}

static void draw_scroll(const struct form_view *v, const struct pane *p)
{
	if (v->layout.rows <= v->page)
		return;
	int size = v->page * v->page / v->layout.rows, span = v->layout.rows - v->page;
	int at = (v->page - size) * v->top / span;
	for (int i = 0; i < v->page; i++)
		pane_text(p, i, p->columns - 1, ROLE_BOX, i >= at && i < at + size ? "┃" : "│");
}

void form_view_draw(struct ui *ui, void *data, struct pane *pane)
{
	struct form_view *v = data;
	(void)ui;
	if (pane->columns - 1 != v->columns) {
		v->columns = pane->columns - 1;
		form_layout_make(v->form, v->values, v->columns, &v->layout);
	}
	draw_head(v, pane);
	struct pane body = pane_part(pane, 1, 0, pane->rows - 1, pane->columns);
	struct pane rows = pane_part(&body, 0, 0, body.rows, body.columns - 1);
	v->page = body.rows;
	v->pane_top = body.top;
	keep_in_view(v);
	for (size_t i = 0; i < v->layout.count; i++) {
		const struct form_item *item = &v->layout.items[i];
		if (item->row >= v->top && item->row < v->top + v->page)
			draw_item(v, &rows, item->row - v->top, item);
	}
	draw_scroll(v, &body);
}

void form_view_help(struct form_view *v)
{
	const struct form_field *field = form_view_field(v);
	struct bytes text = {0};
	char name[32], cell[64];
	if (field) {
		const char *parts[] = {text2_tr(&field->help), text2_tr(&field->hint)};
		bytes_format(&text, "【%s】\n", text2_tr(&field->label));
		for (size_t i = 0; i < 2; i++)
			if (*parts[i])
				bytes_format(&text, "%s\n", parts[i]);
		if (field->type == FIELD_TEXT && field->limit > 0)
			bytes_format(&text, tr("最多 %d 个字。\n", "At most %d characters.\n"), field->limit);
		bytes_text(&text, "\n");
	}
	bytes_format(
		&text, "【%s】\n%s\n", tr("填表", "Filling in"),
		tr("回车         下一个必填而未填的项\nTab ↓        下一项      Shift-Tab ↑  上一项\n"
		   "PgUp PgDn    上一节、下一节      Ctrl-Home Ctrl-End  第一项、最后一项\n"
		   "空格 ←→ 数字 选择；长的代码表直接输入代码、名称或拼音首字母，回车取第一个\n"
		   "填过的内容随时自动保存，断线后在“继续办理”里接着填。",
		   "Enter        the next required and empty field\nTab ↓        next field     Shift-Tab ↑  previous field\n"
		   "PgUp PgDn    section before, next      Ctrl-Home Ctrl-End  first, last field\n"
		   "Space ←→ digits choose; in long tables type a code, a name or pinyin initials, Enter takes the first\n"
		   "What you type is saved by itself; after a cut line it lies under To go on."));
	for (const struct action *a = v->actions; a->id; a++) {
		text_pad(cell, sizeof cell, ui_key_name(a->key, name, sizeof name), 12);
		bytes_format(&text, "%s %s\n", cell, a->help_zh ? tr(a->help_zh, a->help_en) : tr(a->zh, a->en));
	}
	bytes_format(&text, "\n%s\n", edit_help());
	dialog_text(v->ui, tr("帮助", "Help"), (const char *)text.data, NULL);
	bytes_free(&text);
}
