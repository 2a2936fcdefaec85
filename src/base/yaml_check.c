#include "base/lang.h"
#include "base/yaml.h"

#include <inttypes.h>
#include <string.h>

static void check_value(struct yaml_at at, const char *name, const struct yaml_rule *rule, struct mistakes *m);

static const char *kind_name(enum yaml_kind kind)
{
	switch (kind) {
	case YAML_BOOL:
		return tr("“true”或“false”", "true or false");
	case YAML_INT:
		return tr("整数", "a whole number");
	case YAML_LIST:
		return tr("列表", "a list");
	case YAML_MAP:
		return tr("一组“键: 值”", "a group of 'key: value'");
	default:
		return tr("文字", "text");
	}
}

static const char *next_name(size_t i, const void *arg)
{
	const struct yaml_schema *schema = arg;
	return i < schema->count ? schema->rules[i].name : NULL;
}

static const char *next_word(size_t i, const void *arg)
{
	return ((const char *const *)arg)[i];
}

static const struct yaml_rule *find_rule(const struct yaml_schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->count; i++)
		if (strcmp(schema->rules[i].name, name) == 0 || strcmp(schema->rules[i].name, "*") == 0)
			return &schema->rules[i];
	return NULL;
}

static void check_word(struct yaml_at at, const char *name, const struct yaml_rule *rule, struct mistakes *m)
{
	const char *text = yaml_text(at), *near = NULL;
	if (rule->required && !*text) {
		yaml_mistake(m, at, tr("“%s”不能为空", "'%s' must not be empty"), name);
		return;
	}
	for (size_t i = 0; rule->words && rule->words[i]; i++)
		if (strcmp(rule->words[i], text) == 0)
			return;
	if (!rule->words)
		return;
	if ((near = yaml_nearest(text, next_word, rule->words)))
		yaml_mistake(m, at, tr("“%s”不能是“%s”，是不是“%s”？", "'%s' can't be '%s'; is '%s' meant?"), name, text, near);
	else
		yaml_mistake(m, at, tr("“%s”不能是“%s”", "'%s' can't be '%s'"), name, text);
}

static void check_int(struct yaml_at at, const char *name, const struct yaml_rule *rule, struct mistakes *m)
{
	int64_t v = yaml_int(at, 0);
	if (rule->most > 0 && (v < rule->least || v > rule->most))
		yaml_mistake(m, at, tr("“%s”必须在 %" PRId64 " 到 %" PRId64 " 之间", "'%s' must be %" PRId64 " to %" PRId64), name,
		             rule->least, rule->most);
}

static bool kind_fits(struct yaml_at at, enum yaml_kind kind)
{
	enum yaml_kind is = yaml_kind(at);
	switch (kind) {
	case YAML_NOTHING:
	case YAML_ANY:
		return true;
	case YAML_BOOL:
		return is == YAML_TEXT && yaml_bool(at, true) == yaml_bool(at, false);
	case YAML_INT:
		return is == YAML_TEXT && yaml_int(at, 0) == yaml_int(at, 1);
	default:
		return is == kind;
	}
}

static void check_list(struct yaml_at at, const char *name, const struct yaml_rule *rule, struct mistakes *m)
{
	const struct yaml_rule each = {.name = name, .kind = rule->inside ? YAML_MAP : rule->items,
	                               .inside = rule->inside, .words = rule->words};
	if (rule->required && yaml_count(at) == 0)
		yaml_mistake(m, at, tr("“%s”不能为空", "'%s' must not be empty"), name);
	for (size_t i = 0; i < yaml_count(at); i++)
		check_value(yaml_item(at, i), name, &each, m);
}

static void check_value(struct yaml_at at, const char *name, const struct yaml_rule *rule, struct mistakes *m)
{
	if (!kind_fits(at, rule->kind)) {
		yaml_mistake(m, at, tr("“%s”必须是%s", "'%s' must be %s"), name, kind_name(rule->kind));
		return;
	}
	if (rule->kind == YAML_TEXT)
		check_word(at, name, rule, m);
	else if (rule->kind == YAML_INT)
		check_int(at, name, rule, m);
	else if (rule->kind == YAML_LIST)
		check_list(at, name, rule, m);
	else if (rule->kind == YAML_MAP && rule->inside)
		yaml_check(at, rule->inside, m);
}

void yaml_check(struct yaml_at at, const struct yaml_schema *schema, struct mistakes *m)
{
	if (yaml_kind(at) != YAML_MAP) {
		yaml_mistake(m, at, tr("这里必须是%s", "%s is needed here"), kind_name(YAML_MAP));
		return;
	}
	for (size_t i = 0; i < yaml_count(at); i++) {
		struct yaml_at key = yaml_key(at, i);
		const char *name = yaml_text(key);
		if (yaml_kind(key) != YAML_TEXT)
			continue; /* its reader said so */
		const struct yaml_rule *rule = find_rule(schema, name);
		const char *near = rule ? NULL : yaml_nearest(name, next_name, schema);
		if (rule)
			check_value(yaml_item(at, i), name, rule, m);
		else if (near)
			yaml_mistake(m, key, tr("不认识“%s”，是不是“%s”？", "'%s' is not known; is '%s' meant?"), name, near);
		else
			yaml_mistake(m, key, tr("不认识“%s”", "'%s' is not known"), name);
	}
	for (size_t i = 0; i < schema->count; i++)
		if (schema->rules[i].required && strcmp(schema->rules[i].name, "*") != 0 &&
		    yaml_get(at, schema->rules[i].name).node < 0)
			yaml_mistake(m, at, tr("缺少“%s”", "'%s' is missing"), schema->rules[i].name);
}
