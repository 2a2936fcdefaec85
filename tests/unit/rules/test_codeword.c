/* What stands in the store as a code has a word; what is no code stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "rules/codeword.h"
#include "rules/permission.h"

/* The CHECKs of db/migrations/0001_model.sql, and what is in no CHECK. */
static const struct {
	const char *(*word)(const char *code);
	const char *codes;
} kinds[] = {
	{codeword_method, "cash pos cheque transfer sms paper face-matches one-cent"},
	{codeword_person, "unit legal agent person other mail"},
	{codeword_check, "face-to-face provider face-matches originals-seen real-name-mobile bank-card one-cent register code-on-file key-signature"},
	{codeword_result, "passed failed open"},
	{codeword_failure, "not-alike differs wrong-code declined not-found doubtful expired wrong-pin"},
	{codeword_pin, "recorded set sent delivered failed replaced"},
	{codeword_channel, "sms remark"},
	{codeword_payment, "open verified void unclaimed"},
	{codeword_signature, "valid void"},
	{codeword_site, "counter review enrolled joined revoked sent taken refused"},
	{codeword_text, "service-agreement privacy-policy risk-notice declaration"},
	{codeword_customer, "person"},
	{role_title_of, "operator reviewer issuer manager admin auditor"},
};

static void every_code_has_a_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char codes[200];
		snprintf(codes, sizeof codes, "%s", kinds[i].codes);
		for (char *code = strtok(codes, " "); code; code = strtok(NULL, " "))
			if (strcmp(kinds[i].word(code), code) == 0)
				fail_msg("%s is shown as it is", code);
		assert_string_equal(kinds[i].word("no-such-code"), "no-such-code");
	}
}

/* Every action that headquarters knows, and every one that something may be refused by. */
static void every_action_has_a_word(void **state)
{
	(void)state;
	static const char *const actions[] = {
#define DEED(action, permission, system, events) action,
#include "hub/deeds.def"
#undef DEED
#define MAY(id, name, roles, zh, en) name,
#include "rules/permissions.def"
#undef MAY
	};
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (actions[i][strlen(actions[i]) - 1] != '.' && strcmp(codeword_action(actions[i]), actions[i]) == 0)
			fail_msg("%s is shown as it is", actions[i]);
	assert_string_equal(codeword_action("no.such-action"), "no.such-action");
	assert_string_not_equal(codeword_step("written"), "written");
	assert_string_equal(codeword_step("no-such-step"), "no-such-step");
}

int main(void)
{
	lang_start();
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_has_a_word), cmocka_unit_test(every_action_has_a_word)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
