/* Who speaks for a customer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/contact.h"

static void is(const char *values, const char *what, const char *wanted)
{
	json_t *v = json_loads(values, 0, NULL);
	assert_non_null(v);
	assert_string_equal(contact_value(v, what), wanted);
	json_decref(v);
}

#define PERSON "\"person_name\":\"张三\",\"person_id_number\":\"1\",\"person_mobile\":\"137\",\"person_email\":\"p@x\",\"person_id_valid_until\":\"长期\""
#define AGENT  "\"agent_name\":\"李四\",\"agent_id_number\":\"2\",\"agent_mobile\":\"139\""

static void a_unit_has_its_agent(void **state)
{
	(void)state;
	is("{\"uscc\":\"9\"," AGENT "}", "mobile", "139");
	is("{\"uscc\":\"9\"," AGENT "}", "email", "");
	is("{" AGENT "}", "name", "李四");
	is("{\"customer_kind\":\"unit\"," AGENT "," PERSON "}", "name", "李四");
	is("{\"customer_kind\":\"unit\"," PERSON "}", "mobile", "");
}

static void a_person_is_their_own(void **state)
{
	(void)state;
	is("{" PERSON "}", "mobile", "137");
	is("{\"agent_is_holder\":true," PERSON "}", "id_number", "1");
}

static void a_persons_agent_counts_where_the_values_say_so(void **state)
{
	(void)state;
	is("{\"agent_is_holder\":false," PERSON "," AGENT "}", "mobile", "139");
	is("{\"agent_is_holder\":false," PERSON "," AGENT "}", "email", "p@x"); /* which isn't asked of an agent */
	is("{\"agent_is_holder\":false," PERSON "," AGENT "}", "id_valid_until", "");
	is("{\"agent_is_holder\":false," PERSON "}", "name", "");
}

static void a_former_agent_in_hidden_fields_does_not(void **state)
{
	(void)state;
	is("{\"agent_is_holder\":true," PERSON "," AGENT "}", "mobile", "137");
	is("{" PERSON "," AGENT "}", "mobile", "137");
	is("{\"customer_kind\":\"person\"," PERSON "," AGENT "}", "name", "张三");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unit_has_its_agent),
		cmocka_unit_test(a_person_is_their_own),
		cmocka_unit_test(a_persons_agent_counts_where_the_values_say_so),
		cmocka_unit_test(a_former_agent_in_hidden_fields_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
