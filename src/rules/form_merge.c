#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/expr.h"
#include "rules/form.h"
#include "rules/form_values.h"

static enum err refuse(const struct form_field *f, const char *why, struct error *e)
{
	return error_set(e, ERR_RULES_FIELD, tr("%s（%s）：%s", "%s (%s): %s"), text2_tr(&f->label), f->name, why);
}

static bool is_number(const struct form_field *f)
{
	return f->type == FIELD_TEXT && f->check && check_is_number(f->check);
}

static bool right_type(const struct form_field *f, const json_t *value)
{
	size_t i;
	const json_t *item;
	if (json_is_null(value))
		return true;
	if (f->type == FIELD_BOOLEAN)
		return json_is_boolean(value);
	if (f->type != FIELD_SELECT_MANY)
		return json_is_string(value) || (json_is_integer(value) && is_number(f));
	json_array_foreach(value, i, item)
		if (!json_is_string(item))
			return false;
	return json_is_array(value);
}

static const char *type_sentence(const struct form_field *f)
{
	switch (f->type) {
	case FIELD_BOOLEAN:
		return tr("应为 true 或 false", "must be true or false");
	case FIELD_SELECT_MANY:
		return tr("应为代码的数组", "must be an array of codes");
	default:
		return is_number(f) ? tr("应为整数", "must be a whole number") : tr("应为文字", "must be a text");
	}
}

/* A list keeps the first of equal codes. */
static json_t *without_repeats(const json_t *list)
{
	json_t *out = json_array();
	size_t i, k;
	const json_t *item, *kept;
	json_array_foreach(list, i, item) {
		bool there = false;
		json_array_foreach(out, k, kept)
			there = there || json_equal(item, kept);
		if (!there)
			json_array_append(out, (json_t *)item);
	}
	return out;
}

static enum err put_text(const struct form *form, const struct form_field *f, const json_t *value, json_t *values,
                         struct error *e)
{
	const struct check *check = form_check(form, f, values);
	char digits[24];
	const char *text = json_is_string(value) ? json_string_value(value) : digits;
	snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
	char *v = check ? check_normalise(check, text) : strdup(text);
	enum err r = OK;
	if (!v)
		return refuse(f, tr("不是有效的文字", "is no valid text"), e);
	if (form_characters(v) > (size_t)f->limit)
		r = refuse(f, tr("太长", "is too long"), e);
	else if (!*v)
		json_object_del(values, f->name);
	else if (json_object_set_new(values, f->name, json_string(v)) != 0)
		r = ERR_MEMORY;
	free(v);
	return r;
}

static enum err put_value(const struct form *form, struct code_tables *codes, const struct form_field *f,
                          const json_t *value, json_t *values, struct error *e)
{
	struct check_result judged = {0};
	if (f->type == FIELD_CALCULATE || f->type == FIELD_NOTE || f->type == FIELD_HIDDEN)
		return refuse(f, tr("由程序得出，不能填写", "follows from other fields and can't be keyed in"), e);
	if (!right_type(f, value))
		return refuse(f, type_sentence(f), e);
	if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0)) {
		json_object_del(values, f->name);
		return OK;
	}
	if (f->type == FIELD_TEXT || !*(json_is_string(value) ? json_string_value(value) : "x"))
		return put_text(form, f, value, values, e);
	if (f->type != FIELD_BOOLEAN && !form_codes_known(codes, f, value, &judged))
		return refuse(f, judged.message, e);
	json_t *kept = json_is_array(value) ? without_repeats(value) : json_deep_copy(value);
	return json_object_set_new(values, f->name, kept) == 0 ? OK : ERR_MEMORY;
}

static enum err find_unknown(const struct form *form, const json_t *data, struct error *e)
{
	const char *key;
	json_t *value;
	if (!json_is_object(data))
		return error_set(e, ERR_RULES_FIELD, "%s", tr("数据应为 JSON 对象", "the data must be a JSON object"));
	json_object_foreach((json_t *)data, key, value)
		if (!form_field(form, key))
			return error_set(e, ERR_RULES_FIELD, tr("表单 %s 没有字段“%s”", "form %s has no field '%s'"), form->name, key);
	return OK;
}

/* What a value is judged by may come in the same data (a kind and its number), so choices go first. */
static enum err put_all(const struct form *form, struct code_tables *codes, const json_t *data, json_t *merged,
                        struct error *e)
{
	enum err r = OK;
	for (int texts = 0; texts <= 1; texts++)
		for (size_t i = 0; !r && i < form->field_count; i++) {
			const struct form_field *f = &form->fields[i];
			const json_t *value = json_object_get(data, f->name);
			if (value && (f->type == FIELD_TEXT) == texts)
				r = put_value(form, codes, f, value, merged, e);
		}
	return r;
}

static enum err judge_merged(const struct form *form, struct code_tables *codes, const json_t *data,
	const json_t *before,
                             const json_t *merged, bool strict, int64_t today, struct error *e)
{
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		const json_t *now = json_object_get(merged, f->name), *was = json_object_get(before, f->name);
		struct check_result judged = {.verdict = VERDICT_VALID};
		if (!json_object_get(data, f->name))
			continue;
		if (form_readonly(form, f, merged) && !(now == was || (now && was && json_equal(now, was))))
			return refuse(f, tr("现在不能改", "can't be changed here"), e);
		if (strict && now && form_relevant(form, f, merged))
			form_judge_value(form, codes, f, merged, today, &judged);
		if (judged.verdict == VERDICT_INVALID)
			return refuse(f, judged.message, e);
	}
	return OK;
}

enum err form_merge(const struct form *form, struct code_tables *codes, const json_t *data, bool strict, int64_t today,
                    json_t *values, struct error *e)
{
	json_t *merged = json_deep_copy(values);
	enum err r = merged ? find_unknown(form, data, e) : ERR_MEMORY;
	if (!r)
		r = put_all(form, codes, data, merged, e);
	if (!r)
		r = judge_merged(form, codes, data, values, merged, strict, today, e);
	if (!r) {
		json_object_clear(values);
		r = json_object_update(values, merged) == 0 ? OK : ERR_MEMORY;
	}
	json_decref(merged);
	return r;
}

/* A read-only field that follows another one goes with it. */
static bool followed(const struct form *form, const struct form_field *f, const json_t *value, const json_t *typed)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (form->fields[i].name && form_follows(f, form->fields[i].name))
			return json_equal(value, json_object_get(typed, form->fields[i].name));
	return false;
}

json_t *form_keep_typed(const struct form *form, const json_t *kept, const json_t *typed)
{
	json_t *out = json_deep_copy(kept);
	for (size_t i = 0; out && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		json_t *value = json_object_get(typed, f->name);
		if (form_readonly(form, f, typed) && !(value && followed(form, f, value, typed)))
			continue;
		if (value)
			json_object_set_new(out, f->name, json_deep_copy(value));
		else
			json_object_del(out, f->name);
	}
	return out;
}
