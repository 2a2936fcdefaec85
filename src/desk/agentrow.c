#include "desk/agentrow.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/contact.h"

static bool is_agents(const char *field)
{
	return text_starts(field, "agent_");
}

bool agents_same(const json_t *a, const json_t *b)
{
	const char *x = json_text(a, "agent_id_number"), *y = json_text(b, "agent_id_number");
	if (*x && *y)
		return strcmp(x, y) == 0;
	return strcmp(json_text(a, "agent_name"), json_text(b, "agent_name")) == 0 && strcmp(json_text(a, "agent_mobile"), json_text(b, "agent_mobile")) == 0;
}

static json_t *agents_part(const json_t *values)
{
	json_t *out = json_object(), *value;
	const char *name;
	json_object_foreach((json_t *)values, name, value)
		if (is_agents(name))
			json_object_set(out, name, value);
	return out;
}

/* What the customer's own data say of the contact is newer than the row. */
static enum err add_rows(struct desk *d, int64_t customer_id, const json_t *contact, bool *seen, json_t *out, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, SQL_AGENTS_ON_FILE, &rows, e, "i", customer_id);
	while (!r && rows_next(rows)) {
		json_t *data = NULL;
		const void *blob = rows_blob(rows, 2, &length);
		if ((r = datakey_open_json(d->store, rows_int(rows, 1), "agent.data", blob, length, &data, e)))
			break;
		bool is = agents_same(data, contact);
		*seen |= is;
		json_array_append_new(out, json_pack("{sI sO ss sb}", "agent", (json_int_t)rows_int(rows, 0), "data", is ? contact : data, "last_order",
		                                     rows_text(rows, 3), "contact", is));
		json_decref(data);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err agents_load(struct desk *d, int64_t customer_id, json_t **out, struct error *e)
{
	json_t *data = NULL, *contact = NULL;
	bool seen = false;
	*out = json_array();
	enum err r = subject_data(d, customer_id, NULL, &data, e);
	if (!r) {
		contact = agents_part(data);
		r = add_rows(d, customer_id, contact, &seen, *out, e);
	}
	if (!r && !seen && *json_text(contact, "agent_name"))
		json_array_insert_new(*out, 0, json_pack("{si sO ss sb}", "agent", 0, "data", contact, "last_order", "", "contact", true));
	json_decref(contact);
	json_decref(data);
	return r;
}

void agents_put(const struct form *form, const json_t *from, json_t *values)
{
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		json_t *value = json_object_get(from, f->name);
		if (!is_agents(f->name) || f->keep == KEEP_NEVER)
			continue;
		if (value)
			json_object_set(values, f->name, value);
		else
			json_object_del(values, f->name);
	}
}

/* A draft can be older than a change of the phone: of somebody who stands there already only that is of now. */
static void stand_in(const struct form *form, const json_t *values, const json_t *one, struct subject *s)
{
	const json_t *data = json_object_get(one, "data");
	s->stands_in = !json_flag(one, "contact");
	if (!agents_same(s->before, values))
		agents_put(form, data, s->before);
	else if (s->stands_in)
		json_object_set(s->before, "agent_mobile", json_object_get(data, "agent_mobile"));
}

/* Of nearly all orders: the agent is the unit's contact. */
static enum err is_contact(struct desk *d, struct subject *s, const json_t *values, bool *contact, struct error *e)
{
	const json_t *data = NULL;
	enum err r = subject_holder(d, s, &data, e);
	*contact = !r && *json_text(data, "agent_name") && agents_same(data, values);
	return r;
}

enum err agents_stand_in(struct desk *d, const struct order *o, struct subject *s, struct error *e)
{
	const struct form *form = NULL;
	json_t *all = NULL, *one, *found = NULL;
	size_t i;
	bool contact = false;
	if (!o->draft || strcmp(o->customer, "unit") != 0 || !s->id || !s->before || !*json_text(o->values, "agent_name"))
		return OK;
	enum err r = agents_same(s->before, o->values) ? is_contact(d, s, o->values, &contact, e) : OK;
	if (r || contact)
		return r;
	if (!(r = agents_load(d, s->customer_id, &all, e)))
		r = desk_form(d, o->form, &form, e);
	json_array_foreach(all, i, one)
		if (!found && agents_same(json_object_get(one, "data"), o->values))
			found = one;
	if (!r && found)
		stand_in(form, o->values, found, s);
	json_decref(all);
	return r;
}

enum err agents_phone_now(struct desk *d, struct subject *s, struct error *e)
{
	json_t *all = NULL, *one;
	size_t i;
	bool contact = false;
	if (s->stands_in || strcmp(s->customer, "unit") != 0 || !*json_text(s->before, "agent_name"))
		return OK;
	enum err r = is_contact(d, s, s->before, &contact, e);
	if (r || contact || (r = agents_load(d, s->customer_id, &all, e)))
		return r;
	json_array_foreach(all, i, one) {
		const json_t *data = json_object_get(one, "data");
		if (s->stands_in || json_flag(one, "contact") || !agents_same(data, s->before))
			continue;
		s->stands_in = true;
		json_object_set(s->before, "agent_mobile", json_object_get(data, "agent_mobile"));
	}
	json_decref(all);
	return r;
}

/* Inside a step. */
static enum err keep(struct desk *d, int64_t customer, const json_t *agent, const char *order, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	struct rows *rows = NULL;
	struct bytes sealed = {0};
	int64_t id = 0, dk = 0;
	if (!*json_text(agent, "agent_id_number"))
		return OK;
	number_digest(d, json_text(agent, "agent_id_number"), digest);
	enum err r = store_query(d->store, SQL_AGENT_GET, &rows, e, "it", customer, digest);
	if (r)
		return r;
	if (rows_next(rows)) {
		id = rows_int(rows, 0);
		dk = rows_int(rows, 1);
	}
	if ((r = rows_end(&rows, e)) || (!dk && (r = datakey_new(d->store, &dk, e))) ||
	    (r = datakey_seal_json(d->store, dk, "agent.data", agent, &sealed, e)))
		return r;
	r = id ? store_run(d->store, SQL_AGENT_UPDATE, NULL, e, "ibt", id, (const void *)sealed.data, sealed.length, order)
	       : store_insert(d->store, SQL_AGENT_INSERT, NULL, e, "iitbt", dk, customer, digest, (const void *)sealed.data, sealed.length, order);
	bytes_free(&sealed);
	return r;
}

static enum err keep_of_order(struct desk *d, int64_t customer, const struct order *o, const struct form *form, struct error *e)
{
	json_t *agent = agents_part(o->values);
	form_forget(form, agent);
	enum err r = keep(d, customer, agent, o->no, e);
	json_decref(agent);
	return r;
}

static bool has_agent(const struct order *o)
{
	return strcmp(o->customer, "unit") == 0 && *json_text(o->values, "agent_id_number");
}

static enum err retire(struct desk *d, int64_t customer, const json_t *agent, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	number_digest(d, json_text(agent, "agent_id_number"), digest);
	return store_run(d->store, SQL_AGENT_REMOVE, NULL, e, "it", customer, digest);
}

/* The contact who makes room for another one stays on file, under the order that the customer's data come from. */
static enum err keep_former(struct desk *d, int64_t customer, const json_t *data, struct error *e)
{
	json_t *all = NULL, *one, *row = NULL, *former = agents_part(data);
	size_t i;
	bool there = false;
	enum err r = agents_load(d, customer, &all, e);
	json_array_foreach(all, i, one)
		there |= json_flag(one, "contact") && json_number(one, "agent") != 0;
	if (!r && !there && !(r = store_row(d->store, SQL_CUSTOMER_LAST_ORDER, &row, e, "i", customer)) && row)
		r = keep(d, customer, former, json_text(row, "last_order"), e);
	json_decref(row);
	json_decref(all);
	json_decref(former);
	return r;
}

enum err agents_settle(struct desk *d, const struct order *o, const struct form *form, const struct subject *s, const json_t *data, bool *apart,
                       struct error *e)
{
	*apart = false;
	if (!has_agent(o))
		return OK;
	bool contact = agents_same(data, o->values) || !*json_text(data, "agent_name");
	*apart = !contact && s->before && agents_same(s->before, o->values);
	enum err r = OK;
	if (!contact && !*apart)
		r = strcmp(o->business, "change") == 0 ? retire(d, s->customer_id, data, e) : keep_former(d, s->customer_id, data, e);
	return r ? r : keep_of_order(d, s->customer_id, o, form, e);
}

enum err agents_note(struct desk *d, const struct order *o, const struct form *form, struct error *e)
{
	return has_agent(o) ? keep_of_order(d, o->customer_id, o, form, e) : OK;
}

enum err agents_phone(struct desk *d, int64_t customer_id, int64_t agent, char *out, size_t size, struct error *e)
{
	json_t *all = NULL, *one;
	size_t i;
	out[0] = '\0';
	enum err r = agents_load(d, customer_id, &all, e);
	json_array_foreach(all, i, one)
		if (agent ? json_number(one, "agent") == agent : json_flag(one, "contact"))
			text_copy(out, size, json_text(json_object_get(one, "data"), "agent_mobile"));
	json_decref(all);
	return !r && !*out ? error_set(e, ERR_DESK_AGENT, "%lld", (long long)agent) : r;
}
