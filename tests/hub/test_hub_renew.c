/* A site's certificates are made anew in time; one that was revoked joins once more. */
#include "hubcase.h"

#include "desk/sign.h"

static int64_t end_of(struct hub_case *c, int i)
{
	json_t *row = NULL;
	struct tm tm = {0};
	site_is(OK, store_row(site_at(c, i)->store, SQL_HEADQUARTERS_GET, &row, &c->e, ""), &c->e);
	BIO *bio = BIO_new_mem_buf(json_text(row, "tls_certificate"), -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(x);
	assert_int_equal(1, ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm));
	certificate_words(json_text(row, "tls_certificate"), &c->net[i]);
	X509_free(x);
	BIO_free(bio);
	json_decref(row);
	return timegm(&tm);
}

static void later_by_days(struct hub_case *c, int i, int days)
{
	int64_t now = clock_now(&CLOCK_SYSTEM) + (int64_t)days * 86400;
	site_at(c, i)->clock.fixed = now;
	hub->clock.fixed = now;
}

static void certificates_are_renewed_when_a_third_of_their_life_is_left(void **state)
{
	struct hub_case *c = *state;
	SYNC(c, COUNTER);
	int64_t first = end_of(c, COUNTER);
	later_by_days(c, COUNTER, 480);
	SYNC(c, COUNTER);
	assert_int_equal(first, end_of(c, COUNTER));
	later_by_days(c, COUNTER, 500);
	SYNC(c, COUNTER);
	assert_true(end_of(c, COUNTER) > first + 400 * 86400);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	json_t *out = NULL;
	site_as(&c->site[COUNTER], c->d[COUNTER], "au1");
	struct journal_report report;
	site_is(OK, journal_verify(c->d[COUNTER]->store, &report, NULL, NULL, &c->e), &c->e);
	json_decref(out);
}

static void a_revoked_site_joins_once_more_with_a_new_code(void **state)
{
	struct hub_case *c = *state;
	json_t *code = NULL, *out = NULL;
	SYNC(c, COUNTER);
	site_is(OK, site_revoke(hub, codes[COUNTER], &c->e), &c->e);
	site_is(ERR_SYNC_REVOKED, sync_at(c, COUNTER), &c->e);
	site_is(OK, site_renew(hub, codes[COUNTER], &code, &c->e), &c->e);
	struct desk *d = c->d[COUNTER];
	site_as(&c->site[COUNTER], d, "root1");
	site_is(ERR_SYNC_JOINED, sync_join(d, "https://localhost:18443", json_text(code, "code"), false, &out, &c->e), &c->e);
	site_is(ERR_SYNC_JOINED, sync_join(d, "https://other:18443", json_text(code, "code"), true, &out, &c->e), &c->e);
	site_is(OK, sync_join(d, "https://localhost:18443", json_text(code, "code"), true, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, sync_status(d, &out, &c->e), &c->e);
	assert_true(json_is_false(json_object_get(out, "site_revoked"))); /* at once, not with the next round */
	assert_string_equal("", json_text(out, "trouble"));
	end_of(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	json_decref(code);
	json_decref(out);
}

/* The journal's dates count: with a clock that is far off nothing is signed until it is right, and was compared again. */
static void a_clock_five_minutes_from_headquarters_stops_signing(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	struct desk *d = site_at(c, COUNTER);
	int64_t now = clock_now(&CLOCK_SYSTEM);
	d->clock.fixed = hub->clock.fixed = now;
	site_draft(&c->site[COUNTER], d, "new-person", NULL, c->no);
	hub->clock.fixed = now + 301 + 5;
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(ERR_DESK_CLOCK_HUB, sign_send(d, c->no, &out, &c->e), &c->e);
	hub->clock.fixed = now + 20;
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, sign_send(d, c->no, &out, &c->e), &c->e);
	json_decref(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(certificates_are_renewed_when_a_third_of_their_life_is_left),
		HUB_TEST(a_clock_five_minutes_from_headquarters_stops_signing),
		HUB_TEST(a_revoked_site_joins_once_more_with_a_new_code),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
