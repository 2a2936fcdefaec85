/* Granting and the passwords of those who rule, at headquarters: by two persons once there are two administrators. */
#include "custody_case.h"
#include "desk/staff.h"

static struct secret word;

static void admins(struct hub_case *c)
{
	struct desk *d = site_at(c, COUNTER);
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[COUNTER], d, "root1");
	site_is(OK, staff_add(d, "root2", "管理二", "admin", &word, &c->e), &c->e);
}

static void two(struct hub_case *c)
{
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	site_is(OK, staff_second(c->d[COUNTER], "root2", &word, &c->e), &c->e);
}

static void rogue(struct hub_case *c, enum sql q, const char *action, const char *login, const char *value)
{
	int64_t changed = 0;
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	site_is(OK, store_run(c->d[COUNTER]->store, q, &changed, &c->e, "tt", login, value), &c->e);
	assert_int_equal(1, changed);
	rogue_commit(c, COUNTER, action, "root1", login, NULL);
	SYNC(c, COUNTER);
}

static void what_two_persons_do_is_accepted(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	struct desk *d = c->d[COUNTER];
	two(c);
	site_is(OK, staff_password(d, "mg1", &word, &c->e), &c->e);
	two(c);
	site_is(OK, staff_roles(d, "rv1", "reviewer,issuer", &c->e), &c->e);
	two(c);
	site_is(OK, staff_add(d, "op8", "新来的", "operator", &word, &c->e), &c->e);
	site_is(OK, staff_password(d, "op1", &word, &c->e), &c->e);  /* an operator's, alone */
	site_is(OK, staff_own_password(d, &word, &word, &c->e), &c->e); /* one's own */
	SYNC(c, COUNTER);
	nothing_refused();
	assert_false(alarmed(COUNTER, "second", ""));
}

static void a_managers_password_by_one_administrator_is_refused(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	rogue(c, SQL_STAFF_SET_PASSWORD, "staff.passwd", "mg1", "scrypt:15:8:1:00:00");
	REFUSED(COUNTER, "STAFF");
}

static void roles_by_one_of_two_administrators_are_refused(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	rogue(c, SQL_STAFF_SET_ROLES, "staff.roles", "op1", "manager");
	REFUSED(COUNTER, "STAFF");
}

/* --- who disabled the other one ------------------------------------------------------------------------------------ */

static void root2_is_disabled(struct hub_case *c, const char *second)
{
	admins(c);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	if (second)
		site_is(OK, staff_second(c->d[COUNTER], second, &word, &c->e), &c->e);
	site_is(OK, staff_disable(c->d[COUNTER], "root2", &c->e), &c->e);
	SYNC(c, COUNTER);
	nothing_refused();
}

static void later(struct hub_case *c, int64_t site, int64_t headquarters)
{
	int64_t now = clock_now(&CLOCK_SYSTEM);
	c->d[COUNTER]->clock.fixed = now + site;
	hub->clock.fixed = now + headquarters;
}

static void grants_alone(struct hub_case *c)
{
	rogue(c, SQL_STAFF_SET_ROLES, "staff.roles", "op1", "manager");
}

enum { WEEK = 7 * 86400 };

static void whom_one_administrator_disabled_counts_for_seven_days(void **state)
{
	struct hub_case *c = *state;
	root2_is_disabled(c, NULL);
	grants_alone(c);
	REFUSED(COUNTER, "STAFF");
	later(c, WEEK - 600, WEEK - 600);
	grants_alone(c);
	assert_int_equal(2, refused_at(COUNTER));
	later(c, WEEK + 600, WEEK + 600);
	grants_alone(c);
	assert_int_equal(2, refused_at(COUNTER));
}

static void a_clock_that_the_site_sets_ahead_ends_no_week(void **state)
{
	struct hub_case *c = *state;
	root2_is_disabled(c, NULL);
	later(c, 2 * WEEK, 0);
	grants_alone(c);
	REFUSED(COUNTER, "STAFF");
}

static void whom_two_persons_disabled_counts_no_more(void **state)
{
	struct hub_case *c = *state;
	root2_is_disabled(c, "mg1");
	grants_alone(c);
	nothing_refused();
}

static void whom_the_disabled_one_agreed_to_be_counts(void **state)
{
	struct hub_case *c = *state;
	root2_is_disabled(c, "root2");
	grants_alone(c);
	REFUSED(COUNTER, "STAFF");
}

/* --- who the second one is --------------------------------------------------------------------------------------------- */

static void by_two(struct hub_case *c, enum sql q, const char *action, const char *first, const char *with, const char *login, const char *value)
{
	int64_t changed = 0;
	char actor[80], second[80];
	struct desk *d = c->d[COUNTER];
	snprintf(actor, sizeof actor, "%s/%s", codes[COUNTER], first);
	snprintf(second, sizeof second, "%s/%s", codes[COUNTER], with);
	struct step step = {.action = action, .subject = login, .site = codes[COUNTER], .station = "1", .actor = actor, .second = second,
	                    .program = "certdesk", .now = desk_now(d)};
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, q, &changed, &c->e, "tt", login, value), &c->e);
	assert_int_equal(1, changed);
	site_is(OK, store_commit(d->store, &step, &c->e), &c->e);
	SYNC(c, COUNTER);
}

static void with_second(struct hub_case *c, const char *login)
{
	by_two(c, SQL_STAFF_SET_ROLES, "staff.roles", "root1", login, "op1", "manager");
}

static void an_operator_is_no_second_administrator(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	with_second(c, "op1");
	REFUSED(COUNTER, "STAFF");
}

static void nobody_is_their_own_second(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	with_second(c, "root1");
	REFUSED(COUNTER, "ACTOR");
}

/* As a site writes whose program doesn't ask yet what the first may do without the second. */
static void an_operator_with_an_administrator_is_told_of(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	by_two(c, SQL_STAFF_SET_ROLES, "staff.roles", "op1", "root1", "rv1", "manager");
	nothing_refused();
	assert_true(alarmed(COUNTER, "second", "rv1: "));
}

static void so_it_is_of_a_managers_password(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	by_two(c, SQL_STAFF_SET_PASSWORD, "staff.passwd", "op1", "root1", "mg1", "scrypt:15:8:1:00:00");
	nothing_refused();
	assert_true(alarmed(COUNTER, "second", "mg1: "));
}

static void a_manager_with_an_administrator_are_two_for_a_password(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	by_two(c, SQL_STAFF_SET_PASSWORD, "staff.passwd", "mg1", "root1", "root2", "scrypt:15:8:1:00:00");
	nothing_refused();
	assert_false(alarmed(COUNTER, "second", ""));
}

static void the_only_administrator_beside_an_operator_is_enough(void **state)
{
	struct hub_case *c = *state;
	struct desk *d = site_at(c, COUNTER);
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, staff_second(d, "root1", &word, &c->e), &c->e);
	site_is(OK, staff_roles(d, "rv1", "reviewer,issuer", &c->e), &c->e);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_false(alarmed(COUNTER, "second", ""));
}

static void whom_an_operator_disabled_with_the_other_one_counts(void **state)
{
	struct hub_case *c = *state;
	admins(c);
	struct desk *d = c->d[COUNTER];
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, staff_second(d, "root1", &word, &c->e), &c->e);
	site_is(OK, staff_disable(d, "root2", &c->e), &c->e);
	SYNC(c, COUNTER);
	nothing_refused();
	grants_alone(c);
	REFUSED(COUNTER, "STAFF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(what_two_persons_do_is_accepted), HUB_TEST(a_managers_password_by_one_administrator_is_refused),
		HUB_TEST(roles_by_one_of_two_administrators_are_refused), HUB_TEST(whom_one_administrator_disabled_counts_for_seven_days),
		HUB_TEST(a_clock_that_the_site_sets_ahead_ends_no_week), HUB_TEST(whom_two_persons_disabled_counts_no_more),
		HUB_TEST(whom_the_disabled_one_agreed_to_be_counts), HUB_TEST(an_operator_is_no_second_administrator), HUB_TEST(nobody_is_their_own_second),
		HUB_TEST(an_operator_with_an_administrator_is_told_of), HUB_TEST(so_it_is_of_a_managers_password),
		HUB_TEST(a_manager_with_an_administrator_are_two_for_a_password), HUB_TEST(the_only_administrator_beside_an_operator_is_enough),
		HUB_TEST(whom_an_operator_disabled_with_the_other_one_counts),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
