/* The lists of revoked certificates that the local CA signs, and which of two stays in its place. */
#include "local_case.h"

static void revoked_ones_are_listed(void **state)
{
	(void)state;
	json_t *values = json_pack("{s:s}", "person_name", "李四");
	struct bytes der = {0}, pem = {0}, crl = {0};
	char serial[CERT_SERIAL_SIZE], out[8192];
	struct error e = {0};
	assert_int_equal(issue(&rsa, "person-1y", values, serial, &der, NULL), OK);
	assert_int_equal(cert_pem(der.data, der.length, &pem, NULL), OK);
	save("person.pem", &pem);
	const struct ca_revoked rows[] = {
		{"7F00000000000000000000000000000A", now - DAY, ca_reason_code("certificate-hold"), 0},
		{serial, now, ca_reason_code("key-compromise"), now - 2 * DAY},
		{"0F", now - DAY, ca_reason_code("unspecified"), 0},
	};
	save_lists(rows, 3);
	assert_int_not_equal(judge(out, sizeof out, STRICT "person.pem"), 0);
	assert_non_null(strstr(out, "certificate revoked"));
	assert_int_equal(judge(out, sizeof out, "crl -in ca.crl -noout -verify -CAfile chain.pem -text"), 0);
	static const char *const there[] = {"verify OK", "Version 2", "X509v3 CRL Number: \n                42",
		"Authority Key Identifier", "Certificate Hold", "Key Compromise", "Invalidity Date", "Serial Number: 0F"};
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (!strstr(out, there[i]))
			fail_msg("%s is not in:\n%s", there[i], out);
	assert_non_null(strstr(out, serial));
	assert_null(strstr(out, "Unspecified"));
	save_lists(NULL, 0);
	assert_int_equal(judge(out, sizeof out, STRICT "person.pem"), 0);
	const struct ca_revoked wrong[][2] = {
		{{"0f", now, 1, 0}, {"01", now, 1, 0}},
		{{"0F0", now, 1, 0}, {"01", now, 1, 0}},
		{{"", now, 1, 0}, {"01", now, 1, 0}},
		{{"0F", now, 7, 0}, {"01", now, 1, 0}},
		{{"0F", now, 8, 0}, {"01", now, 1, 0}},
		{{"0F", 0, 1, 0}, {"01", now, 1, 0}},
		{{"0F", now, 1, 0}, {"0F", now, 1, 0}},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(ca_crl(ca, wrong[i], 2, now, now + DAY, 1, &crl, &e), ERR_CA_CRL);
	assert_int_equal(ca_crl(ca, rows, 3, now, now, 1, &crl, &e), ERR_CA_CRL);
	assert_int_equal(crl_pem(der.data, der.length, &crl, &e), ERR_CA_CRL);
	assert_int_equal(ca_reason_code("cessation-of-operation"), 5);
	assert_int_equal(ca_reason_code("lost"), -1);
	assert_null(ca_reason_name(7));
	assert_null(ca_reason_name(-1));
	bytes_free(&der);
	bytes_free(&pem);
	bytes_free(&crl);
	json_decref(values);
}

static struct bytes list_of(int64_t at, uint64_t number)
{
	struct bytes der = {0};
	assert_int_equal(ca_crl(ca, NULL, 0, at, at + DAY, number, &der, NULL), OK);
	return der;
}

static bool reads_as(const char *path, const struct bytes *der)
{
	struct bytes there = {0};
	assert_int_equal(file_read(path, 1 << 20, &there, NULL), OK);
	bool same = there.length == der->length && memcmp(there.data, der->data, der->length) == 0;
	bytes_free(&there);
	return same;
}

static void a_later_list_stays_where_its_day_has_come(void **state)
{
	(void)state;
	struct error e = {0};
	char *path = path_join(dir, "placed.crl");
	struct bytes first = list_of(now - DAY, 1), second = list_of(now, 2), third = list_of(now + 240, 3);
	assert_int_equal(crl_put(ca, path, &second, now, NULL), OK);
	assert_int_equal(crl_lies(ca, path, &first, now, &e), OK);
	assert_int_equal(crl_put(ca, path, &first, now, NULL), OK);
	assert_true(reads_as(path, &second));
	assert_int_equal(crl_put(ca, path, &third, now, NULL), OK); /* another clock, a little ahead */
	assert_int_equal(crl_lies(ca, path, &second, now, &e), OK);
	assert_int_equal(crl_lies(ca, path, &third, now, &e), OK);
	free(path);
	bytes_free(&first);
	bytes_free(&second);
	bytes_free(&third);
}

static void a_list_from_a_clock_that_was_ahead_gives_way(void **state)
{
	(void)state;
	struct error e = {0};
	char *path = path_join(dir, "ahead.crl");
	struct bytes ahead = list_of(now + 30 * DAY, 2), mended = list_of(now, 3);
	assert_int_equal(crl_put(ca, path, &ahead, now + 30 * DAY, NULL), OK);
	assert_int_equal(crl_lies(ca, path, &ahead, now + 30 * DAY, &e), OK);
	assert_int_equal(crl_lies(ca, path, &ahead, now, &e), ERR_CA_CRL_FILE); /* nobody may go by it yet */
	assert_int_equal(crl_lies(ca, path, &mended, now, &e), ERR_CA_CRL_FILE);
	assert_int_equal(crl_put(ca, path, &mended, now, NULL), OK);
	assert_true(reads_as(path, &mended));
	assert_int_equal(crl_lies(ca, path, &mended, now, &e), OK);
	free(path);
	bytes_free(&ahead);
	bytes_free(&mended);
}

/* What was revoked since its clock was put right is in the second alone. */
static void a_list_from_a_clock_that_was_a_little_ahead_gives_way(void **state)
{
	(void)state;
	struct error e = {0};
	char *path = path_join(dir, "little.crl");
	struct bytes ahead = list_of(now + 200, 2), mended = list_of(now, 3);
	assert_int_equal(crl_put(ca, path, &ahead, now, NULL), OK);
	assert_int_equal(crl_lies(ca, path, &mended, now, &e), ERR_CA_CRL_FILE);
	assert_int_equal(crl_put(ca, path, &mended, now, NULL), OK);
	assert_true(reads_as(path, &mended));
	free(path);
	bytes_free(&ahead);
	bytes_free(&mended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revoked_ones_are_listed),
		cmocka_unit_test(a_later_list_stays_where_its_day_has_come),
		cmocka_unit_test(a_list_from_a_clock_that_was_ahead_gives_way),
		cmocka_unit_test(a_list_from_a_clock_that_was_a_little_ahead_gives_way),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
