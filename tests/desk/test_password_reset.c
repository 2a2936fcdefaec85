/* Who sets an administrator's or a manager's password can act as them: two persons, as for granting. */
#include "case.h"

static struct secret word;

static void as_admin(struct unit_case *c)
{
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
}

static void add(struct unit_case *c, const char *login, const char *roles, const char *second)
{
	if (second)
		EXPECT(OK, staff_second(c->d, second, &word, &c->e));
	EXPECT(OK, staff_add(c->d, login, login, roles, &word, &c->e));
}

/* Set by root1, with `second` where not NULL. */
static enum err reset(struct unit_case *c, const char *login, const char *second)
{
	c->e = (struct error){0};
	if (second)
		EXPECT(OK, staff_second(c->d, second, &word, &c->e));
	enum err r = staff_password(c->d, login, &word, &c->e);
	c->d->second = (struct staff){0};
	return r;
}

static bool alone(struct unit_case *c, const char *login)
{
	json_t *entries = NULL, *entry = NULL;
	site_is(OK, store_rows(c->d->store, SQL_JOURNAL_OF_SUBJECT, &entries, &c->e, "t", login), &c->e);
	const char *text = json_text(json_array_get(entries, json_array_size(entries) - 1), "entry");
	assert_int_equal(json_parse(text, strlen(text), &entry, NULL), OK);
	assert_string_equal(json_text(entry, "action"), "staff.passwd");
	bool is = json_is_true(json_object_get(json_object_get(entry, "facts"), "alone"));
	assert_int_equal(is, !*json_text(entry, "second"));
	json_decref(entry);
	json_decref(entries);
	return is;
}

static void test_the_only_administrator_acts_alone_and_the_journal_says_so(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	site_is(OK, reset(c, "mg1", NULL), &c->e);
	assert_true(alone(c, "mg1"));
}

static void test_an_administrators_password_needs_a_second_administrator(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	add(c, "root3", "admin", "root2");
	assert_int_equal(reset(c, "root2", NULL), ERR_DESK_TWO_PERSONS);
	assert_int_equal(reset(c, "root2", "mg1"), ERR_DESK_TWO_PERSONS); /* there is a third administrator */
	site_is(OK, reset(c, "root2", "root3"), &c->e);
	assert_false(alone(c, "root2"));
}

static void test_a_managers_password_needs_a_second_administrator(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	assert_int_equal(reset(c, "mg1", NULL), ERR_DESK_TWO_PERSONS);
	assert_int_equal(reset(c, "mg1", "rv1"), ERR_DESK_TWO_PERSONS);
	site_is(OK, reset(c, "mg1", "root2"), &c->e);
	assert_false(alone(c, "mg1"));
	site_is(OK, reset(c, "op1", NULL), &c->e); /* an operator's doesn't */
}

static void test_where_the_other_administrator_cannot_log_in_a_manager_is_the_second(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	assert_int_equal(reset(c, "root2", NULL), ERR_DESK_TWO_PERSONS);
	site_is(OK, reset(c, "root2", "mg1"), &c->e);
	EXPECT(OK, staff_disable(c->d, "mg1", &c->e));
	later(c, 7 * 86400);
	site_is(OK, reset(c, "root2", NULL), &c->e); /* there is nobody left to ask */
	assert_true(alone(c, "root2"));
}

static void test_who_was_disabled_by_one_person_still_counts_for_seven_days(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	EXPECT(OK, staff_disable(c->d, "mg1", &c->e));
	assert_int_equal(reset(c, "root2", NULL), ERR_DESK_TWO_LATELY);
	later(c, 7 * 86400 - 1);
	assert_int_equal(reset(c, "root2", NULL), ERR_DESK_TWO_LATELY);
	later(c, 1);
	site_is(OK, reset(c, "root2", NULL), &c->e);
}

/* The same of roles: whoever disables the other administrator isn't the only one for it. */
static void test_disabling_the_other_administrator_grants_nothing_alone(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	EXPECT(OK, staff_disable(c->d, "root2", &c->e));
	EXPECT(ERR_DESK_TWO_LATELY, staff_roles(c->d, "op1", "operator,manager", &c->e));
	EXPECT(ERR_DESK_TWO_LATELY, staff_add(c->d, "root3", "第三人", "admin", &word, &c->e));
	later(c, 7 * 86400);
	EXPECT(OK, staff_roles(c->d, "op1", "operator,manager", &c->e)); /* one lost person locks nobody out */
}

static void test_whom_two_persons_disabled_counts_no_longer(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	EXPECT(OK, staff_second(c->d, "op1", &word, &c->e)); /* an operator is no second here */
	EXPECT(OK, staff_disable(c->d, "root2", &c->e));
	EXPECT(ERR_DESK_TWO_LATELY, staff_roles(c->d, "op1", "operator,manager", &c->e));
	later(c, 7 * 86400);
	add(c, "root3", "admin", NULL);
	EXPECT(OK, staff_second(c->d, "mg1", &word, &c->e));
	EXPECT(OK, staff_disable(c->d, "root3", &c->e));
	EXPECT(OK, staff_roles(c->d, "op1", "operator,manager", &c->e));
}

static void test_disabling_first_is_no_way_round_it(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	EXPECT(OK, staff_disable(c->d, "root2", &c->e));
	assert_int_equal(reset(c, "root2", NULL), ERR_DESK_TWO_PERSONS);
	site_is(OK, reset(c, "root2", "mg1"), &c->e);
}

static void test_ones_own_password_is_ones_own(void **state)
{
	struct unit_case *c = *state;
	as_admin(c);
	add(c, "root2", "admin", NULL);
	EXPECT(OK, staff_own_password(c->d, &word, &word, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, staff_own_password(c->d, &word, &word, &c->e));
	assert_int_equal(reset(c, "op1", NULL), ERR_DESK_FORBIDDEN);
}

/* A screen left open, or a session, is not enough; and it can't be guessed at. */
static void test_ones_own_password_needs_the_old_one(void **state)
{
	struct unit_case *c = *state;
	struct secret wrong = {0}, fresh = {0};
	secret_set(&wrong, "not the one", 11);
	secret_set(&fresh, "New-Horse-77!", 13);
	as_admin(c);
	assert_int_equal(reset(c, "root1", NULL), ERR_DESK_PASSWORD_OLD);
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_DESK_PASSWORD_WEAK, staff_own_password(c->d, &word, &(struct secret){0}, &c->e));
	for (int i = 0; i < 4; i++)
		EXPECT(ERR_DESK_PASSWORD_OLD, staff_own_password(c->d, &wrong, &fresh, &c->e));
	EXPECT(OK, staff_own_password(c->d, &word, &fresh, &c->e));
	EXPECT(OK, staff_login(c->d, "op1", &fresh, &c->e));
	for (int i = 0; i < 5; i++)
		EXPECT(i < 4 ? ERR_DESK_PASSWORD_OLD : ERR_DESK_LOCKED, staff_own_password(c->d, &wrong, &word, &c->e));
	EXPECT(ERR_DESK_LOCKED, staff_own_password(c->d, &fresh, &word, &c->e));
}

static size_t wrong_tries(struct unit_case *c)
{
	json_t *entries = NULL, *row;
	size_t count = 0, i;
	site_is(OK, store_rows(c->d->store, SQL_JOURNAL_OF_SUBJECT, &entries, &c->e, "t", "op1"), &c->e);
	json_array_foreach(entries, i, row)
		count += strstr(json_text(row, "entry"), "login.failed") != NULL;
	json_decref(entries);
	return count;
}

/* Judged before the new one is asked for, and with it once more: a wrong one counts once, a right one not at all. */
static void test_ones_old_password_is_judged_as_soon_as_it_is_there(void **state)
{
	struct unit_case *c = *state;
	struct secret wrong = {0}, fresh = {0};
	secret_set(&wrong, "not the one", 11);
	secret_set(&fresh, "New-Horse-77!", 13);
	staff_logout(c->d);
	EXPECT(ERR_DESK_LOGIN, staff_own_check(c->d, &wrong, &c->e));
	as_admin(c);
	site_as(&c->site, c->d, "op1");
	for (size_t i = 1; i <= 4; i++) {
		EXPECT(ERR_DESK_PASSWORD_OLD, staff_own_check(c->d, &wrong, &c->e));
		assert_int_equal(wrong_tries(c), i);
	}
	EXPECT(OK, staff_own_check(c->d, &word, &c->e));
	EXPECT(OK, staff_own_password(c->d, &word, &fresh, &c->e));
	assert_int_equal(wrong_tries(c), 4);
	for (int i = 0; i < 5; i++)
		EXPECT(i < 4 ? ERR_DESK_PASSWORD_OLD : ERR_DESK_LOCKED, staff_own_check(c->d, &word, &c->e));
	EXPECT(ERR_DESK_LOCKED, staff_own_check(c->d, &fresh, &c->e));
	assert_int_equal(wrong_tries(c), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_only_administrator_acts_alone_and_the_journal_says_so),
		CASE(test_an_administrators_password_needs_a_second_administrator),
		CASE(test_a_managers_password_needs_a_second_administrator),
		CASE(test_where_the_other_administrator_cannot_log_in_a_manager_is_the_second),
		CASE(test_who_was_disabled_by_one_person_still_counts_for_seven_days),
		CASE(test_disabling_the_other_administrator_grants_nothing_alone), CASE(test_whom_two_persons_disabled_counts_no_longer),
		CASE(test_disabling_first_is_no_way_round_it), CASE(test_ones_own_password_is_ones_own), CASE(test_ones_own_password_needs_the_old_one),
		CASE(test_ones_old_password_is_judged_as_soon_as_it_is_there),
	};
	return RUN(tests);
}
