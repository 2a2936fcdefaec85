#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "rules/expr.h"
#include "rules/form.h"
#include "rules/form_values.h"

const struct form_field *form_field(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (form->fields[i].name && strcmp(form->fields[i].name, name) == 0)
			return &form->fields[i];
	return NULL;
}

bool form_relevant(const struct form *form, const struct form_field *field, const json_t *values)
{
	const struct form_section *section = &form->sections[field->section];
	return (!section->relevant || expr_true(section->relevant, values)) &&
	       (!field->relevant || expr_true(field->relevant, values));
}

bool form_shown(const struct form *form, const struct form_field *field, const json_t *values)
{
	return field->type != FIELD_NOTE && field->type != FIELD_HIDDEN && form_relevant(form, field, values);
}

bool form_required(const struct form *form, const struct form_field *field, const json_t *values)
{
	return field->required && form_relevant(form, field, values) && expr_true(field->required, values);
}

bool form_readonly(const struct form *form, const struct form_field *field, const json_t *values)
{
	(void)form;
	return field->type == FIELD_CALCULATE || field->type == FIELD_NOTE || field->type == FIELD_HIDDEN ||
	       (field->readonly && expr_true(field->readonly, values));
}

const struct check *form_check(const struct form *form, const struct form_field *field, const json_t *values)
{
	if (field->type != FIELD_TEXT)
		return NULL;
	if (!field->check_by)
		return field->check;
	const struct form_field *by = form_field(form, field->check_by);
	const char *kind = json_string_value(json_object_get(values, field->check_by));
	if (!kind)
		kind = by && by->preset ? by->preset : "";
	const struct check *check = check_find(kind);
	return check ? check : check_find("text");
}

int form_limit(const struct form *form, const struct form_field *field, const json_t *values)
{
	const struct check *check = form_check(form, field, values);
	int most = check ? (int)check_most(check) : 0;
	return most && most < field->limit ? most : field->limit;
}

static char *joined_codes(const json_t *list)
{
	struct bytes text = {0};
	size_t i;
	const json_t *item;
	json_array_foreach(list, i, item)
		bytes_format(&text, "%s%s", i ? " " : "", json_string_value(item) ? json_string_value(item) : "");
	if (!text.data)
		bytes_text(&text, "");
	return (char *)text.data;
}

char *form_value_text(const struct form *form, const struct form_field *field, const json_t *values)
{
	(void)form;
	if (field->type == FIELD_CALCULATE)
		return expr_text(field->calculation, values);
	const json_t *v = field->type == FIELD_NOTE ? NULL : json_object_get(values, field->name);
	if (json_is_array(v))
		return joined_codes(v);
	if (json_is_boolean(v))
		return strdup(json_is_true(v) ? "true" : "false");
	return strdup(json_is_string(v) ? json_string_value(v) : "");
}

void form_answer_no(const struct form *form, json_t *values)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (form->fields[i].either && !json_is_boolean(json_object_get(values, form->fields[i].name)))
			json_object_set_new(values, form->fields[i].name, json_false());
}

enum err form_set(const struct form *form, const struct form_field *field, const char *typed, json_t *values)
{
	const struct check *check = form_check(form, field, values);
	json_t *value = NULL;
	char *v, *rest = NULL;
	if (field->type == FIELD_CALCULATE || field->type == FIELD_NOTE || field->type == FIELD_HIDDEN)
		return ERR_RULES_FIELD;
	v = check ? check_normalise(check, typed) : text_nfc(typed);
	if (!v)
		return ERR_RULES_FIELD;
	if (field->type == FIELD_BOOLEAN)
		value = json_boolean(strcmp(v, "true") == 0);
	else if (field->type == FIELD_SELECT_MANY) {
		value = json_array();
		for (char *code = strtok_r(v, " ", &rest); code; code = strtok_r(NULL, " ", &rest))
			json_array_append_new(value, json_string(code));
		if (json_array_size(value) == 0) {
			json_decref(value);
			value = NULL;
		}
	} else if (*v)
		value = json_string(v);
	free(v);
	if (value)
		return json_object_set_new(values, field->name, value) == 0 ? OK : ERR_MEMORY;
	json_object_del(values, field->name);
	return OK;
}

json_t *form_defaults(const struct form *form)
{
	json_t *values = json_object();
	for (size_t i = 0; values && i < form->field_count; i++)
		if (form->fields[i].preset && !form_follows(&form->fields[i], NULL))
			form_set(form, &form->fields[i], form->fields[i].preset, values);
	return values;
}

bool form_follows(const struct form_field *field, const char *source)
{
	const char *p = field->preset;
	size_t n = p ? strlen(p) : 0;
	if (n < 4 || p[0] != '$' || p[1] != '{' || p[n - 1] != '}')
		return false;
	return !source || (strlen(source) == n - 3 && strncmp(p + 2, source, n - 3) == 0);
}

static void follow(const struct form *form, const struct form_field *field, const struct form_field *from, json_t *values)
{
	char *text = *json_text(values, field->name) ? NULL : form_value_text(form, from, values);
	if (text && *text)
		form_set(form, field, text, values);
	free(text);
}

void form_prefill(const struct form *form, const char *source, json_t *values)
{
	for (size_t i = 0; i < form->field_count; i++)
		for (size_t k = 0; form_follows(&form->fields[i], source) && k < form->field_count; k++)
			if (form_follows(&form->fields[i], form->fields[k].name))
				follow(form, &form->fields[i], &form->fields[k], values);
}

json_t *form_signed_values(const struct form *form, const json_t *values)
{
	json_t *out = json_object();
	for (size_t i = 0; out && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		if (!f->is_signed || f->type == FIELD_NOTE || !form_relevant(form, f, values))
			continue;
		if (f->type == FIELD_CALCULATE) {
			char *text = expr_text(f->calculation, values);
			if (text && *text)
				json_object_set_new(out, f->name, json_string(text));
			free(text);
		} else if (json_object_get(values, f->name))
			json_object_set_new(out, f->name, json_deep_copy(json_object_get(values, f->name)));
	}
	return out;
}

/* An absent value and an empty one are the same. */
static bool same_value(const json_t *a, const json_t *b)
{
	bool no_a = !a || json_is_null(a) || json_is_false(a) || (json_is_string(a) && !*json_string_value(a)) ||
	            (json_is_array(a) && json_array_size(a) == 0);
	bool no_b = !b || json_is_null(b) || json_is_false(b) || (json_is_string(b) && !*json_string_value(b)) ||
	            (json_is_array(b) && json_array_size(b) == 0);
	return no_a || no_b ? no_a == no_b : json_equal((json_t *)a, (json_t *)b);
}

char *form_changes(const struct form *form, const json_t *before, const json_t *after, bool only_signed)
{
	struct bytes out = {0};
	enum err r = bytes_text(&out, "");
	for (size_t i = 0; !r && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		if (f->keep != KEEP_CUSTOMER || f->type == FIELD_NOTE || f->type == FIELD_HIDDEN || f->type == FIELD_CALCULATE ||
		    (only_signed && !f->is_signed) || !form_relevant(form, f, after))
			continue;
		if (!same_value(json_object_get(before, f->name), json_object_get(after, f->name)))
			r = bytes_format(&out, "%s%s", out.length ? ", " : "", f->name);
	}
	if (r)
		bytes_free(&out);
	return (char *)out.data;
}

void form_forget(const struct form *form, json_t *values)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (form->fields[i].keep == KEEP_NEVER)
			json_object_del(values, form->fields[i].name);
}

bool form_says(const struct form *form, const json_t *values, const char *name)
{
	const struct form_field *f = form_field(form, name);
	return f && form_relevant(form, f, values) && json_is_true(json_object_get(values, name));
}
