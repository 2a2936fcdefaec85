/* Staff's keys at headquarters: an administrator's word alone, and no part of what travels. */
#include "custody_case.h"
#include "desk/staffkey.h"

static void enrolled(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	site_is(OK, staff_key(c->d[COUNTER], "op1", "90000001", &c->e), &c->e);
	SYNC(c, COUNTER);
	nothing_refused();
}

static void a_staff_key_stays_at_home(void **state)
{
	struct hub_case *c = *state;
	bool is = true;
	enrolled(c);
	away(c); /* op1 keyed it in, and comes along by name */
	site_is(OK, staff_key_owner(c->d[REVIEW], "90000001", NULL, &is, &c->e), &c->e);
	assert_false(is);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	site_is(OK, staff_key_owner(c->d[COUNTER], "90000001", NULL, &is, &c->e), &c->e);
	assert_true(is);
	nothing_refused();
}

static void only_an_administrator_enrols_a_key(void **state)
{
	struct hub_case *c = *state;
	int64_t changed = 0;
	enrolled(c);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_STAFF_SET_KEY, &changed, &c->e, "tt", "op1", "10000001"), &c->e);
	rogue_commit(c, COUNTER, "staff.passwd", "op1", "op1", NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "STAFF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {HUB_TEST(a_staff_key_stays_at_home), HUB_TEST(only_an_administrator_enrols_a_key)};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
