/* The review queue of a review site: whose each order is, how long its customer waits, and to whom it goes on. */
#include "desk_case.h"

#include "../desk/away.h"
#include "desk/order.h"
#include "desk/review.h"

static struct site counter, other, review;

static void give_to_review(struct desk *d, struct desk *to, const char *no, int64_t feed)
{
	struct error e = {0};
	uint8_t key[DATA_KEY_SIZE];
	int64_t count = 0;
	d->timer = true;
	site_is(OK, custody_give(d, &count, &e), &e);
	assert_int_equal(count, 1);
	json_t *bundle = given(d, key, &e);
	struct custody_item item = {.order = no, .from = d->site, .home = d->site, .decision = "", .seq = feed, .feed = feed, .bundle = bundle, .key = key};
	to->timer = true;
	site_is(OK, custody_take(to, &item, &e), &e);
	to->timer = d->timer = false;
	json_decref(bundle);
}

static int64_t minutes;
static char mailed[ORDER_NO_SIZE], waits[ORDER_NO_SIZE];

/* One whose customer went home at a counter, one whose customer waits at another since twelve minutes. */
static int start(void **state)
{
	struct error e = {0};
	int64_t now = clock_now(&CLOCK_SYSTEM), today = (now + 8 * 3600) % 86400;
	minutes = today < 14 * 60 ? 0 : 12; /* who signed yesterday has gone home */
	json_t *changes = json_pack("{ss}", "delivery", "mail");
	(void)state;
	site_make(&counter);
	site_make_as(&other, "110114-02", now - minutes * 60 - 5);
	site_make_as(&review, "000000-R1", 0);
	struct desk *a = site_open(&counter), *b = site_open(&other), *r = site_open(&review);
	joined(a, &e);
	joined(b, &e);
	joined(r, &e);
	site_paid(&counter, a, "new-unit", changes, mailed);
	give_to_review(a, r, mailed, 1);
	site_paid(&other, b, "new-unit", NULL, waits);
	b->clock.fixed = -1;
	other.now = 0;
	give_to_review(b, r, waits, 2);
	desk_close(&a);
	desk_close(&b);
	desk_close(&r);
	json_decref(changes);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	site_end(&counter);
	site_end(&other);
	site_end(&review);
	return 0;
}

static struct tui *queue(int rows, int columns, const char *lang)
{
	char setting[40];
	const char *env[] = {setting, NULL};
	snprintf(setting, sizeof setting, "LANG=%s", lang);
	struct tui *t = case_start_with(&review, rows, columns, env);
	case_login(t, "rv1");
	case_line(t, "待审核");
	tui_wait_text(t, case_short(waits));
	tui_settle(t);
	return t;
}

static int row_of(struct tui *t, const char *text)
{
	int row = 0, column;
	assert_true(tui_find(t, text, &row, &column));
	return row;
}

static void test_the_queue_names_the_site_and_the_minutes(void **state)
{
	static const int sizes[][2] = {{24, 80}, {48, 160}};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct tui *t = queue(sizes[i][0], sizes[i][1], "C.UTF-8");
		int first = row_of(t, case_short(waits)), second = row_of(t, case_short(mailed));
		assert_true(first < second); /* who waits comes first */
		assert_non_null(strstr(tui_row(t, first), "110114-02"));
		char text[20];
		snprintf(text, sizeof text, "%lld分", (long long)minutes);
		assert_non_null(strstr(tui_row(t, first), text));
		assert_non_null(strstr(tui_row(t, second), "110114-01"));
		assert_null(strstr(tui_row(t, second), "分"));
		assert_non_null(strstr(tui_row(t, second), "北京示例")); /* the name has room */
		tui_end(&t);
	}
}

/* With orders of its own alone a site needs no column that names it. */
static void test_at_a_counter_no_site_is_named(void **state)
{
	(void)state;
	struct tui *t = case_start(&counter);
	case_login(t, "rv1");
	case_line(t, "待审核");
	tui_settle(t);
	const char *head = tui_row(t, row_of(t, "订单号"));
	assert_non_null(strstr(head, "名称"));
	assert_null(strstr(head, "受理点"));
	tui_end(&t);
}

static void test_a_reviewer_hands_an_order_on(void **state)
{
	(void)state;
	struct tui *t = queue(24, 80, "C.UTF-8");
	tui_keys(t, "<Enter>"); /* the list */
	tui_settle(t);
	tui_keys(t, "<Enter>");
	tui_wait_row(t, 0, "审核");
	tui_settle(t);
	assert_non_null(strstr(tui_row(t, 23), "Tab 资料")); /* the only way to the documents on so narrow a screen */
	case_step(t, "<F1>", "转交另一审核点");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "转交另一审核点");
	case_step(t, "p", "总部没有别的审核点"); /* it has named none yet */
	struct desk *r = site_open(&review);
	struct error e = {0};
	json_t *out = NULL;
	site_is(OK, store_run(r->store, SQL_REVIEW_SITE_PUT, NULL, &e, "tt", "000000-R1", "总部审核"), &e);
	site_is(OK, store_run(r->store, SQL_REVIEW_SITE_PUT, NULL, &e, "tt", "000000-R2", "第二审核点"), &e);
	site_is(OK, store_run(r->store, SQL_REVIEW_SITE_PUT, NULL, &e, "tt", "000000-R3", "第三审核点"), &e);
	case_step(t, "p", "000000-R2  第二审核点");
	tui_wait_text(t, "000000-R3  第三审核点");
	assert_false(tui_has(t, "总部审核", 0)); /* itself */
	case_step(t, "<Enter>", "理由");
	case_step(t, "<Enter>", "已转交 000000-R2");
	tui_end(&t);
	site_as(&review, r, "rv1");
	site_is(ERR_DESK_CUSTODY, review_claim(r, waits, &out, &e), &e);
	desk_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_queue_names_the_site_and_the_minutes), cmocka_unit_test(test_at_a_counter_no_site_is_named),
		cmocka_unit_test(test_a_reviewer_hands_an_order_on),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
