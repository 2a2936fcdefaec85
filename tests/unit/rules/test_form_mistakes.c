/* Wrong form definitions and texts: each mistake is named with file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "rules/form.h"
#include "rules/texts.h"

static struct code_tables *codes;
static char dir[64];

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	strcpy(dir, "/tmp/certdesk-forms-XXXXXX");
	return mkdtemp(dir) && codes_open("forms/codes", &codes, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	codes_free(&codes);
	return rmdir(dir);
}

#define HEAD \
	"form: f\nbusiness: new\ncustomer: unit\nversion: 1\ntitle: {zh: 甲, en: A}\nsections:\n" \
	"  - name: one\n    label: {zh: 乙, en: B}\n    fields:\n"
/* A field on line 10 of the file; `more` are its further keys from line 13 on. */
#define FIELD(type, more) HEAD "      - name: a\n        type: " type "\n        label: {zh: 丙, en: C}\n" more

#define MORE(name, type) "      - name: " name "\n        type: " type "\n        label: {zh: 丙, en: C}\n"

static void definition(const char *text, const char *const *says, size_t count)
{
	char path[96];
	struct form *form = NULL;
	struct mistakes m = {0};
	snprintf(path, sizeof path, "%s/f.yaml", dir);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
	form = form_read(path, codes, &m);
	const char *lines = m.lines.data ? (char *)m.lines.data : "";
	for (size_t i = 0; i < count; i++)
		if (!strstr(lines, says[i]))
			fail_msg("'%s' is not in:\n%s", says[i], lines);
	if (m.count != count)
		fail_msg("%zu mistakes expected:\n%s", count, lines);
	assert_true((form == NULL) == (count > 0));
	form_free(&form);
	mistakes_free(&m);
	unlink(path);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define WRONG(text, ...) definition(text, LIST(__VA_ARGS__), sizeof LIST(__VA_ARGS__) / sizeof(char *))
#define RIGHT(text) definition(text, NULL, 0)

static void a_small_form_is_right(void **state)
{
	(void)state;
	RIGHT(FIELD("text", ""));
	RIGHT(FIELD("text", "        check: email\n        required: ${a} = 'x'\n        limit: 9\n        fixed: true\n"));
	RIGHT(FIELD("select_one", "        choices: banks\n"));
	RIGHT(FIELD("note", ""));
}

static void half_written(void **state)
{
	(void)state;
	WRONG(HEAD "      - {name: a, type: te", "f.yaml:10: 写法不对，或文件没有写完");
	WRONG("form: f\nbusiness: n", "f.yaml:2: “business”不能是“n”", "缺少“customer”", "缺少“version”", "缺少“title”",
		"缺少“sections”");
	WRONG("", "f.yaml: 文件是空的");
}

static void duplicate_keys_and_names(void **state)
{
	(void)state;
	WRONG(FIELD("text", "        type: text\n"), "f.yaml:13: “type”重复了，第 11 行已有");
	WRONG(FIELD("text", "      - name: a\n        type: note\n        label: {zh: 丙, en: C}\n"),
		"f.yaml:13: 字段“a”重复了，第 10 行已有");
	WRONG(HEAD "      - name: Ab-c\n        type: note\n        label: {zh: 丙, en: C}\n",
		"f.yaml:10: 字段名“Ab-c”只能用小写字母");
}

static void unknown_field_in_an_expression(void **state)
{
	(void)state;
	WRONG(FIELD("text",
		"        relevant: ${unit_nam} = 'x'\n" MORE("unit_name", "text")),
	      "f.yaml:13: 条件里的字段“unit_nam”不存在，是不是“unit_name”？");
	WRONG(FIELD("text", "        required: ${b} and ${c_long_one}\n"), "f.yaml:13: 条件里的字段“b”不存在",
		"f.yaml:13: 条件里的字段“c_long_one”不存在");
	WRONG("form: f\nbusiness: new\ncustomer: unit\nversion: 1\ntitle: {zh: 甲, en: A}\nsections:\n"
	      "  - name: one\n    label: {zh: 乙, en: B}\n"
	      "    relevant: ${zzzzz}\n    fields:\n      - name: a\n        type: note\n        label: {zh: 丙, en: C}\n",
	      "f.yaml:9: 条件里的字段“zzzzz”不存在");
}

static void wrong_expressions(void **state)
{
	(void)state;
	WRONG(FIELD("text", "        required: ${a} =\n"), "f.yaml:13: 第 7 个字符处应为字段");
	WRONG(FIELD("text", "        constraint: ${a} != 'x'\n"), "f.yaml:10: 缺少“constraint_message”");
}

static void unknown_tables_and_checks(void **state)
{
	(void)state;
	WRONG(FIELD("select_one", "        choices: bancs\n"), "f.yaml:13: 代码表“bancs”不存在");
	WRONG(FIELD("select_one", "        choices: ../codes/banks\n"), "f.yaml:13: 代码表");
	WRONG(FIELD("select_one", "        choices: media\n        default: gold\n"), "f.yaml:14: 代码表“media”里没有“gold”");
	WRONG(FIELD("text", "        check: emial\n"), "f.yaml:13: 没有检查“emial”");
	WRONG(FIELD("text", "        check_by: b\n"), "f.yaml:13: “b”不是本表单的单选字段");
	WRONG(FIELD("text",
		"        check_by: b\n" MORE("b", "select_one") "        choices: media\n"),
	      "代码“card”没有对应的检查", "代码“UKEY-RS”没有对应的检查", "代码“UKEY-G”没有对应的检查");
}

static void wrong_types_and_keys(void **state)
{
	(void)state;
	WRONG(FIELD("texte", ""), "f.yaml:11: “type”不能是“texte”，是不是“text”？");
	WRONG(FIELD("text", "        limit: long\n"), "f.yaml:13: “limit”必须是整数");
	WRONG(FIELD("text", "        limit: 0\n"), "f.yaml:13: “limit”必须在 1 到 4000 之间");
	WRONG(FIELD("text", "        fixed: yes\n"), "f.yaml:13: “fixed”必须是“true”或“false”");
	WRONG(FIELD("text", "        requird: true\n"), "f.yaml:13: 不认识“requird”，是不是“required”？");
	WRONG(FIELD("note", "        required: true\n"), "f.yaml:13: 这种类型的字段没有“required”");
	WRONG(FIELD("select_one", ""), "f.yaml:10: 缺少“choices”");
	WRONG(FIELD("calculate", ""), "f.yaml:10: 缺少“calculation”");
	WRONG(FIELD("acknowledge", "        default: maybe\n"), "f.yaml:13: “default”必须是");
	WRONG(FIELD("text", "        check: uscc\n        default: x\n"), "f.yaml:14: 统一社会信用代码应为 18 位");
	WRONG(FIELD("text", "        fixed: true\n"), "f.yaml:10: 缺少“limit”");
}

static void missing_english(void **state)
{
	(void)state;
	WRONG(FIELD("text", "        hint: {zh: 丁}\n"), "f.yaml:13: 缺少“en”");
	WRONG(FIELD("text", "        help: {zh: 丁, en: ''}\n"), "f.yaml:13: “en”不能为空");
}

static void several_mistakes_are_all_named(void **state)
{
	(void)state;
	WRONG(FIELD("text", "        check: emial\n        relevant: ${b}\n        colour: red\n"),
		"f.yaml:13: 没有检查“emial”",
	      "f.yaml:14: 条件里的字段“b”不存在", "f.yaml:15: 不认识“colour”");
}

static void beside(const char *name, const char *text)
{
	char path[96];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_true(text ? file_write(path, 0600, text, strlen(text), NULL) == OK : unlink(path) == 0);
}

/* A slip in the form that a dozen others use is one line of each, not one for each field that they miss. */
static void a_half_written_form_is_one_mistake_of_those_that_use_it(void **state)
{
	(void)state;
	static const char uses[] = "form: f\nbusiness: new\ncustomer: unit\nversion: 1\ntitle: {zh: 甲, en: A}\nsections:\n"
							   "  - name: one\n    use: base/one\n    without: [b, c]\n"
							   "  - name: two\n    use: base/two\n    fields:\n      - name: x\n        type: text\n        label: {zh: 丙, en: C}\n        relevant: ${b} = 'x'\n";
	beside("base.yaml", "form: base\nbusiness: [new\n");
	WRONG(uses, "f.yaml:8: 引用的表单“base”本身有误，先改正它");
	beside("base.yaml", NULL);
	WRONG(uses, "f.yaml:8: 没有引用的表单“base”");
}

static void the_name_is_the_files(void **state)
{
	(void)state;
	char path[96];
	struct form *form = NULL;
	struct error e = {0};
	snprintf(path, sizeof path, "%s/g.yaml", dir);
	assert_int_equal(file_write(path, 0600, FIELD("text", ""), sizeof FIELD("text", "") - 1, NULL), OK);
	assert_int_equal(form_load(path, codes, &form, &e), ERR_RULES_FORM);
	assert_non_null(strstr(e.detail, "g.yaml:1: 表单名“f”应与文件名相同"));
	unlink(path);
	assert_int_equal(form_load(path, codes, &form, &e), ERR_RULES_FORM);
	assert_non_null(strstr(e.detail, "g.yaml: 读不了"));
}

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
}

static void take_away(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(remove(path), 0);
}

static void a_directory_is_checked_whole(void **state)
{
	(void)state;
	struct mistakes m = {0};
	struct error e = {0};
	char path[96];
	static const char *const says[] = {"codes/x.tsv:1: 表头缺少“zh”列", "a.yaml:1: ", "b.yaml:1: ", "texts/t.1.md:1: 开头应为"};
	snprintf(path, sizeof path, "%s/codes", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/texts", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put("codes/x.tsv", "code\ten\tinitials\tparent\n");
	put("a.yaml", "form: [\n");
	put("b.yaml", "x\n");
	put("texts/t.1.md", "no head\n");
	assert_int_equal(forms_examine(dir, &m), OK);
	for (size_t i = 0; i < sizeof says / sizeof *says; i++)
		if (!strstr((char *)m.lines.data, says[i]))
			fail_msg("'%s' is not in:\n%s", says[i], (char *)m.lines.data);
	assert_int_equal(forms_check(dir, &e), ERR_RULES_FORM);
	mistakes_free(&m);
	take_away("texts/t.1.md");
	take_away("codes/x.tsv");
	take_away("a.yaml");
	take_away("b.yaml");
	take_away("codes");
	assert_int_equal(forms_check(dir, &e), ERR_RULES_FORM);
	assert_non_null(strstr(e.detail, "/codes: 目录读不了"));
	take_away("texts");
}

#define TEXT_HEAD(id, version, channel) \
	"---\nid: " id "\nversion: " version "\nchannel: " channel "\ntitle: {zh: 甲, en: A}\n---\n"
#define BODY "本协议由订户与本机构订立。\n"

static void wrong_texts_are_named(void **state)
{
	(void)state;
	static const char *const texts[][2] = {
		{"---\nid: t\nversion: 1\ntitle: {zh: 甲}\n---\n" BODY, "t.1.md:4: 缺少“en”"},
		{"---\nid: t\n", "t.1.md:1: 开头应为"},
		{TEXT_HEAD("t", "1", "''"), "t.1.md: 没有正文"},
		{TEXT_HEAD("u", "1", "''") BODY, "t.1.md: 文件名应以“u.”开头"},
		{TEXT_HEAD("t", "1", "''") BODY "\x1b[2J", "t.1.md: 正文里有控制字符"},
		{TEXT_HEAD("t", "1", "''") "\xd5\xc5", "t.1.md: 读不了，或不是 UTF-8 文字"},
		{"---\nid: t\nid: t\n---\n" BODY, "t.1.md:3: “id”重复了"},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct texts *read = NULL;
		struct error e = {0};
		put("t.1.md", texts[i][0]);
		assert_int_equal(texts_load(dir, &read, &e), ERR_RULES_TEXTS);
		if (!strstr(e.detail, texts[i][1]))
			fail_msg("'%s' is not in '%s'", texts[i][1], e.detail);
		take_away("t.1.md");
	}
}

static void the_newest_text_of_the_channel_is_current(void **state)
{
	(void)state;
	const struct agreement *out[4];
	struct texts *read = NULL;
	put("a.9.md", TEXT_HEAD("a", "2026-9", "''") BODY);
	put("a.10.md", TEXT_HEAD("a", "2026-10", "''") BODY);
	put("a.g.md", TEXT_HEAD("a", "2026-2", "general") BODY);
	put("b.1.md", TEXT_HEAD("b", "1", "general") BODY);
	assert_int_equal(texts_load(dir, &read, NULL), OK);
	assert_int_equal(texts_current(read, "public-resources", out, 4), 1);
	assert_string_equal(out[0]->version, "2026-10");
	assert_int_equal(texts_current(read, "general", out, 4), 2);
	assert_string_equal(out[0]->version, "2026-2");
	assert_string_equal(out[1]->id, "b");
	assert_string_equal(out[1]->body, BODY);
	assert_int_equal(texts_current(read, "general", out, 1), 1);
	texts_free(&read);
	put("c.md", TEXT_HEAD("c", "1", "''") BODY);
	put("c.2.md", TEXT_HEAD("c", "1", "''") BODY);
	struct error e = {0};
	assert_int_equal(texts_load(dir, &read, &e), ERR_RULES_TEXTS);
	assert_non_null(strstr(e.detail, "“c”的版本“1”重复了"));
	static const char *const files[] = {"a.9.md", "a.10.md", "a.g.md", "b.1.md", "c.md", "c.2.md"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		take_away(files[i]);
}

static void the_shipped_texts_are_the_four(void **state)
{
	(void)state;
	const struct agreement *out[8];
	struct texts *read = NULL;
	static const char *const ids[] = {"declaration", "privacy-policy", "risk-notice", "service-agreement"};
	static const char *const titles[] = {"申请声明", "个人信息保护政策", "风险知情书", "电子认证服务协议"};
	assert_int_equal(texts_load("forms/texts", &read, NULL), OK);
	static const char *const channels[] = {"public-resources", "general"};
	for (size_t c = 0; c < 2; c++) {
		assert_int_equal(texts_current(read, channels[c], out, 8), 4);
		for (size_t i = 0; i < 4; i++) {
			assert_string_equal(out[i]->id, ids[i]);
			assert_string_equal(text2_tr(&out[i]->title), titles[i]);
			assert_true(strlen(out[i]->body) > 500);
			assert_true(strncmp(out[i]->digest, "sha256:", 7) == 0);
		}
	}
	texts_free(&read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_form_is_right),
		cmocka_unit_test(half_written),
		cmocka_unit_test(duplicate_keys_and_names),
		cmocka_unit_test(unknown_field_in_an_expression),
		cmocka_unit_test(wrong_expressions),
		cmocka_unit_test(unknown_tables_and_checks),
		cmocka_unit_test(wrong_types_and_keys),
		cmocka_unit_test(missing_english),
		cmocka_unit_test(several_mistakes_are_all_named),
		cmocka_unit_test(a_half_written_form_is_one_mistake_of_those_that_use_it),
		cmocka_unit_test(the_name_is_the_files),
		cmocka_unit_test(a_directory_is_checked_whole),
		cmocka_unit_test(wrong_texts_are_named),
		cmocka_unit_test(the_newest_text_of_the_channel_is_current),
		cmocka_unit_test(the_shipped_texts_are_the_four),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
