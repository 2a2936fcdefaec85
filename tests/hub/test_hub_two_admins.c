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
	site_is(OK, staff_password(d, "root1", &word, &c->e), &c->e); /* one's own */
	SYNC(c, COUNTER);
	nothing_refused();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(what_two_persons_do_is_accepted), HUB_TEST(a_managers_password_by_one_administrator_is_refused),
		HUB_TEST(roles_by_one_of_two_administrators_are_refused),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
