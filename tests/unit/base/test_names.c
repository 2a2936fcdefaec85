/* How sites, logins and definitions may be called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/names.h"

static void test_a_site_code_is_letters_digits_and_dashes(void **state)
{
	(void)state;
	assert_true(site_code_good("110114-01"));
	assert_true(site_code_good("R"));
	assert_true(site_code_good("12345678901234567890123456789012"));
	assert_false(site_code_good("123456789012345678901234567890123"));
	assert_false(site_code_good(""));
	assert_false(site_code_good("110114/01"));
	assert_false(site_code_good("../keys"));
	assert_false(site_code_good("110114 01"));
	assert_false(site_code_good("昌平"));
}

static void test_a_login_is_small_letters_digits_and_some_signs(void **state)
{
	(void)state;
	assert_true(login_good("wang.li_2-b"));
	assert_true(login_good("12345678901234567890123456789012"));
	assert_false(login_good("123456789012345678901234567890123"));
	assert_false(login_good(""));
	assert_false(login_good("Wang"));
	assert_false(login_good("110114-01/wang"));
}

static void test_a_definition_is_a_file_beside_others(void **state)
{
	(void)state;
	assert_true(definition_name_good("new-unit"));
	assert_true(definition_name_good("2"));
	assert_true(definition_name_good("12345678901234567890123456789012"));
	assert_false(definition_name_good("123456789012345678901234567890123"));
	assert_false(definition_name_good(""));
	assert_false(definition_name_good("../keys"));
	assert_false(definition_name_good("new.unit"));
	assert_false(definition_name_good("New-unit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_site_code_is_letters_digits_and_dashes),
		cmocka_unit_test(test_a_login_is_small_letters_digits_and_some_signs),
		cmocka_unit_test(test_a_definition_is_a_file_beside_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
