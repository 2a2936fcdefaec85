#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/check_kinds.h"
#include "rules/expr.h"
#include "rules/form.h"
#include "rules/form_values.h"

size_t form_characters(const char *text)
{
	size_t count = 0;
	uint32_t code;
	for (size_t n; (n = text_decode(text, &code)) > 0; text += n)
		count++;
	return count;
}

static bool code_known(const struct code_table *table, const json_t *code, struct check_result *out)
{
	const char *text = json_string_value(code);
	if (text && codes_find(table, text))
		return true;
	check_say(out, VERDICT_INVALID, tr("没有“%s”这一项，请重新选择", "there is no choice “%s”; choose again"), text ? text : "?");
	return false;
}

bool form_codes_known(struct code_tables *codes, const struct form_field *field, const json_t *value,
                      struct check_result *out)
{
	struct mistakes m = {0};
	const struct code_table *table = codes_read(codes, field->choices, &m);
	bool known = table != NULL;
	size_t i;
	const json_t *item;
	mistakes_free(&m);
	if (!table)
		check_say(out, VERDICT_INVALID, tr("代码表“%s”读不了，请联系管理员",
			"code table '%s' can't be read; tell the administrator"),
		          field->choices);
	else if (!json_is_array(value))
		return code_known(table, value, out);
	else
		json_array_foreach(value, i, item)
			known = known && code_known(table, item, out);
	return known;
}

static const struct code_table *regions_of(struct code_tables *codes)
{
	struct mistakes m = {0};
	const struct code_table *regions = codes_read(codes, "regions", &m);
	mistakes_free(&m);
	return regions;
}

static bool needs_regions(const struct check *check)
{
	return strcmp(check_name(check), "resident_id") == 0;
}

static void judge_typed(const struct form *form, struct code_tables *codes, const struct form_field *field,
                        const json_t *values, int64_t today, struct check_result *out)
{
	const char *text = json_string_value(json_object_get(values, field->name));
	const struct check *check = form_check(form, field, values);
	struct check_context context = {.today = today, .regions = needs_regions(check) ? regions_of(codes) : NULL};
	check_judge(check, text ? text : "", &context, out);
	size_t count = text ? form_characters(text) : 0;
	if (out->verdict != VERDICT_INVALID && count > (size_t)field->limit)
		check_say(out, VERDICT_INVALID, tr("最多 %d 个字，现在是 %zu 个，请缩短", "at most %d characters, here are %zu; shorten it"),
		          field->limit, count);
}

void form_judge_value(const struct form *form, struct code_tables *codes, const struct form_field *field,
                      const json_t *values, int64_t today, struct check_result *out)
{
	if (field->type == FIELD_TEXT)
		judge_typed(form, codes, field, values, today, out);
	else if (field->type == FIELD_SELECT_ONE || field->type == FIELD_SELECT_MANY)
		form_codes_known(codes, field, json_object_get(values, field->name), out);
	if (out->verdict != VERDICT_INVALID && field->constraint && !expr_true(field->constraint, values))
		check_say(out, VERDICT_INVALID, "%s", text2_tr(&field->constraint_message));
}

static bool is_empty(const struct form_field *field, const json_t *values)
{
	const json_t *v = json_object_get(values, field->name);
	return !v || (json_is_string(v) && !*json_string_value(v)) || (json_is_array(v) && json_array_size(v) == 0) ||
	       json_is_null(v);
}

void form_judge(const struct form *form, struct code_tables *codes, const struct form_field *field,
	const json_t *values,
                int64_t today, struct check_result *out)
{
	*out = (struct check_result){.verdict = VERDICT_VALID};
	if (field->type == FIELD_CALCULATE || field->type == FIELD_NOTE || field->type == FIELD_HIDDEN || !form_relevant(form, field, values))
		return;
	bool empty = is_empty(field, values), required = form_required(form, field, values);
	if (field->type == FIELD_BOOLEAN && !field->either && required && !json_is_true(json_object_get(values, field->name)))
		check_say(out, VERDICT_INVALID, tr("请确认：%s", "confirm this: %s"), text2_tr(&field->label));
	else if (empty && required && field->either)
		check_say(out, VERDICT_INVALID, "%s", tr("请回答“是”或“否”", "answer yes or no"));
	else if (empty && required)
		check_say(out, VERDICT_INVALID, field->type == FIELD_TEXT ? tr("请填写%s", "fill in: %s") : tr("请选择%s",
			"choose: %s"),
		          text2_tr(&field->label));
	else if (!empty)
		form_judge_value(form, codes, field, values, today, out);
}

const struct form_field *form_judge_all(const struct form *form, struct code_tables *codes, const json_t *values,
	int64_t today,
                                        json_t **mistakes)
{
	const struct form_field *first = NULL;
	if (mistakes)
		*mistakes = json_array();
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		struct check_result r;
		form_judge(form, codes, f, values, today, &r);
		if (r.verdict == VERDICT_INVALID && !first)
			first = f;
		if (r.verdict != VERDICT_VALID && mistakes)
			json_array_append_new(*mistakes, json_pack("{ss ss ss ss}", "field", f->name, "label",
				text2_tr(&f->label), "message",
			                                           r.message, "verdict", r.verdict == VERDICT_WARN ? "warn"
				: "invalid"));
	}
	return first;
}
