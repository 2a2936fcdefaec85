/* The form on the screen as a clerk sees and types it. With --program this is a small
 * program that shows one form and writes what `save` gets to a file. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/tui.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "ui/dialog.h"
#include "ui/form_view.h"

static char self[4096], dir[] = "/tmp/certdesk-form-XXXXXX";

/* ---- the program: FORM CODES SAVED [FOCUS CURSOR] ---- */

static const char *saved_path;
static int actions_done;

static enum err save(void *arg, const json_t *values, const char *focus, size_t cursor, struct error *e)
{
	(void)arg;
	json_t *all =
		json_pack("{s:O,s:s,s:I}", "values", (json_t *)(uintptr_t)values, "focus", focus, "cursor", (json_int_t)cursor);
	char *line = json_line(all);
	enum err rc = file_write(saved_path, 0600, line, strlen(line), e);
	free(line);
	json_decref(all);
	return rc;
}

static json_t *known(void *arg, const char *field, const char *value, char *question, size_t size)
{
	(void)arg;
	if (strcmp(field, "uscc") != 0 || strcmp(value, "91110105MA01ABCD5F") != 0)
		return NULL;
	snprintf(question, size, "这家单位 2025-11-01 办过新办，带入上次的资料吗？");
	return json_pack("{s:s,s:s}", "unit_name", "北京示例科技有限公司", "region", "110114");
}

static bool act(void *arg, struct ui *ui, int action, const char *field, json_t *values)
{
	(void)arg;
	(void)values;
	actions_done++;
	ui_say(ui, "动作 %d 在 %s", action, field);
	return action == 101;
}

static int program(int argc, char **argv)
{
	static const struct action actions[] = {{100, UI_KEY_F(5), "资料", "Documents", NULL, NULL, NULL, NULL, 0},
	                                        {101, UI_KEY_F(6), "离开", "Leave", NULL, NULL, NULL, NULL, 0},
	                                        {0}};
	static const char *const ends[] = {"finished", "back", "action", "lost"};
	struct code_tables *codes = NULL;
	struct form *form = NULL;
	struct ui *ui = NULL;
	struct error e = {0};
	char sentence[2048];
	struct ui_options options = {.clock = {1795359900}};
	lang_start();
	saved_path = argv[4];
	if (codes_open(argv[3], &codes, &e) != OK || form_load(argv[2], codes, &form, &e) != OK ||
		ui_start(&options, NULL, &ui, &e) != OK) {
		fprintf(stderr, "%s\n", error_sentence(&e, sentence, sizeof sentence));
		return 1;
	}
	ui_set_place(ui, "北京昌平受理点", "1号窗", "张三");
	ui_set_mark(ui, "演示·短信写入 outbox");
	json_t *values = form_defaults(form), *before = NULL;
	if (access(saved_path, R_OK) == 0 && json_read_file(saved_path, &before, NULL) == OK)
		json_object_update(values, json_object_get(before, "values"));
	struct form_view_options view = {.form = form, .codes = codes, .values = values, .save = save, .known = known,
	                                 .actions = actions, .act = act, .show_only = getenv("SHOW_ONLY") != NULL};
	if (before) {
		view.focus = json_text(before, "focus");
		view.cursor = (size_t)json_number(before, "cursor");
	}
	(void)argc;
	enum form_end end = form_view_run(ui, &view);
	ui_end(&ui);
	printf("%s %d\n", ends[end], actions_done);
	json_decref(values);
	json_decref(before);
	form_free(&form);
	codes_free(&codes);
	return 0;
}

/* ---- the definition for the tests ---- */

static const char definition[] =
	"form: new-unit\nbusiness: new\ncustomer: unit\nversion: 1\n"
	"title: {zh: 单位证书新办, en: New unit certificate}\n"
	"sections:\n"
	"  - name: unit\n"
	"    label: {zh: 单位基本信息, en: Unit}\n"
	"    fields:\n"
	"      - {name: auth, type: select_one, choices: ways, required: 'true', label: {zh: 认证方式, en: Method}}\n"
	"      - {name: uscc, type: text, check: uscc, required: 'true', limit: 18, fixed: true, width: 18, input: latin,\n"
	"         label: {zh: 统一社会信用代码, en: Credit code}, hint: {zh: 18 位, en: 18 characters}, help: {zh: 照执照录入。, en: As on the licence.}}\n"
	"      - {name: unit_name, type: text, check: unit_name, required: 'true', limit: 60, width: 20, input: chinese,\n"
	"         label: {zh: 单位名称, en: Unit name}}\n"
	"      - {name: region, type: select_one, choices: places, required: 'true', label: {zh: 所属区域, en: Region}}\n"
	"      - {name: services, type: select_multiple, choices: seals, label: {zh: 签章服务, en: Seals}}\n"
	"      - {name: own, type: acknowledge, label: {zh: 自带介质, en: Own medium}}\n"
	"  - name: legal\n"
	"    label: {zh: 法定代表人信息, en: Legal representative}\n"
	"    relevant: ${auth} = 'mobile'\n"
	"    fields:\n"
	"      - {name: legal_name, type: text, check: name, required: 'true', limit: 30, width: 20, label: {zh: 姓名, en: Name}}\n"
	"      - {name: legal_mobile, type: text, check: mobile, required: 'true', limit: 11, fixed: true, width: 11, input: latin,\n"
	"         label: {zh: 手机号, en: Mobile}}\n"
	"  - name: others\n"
	"    label: {zh: 其他, en: Others}\n"
	"    fields:\n"
	"      - {name: invoice_title, type: calculate, calculation: '${unit_name}', label: {zh: 发票抬头, en: Invoice title}}\n"
	"      - {name: email, type: text, check: email, limit: 60, width: 30, input: latin, label: {zh: 电子邮箱, en: E-mail}}\n"
	"      - {name: remark, type: text, limit: 200, width: 30, label: {zh: 备注, en: Notes}}\n";

static void put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
}

static int prepare(void **state)
{
	char path[256];
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/codes", dir);
	assert_int_equal(dir_make(path, NULL), OK);
	put("new-unit.yaml", definition);
	put("codes/ways.tsv",
		"code\tzh\ten\tinitials\tparent\nmobile\t法人手机\tMobile\tfrsj\t\ncard\t银行卡\tCard\tyhk\t\naccount\t对公账户\tAccount\tdgzh\t\n");
	put("codes/seals.tsv", "code\tzh\ten\tinitials\tparent\nseal\t个人章\tSeal\tgrz\t\nhand\t手写签字\tHandwritten\tsxqz\t\n");
	put("codes/places.tsv",
		"code\tzh\ten\tinitials\tparent\n110000\t北京市\tBeijing\tbjs\t\n110114\t昌平区\tChangping\tcpq\t110000\n"
		"110108\t海淀区\tHaidian\thdq\t110000\n310000\t上海市\tShanghai\tshs\t\n310115\t浦东新区\tPudong\tpdxq\t310000\n"
		"440000\t广东省\tGuangdong\tgds\t\n440300\t深圳市\tShenzhen\tszs\t440000\n");
	return 0;
}

static int clean(void **state)
{
	char command[256];
	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static char form_path[256], codes_path[256], save_path[256];

static struct tui *start_size(int rows, int columns, const char *env)
{
	const char *const argv[] = {self, "--program", form_path, codes_path, save_path, NULL};
	struct tui *t = tui_start(
		&(struct tui_options){.argv = argv, .env = (const char *const[]){env, NULL}, .rows = rows, .columns = columns});
	tui_wait_row(t, rows - 1, env && strstr(env, "en_US") ? "F10" : "F10 返回");
	return t;
}

/* A form with nothing in it, or with what the program saved before. */
static struct tui *start_again(void)
{
	return start_size(24, 80, NULL);
}

static void discard(struct tui *t)
{
	tui_end(&t);
}

static struct tui *start(void)
{
	snprintf(form_path, sizeof form_path, "%s/new-unit.yaml", dir);
	snprintf(codes_path, sizeof codes_path, "%s/codes", dir);
	snprintf(save_path, sizeof save_path, "%s/saved.json", dir);
	unlink(save_path);
	return start_again();
}

static json_t *saved(void)
{
	json_t *all = NULL;
	json_read_file(save_path, &all, NULL);
	return all;
}

struct wanted {
	const char *field, *value;
};

static bool is_saved(struct tui *t, void *arg)
{
	struct wanted *w = arg;
	json_t *all = saved();
	bool same = strcmp(json_text(json_object_get(all, "values"), w->field), w->value) == 0;
	(void)t;
	json_decref(all);
	return same;
}

static void wait_saved(struct tui *t, const char *field, const char *value)
{
	tui_wait(t, is_saved, &(struct wanted){field, value}, value);
}

/* Row of a field by its label; the label must be on the screen. */
static int row_of(struct tui *t, const char *label)
{
	int row, column;
	tui_wait_text(t, label);
	assert_true(tui_find(t, label, &row, &column));
	return row;
}

static void cursor_in(struct tui *t, const char *label)
{
	int row, column;
	tui_settle(t);
	tui_cursor(t, &row, &column);
	if (row != row_of(t, label)) {
		tui_dump(t);
		fail_msg("the cursor isn't at %s", label);
	}
}

static void fills_a_form_from_the_keyboard_alone(void **state)
{
	struct tui *t = start();
	(void)state;
	cursor_in(t, "认证方式");
	tui_wait_text(t, "必填还差 4 项");
	tui_keys(t, "1<Enter>");
	cursor_in(t, "统一社会信用代码");
	tui_wait_text(t, "法定代表人信息"); /* appears at once */
	tui_keys(t, "91110105ma01abcd5f"); /* full and right: goes on by itself, and offers what is on file */
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "北京示例科技有限公司");
	tui_wait_text(t, "北京市 昌平区");
	cursor_in(t, "姓名"); /* what was brought needs no visit */
	tui_keys(t, "欧阳·建国<Enter>13800138000");
	cursor_in(t, "电子邮箱");
	tui_wait_text(t, "必填项已齐");
	assert_non_null(strstr(tui_row(t, row_of(t, "发票抬头")), "北京示例科技有限公司"));
	tui_keys(t, "lisi@example.com<F2>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "finished");
	json_t *all = saved(), *values = json_object_get(all, "values");
	assert_string_equal(json_text(values, "uscc"), "91110105MA01ABCD5F");
	assert_string_equal(json_text(values, "legal_name"), "欧阳·建国");
	assert_string_equal(json_text(values, "legal_mobile"), "13800138000");
	assert_string_equal(json_text(values, "email"), "lisi@example.com");
	json_decref(all);
	tui_end(&t);
}

static void types_ahead_through_fields_of_fixed_width(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "2<Tab>91110105MA01ABCD5Fn中文名<Tab>cp<Enter>");
	tui_wait_text(t, "北京市 昌平区");
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "中文名"));
	tui_end(&t);
}

static bool complains(struct tui *t, void *arg)
{
	(void)arg;
	return *tui_row(t, tui_rows(t) - 2) != '\0';
}

static void an_enter_behind_a_full_field_skips_nothing(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Enter>91110105MA01ABCD5F");
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Esc>");
	cursor_in(t, "单位名称");
	tui_keys(t, "某某<Enter>");
	cursor_in(t, "所属区域");
	tui_keys(t, "<Down><Down><Down><Down>13800138000");
	cursor_in(t, "所属区域"); /* where Enter would lead */
	tui_keys(t, "<Enter>");
	tui_settle(t);
	cursor_in(t, "所属区域");
	tui_keys(t, "<Enter>");
	cursor_in(t, "姓名");
	tui_end(&t);
}

static void a_mistake_is_said_while_typing_and_stops_once(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Tab>91110105MA01ABCDI");
	tui_wait(t, complains, NULL, "a sentence at the I");
	tui_keys(t, "<C-u>91110105MA01ABCD5A<Tab>");
	tui_wait_row(t, 22, "校验不对");
	assert_true(tui_beeped(t));
	cursor_in(t, "统一社会信用代码*");
	tui_keys(t, "<Tab>"); /* a second time: later */
	cursor_in(t, "单位名称");
	tui_wait_text(t, "1 处有误");
	tui_keys(t, "公司<F2>"); /* the first thing amiss in the form's order */
	cursor_in(t, "认证方式");
	tui_end(&t);
}

static void choices_are_picked_by_number_initials_and_arrows(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_wait_text(t, "1 法人手机  2 银行卡  3 对公账户");
	tui_keys(t, "d");
	wait_saved(t, "auth", "account");
	tui_keys(t, "g"); /* dg, and not something with a g */
	tui_settle(t);
	wait_saved(t, "auth", "account");
	tui_keys(t, "<Left>");
	wait_saved(t, "auth", "card");
	tui_keys(t, "1<Down><Down><Down>hdq");
	tui_wait_text(t, "查找");
	tui_wait_text(t, "海淀区");
	tui_keys(t, "<Esc><F4>");
	tui_wait_text(t, "广东省 深圳市");
	tui_keys(t, "440300<Enter>");
	wait_saved(t, "region", "440300");
	tui_wait_text(t, "广东省 深圳市");
	cursor_in(t, "姓名"); /* Enter in the chooser went on to what is required */
	tui_keys(t, "<Up><Up>");
	tui_wait_text(t, "[ ]个人章");
	tui_keys(t, "2 2<Tab>y<Tab>"); /* Space takes it away again */
	tui_wait_row(t, row_of(t, "签章服务"), "手写签字");
	tui_wait_row(t, row_of(t, "自带介质"), "是");
	tui_end(&t);
}

static void enter_takes_the_choice_that_stands_there(void **state)
{
	struct tui *t = start();
	(void)state;
	cursor_in(t, "认证方式");
	tui_keys(t, "<Enter>");
	cursor_in(t, "统一社会信用代码");
	wait_saved(t, "auth", "mobile");
	tui_end(&t);
}

static void hidden_fields_keep_what_was_keyed(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<PgDn>李四<BackTab>");
	tui_wait_text(t, "李四");
	for (int i = 0; i < 5; i++)
		tui_keys(t, "<Up>");
	cursor_in(t, "认证方式");
	tui_keys(t, "2");
	tui_wait_gone(t, "法定代表人信息");
	tui_keys(t, "1");
	tui_wait_row(t, row_of(t, "姓名"), "李四");
	tui_end(&t);
}

static void what_is_being_typed_is_there_after_a_kill(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>北京示例公司<Left><Left>");
	wait_saved(t, "unit_name", "北京示例公司");
	tui_settle(t);
	json_t *all = saved();
	assert_string_equal(json_text(all, "focus"), "unit_name");
	json_decref(all);
	tui_keys(t, "𠮷");
	wait_saved(t, "unit_name", "北京示例𠮷公司");
	tui_signal(t, SIGKILL);
	assert_int_equal(tui_wait_end(t), 128 + SIGKILL);
	tui_end(&t);
	t = start_again();
	cursor_in(t, "单位名称");
	tui_keys(t, "的");
	tui_wait_text(t, "北京示例𠮷的公司"); /* the cursor is where it was */
	tui_end(&t);
}

static void a_hang_up_saves(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>北京");
	tui_wait_row(t, row_of(t, "单位名称"), "北京");
	tui_hang_up(t);
	tui_wait_end(t);
	wait_saved(t, "unit_name", "北京");
	tui_end(&t);
}

static void a_paste_is_folded_and_stays(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<PgDn><Tab>");
	tui_paste(t, "+86 138-0013-8000\n");
	tui_wait_row(t, row_of(t, "手机号"), "13800138000");
	cursor_in(t, "手机号");
	tui_keys(t, "<C-u>１３９");
	tui_wait_row(t, row_of(t, "手机号"), "139");
	tui_end(&t);
}

static void a_narrow_field_holds_a_long_name(void **state)
{
	static const char name[] = "北京市昌平区示例科技有限公司第三分公司𠮷田营业部";
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>");
	tui_keys(t, name);
	wait_saved(t, "unit_name", name);
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "营业部"));
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "‹"));
	tui_keys(t, "<Tab>");
	tui_wait_row(t, row_of(t, "单位名称"), "北京市昌平区示例科…");
	tui_end(&t);
}

static void help_is_about_the_field(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Tab><F1>");
	tui_wait_text(t, "照执照录入");
	tui_keys(t, "<Esc><F9>");
	tui_wait_text(t, "菜单");
	tui_keys(t, "<Esc><F5>");
	tui_wait_text(t, "动作 100 在 uscc");
	tui_keys(t, "<F6>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "action 2");
	tui_end(&t);
}

static void keys_cost_few_bytes(void **state)
{
	static const char *const keys[] = {"北",   "京",     "市", "示",     "例",      "a",     "b",  "1",      "2", "3",
									   "<Bs>", "<Left>", "x",  "路",     "<Del>",   "<End>", "c",  "d",      "e", "有",
									   "限",   "公",     "司", "<Home>", "<Right>", "中",    "文", "<Left>", "5"};
	size_t cost[sizeof keys / sizeof *keys];
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>");
	tui_settle(t);
	size_t count = sizeof keys / sizeof *keys;
	for (size_t i = 0; i < count; i++) {
		tui_output_forget(t);
		tui_keys(t, keys[i]);
		tui_settle(t);
		size_t bytes = tui_output(t), at = i;
		for (; at > 0 && cost[at - 1] > bytes; at--)
			cost[at] = cost[at - 1];
		cost[at] = bytes;
	}
	print_message("# bytes a key: median %zu, most %zu\n", cost[count / 2], cost[count - 1]);
	assert_true(cost[count / 2] <= 34);
	tui_end(&t);
}

/* A dialog's edge that falls on half of a Chinese character must leave nothing behind, wherever it falls. */
static void a_dialog_leaves_nothing_behind(void **state)
{
	static const int widths[] = {80, 83, 86, 91, 94, 97, 102, 105, 108};
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Enter>91110105MA01ABCD5F");
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "北京市 昌平区");
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		tui_resize(t, 30, widths[i]);
		tui_wait_row(t, 29, "F10 返回");
		tui_settle(t);
		tui_keys(t, "<F9>");
		tui_settle(t);
		tui_keys(t, "<Esc>");
		tui_wait_row(t, 29, "F10 返回");
		tui_settle(t);
		char *left = tui_screen(t), *drawn;
		tui_bytes(t, "\014", 1); /* Ctrl-L draws all anew */
		tui_settle(t);
		drawn = tui_screen(t);
		assert_string_equal(left, drawn);
		free(left);
		free(drawn);
	}
	tui_end(&t);
}

static void two_columns_where_there_is_room(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_resize(t, 48, 160);
	tui_wait_row(t, 47, "F10 返回");
	tui_keys(t, "1");
	tui_wait_text(t, "手机号");
	assert_int_equal(row_of(t, "认证方式"), row_of(t, "统一社会信用代码"));
	assert_int_equal(row_of(t, "姓名"), row_of(t, "手机号"));
	tui_keys(t, "<Tab>9");
	tui_resize(t, 24, 80);
	tui_wait_row(t, 23, "F10 返回");
	tui_wait_row(t, row_of(t, "统一社会信用代码"), " 9");
	cursor_in(t, "统一社会信用代码");
	tui_end(&t);
}

static void a_click_sets_the_focus(void **state)
{
	struct tui *t = start();
	int row;
	(void)state;
	row = row_of(t, "电子邮箱");
	tui_click(t, row, 40);
	tui_keys(t, "a@b.cn");
	tui_wait_row(t, row, "a@b.cn");
	tui_end(&t);
}

static void only_shown_it_takes_no_keys(void **state)
{
	(void)state;
	discard(start());
	struct tui *t = start_size(24, 80, "SHOW_ONLY=1");
	tui_keys(t, "1x<Tab><F2>");
	tui_settle(t);
	assert_int_equal(access(save_path, F_OK), -1);
	tui_keys(t, "<Esc>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "back");
	tui_end(&t);
}

static void speaks_english_too(void **state)
{
	(void)state;
	discard(start());
	struct tui *t = start_size(24, 80, "LANG=en_US.UTF-8");
	tui_wait_text(t, "Credit code");
	tui_wait_text(t, "4 required left");
	tui_end(&t);
}

static void the_input_method_follows_the_field(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab>");
	tui_settle(t);
	tui_output_forget(t);
	tui_keys(t, "<Tab>");
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769h"));
	tui_output_forget(t);
	tui_keys(t, "<BackTab>");
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769l"));
	tui_end(&t);
}

int main(int argc, char **argv)
{
	if (argc > 4 && strcmp(argv[1], "--program") == 0)
		return program(argc, argv);
	assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_a_form_from_the_keyboard_alone),
		cmocka_unit_test(types_ahead_through_fields_of_fixed_width),
		cmocka_unit_test(an_enter_behind_a_full_field_skips_nothing), cmocka_unit_test(a_mistake_is_said_while_typing_and_stops_once),
		cmocka_unit_test(choices_are_picked_by_number_initials_and_arrows),
		cmocka_unit_test(enter_takes_the_choice_that_stands_there), cmocka_unit_test(hidden_fields_keep_what_was_keyed),
		cmocka_unit_test(what_is_being_typed_is_there_after_a_kill),
		cmocka_unit_test(a_hang_up_saves),
		cmocka_unit_test(a_paste_is_folded_and_stays),
		cmocka_unit_test(a_narrow_field_holds_a_long_name),
		cmocka_unit_test(help_is_about_the_field),
		cmocka_unit_test(keys_cost_few_bytes),
		cmocka_unit_test(a_dialog_leaves_nothing_behind), cmocka_unit_test(two_columns_where_there_is_room),
		cmocka_unit_test(a_click_sets_the_focus),
		cmocka_unit_test(only_shown_it_takes_no_keys),
		cmocka_unit_test(speaks_english_too),
		cmocka_unit_test(the_input_method_follows_the_field),
	};
	return cmocka_run_group_tests(tests, prepare, clean);
}
