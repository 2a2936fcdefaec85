#include <dirent.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "rules/expr.h"
#include "rules/form_load.h"
#include "rules/texts.h"

enum { NAME_MOST = 40 };

static bool well_named(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= NAME_MOST && name[0] >= 'a' && name[0] <= 'z' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

static void examine_name(struct loader *l, size_t i)
{
	const struct form_field *f = &l->form->fields[i];
	struct yaml_at at = yaml_get(l->places[i], "name");
	if (!f->name)
		return;
	if (!well_named(f->name))
		yaml_mistake(l->m, at, tr("字段名“%s”只能用小写字母、数字和下划线", "field name '%s': small letters, digits and _ only"),
			f->name);
	for (size_t k = 0; k < i; k++)
		if (l->form->fields[k].name && strcmp(l->form->fields[k].name, f->name) == 0) {
			yaml_mistake(l->m, at, tr("字段“%s”重复了，第 %d 行已有", "field '%s' is there twice, first on line %d"), f->name,
			             l->form->fields[k].line);
			return;
		}
}

static const char *next_field(size_t i, const void *arg)
{
	const struct form *form = arg;
	return i < form->field_count ? form->fields[i].name : NULL;
}

struct reference {
	struct loader *l;
	struct yaml_at at;
};

static void examine_reference(const char *name, void *arg)
{
	struct reference *r = arg;
	const char *near;
	if (form_field(r->l->form, name))
		return;
	if ((near = yaml_nearest(name, next_field, r->l->form)))
		yaml_mistake(r->l->m, r->at, tr("条件里的字段“%s”不存在，是不是“%s”？", "there is no field '%s'; is '%s' meant?"), name,
			near);
	else
		yaml_mistake(r->l->m, r->at, tr("条件里的字段“%s”不存在", "there is no field '%s'"), name);
}

static void examine_expr(struct loader *l, const struct expr *x, struct yaml_at at)
{
	struct reference r = {l, at};
	expr_fields(x, examine_reference, &r);
}

/* A key that means nothing for a type is a mistake: somebody expects it to work. */
static void examine_keys(struct loader *l, size_t i)
{
	static const struct {
		const char *key;
		unsigned types;
	} keys[] = {
		{"check", 1u << FIELD_TEXT}, {"check_by", 1u << FIELD_TEXT}, {"limit", 1u << FIELD_TEXT}, {"fixed",
			1u << FIELD_TEXT},
		{"choices", 1u << FIELD_TEXT | 1u << FIELD_SELECT_ONE | 1u << FIELD_SELECT_MANY}, {"calculation",
			1u << FIELD_CALCULATE},
		{"required", ~(1u << FIELD_NOTE | 1u << FIELD_HIDDEN | 1u << FIELD_CALCULATE)}, {"default",
			~(1u << FIELD_NOTE | 1u << FIELD_HIDDEN | 1u << FIELD_CALCULATE)},
		{"constraint", ~(1u << FIELD_NOTE | 1u << FIELD_HIDDEN | 1u << FIELD_CALCULATE)},
	};
	const struct form_field *f = &l->form->fields[i];
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		struct yaml_at at = yaml_get(l->places[i], keys[k].key);
		if (yaml_kind(at) != YAML_NOTHING && !(keys[k].types & 1u << f->type))
			yaml_mistake(l->m, at, tr("这种类型的字段没有“%s”", "a field of this type has no '%s'"), keys[k].key);
	}
	if ((f->type == FIELD_SELECT_ONE || f->type == FIELD_SELECT_MANY) && !f->choices)
		yaml_mistake(l->m, l->places[i], tr("缺少“%s”", "'%s' is missing"), "choices");
	if (f->type == FIELD_CALCULATE && !f->calculation && yaml_kind(yaml_get(l->places[i],
		"calculation")) == YAML_NOTHING)
		yaml_mistake(l->m, l->places[i], tr("缺少“%s”", "'%s' is missing"), "calculation");
	if (f->fixed && yaml_kind(yaml_get(l->places[i], "limit")) == YAML_NOTHING && !(f->check && check_most(f->check)))
		yaml_mistake(l->m, l->places[i], tr("缺少“%s”", "'%s' is missing"), "limit");
	if (f->constraint && !f->constraint_message.zh)
		yaml_mistake(l->m, l->places[i], tr("缺少“%s”", "'%s' is missing"), "constraint_message");
	if (f->check_by && yaml_kind(yaml_get(l->places[i], "check")) != YAML_NOTHING)
		yaml_mistake(l->m, l->places[i], "%s", tr("check 和 check_by 只能有一个", "either check or check_by, not both"));
}

/* A table is read here only where a default must be in it: large ones wait until somebody chooses. */
static void examine_choices(struct loader *l, size_t i)
{
	const struct form_field *f = &l->form->fields[i];
	if (!f->choices)
		return;
	bool needed = f->preset && f->type != FIELD_TEXT;
	const struct code_table *table = needed ? codes_read(l->codes, f->choices, l->m) : NULL;
	if (needed ? !table : !codes_exist(l->codes, f->choices))
		yaml_mistake(l->m, yaml_get(l->places[i], "choices"),
		             tr("代码表“%s”不存在或有误", "code table '%s' isn't there or is wrong"), f->choices);
	else if (needed && f->type == FIELD_SELECT_ONE && !codes_find(table, f->preset))
		yaml_mistake(l->m, yaml_get(l->places[i], "default"), tr("代码表“%s”里没有“%s”", "code table '%s' has no '%s'"),
		             f->choices, f->preset);
}

static void examine_check_by(struct loader *l, size_t i)
{
	const struct form_field *f = &l->form->fields[i], *by = f->check_by ? form_field(l->form, f->check_by) : NULL;
	struct yaml_at at = yaml_get(l->places[i], "check_by");
	struct mistakes ignored = {0};
	if (f->check_by && (!by || by->type != FIELD_SELECT_ONE))
		yaml_mistake(l->m, at, tr("“%s”不是本表单的单选字段", "'%s' is no select_one field of this form"), f->check_by);
	const struct code_table *table = by && by->choices ? codes_read(l->codes, by->choices, &ignored) : NULL;
	for (size_t k = 0; table && k < codes_count(table); k++)
		if (!check_find(codes_at(table, k)->code))
			yaml_mistake(l->m, at, tr("代码“%s”没有对应的检查", "there is no check for code '%s'"), codes_at(table, k)->code);
	mistakes_free(&ignored);
}

static void examine_default(struct loader *l, size_t i)
{
	const struct form_field *f = &l->form->fields[i];
	struct yaml_at at = yaml_get(l->places[i], "default");
	struct check_result judged = {0};
	bool known = false;
	if (!f->preset)
		return;
	if (form_follows(f, NULL)) {
		for (size_t k = 0; k < l->form->field_count; k++)
			known = known || form_follows(f, l->form->fields[k].name);
		if (!known)
			yaml_mistake(l->m, at, tr("没有字段 %s", "there is no field %s"), f->preset);
		return;
	}
	if (f->type == FIELD_BOOLEAN && strcmp(f->preset, "true") != 0 && strcmp(f->preset, "false") != 0)
		yaml_mistake(l->m, at, tr("“%s”必须是“true”或“false”", "'%s' must be true or false"), "default");
	if (f->type == FIELD_TEXT && f->check)
		check_judge(f->check, f->preset, &(struct check_context){0}, &judged);
	if (judged.verdict == VERDICT_INVALID)
		yaml_mistake(l->m, at, "%s", judged.message);
}

static void examine_form_name(struct loader *l, struct yaml_at root)
{
	const char *file = yaml_name(root), *slash = strrchr(file, '/'), *name = l->form->name;
	slash = slash ? slash + 1 : file;
	if (name && (strncmp(slash, name, strlen(name)) != 0 || strcmp(slash + strlen(name), ".yaml") != 0))
		yaml_mistake(l->m, yaml_get(root, "form"), tr("表单名“%s”应与文件名相同", "form '%s' must be named as its file is"),
			name);
}

static void examine_section(struct loader *l, size_t s)
{
	const struct form_section *section = &l->form->sections[s];
	struct yaml_at at = l->heads[s];
	examine_expr(l, section->relevant, yaml_get(at, "relevant"));
	if (!section->label.zh)
		yaml_mistake(l->m, at, tr("缺少“%s”", "'%s' is missing"), "label");
	if (section->count == 0 && yaml_kind(yaml_get(at, "use")) == YAML_NOTHING)
		yaml_mistake(l->m, at, tr("缺少“%s”", "'%s' is missing"), "fields");
	if (yaml_kind(yaml_get(at, "without")) != YAML_NOTHING && yaml_kind(yaml_get(at, "use")) == YAML_NOTHING)
		yaml_mistake(l->m, yaml_get(at, "without"), "%s", tr("without 要和 use 一起用", "without goes with use"));
}

void form_examine(struct loader *l, struct yaml_at root)
{
	examine_form_name(l, root);
	for (size_t s = 0; s < l->form->section_count; s++)
		examine_section(l, s);
	for (size_t i = 0; i < l->form->field_count; i++) {
		const struct form_field *f = &l->form->fields[i];
		examine_name(l, i);
		examine_keys(l, i);
		examine_choices(l, i);
		examine_check_by(l, i);
		examine_default(l, i);
		examine_expr(l, f->required, yaml_get(l->places[i], "required"));
		examine_expr(l, f->relevant, yaml_get(l->places[i], "relevant"));
		examine_expr(l, f->readonly, yaml_get(l->places[i], "readonly"));
		examine_expr(l, f->constraint, yaml_get(l->places[i], "constraint"));
		examine_expr(l, f->calculation, yaml_get(l->places[i], "calculation"));
	}
}
