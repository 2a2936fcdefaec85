#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "rules/expr.h"

static json_t *values;

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	values = json_pack("{s:s, s:b, s:b, s:[s,s], s:[], s:s, s:s, s:s}", "auth", "mobile", "yes", 1, "no", 0, "many",
	                   "a", "b",
	                   "none", "count", "12", "day", "2026-11-22", "empty", "");
	return values ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(values);
	return 0;
}

static void conditions(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool truth;
	} rows[] = {
		{"${auth} = 'mobile'", true}, {"${auth}='mobile'", true}, {"${auth} != 'mobile'", false}, {"${auth} = 'bank'",
		    false},
		{"${yes}", true}, {"${no}", false}, {"${empty}", false}, {"${absent}", false}, {"${auth}", true}, {"${none}",
		    false},
		{"${many}", true}, {"${absent} = ''", true}, {"${empty} = ''", true}, {"${absent} != ''", false},
		{"${yes} = true", true}, {"${no} = false", true}, {"${absent} = false", true}, {"${yes} != false", true},
		{"selected(${many}, 'b')", true}, {"selected( ${many} ,'c' )", false}, {"selected(${none}, 'a')", false},
		{"selected(${auth}, 'mobile')", true}, {"selected(${absent}, 'a')", false},
		{"${count} > 9", true}, {"${count} >= 12", true}, {"${count} < 100", true}, {"${count} <= 11",
		    false}, {"${count} = 12.0", true},
		{"${count} > '9'", false}, {"${absent} > 3", false}, {"${day} < '2026-12-01'", true},
		{"not(${no})", true}, {"not(${yes} and ${no})", true}, {"not (${yes})", false},
		{"${yes} and ${no}", false}, {"${yes} or ${no}", true}, {"${no} and ${no} or ${yes}",
		                                                         true}, {"${yes} or ${no} and ${no}", true},
		{"(${yes} or ${no}) and ${no}", false}, {"((${yes}))", true}, {"true", true}, {"false", false}, {"1",
		    true}, {"0", false},
		{"'x'", true}, {"''", false}, {"${auth} = 'mobile' and (${count} = 12 or ${absent})", true}, {"-1 < 0", true},
		{"not(selected(${many}, 'a')) or ${day} >= '2026-01-01'", true}, {"(${yes} = true) = true", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expr *x = NULL;
		struct error e = {0};
		if (expr_parse(rows[i].text, &x, &e))
			fail_msg("%s: %s", rows[i].text, e.detail);
		if (expr_true(x, values) != rows[i].truth)
			fail_msg("%s is not %d", rows[i].text, rows[i].truth);
		expr_free(&x);
		assert_null(x);
	}
}

static void mistakes_say_where(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"", "第 1 个字符处应为字段、文字、数字或括号"}, {"${auth", "第 7 个字符处应为字段名和 }"}, {"${}", "应为字段名"},
		{"${a} = ", "第 8 个字符"}, {"${a} = 'x", "应为后引号"}, {"${a} 'x'", "应为结尾、and 或 or"}, {"(${a}", "第 6 个字符处应为)"},
		{"${a})", "应为结尾"}, {"not ${a}", "应为("}, {"selected(${a})", "应为,"}, {"selected('a','b')", "应为字段 ${…}"},
		{"selected(${a}, ${b})", "应为'文字'"}, {"${a} == 'x'", "第 7 个字符"}, {"${a} and", "应为字段"}, {"${a} And ${b}", "应为结尾"},
		{"and ${a}", "应为字段"}, {"${a} = 1 = 1", "应为结尾"}, {"foo(${a})", "应为字段"}, {"${a-b}", "应为字段名"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expr *x = NULL;
		struct error e = {0};
		assert_int_equal(expr_parse(rows[i][0], &x, &e), ERR_RULES_EXPR);
		assert_null(x);
		if (!strstr(e.detail, rows[i][1]))
			fail_msg("'%s': '%s' is not in '%s'", rows[i][0], rows[i][1], e.detail);
	}
	struct expr *x = NULL;
	assert_int_equal(expr_parse("(", &x, NULL), ERR_RULES_EXPR);
}

static void nesting_and_length_are_bounded(void **state)
{
	(void)state;
	char text[9000];
	struct expr *x = NULL;
	memset(text, '(', 4000);
	text[4000] = '\0';
	assert_int_equal(expr_parse(text, &x, NULL), ERR_RULES_EXPR);
	memset(text, ' ', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(expr_parse(text, &x, NULL), ERR_RULES_EXPR);
	text[0] = '\0';
	for (int i = 0; i < 500; i++)
		strcat(text, i ? "or true " : "true ");
	assert_int_equal(expr_parse(text, &x, NULL), OK);
	assert_true(expr_true(x, values));
	expr_free(&x);
}

static void calculations_give_text(void **state)
{
	(void)state;
	static const char *const rows[][2] = {{"${auth}", "mobile"}, {"${absent}", ""}, {"'x y'", "x y"},
	                                      {"${yes}", "true"}, {"12", "12"}, {"${no} or ${yes}", "true"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expr *x = NULL;
		assert_int_equal(expr_parse(rows[i][0], &x, NULL), OK);
		char *text = expr_text(x, values);
		assert_string_equal(text, rows[i][1]);
		free(text);
		expr_free(&x);
	}
}

static void gather(const char *name, void *arg)
{
	strcat(arg, name);
	strcat(arg, " ");
}

static void fields_are_visited(void **state)
{
	(void)state;
	char names[64] = "";
	struct expr *x = NULL;
	assert_int_equal(expr_parse("${a} = 'q' and (selected(${b}, 'x') or not(${c} < ${a}))", &x, NULL), OK);
	expr_fields(x, gather, names);
	assert_string_equal(names, "a b c a ");
	expr_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions),
		cmocka_unit_test(mistakes_say_where),
		cmocka_unit_test(nesting_and_length_are_bounded),
		cmocka_unit_test(calculations_give_text),
		cmocka_unit_test(fields_are_visited),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
