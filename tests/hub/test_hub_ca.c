/* The CA that headquarters holds: one certificate for a key, for what the site's own entries say and nothing else. */
#include "ca_case.h"

static void the_same_key_gives_the_same_certificate(void **state)
{
	struct hub_case *c = *state;
	char one[CERT_SERIAL_SIZE];
	struct bytes first = {0}, second = {0};
	json_t *out = NULL;
	struct asked a = to_ask(c, COUNTER);
	char query[80];
	snprintf(query, sizeof query, "key=%s", key_one);
	assert_int_equal(404, ask(c, COUNTER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	issued(c, &a, key_one);
	snprintf(one, sizeof one, "%s", a.serial);
	bytes_add(&first, a.certificate.data, a.certificate.length);
	issued(c, &a, key_one);
	assert_string_equal(one, a.serial);
	assert_int_equal(first.length, a.certificate.length);
	assert_memory_equal(first.data, a.certificate.data, first.length);
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/ca/issue", query, "", 0, "", &out));
	const char *pem = json_text(out, "certificate");
	site_is(OK, cert_from_pem(pem, strlen(pem), &second, &c->e), &c->e);
	assert_memory_equal(first.data, second.data, first.length);
	assert_int_equal(1, issued_count());
	/* another site knows nothing of the key */
	assert_int_equal(404, ask(c, OTHER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	json_decref(out);
	bytes_free(&first);
	bytes_free(&second);
	asked_free(&a);
}

static void another_request_under_the_same_key_is_refused(void **state)
{
	struct hub_case *c = *state;
	struct asked a = with_issued(c, COUNTER);
	a.to++;
	says_no(c, COUNTER, &a, key_one, "key", key_one);
	a.to--;
	make_request(&a);
	says_no(c, COUNTER, &a, key_one, "key", key_one);
	assert_true(alarmed(COUNTER, "ca", "key"));
	assert_int_equal(1, issued_count());
	asked_free(&a);
}

static void what_stands_in_it_is_the_orders(void **state)
{
	struct hub_case *c = *state;
	struct bytes spki = {0};
	struct cert_info info = {0};
	struct asked a = with_issued(c, COUNTER);
	site_is(OK, cert_info(a.certificate.data, a.certificate.length, &info, &c->e), &c->e);
	assert_non_null(strstr(info.subject, "北京示例科技有限公司"));
	assert_non_null(strstr(info.subject, "ST=北京市"));
	assert_non_null(strstr(info.issuer, "总部CA"));
	assert_true(info.not_before == a.from && info.not_after == a.to);
	site_is(OK, request_check(a.der.data, a.der.length, &spki, &c->e), &c->e);
	assert_true(cert_matches_key(a.certificate.data, a.certificate.length, spki.data, spki.length));
	cert_info_free(&info);
	bytes_free(&spki);
	asked_free(&a);
}

static void nothing_is_issued_that_isnt_recorded(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	SYNC(c, COUNTER);
	says_no(c, COUNTER, &a, key_one, "order", "record");
	noted(c, &a, key_one);
	a.from++;
	says_no(c, COUNTER, &a, key_one, "order", "record");
	a.from--;
	says_no(c, COUNTER, &a, key_two, "order", "record");
	make_request(&a);
	says_no(c, COUNTER, &a, key_one, "order", "item");
	assert_int_equal(0, issued_count());
	assert_true(alarmed(COUNTER, "ca", "item"));
	asked_free(&a);
}

static void nothing_for_an_order_of_another_site(void **state)
{
	struct hub_case *c = *state;
	struct asked a = to_ask(c, COUNTER);
	says_no(c, OTHER, &a, key_one, "order", "unknown");
	assert_true(alarmed(OTHER, "ca", a.no));
	/* nor for its own in another's custody */
	site_at(c, REVIEW);
	site_is(OK, db_run(hub->db, HUB_SQL_CUSTODY_PUT, NULL, &c->e, "tttti", a.no, codes[COUNTER], codes[REVIEW], codes[COUNTER], (int64_t)1), &c->e);
	says_no(c, COUNTER, &a, key_one, "order", "custody");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void nothing_for_an_order_that_isnt_in_issue(void **state)
{
	struct hub_case *c = *state;
	struct asked a = to_ask(c, COUNTER);
	begin(c, COUNTER);
	put(c, COUNTER, "orders", json_pack("{ss}", "status", "approved"), a.order);
	rogue_commit(c, COUNTER, "issue.undo", "is1", a.no, NULL);
	begin(c, COUNTER);
	put(c, COUNTER, "orders", json_pack("{ss}", "status", "refunding"), a.order);
	rogue_commit(c, COUNTER, "refund.ask", "op1", a.no, NULL);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	says_no(c, COUNTER, &a, key_one, "order", "status");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void one_living_certificate_for_an_item(void **state)
{
	struct hub_case *c = *state;
	char first[CERT_SERIAL_SIZE];
	struct asked a = with_issued(c, COUNTER);
	noted(c, &a, key_two);
	says_no(c, COUNTER, &a, key_two, "order", "certificate");
	assert_int_equal(1, issued_count());
	written(c, &a);
	set_state(c, &a, "revoked", "cessation-of-operation");
	snprintf(first, sizeof first, "%s", a.serial);
	issued(c, &a, key_two);
	assert_string_not_equal(first, a.serial);
	asked_free(&a);
}

static void what_is_given_up_counts_no_more(void **state)
{
	struct hub_case *c = *state;
	char query[80];
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	/* after it was issued: revoked */
	noted(c, &a, key_one);
	issued(c, &a, key_one);
	give_up(c, &a);
	state_is(a.serial, "revoked");
	says_no(c, COUNTER, &a, key_one, "void", "");
	SYNC(c, COUNTER);
	list_at(c, COUNTER, a.serial, &reason);
	assert_int_equal(5, reason);
	/* before it came: never issued */
	noted(c, &b, key_two);
	give_up(c, &b);
	says_no(c, OTHER, &b, key_two, "void", "");
	snprintf(query, sizeof query, "key=%s", key_two);
	assert_int_equal(409, ask(c, OTHER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	assert_int_equal(1, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void without_an_authority_nothing_is_issued(void **state)
{
	struct hub_case *c = *state;
	struct bytes pem = {0};
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	says_no(c, COUNTER, &a, key_one, "authority", "");
	assert_int_equal(ERR_DESK_CA_UNKNOWN, hubca_crl(c->d[COUNTER], &pem, &c->e));
	assert_int_equal(EXIT_RETRY, error_exit(ERR_DESK_CA_UNKNOWN));
	asked_free(&a);
}

static void a_revoked_site_gets_nothing(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	struct asked a = to_ask(c, COUNTER);
	site_is(OK, site_revoke(hub, codes[COUNTER], &c->e), &c->e);
	assert_int_equal(403, ask_ca(c, COUNTER, &a, key_one, &out));
	assert_string_equal("revoked", json_text(out, "error"));
	assert_int_equal(0, issued_count());
	json_decref(out);
	asked_free(&a);
}

static void what_is_no_request_is_answered_so(void **state)
{
	struct hub_case *c = *state;
	static const char *const bad[] = {"{}", "{\"key\":\"short\"}", "[]", "{\"key\":\"00112233445566778899aabbccddeeff\",\"order\":\"x\",\"item\":1,\"request\":\"no\"}"};
	authority(c);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/ca/issue", "", bad[i], strlen(bad[i]), "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "GET", "/v1/ca/issue", "", "", 0, "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "GET", "/v1/ca/issue", "key=%27", "", 0, "", NULL));
	assert_int_equal(403, ask(c, -1, "GET", "/v1/ca/issue", "key=00112233445566778899aabbccddeeff", "", 0, "", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(the_same_key_gives_the_same_certificate),
		HUB_TEST(another_request_under_the_same_key_is_refused),
		HUB_TEST(what_stands_in_it_is_the_orders),
		HUB_TEST(nothing_is_issued_that_isnt_recorded),
		HUB_TEST(nothing_for_an_order_of_another_site),
		HUB_TEST(nothing_for_an_order_that_isnt_in_issue),
		HUB_TEST(one_living_certificate_for_an_item),
		HUB_TEST(what_is_given_up_counts_no_more),
		HUB_TEST(without_an_authority_nothing_is_issued),
		HUB_TEST(a_revoked_site_gets_nothing),
		HUB_TEST(what_is_no_request_is_answered_so),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
