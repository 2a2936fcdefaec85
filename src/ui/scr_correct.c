/* 更正: what isn't signed (mail address, e-mail, notes) can be put right after signature, one field at a time; and what is signed as long as
 * nothing was paid, which voids the signature. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/fieldtext.h"
#include "desk/order.h"
#include "rules/form.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

enum { FIELDS_MOST = 96, LINE_SIZE = 400 };

struct correction {
	const struct form *form;
	const json_t *values; /* borrowed */
	const struct form_field *fields[FIELDS_MOST];
	char lines[FIELDS_MOST][LINE_SIZE];
	size_t count;
	bool is_signed; /* … those that are signed */
};

static bool open_to_change(const struct form *form, const struct form_field *f, bool is_signed, const json_t *values)
{
	return f->is_signed == is_signed && (f->type == FIELD_TEXT || f->type == FIELD_SELECT_ONE) && form_relevant(form, f, values) &&
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
		if (open_to_change(c->form, &c->form->fields[i], c->is_signed, c->values) && text_width(text2_tr(&c->form->fields[i].label)) > most)
			most = text_width(text2_tr(&c->form->fields[i].label));
	return most;
}

static void list_fields(struct ui *ui, struct correction *c)
{
	int columns = label_columns(c);
	c->count = 0;
	for (size_t i = 0; i < c->form->field_count && c->count < FIELDS_MOST; i++) {
		const struct form_field *f = &c->form->fields[i];
		char shown[256], label[100];
		if (!open_to_change(c->form, f, c->is_signed, c->values))
			continue;
		const struct code_table *table = table_of(ui, f);
		const struct code_row *row = table ? codes_find(table, json_text(c->values, f->name)) : NULL;
		if (row)
			codes_full_name(table, row, shown, sizeof shown);
		else {
			char *masked = f->is_signed && field_hidden(c->form, f, c->values) ? text_mask(json_text(c->values, f->name)) : NULL;
			text_printable(shown, sizeof shown, masked ? masked : json_text(c->values, f->name));
			free(masked);
		}
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
	text_copy(out, size, f->is_signed && field_hidden(c->form, f, c->values) ? "" : current); /* keyed anew, and not shown */
	return dialog_ask(ui, &ask, out, size);
}

static enum err call_edit(struct desk *d, struct call *c, struct error *e)
{
	return draft_edit(d, c->no, c->data, e);
}

/* Which field; SIGNED_ONES for the line behind them, which leads to those that are signed. */
enum { NONE = -1, SIGNED_ONES = -2 };
static long choose_field(struct ui *ui, struct correction *c, bool may_void)
{
	const char *pointers[FIELDS_MOST + 1];
	list_fields(ui, c);
	size_t n = c->count;
	for (size_t i = 0; i < n; i++)
		pointers[i] = c->lines[i];
	if (c->is_signed)
		return n ? dialog_choose_search(ui, tr("更正哪一项（改后签名作废）", "What to correct (voids the signature)"), pointers, n) : NONE;
	if (may_void)
		pointers[n++] = tr("属于签名内容的项：改后要重新签名", "what was signed: to be signed again afterwards");
	long chosen = n ? dialog_choose(ui, tr("更正哪一项（不属于签名内容）", "What to correct (none of it is signed)"), pointers, n, 0) : NONE;
	return chosen == (long)c->count ? SIGNED_ONES : chosen;
}

static bool correct(struct ui *ui, struct correction *c, const char *no, bool may_void)
{
	char value[1200], text[400];
	long chosen = choose_field(ui, c, may_void);
	if (chosen == SIGNED_ONES) {
		c->is_signed = true;
		chosen = choose_field(ui, c, false);
	}
	if (chosen < 0 || !ask_value(ui, c, c->fields[chosen], value, sizeof value))
		return false;
	const struct form_field *f = c->fields[chosen];
	const char *label = text2_tr(&f->label), *before = json_text(c->values, f->name);
	if (c->is_signed && (strcmp(value, before) == 0 || (!*value && field_hidden(c->form, f, c->values)))) { /* not shown, and nothing keyed: it stays */
		ui_warn(ui, tr("%s没有改动", "%s is as it was"), label);
		return false;
	}
	snprintf(text, sizeof text, tr("改%s？现有签名作废，改完后请客户重新签名。", "Change %s? The signature is void then: the customer signs again."), label);
	if (c->is_signed && !dialog_confirm(ui, tr("更正", "Correct"), text, tr("改", "change it")))
		return false;
	json_t *data = json_pack("{ss}", f->name, value);
	bool done = data && app_do(ui, call_edit, &(struct call){.no = no, .data = data});
	json_decref(data);
	if (done && c->is_signed)
		ui_warn(ui, tr("%s已更正，签名已作废。核对后请客户重新签名", "%s is corrected, the signature void. Check it, then have it signed again"), label);
	else if (done)
		ui_good(ui, tr("%s已更正", "%s is corrected"), label);
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
		done = correct(ui, c, no, transition_to(c->form->business, json_text(draft, "status"), "edit") != NULL);
	}
	json_decref(draft);
	free(c);
	return done;
}
