/* Password records: what the program makes costs as much as it promises, and only records of its form open anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypt.h"

static struct secret right, wrong;

static int begin(void **state)
{
	(void)state;
	secret_set(&right, "Correct-Horse-7!", 16);
	secret_set(&wrong, "Correct-Horse-7?", 16);
	return 0;
}

static void test_a_new_record_takes_32_mib_of_scrypt(void **state)
{
	char record[PASSWORD_RECORD_SIZE];
	(void)state;
	assert_int_equal(password_make(&right, record), OK);
	assert_ptr_equal(strstr(record, "scrypt:15:8:1:"), record);
	assert_true(password_matches(&right, record));
	assert_false(password_matches(&wrong, record));
}

static void test_no_two_records_are_the_same(void **state)
{
	char one[PASSWORD_RECORD_SIZE], two[PASSWORD_RECORD_SIZE];
	(void)state;
	assert_int_equal(password_make(&right, one), OK);
	assert_int_equal(password_make(&right, two), OK);
	assert_string_not_equal(one, two);
}

/* Python's hashlib.scrypt says so: with the salt 00 01 … 0f, at 2^10 and 2^9. */
#define SALT "000102030405060708090a0b0c0d0e0f"
#define HASH "f2171887926dd366c50b845dd35fc8435924fa50da0e76f44698e7c63e0d4ef0"
#define HASH_CHEAP "694545407e670c933569cb6fd8f29c2e25e3fbe57f47954dcbadf033f43d2dc3"

static void test_records_of_another_making_open(void **state)
{
	(void)state;
	assert_true(password_matches(&right, "scrypt:10:8:1:" SALT ":" HASH));
	assert_false(password_matches(&wrong, "scrypt:10:8:1:" SALT ":" HASH));
}

static void test_what_is_no_record_opens_nothing(void **state)
{
	static const char *const records[] = {
		"", "scrypt:-", "scrypt:", "Correct-Horse-7!", "bcrypt:10:8:1:" SALT ":00",
		"scrypt:9:8:1:" SALT ":" HASH_CHEAP,  /* too cheap */
		"scrypt:21:8:1:" SALT ":" HASH,  /* would take more memory than there is */
		"scrypt:10:0:1:" SALT ":" HASH, "scrypt:10:8:0:" SALT ":" HASH,
		"scrypt:10:8:1:000102030405060708090a0b0c0d0e:" HASH, "scrypt:10:8:1:" SALT ":00",
	};
	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (password_matches(&right, records[i]))
			fail_msg("%s", records[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_record_takes_32_mib_of_scrypt),
		cmocka_unit_test(test_no_two_records_are_the_same),
		cmocka_unit_test(test_records_of_another_making_open),
		cmocka_unit_test(test_what_is_no_record_opens_nothing),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
