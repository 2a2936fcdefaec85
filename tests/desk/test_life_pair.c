/* Certificates of one key pair: renewal and change keep it, so what befalls the key befalls those before as well. */
#include "life.h"

/* A new name: another certificate for the same pair. What was there is superseded; l->certificate is the new one. */
static void renamed(struct life *l, char before[CERT_SERIAL_SIZE])
{
	insert(KEY);
	snprintf(before, CERT_SERIAL_SIZE, "%s", l->certificate);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'unit_name':'北京示例科技股份有限公司','consent':true}"), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	active_of(l, l->no, l->certificate);
	certificate_is(l, before, "superseded", "");
	assert_false(in_crl(l, before));
}

static void test_a_lost_key_suspends_what_its_pair_had_before(void **state)
{
	struct life *l = *state;
	char before[CERT_SERIAL_SIZE];
	renamed(l, before);
	later(l, 60);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	assert_true(in_crl(l, l->certificate));
	assert_true(in_crl(l, before));
	later(l, 60);
	site_is(OK, about(l, "resume", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	assert_false(in_crl(l, l->certificate));
	assert_false(in_crl(l, before));
}

static void test_a_revoked_pair_is_revoked_in_all_its_certificates(void **state)
{
	struct life *l = *state;
	char before[CERT_SERIAL_SIZE], out[16384], at[2][64];
	struct bytes crl = {0};
	renamed(l, before);
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥外泄", &out, &l->e));
	certificate_is(l, before, "superseded", ""); /* that it was replaced stays */
	IS(OK, cert_crl(l->d, &crl, &l->e));
	const char *file = site_file(&l->t.site, "crl.pem", (char *)crl.data), *serials[] = {l->certificate, before};
	bytes_free(&crl);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(shell(out, sizeof out, "openssl crl -in %s -noout -text | grep -A4 %s", file, serials[i]), 0);
		assert_non_null(strstr(out, "Key Compromise"));
		assert_int_equal(sscanf(strstr(out, "Date: ") + 6, "%63[^\n]", at[i]), 1);
	}
	assert_string_equal(at[0], at[1]);
}

/* What was superseded on one key says nothing about another. */
static void test_another_keys_certificates_stay(void **state)
{
	struct life *l = *state;
	char before[CERT_SERIAL_SIZE];
	renamed(l, before);
	replaced(l, LOST);
	pull();
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	assert_true(in_crl(l, before));
	char second[CERT_SERIAL_SIZE];
	active_of(l, l->no, second);
	assert_false(in_crl(l, second));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_lost_key_suspends_what_its_pair_had_before),
		LIFE(test_a_revoked_pair_is_revoked_in_all_its_certificates),
		LIFE(test_another_keys_certificates_stay),
	};
	return RUN_LIFE(tests);
}
