/* Custody of certificates at headquarters: a counter gets one that its key is proven to be with, and nothing by anything less. */
#include "certcase.h"

#include <sqlite3.h>

#include "sync/possession.h"

static char *challenge(struct hub_case *c, int i, const char *certificate)
{
	json_t *out = NULL;
	assert_int_equal(200, say(c, i, "/v1/certificates/challenge", json_pack("{ss ss}", "serial", KEY, "certificate", certificate), &out));
	char *text = strdup(json_text(out, "challenge"));
	assert_true(strlen(text) >= 40);
	json_decref(out);
	return text;
}

/* A proof by `key` as site `by` would sign it, sent by site `i`. */
static int prove_as(struct hub_case *c, int i, int by, EVP_PKEY *key, const char *certificate, const char *what)
{
	struct bytes text = {0}, coded = {0};
	unsigned char signature[256];
	size_t n = sizeof signature;
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	possession_text(codes[by], what, &text);
	assert_int_equal(1, EVP_DigestSignInit(m, NULL, EVP_sha256(), NULL, key));
	assert_int_equal(1, EVP_DigestSign(m, signature, &n, text.data, text.length));
	base64_encode(signature, n, &coded);
	json_decref(answer);
	answer = NULL;
	int status = say(c, i, "/v1/certificates/prove",
	                 json_pack("{ss ss ss}", "certificate", certificate, "challenge", what, "signature", (char *)coded.data), &answer);
	snprintf(why, sizeof why, "%s", json_text(answer, "error"));
	EVP_MD_CTX_free(m);
	bytes_free(&text);
	bytes_free(&coded);
	return status;
}

static int prove(struct hub_case *c, int i)
{
	char *what = challenge(c, i, pem);
	int status = prove_as(c, i, i, pair, pem, what);
	free(what);
	return status;
}

static void a_proven_certificate_comes_with_its_key(void **state)
{
	struct hub_case *c = *state;
	struct key_row key = {0};
	struct key_secrets secrets = {0};
	done(c);
	assert_int_equal(200, prove(c, OTHER));
	assert_string_equal(codes[COUNTER], json_text(answer, "from"));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	site_is(OK, key_load(c->d[OTHER], KEY, &key, &c->e), &c->e);
	assert_string_equal(codes[OTHER], key.custodian);
	site_is(OK, key_secrets_load(c->d[OTHER], &key, &secrets, &c->e), &c->e);
	assert_string_equal(PUK, secrets.puk.data);
	key_secrets_wipe(&secrets);
	size_t told = site_messages(&c->site[COUNTER], "sms");
	SYNC(c, COUNTER);
	assert_string_equal(codes[OTHER], holder_at(c, COUNTER));
	assert_int_equal(told, site_messages(&c->site[COUNTER], "sms")); /* whoever has the key needs no message */
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s", why_refused(i));
}

/* What OTHER's own book says of the key before the certificate comes: in `state`, with a PUK of its own, `age` seconds ago. */
static void booked(struct hub_case *c, const char *state, const char *puk, int64_t age)
{
	struct desk *d = site_at(c, OTHER);
	struct key_row key = {0};
	struct key_secrets secrets = {0};
	int64_t now = desk_now(d);
	key_belongs(c, OTHER, codes[OTHER]);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	d->clock.fixed = now - age;
	site_is(OK, key_load(d, KEY, &key, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_KEY_SET_STATE, NULL, &c->e, "ittii", key.id, state, "1", (int64_t)0, desk_now(d)), &c->e);
	secret_set(&secrets.puk, puk, strlen(puk));
	site_is(OK, key_secrets_save(d, &key, &secrets, &c->e), &c->e);
	d->clock = CLOCK_SYSTEM;
	rogue_commit(c, OTHER, "key.return", "is1", KEY, NULL);
}

static void key_at_other_is(struct hub_case *c, const char *state, const char *drawer, const char *puk)
{
	struct key_row key = {0};
	struct key_secrets secrets = {0};
	site_is(OK, key_load(c->d[OTHER], KEY, &key, &c->e), &c->e);
	assert_string_equal(codes[OTHER], key.custodian);
	assert_string_equal(state, key.state);
	assert_string_equal(drawer, key.drawer);
	site_is(OK, key_secrets_load(c->d[OTHER], &key, &secrets, &c->e), &c->e);
	assert_string_equal(puk, secrets.puk.data);
	key_secrets_wipe(&secrets);
}

static void comes_to_other(struct hub_case *c)
{
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	SYNC(c, OTHER);
	if (refused_at(OTHER))
		fail_msg("%s", why_refused(OTHER));
}

/* What lies in a drawer here, or was reported lost here, does so whatever another site's book says. */
static void a_key_in_this_sites_book_stays_what_it_is(void **state)
{
	struct hub_case *c = *state;
	done(c);
	booked(c, "returned", "11111111", HOUR);
	comes_to_other(c);
	key_at_other_is(c, "returned", "1", "11111111");
}

/* With the customer: the PUK is whoever's set it last. */
static void a_customers_key_keeps_the_secrets_set_last(void **state)
{
	struct hub_case *c = *state;
	done(c);
	booked(c, "customer-owned", "11111111", HOUR);
	comes_to_other(c);
	key_at_other_is(c, "customer-owned", "1", PUK);
}

static void secrets_set_here_last_are_kept(void **state)
{
	struct hub_case *c = *state;
	done(c);
	booked(c, "customer-owned", "11111111", -60);
	comes_to_other(c);
	key_at_other_is(c, "customer-owned", "1", "11111111");
}

/* Whatever drawer the other book has it in: what comes with its certificate is in none of ours. */
static void a_key_that_comes_back_lies_in_no_drawer(void **state)
{
	struct hub_case *c = *state;
	struct key_row key = {0};
	done(c);
	booked(c, "returned", PUK, HOUR);
	comes_to_other(c);
	SYNC(c, COUNTER);
	assert_int_equal(200, prove(c, COUNTER));
	SYNC(c, COUNTER);
	assert_string_equal(codes[COUNTER], holder_at(c, COUNTER));
	site_is(OK, key_load(c->d[COUNTER], KEY, &key, &c->e), &c->e);
	assert_string_equal("handed-over", key.state);
	assert_string_equal(codes[COUNTER], key.custodian);
}

/* The former holder's program was upgraded meanwhile: its states have columns now that those from before haven't, and it is let go all the same. */
static void a_certificate_leaves_a_counter_that_was_upgraded(void **state)
{
	struct hub_case *c = *state;
	char path[200];
	sqlite3 *db = NULL;
	done(c);
	snprintf(path, sizeof path, "%s/certdesk.db", c->d[COUNTER]->dir);
	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, "ALTER TABLE certificate ADD COLUMN shade TEXT NOT NULL DEFAULT ''; ALTER TABLE usb_key ADD COLUMN weight INTEGER NOT NULL DEFAULT 0",
	                                         NULL, NULL, NULL));
	sqlite3_close(db);
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_string_equal(codes[OTHER], holder_at(c, COUNTER));
	assert_string_equal("", why_refused(COUNTER));
	/* and comes back, from a store that has no such columns */
	assert_int_equal(200, prove(c, COUNTER));
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	assert_string_equal(codes[COUNTER], holder_at(c, COUNTER));
	assert_string_equal("", why_refused(OTHER));
}

static void the_order_that_made_it_is_a_copy_to_look_at(void **state)
{
	struct hub_case *c = *state;
	struct order o = {0};
	const char *to = NULL;
	done(c);
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, OTHER);
	site_is(OK, order_load(c->d[OTHER], c->no, &o, &c->e), &c->e);
	assert_string_equal(codes[COUNTER], o.custodian);
	site_is(ERR_DESK_CUSTODY, order_next(&o, "finish", &to, &c->e), &c->e);
	order_free(&o);
}

static void it_goes_back_the_same_way(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, OTHER);
	SYNC(c, COUNTER);
	assert_int_equal(200, prove(c, COUNTER));
	SYNC(c, COUNTER);
	assert_string_equal(codes[COUNTER], holder_at(c, COUNTER));
	SYNC(c, OTHER);
	assert_string_equal(codes[COUNTER], holder_at(c, OTHER));
	SYNC(c, OTHER);
	SYNC(c, COUNTER);
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s", why_refused(i));
}

static void what_was_given_and_never_arrived_is_given_again(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, prove(c, OTHER));
	site_is(OK, store_run(c->d[OTHER]->store, SQL_SYNC_STATE_FEED, NULL, &c->e, "i", hub_int(HUB_SQL_FEED_LAST, "t", codes[OTHER])), &c->e);
	gets_nothing(c, OTHER);
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	SYNC(c, OTHER);
	REFUSES(409, "here", prove(c, OTHER));
	if (refused_at(OTHER))
		fail_msg("%s", why_refused(OTHER));
}

static void a_wrong_signature_is_no_proof(void **state)
{
	struct hub_case *c = *state;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	done(c);
	char *what = challenge(c, OTHER, pem);
	REFUSES(403, "proof", prove_as(c, OTHER, OTHER, other, pem, what));
	REFUSES(403, "challenge", prove_as(c, OTHER, OTHER, pair, pem, what)); /* one try */
	gets_nothing(c, OTHER);
	free(what);
	EVP_PKEY_free(other);
}

static void a_challenge_is_for_its_site_alone(void **state)
{
	struct hub_case *c = *state;
	done(c);
	char *what = challenge(c, COUNTER, pem);
	REFUSES(403, "challenge", prove_as(c, OTHER, OTHER, pair, pem, what));
	free(what);
	what = challenge(c, OTHER, pem);
	REFUSES(403, "proof", prove_as(c, OTHER, COUNTER, pair, pem, what)); /* what the key signed for another counter */
	gets_nothing(c, OTHER);
	free(what);
}

static void a_challenge_works_once(void **state)
{
	struct hub_case *c = *state;
	done(c);
	char *what = challenge(c, OTHER, pem);
	assert_int_equal(200, prove_as(c, OTHER, OTHER, pair, pem, what));
	REFUSES(403, "challenge", prove_as(c, OTHER, OTHER, pair, pem, what));
	free(what);
}

static void a_challenge_ends(void **state)
{
	struct hub_case *c = *state;
	done(c);
	char *what = challenge(c, OTHER, pem);
	hub->clock.fixed = hub_now(hub) + POSSESSION_SECONDS + 2;
	REFUSES(403, "challenge", prove_as(c, OTHER, OTHER, pair, pem, what));
	hub->clock = CLOCK_SYSTEM;
	gets_nothing(c, OTHER);
	free(what);
}

static void challenges_are_for_one_certificate(void **state)
{
	struct hub_case *c = *state;
	char *mine = NULL;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	make_certificate(other, 99, &mine);
	done(c);
	char *what = challenge(c, OTHER, mine);
	REFUSES(403, "challenge", prove_as(c, OTHER, OTHER, pair, pem, what));
	gets_nothing(c, OTHER);
	free(what);
	free(mine);
	EVP_PKEY_free(other);
}

static void a_revoked_site_gets_nothing(void **state)
{
	struct hub_case *c = *state;
	done(c);
	char *what = challenge(c, OTHER, pem);
	site_is(OK, site_revoke(hub, codes[OTHER], &c->e), &c->e);
	REFUSES(403, "revoked", prove_as(c, OTHER, OTHER, pair, pem, what));
	free(what);
}

static void a_certificate_of_nobody_here_is_unknown(void **state)
{
	struct hub_case *c = *state;
	char *foreign = NULL, *forged = NULL, *what;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	done(c);
	make_certificate(other, 99, &foreign);
	what = challenge(c, OTHER, foreign);
	REFUSES(404, "certificate-unknown", prove_as(c, OTHER, OTHER, other, foreign, what));
	free(what);
	make_certificate(other, 4711, &forged); /* the right names and another key */
	what = challenge(c, OTHER, forged);
	REFUSES(404, "certificate-unknown", prove_as(c, OTHER, OTHER, other, forged, what));
	gets_nothing(c, OTHER);
	free(what);
	free(foreign);
	free(forged);
	EVP_PKEY_free(other);
}

static void without_a_proof_there_is_nothing(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	done(c);
	assert_int_equal(403, say(c, OTHER, "/v1/certificates/prove", json_pack("{ss}", "certificate", pem), &out));
	json_decref(out);
	assert_int_equal(400, say(c, OTHER, "/v1/certificates/prove", json_pack("{ss}", "certificate", "nothing"), NULL));
	assert_int_equal(400, say(c, OTHER, "/v1/certificates/challenge", json_object(), NULL));
	assert_int_equal(403, say(c, -1, "/v1/certificates/challenge", json_pack("{ss}", "certificate", pem), NULL));
	gets_nothing(c, OTHER);
}

static void a_review_site_has_no_counter(void **state)
{
	struct hub_case *c = *state;
	done(c);
	site_at(c, REVIEW);
	assert_int_equal(403, say(c, REVIEW, "/v1/certificates/challenge", json_pack("{ss}", "certificate", pem), NULL));
}

static void an_order_under_way_stays_where_it_is(void **state)
{
	struct hub_case *c = *state;
	issued(c);
	SYNC(c, COUNTER);
	REFUSES(409, "under-way", prove(c, OTHER));
	assert_string_equal(codes[COUNTER], json_text(answer, "at"));
	assert_string_equal(c->no, json_text(answer, "order"));
	gets_nothing(c, OTHER);
}

static void a_revoked_certificate_stays(void **state)
{
	struct hub_case *c = *state;
	done(c);
	change(c, "revoked");
	SYNC(c, COUNTER);
	REFUSES(403, "certificate-revoked", prove(c, OTHER));
	gets_nothing(c, OTHER);
}

static void what_is_here_needs_no_proof(void **state)
{
	struct hub_case *c = *state;
	done(c);
	REFUSES(409, "here", prove(c, COUNTER));
}

static void who_gave_it_changes_it_no_more(void **state)
{
	struct hub_case *c = *state;
	done(c);
	change(c, "suspended"); /* before it hears */
	assert_int_equal(200, prove(c, OTHER));
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "HELD");
}

static void a_certificate_that_nobody_gave_is_not_taken(void **state)
{
	struct hub_case *c = *state;
	json_t *facts = json_pack("{s{ss ss si}}", "fetched", "certificate", info.serial, "from", codes[COUNTER], "feed", 1);
	int64_t id = 1;
	done(c);
	site_is(OK, store_begin(c->d[OTHER]->store, &c->e), &c->e);
	json_t *row = json_pack("{ss}", "name", "别名");
	site_is(OK, replica_put(c->d[OTHER]->store, "site", row, &id, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, OTHER, "custody.certificate", "system", info.serial, facts);
	json_decref(facts);
	SYNC(c, OTHER);
	REFUSED(OTHER, "NOT_GIVEN");
}

/* The newest code that headquarters sent, "" for none. */
static const char *sent_code(struct hub_case *c)
{
	static char code[16];
	char command[300];
	snprintf(command, sizeof command, "cat $(ls -t '%s'/outbox/sms/*.json 2>/dev/null | head -n 1) </dev/null | grep -oE '验证码[^0-9]*[0-9]{6}' | grep -oE '[0-9]{6}$'", c->dir);
	FILE *f = popen(command, "r");
	code[0] = '\0';
	if (fscanf(f, "%15s", code) != 1)
		code[0] = '\0';
	pclose(f);
	return code;
}

static int code_for(struct hub_case *c, int i)
{
	json_decref(answer);
	answer = NULL;
	int status = say(c, i, "/v1/certificates/code", json_pack("{ss}", "serial", info.serial), &answer);
	snprintf(why, sizeof why, "%s", json_text(answer, "error"));
	return status;
}

static int give_code(struct hub_case *c, int i, const char *code)
{
	json_decref(answer);
	answer = NULL;
	int status = say(c, i, "/v1/certificates/prove", json_pack("{ss ss}", "serial", info.serial, "code", code), &answer);
	snprintf(why, sizeof why, "%s", json_text(answer, "error"));
	return status;
}

/* Another six digits. */
static const char *other_than(const char *code)
{
	static char other[16];
	snprintf(other, sizeof other, "%s", code);
	other[5] = other[5] == '0' ? '1' : '0';
	return other;
}

static void a_code_to_the_phone_on_file_proves_too(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, code_for(c, OTHER));
	assert_non_null(strchr(json_text(answer, "sent_to"), '*'));
	assert_int_equal(6, strlen(sent_code(c)));
	assert_int_equal(200, give_code(c, OTHER, sent_code(c)));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	REFUSES(403, "code-ended", give_code(c, OTHER, sent_code(c)));
}

/* Whether the newest message of headquarters says so. */
static bool message_says(struct hub_case *c, const char *what)
{
	char command[400];
	snprintf(command, sizeof command, "cat $(ls -t '%s'/outbox/sms/*.json | head -n 1) | grep -qF '%s'", c->dir, what);
	return system(command) == 0;
}

static void the_codes_message_names_the_counter_as_customers_know_it(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	done(c);
	site_is(OK, site_describe(hub, codes[OTHER], "海淀受理点", NULL, &out, &c->e), &c->e);
	json_decref(out);
	assert_int_equal(200, code_for(c, OTHER));
	assert_true(message_says(c, "正在海淀受理点办理"));
	assert_false(message_says(c, codes[OTHER]));
}

static void a_code_takes_five_tries(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, code_for(c, OTHER));
	for (int i = 0; i < 5; i++) {
		REFUSES(403, "wrong-code", give_code(c, OTHER, other_than(sent_code(c))));
		assert_int_equal(4 - i, json_number(answer, "left"));
	}
	REFUSES(403, "code-ended", give_code(c, OTHER, sent_code(c)));
	gets_nothing(c, OTHER);
}

static void a_code_takes_five_minutes(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, code_for(c, OTHER));
	hub->clock.fixed = hub_now(hub) + HOLDER_CODE_SECONDS + 2;
	REFUSES(403, "code-ended", give_code(c, OTHER, sent_code(c)));
	hub->clock = CLOCK_SYSTEM;
	gets_nothing(c, OTHER);
}

static void a_code_is_for_the_counter_that_asked(void **state)
{
	struct hub_case *c = *state;
	done(c);
	assert_int_equal(200, code_for(c, OTHER));
	REFUSES(403, "code-ended", give_code(c, COUNTER, sent_code(c)));
	assert_int_equal(429, code_for(c, OTHER)); /* within the minute */
	assert_int_equal(429, code_for(c, OTHER));
}

static void a_code_is_sent_for_what_could_go_alone(void **state)
{
	struct hub_case *c = *state;
	done(c);
	REFUSES(409, "here", code_for(c, COUNTER));
	change(c, "revoked");
	SYNC(c, COUNTER);
	REFUSES(403, "certificate-revoked", code_for(c, OTHER));
	assert_int_equal(404, say(c, OTHER, "/v1/certificates/code", json_pack("{ss}", "serial", "0BAD"), NULL));
	assert_string_equal("", sent_code(c));
	REFUSES(403, "code-ended", give_code(c, OTHER, "123456"));
}

static void too_many_open_challenges_are_slowed(void **state)
{
	struct hub_case *c = *state;
	int status = 200;
	site_at(c, OTHER);
	for (int i = 0; i < 20; i++)
		free(challenge(c, OTHER, pem));
	status = say(c, OTHER, "/v1/certificates/challenge", json_pack("{ss}", "certificate", pem), NULL);
	assert_int_equal(429, status);
	hub->clock.fixed = hub_now(hub) + POSSESSION_SECONDS + 2;
	free(challenge(c, OTHER, pem));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_proven_certificate_comes_with_its_key),
		HUB_TEST(a_key_in_this_sites_book_stays_what_it_is),
		HUB_TEST(a_customers_key_keeps_the_secrets_set_last),
		HUB_TEST(secrets_set_here_last_are_kept),
		HUB_TEST(a_key_that_comes_back_lies_in_no_drawer),
		HUB_TEST(a_certificate_leaves_a_counter_that_was_upgraded),
		HUB_TEST(the_order_that_made_it_is_a_copy_to_look_at),
		HUB_TEST(it_goes_back_the_same_way),
		HUB_TEST(what_was_given_and_never_arrived_is_given_again),
		HUB_TEST(a_wrong_signature_is_no_proof),
		HUB_TEST(a_challenge_is_for_its_site_alone),
		HUB_TEST(a_challenge_works_once),
		HUB_TEST(a_challenge_ends),
		HUB_TEST(challenges_are_for_one_certificate),
		HUB_TEST(a_revoked_site_gets_nothing),
		HUB_TEST(a_certificate_of_nobody_here_is_unknown),
		HUB_TEST(without_a_proof_there_is_nothing),
		HUB_TEST(a_review_site_has_no_counter),
		HUB_TEST(an_order_under_way_stays_where_it_is),
		HUB_TEST(a_revoked_certificate_stays),
		HUB_TEST(what_is_here_needs_no_proof),
		HUB_TEST(who_gave_it_changes_it_no_more),
		HUB_TEST(a_certificate_that_nobody_gave_is_not_taken),
		HUB_TEST(a_code_to_the_phone_on_file_proves_too),
		HUB_TEST(the_codes_message_names_the_counter_as_customers_know_it),
		HUB_TEST(a_code_takes_five_tries),
		HUB_TEST(a_code_takes_five_minutes),
		HUB_TEST(a_code_is_for_the_counter_that_asked),
		HUB_TEST(a_code_is_sent_for_what_could_go_alone),
		HUB_TEST(too_many_open_challenges_are_slowed),
	};
	return cmocka_run_group_tests(tests, start, end);
}
