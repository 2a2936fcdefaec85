/* What a site whose keys are stolen may post to keep a worker, its memory or the database's one writer busy: answered within bounds. */
#include "custody_case.h"

#include <time.h>

#include "hub/view.h"

/* Seconds of processor that this process has used. */
static double spent(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void begin(struct hub_case *c)
{
	site_is(OK, store_begin(site_at(c, COUNTER)->store, &c->e), &c->e);
}

/* The row of a record as one that can be written again. */
static json_t *row_like(struct hub_case *c, const char *kind, int64_t id)
{
	json_t *row = NULL;
	site_is(OK, replica_row(c->d[COUNTER]->store, kind, id, &row, &c->e), &c->e);
	assert_non_null(row);
	json_object_del(row, "id");
	return row;
}

static void put(struct hub_case *c, const char *kind, const json_t *row)
{
	int64_t id = 0;
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, &id, &c->e), &c->e);
}

/* What headquarters takes for the page: the site's own work isn't counted. */
static double posted_in(struct hub_case *c)
{
	double before = spent();
	SYNC(c, COUNTER);
	return spent() - before;
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SLOWER = 8 };
#else
enum { SLOWER = 1 };
#endif

/* Of a page as full as may be, where what was quadratic took several times as much. */
static void cheap(double took, double most)
{
	if (took > most * SLOWER)
		fail_msg("%.2f s of processor, not %.2f", took, most);
}

static void many_orders_in_one_entry(void **state)
{
	enum { ORDERS = 6000 };
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	json_t *row = row_like(c, "orders", order_id(c, COUNTER, c->no));
	json_object_set_new(row, "status", json_string("cancelled"));
	json_object_set_new(row, "data", json_string("")); /* small: as many as a page can hold */
	begin(c);
	for (int i = 0; i < ORDERS; i++) {
		char no[40];
		snprintf(no, sizeof no, "11011401-990101-%05d", i);
		json_object_set_new(row, "no", json_string(no));
		put(c, "orders", row);
	}
	rogue_commit(c, COUNTER, "order.cancel", "op1", c->no, NULL);
	cheap(posted_in(c), 1.4);
	nothing_refused();
	json_decref(row);
}

/* Signatures that an order left, and the notes that it left them: every one of the ones with every one of the others. */
static void many_signatures_of_one_order(void **state)
{
	enum { SIGNATURES = 2500 };
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	int64_t order = order_id(c, COUNTER, c->no), signature = 0, ids[SIGNATURES];
	json_t *parts = NULL, *left = json_pack("{si si}", "dk", 1, "voided_at", 1);
	site_is(OK, store_rows(c->d[COUNTER]->store, SQL_ALL_SIGNATURE_ORDER, &parts, &c->e, ""), &c->e);
	signature = json_number(json_array_get(parts, json_array_size(parts) - 1), "id");
	json_t *row = row_like(c, "signature_order", signature);
	json_object_set_new(row, "data", json_string(""));
	begin(c);
	for (int i = 0; i < SIGNATURES; i++) {
		ids[i] = 0;
		site_is(OK, replica_put(c->d[COUNTER]->store, "signature_order", row, &ids[i], &c->e), &c->e);
	}
	rogue_commit(c, COUNTER, "order.voucher", "op1", c->no, NULL);
	begin(c);
	for (int i = -1; i < SIGNATURES; i++) {
		json_object_set_new(left, "signature_order_id", json_integer(i < 0 ? signature : ids[i]));
		put(c, "signature_void", left);
	}
	rogue_commit(c, COUNTER, "order.voucher", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	nothing_refused();
	begin(c);
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_ORDER_SET_STATUS, NULL, &c->e, "itt", order, "in-review", "awaiting-payment"), &c->e);
	rogue_commit(c, COUNTER, "pay.take", "op1", c->no, NULL);
	cheap(posted_in(c), 1.5);
	REFUSED(COUNTER, "SIGNATURE");
	json_decref(row);
	json_decref(left);
	json_decref(parts);
}

/* More rows of a kind than any order has aren't counted one by one for ever. */
static void an_order_of_more_rows_than_are_judged_is_refused(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	json_t *row = row_like(c, "signature_order", 1);
	json_object_set_new(row, "data", json_string(""));
	begin(c);
	for (int i = 0; i < PARTS_MOST + 1; i++)
		put(c, "signature_order", row);
	rogue_commit(c, COUNTER, "order.voucher", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	nothing_refused(); /* nothing hangs on them yet */
	begin(c);
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_ORDER_SET_STATUS, NULL, &c->e, "itt", order_id(c, COUNTER, c->no), "in-review", "awaiting-payment"), &c->e);
	rogue_commit(c, COUNTER, "pay.take", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PART");
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no); /* and the next order isn't held up */
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	json_decref(row);
}

/* A state of so many empty objects, as a table that nobody knows. */
static void heavy(struct hub_case *c, int64_t record, int values)
{
	json_t *list = json_array(), *row = json_pack("{sI si so}", "id", (json_int_t)record, "dk", 1, "x", list);
	for (int i = 0; i < values; i++)
		json_array_append_new(list, json_object());
	begin(c);
	site_is(OK, store_state(c->d[COUNTER]->store, "keepsake", record, 1, row, &c->e), &c->e);
	rogue_commit(c, COUNTER, "order.edit", "op1", codes[COUNTER], NULL);
	json_decref(row);
}

static void a_state_that_would_fill_memory_is_not_opened(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	heavy(c, 1, POSTED_VALUES_MOST / 2); /* an object counts twice: for itself and for its comma */
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	REFUSED(COUNTER, "STATE");
}

/* Each may be; what they take together is let go entry by entry, and all are judged. */
static void a_page_of_many_values_is_judged_piece_by_piece(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	for (int i = 1; i <= 5; i++)
		heavy(c, i, POSTED_VALUES_MOST / 5);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_string_equal("awaiting-payment", status_at(c, COUNTER));
}

/* Values inside an entry's text, which is one string of the body. */
static void an_entry_that_would_fill_memory_is_no_request(void **state)
{
	struct hub_case *c = *state;
	static char text[POSTED_VALUES_MOST * 3 + 4];
	char *at = text;
	*at++ = '[';
	for (int i = 0; i < POSTED_VALUES_MOST; i++)
		at += sprintf(at, "%s{}", i ? "," : "");
	strcpy(at, "]");
	json_t *body = json_pack("{s[{si ss ss ss s[]}]}", "entries", "seq", 1, "entry", text, "hash",
	                         "sha256:0000000000000000000000000000000000000000000000000000000000000000", "signature", "AAAA", "states");
	site_at(c, COUNTER);
	assert_int_equal(400, post(c, COUNTER, body, NULL));
	json_decref(body);
}

/* Hundreds of those who keyed it in: who could not be one of them? */
static void an_order_that_names_everybody_as_its_keyer_is_reviewed_by_nobody(void **state)
{
	struct hub_case *c = *state;
	struct bytes keyers = {0};
	site_at(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	int64_t id = order_id(c, COUNTER, c->no), op1 = 0;
	site_is(OK, store_int(c->d[COUNTER]->store, SQL_STAFF_BY_LOGIN_ANY, 0, &op1, &c->e, "t", "op1"), &c->e);
	bytes_text(&keyers, ",");
	for (int i = 0; i < 50000; i++)
		bytes_format(&keyers, "%lld,", (long long)op1);
	json_t *row = json_pack("{ss}", "keyers", (char *)keyers.data);
	begin(c);
	site_is(OK, replica_put(c->d[COUNTER]->store, "orders", row, &id, &c->e), &c->e);
	rogue_commit(c, COUNTER, "order.edit", "op1", c->no, NULL);
	json_t *out = NULL;
	claimed(c, COUNTER);
	site_is(OK, review_approve(c->d[COUNTER], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "REVIEWER");
	json_decref(row);
	bytes_free(&keyers);
}

/* Another reason each time: the alarms have an end. */
static void a_site_that_breaks_in_many_ways_fills_nothing(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL, *states = NULL;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	line.lose_journal = true;
	site_is(ERR_NET_CUT, sync_once(c->d[COUNTER], &out, &c->e), &c->e);
	line.lose_journal = false;
	json_t *body = json_deep_copy(line.posted);
	for (size_t i = 0; json_array_size(states) == 0; i++)
		states = json_object_get(json_array_get(json_object_get(body, "entries"), i), "states");
	int64_t before = hub_int(HUB_SQL_ALARM_COUNT, "");
	for (int i = 0; i < HUB_ALARMS_A_DAY + 20; i++) {
		char kind[20];
		snprintf(kind, sizeof kind, "aa%d", i);
		json_object_set_new(json_array_get(states, 0), "kind", json_string(kind));
		assert_int_equal(422, post(c, COUNTER, body, NULL));
	}
	assert_int_equal(before + HUB_ALARMS_A_DAY, hub_int(HUB_SQL_ALARM_COUNT, ""));
	assert_true(alarmed(COUNTER, "broken", "aa0"));
	hub->clock.fixed = hub_now(hub) + 90000; /* and the next day it is said again */
	assert_int_equal(422, post(c, COUNTER, body, NULL));
	assert_int_equal(before + HUB_ALARMS_A_DAY + 1, hub_int(HUB_SQL_ALARM_COUNT, ""));
	json_decref(body);
}

/* Entries that are refused, one after the other: all of them are kept, and the alarms have an end. */
static void a_site_that_is_refused_again_and_again_fills_nothing(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	int64_t before = hub_int(HUB_SQL_ALARM_COUNT, "");
	for (int i = 0; i < HUB_ALARMS_A_DAY + 20; i++) {
		begin(c);
		rogue_commit(c, COUNTER, "order.magic", "op1", c->no, NULL);
	}
	SYNC(c, COUNTER);
	assert_int_equal(HUB_ALARMS_A_DAY + 20, refused_at(COUNTER));
	assert_int_equal(before + HUB_ALARMS_A_DAY, hub_int(HUB_SQL_ALARM_COUNT, ""));
}

/* Thousands of keys that nothing is under. */
static void a_purge_that_names_every_key_is_refused(void **state)
{
	enum { KEYS = 150000 };
	struct hub_case *c = *state;
	json_t *keys = json_array(), *facts = json_pack("{s{si so}}", "purge", "orders", 0, "keys", keys);
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	for (int i = 1; i <= KEYS; i++)
		json_array_append_new(keys, json_integer(i));
	begin(c);
	rogue_commit(c, COUNTER, "purge", "system", codes[COUNTER], facts);
	cheap(posted_in(c), 2);
	REFUSED(COUNTER, "PURGE");
	json_decref(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(many_orders_in_one_entry),
		HUB_TEST(many_signatures_of_one_order),
		HUB_TEST(an_order_of_more_rows_than_are_judged_is_refused),
		HUB_TEST(a_state_that_would_fill_memory_is_not_opened),
		HUB_TEST(a_page_of_many_values_is_judged_piece_by_piece),
		HUB_TEST(an_entry_that_would_fill_memory_is_no_request),
		HUB_TEST(an_order_that_names_everybody_as_its_keyer_is_reviewed_by_nobody),
		HUB_TEST(a_site_that_breaks_in_many_ways_fills_nothing),
		HUB_TEST(a_site_that_is_refused_again_and_again_fills_nothing),
		HUB_TEST(a_purge_that_names_every_key_is_refused),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
