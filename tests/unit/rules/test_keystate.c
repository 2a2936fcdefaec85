/* The table of a key's states and moves, whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/lang.h"
#include "rules/keystate.h"

static void every_row_is_found_and_is_the_only_one(void **state)
{
	(void)state;
	const char *event, *from, *to, *other_event, *other_from, *other_to;
	size_t i = 0;
	for (; key_move_at(i, &event, &from, &to); i++) {
		assert_true(!*from || key_state_known(from));
		assert_true(key_state_known(to));
		assert_string_equal(key_event_to(event, from), to);
		assert_true(key_may_move(from, to));
		for (size_t j = 0; j < i && key_move_at(j, &other_event, &other_from, &other_to); j++)
			assert_false(strcmp(event, other_event) == 0 && strcmp(from, other_from) == 0);
	}
	assert_true(i > 40);
}

/* What no row allows is refused: all pairs of states, all events from all states. */
static void nothing_else_is_allowed(void **state)
{
	(void)state;
	const char *event, *from, *to, *e2, *f2, *t2;
	for (size_t a = 0; a <= key_state_count(); a++) {
		const char *x = a < key_state_count() ? key_state_at(a) : "";
		for (size_t b = 0; b < key_state_count(); b++) {
			bool row = false;
			for (size_t i = 0; key_move_at(i, &event, &from, &to); i++)
				row = row || (strcmp(from, x) == 0 && strcmp(to, key_state_at(b)) == 0);
			assert_int_equal(key_may_move(x, key_state_at(b)), row);
		}
		for (size_t i = 0; key_move_at(i, &event, &from, &to); i++) {
			bool row = false;
			for (size_t j = 0; key_move_at(j, &e2, &f2, &t2); j++)
				row = row || (strcmp(e2, event) == 0 && strcmp(f2, x) == 0);
			assert_int_equal(key_event_to(event, x) != NULL, row);
		}
	}
	assert_null(key_event_to("melt", "in-stock"));
	assert_null(key_event_to("spoil", "nowhere"));
	assert_false(key_may_move("nowhere", "in-stock"));
}

static void what_is_destroyed_stays_destroyed(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_state_count(); i++)
		assert_false(key_may_move("destroyed", key_state_at(i)));
}

static void a_blank_is_spoiled_before_it_is_destroyed(void **state)
{
	(void)state;
	assert_null(key_event_to("destroy", "in-stock"));
	assert_null(key_event_to("destroy", "made"));
	assert_string_equal(key_event_to("spoil", "in-stock"), "damaged");
	assert_string_equal(key_event_to("destroy", "damaged"), "destroyed");
}

/* An order's key is the order's: the stock moves it to another drawer and no further. */
static void the_stock_leaves_an_orders_key_alone(void **state)
{
	(void)state;
	static const char *const events[] = {"receive", "arrive", "send", "spoil", "lose", "find", "return", "destroy"};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		assert_null(key_event_to(events[i], "reserved"));
		assert_null(key_event_to(events[i], "made"));
	}
	assert_null(key_event_to("transfer", "reserved"));
	assert_string_equal(key_event_to("transfer", "made"), "made");
}

/* A key that is with its customer can be reported or collected, however it got there; what we hold or destroyed can't. */
static void a_customers_key_meets_its_fate(void **state)
{
	(void)state;
	static const char *const with_them[] = {"handed-over", "customer-owned", "made", "in-transit", "locked"};
	static const char *const with_us[] = {"in-stock", "reserved", "returned", "destroyed"};
	for (size_t i = 0; i < sizeof with_them / sizeof *with_them; i++) {
		assert_string_equal(key_event_to("report-lost", with_them[i]), "lost");
		assert_string_equal(key_event_to("report-damaged", with_them[i]), "damaged");
		assert_string_equal(key_event_to("collect", with_them[i]), "returned");
	}
	for (size_t i = 0; i < sizeof with_us / sizeof *with_us; i++) {
		assert_null(key_event_to("report-lost", with_us[i]));
		assert_null(key_event_to("report-damaged", with_us[i]));
		assert_null(key_event_to("collect", with_us[i]));
	}
	assert_string_equal(key_event_to("collect", "lost"), "returned");
	assert_string_equal(key_event_to("resume", "lost"), "handed-over");
}

static void only_stock_is_reserved(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_state_count(); i++)
		assert_int_equal(key_event_to("reserve", key_state_at(i)) != NULL, strcmp(key_state_at(i), "in-stock") == 0);
	assert_null(key_event_to("reserve", ""));
	assert_false(key_may_move("in-stock", "made"));
}

static void what_lies_in_a_drawer(void **state)
{
	(void)state;
	static const char *const in[] = {"in-stock", "reserved", "made", "returned"};
	size_t count = 0;
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		assert_true(key_in_drawer(in[i]));
	for (size_t i = 0; i < key_state_count(); i++)
		count += key_in_drawer(key_state_at(i));
	assert_int_equal(count, sizeof in / sizeof *in);
	assert_false(key_in_drawer(""));
}

static void states_have_titles_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_state_count(); i++) {
		lang_set(LANG_ZH);
		assert_true((unsigned char)key_state_title(key_state_at(i))[0] > 0x7F);
		lang_set(LANG_EN);
		assert_true((unsigned char)key_state_title(key_state_at(i))[0] < 0x7F);
	}
	assert_null(key_state_at(key_state_count()));
	assert_string_equal(key_state_title("unheard"), "unheard");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_and_is_the_only_one),
		cmocka_unit_test(nothing_else_is_allowed),
		cmocka_unit_test(what_is_destroyed_stays_destroyed),
		cmocka_unit_test(a_blank_is_spoiled_before_it_is_destroyed),
		cmocka_unit_test(the_stock_leaves_an_orders_key_alone),
		cmocka_unit_test(a_customers_key_meets_its_fate),
		cmocka_unit_test(only_stock_is_reserved),
		cmocka_unit_test(what_lies_in_a_drawer),
		cmocka_unit_test(states_have_titles_in_both_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
