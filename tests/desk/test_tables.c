/* Tables by date: a version begins once, and never before it was known. */
#include "case.h"
#include "desk/issuing.h"
#include "desk/tables.h"

static void import(struct unit_case *c, const char *date, int64_t certificate)
{
	char text[700];
	snprintf(text, sizeof text, "business,kind,product,item_role,code,channel,reason,amount,zh,en\n"
	         "new,certificate,,,,,,%lld,单位证书,certificate\nnew,medium,,,,,,0,介质,medium\n"
	         "new,service,,,,,,0,签章,seal\nnew,postage,,,,,,0,邮费,postage\n", (long long)certificate);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_import(c->d, "prices", site_file(&c->site, "prices.csv", text), date, &out, &c->e));
	site_as(&c->site, c->d, "op1");
}

static void days_on(struct unit_case *c, int days, char date[11])
{
	civil_date_text(desk_now(c->d) + days * 86400, date);
}

static void price_is(struct unit_case *c, int64_t amount)
{
	struct bytes csv = {0};
	char row[64];
	snprintf(row, sizeof row, "new,certificate,,,,,,%lld,", (long long)amount);
	EXPECT(OK, table_export(c->d, "prices", &csv, &c->e));
	assert_non_null(strstr((char *)csv.data, row));
	assert_null(strstr(strstr((char *)csv.data, "new,certificate") + 1, "new,certificate")); /* no price twice */
	bytes_free(&csv);
}

/* A person has no seal: no paper of theirs asks for one. */
static void test_no_document_of_a_person_is_sealed(void **state)
{
	static const char *const businesses[] = {"new", "renew", "unlock", "replace", "change", "revoke", "suspend", "resume"};
	struct unit_case *c = *state;
	json_t *values = json_object(), *row;
	size_t n;
	for (size_t i = 0; i < sizeof businesses / sizeof *businesses; i++) {
		json_t *rows = NULL;
		site_is(OK, tables_documents(c->d, businesses[i], "person", values, "", "", &rows, &c->e), &c->e);
		assert_true(json_array_size(rows) > 0);
		json_array_foreach(rows, n, row)
			assert_null(strstr(json_text(row, "zh"), "盖章"));
		json_decref(rows);
	}
	json_decref(values);
}

static void test_a_version_to_come_is_replaced(void **state)
{
	struct unit_case *c = *state;
	char date[11];
	days_on(c, 3, date);
	import(c, date, 100);
	import(c, date, 200);
	later(c, 3 * 86400);
	price_is(c, 200);
}

static void test_what_has_begun_is_history(void **state)
{
	struct unit_case *c = *state;
	char today[11], past[11];
	days_on(c, 0, today);
	days_on(c, -30, past);
	import(c, today, 100);
	later(c, 60);
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	import(c, today, 200); /* a mistake is mended on the same day */
	price_is(c, 200);
	assert_int_equal(number_of(c, "amount"), 100); /* and what was signed keeps its price */
	later(c, 60);
	import(c, past, 300);
	price_is(c, 300);
}

static void products(struct unit_case *c, int months)
{
	char text[400], today[11];
	snprintf(text, sizeof text, "code,zh,en,customer,term_months,profile,slot,rekey\nunit-1y,单位证书,unit,unit,%d,unit-1y,9a,0\n"
	         "person-1y,个人证书,person,person,12,person-1y,9a,0\n", months);
	days_on(c, 0, today);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_import(c->d, "products", site_file(&c->site, "products.csv", text), today, &out, &c->e));
	site_as(&c->site, c->d, "op1");
}

/* Headquarters looks at the tables as they are with the entry that asks for a certificate. */
static void test_a_table_that_came_while_a_key_was_made_begins_the_step_anew(void **state)
{
	struct unit_case *c = *state;
	struct journey j = {.d = c->d, .item.product = "unit-1y"};
	EXPECT(OK, tables_product(c->d, "unit-1y", &j.product, &c->e));
	EXPECT(OK, journey_same_product(&j, &c->e));
	products(c, 24);
	EXPECT(ERR_STORE_BUSY, journey_same_product(&j, &c->e));
	json_decref(j.product);
	EXPECT(OK, tables_product(c->d, "unit-1y", &j.product, &c->e)); /* the next run */
	EXPECT(OK, journey_same_product(&j, &c->e));
	products(c, 24); /* another one that says the same of it */
	EXPECT(OK, journey_same_product(&j, &c->e));
	json_decref(j.product);
}

static int64_t version_of(struct unit_case *c, const char *no)
{
	json_t *order = NULL;
	site_is(OK, order_show(c->d, no, &order, &c->e), &c->e);
	int64_t version = json_number(json_array_get(json_object_get(order, "lines"), 0), "price_version");
	json_decref(order);
	return version;
}

static void test_each_version_has_its_own_number(void **state)
{
	struct unit_case *c = *state;
	char far[11], near[11], first[ORDER_NO_SIZE];
	days_on(c, 9, far);
	days_on(c, 2, near);
	import(c, far, 100);
	import(c, near, 200);
	later(c, 3 * 86400);
	site_signed(&c->site, c->d, "new-unit", NULL, first);
	later(c, 9 * 86400);
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	assert_int_not_equal(version_of(c, first), version_of(c, c->no));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_no_document_of_a_person_is_sealed), CASE(test_a_version_to_come_is_replaced), CASE(test_what_has_begun_is_history), CASE(test_each_version_has_its_own_number),
		CASE(test_a_table_that_came_while_a_key_was_made_begins_the_step_anew),
	};
	return RUN(tests);
}
