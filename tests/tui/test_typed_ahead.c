/* Keys that are typed before the readers or the store have answered count for what they will have said. */
#include "life_case.h"

/* An order that is made and waits for its hand-over, on key 10000002. */
static void made(char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *out = NULL, *fetched = json_pack("{ss}", "delivery", "counter");
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-person", fetched, no);
	json_decref(fetched);
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	site_as(&site, d, "is1");
	site_is(OK, issue_run(d, no, "10000002", NULL, NULL, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
}

/* All at once from the desk: the list of the line is read before it is chosen from. */
static void test_a_line_and_its_order_in_one_go(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-person", NULL, no);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	static const char *const across[] = {"\033OB\t\r", "\033OB\033OC\r", "\033OB\r\r"}; /* down, Tab or right or Enter, Enter */
	for (size_t i = 0; i < 3; i++) { /* 待支付, its first order */
		if (i > 0)
			case_step(t, "<F10><Left>", "待办");
		case_line(t, "退回补正");
		tui_bytes(t, across[i], strlen(across[i])); /* in one go, that is before the list is read */
		case_step(t, "", "下一步：收款（按回车）");
	}
	assert_true(tui_has(t, no, 0));
	case_step(t, "<Enter>", "应收");
	tui_keys(t, "2<Enter>"); /* the digit led on already: Enter behind it complains of nothing */
	tui_settle(t);
	assert_false(tui_has(t, "请输入收据号", 0));
	case_step(t, "<Up>2<Enter>P0003<Enter>", "收款完成");
	tui_end(&t);
}

/* The key comes in and the receipt is typed in the same moment. */
static void test_a_receipt_typed_as_the_key_comes_in(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	made(no);
	assert_true(pcscd_pull(&pcscd, 0));
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：领取");
	case_step(t, "<Enter>", "请插入介质 10000002");
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	case_step(t, "H0002<Enter>", "已领取，订单已完成");
	assert_string_equal(case_status(&site, no), "done");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE_FOR(test_a_line_and_its_order_in_one_go, "unit", life_unit),
		LIFE_FOR(test_a_receipt_typed_as_the_key_comes_in, "unit", life_unit),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
