#include "rules/customer.h"

#include "base/json.h"

const char *customer_number(const json_t *values)
{
	const char *uscc = json_text(values, "uscc");
	return *uscc ? uscc : json_text(values, "person_id_number");
}

const char *customer_name(const json_t *values)
{
	const char *name = json_text(values, "unit_name");
	return *name ? name : json_text(values, "person_name");
}
