#include "rules/contact.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

/* Forms for any customer say which it is; others, and what is on file, name a person or they don't. */
static bool is_person(const json_t *values)
{
	const char *kind = json_text(values, "customer_kind");
	return *kind ? strcmp(kind, "person") == 0 : *json_text(values, "person_id_number") || *json_text(values, "person_name");
}

bool contact_is_agent_of(const char *customer, const json_t *values)
{
	return strcmp(customer, "person") != 0 || json_is_false(json_object_get(values, "agent_is_holder"));
}

bool contact_is_agent(const json_t *values)
{
	return contact_is_agent_of(is_person(values) ? "person" : "unit", values);
}

static const char *value_of(const json_t *values, const char *whose, const char *what)
{
	char name[40];
	snprintf(name, sizeof name, "%s_%s", whose, what);
	return json_text(values, name);
}

const char *contact_value(const json_t *values, const char *what)
{
	const char *value = value_of(values, contact_is_agent(values) ? "agent" : "person", what);
	bool reached = strcmp(what, "mobile") == 0 || strcmp(what, "email") == 0;
	return !*value && reached && is_person(values) ? value_of(values, "person", what) : value;
}
