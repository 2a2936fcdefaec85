/* What was proven of a page before the site was locked, against what stands there under the lock. */
#include "hubcase.h"

#include "hub/proof.h"
#include "hub/purge.h"
#include "sync/envelope.h"

struct page {
	struct posted posted;
	struct proof proof;
	struct error e;
};

/* The newest page of the counter, which headquarters hasn't got: its answer was lost on the way there. */
static void read_page(struct hub_case *c, struct page *g)
{
	char no[64];
	struct desk *d = site_at(c, COUNTER);
	site_approved(&c->site[COUNTER], d, "new-unit", NULL, no);
	line.lose_journal = true;
	(void)sync_at(c, COUNTER);
	line.lose_journal = false;
	assert_non_null(line.posted);
	char *text = json_dumps(line.posted, JSON_COMPACT);
	struct bytes body = {0};
	assert_int_equal(OK, bytes_text(&body, text));
	site_is(OK, posted_read(&body, &g->posted, &g->e), &g->e);
	free(text);
	assert_true(g->posted.entry_count > 0 && g->posted.key_count > 0);
	site_is(OK, proof_make(&g->proof, hub, codes[COUNTER], &g->posted, &g->e), &g->e);
}

static void end_page(struct page *g)
{
	proof_free(&g->proof);
	posted_free(&g->posted);
}

static void hold(struct page *g, int64_t seq, const char *hash)
{
	struct posted_chain head = {.site = codes[COUNTER], .seq = seq};
	snprintf(head.hash, sizeof head.hash, "%s", hash);
	site_is(OK, proof_hold(&g->proof, &head, &g->e), &g->e);
}

static void all_of_it_is_proven_before_the_lock(void **state)
{
	struct page g = {0};
	read_page(*state, &g);
	for (size_t i = 0; i < g.posted.entry_count; i++) {
		assert_true(g.posted.entries[i].looked && proof_signed(&g.proof, i));
		assert_non_null(g.proof.entries[i].opened.states);
	}
	for (size_t i = 0; i < g.posted.key_count; i++)
		assert_true(g.proof.keys[i].good && g.proof.keys[i].fresh);
	hold(&g, g.proof.head.seq, g.proof.head.hash); /* nothing has changed: it stands */
	assert_true(g.proof.vouched == g.posted.entry_count && g.proof.entries[0].opened.states);
	end_page(&g);
}

static void spoil(struct page *g, size_t i)
{
	((uint8_t *)(uintptr_t)g->posted.entries[i].signature.data)[g->posted.entries[i].signature.length / 2] ^= 1;
	g->proof.vouched = 0;
	for (size_t k = 0; k < g->posted.entry_count; k++)
		g->proof.entries[k].verified = false;
}

/* The newest signature speaks for all that hangs on it; where it is none, each for itself. */
static void a_signed_head_vouches_for_what_it_hangs_on(void **state)
{
	struct page g = {0};
	read_page(*state, &g);
	size_t last = g.posted.entry_count - 1;
	assert_true(last >= 2);
	assert_true(g.proof.entries[last].verified && !g.proof.entries[0].verified);
	spoil(&g, 0);
	assert_true(proof_signed(&g.proof, 0));
	spoil(&g, last);
	assert_false(proof_signed(&g.proof, last));
	assert_false(proof_signed(&g.proof, 0));
	assert_true(proof_signed(&g.proof, 1));
	end_page(&g);
}

static void no_head_vouches_for_what_does_not_hang_on_it(void **state)
{
	struct page g = {0};
	read_page(*state, &g);
	size_t last = g.posted.entry_count - 1;
	json_object_set_new(g.posted.entries[last].entry, "prev", json_string("sha256:0000000000000000000000000000000000000000000000000000000000000000"));
	for (size_t i = 0; i < last; i++)
		spoil(&g, i);
	for (size_t i = 0; i < last; i++)
		assert_false(proof_signed(&g.proof, i));
	assert_true(proof_signed(&g.proof, last));
	end_page(&g);
}

static void a_certificate_revoked_meanwhile_counts_no_more(void **state)
{
	struct page g = {0};
	read_page(*state, &g);
	assert_true(proof_signed(&g.proof, 0));
	site_is(OK, db_run(hub->db, HUB_SQL_CERTIFICATE_REVOKE, NULL, &g.e, "ti", codes[COUNTER], hub_now(hub)), &g.e);
	hold(&g, g.proof.head.seq, g.proof.head.hash);
	for (size_t i = 0; i < g.posted.entry_count; i++)
		assert_false(proof_signed(&g.proof, i));
	end_page(&g);
}

static void a_journal_that_grew_meanwhile_is_opened_again(void **state)
{
	struct page g = {0};
	const struct opened *opened = NULL;
	read_page(*state, &g);
	site_is(OK, db_run(hub->db, HUB_SQL_DATA_KEY_INSERT, NULL, &g.e, "tib", codes[COUNTER], g.posted.keys[0].dk, (const void *)g.posted.keys[0].cms.data,
	                   g.posted.keys[0].cms.length), &g.e);
	hold(&g, g.proof.head.seq, "sha256:another");
	assert_true(g.proof.keys[0].good && !g.proof.keys[0].fresh);
	assert_null(g.proof.entries[0].opened.states);
	site_is(OK, proof_opened(&g.proof, 0, &opened, &g.e), &g.e);
	assert_false(opened->key_missing);
	end_page(&g);
}

static void what_was_opened_under_a_destroyed_key_is_forgotten(void **state)
{
	struct page g = {0};
	const struct opened *opened = NULL;
	size_t last;
	read_page(*state, &g);
	last = g.posted.entry_count - 1;
	site_is(OK, proof_opened(&g.proof, last, &opened, &g.e), &g.e);
	assert_false(opened->key_missing);
	proof_forget(&g.proof); /* the database has none of the page's keys */
	site_is(OK, proof_opened(&g.proof, last, &opened, &g.e), &g.e);
	assert_true(opened->key_missing);
	end_page(&g);
}

/* That a worker has opened an envelope before helps nobody who hands it in as something else. */
static void a_key_opened_before_is_its_own_sites_and_numbers_alone(void **state)
{
	struct page g = {0};
	struct keyring own = {.hub = hub, .site = codes[COUNTER]}, other = {.hub = hub, .site = codes[REVIEW]};
	bool good, fresh;
	read_page(*state, &g);
	assert_non_null(hub->kept_keys);
	const struct posted_key *k = &g.posted.keys[0];
	uint8_t changed[ENVELOPE_MOST];
	memcpy(changed, k->cms.data, k->cms.length);
	changed[k->cms.length - 1] ^= 1;
	site_is(OK, keyring_offer(&other, k->dk, k->cms.data, k->cms.length, &good, &fresh, &g.e), &g.e);
	assert_false(good);
	site_is(OK, keyring_offer(&own, k->dk + 1, k->cms.data, k->cms.length, &good, &fresh, &g.e), &g.e);
	assert_false(good);
	site_is(OK, keyring_offer(&own, k->dk, changed, k->cms.length, &good, &fresh, &g.e), &g.e);
	assert_false(good);
	site_is(OK, keyring_offer(&own, k->dk, k->cms.data, k->cms.length, &good, &fresh, &g.e), &g.e);
	assert_true(good && fresh);
	keyring_free(&own);
	keyring_free(&other);
	end_page(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_it_is_proven_before_the_lock, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(a_signed_head_vouches_for_what_it_hangs_on, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(no_head_vouches_for_what_does_not_hang_on_it, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(a_certificate_revoked_meanwhile_counts_no_more, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(a_journal_that_grew_meanwhile_is_opened_again, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(what_was_opened_under_a_destroyed_key_is_forgotten, hub_case_make, hub_case_end),
		cmocka_unit_test_setup_teardown(a_key_opened_before_is_its_own_sites_and_numbers_alone, hub_case_make, hub_case_end),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
