/* Shifts: opened by hand or by the first money, counted by denominations, handed over, closed; differences explained. */
#include "till.h"

static void test_a_shift_opens_by_itself_with_the_first_money(void **state)
{
	struct unit_case *c = *state;
	json_t *all = NULL;
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
	take(c, "cash", "R1");
	json_t *s = shift_now(c);
	assert_string_equal(json_text(s, "state"), "open");
	assert_string_equal(json_text(s, "login"), "op1");
	assert_true(json_is_null(json_object_get(s, "float")));
	assert_int_equal(json_number(s, "expected_cash"), 28000);
	json_decref(s);
}

static void test_a_voucher_opens_no_shift(void **state)
{
	struct unit_case *c = *state;
	json_t *all = NULL;
	take(c, "transfer", "V1");
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
}

static void test_a_float_is_part_of_what_is_expected(void **state)
{
	struct unit_case *c = *state;
	EXPECT(OK, till_open(c->d, 50000, &out, &c->e));
	EXPECT(ERR_TILL_OPEN, till_open(c->d, 50000, &out, &c->e));
	take(c, "cash", "R1");
	take(c, "pos", "P1");
	take(c, "cheque", "Q1");
	shift_has(c, "expected_cash", 78000);
	shift_has(c, "expected_pos", 28000);
	shift_has(c, "expected_cheques", 1);
}

static void test_a_shift_that_opened_by_itself_gets_its_float_once(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	EXPECT(OK, till_open(c->d, 20000, &out, &c->e));
	shift_has(c, "expected_cash", 48000);
	EXPECT(ERR_TILL_OPEN, till_open(c->d, 20000, &out, &c->e));
}

static void test_counting_is_by_denominations(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,5x1,1x4,0.5x1,0.1x5", 0, 0, &out));
	shift_has(c, "cash", 28000);
	shift_has(c, "difference_cash", 0);
	EXPECT(OK, count_at(c, HERE, "１００Ｘ２ 50*1", 0, 0, &out));
	shift_has(c, "cash", 25000);
	shift_has(c, "difference_cash", -3000);
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "2x1", 0, 0, &out));
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "100x-2", 0, 0, &out));
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "100x1,100x2", 0, 0, &out));
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "100", 0, 0, &out));
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "", 0, 0, &out));
	EXPECT(ERR_TILL_PIECES, count_at(c, HERE, "100x999999999", 0, 0, &out));
	shift_has(c, "cash", 25000); /* what was refused counted nothing */
	EXPECT(OK, count_at(c, HERE, "0", 0, 0, &out));
	shift_has(c, "difference_cash", -28000);
}

static void test_closing_needs_a_count_after_the_last_money(void **state)
{
	struct unit_case *c = *state;
	EXPECT(ERR_TILL_NONE, till_close(c->d, HERE, NULL, &out, &c->e));
	take(c, "cash", "R1");
	EXPECT(ERR_TILL_UNCOUNTED, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	shift_is(c, "counted");
	take(c, "pos", "P1");
	shift_is(c, "open");
	EXPECT(ERR_TILL_UNCOUNTED, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 28000, 0, &out));
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
	shift_is(c, "closed");
	EXPECT(ERR_TILL_NONE, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(ERR_TILL_NONE, count_at(c, HERE, "0", 0, 0, &out));
}

/* One payment voided and another of the same amount taken leave the sums alone; the count is out of date all the same. */
static void test_a_count_is_out_of_date_whatever_the_sums_say(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	as(c, "mg1");
	EXPECT(OK, pay_void(c->d, c->no, "R1", "输错", &out, &c->e));
	as(c, "op1");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R2", number_of(c, "due"), &out, &c->e));
	shift_has(c, "expected_cash", 28000);
	EXPECT(ERR_TILL_UNCOUNTED, till_close(c->d, HERE, NULL, &out, &c->e));
}

static void test_a_difference_needs_an_explanation(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1", 0, 0, &out));
	EXPECT(ERR_TILL_EXPLAIN, till_close(c->d, HERE, NULL, &out, &c->e));
	assert_non_null(strstr(c->e.detail, "-10.00"));
	static const char *const unsaid[] = {" ", "\u3000\u3000", "\u200b", "\u00ad \u2060"};
	for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
		EXPECT(ERR_TILL_EXPLAIN, till_close(c->d, HERE, unsaid[i], &out, &c->e));
	EXPECT(OK, till_close(c->d, HERE, "找零多给 10 元", &out, &c->e));
	json_t *s = shift_now(c);
	assert_int_equal(json_number(s, "difference_cash"), -1000);
	assert_string_equal(json_text(s, "explanation"), "找零多给 10 元");
	json_decref(s);
}

static void test_slips_and_cheques_differ_too(void **state)
{
	struct unit_case *c = *state;
	take(c, "pos", "P1");
	take(c, "cheque", "Q1");
	EXPECT(OK, count_at(c, HERE, "0", 28000, 0, &out));
	EXPECT(ERR_TILL_EXPLAIN, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(OK, count_at(c, HERE, "0", 27999, 1, &out));
	EXPECT(ERR_TILL_EXPLAIN, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(OK, count_at(c, HERE, "0", 28000, 1, &out));
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
}

static void close_counted(struct unit_case *c, const char *notes)
{
	EXPECT(OK, count_at(c, HERE, notes, 0, 0, &out));
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
}

static void test_a_closed_shift_takes_no_more_money(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	close_counted(c, "100x2,50x1,20x1,10x1");
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_TILL_CLOSED, pay_take(c->d, c->no, "cash", "R2", 28000, &out, &c->e));
	EXPECT(ERR_TILL_CLOSED, pay_take(c->d, c->no, "pos", "R2", 28000, &out, &c->e));
	status_is(c, "awaiting-payment");
	EXPECT(OK, till_open(c->d, 28000, &out, &c->e)); /* only by hand, and then it is another shift */
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R2", 28000, &out, &c->e));
	shift_has(c, "expected_cash", 56000);
	json_t *all = NULL;
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	assert_int_equal(json_array_size(all), 2);
	assert_int_equal(json_number(json_array_get(all, 0), "expected_cash"), 28000);
	json_decref(all);
}

static void test_a_transfer_is_announced_though_the_till_is_closed(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	close_counted(c, "100x2,50x1,20x1,10x1");
	take(c, "transfer", "V1");
	status_is(c, "awaiting-payment");
}

static void test_the_next_day_begins_by_itself(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	close_counted(c, "100x2,50x1,20x1,10x1");
	later(c, 86400);
	take(c, "cash", "R2");
	shift_has(c, "expected_cash", 28000);
}

static void test_a_void_in_an_open_shift_lowers_what_is_expected(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	as(c, "mg1");
	EXPECT(OK, pay_void(c->d, c->no, "R1", "输错", &out, &c->e));
	as(c, "op1");
	shift_has(c, "expected_cash", 0);
}

static void test_a_void_after_the_close_is_a_correction_of_the_next_shift(void **state)
{
	struct unit_case *c = *state;
	json_t *all = NULL;
	take(c, "cash", "R1");
	close_counted(c, "100x2,50x1,20x1,10x1");
	EXPECT(ERR_DESK_FORBIDDEN, pay_void(c->d, c->no, "R1", "输错", &out, &c->e));
	as(c, "mg1");
	EXPECT(ERR_TILL_CLOSED, pay_void(c->d, c->no, "R1", "输错", &out, &c->e)); /* out of which till? */
	status_is(c, "in-review");
	as(c, "op1");
	EXPECT(OK, till_open(c->d, 30000, &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, pay_void(c->d, c->no, "R1", "输错", &out, &c->e));
	status_is(c, "awaiting-payment");
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	assert_int_equal(json_number(json_array_get(all, 0), "expected_cash"), 28000); /* what was closed stays */
	assert_int_equal(json_number(json_array_get(all, 0), "difference_cash"), 0);
	assert_int_equal(json_number(json_array_get(all, 1), "expected_cash"), 2000);
	json_decref(all);
}

static void test_a_refund_goes_out_of_the_open_till(void **state)
{
	struct unit_case *c = *state;
	const struct staff who = c->d->actor;
	int64_t payment = 0;
	EXPECT(OK, till_open(c->d, 50000, &out, &c->e));
	take(c, "cash", "R1");
	site_is(OK, store_int(c->d->store, SQL_PAYMENT_HAS_RECEIPT, 0, &payment, &c->e, "t", "R1"), &c->e);
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, till_pay_out(c->d, &who, payment, "refund", "cash", 28000, "退款", &c->e), &c->e);
	site_is(OK, desk_commit(c->d, MAY_PAY_VOID, "refund", "R1", NULL, NULL, &c->e), &c->e);
	shift_has(c, "expected_cash", 50000);
}

static void test_another_s_shift_is_closed_by_a_manager(void **state)
{
	struct unit_case *c = *state;
	struct staff other = second_operator(c);
	take(c, "cash", "R1");
	c->d->actor = other;
	EXPECT(ERR_DESK_FORBIDDEN, count_at(c, HERE, "100x2", 0, 0, &out));
	EXPECT(ERR_DESK_FORBIDDEN, till_close(c->d, HERE, NULL, &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, till_open(c->d, 100, &out, &c->e));
	as(c, "mg1");
	close_counted(c, "100x2,50x1,20x1,10x1");
	json_t *s = shift_now(c);
	assert_string_equal(json_text(s, "closed_by"), "孙主管");
	assert_string_equal(json_text(s, "login"), "op1");
	json_decref(s);
}

static void test_who_takes_no_money_has_no_till(void **state)
{
	struct unit_case *c = *state;
	static const char *const others[] = {"rv1", "is1", "au1", "root1"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		as(c, others[i]);
		EXPECT(ERR_DESK_FORBIDDEN, till_open(c->d, 0, &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, count_at(c, HERE, "0", 0, 0, &out));
		EXPECT(ERR_DESK_FORBIDDEN, till_close(c->d, HERE, NULL, &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, till_handover(c->d, NULL, &out, &c->e));
	}
	as(c, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, till_show(c->d, HERE, &out, &c->e));
	as(c, "au1");
	EXPECT(OK, till_show(c->d, HERE, &out, &c->e));
}

static void test_a_handover_is_confirmed_by_who_takes_over(void **state)
{
	struct unit_case *c = *state;
	struct staff other = second_operator(c);
	json_t *all = NULL;
	EXPECT(OK, till_open(c->d, 50000, &out, &c->e));
	take(c, "cash", "R1");
	c->d->second = other;
	EXPECT(ERR_TILL_UNCOUNTED, till_handover(c->d, NULL, &out, &c->e));
	c->d->second = (struct staff){0};
	EXPECT(OK, count_at(c, HERE, "100x7,50x1,20x1", 0, 0, &out)); /* 10 yuan are missing */
	EXPECT(ERR_DESK_TWO_PERSONS, till_handover(c->d, "找零多给", &out, &c->e));
	c->d->second = other;
	EXPECT(ERR_TILL_EXPLAIN, till_handover(c->d, NULL, &out, &c->e));
	c->d->second = other;
	EXPECT(OK, till_handover(c->d, "找零多给", &out, &c->e));
	site_is(OK, till_show(c->d, HERE, &all, &c->e), &c->e);
	const json_t *given = json_array_get(all, 0), *taken = json_array_get(all, 1);
	assert_string_equal(json_text(given, "state"), "closed");
	assert_string_equal(json_text(given, "taken_by"), "李接班");
	assert_int_equal(json_number(given, "difference_cash"), -1000);
	assert_string_equal(json_text(taken, "login"), "op2");
	assert_string_equal(json_text(taken, "state"), "open");
	assert_int_equal(json_number(taken, "float"), 77000); /* what was counted, not what was expected */
	json_decref(all);
	take(c, "cash", "R2"); /* goes on without another opening */
	shift_has(c, "expected_cash", 105000);
}

static void test_nobody_hands_over_to_themselves(void **state)
{
	struct unit_case *c = *state;
	struct staff me = c->d->actor;
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	c->d->second = me;
	EXPECT(ERR_DESK_SEPARATION, till_handover(c->d, NULL, &out, &c->e));
	as(c, "mg1");
	c->d->second = me; /* nor through a manager */
	EXPECT(ERR_DESK_SEPARATION, till_handover(c->d, NULL, &out, &c->e));
	shift_is(c, "counted");
}

static void test_who_takes_over_may_take_money(void **state)
{
	struct unit_case *c = *state;
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	as(c, "mg1");
	struct staff manager = c->d->actor;
	as(c, "op1");
	c->d->second = manager;
	EXPECT(ERR_DESK_FORBIDDEN, till_handover(c->d, NULL, &out, &c->e));
	shift_is(c, "counted");
}

static void test_closing_and_handing_over_stop_with_a_clock_that_is_behind(void **state)
{
	struct unit_case *c = *state;
	struct staff other = second_operator(c);
	take(c, "cash", "R1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	later(c, -121);
	EXPECT(ERR_DESK_CLOCK, till_close(c->d, HERE, NULL, &out, &c->e));
	c->d->second = other;
	EXPECT(ERR_DESK_CLOCK, till_handover(c->d, NULL, &out, &c->e));
	later(c, 121);
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
}

static void test_a_shift_left_open_is_named_the_next_day_and_closed_then(void **state)
{
	struct unit_case *c = *state;
	json_t *late = NULL;
	char date[11];
	desk_business_date(c->d, date);
	take(c, "cash", "R1");
	later(c, 86400);
	take(c, "cash", "R2");
	site_is(OK, till_late(c->d, &late, &c->e), &c->e);
	assert_int_equal(json_array_size(late), 1);
	assert_string_equal(json_text(json_array_get(late, 0), "date"), date);
	json_decref(late);
	struct till_where then = {NULL, date};
	EXPECT(OK, count_at(c, &then, "100x2,50x1,20x1,10x1", 0, 0, &out));
	EXPECT(OK, till_close(c->d, &then, NULL, &out, &c->e));
	shift_is(c, "open"); /* today's */
	site_is(OK, till_late(c->d, &late, &c->e), &c->e);
	assert_int_equal(json_array_size(late), 0);
	json_decref(late);
}

static void test_each_window_has_its_own_till(void **state)
{
	struct unit_case *c = *state;
	struct till_where other = {"02", NULL};
	take(c, "cash", "R1");
	strcpy(c->d->station, "02");
	take(c, "cash", "R2");
	take(c, "cash", "R3");
	strcpy(c->d->station, "01");
	json_t *all = NULL;
	site_is(OK, till_show(c->d, &other, &all, &c->e), &c->e);
	assert_int_equal(json_array_size(all), 1);
	assert_int_equal(json_number(json_array_get(all, 0), "expected_cash"), 56000);
	json_decref(all);
	EXPECT(OK, count_at(c, &other, "100x5,50x1,10x1", 0, 0, &out));
	EXPECT(OK, till_close(c->d, &other, NULL, &out, &c->e));
	take(c, "cash", "R4"); /* this window's goes on */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_shift_opens_by_itself_with_the_first_money), CASE(test_a_voucher_opens_no_shift),
		CASE(test_a_float_is_part_of_what_is_expected), CASE(test_a_shift_that_opened_by_itself_gets_its_float_once),
		CASE(test_counting_is_by_denominations), CASE(test_closing_needs_a_count_after_the_last_money),
		CASE(test_a_count_is_out_of_date_whatever_the_sums_say), CASE(test_a_difference_needs_an_explanation),
		CASE(test_slips_and_cheques_differ_too), CASE(test_a_closed_shift_takes_no_more_money),
		CASE(test_a_transfer_is_announced_though_the_till_is_closed), CASE(test_the_next_day_begins_by_itself),
		CASE(test_a_void_in_an_open_shift_lowers_what_is_expected),
		CASE(test_a_void_after_the_close_is_a_correction_of_the_next_shift), CASE(test_a_refund_goes_out_of_the_open_till),
		CASE(test_another_s_shift_is_closed_by_a_manager), CASE(test_who_takes_no_money_has_no_till),
		CASE(test_a_handover_is_confirmed_by_who_takes_over), CASE(test_nobody_hands_over_to_themselves),
		CASE(test_who_takes_over_may_take_money), CASE(test_closing_and_handing_over_stop_with_a_clock_that_is_behind),
		CASE(test_a_shift_left_open_is_named_the_next_day_and_closed_then), CASE(test_each_window_has_its_own_till),
	};
	return RUN(tests);
}
