#include "hub/values.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/names.h"
#include "rules/form.h"

enum { FORMS_MOST = 32 };

struct hub_forms {
	struct code_tables *codes;
	size_t count;
	struct form *forms[FORMS_MOST];
};

void hub_forms_free(struct hub_forms **forms)
{
	if (!*forms)
		return;
	for (size_t i = 0; i < (*forms)->count; i++)
		form_free(&(*forms)->forms[i]);
	codes_free(&(*forms)->codes);
	free(*forms);
	*forms = NULL;
}

enum err values_open(struct keyring *ring, const json_t *order, json_t **out, struct error *e)
{
	const uint8_t *key = NULL;
	struct bytes plain = {0};
	struct json_look look = {.most = POSTED_VALUES_MOST};
	const char *hex = json_text(order, "data");
	size_t n = strlen(hex) / 2;
	uint8_t *sealed = n ? malloc(n) : NULL;
	*out = NULL;
	enum err r = keyring_get(ring, json_number(order, "dk"), &key, e);
	if (!r && key && sealed && hex_decode(sealed, n, hex) && unseal(key, "orders.data", sealed, n, &plain) == OK)
		*out = json_read_look((char *)plain.data, plain.length, &look, NULL);
	if (!json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
	}
	bytes_free(&plain);
	free(sealed);
	return r;
}

static enum err read_form(struct hub_forms *f, const char *share, const char *name, const struct form **out, struct error *e)
{
	char file[48];
	snprintf(file, sizeof file, "forms/%s.yaml", name);
	char *path = path_join(share, file), *codes = f->codes ? NULL : path_join(share, "forms/codes");
	enum err r = !path ? ERR_MEMORY : codes ? codes_open(codes, &f->codes, e) : OK;
	if (!r && access(path, F_OK) == 0 && f->count < FORMS_MOST && !(r = form_load(path, f->codes, &f->forms[f->count], e)))
		*out = f->forms[f->count++];
	free(path);
	free(codes);
	return r;
}

/* NULL for one that isn't shipped. */
static enum err find_form(struct hub *hub, const char *name, const struct form **out, struct error *e)
{
	*out = NULL;
	if (!definition_name_good(name)) /* it comes from a site */
		return OK;
	if (!hub->forms && !(hub->forms = calloc(1, sizeof *hub->forms)))
		return error_set(e, ERR_MEMORY, "%s", name);
	for (size_t i = 0; i < hub->forms->count; i++)
		if (strcmp(hub->forms->forms[i]->name, name) == 0) {
			*out = hub->forms->forms[i];
			return OK;
		}
	char *share = share_dir();
	enum err r = share ? read_form(hub->forms, share, name, out, e) : error_set(e, ERR_DESK_SHARE, "%s", "forms/");
	free(share);
	return r;
}

/* From the same places, and the codes that checks look into. */
static enum err read_all(struct hub *hub, const char *dir, struct error *e)
{
	struct dirent **names = NULL;
	int count = scandir(dir, &names, NULL, alphasort);
	enum err r = count < 0 ? error_set(e, ERR_DESK_SHARE, "%s", dir) : OK;
	for (int i = 0; i < count; i++) {
		const struct form *form;
		char *end = strstr(names[i]->d_name, ".yaml");
		if (end && !end[5]) {
			*end = '\0';
			r = r ? r : find_form(hub, names[i]->d_name, &form, e);
		}
		free(names[i]);
	}
	free(names);
	return r;
}

enum err values_ready(struct hub *hub, struct error *e)
{
	const struct code_table *regions;
	char *share = share_dir(), *dir = share ? path_join(share, "forms") : NULL;
	enum err r = dir ? read_all(hub, dir, e) : error_set(e, ERR_DESK_SHARE, "%s", "forms/");
	if (!r && hub->forms && hub->forms->codes)
		r = codes_table(hub->forms->codes, "regions", &regions, e);
	free(share);
	free(dir);
	return r;
}

static bool fails(struct hub_forms *forms, const struct form *form, const struct form_field *field, const json_t *values, int64_t time)
{
	const struct check *check = field->type == FIELD_TEXT ? form_check(form, field, values) : NULL;
	const char *value = json_text(values, field->name);
	struct check_context context = {.today = time};
	struct check_result verdict;
	if (!check || !*value || !form_relevant(form, field, values))
		return false;
	if (codes_table(forms->codes, "regions", &context.regions, NULL) != OK)
		context.regions = NULL;
	check_judge(check, value, &context, &verdict);
	return verdict.verdict == VERDICT_INVALID;
}

static enum err look(struct hub *hub, struct keyring *ring, const json_t *order, int64_t time, struct values_seen *out, struct error *e)
{
	const struct form *form = NULL;
	json_t *values = NULL;
	enum err r = values_open(ring, order, &values, e);
	*out = (struct values_seen){.looked = true, .sealed = !values};
	if (!r && values)
		r = find_form(hub, json_text(order, "form"), &form, e);
	for (size_t i = 0; !r && form && !out->field && i < form->field_count; i++)
		if (fails(hub->forms, form, &form->fields[i], values, time))
			out->field = form->fields[i].name;
	json_decref(values);
	return r;
}

static bool may_sign(const struct deed *deed, const struct posted_state *s, const json_t *row)
{
	const char *status = json_text(row, "status");
	return strcmp(s->kind, "orders") == 0 && json_is_object(row) && deed_moves(deed, json_text(row, "business"), "draft", status);
}

enum err values_ahead(struct hub *hub, struct keyring *ring, const struct posted_entry *entry, struct opened *o, struct error *e)
{
	struct deed deed;
	enum err r = OK;
	if (!deed_find(json_text(entry->entry, "action"), &deed))
		return OK;
	for (size_t i = 0; !r && i < o->count; i++) {
		if (!may_sign(&deed, &entry->states[i], o->states[i]))
			continue;
		if (!o->seen && !(o->seen = calloc(o->count, sizeof *o->seen)))
			return error_set(e, ERR_MEMORY, "values");
		r = look(hub, ring, o->states[i], entry->time, &o->seen[i], e);
	}
	return r;
}

enum err values_judge(struct judging *j, int64_t record, const json_t *order, struct error *e)
{
	struct values_seen seen = {0};
	const char *no = json_text(order, "no");
	int at = view_state(&j->view, "orders", record);
	enum err r = OK;
	if (j->view.seen && at >= 0)
		seen = j->view.seen[at];
	if (!seen.looked)
		r = look(j->view.hub, j->view.ring, order, j->entry->time, &seen, e);
	if (!r && seen.sealed)
		return judge_refuse(j, REFUSAL_STATE, "orders %s", no);
	return r || !seen.field ? r : judge_refuse(j, REFUSAL_VALUE, "%s: %s", no, seen.field);
}
