#include "hub/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/permission.h"
#include "rules/transition.h"
#include "rules/travel.h"

/* Columns that are places in the list, and what stands there. */
static const struct {
	const char *column, *kind;
} references[] = {
	{"visit_id", "visit"}, {"customer_id", "customer"}, {"staff_id", "staff"}, {"claimed_by", "staff"}, {"reviewer_id", "staff"},
	{"issuer_id", "staff"}, {"second_id", "staff"}, {"order_id", "orders"}, {"item_id", "item"}, {"price_id", "price"},
	{"signature_id", "signature"}, {"signature_order_id", "signature_order"}, {"certificate_id", "certificate"},
};

struct comparing {
	struct judging *j;
	const json_t *records, *earlier;
	const char *order, *home;
	int64_t order_record;
	const json_t *row, *state; /* the record at hand */
	const char *kind;
	bool reached[TRAVEL_RECORDS_MOST];
};

static const char *reference_of(const char *column)
{
	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (strcmp(references[i].column, column) == 0)
			return references[i].kind;
	return NULL;
}

static enum err differs(struct comparing *c, const char *what)
{
	return judge_refuse(c->j, REFUSAL_BUNDLE, "%s %s %s", c->order, c->kind, what);
}

static const json_t *at_place(const struct comparing *c, const json_t *place)
{
	return json_is_integer(place) ? json_array_get(c->records, (size_t)json_integer_value(place)) : NULL;
}

/* An item of the order that made a certificate comes along as one of this order that nothing counts. */
static bool is_earlier_item(const struct comparing *c)
{
	return strcmp(c->kind, "item") == 0 && json_number(c->row, "position") < 0;
}

static bool same_reference(const struct comparing *c, const char *column, const char *kind, const json_t *place)
{
	const json_t *to = at_place(c, place);
	if (json_is_null(place))
		return json_is_null(json_object_get(c->state, column));
	if (!to || strcmp(json_text(to, "kind"), kind) != 0)
		return false;
	/* numbers of another site aren't ours to compare */
	return strcmp(json_text(to, "site"), c->j->view.site) != 0 || json_number(to, "id") == json_number(c->state, column);
}

/* A state may be older than the column, which is then as it was added. */
static bool same_value(const json_t *value, const json_t *state, const char *column)
{
	const json_t *was = json_object_get(state, column);
	return was ? json_equal(value, was) : json_unset(value);
}

static enum err compare_columns(struct comparing *c)
{
	const char *column, *changed = travel_find(c->kind)->changed;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)c->row, column, value) {
		const char *kind = reference_of(column);
		bool earlier = is_earlier_item(c) && text_has_word("order_id position step step_at", column);
		if (text_has_word(changed, column) || earlier)
			continue;
		if (kind ? !same_reference(c, column, kind, value) : !same_value(value, c->state, column))
			return differs(c, column);
	}
	return OK;
}

/* The same record came to the giver with the order. */
static bool came_along(const struct comparing *c, const json_t *record)
{
	const json_t *before = json_object_get(c->earlier, "records"), *one;
	size_t i;
	json_array_foreach(before, i, one)
		if (strcmp(json_text(one, "kind"), c->kind) == 0 && strcmp(json_text(one, "site"), json_text(record, "site")) == 0 &&
		    json_number(one, "id") == json_number(record, "id"))
			return strcmp(c->kind, "document") != 0 ||
			       json_equal(json_object_get(json_object_get(one, "row"), "digest"), json_object_get(c->row, "digest"));
	return false;
}

static enum err compare_record(struct comparing *c, const json_t *record, struct error *e)
{
	json_t *state = NULL;
	c->kind = json_text(record, "kind");
	c->row = json_object_get(record, "row");
	if (!travel_find(c->kind) || !json_is_object(c->row) || json_object_get(c->row, "id") || json_object_get(c->row, "dk"))
		return differs(c, "record");
	int64_t number = json_number(record, "id");
	enum err r = OK;
	if (strcmp(json_text(record, "site"), c->j->view.site) != 0) {
		if (came_along(c, record))
			return OK;
		/* of another counter, and here with a certificate that came from there: as this site has it since */
		r = db_int(c->j->view.hub->db, HUB_SQL_FETCHED_RECORD_GET, 0, &number, e, "ttti", c->j->view.site, c->kind, json_text(record, "site"), number);
		if (!r && !number)
			return differs(c, "site");
	}
	if (!r)
		r = view_now(&c->j->view, c->kind, number, &state, e);
	c->state = state;
	if (!r && !state)
		r = differs(c, "unknown");
	else if (!r)
		r = compare_columns(c);
	json_decref(state);
	return r;
}

/* What an order's rows point to comes along for their sake. */
static void reach(struct comparing *c, size_t at)
{
	const json_t *row = json_object_get(json_array_get(c->records, at), "row"), *place;
	const char *column;
	json_t *value;
	size_t i;
	if (c->reached[at])
		return;
	c->reached[at] = true;
	json_object_foreach((json_t *)(uintptr_t)row, column, value)
		if (reference_of(column) && json_is_integer(value) && (size_t)json_integer_value(value) < at) /* only what stands before: this ends */
			reach(c, (size_t)json_integer_value(value));
	json_array_foreach(json_object_get(row, "keyers"), i, place)
		if (json_is_integer(place) && (size_t)json_integer_value(place) < at)
			reach(c, (size_t)json_integer_value(place));
}

/* The order itself, its own parts, and what they refer to: nothing else has a place in the list. */
static enum err hangs_together(struct comparing *c, size_t count)
{
	size_t order = count, i;
	for (i = 0; i < count; i++) {
		const json_t *record = json_array_get(c->records, i), *row = json_object_get(record, "row");
		c->kind = json_text(record, "kind");
		if (strcmp(c->kind, "orders") != 0)
			continue;
		if (order < count || strcmp(json_text(row, "no"), c->order) != 0 ||
		    (strcmp(json_text(record, "site"), c->j->view.site) == 0 && json_number(record, "id") != c->order_record))
			return differs(c, "number");
		order = i;
	}
	c->kind = "orders";
	if (order == count)
		return differs(c, "missing");
	reach(c, order);
	for (i = 0; i < count; i++) {
		const json_t *row = json_object_get(json_array_get(c->records, i), "row"), *of = json_object_get(row, "order_id");
		const json_t *of_item = json_object_get(row, "item_id"), *of_signed = json_object_get(row, "signature_order_id");
		bool own = json_is_integer(of) && (size_t)json_integer_value(of) == order;
		if (own || (!of && at_place(c, of_item)) || (!of && at_place(c, of_signed)))
			reach(c, i);
	}
	for (i = 0; i < count; i++) {
		c->kind = json_text(json_array_get(c->records, i), "kind");
		if (!c->reached[i])
			return differs(c, "belongs elsewhere");
	}
	return OK;
}

static size_t count_kind(const struct comparing *c, const char *kind)
{
	size_t n = 0, i;
	const json_t *record;
	json_array_foreach(c->records, i, record)
		n += strcmp(json_text(record, "kind"), kind) == 0 && json_number(json_object_get(record, "row"), "position") >= 0;
	return n;
}

/* A reviewer sees all of the order. */
static enum err is_complete(struct comparing *c, struct error *e)
{
	static const char *const whole[] = {"item", "line", "document", "signature_order", "order_subject"};
	enum err r = OK;
	for (size_t k = 0; !r && k < sizeof whole / sizeof *whole; k++) {
		json_t *parts = NULL;
		size_t there = 0;
		r = view_parts(&c->j->view, c->order_record, whole[k], &parts, e);
		for (size_t i = 0; !r && i < json_array_size(parts); i++) {
			json_t *row = NULL;
			if (!(r = view_now(&c->j->view, whole[k], json_integer_value(json_array_get(parts, i)), &row, e)))
				there += row && json_number(row, "position") >= 0;
			json_decref(row);
		}
		json_decref(parts);
		c->kind = whole[k];
		if (!r && there != count_kind(c, whole[k]))
			r = differs(c, "incomplete");
	}
	return r;
}

enum err bundle_judge(struct judging *j, const json_t *bundle, const char *order, const char *home, int64_t record, const json_t *earlier,
                      struct error *e)
{
	struct comparing *c = calloc(1, sizeof *c);
	enum err r = OK;
	if (!c)
		return error_set(e, ERR_MEMORY, "bundle");
	*c = (struct comparing){.j = j, .records = json_object_get(bundle, "records"), .earlier = earlier, .order = order, .home = home,
	                        .order_record = record, .kind = "bundle"};
	size_t count = json_array_size(c->records);
	if (count == 0 || count > TRAVEL_RECORDS_MOST || strcmp(json_text(bundle, "order"), order) != 0 || strcmp(json_text(bundle, "home"), home) != 0)
		r = differs(c, "");
	for (size_t i = 0; !r && !*j->why && i < count; i++)
		r = compare_record(c, json_array_get(c->records, i), e);
	if (!r && !*j->why)
		r = hangs_together(c, count);
	if (!r && !*j->why)
		r = is_complete(c, e);
	free(c);
	return r;
}

enum err bundle_judge_decision(struct judging *j, const json_t *decision, const char *order, const char *what, int64_t record,
                               struct error *e)
{
	json_t *row = NULL, *person = NULL;
	const json_t *reviewer = json_object_get(decision, "reviewer");
	enum err r = view_now(&j->view, "orders", record, &row, e);
	const char *to = transition_to(json_text(row, "business"), "in-review", what);
	if (!r)
		r = view_now(&j->view, "staff", json_number(reviewer, "id"), &person, e);
	bool right = row && to && person && (strcmp(what, "approve") == 0 || strcmp(what, "return") == 0 || strcmp(what, "reject") == 0) &&
	             strcmp(json_text(decision, "order"), order) == 0 && strcmp(json_text(decision, "decision"), what) == 0 &&
	             strcmp(json_text(row, "status"), to) == 0 && json_number(row, "reviewer_id") == json_number(reviewer, "id") &&
	             json_number(row, "decided_at") == json_number(decision, "decided_at") &&
	             strcmp(json_text(row, "decision"), json_text(decision, "reason")) == 0 &&
	             strcmp(json_text(person, "login"), json_text(reviewer, "login")) == 0 &&
	             (roles_parse(json_text(person, "roles")) & ROLE_REVIEWER);
	json_decref(row);
	json_decref(person);
	return r || right ? r : judge_refuse(j, REFUSAL_DECISION, "%s %s", order, what);
}

const char *bundle_product(const json_t *bundle)
{
	const json_t *record;
	size_t i;
	json_array_foreach(json_object_get(bundle, "records"), i, record) {
		const json_t *row = json_object_get(record, "row");
		if (strcmp(json_text(record, "kind"), "item") == 0 && strcmp(json_text(row, "role"), "main") == 0)
			return json_text(row, "product");
	}
	return "";
}

bool bundle_has_file(const json_t *bundle, const char *digest)
{
	const json_t *record;
	size_t i;
	json_array_foreach(json_object_get(bundle, "records"), i, record)
		if (strcmp(json_text(record, "kind"), "document") == 0 && strcmp(json_text(json_object_get(record, "row"), "digest"), digest) == 0)
			return true;
	return false;
}
