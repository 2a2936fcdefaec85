#include "base/json.h"
#include "cli/cli.h"
#include "desk/desk.h"

/* "法定代表人信息 · 姓名": labels are unique only within their section. */
static json_t *field_label(const struct form *form, const struct form_field *field)
{
	return json_sprintf("%s · %s", text2_tr(&form->sections[field->section].label), text2_tr(&field->label));
}

/* What a select's code means, or each of several; the value itself otherwise. */
static json_t *field_value(struct desk *d, const struct form_field *field, json_t *value)
{
	const struct code_table *table = NULL;
	const struct code_row *row = NULL;
	char name[256];
	if (field->choices && json_is_array(value)) {
		json_t *named = json_array(), *each;
		size_t i;
		json_array_foreach(value, i, each)
			json_array_append_new(named, field_value(d, field, each));
		return named;
	}
	if (field->choices && json_is_string(value) && codes_table(d->codes, field->choices, &table, NULL) == OK)
		row = codes_find(table, json_string_value(value));
	if (!row)
		return json_incref(value);
	codes_full_name(table, row, name, sizeof name);
	return json_string(name);
}

void cli_label_fields(struct cli *c)
{
	const json_t *fields = json_object_get(c->result, "fields");
	const struct form *form = NULL;
	json_t *named;
	if (!json_is_object(fields) || desk_form(c->desk, json_text(c->result, "form"), &form, NULL)
		|| !(named = json_object()))
		return;
	for (size_t i = 0; i < form->field_count; i++) {
		json_t *value = json_object_get(fields, form->fields[i].name), *label = field_label(form, &form->fields[i]);
		if (value && label && form_shown(form, &form->fields[i], fields))
			json_object_set_new(named, json_string_value(label), field_value(c->desk, &form->fields[i], value));
		json_decref(label);
	}
	json_object_set_new(c->result, "fields", named);
}
