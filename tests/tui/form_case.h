/* What the tests of the form on the screen share. Each runs itself as the program under test: with --program it is a small
 * program that shows one form and writes what `save` gets to a file. */
#ifndef CERTDESK_TESTS_FORM_CASE_H
#define CERTDESK_TESTS_FORM_CASE_H

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

#include "../lib/json_file.h"
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

static inline enum err save(void *arg, const json_t *values, const char *focus, size_t cursor, struct error *e)
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

static inline json_t *known(void *arg, const char *field, const char *value, char *question, size_t size)
{
	(void)arg;
	if (strcmp(field, "uscc") != 0 || strcmp(value, "91110105MA01ABCD5F") != 0)
		return NULL;
	snprintf(question, size, "这家单位 2025-11-01 办过新办，带入上次的资料吗？");
	return json_pack("{s:s,s:s}", "unit_name", "北京示例科技有限公司", "region", "110114");
}

static inline bool act(void *arg, struct ui *ui, int action, const char *field, json_t *values)
{
	(void)arg;
	(void)values;
	actions_done++;
	ui_say(ui, "动作 %d 在 %s", action, field);
	return action == 101;
}

static inline int program(int argc, char **argv)
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
		ui_start(&options, &ui, &e) != OK) {
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

static inline void put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
}

static inline int prepare(void **state)
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

static inline int clean(void **state)
{
	char command[256];
	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static char form_path[256], codes_path[256], save_path[256];

static inline struct tui *start_size(int rows, int columns, const char *env)
{
	const char *const argv[] = {self, "--program", form_path, codes_path, save_path, NULL};
	struct tui *t = tui_start(
		&(struct tui_options){.argv = argv, .env = (const char *const[]){env, NULL}, .rows = rows, .columns = columns});
	tui_wait_row(t, rows - 1, env && strstr(env, "en_US") ? "F10" : "F10 返回");
	return t;
}

/* A form with nothing in it, or with what the program saved before. */
static inline struct tui *start_again(void)
{
	return start_size(24, 80, NULL);
}

static inline void discard(struct tui *t)
{
	tui_end(&t);
}

static inline struct tui *start_on(const char *path)
{
	snprintf(form_path, sizeof form_path, "%s", path);
	snprintf(codes_path, sizeof codes_path, "%s/codes", dir);
	snprintf(save_path, sizeof save_path, "%s/saved.json", dir);
	unlink(save_path);
	return start_again();
}

static inline struct tui *start(void)
{
	char path[256];
	snprintf(path, sizeof path, "%s/new-unit.yaml", dir);
	return start_on(path);
}

static inline json_t *saved(void)
{
	json_t *all = NULL;
	json_read_file(save_path, &all, NULL);
	return all;
}

struct wanted {
	const char *field, *value;
};

static inline bool is_saved(struct tui *t, void *arg)
{
	struct wanted *w = arg;
	json_t *all = saved();
	bool same = strcmp(json_text(json_object_get(all, "values"), w->field), w->value) == 0;
	(void)t;
	json_decref(all);
	return same;
}

static inline void wait_saved(struct tui *t, const char *field, const char *value)
{
	tui_wait(t, is_saved, &(struct wanted){field, value}, value);
}

/* Row of a field by its label; the label must be on the screen. */
static inline int row_of(struct tui *t, const char *label)
{
	int row, column;
	tui_wait_text(t, label);
	assert_true(tui_find(t, label, &row, &column));
	return row;
}

static inline bool cursor_is_in(struct tui *t, void *label)
{
	int row, column, shown;
	tui_cursor(t, &row, &column);
	return tui_find(t, label, &shown, &column) && row == shown;
}

/* What was typed has been answered first: it may have to stay where it was. */
static inline void cursor_in(struct tui *t, const char *label)
{
	tui_settle(t);
	tui_wait(t, cursor_is_in, (void *)(uintptr_t)label, label);
}

#define FORM_CASE_MAIN(tests)                                                                                                     \
	int main(int argc, char **argv)                                                                                               \
	{                                                                                                                             \
		if (argc > 4 && strcmp(argv[1], "--program") == 0)                                                                        \
			return program(argc, argv);                                                                                           \
		assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);                                                       \
		return cmocka_run_group_tests(tests, prepare, clean);                                                                     \
	}

#endif
