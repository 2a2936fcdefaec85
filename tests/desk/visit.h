/* What the tests of visits share: a visit of several drafts. */
#ifndef CERTDESK_TESTS_VISIT_H
#define CERTDESK_TESTS_VISIT_H

#include "case.h"
#include "desk/handover.h"
#include "desk/visit.h"

#define SECOND_UNIT "{'unit_name':'上海示例有限公司','uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43'}"
#define SECONDARY   "{'key_role':'secondary'}"

struct visiting {
	char visit[VISIT_NO_SIZE];
	char no[4][ORDER_NO_SIZE];
	size_t count;
};

static inline json_t *quoted(const char *text)
{
	json_t *out = NULL;
	char copy[1024];
	snprintf(copy, sizeof copy, "%s", text ? text : "{}");
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(json_parse(copy, strlen(copy), &out, NULL), OK);
	return out;
}

/* One more draft in the visit. */
static inline void draft_in(struct unit_case *c, struct visiting *v, const char *form, const char *changes)
{
	json_t *values = quoted(changes);
	site_draft(&c->site, c->d, form, values, v->no[v->count]);
	json_decref(values);
	site_is(OK, visit_add(c->d, v->visit, v->no[v->count++], &c->e), &c->e);
}

/* A visit with two complete drafts of two units by one agent. */
static inline struct visiting two_units(struct unit_case *c)
{
	struct visiting v = {0};
	site_as(&c->site, c->d, "op1");
	site_is(OK, visit_open(c->d, "A17", v.visit, &c->e), &c->e);
	draft_in(c, &v, "new-unit", NULL);
	draft_in(c, &v, "new-unit", SECOND_UNIT);
	return v;
}

static inline void order_is(struct unit_case *c, const char *no, const char *status)
{
	snprintf(c->no, sizeof c->no, "%s", no);
	status_is(c, status);
}

static inline json_t *order_of(struct unit_case *c, const char *no)
{
	json_t *out = NULL;
	site_is(OK, order_show(c->d, no, &out, &c->e), &c->e);
	return out;
}

static inline int64_t sum_of(struct unit_case *c, const char *visit, const char *name)
{
	json_t *out = NULL;
	site_is(OK, visit_show(c->d, visit, &out, &c->e), &c->e);
	assert_true(json_is_integer(json_object_get(out, name)));
	int64_t n = json_number(out, name);
	json_decref(out);
	return n;
}

static inline void send_code(struct unit_case *c, const struct visiting *v, char code[32])
{
	EXPECT(OK, visit_sign_send(c->d, v->visit, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
}

static inline void sign_all(struct unit_case *c, const struct visiting *v)
{
	char code[32];
	send_code(c, v, code);
	EXPECT(OK, visit_sign_code(c->d, v->visit, code, &out, &c->e));
}

/* An action's entries in the history of an order. */
static inline size_t entries_of(struct unit_case *c, const char *no, const char *action)
{
	json_t *rows = NULL, *row;
	size_t i, n = 0;
	site_is(OK, order_history(c->d, no, &rows, &c->e), &c->e);
	json_array_foreach(rows, i, row)
		n += strcmp(json_text(row, "action"), action) == 0;
	json_decref(rows);
	return n;
}

static inline int64_t rows_in(struct unit_case *c, enum sql q)
{
	json_t *rows = NULL;
	site_is(OK, store_rows(c->d->store, q, &rows, &c->e, ""), &c->e);
	int64_t n = (int64_t)json_array_size(rows);
	json_decref(rows);
	return n;
}

#endif
