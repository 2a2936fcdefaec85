/* Small things at the counter that a new user stumbles over. */
#include "site_case.h"

#include "desk/attach.h"

/* Something behind the picture in its file: the picture alone is offered, as the sentence of the command advises. */
static void test_more_than_a_picture_is_offered_alone(void **state)
{
	char no[ORDER_NO_SIZE], path[300];
	struct bytes content = {0};
	(void)state;
	case_scan(&site, "business-licence.jpg");
	snprintf(path, sizeof path, "%s/inbox/business-licence.jpg", site.dir);
	assert_int_equal(file_read(path, 1 << 24, &content, NULL), OK);
	bytes_text(&content, "<html>more</html>");
	assert_int_equal(file_write(path, 0600, content.data, content.length, NULL), OK);
	bytes_free(&content);
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	json_t *data = site_sample("new-unit", NULL);
	assert_int_equal(draft_new(d, "new-unit", data, no, NULL), OK);
	json_decref(data);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "把选中的扫描件用作“营业执照”");
	case_step(t, "<Enter>", "除图片外还有别的内容");
	case_step(t, "<Enter>", "✓ 营业执照");
	tui_end(&t);
	unlink(path);
}

/* The last wrong try says that the code is gone, and the screen doesn't count its minutes down any longer. */
static void test_the_last_wrong_code_asks_for_a_new_one(void **state)
{
	char no[ORDER_NO_SIZE], code[32], wrong[16], seen[40];
	(void)state;
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "签名确认");
	case_step(t, "<Enter>", "短信写入 outbox]");
	site_message(&site, "sms", "验证码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	for (int left = 4; left > 0; left--) {
		snprintf(seen, sizeof seen, "还可以试 %d 次", left);
		case_step(t, wrong, seen);
	}
	case_step(t, wrong, "请重新发送");
	assert_true(tui_has(t, "验证码已失效", 0));
	assert_false(tui_has(t, "剩余", 0));
	tui_end(&t);
}

/* A manager has more lines than 24 rows hold: that there are more is seen. */
static void test_lines_out_of_sight_are_marked(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "mg1");
	assert_non_null(strstr(tui_row(t, 21), "▼"));
	assert_false(tui_has(t, "▲", 0));
	tui_keys(t, "<End>");
	tui_wait_row(t, 2, "▲");
	assert_null(strstr(tui_row(t, 21), "▼"));
	tui_resize(t, 30, 80);
	tui_wait_gone(t, "▲");
	tui_settle(t);
	assert_false(tui_has(t, "▼", 0));
	tui_end(&t);
}

/* Where a list is expected is said where there is none. */
static void test_an_empty_inbox_says_where_it_is(void **state)
{
	char inbox[200];
	(void)state;
	snprintf(inbox, sizeof inbox, "文件夹：%s/inbox", site.dir);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F8>", "收件箱里没有名单");
	tui_wait_text(t, inbox);
	tui_end(&t);
}

/* The marks of a page that goes on stand at its very edge, where hardly any text reaches. */
static void test_the_marks_of_a_page_stand_at_its_edge(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_order(&site, site_paid, NULL, no, "op1");
	case_step(t, "<Enter>", "下一步");
	for (int i = 0; i < 60; i++) {
		const char *mark = strstr(tui_row(t, 21), "▼");
		if (!mark)
			break;
		assert_true(tui_cell(t, 21, 79).text[0] != '\0' && strcmp(tui_cell(t, 21, 79).text, "▼") == 0);
		tui_keys(t, "<Down>");
		tui_settle(t);
	}
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_more_than_a_picture_is_offered_alone),
		cmocka_unit_test(test_an_empty_inbox_says_where_it_is),
		cmocka_unit_test(test_lines_out_of_sight_are_marked),
		cmocka_unit_test(test_the_last_wrong_code_asks_for_a_new_one),
		cmocka_unit_test(test_the_marks_of_a_page_stand_at_its_edge),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
