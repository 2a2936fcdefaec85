/* Who decides at a review site: where headquarters lays its staff down, those whom it laid down as reviewers, whatever the site's own
 * administrators say. */
#include "custody_case.h"
#include "desk/staff.h"
#include "hub/publish.h"

static enum err lay(struct hub_case *c, const char *csv, const char *site)
{
	char path[120];
	json_t *out = NULL;
	snprintf(path, sizeof path, "%s/staff.csv", c->root);
	site_is(OK, file_write(path, 0600, csv, strlen(csv), &c->e), &c->e);
	struct publish_parts p = {.staff = path, .sites = {site}, .site_count = site ? 1 : 0};
	enum err r = publish(hub, &p, &out, &c->e);
	json_decref(out);
	return r;
}

static const char ours[] = "login,name,roles,disabled\nrv1,审核,reviewer,0\n";

/* A reviewer by the word of the review site's administrator, properly journalled. */
static void ghost(struct hub_case *c, int i)
{
	struct secret password = {0};
	struct desk *d = site_at(c, i);
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[i], d, "root1");
	site_is(OK, staff_add(d, "ghost", "无此人", "reviewer", &password, &c->e), &c->e);
	secret_wipe(&password);
}

static void decided_by(struct hub_case *c, int i, const char *login)
{
	json_t *out = NULL;
	struct desk *d = site_at(c, i);
	struct secret password = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_is(OK, staff_login(d, login, &password, &c->e), &c->e);
	secret_wipe(&password);
	site_is(OK, review_claim(d, c->no, &out, &c->e), &c->e);
	json_decref(out);
	out = NULL;
	site_is(OK, review_approve(d, c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, i);
}

static void still_away(struct hub_case *c)
{
	assert_string_equal(codes[REVIEW], held_by(c->no));
	SYNC(c, COUNTER);
	assert_string_equal("in-review", status_at(c, COUNTER));
}

static void came_home_approved(struct hub_case *c)
{
	assert_string_equal(codes[COUNTER], held_by(c->no));
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
}

static void an_invented_login_approves_nothing(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, ours, codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	ghost(c, REVIEW);
	decided_by(c, REVIEW, "ghost");
	REFUSED(REVIEW, "REVIEWER_LAID");
	assert_true(alarmed(REVIEW, "refused", "ghost"));
	still_away(c);
}

static void who_was_laid_down_does(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, ours, codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	decided_by(c, REVIEW, "rv1");
	nothing_refused();
	came_home_approved(c);
}

/* Without such a publication the site is the only one that knows its people. */
static void where_headquarters_lays_no_reviewer_down_the_sites_word_counts(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, "login,name,roles,disabled\nop8,新来的,operator,0\n", NULL), &c->e);
	site_is(OK, lay(c, ours, codes[COUNTER]), &c->e); /* for another site */
	ghost(c, REVIEW);
	decided_by(c, REVIEW, "ghost");
	nothing_refused();
	came_home_approved(c);
}

/* Headquarters' word counts from when it is given, not from when the site chooses to take it. */
static void who_was_taken_off_approves_nothing_though_the_site_heard_of_no_such_thing(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, ours, NULL), &c->e); /* for every site */
	SYNC(c, REVIEW);
	site_is(OK, lay(c, "login,name,roles,disabled\nrv1,审核,reviewer,1\n", codes[REVIEW]), &c->e);
	decided_by(c, REVIEW, "rv1");
	REFUSED(REVIEW, "REVIEWER_LAID");
	still_away(c);
}

static void a_counters_own_review_is_its_own_affair(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_is(OK, lay(c, "login,name,roles,disabled\nrv8,别的审核,reviewer,0\n", NULL), &c->e);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	decided_by(c, COUNTER, "rv1");
	nothing_refused();
	assert_string_equal("approved", status_at(c, COUNTER));
}

/* Somebody who may decide does, and the order goes on from where headquarters has it. */
static void an_order_whose_decision_was_refused_is_decided_by_another(void **state)
{
	struct hub_case *c = *state;
	struct secret password = {0};
	json_t *out = NULL;
	away(c);
	site_is(OK, lay(c, ours, NULL), &c->e);
	SYNC(c, REVIEW);
	site_is(OK, lay(c, "login,name,roles,disabled\nrv1,审核,reviewer,1\nrv2,审核二,reviewer,0\n", codes[REVIEW]), &c->e);
	decided_by(c, REVIEW, "rv1"); /* who hasn't heard of it */
	REFUSED(REVIEW, "REVIEWER_LAID");
	SYNC(c, REVIEW);
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[REVIEW], c->d[REVIEW], "root1");
	site_is(OK, staff_password(c->d[REVIEW], "rv2", &password, &c->e), &c->e);
	site_is(OK, staff_login(c->d[REVIEW], "rv2", &password, &c->e), &c->e);
	site_is(OK, review_list(c->d[REVIEW], &out, &c->e), &c->e);
	assert_int_equal(1, json_array_size(out));
	assert_string_not_equal("", json_text(json_array_get(out, 0), "review_due_at"));
	json_decref(out);
	secret_wipe(&password);
	decided_by(c, REVIEW, "rv2");
	assert_int_equal(1, refused_at(REVIEW));
	came_home_approved(c);
}

/* A list for another review site says nothing of this one's people, but whom it names by number is that one's. */
static void a_reviewer_of_another_review_site_decides_nothing_here(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_at(c, REVIEW2);
	site_is(OK, lay(c, "login,name,roles,disabled,number\nrv1,李二,reviewer,0,R2001\n", codes[REVIEW2]), &c->e);
	numbered(c, REVIEW, "rv1", "R2001");
	named(c, REVIEW, "rv1", "李二");
	SYNC(c, REVIEW);
	decided_by(c, REVIEW, "rv1");
	REFUSED(REVIEW, "REVIEWER_LAID");
	still_away(c);
}

/* … and where nothing can be compared, that is told. */
static void a_review_site_without_a_list_beside_one_with_a_list_is_told_of(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_at(c, REVIEW2);
	site_is(OK, lay(c, ours, codes[REVIEW2]), &c->e);
	decided_by(c, REVIEW, "rv1");
	nothing_refused();
	assert_true(alarmed(REVIEW, "unlaid", "rv1"));
	came_home_approved(c);
}

/* A decision goes home under the name that headquarters gave its login, and under no other's. */
static void who_was_laid_down_decides_under_their_own_name(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, ours, codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	named(c, REVIEW, "rv1", "别人");
	SYNC(c, REVIEW);
	decided_by(c, REVIEW, "rv1");
	REFUSED(REVIEW, "REVIEWER_LAID");
	still_away(c);
}

static void under_their_own_staff_number_too(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, "login,name,roles,disabled,number\nrv1,审核,reviewer,0,N001\n", codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	numbered(c, REVIEW, "rv1", "N002");
	SYNC(c, REVIEW);
	decided_by(c, REVIEW, "rv1");
	REFUSED(REVIEW, "REVIEWER_LAID");
	still_away(c);
}

/* Whose number the site has taken away is still the one who keyed it in. */
static void headquarters_number_tells_who_keyed_it_in(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	numbered(c, COUNTER, "op1", "N001");
	away(c);
	site_is(OK, lay(c, "login,name,roles,disabled,number\nrv1,王受理,reviewer,0,N001\n", codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	numbered(c, REVIEW, "rv1", "");
	SYNC(c, REVIEW);
	decided_by(c, REVIEW, "rv1");
	REFUSED(REVIEW, "REVIEWER:");
	still_away(c);
}

/* One login by one publication for every site is one person, who keyed it in at the counter and reviews nothing of theirs. */
static void a_login_that_is_laid_down_everywhere_is_one_person(void **state)
{
	struct hub_case *c = *state;
	static const char both[] = "login,name,roles,disabled\nop1,两头忙,\"operator,reviewer\",0\n";
	paid_order(c);
	site_is(OK, lay(c, both, NULL), &c->e);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_string_equal(codes[REVIEW], held_by(c->no));
	decided_by(c, REVIEW, "op1");
	REFUSED(REVIEW, "REVIEWER:");
	still_away(c);
}

/* Whom headquarters laid down and nobody at the site ever gave a password. */
static void who_could_never_log_in_has_decided_nothing(void **state)
{
	struct hub_case *c = *state;
	int64_t id = 0;
	away(c);
	site_is(OK, lay(c, "login,name,roles,disabled\nrv2,审核二,reviewer,0\n", codes[REVIEW]), &c->e);
	SYNC(c, REVIEW);
	struct desk *d = c->d[REVIEW];
	site_is(OK, store_int(d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", "rv2"), &c->e);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_REVIEW_CLAIM_SET, NULL, &c->e, "iii", order_id(c, REVIEW, c->no), id, desk_now(d)), &c->e);
	rogue_commit(c, REVIEW, "review.claim", "rv2", c->no, NULL);
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "ACTOR");
	struct secret password = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site[REVIEW], d, "root1");
	site_is(OK, staff_password(d, "rv2", &password, &c->e), &c->e);
	secret_wipe(&password);
	decided_by(c, REVIEW, "rv2");
	assert_int_equal(1, refused_at(REVIEW));
	came_home_approved(c);
}

/* Publications from before headquarters kept the list count as well. */
static void what_was_laid_down_before_the_upgrade_counts(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, lay(c, ours, codes[REVIEW]), &c->e);
	site_is(OK, lay(c, "login,name,roles,disabled\nop8,新来的,operator,0\n", NULL), &c->e);
	assert_int_equal(0, hub_int(HUB_SQL_LAID_ANY, "t", codes[REVIEW])); /* made when it is first asked for */
	ghost(c, REVIEW);
	decided_by(c, REVIEW, "ghost");
	REFUSED(REVIEW, "REVIEWER_LAID");
	assert_int_equal(1, hub_int(HUB_SQL_LAID_ANY, "t", codes[REVIEW]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_invented_login_approves_nothing),
		HUB_TEST(who_was_laid_down_does),
		HUB_TEST(where_headquarters_lays_no_reviewer_down_the_sites_word_counts),
		HUB_TEST(who_was_taken_off_approves_nothing_though_the_site_heard_of_no_such_thing),
		HUB_TEST(a_counters_own_review_is_its_own_affair),
		HUB_TEST(an_order_whose_decision_was_refused_is_decided_by_another),
		HUB_TEST(a_reviewer_of_another_review_site_decides_nothing_here),
		HUB_TEST(a_review_site_without_a_list_beside_one_with_a_list_is_told_of),
		HUB_TEST(who_was_laid_down_decides_under_their_own_name),
		HUB_TEST(under_their_own_staff_number_too),
		HUB_TEST(headquarters_number_tells_who_keyed_it_in),
		HUB_TEST(a_login_that_is_laid_down_everywhere_is_one_person),
		HUB_TEST(who_could_never_log_in_has_decided_nothing),
		HUB_TEST(what_was_laid_down_before_the_upgrade_counts),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
