/* Lists within a sentence, as each language separates them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/lang.h"

static void members_stand_apart_as_the_language_does(void **state)
{
	(void)state;
	char out[40] = "";
	lang_set(LANG_ZH);
	lang_list_add(out, sizeof out, "现金");
	assert_string_equal(out, "现金");
	lang_list_add(out, sizeof out, "支票");
	assert_string_equal(out, "现金、支票");
	lang_set(LANG_EN);
	out[0] = '\0';
	lang_list_add(out, sizeof out, "cash");
	lang_list_add(out, sizeof out, "cheque");
	assert_string_equal(out, "cash, cheque");
}

static void what_does_not_fit_is_cut_at_a_whole_character(void **state)
{
	(void)state;
	char out[12] = "";
	lang_set(LANG_ZH);
	lang_list_add(out, sizeof out, "现金");
	lang_list_add(out, sizeof out, "支票");
	assert_string_equal(out, "现金、");
	lang_list_add(out, sizeof out, "POS"); /* not without what parts it from the one before */
	assert_string_equal(out, "现金、");
	char serials[22] = "";
	lang_list_add(serials, sizeof serials, "10000001");
	lang_list_add(serials, sizeof serials, "10000002");
	lang_list_add(serials, sizeof serials, "10000003");
	assert_string_equal(serials, "10000001、10000002");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_stand_apart_as_the_language_does),
		cmocka_unit_test(what_does_not_fit_is_cut_at_a_whole_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
