/* For tests of shifts and the day's end. */
#ifndef CERTDESK_TESTS_TILL_H
#define CERTDESK_TESTS_TILL_H

#include "case.h"
#include "desk/day.h"
#include "desk/till.h"

#define HERE (&(struct till_where){0})

static inline enum err count_at(struct unit_case *c, const struct till_where *at, const char *notes, int64_t pos, int64_t cheques,
                                json_t **out)
{
	json_t *pieces = NULL;
	enum err r = till_pieces(notes, &pieces, &c->e);
	if (!r)
		r = till_count(c->d, at, &(struct till_counted){pieces, pos, cheques}, out, &c->e);
	json_decref(pieces);
	return r;
}

/* 280 yuan by each way at this window, as op1. */
static inline void take(struct unit_case *c, const char *method, const char *receipt)
{
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, pay_take(c->d, c->no, method, receipt, number_of(c, "due"), &out, &c->e));
}

/* The one shift of this window on its newest date, as till_show has it. */
static inline json_t *shift_now(struct unit_case *c)
{
	json_t *all = NULL;
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	assert_true(json_array_size(all) > 0);
	json_t *last = json_incref(json_array_get(all, json_array_size(all) - 1));
	json_decref(all);
	return last;
}

static inline void shift_has(struct unit_case *c, const char *name, int64_t value)
{
	json_t *s = shift_now(c);
	assert_int_equal(json_number(s, name), value);
	json_decref(s);
}

static inline void shift_is(struct unit_case *c, const char *state)
{
	json_t *s = shift_now(c);
	assert_string_equal(json_text(s, "state"), state);
	json_decref(s);
}

static inline void as(struct unit_case *c, const char *login)
{
	site_as(&c->site, c->d, login);
}

/* Another operator, who isn't on the copied site's list. */
static inline struct staff second_operator(struct unit_case *c)
{
	struct secret p = {0};
	secret_set(&p, SITE_PASSWORD, strlen(SITE_PASSWORD));
	as(c, "root1");
	EXPECT(OK, staff_add(c->d, "op2", "李接班", "operator", &p, &c->e));
	EXPECT(OK, staff_login(c->d, "op2", &p, &c->e));
	struct staff who = c->d->actor;
	secret_wipe(&p);
	as(c, "op1");
	return who;
}

#endif
