/* What the desk and its screens list for whom: columns at both widths, one line for one thing, and no action that the
 * person's roles can't do. */
#include "site_case.h"

static struct tui *start_in(const char *lang, int columns)
{
	char setting[40];
	const char *env[] = {setting, NULL};
	snprintf(setting, sizeof setting, "LANG=%s", lang);
	char program[4096];
	const char *build = getenv("CERTDESK_BUILD");
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	const char *argv[] = {program, "-C", site.dir, NULL};
	struct tui_options o = {.argv = argv, .env = env, .rows = 24, .columns = columns};
	return tui_start(&o);
}

static void log_in(struct tui *t, const char *who, const char *first, const char *desk)
{
	tui_wait_text(t, first);
	tui_keys(t, who);
	tui_keys(t, "<Enter>" SITE_PASSWORD "<Enter>");
	tui_wait_row(t, 0, desk);
	tui_settle(t);
}

/* Who waits at the desk comes first, and it's said why: in words, not by a colour alone. */
static void test_a_narrow_queue_says_who_waits(void **state)
{
	char here[ORDER_NO_SIZE], mailed[ORDER_NO_SIZE];
	json_t *mail = json_pack("{ss}", "delivery", "mail");
	int row, other, column, head, head_row;
	(void)state;
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", mail, mailed);
	site_approved(&site, d, "new-unit", NULL, here);
	desk_close(&d);
	json_decref(mail);
	struct tui *t = start_in("C.UTF-8", 80);
	log_in(t, "is1", "用户名", "工作台");
	case_line(t, "待制证");
	tui_wait_text(t, case_short(mailed));
	tui_settle(t);
	assert_true(tui_find(t, "等候", &head_row, &head));
	assert_true(tui_find(t, case_short(here), &row, &column));
	assert_true(tui_find(t, case_short(mailed), &other, &column));
	assert_true(row < other);
	assert_memory_equal(tui_cell(t, row, head).text, "是", 3);
	assert_string_not_equal(tui_cell(t, other, head).text, "是");
	case_line(t, "待支付"); /* nothing tells its orders apart by that */
	assert_false(tui_find(t, "等候", &head_row, &head));
	tui_end(&t);
}

/* A clerk sees what an order is for, however narrow the screen is. */
static void test_the_business_is_named_at_80_columns(void **state)
{
	static const struct {
		const char *lang, *user, *desk, *line, *head, *business, *status;
		int columns;
	} screens[] = {
		{"C.UTF-8", "用户名", "工作台", "待支付", "业务", "新办", "状态", 80},
		{"en_US.UTF-8", "User", "Desk", "To pay", "Business", "new", "Status", 80},
		{"C.UTF-8", "用户名", "工作台", "待支付", "业务", "新办", "状态", 160},
	};
	char no[ORDER_NO_SIZE];
	int row, column, head_row, head_column;
	struct tui_cell cell;
	(void)state;
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		struct tui *t = start_in(screens[i].lang, screens[i].columns);
		log_in(t, "op1", screens[i].user, screens[i].desk);
		case_line(t, screens[i].line);
		tui_wait_text(t, case_short(no));
		tui_settle(t);
		assert_true(tui_find(t, case_short(no), &row, &column));
		assert_true(tui_find(t, screens[i].head, &head_row, &head_column));
		cell = tui_cell(t, row, head_column);
		assert_memory_equal(cell.text, screens[i].business, strlen(cell.text)); /* under its heading */
		assert_non_null(strstr(tui_row(t, row), screens[i].business));
		assert_true(strstr(tui_row(t, row), "北京示例科技有限公司") != NULL); /* its name whole */
		assert_int_equal(tui_find(t, screens[i].status, &head_row, &head_column), screens[i].columns > 80); /* the line's own name says it */
		tui_end(&t);
	}
	struct tui *t = start_in("C.UTF-8", 80); /* what was found has many statuses */
	log_in(t, "op1", "用户名", "工作台");
	case_find(t, no);
	for (row = 3; row < 24 && !strstr(tui_row(t, row), case_short(no)); row++)
		; /* its number stands in the heading too */
	assert_non_null(strstr(tui_row(t, row), "新办  待支付"));
	tui_end(&t);
}

/* What has the row for itself has its room too. */
static void test_a_wide_form_shows_all_options(void **state)
{
	(void)state;
	struct tui *t = start_in("C.UTF-8", 160);
	log_in(t, "op1", "用户名", "工作台");
	case_step(t, "<F2>", "1 法定代表人手机实名认证  2 法定代表人银行卡信息认证  3 企业对公账户付款认证");
	case_step(t, "<Esc>", "草稿没有保留");
	tui_end(&t);
}

static void test_refunds_have_one_line(void **state)
{
	static const char *const people[] = {"op1", "mg1"};
	(void)state;
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		struct tui *t = case_start(&site);
		case_login(t, people[i]);
		char *all = tui_screen(t), *first = strstr(all, "退款");
		assert_non_null(first);
		assert_null(strstr(first + strlen("退款"), "退款"));
		free(all);
		tui_end(&t);
	}
}

/* F1 tells of what this person can ever do here, F9 of what can be done now; neither of what another role does. */
/* What was begun just now stands first, and is what Enter goes on with: nobody had chosen the one below. */
static void test_the_newest_draft_is_gone_on_with(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	json_t *data = site_sample("new-person", NULL);
	site_as(&site, d, "op1");
	assert_int_equal(draft_new(d, "new-person", data, no, NULL), OK);
	json_decref(data);
	desk_close(&d);
	struct tui *t = start_in("C.UTF-8", 80);
	log_in(t, "op1", "用户名", "工作台");
	tui_wait_text(t, case_short(no));
	case_step(t, "<F2>", "单位证书新办 ·");
	tui_keys(t, "<Down><Down><Down><Down>新来的公司");
	tui_settle(t);
	case_step(t, "<F10>", "下一步：填写申请表");
	case_step(t, "<F10>", "── 继续办理");
	tui_wait_text(t, case_short(no));
	tui_settle(t);
	tui_keys(t, "<Tab>");
	tui_settle(t);
	int row, column;
	tui_cursor(t, &row, &column);
	assert_null(strstr(tui_row(t, row), case_short(no)));
	assert_int_equal(row, 3);
	tui_end(&t);
}

static void test_help_and_menu_keep_to_the_role(void **state)
{
	static const struct {
		const char *who, *line, *has, *not_a, *not_b;
	} lists[] = {
		{"op1", NULL, "个人证书新办：填申请表", "审计校验", "增加、停用、解锁人员"},
		{"rv1", NULL, "按订单号、名称、证件号码或介质查询", "新办", "导入草稿"},
		{"au1", NULL, "按订单号、名称、证件号码或介质查询", "新办", "导入草稿"},
		{"au1", NULL, "查看人员和岗位", "新办", "增加、停用、解锁人员"},
		{"root1", NULL, "增加、停用、解锁人员", "新办", "查看人员和岗位"},
		{"op1", "介质库存", "按序列号查一个介质和它的流转", "盘点一个抽屉", "报损"},
		{"is1", "介质库存", "盘点一个抽屉", "审计校验", "增加、停用、解锁人员"},
		{"au1", "班次与钱箱", "看另一天的班次", "开本工位的班次", "点款"},
		{"au1", "退款与认领", "打开订单", "批准退款", "认领到一张订单"},
		{"op1", "退款与认领", "认领到一张订单", "批准退款", "审计校验"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct tui *t = case_start_with(&site, 50, 120, (const char *const[]){"LANG=C.UTF-8", NULL});
		case_login(t, lists[i].who);
		if (lists[i].line) {
			case_line(t, lists[i].line);
			tui_keys(t, "<Enter>");
			tui_wait_row(t, 0, lists[i].line);
			tui_settle(t);
		}
		case_step(t, "<F1>", "【通用】");
		if (!tui_has(t, lists[i].has, 0) || tui_has(t, lists[i].not_a, 0) || tui_has(t, lists[i].not_b, 0)) {
			tui_dump(t);
			fail_msg("F1 of %s: with %s, without %s, %s", lists[i].who, lists[i].has, lists[i].not_a, lists[i].not_b);
		}
		tui_keys(t, "<Esc>");
		tui_wait_gone(t, "【通用】");
		case_step(t, "<F9>", "─ 菜单");
		if (tui_has(t, lists[i].not_b, 0)) {
			tui_dump(t);
			fail_msg("F9 of %s has %s", lists[i].who, lists[i].not_b);
		}
		tui_end(&t);
	}
}

/* As issued already, to be fetched or mailed. */
static void issued(const char *delivery, char no[ORDER_NO_SIZE])
{
	char command[8192];
	struct desk *d = site_open(&site);
	json_t *changes = json_pack("{ssss}", "key_role", "secondary", "delivery", delivery);
	site_signed(&site, d, "new-unit", changes, no);
	json_decref(changes);
	desk_close(&d);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET status = 'issued' WHERE no = '%s'\"", site.dir, no);
	assert_int_equal(system(command), 0);
}

static long count_beside(struct tui *t, const char *line)
{
	int row, column;
	case_line(t, line);
	tui_cursor(t, &row, &column);
	return strtol(tui_row(t, row) + strlen(line), NULL, 10);
}

static void test_what_is_to_be_mailed_has_a_line_of_its_own(void **state)
{
	char fetched[ORDER_NO_SIZE], mailed[ORDER_NO_SIZE];
	(void)state;
	issued("counter", fetched);
	issued("mail", mailed);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	assert_int_equal(count_beside(t, "待领取"), 1);
	tui_wait_text(t, case_short(fetched));
	assert_false(tui_has(t, case_short(mailed), 0));
	assert_int_equal(count_beside(t, "待寄出"), 1);
	tui_wait_text(t, case_short(mailed));
	assert_false(tui_has(t, case_short(fetched), 0));
	tui_wait_text(t, "p 打印交寄清单");
	case_step(t, "p", "当日交寄清单"); /* from here, for the courier who is at the door */
	case_step(t, "<Esc>", "待寄出（p");
	case_step(t, "<Enter><Enter>", "下一步：寄出");
	tui_end(&t);
}

/* Searching again begins with nothing, and what isn't there is said with what to do, to whom the keys belong. */
static void test_a_search_begins_anew_and_says_what_is_not_there(void **state)
{
	static const char *const who[] = {"op1", "rv1"};
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	for (size_t i = 0; i < 2; i++) {
		struct tui *t = case_start(&site);
		case_login(t, who[i]);
		case_step(t, "<F3>", "查询订单");
		tui_keys(t, "凤凰<Enter>");
		tui_wait_text(t, "没有找到“凤凰”。核对后按 F3 再查");
		case_step(t, "<F3>", "查询订单");
		tui_keys(t, "99998<Enter>");
		tui_wait_text(t, "以前的请加日期"); /* an order's last digits are today's alone */
		case_step(t, "<Enter>", i == 0 ? "F2 单位新办" : "这里没有订单。F3 查询");
		case_step(t, "<F3>", "查询订单");
		tui_keys(t, strrchr(no, '-') + 1); /* nothing of what was there before */
		case_step(t, "<Enter>", case_short(no));
		tui_end(&t);
	}
}

/* What had no room in its row stands below in full when it is selected. */
static void test_the_menu_explains_in_full_at_80_columns(void **state)
{
	static const struct {
		const char *lang, *user, *desk, *menu, *whole;
	} screens[] = {
		{"C.UTF-8", "用户名", "工作台", "─ 菜单", "已插入的介质可以办什么（更新、解锁、变更、补办……）"},
		{"en_US.UTF-8", "User", "Desk", "─ Menu", "What can be done with the key that is in"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		struct tui *t = start_in(screens[i].lang, 80);
		log_in(t, "op1", screens[i].user, screens[i].desk);
		case_step(t, "<F9>", screens[i].menu);
		case_step(t, "<Down><Down><Down><Down>", screens[i].whole);
		tui_end(&t);
	}
}

/* In English at 80 columns: how much is left to fill in is never cut, and what is missing is named once. */
static void test_a_form_tells_what_is_left_at_80_columns(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	json_t *unseen = json_pack("{sb}", "identity_seen", 0);
	site_draft(&site, d, "new-unit", unseen, no);
	desk_close(&d);
	struct tui *t = start_in("en_US.UTF-8", 80);
	log_in(t, "op1", "User", "Desk");
	case_step(t, "<F3>", "Search");
	tui_keys(t, no);
	case_step(t, "<Enter>", "Found");
	case_step(t, "<Enter>", "1 required left");
	case_step(t, "<C-End>", "1 required left"); /* the longest section's name */
	case_step(t, "<F2>", " confirm this: Originals seen, face matches");
	assert_false(tui_has(t, "matches: confirm", 0));
	assert_false(tui_has(t, "1 wrong", 0)); /* missing is not wrong too */
	tui_end(&t);
	json_decref(unseen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_business_is_named_at_80_columns),
		cmocka_unit_test(test_a_wide_form_shows_all_options),
		cmocka_unit_test(test_what_is_to_be_mailed_has_a_line_of_its_own),
		cmocka_unit_test(test_refunds_have_one_line),
		cmocka_unit_test(test_the_newest_draft_is_gone_on_with),
		cmocka_unit_test(test_help_and_menu_keep_to_the_role),
		cmocka_unit_test(test_a_search_begins_anew_and_says_what_is_not_there),
		cmocka_unit_test(test_the_menu_explains_in_full_at_80_columns),
		cmocka_unit_test(test_a_form_tells_what_is_left_at_80_columns),
		cmocka_unit_test(test_a_narrow_queue_says_who_waits), /* last: its orders stand in the others' lists */
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
