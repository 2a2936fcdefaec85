/* How long what is kept, laid down by headquarters and kept to by a site, whose own table headquarters judges its purges by. */
#include "custody_case.h"
#include "base/file.h"
#include "desk/admin.h"
#include "hub/publish.h"
#include "hub/verify.h"
#include "rules/retention.h"

enum { DAY = 86400 };
#define KEPT(years) "kind,years,zh,en\norder," years ",订单,orders\ncopy,5,副本,copies\ncustomer,5,客户,customers\nstatement,5,对账单,statements\n" \
	"identity,5,核验,checks\nmessage,5,短信,messages\n"

static json_t *out;

static enum err lay(struct hub_case *c, const char *text)
{
	char path[120], word[160];
	snprintf(path, sizeof path, "%s/retention.csv", c->root);
	site_is(OK, file_write(path, 0600, text, strlen(text), &c->e), &c->e);
	snprintf(word, sizeof word, "retention=%s", path);
	const struct publish_parts p = {.tables = {word}, .table_count = 1, .from = "2020-01-01"};
	json_decref(out);
	out = NULL;
	c->e = (struct error){0};
	return publish(hub, &p, &out, &c->e);
}

static void years(struct hub_case *c, int of_hub, int of_site)
{
	int64_t now = clock_now(&CLOCK_SYSTEM);
	hub->clock.fixed = now + (int64_t)(of_hub * 366) * DAY + 2 * DAY;
	c->d[COUNTER]->clock.fixed = now + (int64_t)(of_site * 366) * DAY + 2 * DAY;
}

static int64_t tick(struct hub_case *c)
{
	json_t *done = NULL;
	site_is(OK, tick_run(c->d[COUNTER], &done, &c->e), &c->e);
	int64_t n = json_number(done, "expired");
	json_decref(done);
	return n;
}

static void cancelled(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	site_is(OK, order_cancel(c->d[COUNTER], c->no, &c->e), &c->e);
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	nothing_refused();
}

static void a_published_table_is_kept_to(void **state)
{
	struct hub_case *c = *state;
	struct hub_report report;
	site_at(c, COUNTER);
	site_is(OK, lay(c, KEPT("7")), &c->e);
	cancelled(c);
	years(c, 5, 5);
	assert_int_equal(0, tick(c));
	years(c, 7, 7);
	assert_int_equal(1, tick(c));
	SYNC(c, COUNTER);
	nothing_refused();
	site_is(OK, hub_verify_all(hub, &report, NULL, NULL, &c->e), &c->e);
}

static void headquarters_knows_how_long_a_site_has_to_keep_it(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_is(OK, lay(c, KEPT("7")), &c->e);
	cancelled(c);
	years(c, 5, 7); /* five would do without the table; the site's clock says seven */
	assert_int_equal(1, tick(c));
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PURGE");
}

/* To the second of the site's clock, against headquarters' own, which says something else. */
static void purged_at(struct hub_case *c, int64_t of_site, int64_t of_hub, size_t wanted)
{
	int64_t seven;
	struct desk *d = site_at(c, COUNTER);
	site_is(OK, lay(c, KEPT("7")), &c->e);
	cancelled(c);
	struct civil end = civil_from_utc(desk_now(d));
	end.year += 7;
	seven = civil_to_utc(end) + 2;
	d->clock.fixed = seven + of_site;
	hub->clock.fixed = seven + of_hub;
	assert_int_equal((int64_t)wanted, tick(c));
}

static void a_legal_purge_is_taken_whatever_the_clocks_say_within_minutes(void **state)
{
	struct hub_case *c = *state;
	purged_at(c, 60, -8 * 60, 1); /* the site is nine minutes ahead */
	SYNC(c, COUNTER);
	nothing_refused();
}

static void a_legal_purge_is_taken_by_a_clock_that_is_ahead(void **state)
{
	struct hub_case *c = *state;
	purged_at(c, 60, 15 * 60, 1);
	SYNC(c, COUNTER);
	nothing_refused();
}

static void a_purge_that_is_an_hour_early_is_refused(void **state)
{
	struct hub_case *c = *state;
	purged_at(c, 60, -3600, 1);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PURGE");
}

/* A longer time that began since is nothing to what was purged before it; headquarters hears of both later. */
static void a_purge_is_judged_by_the_table_of_its_own_time(void **state)
{
	struct hub_case *c = *state;
	struct desk *d = site_at(c, COUNTER);
	json_t *imported = NULL;
	char path[120], today[11];
	purged_at(c, 60, 60, 1);
	snprintf(path, sizeof path, "%s/longer.csv", c->root);
	static const char longer[] = KEPT("20");
	site_is(OK, file_write(path, 0600, longer, strlen(longer), &c->e), &c->e);
	d->clock.fixed += 60;
	civil_date_text(desk_now(d), today);
	site_as(&c->site[COUNTER], d, "mg1");
	site_is(OK, table_import(d, "retention", path, today, &imported, &c->e), &c->e);
	json_decref(imported);
	hub->clock.fixed += 3 * DAY;
	SYNC(c, COUNTER);
	nothing_refused();
}

static void a_table_without_every_kind_is_not_published(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	assert_int_not_equal(OK, lay(c, "kind,years,zh,en\norder,10,订单,orders\n"));
	assert_non_null(strstr(c->e.detail, "statement"));
}

static void less_than_five_years_is_not_published(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	enum err r = lay(c, KEPT("4"));
	assert_int_not_equal(OK, r);
	assert_non_null(strstr(c->e.detail, ":2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_published_table_is_kept_to), HUB_TEST(headquarters_knows_how_long_a_site_has_to_keep_it),
		HUB_TEST(a_legal_purge_is_taken_whatever_the_clocks_say_within_minutes), HUB_TEST(a_legal_purge_is_taken_by_a_clock_that_is_ahead),
		HUB_TEST(a_purge_that_is_an_hour_early_is_refused), HUB_TEST(a_purge_is_judged_by_the_table_of_its_own_time),
		HUB_TEST(a_table_without_every_kind_is_not_published),
		HUB_TEST(less_than_five_years_is_not_published),
	};
	int failed = cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
	json_decref(out);
	return failed;
}
