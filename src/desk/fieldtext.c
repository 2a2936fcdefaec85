#include "desk/fieldtext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/check.h"

const char *code_text(struct desk *d, const char *name, const char *code)
{
	const struct code_table *table = NULL;
	const struct code_row *row = codes_table(d->codes, name, &table, NULL) == OK ? codes_find(table, code) : NULL;
	return row ? tr(row->zh, row->en) : code;
}

static void add_code(struct desk *d, const struct form_field *field, const char *code, char *out, size_t size)
{
	const struct code_table *table = NULL;
	const struct code_row *row = NULL;
	char name[256];
	if (field->choices && codes_table(d->codes, field->choices, &table, NULL) == OK)
		row = codes_find(table, code);
	if (row)
		codes_full_name(table, row, name, sizeof name);
	lang_list_add(out, size, row ? name : code);
}

void field_text(struct desk *d, const struct form *form, const struct form_field *field, const json_t *values, char *out, size_t size)
{
	const json_t *value = json_object_get(values, field->name), *each;
	size_t i;
	out[0] = '\0';
	if (json_is_boolean(value)) {
		text_copy(out, size, json_is_true(value) ? tr("是", "yes") : tr("否", "no"));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, each)
			add_code(d, field, json_is_string(each) ? json_string_value(each) : "", out, size);
	} else if (json_is_string(value) && field->choices) {
		add_code(d, field, json_string_value(value), out, size);
	} else if (json_is_string(value)) {
		text_copy(out, size, json_string_value(value));
	} else if (field->type == FIELD_CALCULATE) {
		char *text = form_value_text(form, field, values);
		text_copy(out, size, text ? text : "");
		free(text);
	}
}

bool field_hidden(const struct form *form, const struct form_field *field, const json_t *values)
{
	const struct check *check = field->personal ? form_check(form, field, values) : NULL;
	return field->personal && !(check && strcmp(check_name(check), "name") == 0);
}
