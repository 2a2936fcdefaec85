/* 更正: what isn't signed (mail address, e-mail, notes) can be put right after signature, one field at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "rules/form.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

enum { FIELDS_MOST = 24, LINE_SIZE = 400 };

struct correction {
	const struct form *form;
	const json_t *values; /* borrowed */
	const struct form_field *fields[FIELDS_MOST];
	char lines[FIELDS_MOST][LINE_SIZE];
	size_t count;
};

static bool open_to_change(const struct form *form, const struct form_field *f, const json_t *values)
{
	return !f->is_signed && (f->type == FIELD_TEXT || f->type == FIELD_SELECT_ONE) && form_relevant(form, f, values) &&
		!form_readonly(form, f, values);
}

static const struct code_table *table_of(struct ui *ui, const struct form_field *f)
{
	const struct code_table *table = NULL;
	return f->type == FIELD_SELECT_ONE && codes_table(app_desk(ui)->codes, f->choices, &table, NULL) == OK ? table : NULL;
}

static int label_columns(const struct correction *c)
{
	int most = 0;
	for (size_t i = 0; i < c->form->field_count; i++)
		if (open_to_change(c->form, &c->form->fields[i], c->values) && text_width(text2_tr(&c->form->fields[i].label)) > most)
			most = text_width(text2_tr(&c->form->fields[i].label));
	return most;
}

static void list_fields(struct ui *ui, struct correction *c)
{
	int columns = label_columns(c);
	for (size_t i = 0; i < c->form->field_count && c->count < FIELDS_MOST; i++) {
		const struct form_field *f = &c->form->fields[i];
		char shown[256], label[100];
		if (!open_to_change(c->form, f, c->values))
			continue;
		const struct code_table *table = table_of(ui, f);
		const struct code_row *row = table ? codes_find(table, json_text(c->values, f->name)) : NULL;
		if (row)
			codes_full_name(table, row, shown, sizeof shown);
		else
			text_printable(shown, sizeof shown, json_text(c->values, f->name));
		text_pad(label, sizeof label, text2_tr(&f->label), columns);
		snprintf(c->lines[c->count], LINE_SIZE, "%s  %s", label, *shown ? shown : "—");
		c->fields[c->count++] = f;
	}
}

/* The new value into `out`; false where none was given. */
static bool ask_value(struct ui *ui, const struct correction *c, const struct form_field *f, char *out, size_t size)
{
	const char *current = json_text(c->values, f->name);
	const struct code_table *table = table_of(ui, f);
	if (table) {
		const struct code_row *row = dialog_choose_code(ui, text2_tr(&f->label), table, current, "");
		text_copy(out, size, row ? row->code : "");
		return row != NULL;
	}
	const struct check *check = form_check(c->form, f, c->values);
	struct dialog_ask ask = {.title = tr("更正", "Correct"),
		.text = text2_tr(&f->hint),
		.label = text2_tr(&f->label),
		.check = check ? check_name(check) : NULL,
		.limit = (size_t)form_limit(c->form, f, c->values),
		.may_be_empty = !form_required(c->form, f, c->values),
		.input = f->input == INPUT_LATIN ? TERM_INPUT_LATIN : TERM_INPUT_CHINESE};
	text_copy(out, size, current);
	return dialog_ask(ui, &ask, out, size);
}

static enum err call_edit(struct desk *d, struct call *c, struct error *e)
{
	return draft_edit(d, c->no, c->data, e);
}

static bool correct(struct ui *ui, struct correction *c, const char *no)
{
	const char *pointers[FIELDS_MOST];
	char value[1200];
	list_fields(ui, c);
	for (size_t i = 0; i < c->count; i++)
		pointers[i] = c->lines[i];
	int chosen = c->count ? dialog_choose(ui, tr("更正哪一项（不属于签名内容）", "What to correct (none of it is signed)"), pointers, c->count, 0) : -1;
	if (chosen < 0 || !ask_value(ui, c, c->fields[chosen], value, sizeof value))
		return false;
	json_t *data = json_pack("{ss}", c->fields[chosen]->name, value);
	bool done = data && app_do(ui, call_edit, &(struct call){.no = no, .data = data});
	json_decref(data);
	if (done)
		ui_good(ui, tr("%s已更正", "%s is corrected"), text2_tr(&c->fields[chosen]->label));
	return done;
}

bool scr_correct(struct ui *ui, const char *order)
{
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	json_t *draft = NULL;
	bool done = false;
	struct correction *c = calloc(1, sizeof *c);
	text_copy(no, sizeof no, order);
	if (!c)
		return false;
	if (draft_load(app_desk(ui), no, &draft, &e) != OK || desk_form(app_desk(ui), json_text(draft, "form"), &c->form, &e) != OK)
		ui_fail(ui, &e);
	else {
		c->values = json_object_get(draft, "values");
		done = correct(ui, c, no);
	}
	json_decref(draft);
	free(c);
	return done;
}
