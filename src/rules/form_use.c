/* A section that uses another form's: "use: new-unit/agent". What several businesses ask alike is written once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/names.h"
#include "rules/form_load.h"

/* The file of form `name`, beside the one being read. */
static char *path_beside(struct yaml_at at, const char *name)
{
	const char *file = yaml_name(at), *slash = strrchr(file, '/');
	char *out = NULL;
	int n = asprintf(&out, "%.*s%s.yaml", slash ? (int)(slash - file + 1) : 0, file, name);
	return n < 0 ? NULL : out;
}

static const struct yaml *open_used(struct loader *l, struct yaml_at at, const char *name)
{
	struct mistakes m = {0};
	for (size_t i = 0; i < l->used_count; i++)
		if (strcmp(l->used[i].name, name) == 0)
			return l->used[i].doc;
	if (l->used_count == sizeof l->used / sizeof *l->used) {
		yaml_mistake(l->m, at, "%s", tr("引用的表单太多", "too many forms are used"));
		return NULL;
	}
	struct used *u = &l->used[l->used_count];
	char *path = definition_name_good(name) ? path_beside(at, name) : NULL;
	bool there = path && file_read(path, YAML_FILE_LIMIT, &u->text, NULL) == OK;
	if (there)
		u->doc = yaml_parse(path, (const char *)u->text.data, u->text.length, &m);
	if (m.count)
		yaml_close(&u->doc);
	free(path);
	mistakes_free(&m); /* they are named where that form itself is read */
	if (!(u->name = strdup(name))) {
		yaml_close(&u->doc);
		bytes_free(&u->text);
		l->memory_ended = true;
		return NULL;
	}
	l->used_count++;
	if (!u->doc) {
		l->lost = true;
		yaml_mistake(l->m, at, there ? tr("引用的表单“%s”本身有误，先改正它", "form '%s', used here, is wrong itself; mend that one first")
		                             : tr("没有引用的表单“%s”", "there is no form '%s' as is used here"), name);
	}
	return u->doc;
}

void form_used_free(struct loader *l)
{
	for (size_t i = 0; i < l->used_count; i++) {
		yaml_close(&l->used[i].doc);
		bytes_free(&l->used[i].text);
		free(l->used[i].name);
	}
	l->used_count = 0;
}

static struct yaml_at named(struct yaml_at list, const char *name)
{
	for (size_t i = 0; i < yaml_count(list); i++)
		if (strcmp(yaml_text(yaml_get(yaml_item(list, i), "name")), name) == 0)
			return yaml_item(list, i);
	return yaml_get(list, "");
}

struct yaml_at form_section_used(struct loader *l, struct yaml_at section)
{
	struct yaml_at at = yaml_get(section, "use"), none = yaml_get(at, "");
	const char *text = yaml_text(at), *slash = strchr(text, '/');
	char name[40];
	if (yaml_kind(at) == YAML_NOTHING)
		return none;
	snprintf(name, sizeof name, "%.*s", slash ? (int)(slash - text) : 0, text);
	const struct yaml *doc = slash ? open_used(l, at, name) : NULL;
	struct yaml_at found = doc ? named(yaml_get(yaml_root(doc), "sections"), slash + 1) : none;
	if (!slash || (doc && yaml_kind(found) == YAML_NOTHING))
		yaml_mistake(l->m, at, tr("没有可引用的节“%s”，应写成“表单/节”", "there is no section '%s' to use; write FORM/SECTION"),
			text);
	else if (doc && yaml_kind(yaml_get(found, "use")) != YAML_NOTHING) {
		yaml_mistake(l->m, at, tr("节“%s”本身也是引用的，请引用原来那一节", "section '%s' uses another itself; use that one"), text);
		return none;
	}
	return found;
}

static bool listed(struct yaml_at list, const char *name)
{
	for (size_t i = 0; i < yaml_count(list); i++)
		if (strcmp(yaml_text(yaml_item(list, i)), name) == 0)
			return true;
	return false;
}

static void check_without(struct loader *l, struct yaml_at without, struct yaml_at fields)
{
	for (size_t i = 0; i < yaml_count(without); i++)
		if (yaml_kind(named(fields, yaml_text(yaml_item(without, i)))) == YAML_NOTHING)
			yaml_mistake(l->m, yaml_item(without, i), tr("引用的节里没有字段“%s”", "the section used has no field '%s'"),
				yaml_text(yaml_item(without, i)));
}

size_t form_section_fields(struct loader *l, struct yaml_at section, struct yaml_at from, struct yaml_at *out, size_t most)
{
	struct yaml_at own = yaml_get(section, "fields"), without = yaml_get(section, "without");
	struct yaml_at used = yaml_get(from, "fields");
	size_t n = 0;
	if (!l->lost)
		check_without(l, without, used);
	for (size_t i = 0; i < yaml_count(used) && n < most; i++) {
		struct yaml_at field = yaml_item(used, i);
		const char *name = yaml_text(yaml_get(field, "name"));
		struct yaml_at instead = named(own, name);
		if (!listed(without, name))
			out[n++] = yaml_kind(instead) == YAML_NOTHING ? field : instead;
	}
	for (size_t i = 0; i < yaml_count(own) && n < most; i++)
		if (yaml_kind(named(used, yaml_text(yaml_get(yaml_item(own, i), "name")))) == YAML_NOTHING)
			out[n++] = yaml_item(own, i);
	return n;
}
