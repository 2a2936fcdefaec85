/* The CA that headquarters holds: states that follow what sites say of their certificates, and the list of the revoked ones. */
#include "ca_case.h"

#include "hub/authority.h"
#include "hub/catchup.h"

static void every_site_has_the_newest_list(void **state)
{
	struct hub_case *c = *state;
	int reason;
	struct asked a = with_certificate(c, COUNTER);
	SYNC(c, OTHER);
	int64_t first = list_at(c, OTHER, a.serial, &reason), second, third, last;
	assert_int_equal(-1, reason);
	set_state(c, &a, "suspended", "");
	SYNC(c, OTHER);
	second = list_at(c, OTHER, a.serial, &reason);
	assert_int_equal(6, reason);
	set_state(c, &a, "active", "");
	SYNC(c, OTHER);
	third = list_at(c, OTHER, a.serial, &reason);
	assert_int_equal(-1, reason);
	set_state(c, &a, "revoked", "key-compromise");
	SYNC(c, OTHER);
	last = list_at(c, OTHER, a.serial, &reason);
	assert_true(first > 0 && second > first && third > second && last > third);
	assert_int_equal(1, reason);
	/* the counter too, and a site that joins later */
	assert_int_equal(last, list_at(c, COUNTER, a.serial, &reason));
	SYNC(c, REVIEW);
	assert_int_equal(last, list_at(c, REVIEW, a.serial, &reason));
	/* what nobody has fetched yet is the newest alone */
	in_database(c, "INSERT INTO alarm (site, kind, detail, at) SELECT site, 'lists', count(*), 0 FROM feed WHERE kind = 'crl' AND done = 0 GROUP BY site");
	assert_true(alarmed(OTHER, "lists", "1"));
	/* and lies here once, not for each site */
	in_database(c, "INSERT INTO alarm (site, kind, detail, at) SELECT site, 'bytes', 'in all ' || sum(length(body)), 0 FROM feed WHERE kind = 'crl' AND done = 0 GROUP BY site");
	assert_true(alarmed(OTHER, "bytes", "in all 2"));
	asked_free(&a);
}

static void revoked_is_the_end(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	set_state(c, &a, "revoked", "superseded");
	set_state(c, &a, "active", "");
	state_is(a.serial, "revoked");
	assert_true(alarmed(COUNTER, "certificate", a.serial));
	asked_free(&a);
}

/* A renewal or a change keeps the pair: what befalls it befalls the certificate before as well. */
static void a_revoked_pair_is_revoked_in_all_its_certificates(void **state)
{
	struct hub_case *c = *state;
	int reason;
	kept_pair = EVP_RSA_gen(2048);
	struct asked a = with_certificate(c, COUNTER), b = requested_with(c, COUNTER, json_pack("{ss}", "key_role", "secondary"));
	noted(c, &b, key_two);
	issued(c, &b, key_two);
	written(c, &b);
	EVP_PKEY_free(kept_pair);
	kept_pair = NULL;
	set_state(c, &a, "superseded", "");
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(-1, reason);
	set_state(c, &b, "suspended", "certificate-hold");
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(6, reason);
	set_state(c, &b, "active", "");
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(-1, reason);
	set_state(c, &b, "revoked", "key-compromise");
	list_at(c, COUNTER, b.serial, &reason);
	assert_int_equal(1, reason);
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(1, reason);
	state_is(a.serial, "superseded");
	/* both from before headquarters noted pairs, which noted holders already */
	site_is(OK, catchup_run(hub, &c->e), &c->e);
	in_database(c, "UPDATE ca_certificate SET pair = '', unlisted = 1; DELETE FROM setting WHERE name = 'ca_pairs'");
	site_is(OK, authority_crl(hub, NULL, &c->e), &c->e);
	SYNC(c, COUNTER);
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(-1, reason);
	site_is(OK, catchup_run(hub, &c->e), &c->e);
	site_is(OK, authority_crl(hub, NULL, &c->e), &c->e);
	SYNC(c, COUNTER);
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(1, reason);
	asked_free(&a);
	asked_free(&b);
}

static void same_certificate(struct asked *to, const struct asked *from)
{
	snprintf(to->serial, sizeof to->serial, "%s", from->serial);
	bytes_add(&to->certificate, from->certificate.data, from->certificate.length);
}

static void another_sites_word_doesnt_count(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	noted(c, &a, key_one);
	issued(c, &a, key_one);
	same_certificate(&b, &a);
	written(c, &b);
	set_state(c, &b, "revoked", "key-compromise");
	state_is(a.serial, "active");
	assert_true(alarmed(OTHER, "certificate", a.serial));
	asked_free(&a);
	asked_free(&b);
}

/* The order is over, and the other counter has proven the certificate (test_certificate.c proves). */
static struct asked moved(struct hub_case *c, const struct asked *a)
{
	struct holding_given given = {0};
	struct asked there = {.site = OTHER};
	snprintf(there.no, sizeof there.no, "%s", a->no);
	begin(c, a->site);
	put(c, a->site, "orders", json_pack("{ss}", "status", "issued"), a->order);
	rogue_commit(c, a->site, "issue", "is1", a->no, NULL);
	begin(c, a->site);
	put(c, a->site, "orders", json_pack("{ss}", "status", "handed-over"), a->order);
	rogue_commit(c, a->site, "order.handover", "op1", a->no, NULL);
	SYNC(c, a->site);
	site_at(c, OTHER);
	SYNC(c, OTHER);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[OTHER], .issuer = "CN=x", .serial = a->serial}, &given, &c->e), &c->e);
	if (given.why)
		fail_msg("%s %s", given.why, given.order);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, OTHER);
	site_is(OK, store_int(c->d[OTHER]->store, SQL_CERTIFICATE_NAMED, 0, &there.id, &c->e, "tt", "CN=x", a->serial), &c->e);
	assert_true(there.id > 0);
	SYNC(c, OTHER);
	return there;
}

static void custodian_is(const char *serial, const char *site)
{
	json_t *row = NULL;
	struct error e = {0};
	site_is(OK, db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &row, &e, "t", serial), &e);
	assert_string_equal(site, json_text(row, "custodian"));
	json_decref(row);
}

/* A suspension by its new custodian counts, and by the old one no more. */
static void a_certificate_that_moved_follows_who_holds_it(void **state)
{
	struct hub_case *c = *state;
	int reason;
	struct asked a = with_certificate(c, COUNTER);
	custodian_is(a.serial, codes[COUNTER]);
	struct asked there = moved(c, &a);
	custodian_is(a.serial, codes[OTHER]);
	set_state(c, &there, "suspended", "certificate-hold");
	if (refused_at(OTHER))
		fail_msg("%s", why_refused(OTHER));
	state_is(a.serial, "suspended");
	list_at(c, OTHER, a.serial, &reason);
	assert_int_equal(6, reason);
	/* its former counter hasn't heard yet, and revokes it */
	set_state(c, &a, "revoked", "superseded");
	REFUSED(COUNTER, "HELD");
	state_is(a.serial, "suspended");
	set_state(c, &there, "revoked", "key-compromise");
	state_is(a.serial, "revoked");
	assert_false(alarmed(OTHER, "certificate", a.serial));
	asked_free(&a);
}

/* What is given up after it has moved takes nothing from whoever has it. */
static void a_request_that_is_given_up_late_revokes_nothing_that_moved(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	moved(c, &a);
	give_up(c, &a);
	state_is(a.serial, "active");
	assert_true(alarmed(COUNTER, "certificate", a.serial));
	asked_free(&a);
}

/* A copy that lacks the register knows by the entries whose it is. */
static void what_moved_is_taken_up_again_as_its_holders(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_certificate(c, COUNTER);
	moved(c, &a);
	in_database(c, "DELETE FROM ca_certificate");
	SYNC(c, COUNTER); /* notes that it gave it, which is the first that is heard of it again */
	SYNC(c, COUNTER);
	custodian_is(a.serial, codes[OTHER]);
	asked_free(&a);
}

/* An older copy of headquarters hasn't got the certificate: what the counter says of it counts, for it bears the authority's signature. */
static void what_an_older_copy_lacks_is_taken_up_again(void **state)
{
	struct hub_case *c = *state;
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	noted(c, &a, key_one);
	issued(c, &a, key_one);
	written(c, &a);
	in_database(c, "DELETE FROM ca_certificate");
	set_state(c, &a, "revoked", "key-compromise");
	state_is(a.serial, "revoked");
	assert_true(alarmed(COUNTER, "adopted", a.serial));
	SYNC(c, COUNTER);
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(1, reason);
	/* what it didn't sign is not its own */
	same_certificate(&b, &a);
	b.certificate.data[b.certificate.length - 1] ^= 1;
	in_database(c, "DELETE FROM ca_certificate");
	written(c, &b);
	assert_int_equal(0, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void the_list_is_made_in_time(void **state)
{
	struct hub_case *c = *state;
	bool made;
	authority(c);
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_false(made);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 4 * 86400;
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_true(made);
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_false(made);
	hub->clock.fixed = 0;
}

/* A list of another authority, an altered one, an older one. */
static void only_a_newer_list_of_the_authority_is_taken(void **state)
{
	struct hub_case *c = *state;
	char dir[100];
	struct secret word = {0};
	struct bytes older = {0}, foreign = {0}, pem = {0};
	struct ca *ca = NULL;
	struct db_rows *rows = NULL;
	size_t length = 0;
	int reason;
	bool made;
	authority(c);
	SYNC(c, COUNTER);
	list_at(c, COUNTER, "01", &reason);
	site_is(OK, db_query(hub->db, HUB_SQL_CA_CRL_NEWEST, &rows, &c->e, ""), &c->e);
	assert_true(db_rows_next(rows));
	const void *blob = db_rows_blob(rows, 4, &length);
	bytes_add(&older, blob, length);
	db_rows_end(&rows, NULL);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 4 * 86400;
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	hub->clock.fixed = 0;
	SYNC(c, COUNTER);
	int64_t newest = list_at(c, COUNTER, "01", &reason);
	site_is(OK, hubca_take_crl(c->d[COUNTER], older.data, older.length, &c->e), &c->e);
	assert_int_equal(newest, list_at(c, COUNTER, "01", &reason));
	snprintf(dir, sizeof dir, "%s/foreign", c->root);
	secret_set(&word, "a passphrase", 12);
	site_is(OK, ca_local_create(dir, "别家", &word, true, clock_now(&CLOCK_SYSTEM), &c->e), &c->e);
	site_is(OK, ca_open(dir, &word, &ca, &c->e), &c->e);
	site_is(OK, ca_crl(ca, NULL, 0, clock_now(&CLOCK_SYSTEM), clock_now(&CLOCK_SYSTEM) + 86400, 9, &foreign, &c->e), &c->e);
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], foreign.data, foreign.length, &c->e));
	older.data[older.length - 1] ^= 1;
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], older.data, older.length, &c->e));
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], older.data, older.length / 2, &c->e));
	assert_int_equal(newest, list_at(c, COUNTER, "01", &reason));
	ca_close(&ca);
	secret_wipe(&word);
	bytes_free(&older);
	bytes_free(&foreign);
	bytes_free(&pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(every_site_has_the_newest_list),
		HUB_TEST(revoked_is_the_end),
		HUB_TEST(a_revoked_pair_is_revoked_in_all_its_certificates),
		HUB_TEST(another_sites_word_doesnt_count),
		HUB_TEST(a_certificate_that_moved_follows_who_holds_it),
		HUB_TEST(a_request_that_is_given_up_late_revokes_nothing_that_moved),
		HUB_TEST(what_moved_is_taken_up_again_as_its_holders),
		HUB_TEST(what_an_older_copy_lacks_is_taken_up_again),
		HUB_TEST(the_list_is_made_in_time),
		HUB_TEST(only_a_newer_list_of_the_authority_is_taken),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
