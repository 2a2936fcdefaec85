#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "cli/output.h"

static char *text_of(const char *json, const char *columns)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);
	json_t *value = json_loads(json, 0, NULL);
	assert_non_null(f);
	assert_non_null(value);
	output_text(f, value, columns);
	json_decref(value);
	fclose(f);
	return out;
}

static void shows(const char *json, const char *columns, const char *expected)
{
	char *out = text_of(json, columns);
	assert_string_equal(out, expected);
	free(out);
}

static void tables_line_up_by_width(void **state)
{
	(void)state;
	shows("[{\"order\":\"1\",\"name\":\"北京示例\",\"amount\":28000},{\"order\":\"22\",\"name\":\"ab\",\"amount\":5}]",
		NULL,
	      "订单号  名称      金额\n"
	      "1       北京示例  280.00\n"
	      "22      ab        0.05\n");
	shows("[{\"order\":\"1\",\"name\":\"x\"}]", "name,order,staff", "名称  订单号  受理员\nx     1\n");
	shows("[]", NULL, "（没有记录）\n");
}

static void objects_are_lines(void **state)
{
	(void)state;
	shows("{\"order\":\"1\",\"signed_at\":\"2026-11-22T13:05:00Z\",\"waiting\":true,\"staff\":null,"
	      "\"roles\":[\"a\",\"b\"]}", NULL,
	      "订单号    1\n签名时间  2026-11-22 21:05\n客户等候  是\n岗位      a、b\n");
	shows("{\"order\":\"1\",\"items\":[{\"role\":\"main\"}],\"signature\":{\"method\":\"sms\"}}", NULL,
	      "订单号  1\n件\n  主副锁\n  main\n申请签名确认\n  方式  sms\n");
}

static void outside_text_is_harmless(void **state)
{
	char *out = NULL;
	size_t size = 0;
	(void)state;
	shows("{\"name\":\"a\\u001b[31m\\u009bb\\n\\u202ec\"}", NULL, "名称  a·[31m·b··c\n");
	FILE *f = open_memstream(&out, &size);
	json_t *value = json_pack("{ss}", "name", "a\x1b\xc2\x9b\xe2\x80\xae\xd8\x9c\x7f汉");
	output_json(f, value);
	json_decref(value);
	fclose(f);
	assert_string_equal(out, "{\"name\":\"a\\u001B\\u009B\\u202E\\u061C\\u007F汉\"}\n");
	free(out);
}

static void words_follow_the_language(void **state)
{
	(void)state;
	lang_set(LANG_EN);
	assert_string_equal(output_label("order"), "order");
	assert_string_equal(output_label("key_serial"), "key");
	assert_string_equal(output_label("never_heard_of"), "never_heard_of");
	lang_set(LANG_ZH);
	assert_string_equal(output_label("order"), "订单号");
}

int main(void)
{
	lang_start();
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_line_up_by_width),
		cmocka_unit_test(objects_are_lines),
		cmocka_unit_test(outside_text_is_harmless),
		cmocka_unit_test(words_follow_the_language),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
