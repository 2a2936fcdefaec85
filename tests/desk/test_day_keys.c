/* The day's end: the keys, counted where some moved. */
#include "dayend.h"
#include "desk/keys.h"
#include "desk/stock.h"

static void move_a_key(struct unit_case *c)
{
	struct staff who = c->d->actor;
	as(c, "is1");
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, key_move(c->d, "10000002", "damaged", 0, "", NULL, &c->e), &c->e);
	site_is(OK, desk_commit(c->d, MAY_KEY_STOCK, NULL, "10000002", NULL, NULL, &c->e), &c->e);
	c->d->actor = who;
}

/* A count by whoever has the stock, of the serials; a difference's reason or NULL. */
static void count_keys(struct unit_case *c, const char *const *serials, size_t n, const char *why)
{
	struct staff who = c->d->actor;
	as(c, "is1");
	EXPECT(OK, stock_count(c->d, &(struct key_source){.serials = serials, .count = n}, NULL, why, &out, &c->e));
	c->d->actor = who;
}

static void keys_say(struct unit_case *c, int64_t expected, int64_t counted, int64_t difference, const char *drawer)
{
	json_t *item = item_of(c, "keys");
	assert_true(json_flag(item, "count"));
	assert_false(json_flag(item, "confirm"));
	assert_int_equal(json_number(item, "expected"), expected);
	assert_int_equal(json_number(item, "counted"), counted);
	assert_int_equal(json_number(item, "difference"), difference);
	assert_string_equal(json_text(item, "drawer"), drawer);
	json_decref(item);
}

static const char *const nine[] = {"10000001", "10000003", "10000004", "10000005", "10000006", "10000007", "10000008", "10000009"};

static void test_keys_are_counted_or_waived_on_a_day_that_moved_some(void **state)
{
	struct unit_case *c = *state;
	later(c, 86400); /* the day after they were received */
	dates(c);
	item_is(c, "keys", "warn"); /* nothing moved: told to count, and no more */
	keys_say(c, SITE_STOCK + 1, 0, 0, "01");
	move_a_key(c);
	item_is(c, "keys", "open");
	as(c, "mg1");
	EXPECT(ERR_DAY_COUNTED, day_confirm(c->d, date, "keys", SITE_STOCK, NULL, &out, &c->e)); /* a figure is no count */
	item_is(c, "keys", "open");
	later(c, 60);
	count_keys(c, nine, SITE_STOCK, NULL); /* one of nine is damaged */
	item_is(c, "keys", "done");
	keys_say(c, SITE_STOCK, SITE_STOCK, 0, "");
	EXPECT(ERR_DAY_ITEM, day_waive(c->d, date, "cash", "不数了", &out, &c->e));
	EXPECT(ERR_DAY_ITEM, day_confirm(c->d, date, "shells", 1, NULL, &out, &c->e));
}

static void test_keys_that_moved_after_their_count_are_counted_again(void **state)
{
	struct unit_case *c = *state;
	later(c, 86400);
	dates(c);
	as(c, "mg1");
	count_keys(c, (const char *const[]){"10000001", "10000002", "10000003", "10000004", "10000005", "10000006", "10000007", "10000008",
	                                    "10000009"}, SITE_STOCK + 1, NULL);
	item_is(c, "keys", "done");
	later(c, 60);
	move_a_key(c);
	item_is(c, "keys", "open");
	later(c, 60);
	count_keys(c, nine, SITE_STOCK, NULL);
	item_is(c, "keys", "done");
}

static void test_a_difference_of_the_count_needs_its_reason(void **state)
{
	struct unit_case *c = *state;
	later(c, 86400);
	dates(c);
	as(c, "mg1");
	count_keys(c, nine, SITE_STOCK - 1, NULL);
	item_is(c, "keys", "open");
	keys_say(c, SITE_STOCK + 1, SITE_STOCK - 1, -2, "01");
	count_keys(c, nine, SITE_STOCK - 1, "两个在送修");
	item_is(c, "keys", "warn");
	count_keys(c, nine, SITE_STOCK - 1, NULL); /* the last count is the one that counts */
	item_is(c, "keys", "open");
	EXPECT(OK, day_waive(c->d, date, "keys", "月底统一盘点", &out, &c->e));
	item_is(c, "keys", "warn");
	keys_say(c, SITE_STOCK + 1, SITE_STOCK - 1, -2, "01");
}

/* A key too few and a key of nobody's book are two differences, not none. */
static void test_a_missing_key_is_not_hidden_by_one_too_many(void **state)
{
	struct unit_case *c = *state;
	later(c, 86400);
	dates(c);
	as(c, "mg1");
	count_keys(c, (const char *const[]){"10000001", "10000002", "10000003", "10000004", "10000005", "10000006", "10000007", "10000008",
	                                    "99999999"}, SITE_STOCK + 1, NULL);
	item_is(c, "keys", "open");
	json_t *item = item_of(c, "keys");
	assert_int_equal(json_number(item, "difference"), 0);
	assert_non_null(strstr(json_text(item, "detail"), "缺少 1，多出 1"));
	json_decref(item);
}

static void test_a_count_of_another_date_is_none(void **state)
{
	struct unit_case *c = *state;
	later(c, 86400);
	count_keys(c, nine, SITE_STOCK, "少一个");
	later(c, 86400);
	dates(c);
	move_a_key(c);
	item_is(c, "keys", "open");
	later(c, 86400); /* the date is over, and nothing can be counted for it any more */
	item_is(c, "keys", "open");
	json_t *item = item_of(c, "keys");
	assert_non_null(strstr(json_text(item, "mend"), "waive"));
	json_decref(item);
	as(c, "mg1");
	EXPECT(OK, day_waive(c->d, date, "keys", "当天忘了盘点", &out, &c->e));
	item_is(c, "keys", "warn");
}

static void test_a_figure_is_typed_only_where_there_is_no_stock(void **state)
{
	struct unit_case *c = *state;
	char command[300];
	dates(c);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE usb_key SET state = 'customer-owned'\"", c->site.dir);
	assert_int_equal(system(command), 0);
	item_is(c, "keys", "done");
	json_t *item = item_of(c, "keys");
	assert_true(json_flag(item, "confirm"));
	assert_false(json_flag(item, "count"));
	json_decref(item);
	as(c, "mg1");
	EXPECT(ERR_DESK_REASON, day_confirm(c->d, date, "keys", 3, NULL, &out, &c->e));
	EXPECT(OK, day_confirm(c->d, date, "keys", 0, NULL, &out, &c->e));
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE usb_key SET state = 'in-stock'\"", c->site.dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_keys_are_counted_or_waived_on_a_day_that_moved_some),
		CASE(test_keys_that_moved_after_their_count_are_counted_again),
		CASE(test_a_difference_of_the_count_needs_its_reason),
		CASE(test_a_missing_key_is_not_hidden_by_one_too_many),
		CASE(test_a_count_of_another_date_is_none),
		CASE(test_a_figure_is_typed_only_where_there_is_no_stock),
	};
	return RUN(tests);
}
