/* Hand-over and parcel of a person's certificate: whoever came is named, and nobody whom persons don't have. */
#include "issuing.h"

static struct site site;

static int setup(void **state)
{
	(void)state;
	site_make(&site);
	return pcscd_start(&readers) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	site_end(&site);
	pcscd_stop(&readers);
	return 0;
}

/* An order that is issued on `serial`, which stays in. */
static void issued(struct desk *d, const char *changes, const char *serial, char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *out = NULL, *data = json_loads(changes, 0, NULL);
	site_approved(&site, d, "new-person", data, no);
	fresh_key(serial);
	assert_true(pcscd_insert(&readers, 0, serial, NULL));
	site_as(&site, d, "is1");
	site_is(OK, issue_run(d, no, serial, NULL, NULL, &out, &e), &e);
	json_decref(out);
	json_decref(data);
	site_as(&site, d, "op1");
}

/* What the hand-over's record holds, sealed, under `member`. */
static void record_is(struct desk *d, const char *no, const char *member, const char *wanted)
{
	char sql[300], hex[600] = "";
	struct bytes blob = {0};
	json_t *data = NULL;
	struct error e = {0};
	int dk = 0;
	snprintf(sql, sizeof sql, "sqlite3 '%s/certdesk.db' \"SELECT h.dk || ' ' || hex(h.data) FROM handover h JOIN orders o ON o.id = h.order_id "
	         "WHERE o.no = '%s'\"", site.dir, no);
	FILE *f = popen(sql, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d %599s", &dk, hex), 2);
	pclose(f);
	for (size_t i = 0; hex[i]; i += 2) {
		unsigned byte;
		assert_int_equal(sscanf(hex + i, "%2x", &byte), 1);
		bytes_add(&blob, &(uint8_t){(uint8_t)byte}, 1);
	}
	site_is(OK, datakey_open_json(d->store, dk, "handover.data", blob.data, blob.length, &data, &e), &e);
	assert_string_equal(json_text(data, member), wanted);
	json_decref(data);
	bytes_free(&blob);
}

static void name_is(struct desk *d, const char *no, const char *wanted)
{
	record_is(d, no, "name", wanted);
}

static void taken(struct desk *d, const char *no, const char *serial, const char *receipt, const char *title)
{
	struct error e = {0};
	json_t *out = NULL;
	site_is(OK, handover_preview(d, no, &out, &e), &e);
	const json_t *takers = json_object_get(out, "takers");
	assert_int_equal(json_array_size(takers), 2);
	assert_string_equal(json_text(json_array_get(takers, 0), "to"), "agent");
	assert_string_equal(json_text(json_array_get(takers, 0), "title"), title);
	assert_string_equal(json_text(json_array_get(takers, 1), "to"), "other");
	json_decref(out);
	site_is(ERR_DESK_TAKER, handover_take(d, no, serial, "legal", receipt, &out, &e), &e);
	assert_null(out);
	site_is(OK, handover_take(d, no, serial, "agent", receipt, &out, &e), &e);
	assert_string_equal(json_text(json_object_get(out, "handover"), "taker"), title);
	assert_string_equal(json_text(out, "status"), "done");
	json_decref(out);
	assert_true(pcscd_pull(&readers, 0));
}

static void test_the_holder_who_came_is_named(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	issued(d, "{\"own_medium\": false, \"delivery\": \"counter\"}", KEY, no);
	taken(d, no, KEY, "P-1", "本人");
	name_is(d, no, "𠮷田·李");
	desk_close(&d);
}

static void test_the_agent_who_came_for_a_person_is_named(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	issued(d, "{\"own_medium\": false, \"delivery\": \"counter\", \"agent_is_holder\": false, \"agent_name\": \"李四\", \"agent_mobile\": \"13900139000\","
	          "\"agent_id_kind\": \"resident-id\", \"agent_id_number\": \"110101199003071233\", \"agent_id_valid_until\": \"长期\"}", OTHER, no);
	taken(d, no, OTHER, "P-2", "代办人");
	name_is(d, no, "李四");
	desk_close(&d);
}

static void test_a_parcel_goes_to_the_holders_name_and_phone(void **state)
{
	char no[ORDER_NO_SIZE], sms[32];
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	issued(d, "{\"own_medium\": false}", "10000003", no);
	site_is(OK, handover_mail(d, no, "SF1234567", &out, &e), &e);
	json_decref(out);
	assert_true(pcscd_pull(&readers, 0));
	name_is(d, no, "𠮷田·李");
	site_message(&site, "sms", "SF", sms);
	assert_string_equal(sms, "1234567");
	desk_close(&d);
}

static void test_somebody_else_takes_it_by_name_and_document_only(void **state)
{
	const struct handover_taker wrong[] = {
		{.to = "other"},
		{.to = "other", .name = "王五"},
		{.to = "other", .name = "王五", .document = "resident-id", .number = ""},
		{.to = "other", .name = "", .document = "resident-id", .number = "110101199003071233"},
		{.to = "other", .name = "王五", .document = "resident-id", .number = "110101199003071234"},
		{.to = "other", .name = "王五", .document = "library-card", .number = "110101199003071233"},
		{.to = "other", .name = "王\n五", .document = "resident-id", .number = "110101199003071233"},
	};
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	issued(d, "{\"own_medium\": false, \"delivery\": \"counter\"}", "10000004", no);
	site_is(ERR_HANDOVER_TAKER, handover_take(d, no, "10000004", "other", "P-4", &out, &e), &e);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		site_is(ERR_HANDOVER_TAKER, handover_take_by(d, no, "10000004", &wrong[i], "P-4", &out, &e), &e);
	const struct handover_taker known = {.to = "agent", .name = "王五"};
	site_is(ERR_HANDOVER_TAKER_KNOWN, handover_take_by(d, no, "10000004", &known, "P-4", &out, &e), &e);
	assert_null(out);
	const struct handover_taker by = {.to = "other", .name = " 王五", .document = "resident-id", .number = "１１０１０１199003071233"};
	site_is(OK, handover_take_by(d, no, "10000004", &by, "P-4", &out, &e), &e);
	const json_t *shown = json_object_get(out, "handover");
	assert_string_equal(json_text(shown, "to_whom"), "other");
	assert_string_equal(json_text(shown, "taker_name"), "王*");
	assert_string_equal(json_text(shown, "taker_document"), "居民身份证");
	assert_string_equal(json_text(shown, "taker_number"), "110101********1233");
	json_decref(out);
	record_is(d, no, "name", "王五");
	record_is(d, no, "document", "resident-id");
	record_is(d, no, "number", "110101199003071233");
	assert_true(pcscd_pull(&readers, 0));
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_holder_who_came_is_named),
		cmocka_unit_test(test_the_agent_who_came_for_a_person_is_named),
		cmocka_unit_test(test_somebody_else_takes_it_by_name_and_document_only),
		cmocka_unit_test(test_a_parcel_goes_to_the_holders_name_and_phone),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
