#include "desk/import.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/listing.h"
#include "desk/subject.h"

/* "new-unit, new-person" */
static void list_forms(struct desk *d, char *out, size_t size)
{
	static const char *const customers[] = {"unit", "person"};
	const struct form *form;
	out[0] = '\0';
	for (size_t i = 0; business_at(i); i++)
		for (size_t k = 0; k < 2 && business_at(i)->about == ABOUT_NOTHING; k++)
			if (desk_form_for(d, business_at(i)->name, customers[k], &form, NULL) == OK && !strstr(out, form->name))
				lang_list_add(out, size, form->name);
}

enum err import_form(struct desk *d, const char *name, const struct form **form, struct error *e)
{
	char others[200];
	enum err r = desk_form(d, name, form, e);
	if (r || business_find((*form)->business)->about == ABOUT_NOTHING)
		return r;
	list_forms(d, others, sizeof others);
	return error_set(e, ERR_DESK_LIST_FORM, tr("%s。名单只用于新办：%s", "%s; lists are for new applications: %s"), name, others);
}

static json_t *result_of(const struct listing *l, const struct import *what, json_t *drafts)
{
	return json_pack("{so ss sI sI sO sO sO}", "file", json_printable(what->path), "digest", l->digest, "lines", (json_int_t)l->count, "good",
	                 (json_int_t)listing_good(l), "drafts", drafts, "mistakes", l->mistakes, "warnings", l->warnings);
}

/* Inside a step, which it commits. */
static enum err make_drafts(struct listing *l, const struct staff *who, json_t *drafts, struct error *e)
{
	struct subject nothing = {0};
	char no[ORDER_NO_SIZE];
	enum err r = OK;
	for (size_t i = 0; i < l->count && !r; i++)
		if (l->lines[i].good && !(r = draft_insert(l->d, l->form, &nothing, NULL, who, l->lines[i].values, no, e)))
			json_array_append_new(drafts, json_string(no));
	return r ? r : store_commit_plain(l->d->store, e);
}

static enum err refuse(const struct listing *l, struct error *e)
{
	return error_set(e, ERR_DESK_LIST, tr("%zu 处（%zu 行里有 %zu 行正确）", "%zu (of %zu lines %zu are good)"),
	                 json_array_size(l->mistakes), l->count, listing_good(l));
}

/* Inside a step, so that nobody begins a draft for one of them in between. */
static enum err judge_and_make(struct listing *l, const struct import *what, const struct staff *who, json_t *drafts, struct error *e)
{
	enum err r = listing_judge(l, e);
	bool wrong = json_array_size(l->mistakes) > 0;
	if (r || (what->check && !wrong))
		return r;
	if ((wrong && (what->check || !what->good_part)) || listing_good(l) == 0)
		return refuse(l, e);
	return make_drafts(l, who, drafts, e);
}

enum err import_list(struct desk *d, const struct import *what, json_t **out, struct error *e)
{
	const struct staff *who = NULL;
	struct listing l = {.d = d};
	json_t *drafts = json_array();
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, &who, e);
	if (!r)
		r = import_form(d, what->form, &l.form, e);
	if (!r)
		r = listing_read(&l, what, e);
	if (!r && (what->check || !(r = store_begin(d->store, e)))) {
		r = judge_and_make(&l, what, who, drafts, e);
		if (!what->check)
			store_rollback(d->store); /* harmless once it is committed */
		if (r && r != ERR_DESK_LIST)
			json_array_clear(drafts);
		else if (!(*out = result_of(&l, what, drafts)))
			r = error_set(e, ERR_MEMORY, "%s", what->path);
	}
	json_decref(drafts);
	listing_free(&l);
	return r;
}
