/* Posted entries against the chain, and what each action may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/json.h"
#include "hub/deeds.h"
#include "hub/posted.h"
#include "rules/permission.h"

struct wanted {
	int64_t seq, epoch, time;
	const char *site, *prev;
	int records[3]; /* numbers of the records of kind orders; 0 ends */
};

static void follow(struct wanted w, struct posted_chain chain, bool good, const char *why)
{
	json_t *records = json_array(), *states = json_array();
	struct bytes text = {0}, body = {0};
	char digest[DIGEST_TEXT_SIZE], hash[DIGEST_TEXT_SIZE], said[POSTED_WHY] = "";
	digest_text("abc", 3, digest);
	for (int i = 0; i < 3 && w.records[i]; i++) {
		json_array_append_new(records, json_pack("[siis]", "orders", w.records[i], 1, digest));
		json_array_append_new(states, json_pack("{ss si si si ss}", "kind", "orders", "record", w.records[i], "version", 1, "dk", 1, "body", "YWJj"));
	}
	json_t *entry = json_pack("{ss ss ss ss ss ss sI sI sI ss ss sO si}", "action", "order.sign", "actor", "", "second", "", "station", "", "subject", "",
	                          "program", "x", "seq", (json_int_t)w.seq, "epoch", (json_int_t)w.epoch, "time", (json_int_t)w.time, "site", w.site,
	                          "prev", w.prev, "records", records, "format", 1);
	assert_non_null(entry);
	assert_int_equal(OK, json_canonical(entry, &text));
	digest_text(text.data, text.length, hash);
	json_t *whole = json_pack("{s[{sI ss ss ss sO}]}", "entries", "seq", (json_int_t)w.seq, "entry", (char *)text.data, "hash", hash, "signature", "AAAA",
	                          "states", states);
	assert_int_equal(OK, json_canonical(whole, &body));
	struct posted posted = {0};
	assert_int_equal(OK, posted_read(&body, &posted, NULL));
	bool got = posted_follows(&posted.entries[0], &chain, said);
	if (got != good || !strstr(said, why))
		fail_msg("%d: %s", got, said);
	if (good)
		assert_int_equal(w.seq, chain.seq);
	posted_free(&posted);
	json_decref(whole);
	json_decref(entry);
	json_decref(records);
	json_decref(states);
	bytes_free(&text);
	bytes_free(&body);
}

static void an_entry_follows_the_one_before(void **state)
{
	const struct posted_chain first = {.site = "s1"}, later = {.site = "s1", .seq = 7, .epoch = 2, .time = 100, .hash = "sha256:x"};
	(void)state;
	follow((struct wanted){1, 1, 5, "s1", "", {1, 2}}, first, true, "");
	follow((struct wanted){8, 2, 100, "s1", "sha256:x", {1}}, later, true, "");
	follow((struct wanted){8, 3, 100, "s1", "sha256:x", {0}}, later, true, ""); /* a new epoch */
	follow((struct wanted){9, 2, 100, "s1", "sha256:x", {1}}, later, false, "chain");
	follow((struct wanted){8, 2, 100, "s1", "sha256:y", {1}}, later, false, "chain");
	follow((struct wanted){8, 2, 100, "s2", "sha256:x", {1}}, later, false, "another site's entry");
	follow((struct wanted){8, 1, 100, "s1", "sha256:x", {1}}, later, false, "epoch");
	follow((struct wanted){8, 4, 100, "s1", "sha256:x", {1}}, later, false, "epoch");
	follow((struct wanted){8, 2, 99, "s1", "sha256:x", {1}}, later, false, "time goes back");
}

/* Twice the same would break the table that keeps them, at each try again. */
static void a_record_stands_once_in_an_entry(void **state)
{
	const struct posted_chain first = {.site = "s1"};
	(void)state;
	follow((struct wanted){1, 1, 5, "s1", "", {1, 1}}, first, false, "out of order");
	follow((struct wanted){1, 1, 5, "s1", "", {2, 1}}, first, false, "out of order");
}

static void actions_are_found_by_name_then_by_permission_then_by_beginning(void **state)
{
	struct deed d;
	(void)state;
	assert_true(deed_find("review.approve", &d));
	assert_int_equal(MAY_REVIEW, d.permission);
	assert_true(deed_find("order.reveal", &d));
	assert_int_equal(MAY_ORDER_REVEAL, d.permission);
	assert_string_equal("", d.events);
	assert_true(deed_find("issue.certified", &d));
	assert_int_equal(MAY_ISSUE, d.permission);
	assert_false(deed_find("order.magic", &d));
	assert_false(deed_find("", &d));
}

static void an_action_moves_an_order_by_its_own_events(void **state)
{
	struct deed sign, take, approve, handover;
	(void)state;
	assert_true(deed_find("order.sign", &sign) && deed_find("pay.take", &take) && deed_find("review.approve", &approve) && deed_find("order.handover", &handover));
	assert_true(deed_moves(&sign, "new", "draft", "awaiting-payment"));
	assert_true(deed_moves(&sign, "new", "returned", "in-review"));
	assert_false(deed_moves(&sign, "new", "draft", "issued"));
	assert_false(deed_moves(&sign, "new", "draft", "draft"));
	assert_true(deed_moves(&take, "new", "awaiting-payment", "in-review"));
	assert_true(deed_moves(&take, "new", "in-review", "in-review"));
	assert_false(deed_moves(&take, "new", "in-review", "rejected"));
	assert_true(deed_moves(&approve, "new", "in-review", "approved"));
	assert_true(deed_moves(&approve, "revoke", "in-review", "done"));
	assert_false(deed_moves(&approve, "new", "in-review", "done"));
	assert_true(deed_moves(&handover, "new", "issued", "done"));
	assert_false(deed_moves(&handover, "new", "approved", "done"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_follows_the_one_before),
		cmocka_unit_test(a_record_stands_once_in_an_entry),
		cmocka_unit_test(actions_are_found_by_name_then_by_permission_then_by_beginning),
		cmocka_unit_test(an_action_moves_an_order_by_its_own_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
