#include "desk/agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/agentrow.h"
#include "rules/check.h"
#include "rules/transition.h"

static void add_masked(json_t *to, const char *name, const char *value)
{
	char *masked = text_mask(value);
	json_object_set_new(to, name, json_string(masked ? masked : ""));
	free(masked);
}

static json_t *shown(const json_t *all, const json_t *chosen)
{
	json_t *out = json_array(), *one;
	size_t i;
	json_array_foreach((json_t *)all, i, one) {
		const json_t *data = json_object_get(one, "data");
		json_t *row = json_pack("{sO ss ss sO sO}", "agent", json_object_get(one, "agent"), "name", json_text(data, "agent_name"), "email",
		                        json_text(data, "agent_email"), "last_order", json_object_get(one, "last_order"), "contact",
		                        json_object_get(one, "contact"));
		add_masked(row, "id_number", json_text(data, "agent_id_number"));
		add_masked(row, "mobile", json_text(data, "agent_mobile"));
		if (chosen)
			json_object_set_new(row, "chosen", json_boolean(agents_same(data, chosen)));
		json_array_append_new(out, row);
	}
	return out;
}

/* A unit's row by its code, as typed. */
static enum err find_unit(struct desk *d, const char *uscc, int64_t *id, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE], *folded = NULL;
	*id = 0;
	enum err r = number_fold(d, check_find("uscc"), uscc, &folded, e);
	if (!r) {
		number_digest(d, folded, digest);
		r = store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, id, e, "t", digest);
	}
	free(folded);
	return r || *id ? r : error_set(e, ERR_DESK_NO_CUSTOMER, "%.40s", uscc);
}

enum err agents_list(struct desk *d, const char *uscc, json_t **out, struct error *e)
{
	json_t *all = NULL;
	int64_t id = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r && !(r = find_unit(d, uscc, &id, e)) && !(r = agents_load(d, id, &all, e)))
		*out = shown(all, NULL);
	json_decref(all);
	return r;
}

/* The newest of those who stay becomes the contact. Inside a step. */
static enum err next_contact(struct desk *d, int64_t customer, const json_t *all, const json_t *gone, struct error *e)
{
	struct bytes sealed = {0};
	json_t *data = NULL, *one, *next = NULL;
	const char *name;
	json_t *value;
	void *following;
	size_t i;
	int64_t dk = 0;
	json_array_foreach((json_t *)all, i, one)
		if (one != gone && (!next || json_number(one, "agent") > json_number(next, "agent")))
			next = one;
	enum err r = subject_data(d, customer, &dk, &data, e);
	json_object_foreach_safe(data, following, name, value)
		if (text_starts(name, "agent_"))
			json_object_del(data, name);
	if (!r)
		json_object_update(data, json_object_get(next, "data"));
	if (!r && !(r = datakey_seal_json(d->store, dk, "customer.data", data, &sealed, e)))
		r = store_run(d->store, SQL_CUSTOMER_SET_DATA, NULL, e, "ibi", customer, (const void *)sealed.data, sealed.length, desk_now(d));
	bytes_free(&sealed);
	json_decref(data);
	return r;
}

/* Inside a step, which it commits. */
static enum err remove_one(struct desk *d, int64_t customer, int64_t agent, const char *reason, struct error *e)
{
	json_t *all = NULL, *one, *gone = NULL;
	char digest[DIGEST_TEXT_SIZE], subject[32];
	size_t i;
	enum err r = agents_load(d, customer, &all, e);
	json_array_foreach(all, i, one)
		if (json_number(one, "agent") == agent)
			gone = one;
	if (!r && (!gone || json_array_size(all) < 2))
		r = error_set(e, ERR_DESK_AGENT, "%lld", (long long)agent);
	if (!r && json_flag(gone, "contact"))
		r = next_contact(d, customer, all, gone, e);
	if (!r && agent) {
		number_digest(d, json_text(json_object_get(gone, "data"), "agent_id_number"), digest);
		r = store_run(d->store, SQL_AGENT_REMOVE, NULL, e, "it", customer, digest);
	}
	if (!r) {
		json_t *facts = json_pack("{sI ss}", "agent", (json_int_t)agent, "reason", reason);
		snprintf(subject, sizeof subject, "customer-%lld", (long long)customer);
		r = desk_commit(d, MAY_AGENT_REMOVE, NULL, subject, NULL, facts, e);
		json_decref(facts);
	}
	json_decref(all);
	return r;
}

enum err agent_remove(struct desk *d, const char *uscc, int64_t agent, const char *reason, json_t **out, struct error *e)
{
	int64_t customer = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_AGENT_REMOVE, NULL, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", permission_title(MAY_AGENT_REMOVE));
	if (!r && !(r = find_unit(d, uscc, &customer, e)) && !(r = store_begin(d->store, e))) {
		r = remove_one(d, customer, agent, reason, e);
		store_rollback(d->store);
	}
	return r ? r : agents_list(d, uscc, out, e);
}

/* Of the unit that the draft is for; an empty list where it isn't known yet. */
static enum err load_for_draft(struct desk *d, const char *no, struct order *o, json_t **all, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	struct subject s = {0};
	int64_t customer = 0;
	enum err r = order_load(d, no, o, e);
	if (!r)
		r = subject_load(d, o, &s, e);
	customer = s.customer_id;
	subject_free(&s);
	if (!r && !customer && *customer_number(o->values)) {
		number_digest(d, customer_number(o->values), digest);
		r = store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, &customer, e, "t", digest);
	}
	if (!r && (strcmp(o->customer, "unit") != 0 || !customer))
		*all = json_array();
	else if (!r)
		r = agents_load(d, customer, all, e);
	return r;
}

enum err draft_agents(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	json_t *all = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r && !(r = load_for_draft(d, no, &o, &all, e)))
		*out = shown(all, o.values);
	json_decref(all);
	order_free(&o);
	return r;
}

/* Inside a step, which it commits. */
static enum err take_over(struct desk *d, struct order *o, const json_t *agent, const struct staff *who, struct error *e)
{
	const struct form *form = NULL;
	struct bytes sealed = {0};
	enum err r = desk_form(d, o->form, &form, e);
	if (!r)
		agents_put(form, agent, o->values);
	if (!r)
		r = datakey_seal_json(d->store, o->dk, "draft.data", o->values, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_DRAFT_UPDATE, NULL, e, "ttbtiii", o->no, customer_name(o->values), (const void *)sealed.data, sealed.length, "",
		              (int64_t)0, desk_now(d), who->id);
	bytes_free(&sealed);
	return r ? r : store_commit_plain(d->store, e);
}

enum err draft_agent(struct desk *d, const char *no, int64_t agent, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	json_t *all = NULL, *one, *chosen = NULL;
	size_t i;
	enum err r = desk_allow(d, MAY_ORDER_NEW, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = load_for_draft(d, no, &o, &all, e)) && !o.draft)
		r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o.status));
	json_array_foreach(all, i, one)
		if (json_number(one, "agent") == agent)
			chosen = json_object_get(one, "data");
	if (!r && !chosen)
		r = error_set(e, ERR_DESK_AGENT, "%lld", (long long)agent);
	if (!r)
		r = take_over(d, &o, chosen, who, e);
	store_rollback(d->store);
	json_decref(all);
	order_free(&o);
	return r;
}
