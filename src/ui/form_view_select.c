/* Fields that are chosen: codes of a table, one or several, and yes or no. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ui/dialog.h"
#include "ui/form_view_private.h"

static const char *option_name(const struct code_row *row)
{
	return tr(row->zh, row->en);
}

const struct code_table *form_view_table(const struct form_view *v, const struct form_field *field)
{
	const struct code_table *table = NULL;
	if (!field->choices || !v->o->codes || codes_table(v->o->codes, field->choices, &table, NULL) != OK)
		return NULL;
	return table;
}

bool form_view_is_inline(const struct form_view *v, const struct form_field *field)
{
	const struct code_table *table = form_view_table(v, field);
	return field->type != FIELD_TEXT &&
		   (!table || codes_count(table) <= FORM_INLINE_MOST || field->type == FIELD_SELECT_MANY);
}

bool form_view_has_option(const struct form_view *v, const struct form_field *field, const char *code)
{
	const json_t *value = json_object_get(v->values, field->name);
	if (json_is_string(value))
		return strcmp(json_string_value(value), code) == 0;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (json_is_string(json_array_get(value, i)) && strcmp(json_string_value(json_array_get(value, i)), code) == 0)
			return true;
	return false;
}

void form_view_value_name(const struct form_view *v, const struct form_field *field, char *out, size_t size)
{
	const struct code_table *table = form_view_table(v, field);
	out[0] = '\0';
	if (field->type == FIELD_BOOLEAN) {
		const json_t *value = json_object_get(v->values, field->name);
		text_copy(out, size, json_is_true(value) ? tr("是", "Yes") : json_is_false(value) ? tr("否", "No") : "");
	} else if (field->type == FIELD_SELECT_ONE && table) {
		const char *code = json_text(v->values, field->name);
		const struct code_row *row = *code ? codes_find(table, code) : NULL;
		if (row)
			codes_full_name(table, row, out, size);
		else
			text_copy(out, size, code);
	} else if (field->type == FIELD_SELECT_MANY && table) {
		for (size_t i = 0; i < codes_count(table); i++)
			if (form_view_has_option(v, field, codes_at(table, i)->code))
				lang_list_add(out, size, option_name(codes_at(table, i)));
	} else {
		char *text = form_value_text(v->form, field, v->values);
		text_copy(out, size, text ? text : "");
		free(text);
	}
}

static size_t option_count(const struct form_view *v, const struct form_field *field)
{
	const struct code_table *table = form_view_table(v, field);
	return field->type == FIELD_BOOLEAN ? 2 : table ? codes_count(table) : 0;
}

void form_view_select_start(struct form_view *v)
{
	const struct form_field *field = form_view_field(v);
	const struct code_table *table = form_view_table(v, field);
	v->sought[0] = '\0';
	v->option = field->type == FIELD_BOOLEAN && json_is_false(json_object_get(v->values, field->name));
	for (size_t i = 0; field->type == FIELD_SELECT_ONE && table && i < codes_count(table); i++)
		if (form_view_has_option(v, field, codes_at(table, i)->code))
			v->option = i;
}

static unsigned set_value(struct form_view *v, const struct form_field *field, json_t *value)
{
	json_object_set_new(v->values, field->name, value);
	form_view_value_changed(v);
	return UI_DRAW;
}

static unsigned pick(struct form_view *v, size_t option)
{
	const struct form_field *field = form_view_field(v);
	const struct code_table *table = form_view_table(v, field);
	size_t count = option_count(v, field);
	if (option >= count)
		return UI_NONE;
	v->option = option;
	if (field->type == FIELD_BOOLEAN)
		return set_value(v, field, json_boolean(option == 0));
	return field->type == FIELD_SELECT_ONE ? set_value(v, field, json_string(codes_at(table, option)->code)) : UI_DRAW;
}

void form_view_take_shown(struct form_view *v)
{
	const struct form_field *field = form_view_field(v);
	if (field->type == FIELD_SELECT_ONE && form_view_is_inline(v, field) && form_is_empty(field, v->values) &&
		form_required(v->form, field, v->values))
		pick(v, v->option);
}

/* Adds or takes away one code; the array keeps the table's order. */
static unsigned toggle(struct form_view *v, size_t option)
{
	const struct form_field *field = form_view_field(v);
	const struct code_table *table = form_view_table(v, field);
	json_t *array = json_array();
	if (!table || option >= codes_count(table) || !array) {
		json_decref(array);
		return UI_NONE;
	}
	v->option = option;
	for (size_t i = 0; i < codes_count(table); i++) {
		const char *code = codes_at(table, i)->code;
		if (form_view_has_option(v, field, code) != (i == option))
			json_array_append_new(array, json_string(code));
	}
	if (json_array_size(array) > 0)
		return set_value(v, field, array);
	json_decref(array);
	json_object_del(v->values, field->name);
	form_view_value_changed(v);
	return UI_DRAW;
}

void form_view_choose(struct form_view *v, const char *typed)
{
	const struct form_field *field = form_view_field(v);
	const struct code_table *table = field ? form_view_table(v, field) : NULL;
	if (!table || field->type != FIELD_SELECT_ONE) {
		term_beep(ui_term(v->ui));
		return;
	}
	const struct code_row *row =
		dialog_choose_code(v->ui, text2_tr(&field->label), table, json_text(v->values, field->name), typed);
	if (!row)
		return;
	set_value(v, field, json_string(row->code));
	form_view_select_start(v);
	if (form_view_leave(v, true))
		form_view_next_missing(v);
}

/* Letters that follow each other are looked up together; what then fits nothing begins anew. */
static const struct code_row *seek(struct form_view *v, const struct code_table *table, const char *text)
{
	const struct code_row *found = NULL;
	size_t length = strlen(v->sought);
	snprintf(v->sought + length, sizeof v->sought - length, "%s", text);
	if (codes_search(table, v->sought, &found, 1) == 1)
		return found;
	text_copy(v->sought, sizeof v->sought, text);
	return codes_search(table, v->sought, &found, 1) == 1 ? found : NULL;
}

/* Everything else stands as it was on file. */
static bool only_answered(const struct form_view *v, const struct form_field *field)
{
	json_t *rest = json_copy(v->values);
	json_object_del(rest, field->name);
	bool same = json_equal(rest, v->opened);
	json_decref(rest);
	return same;
}

/* Yes or no, said in one key, leads on where something is still to be filled in; the one question of a form in which nothing else was
 * touched finishes it. */
static unsigned answer(struct form_view *v, size_t option)
{
	const struct form_field *field = form_view_field(v);
	bool last = v->opened && field->either && form_is_empty(field, v->values);
	pick(v, option);
	if (last && only_answered(v, field)) {
		ui_completed(v->ui);
		return form_view_finish(v);
	}
	if (form_next_missing(v->form, v->values, v->focus) != FORM_NO_FIELD && form_view_leave(v, true)) {
		form_view_next_missing(v);
		v->advanced = true;
	}
	return UI_DRAW;
}

/* Typing in a field whose options are shown: a number, initials, a name; y and n for yes and no. */
static unsigned typed(struct form_view *v, const struct event *event)
{
	const struct form_field *field = form_view_field(v);
	const struct code_table *table = form_view_table(v, field);
	const struct code_row *found;
	char text[64];
	size_t length = event->length < sizeof text ? event->length : sizeof text - 1;
	memcpy(text, event->text, length);
	text[length] = '\0';
	if (field->type == FIELD_BOOLEAN) {
		if (text[0] == ' ')
			return pick(v, json_is_true(json_object_get(v->values, field->name)) ? 1 : 0);
		if (strchr("yY1", text[0]) || text_starts(text, "是"))
			return answer(v, 0);
		if (strchr("nN2", text[0]) || text_starts(text, "否"))
			return answer(v, 1);
	} else if (table) {
		bool many = field->type == FIELD_SELECT_MANY;
		if (text[0] == ' ')
			return many ? toggle(v, v->option)
						: pick(v, form_is_empty(field, v->values) ? v->option : (v->option + 1) % codes_count(table));
		if (text[0] >= '1' && text[0] <= '9' && (size_t)(text[0] - '1') < codes_count(table))
			return many ? toggle(v, (size_t)(text[0] - '1')) : pick(v, (size_t)(text[0] - '1'));
		if (!(found = seek(v, table, text)))
			v->sought[0] = '\0';
		for (size_t i = 0; found && i < codes_count(table); i++)
			if (codes_at(table, i) == found && !many)
				return pick(v, i);
			else if (codes_at(table, i) == found) {
				v->option = i; /* letters only lead to an option, Space takes it */
				return UI_DRAW;
			}
	}
	term_beep(ui_term(v->ui));
	return UI_NONE;
}

unsigned form_view_select_handle(struct form_view *v, const struct event *event)
{
	const struct form_field *field = form_view_field(v);
	bool inline_options = form_view_is_inline(v, field);
	size_t count = option_count(v, field);
	if (event->kind == EVENT_PASTE && inline_options) { /* keys choose here; nobody pressed these */
		ui_error(v->ui, "%s", tr("这一项用按键选择，粘贴的内容没有采用", "This is chosen by keys; what was pasted wasn't taken"));
		return UI_DRAW;
	}
	if (event->kind == EVENT_TEXT || event->kind == EVENT_PASTE) {
		struct event one = *event;
		const char *keys = field->type == FIELD_BOOLEAN ? " 12yYnN" : " 123456789";
		while (inline_options && one.length > 1 && strchr(keys, one.text[0]) && form_view_field(v) == field) {
			typed(v, &one); /* keys of their own, typed ahead */
			one.text++;
			one.length--;
		}
		if (inline_options)
			return typed(v, &one) | UI_DRAW;
		char text[64];
		size_t length = event->length < sizeof text ? event->length : sizeof text - 1;
		memcpy(text, event->text, length);
		text[length] = '\0';
		form_view_choose(v, text[0] == ' ' ? "" : text);
		return UI_DRAW;
	}
	if (event->kind != EVENT_KEY)
		return UI_PASS;
	v->sought[0] = '\0';
	if ((event->key == UI_KEY_BACKSPACE || event->key == UI_KEY_DELETE) && !form_is_empty(field, v->values)) {
		json_object_del(v->values, field->name);
		form_view_value_changed(v);
		return UI_DRAW;
	}
	if (!inline_options || count == 0 || (event->key != UI_KEY_LEFT && event->key != UI_KEY_RIGHT))
		return UI_PASS;
	size_t at = event->key == UI_KEY_RIGHT ? (v->option + 1) % count : (v->option + count - 1) % count;
	if (field->type == FIELD_SELECT_ONE && form_is_empty(field, v->values) && event->key == UI_KEY_RIGHT)
		at = v->option;
	return pick(v, at);
}
