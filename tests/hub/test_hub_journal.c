/* Journals at headquarters: chains, signatures, states, duplicates, forks, and bodies that aren't journals. */
#include "hubcase.h"
#include "sync/envelope.h"
#include "sync/internal.h"

static void all_of_a_site_arrives_and_nothing_of_it_is_refused(void **state)
{
	struct hub_case *c = *state;
	int64_t seq, at;
	char hash[DIGEST_TEXT_SIZE];
	json_t *out = NULL;
	site_at(c, COUNTER);
	site_approved(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	if (refused_at(COUNTER))
		fail_msg("%s", why_refused(COUNTER));
	site_is(OK, journal_head(c->d[COUNTER]->store, &seq, &at, hash, &c->e), &c->e);
	assert_int_equal(seq, hub_seq(COUNTER));
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/head", "", NULL, 0, "", &out));
	assert_string_equal(hash, json_text(out, "hash"));
	assert_int_equal(seq, json_number(out, "seq"));
	json_decref(out);
}

static void sent_again_it_is_acknowledged_again(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL, *again = NULL;
	SYNC(c, COUNTER);
	int64_t seq = hub_seq(COUNTER);
	assert_int_equal(200, post(c, COUNTER, line.posted, &out));
	assert_int_equal(200, post(c, COUNTER, line.posted, &again));
	assert_int_equal(seq, json_number(out, "seq"));
	assert_string_equal(json_text(out, "hash"), json_text(again, "hash"));
	assert_int_equal(seq, hub_seq(COUNTER));
	json_decref(out);
	json_decref(again);
}

static void an_answer_that_got_lost_loses_nothing(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	line.cut_after = 2; /* head came; the journal's answer won't */
	for (int i = 0; i < 4 && sync_at(c, COUNTER) != OK; i++)
		;
	SYNC(c, COUNTER);
	int64_t seq, at;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, journal_head(c->d[COUNTER]->store, &seq, &at, hash, &c->e), &c->e);
	assert_int_equal(seq, hub_seq(COUNTER));
}

/* Binary values go behind the JSON to a headquarters that says it takes that, and as base64 to one that doesn't. */
static void a_journal_goes_in_both_forms(void **state)
{
	struct hub_case *c = *state;
	static const char mark[] = "raw ";
	for (int n = 0; n < 2; n++) {
		site_at(c, n);
		line.plain = n == 1;
		site_approved(&c->site[n], c->d[n], "new-unit", NULL, c->no);
		SYNC(c, n);
		assert_int_equal(n == 0, memcmp(line.raw.data, mark, strlen(mark)) == 0);
		assert_int_equal(0, refused_at(n));
		assert_int_equal(200, post(c, n, line.posted, NULL)); /* the same in the other form */
	}
	line.plain = false;
}

/* Nothing is left out, and nothing hangs on behind. */
static void values_behind_the_json_are_taken_to_the_last_byte(void **state)
{
	struct hub_case *c = *state;
	struct raw raw;
	const char *text;
	size_t n;
	SYNC(c, COUNTER);
	assert_true(raw_open(line.raw.data, line.raw.length, &text, &n, &raw));
	assert_true(raw.left > 0);
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", line.raw.data, line.raw.length - 1, "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", line.raw.data, line.raw.length - raw.left, "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", text, n, "", NULL)); /* numbers, and nothing behind them */
	assert_int_equal(OK, bytes_add(&line.raw, "", 1));
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", line.raw.data, line.raw.length, "", NULL));
	assert_int_equal(200, ask(c, COUNTER, "POST", "/v1/journal", "", line.raw.data, line.raw.length - 1, "", NULL));
}

/* What a site would post next, not delivered: its head is asked for and its files go, the journal's request gets lost. */
static json_t *held_back(struct hub_case *c, int i)
{
	json_t *out = NULL;
	SYNC(c, i);
	site_approved(&c->site[i], c->d[i], "new-unit", NULL, c->no);
	site_as(&c->site[i], c->d[i], "root1");
	line.lose_journal = true;
	assert_int_equal(ERR_NET_CUT, sync_once(c->d[i], &out, &c->e));
	line.lose_journal = false;
	return json_deep_copy(line.posted);
}

static json_t *entry_of(json_t *body, size_t i)
{
	return json_array_get(json_object_get(body, "entries"), i);
}

static void a_gap_is_answered_with_what_is_expected(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER), *out = NULL;
	int64_t seq = hub_seq(COUNTER);
	assert_true(json_array_size(json_object_get(body, "entries")) >= 2);
	json_array_remove(json_object_get(body, "entries"), 0);
	assert_int_equal(409, post(c, COUNTER, body, &out));
	assert_string_equal(SAY_GAP, json_text(out, "error"));
	assert_int_equal(seq + 1, json_number(out, "expected"));
	assert_int_equal(seq, hub_seq(COUNTER));
	json_decref(out);
	json_decref(body);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static void entries_out_of_order_are_a_gap_and_nothing_of_them_is_taken(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER), *out = NULL, *entries = json_object_get(body, "entries");
	int64_t seq = hub_seq(COUNTER);
	json_t *first = json_incref(json_array_get(entries, 0));
	json_array_remove(entries, 0);
	json_array_insert_new(entries, 1, first);
	assert_int_equal(409, post(c, COUNTER, body, &out));
	assert_string_equal(SAY_GAP, json_text(out, "error"));
	assert_int_equal(seq, hub_seq(COUNTER));
	json_decref(out);
	json_decref(body);
}

static void another_history_is_a_fork_with_an_alarm(void **state)
{
	struct hub_case *c = *state;
	struct site twin;
	json_t *out = NULL;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	/* a cloned disk: both go on from the same head */
	char name[24];
	snprintf(name, sizeof name, "twin%d", hub_cases);
	site_copy(&c->site[COUNTER], name, &twin);
	struct desk *d = site_open(&twin);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	site_signed(&twin, d, "new-unit", NULL, c->no);
	site_as(&twin, d, "root1");
	assert_int_equal(ERR_SYNC_FORK, sync_once(d, &out, &c->e));
	json_decref(out);
	/* … and what it says when it posts without looking */
	out = NULL;
	json_t *body = json_deep_copy(line.posted);
	json_object_set_new(entry_of(body, 0), "hash", json_string("sha256:0000000000000000000000000000000000000000000000000000000000000000"));
	assert_int_equal(409, post(c, COUNTER, body, &out));
	assert_string_equal(SAY_FORK, json_text(out, "error"));
	assert_true(alarmed(COUNTER, "fork", ""));
	int64_t alarms = hub_int(HUB_SQL_ALARM_COUNT, "");
	post(c, COUNTER, body, NULL);
	assert_int_equal(alarms, hub_int(HUB_SQL_ALARM_COUNT, "")); /* once: it fills nothing */
	json_decref(out);
	json_decref(body);
	desk_close(&d);
}

static void broken(struct hub_case *c, json_t *body, const char *why)
{
	json_t *out = NULL;
	int64_t seq = hub_seq(COUNTER);
	assert_int_equal(422, post(c, COUNTER, body, &out));
	assert_string_equal(SAY_BROKEN, json_text(out, "error"));
	if (!strstr(json_text(out, "why"), why))
		fail_msg("why: %s, not %s", json_text(out, "why"), why);
	assert_int_equal(seq, hub_seq(COUNTER)); /* nothing of it */
	assert_true(alarmed(COUNTER, "broken", why));
	json_decref(out);
	json_decref(body);
}

static void a_broken_signature_is_refused_whole(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER), *last = entry_of(body, json_array_size(json_object_get(body, "entries")) - 1);
	json_object_set(last, "signature", json_object_get(entry_of(body, 0), "signature"));
	broken(c, body, "signature");
}

static void an_altered_entry_is_refused_whole(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER), *entry = entry_of(body, 0);
	char *text = strdup(json_text(entry, "entry"));
	char *actor = strstr(text, "\"actor\":\"110114-01/");
	assert_non_null(actor);
	actor[20] = 'x';
	json_object_set_new(entry, "entry", json_string(text));
	broken(c, json_deep_copy(body), "hash");
	/* with a hash that fits, it isn't what was signed */
	char hash[DIGEST_TEXT_SIZE];
	digest_text(text, strlen(text), hash);
	json_object_set_new(entry, "hash", json_string(hash));
	broken(c, body, "signature");
	free(text);
}

static void a_state_that_is_not_the_entrys_is_refused_whole(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER), *states = NULL;
	for (size_t i = 0; json_array_size(states) == 0; i++)
		states = json_object_get(entry_of(body, i), "states");
	json_t *first = json_array_get(states, 0);
	json_object_set_new(first, "body", json_string("AAAA"));
	broken(c, json_deep_copy(body), "state ");
	json_array_remove(states, 0);
	broken(c, body, "states and records");
}

static void a_site_writes_in_its_own_name_alone(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	SYNC(c, OTHER);
	json_t *body = json_deep_copy(line.posted);
	site_at(c, COUNTER);
	assert_int_equal(422, post(c, COUNTER, body, &out));
	assert_string_equal("another site's entry", json_text(out, "why"));
	assert_int_equal(0, hub_seq(COUNTER));
	json_decref(out);
	json_decref(body);
}

static void nobody_writes_without_a_certificate(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	SYNC(c, COUNTER);
	assert_int_equal(403, post(c, -1, line.posted, &out));
	assert_string_equal(SAY_CERTIFICATE, json_text(out, "error"));
	json_decref(out);
}

static void a_revoked_site_gets_nothing_from_the_next_request_on(void **state)
{
	struct hub_case *c = *state;
	static const char *const paths[][2] = {{"GET", "/v1/head"}, {"GET", "/v1/journal"}, {"GET", "/v1/feed"},
	                                       {"HEAD", "/v1/files/sha256:0000000000000000000000000000000000000000000000000000000000000000"},
	                                       {"POST", "/v1/time"}, {"POST", "/v1/renew"}};
	SYNC(c, COUNTER);
	int64_t seq = hub_seq(COUNTER);
	site_is(OK, site_revoke(hub, codes[COUNTER], &c->e), &c->e);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		json_t *out = NULL;
		assert_int_equal(403, ask(c, COUNTER, paths[i][0], paths[i][1], "", "{}", 2, "", &out));
		assert_string_equal(SAY_REVOKED, json_text(out, "error"));
		json_decref(out);
	}
	assert_int_equal(403, post(c, COUNTER, line.posted, NULL));
	assert_int_equal(seq, hub_seq(COUNTER));
}

static void what_is_no_journal_is_refused_and_headquarters_lives(void **state)
{
	struct hub_case *c = *state;
	static const char *const bodies[] = {
		"", "{", "[]", "null", "{}", "{\"entries\":1}", "{\"entries\":[1]}", "{\"entries\":[{}]}", "{\"entries\":[{\"seq\":\"1\"}]}",
		"{\"entries\":[],\"keys\":{}}", "{\"entries\":[],\"keys\":[{\"dk\":0,\"cms\":\"AAAA\"}]}", "{\"entries\":[],\"entries\":[]}",
		"{\"entries\":[{\"seq\":1,\"entry\":\"x\\u0000y\",\"hash\":\"sha256:\",\"signature\":\"AAAA\",\"states\":[]}]}",
		"{\"entries\":[{\"seq\":1,\"entry\":\"{}\",\"hash\":\"sha256:00\",\"signature\":\"AAAA\",\"states\":[]}]}",
		"{\"entries\":[{\"seq\":99999999999999999999,\"entry\":\"{}\",\"hash\":\"\",\"signature\":\"AAAA\",\"states\":[]}]}", "\xff\xfe",
	};
	site_at(c, COUNTER);
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		if (ask(c, COUNTER, "POST", "/v1/journal", "", bodies[i], strlen(bodies[i]), "", NULL) != 400)
			fail_msg("%d for %s", line.last_status, bodies[i]);
	assert_int_equal(200, ask(c, COUNTER, "POST", "/v1/journal", "", "{\"entries\":[]}", 14, "", NULL));
}

static void a_body_made_to_fill_memory_is_refused(void **state)
{
	struct hub_case *c = *state;
	struct bytes deep = {0}, wide = {0}, bomb = {0};
	site_at(c, COUNTER);
	for (int i = 0; i < 3000; i++)
		bytes_text(&deep, "[");
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", deep.data, deep.length, "", NULL));
	bytes_text(&wide, "{\"entries\":[");
	for (int i = 0; i < 1000000; i++)
		bytes_text(&wide, "[],");
	bytes_text(&wide, "[]]}");
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", wide.data, wide.length, "", NULL));
	wide.length = 0;
	for (int i = 0; i < 1 << 20; i++)
		bytes_add(&wide, "                                ", 32);
	assert_int_equal(OK, gzip_make(wide.data, wide.length, &bomb));
	assert_true(bomb.length < 64 << 10);
	assert_int_equal(413, ask(c, COUNTER, "POST", "/v1/journal", "", bomb.data, bomb.length, "gzip", NULL));
	assert_int_equal(413, ask(c, COUNTER, "POST", "/v1/journal", "", wide.data, wide.length, "", NULL));
	bomb.length = 0;
	assert_int_equal(OK, gzip_make("{\"entries\":[]}", 14, &bomb));
	assert_int_equal(200, ask(c, COUNTER, "POST", "/v1/journal", "", bomb.data, bomb.length, "gzip", NULL));
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", bomb.data, bomb.length - 9, "gzip", NULL));
	assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/journal", "", bomb.data, bomb.length, "br", NULL));
	bytes_free(&deep);
	bytes_free(&wide);
	bytes_free(&bomb);
}

/* Every text of a true body replaced, cut, or of another type: an answer each time, and never a fault of headquarters'. */
static void altered_bodies_get_an_answer(void **state)
{
	struct hub_case *c = *state;
	json_t *body = held_back(c, COUNTER);
	char *text = json_dumps(body, JSON_COMPACT);
	size_t length = strlen(text);
	int64_t seq = hub_seq(COUNTER);
	for (size_t i = 0; i < length; i += 1 + length / 400) {
		char was = text[i];
		text[i] = was == '"' ? '1' : was == '1' ? '9' : '"';
		int status = ask(c, COUNTER, "POST", "/v1/journal", "", text, length, "", NULL);
		if (status != 400 && status != 409 && status != 422 && status != 200)
			fail_msg("%d at %zu", status, i);
		text[i] = was;
		status = ask(c, COUNTER, "POST", "/v1/journal", "", text, i, "", NULL);
		assert_int_equal(400, status);
	}
	assert_true(hub_seq(COUNTER) >= seq);
	free(text);
	json_decref(body);
}

static void a_site_gets_its_own_entries_back_and_nobody_elses(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL, *other = NULL, *entry;
	size_t i;
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/journal", "after=0", NULL, 0, "", &out));
	assert_int_equal(hub_seq(COUNTER), (int64_t)json_array_size(json_object_get(out, "entries")));
	assert_false(json_flag(out, "more"));
	json_array_foreach(json_object_get(out, "entries"), i, entry)
		assert_non_null(strstr(json_text(entry, "entry"), "\"site\":\"110114-01\""));
	/* posted as they are, they are known */
	assert_int_equal(200, ask(c, OTHER, "GET", "/v1/journal", "after=0", NULL, 0, "", &other));
	json_array_foreach(json_object_get(other, "entries"), i, entry)
		assert_non_null(strstr(json_text(entry, "entry"), "\"site\":\"110114-02\""));
	assert_int_equal(400, ask(c, COUNTER, "GET", "/v1/journal", "after=x", NULL, 0, "", NULL));
	json_t *body = json_pack("{sO}", "entries", json_object_get(out, "entries"));
	assert_int_equal(200, post(c, COUNTER, body, NULL));
	json_decref(body);
	json_decref(out);
	json_decref(other);
}

/* The keys that come back open the states that come back: with the site's encryption key, under its own numbers. */
static void keys_come_back_for_the_site_itself(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL, *key, *row = NULL;
	size_t i;
	struct sync *s = NULL;
	SYNC(c, COUNTER);
	site_is(OK, store_row(c->d[COUNTER]->store, SQL_HEADQUARTERS_GET, &row, &c->e, ""), &c->e);
	site_is(OK, sync_open(c->d[COUNTER], &s, &c->e), &c->e);
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/journal", "after=0", NULL, 0, "", &out));
	assert_true(json_array_size(json_object_get(out, "keys")) > 0);
	json_array_foreach(json_object_get(out, "keys"), i, key) {
		uint8_t have[DATA_KEY_SIZE], back[DATA_KEY_SIZE];
		struct bytes cms = {0};
		const char *text = json_text(key, "cms");
		assert_true(base64_decode(text, strlen(text), &cms));
		site_is(OK, envelope_open(s->encrypt, cms.data, cms.length, codes[COUNTER], json_number(key, "dk"), back, &c->e), &c->e);
		site_is(OK, datakey_show(c->d[COUNTER]->store, json_number(key, "dk"), have, &c->e), &c->e);
		assert_memory_equal(have, back, sizeof have);
		bytes_free(&cms);
	}
	sync_close(&s);
	json_decref(row);
	json_decref(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(all_of_a_site_arrives_and_nothing_of_it_is_refused),
		HUB_TEST(a_journal_goes_in_both_forms),
		HUB_TEST(values_behind_the_json_are_taken_to_the_last_byte),
		HUB_TEST(sent_again_it_is_acknowledged_again),
		HUB_TEST(an_answer_that_got_lost_loses_nothing),
		HUB_TEST(a_gap_is_answered_with_what_is_expected),
		HUB_TEST(entries_out_of_order_are_a_gap_and_nothing_of_them_is_taken),
		HUB_TEST(another_history_is_a_fork_with_an_alarm),
		HUB_TEST(a_broken_signature_is_refused_whole),
		HUB_TEST(an_altered_entry_is_refused_whole),
		HUB_TEST(a_state_that_is_not_the_entrys_is_refused_whole),
		HUB_TEST(a_site_writes_in_its_own_name_alone),
		HUB_TEST(nobody_writes_without_a_certificate),
		HUB_TEST(a_revoked_site_gets_nothing_from_the_next_request_on),
		HUB_TEST(what_is_no_journal_is_refused_and_headquarters_lives),
		HUB_TEST(a_body_made_to_fill_memory_is_refused),
		HUB_TEST(altered_bodies_get_an_answer),
		HUB_TEST(a_site_gets_its_own_entries_back_and_nobody_elses),
		HUB_TEST(keys_come_back_for_the_site_itself),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
