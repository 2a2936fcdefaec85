#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/yaml.h"

static const char *const colours[] = {"red", "green", NULL};
static const struct yaml_rule item_rules[] = {
	{.name = "name", .kind = YAML_TEXT, .required = true},
	{.name = "size", .kind = YAML_INT, .least = 1, .most = 9},
};
static const struct yaml_schema item_schema = YAML_SCHEMA(item_rules);
static const struct yaml_rule rules[] = {
	{.name = "title", .kind = YAML_TEXT, .required = true},
	{.name = "colour", .kind = YAML_TEXT, .words = colours},
	{.name = "on", .kind = YAML_BOOL},
	{.name = "items", .kind = YAML_LIST, .inside = &item_schema},
	{.name = "words", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "one", .kind = YAML_MAP, .inside = &item_schema},
};
static const struct yaml_schema schema = YAML_SCHEMA(rules);

static void finds(const char *text, const char *const *expected, size_t count)
{
	struct mistakes m = {0};
	struct yaml *doc = yaml_parse("f.yaml", text, strlen(text), &m);
	if (doc)
		yaml_check(yaml_root(doc), &schema, &m);
	for (size_t i = 0; i < count; i++)
		if (!m.lines.data || !strstr((char *)m.lines.data, expected[i]))
			fail_msg("'%s' is not in:\n%s", expected[i], m.lines.data ? (char *)m.lines.data : "");
	assert_int_equal(m.count, count);
	mistakes_free(&m);
	yaml_close(&doc);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define FINDS(text, ...) finds(text, LIST(__VA_ARGS__), sizeof LIST(__VA_ARGS__) / sizeof(char *))

static void reads_a_good_document(void **state)
{
	(void)state;
	struct mistakes m = {0};
	const char *text = "title: 新办\ncolour: red\non: true\n"
	                   "items:\n  - name: a\n    size: 3\n  - {name: \"b\"}\nwords: [x, y]\n";
	struct yaml *doc = yaml_parse("f.yaml", text, strlen(text), &m);
	assert_non_null(doc);
	struct yaml_at root = yaml_root(doc), items = yaml_get(root, "items");
	yaml_check(root, &schema, &m);
	assert_int_equal(m.count, 0);
	assert_string_equal(yaml_text(yaml_get(root, "title")), "新办");
	assert_true(yaml_bool(yaml_get(root, "on"), false));
	assert_int_equal(yaml_count(items), 2);
	assert_int_equal(yaml_int(yaml_get(yaml_item(items, 0), "size"), -1), 3);
	assert_int_equal(yaml_int(yaml_get(yaml_item(items, 1), "size"), -1), -1);
	assert_string_equal(yaml_text(yaml_get(yaml_item(items, 1), "name")), "b");
	assert_int_equal(yaml_line(yaml_item(items, 1)), 7);
	assert_string_equal(yaml_text(yaml_item(yaml_get(root, "words"), 1)), "y");
	assert_int_equal(yaml_count(yaml_get(yaml_get(root, "no"), "where")), 0);
	mistakes_free(&m);
	yaml_close(&doc);
}

static void names_every_mistake_with_its_line(void **state)
{
	(void)state;
	FINDS("titel: x\ncolour: blue\non: yes\nitems:\n  - size: 12\n  - name: [a]\nwords: {a: b}\none: 3\n",
	      "f.yaml:1: 缺少“title”",
	      "f.yaml:1: 不认识“titel”，是不是“title”？", "f.yaml:2: “colour”不能是“blue”", "f.yaml:3: “on”必须是“true”或“false”",
	      "f.yaml:5: “size”必须在 1 到 9 之间", "f.yaml:5: 缺少“name”", "f.yaml:6: “name”必须是文字", "f.yaml:7: “words”必须是列表",
	      "f.yaml:8: “one”必须是一组“键: 值”");
}

static void speaks_english_too(void **state)
{
	(void)state;
	lang_set(LANG_EN);
	FINDS("titel: x\n", "f.yaml:1: 'titel' is not known; is 'title' meant?", "f.yaml:1: 'title' is missing");
	lang_set(LANG_ZH);
}

static void suggests_a_word(void **state)
{
	(void)state;
	FINDS("title: x\ncolour: gren\n", "f.yaml:2: “colour”不能是“gren”，是不是“green”？");
}

static void refuses_duplicate_keys(void **state)
{
	(void)state;
	FINDS("title: x\ncolour: red\ntitle: y\n", "f.yaml:3: “title”重复了，第 1 行已有");
}

static void names_what_stands_beside_a_duplicate_key(void **state)
{
	(void)state;
	FINDS("title: x\ntitle: y\ncolour: blue\nitems:\n  - {name: a, name: b, size: 12}\n", "f.yaml:2: “title”重复了，第 1 行已有",
	      "f.yaml:3: “colour”不能是“blue”", "f.yaml:5: “name”重复了", "f.yaml:5: “size”必须在 1 到 9 之间");
	FINDS("title: x\n[a, b]: y\non: 3\n", "f.yaml:2: 键必须是文字", "f.yaml:3: “on”必须是“true”或“false”");
}

/* The reader's own words are English; what is left of them in a Chinese sentence is what the file itself holds. */
static void says_in_chinese_what_is_not_well_formed(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"title: x\n\tcolour: red\n", "title: \"x", "title: 'x", "title: [a, b", "items: {a: b", "title: [a b]]", "title: a: b\n", "title: x\ncolour\n",
		"- a\nb: c\n", "a: b\n- c\n", "a: - b\n", "a: @b\n", "a: `b\n", "a: %b\n", "title: \"\\q\"\n", "title: \"\\xZZ\"\n",
		"title: \"\\uD800\"\n", "title: \"a\n--- b\"\n", "%YAML 9.9\n---\na: b\n", "%YAML x\n", "%FOO a\n", "%YAML 1.1\n%YAML 1.1\n---\na: b\n",
		"%TAG ! a\n%TAG ! b\n---\na: b\n", "a: |0\n b\n", "a: |\n\t b\n", "a: | b\n", "a: &\n", "a: *\n", "a: !<x\n", "a: !x!y z\n",
		"a: !<%zz> b\n", "?\n? [\n", "[a, b]: [c\n", "a:\n  b: c\n d: e\n", "a: {b: c]\n", "a: b\n...\nc\n", "\x01: a\n", "a: b}\n  c: d\n",
		"a: [b\n- c]\n", "? a\n  : b: c\n d", "a: \"b\" c\n", "]\n", "}\n", ",\n", ": :\n:", "a: ? b\n", "%YAML 1.\n", "%YAML 1.99999999999\n", "%\n",
		"%TAG\n", "%TAG x y\n", "%TAG ! %\n---\n", "%YAML 1.1 x\n", "- - -\n -\n  -x: [", "a: 'b\n...\n'", "!%%zz a", "--- |\n%"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mistakes m = {0};
		struct yaml *doc = yaml_parse("", wrong[i], strlen(wrong[i]), &m);
		if (m.lines.data && strstr((char *)m.lines.data, "写法不对"))
			for (const char *s = (char *)m.lines.data; *s; s++)
				if (s[0] >= 'a' && s[0] <= 'z' && s[1] >= 'a' && s[1] <= 'z')
					fail_msg("%zu: %s", i, m.lines.data);
		mistakes_free(&m);
		yaml_close(&doc);
	}
	FINDS("title: x\n\tcolour: red\n", "f.yaml:2: 写法不对，或文件没有写完：缩进不能用制表符");
	FINDS("title: [a, b\n", "少了“,”或“]”");
	lang_set(LANG_EN);
	FINDS("title: [a, b\n", "did not find expected ',' or ']'");
	lang_set(LANG_ZH);
}

static void refuses_a_half_written_file(void **state)
{
	(void)state;
	FINDS("title: x\nitems:\n  - {name: a, size", "f.yaml:3: 写法不对，或文件没有写完");
	FINDS("title: \"x\ncolour: red\n", "没有写完");
	FINDS("title: x\n\tcolour: red\n", "f.yaml:2: ");
	FINDS("", "f.yaml: 文件是空的");
}

static void refuses_anchors_aliases_and_tags(void **state)
{
	(void)state;
	FINDS("title: &a x\n", "f.yaml:1: 不能用锚、别名和标签");
	FINDS("title: x\nwords: *a\n", "f.yaml:2: 不能用锚、别名和标签");
	FINDS("title: !!binary eA==\n", "f.yaml:1: 不能用锚、别名和标签");
	FINDS("a: &a [l,l]\nb: &b [*a,*a]\nc: [*b,*b]\n", "f.yaml:1: 不能用锚、别名和标签");
}

static void refuses_what_is_not_utf8(void **state)
{
	(void)state;
	FINDS("title: x\ncolour: \xd5\xc5\n", "f.yaml:2: 不是 UTF-8 文字");
}

static void refuses_a_second_document(void **state)
{
	(void)state;
	FINDS("title: x\n---\ntitle: y\n", "f.yaml:2: 一个文件只能有一份文档");
}

static void bounds_depth_and_size(void **state)
{
	(void)state;
	char deep[200];
	memset(deep, '[', sizeof deep);
	deep[sizeof deep - 1] = '\0';
	FINDS(deep, "f.yaml:1: 嵌套太深");
	struct bytes big = {0};
	for (int i = 0; i < 3000; i++)
		bytes_format(&big, "k%d: 1\n", i);
	FINDS((char *)big.data, "f.yaml:2001: 内容太多");
	for (int i = 0; big.length <= YAML_FILE_LIMIT; i++)
		bytes_format(&big, "key%d: 1\n", i);
	FINDS((char *)big.data, "f.yaml: 文件超过 1 MiB");
	bytes_free(&big);
}

static void shows_no_control_characters(void **state)
{
	(void)state;
	FINDS("title: x\n\"a\\e[2J\\nb\": 1\n", "f.yaml:2: 不认识“a·[2J·b”");
}

static void names_a_file_that_cannot_be_read(void **state)
{
	(void)state;
	struct mistakes m = {0};
	struct error e = {0};
	assert_null(yaml_read("/nonexistent/x.yaml", &m));
	assert_int_equal(mistakes_error(&m, ERR_YAML, &e), ERR_YAML);
	assert_non_null(strstr(e.detail, "/nonexistent/x.yaml: 读不了"));
	mistakes_free(&m);
}

static void an_error_counts_what_it_has_no_room_for(void **state)
{
	(void)state;
	struct mistakes m = {0};
	struct error e = {0};
	assert_int_equal(mistakes_error(&m, ERR_YAML, &e), OK);
	for (size_t i = 1; i <= 300; i++)
		mistakes_add(&m, "f.yaml", i, "something is wrong here");
	assert_int_equal(m.count, 300);
	assert_int_equal(mistakes_error(&m, ERR_YAML, &e), ERR_YAML);
	assert_non_null(strstr(e.detail, "f.yaml:1: something"));
	assert_non_null(strstr(e.detail, "……还有 28"));
	mistakes_free(&m);
}

int main(void)
{
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_good_document),
		cmocka_unit_test(names_every_mistake_with_its_line),
		cmocka_unit_test(speaks_english_too),
		cmocka_unit_test(suggests_a_word),
		cmocka_unit_test(refuses_duplicate_keys),
		cmocka_unit_test(names_what_stands_beside_a_duplicate_key),
		cmocka_unit_test(says_in_chinese_what_is_not_well_formed),
		cmocka_unit_test(refuses_a_half_written_file),
		cmocka_unit_test(refuses_anchors_aliases_and_tags),
		cmocka_unit_test(refuses_what_is_not_utf8),
		cmocka_unit_test(refuses_a_second_document),
		cmocka_unit_test(bounds_depth_and_size),
		cmocka_unit_test(shows_no_control_characters),
		cmocka_unit_test(names_a_file_that_cannot_be_read),
		cmocka_unit_test(an_error_counts_what_it_has_no_room_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
