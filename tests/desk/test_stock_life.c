/* What a certificate's life does to the stock: a replaced key comes into a drawer, and nothing of the stock stops an order. */
#include "life.h"

#include "desk/handover.h"
#include "desk/stock.h"

static void balanced(struct life *l, const char *figure, int64_t wanted)
{
	json_t *b = NULL, *line;
	size_t i;
	int64_t sum = 0;
	as(l, "au1");
	site_is(OK, stock_balance(l->d, NULL, NULL, &b, &l->e), &l->e);
	assert_true(json_flag(b, "balanced"));
	json_array_foreach(json_object_get(b, "point"), i, line)
		sum += json_number(line, figure);
	assert_int_equal(sum, wanted);
	json_decref(b);
}

static enum err take_back(struct life *l)
{
	static const char *const serial = KEY;
	const struct stock_order o = {.deed = STOCK_RETURN, .keys = {.serials = &serial, .count = 1}, .reason = "客户交回"};
	json_t *out = NULL;
	as(l, "is1");
	enum err r = stock_do(l->d, &o, &out, &l->e);
	json_decref(out);
	return r;
}

static void test_a_replaced_key_is_in_the_days_balance(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "replace-unit", NULL, NULL, "{'reason':'defective','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	balanced(l, "made", 1);
	balanced(l, "returned", 0);
	as(l, "op1");
	IS(OK, handover_take_by(l->d, l->no, OTHER, &(struct handover_taker){.to = "agent", .old_key = KEY}, "H-77", &out, &l->e));
	check_key(&l->t, KEY, "returned");
	balanced(l, "returned", 1);
	balanced(l, "handed_over", 2); /* the first one went out on the same day */
	as(l, "is1");
	site_is(ERR_DESK_STOCK, take_back(l), &l->e); /* it is there already */
}

/* The key that was given back can't be lost by its customer, and the loss report is still taken. */
static void test_a_loss_report_is_taken_whatever_became_of_the_key(void **state)
{
	struct life *l = *state;
	site_is(OK, take_back(l), &l->e);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	check_key(&l->t, KEY, "returned");
	balanced(l, "returned", 1);
}

static void test_a_reported_key_that_is_brought_back_is_returned(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	check_key(&l->t, KEY, "lost");
	balanced(l, "handed_over", 1);
	site_is(OK, take_back(l), &l->e);
	check_key(&l->t, KEY, "returned");
	balanced(l, "returned", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_replaced_key_is_in_the_days_balance),
		LIFE(test_a_loss_report_is_taken_whatever_became_of_the_key),
		LIFE(test_a_reported_key_that_is_brought_back_is_returned),
	};
	return RUN_LIFE(tests);
}
