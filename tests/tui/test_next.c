/* An order's next step, to whoever looks at it: theirs, or whom it waits for. */
#include "site_case.h"

#include "desk/review.h"
#include "desk/staff.h"

/* A copy of the site where op1 reviews as well, and has keyed in what waits for review. */
static void keyed_in(struct site *s, const char *name, char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	site_copy(&site, name, s);
	struct desk *d = site_open(s);
	site_as(s, d, "root1");
	site_is(OK, staff_roles(d, "op1", "operator,reviewer", &e), &e);
	site_signed(s, d, "new-unit", NULL, no);
	desk_close(&d);
}

/* After signature and payment, on the order's page, and from the desk's list. */
static void test_who_keyed_it_in_hears_who_reviews_it(void **state)
{
	struct site s;
	char no[ORDER_NO_SIZE];
	(void)state;
	keyed_in(&s, "keyed", no);
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：收款（按回车）");
	case_step(t, "<Enter>", "应收");
	case_step(t, "R0701<Enter><Enter>", "下一步：审核，等另一位审核员（录入的人不能审核）");
	assert_false(tui_has(t, "按回车", 0));
	assert_false(tui_has(t, "F6 审核", 0)); /* nor is it offered besides */
	for (int k = 0; k < 4 && !strstr(tui_row(t, 0), "工作台"); k++) {
		tui_keys(t, "<Esc>");
		tui_settle(t);
	}
	case_step(t, "<Enter>", "等另一位审核员"); /* its page, and no refusal */
	assert_false(tui_has(t, "不能由同一人", 0));
	case_change(&t, &s, "rv1");
	case_find(t, no);
	case_step(t, "<Enter>", "a 通过");
	case_change(&t, &s, "op1"); /* rv1 has claimed it; for who keyed it in that changes nothing */
	case_find(t, no);
	case_step(t, "<Enter>", "等另一位审核员");
	tui_end(&t);
}

/* In 80 columns. */
static void test_in_english_too(void **state)
{
	struct site s;
	char no[ORDER_NO_SIZE];
	(void)state;
	keyed_in(&s, "english", no);
	struct desk *d = site_open(&s);
	site_as(&s, d, "op1");
	site_pay(d, no);
	desk_close(&d);
	struct tui *t = case_start_in_english(&s, "op1");
	case_step(t, "<F3>", "─ Search");
	tui_keys(t, no);
	case_step(t, "<Enter>", "Found: ");
	case_step(t, "<Enter>", "Next: review (another reviewer: who keyed it in may not review)");
	tui_end(&t);
}

/* The review of one is another's work while they have claimed it. */
static void test_a_claimed_one_opens_its_page(void **state)
{
	struct site s;
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	site_copy(&site, "claimed", &s);
	struct desk *d = site_open(&s);
	site_paid(&s, d, "new-unit", NULL, no);
	site_as(&s, d, "root1");
	site_is(OK, staff_roles(d, "mg1", "reviewer,manager", &e), &e);
	site_as(&s, d, "rv1");
	site_is(OK, review_claim(d, no, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
	struct tui *t = case_start(&s);
	case_login(t, "mg1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：审核，等赵审核（已领取任务）");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_keyed_it_in_hears_who_reviews_it),
		cmocka_unit_test(test_in_english_too),
		cmocka_unit_test(test_a_claimed_one_opens_its_page),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
