/* What an operator reads of a failure, whatever the function that failed has said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/error.h"
#include "base/lang.h"

static void a_failure_without_words_is_told_by_its_code(void **state)
{
	(void)state;
	struct error e = {0}, same = {0};
	char said[200], wanted[200];
	assert_int_equal(error_complete(&e, ERR_MEMORY), ERR_MEMORY);
	error_set(&same, ERR_MEMORY, "%s", "");
	assert_string_equal(error_sentence(&e, said, sizeof said), error_sentence(&same, wanted, sizeof wanted));
	/* what was said of another failure before isn't said of this one */
	error_set(&e, ERR_FILE_READ, "%s", "a file");
	error_complete(&e, ERR_MEMORY);
	assert_string_equal(error_sentence(&e, said, sizeof said), wanted);
}

static void what_was_said_stays(void **state)
{
	(void)state;
	struct error e = {0};
	error_set(&e, ERR_FILE_READ, "%s", "a file");
	assert_int_equal(error_complete(&e, ERR_FILE_READ), ERR_FILE_READ);
	assert_string_equal(e.detail, "a file");
	assert_int_equal(error_complete(&e, OK), OK);
	assert_string_equal(e.detail, "a file");
}

int main(void)
{
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_without_words_is_told_by_its_code),
		cmocka_unit_test(what_was_said_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
