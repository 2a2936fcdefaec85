/* Staff: what a change of rights does to those at work, and what the journal says of logins. */
#include "case.h"

static void by_admin(struct unit_case *c, const char *login, const char *roles)
{
	struct staff actor = c->d->actor;
	site_as(&c->site, c->d, "root1");
	if (roles)
		EXPECT(OK, staff_roles(c->d, login, roles, &c->e));
	else
		EXPECT(OK, staff_disable(c->d, login, &c->e));
	c->d->actor = actor;
}

static void test_who_is_disabled_stops_at_once(void **state)
{
	struct unit_case *c = *state;
	EXPECT(OK, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	by_admin(c, "op1", NULL);
	EXPECT(ERR_DESK_LOGIN, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	EXPECT(ERR_DESK_LOGIN, order_show(c->d, c->no, &out, &c->e));
}

static void test_a_role_taken_away_is_gone_at_once(void **state)
{
	struct unit_case *c = *state;
	by_admin(c, "op1", "reviewer");
	EXPECT(ERR_DESK_FORBIDDEN, draft_new(c->d, "new-unit", NULL, c->no, &c->e));
	EXPECT(OK, review_list(c->d, &out, &c->e));
}

static bool journalled(struct unit_case *c, const char *subject)
{
	json_t *entries = NULL;
	site_is(OK, store_rows(c->d->store, SQL_JOURNAL_OF_SUBJECT, &entries, &c->e, "t", subject), &c->e);
	bool found = json_array_size(entries) > 0;
	json_decref(entries);
	return found;
}

static void test_a_failed_login_is_journalled_without_what_was_no_name(void **state)
{
	struct unit_case *c = *state;
	struct secret wrong;
	secret_set(&wrong, "nothing-like-it", 15);
	EXPECT(ERR_DESK_PASSWORD, staff_login(c->d, SITE_PASSWORD, &wrong, &c->e)); /* one field too early */
	EXPECT(ERR_DESK_PASSWORD, staff_login(c->d, "op1", &wrong, &c->e));
	assert_false(journalled(c, SITE_PASSWORD));
	assert_true(journalled(c, "?"));
	assert_true(journalled(c, "op1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_who_is_disabled_stops_at_once), CASE(test_a_role_taken_away_is_gone_at_once),
		CASE(test_a_failed_login_is_journalled_without_what_was_no_name),
	};
	return RUN(tests);
}
