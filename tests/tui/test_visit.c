/* A visit on the screens: two units of one agent by function keys, then one code, one payment, for both. */
#include "site_case.h"

#include "desk/attach.h"
#include "desk/visit.h"

static void look(struct tui *t)
{
	if (getenv("VISIT_LOOK"))
		tui_dump(t);
}

/* The rest of what the second unit's form asks for, and its scans, by another session. */
static void complete(struct desk *d, const char *no)
{
	struct error e = {0};
	json_t *values = site_sample("new-unit", NULL), *kinds = NULL, *kind;
	static const char *const kept[] = {"agent_name", "agent_id_number", "agent_mobile"}; /* taken over */
	size_t i;
	for (i = 0; i < sizeof kept / sizeof *kept; i++)
		json_object_del(values, kept[i]);
	json_object_set_new(values, "unit_name", json_string("上海示例有限公司"));
	json_object_set_new(values, "uscc", json_string("91350100M000100Y43"));
	json_object_set_new(values, "invoice_tax_number", json_string("91350100M000100Y43"));
	site_as(&site, d, "op1");
	site_is(OK, draft_edit(d, no, values, &e), &e);
	site_is(OK, attach_kinds(d, no, &kinds, &e), &e);
	json_array_foreach(kinds, i, kind) {
		json_t *out = NULL;
		if (json_flag(kind, "required"))
			site_is(OK, attach_add(d, no, json_text(kind, "kind"), site_picture(&site, "scan.jpg"), false, &out, &e), &e);
		json_decref(out);
	}
	json_decref(kinds);
	json_decref(values);
}

static void visit_of_order(const char *no, char visit[VISIT_NO_SIZE])
{
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	site_is(OK, visit_of(d, no, visit, &e), &e);
	desk_close(&d);
}

/* The other order of the visit. */
static void second_of(const char *visit, const char *first, char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *out = NULL, *row;
	size_t i;
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	site_is(OK, visit_show(d, visit, &out, &e), &e);
	json_array_foreach(json_object_get(out, "orders"), i, row)
		if (strcmp(json_text(row, "order"), first) != 0)
			snprintf(no, ORDER_NO_SIZE, "%s", json_text(row, "order"));
	json_decref(out);
	complete(d, no);
	desk_close(&d);
}

static void test_two_orders_of_one_agent_are_signed_and_paid_on_one_screen(void **state)
{
	(void)state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE] = "", visit[VISIT_NO_SIZE], code[32];
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, first);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, first);
	case_step(t, "<Enter>", "签名确认"); /* its next step lies over the order */
	case_step(t, "<F10>", "下一步");
	case_step(t, "g", "不属于任何来访");
	tui_keys(t, "a"); /* the same agent: one key */
	tui_wait_text(t, "单位证书");
	tui_settle(t);
	look(t);
	case_step(t, "<Down><Down><Down>上海示例", "上海示例"); /* something is keyed: the draft is kept */
	case_step(t, "<F10>", "下一步");
	visit_of_order(first, visit);
	assert_string_not_equal(visit, "");
	second_of(visit, first, second);
	tui_settle(t);
	case_step(t, "g", "来访");
	tui_wait_text(t, "待签名 2");
	look(t);
	case_step(t, "<C-r>", "可签 2");
	case_step(t, "<F4>", "请客户阅读");
	tui_wait_text(t, "【申请声明】");
	assert_false(tui_has(t, "# 申请声明", 0)); /* as people read it, not as the file has it */
	look(t);
	for (int i = 0; i < 60 && !tui_has(t, "一个验证码签署", 0); i++) {
		tui_keys(t, "<PgDn><Enter>");
		tui_settle(t);
	}
	tui_wait_text(t, "一个验证码签署");
	site_message(&site, "sms", "验证码", code);
	tui_keys(t, code);
	case_step(t, "<Enter>", "来访收款");
	look(t);
	case_step(t, "<Enter>R-77<Enter><Enter>", "都已付清");
	look(t);
	assert_string_equal(case_status(&site, first), "in-review");
	assert_string_equal(case_status(&site, second), "in-review");
	tui_end(&t);
}

static void test_the_desk_leads_to_the_days_visits(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", "今天的来访");
	case_step(t, "<F2>", "排队号");
	case_step(t, "B9<Enter>", "还没有订单");
	look(t);
	assert_true(tui_has(t, "B9", 0));
	case_step(t, "<F10>", "今天的来访");
	assert_true(tui_has(t, "B9", 0));
	look(t);
	tui_end(&t);
}

/* What was begun alone comes in too, and no draft twice. */
static void test_a_draft_begun_alone_is_taken_in(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE], visit[VISIT_NO_SIZE];
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", "今天的来访");
	case_step(t, "<F2>", "排队号");
	case_step(t, "B8<Enter>", "还没有订单");
	case_step(t, "<F3>", no); /* touched last: the first line */
	case_step(t, "<Enter>", "待签名 1");
	assert_true(tui_has(t, case_short(no), 0));
	visit_of_order(no, visit);
	assert_non_null(strstr(tui_row(t, 1), visit));
	case_step(t, "p", "─ 打印"); /* as on the order's own screen */
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "─ 打印");
	case_step(t, "<F3>", "没有别的草稿可以加入");
	tui_end(&t);
}

/* An order's number finds its draft among others, and no digit of it picks one. */
static void test_a_draft_is_searched_by_its_number(void **state)
{
	(void)state;
	char no[3][ORDER_NO_SIZE], visit[VISIT_NO_SIZE];
	struct desk *d = site_open(&site);
	for (int i = 0; i < 3; i++)
		site_draft(&site, d, "new-unit", NULL, no[i]);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", "今天的来访");
	case_step(t, "<F2>", "排队号");
	case_step(t, "B7<Enter>", "还没有订单");
	case_step(t, "<F3>", no[2]);
	look(t);
	case_step(t, no[1], "筛选");
	assert_false(tui_has(t, no[2], 0));
	assert_false(tui_has(t, no[0], 0));
	look(t);
	case_step(t, "<Enter>", "待签名 1");
	visit_of_order(no[1], visit);
	assert_string_not_equal(visit, "");
	case_step(t, "<F3>没有这个", "没有符合的行");
	case_step(t, "<Enter>", "没有符合的行"); /* nothing is chosen */
	case_step(t, "<Esc>", no[2]);
	case_step(t, "<Esc>", "待签名 1");
	tui_end(&t);
}

/* Who can't sign by one code reads nothing in vain; and two keys of one unit are told apart. */
static void test_what_cannot_be_signed_together_is_said_before_it_is_read(void **state)
{
	(void)state;
	char no[2][ORDER_NO_SIZE], visit[VISIT_NO_SIZE];
	struct error e = {0};
	struct desk *d = site_open(&site);
	static const char other[] = "91110114MA3982595B"; /* a unit that no other test has */
	json_t *unit = json_pack("{ss ss ss}", "unit_name", "北京丙三建设工程有限公司", "uscc", other, "invoice_tax_number", other);
	json_t *changes = json_pack("{ss ss ss}", "key_role", "secondary", "agent_name", "王五", "agent_mobile", "13900139001");
	json_object_update(changes, unit);
	site_as(&site, d, "op1");
	site_is(OK, visit_open(d, "A17", visit, &e), &e);
	for (int i = 0; i < 2; i++) {
		site_draft(&site, d, "new-unit", i ? changes : unit, no[i]);
		site_is(OK, visit_add(d, visit, no[i], &e), &e);
	}
	json_decref(changes);
	json_decref(unit);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", "A17");
	case_step(t, "<Enter>", "待签名 2");
	tui_wait_text(t, "新办 · 主锁");
	case_step(t, "<Down>", "新办 · 副锁");
	look(t);
	case_step(t, "<F4>", "不能一起签名");
	assert_false(tui_has(t, "请客户阅读", 0));
	look(t);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_orders_of_one_agent_are_signed_and_paid_on_one_screen),
		cmocka_unit_test(test_a_draft_begun_alone_is_taken_in),
		cmocka_unit_test(test_a_draft_is_searched_by_its_number),
		cmocka_unit_test(test_the_desk_leads_to_the_days_visits),
		cmocka_unit_test(test_what_cannot_be_signed_together_is_said_before_it_is_read),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
