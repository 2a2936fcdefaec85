/* What the tests of the day's end share: the case's date, and the items of its checklist. */
#ifndef CERTDESK_TESTS_DAYEND_H
#define CERTDESK_TESTS_DAYEND_H

#include "till.h"

static char date[11], next_date[11];

/* Dates are read off each case's own clock. */
static inline void dates(struct unit_case *c)
{
	civil_date_text(c->d->clock.fixed, date);
	civil_date_text(c->d->clock.fixed + 86400, next_date);
}

static inline json_t *item_of(struct unit_case *c, const char *name)
{
	json_t *day = NULL, *item, *found = NULL;
	size_t i;
	struct staff who = c->d->actor;
	as(c, "mg1");
	site_is(OK, day_show(c->d, date, &day, &c->e), &c->e);
	json_array_foreach(json_object_get(day, "checklist"), i, item)
		if (strcmp(json_text(item, "item"), name) == 0)
			found = json_incref(item);
	json_decref(day);
	c->d->actor = who;
	assert_non_null(found);
	return found;
}

static inline void item_is(struct unit_case *c, const char *name, const char *state)
{
	json_t *item = item_of(c, name);
	if (strcmp(json_text(item, "state"), state) != 0)
		fail_msg("%s is %s: %s", name, json_text(item, "state"), json_text(item, "detail"));
	assert_true(strcmp(state, "open") != 0 || !json_flag(item, "blocks") || *json_text(item, "mend"));
	json_decref(item);
}

#endif
