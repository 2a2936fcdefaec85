/* What is sent to Alipay, and what of its answers is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/base64.h"
#include "base/lang.h"
#include "pay/alipay.h"

static EVP_PKEY *ours, *theirs, *stranger;
static struct alipay_merchant merchant;
static struct error error;

static void pem_of(EVP_PKEY *key, bool private, struct bytes *out)
{
	char *text;
	BIO *b = BIO_new(BIO_s_mem());
	assert_int_equal(private ? PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) : PEM_write_bio_PUBKEY(b, key), 1);
	size_t n = (size_t)BIO_get_mem_data(b, &text);
	assert_int_equal(bytes_add(out, text, n), OK);
	BIO_free(b);
}

static void bare_of(EVP_PKEY *key, bool private, struct bytes *out)
{
	unsigned char *der = NULL;
	int n = private ? i2d_PrivateKey(key, &der) : i2d_PUBKEY(key, &der);
	assert_true(n > 0);
	assert_int_equal(base64_encode(der, (size_t)n, out), OK);
	assert_int_equal(bytes_text(out, "\n"), OK);
	OPENSSL_free(der);
}

static int start(void **state)
{
	struct bytes key = {0}, provider = {0};
	(void)state;
	lang_start();
	ours = EVP_RSA_gen(2048);
	theirs = EVP_RSA_gen(2048);
	stranger = EVP_RSA_gen(2048);
	pem_of(ours, true, &key);
	bare_of(theirs, false, &provider);
	assert_int_equal(alipay_open(&(struct alipay_keys){"2021000000000001", &key, &provider, NULL, NULL}, &merchant, &error), OK);
	bytes_free(&key);
	bytes_free(&provider);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	alipay_close(&merchant);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(stranger);
	return 0;
}

static void sign(EVP_PKEY *key, const char *text, struct bytes *out)
{
	unsigned char raw[512];
	size_t n = sizeof raw;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(c, raw, &n, (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(c);
	assert_int_equal(base64_encode(raw, n, out), OK);
}

/* An answer of theirs as it comes. */
static void wrap(EVP_PKEY *key, const char *member, const char *content, struct bytes *out)
{
	struct bytes signature = {0};
	sign(key, content, &signature);
	bytes_free(out);
	assert_int_equal(bytes_format(out, "{\"%s\":%s,\"sign\":\"%s\"}", member, content, (char *)signature.data), OK);
	bytes_free(&signature);
}

static enum err read_text(enum alipay_method method, const char *text, size_t n, struct alipay_answer *a)
{
	error = (struct error){0};
	return alipay_answer_read(&merchant, method, text, n, a, &error);
}

static enum err read_content(enum alipay_method method, const char *member, const char *content, struct alipay_answer *a)
{
	struct bytes text = {0};
	wrap(theirs, member, content, &text);
	enum err r = read_text(method, (char *)text.data, text.length, a);
	bytes_free(&text);
	return r;
}

#define QUERY_MEMBER "alipay_trade_query_response"
#define PAID                                                                                                                              \
	"{\"code\":\"10000\",\"msg\":\"Success\",\"buyer_logon_id\":\"159****5620\",\"out_trade_no\":\"Q1\",\"trade_no\":\"2026112622001\","    \
	"\"trade_status\":\"TRADE_SUCCESS\",\"total_amount\":\"280.00\"}"

/* The value of a form's field, as it was before it was escaped. */
static void field(const char *body, const char *name, struct bytes *out)
{
	char key[64];
	snprintf(key, sizeof key, "&%s=", name);
	const char *at = strncmp(body, key + 1, strlen(key) - 1) == 0 ? body + strlen(key) - 1 : NULL;
	if (!at) {
		at = strstr(body, key);
		assert_non_null(at);
		at += strlen(key);
	}
	bytes_free(out);
	for (; *at && *at != '&'; at++) {
		unsigned value = (unsigned char)*at;
		if (*at == '%') {
			assert_int_equal(sscanf(at + 1, "%2X", &value), 1);
			at += 2;
		}
		assert_int_equal(bytes_add(out, &(uint8_t){(uint8_t)value}, 1), OK);
	}
}

static void a_request_is_signed_over_its_sorted_parameters(void **state)
{
	static const char *const names[] = {"app_id", "biz_content", "charset", "format", "method", "sign_type", "timestamp", "version"};
	const struct alipay_request q = {.method = ALIPAY_PRECREATE, .out_trade_no = "Q1", .subject = "昌平受理点 A&B=+%", .amount = 28005, .minutes = 5,
	                                 .now = 1795662309};
	struct bytes body = {0}, plain = {0}, value = {0}, signature = {0}, raw = {0};
	(void)state;
	assert_int_equal(alipay_request_make(&merchant, &q, &body, &error), OK);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		bytes_free(&value);
		if (strcmp(names[i], "charset") == 0) /* in the address */
			assert_int_equal(bytes_text(&value, strchr(ALIPAY_CHARSET, '=') + 1), OK);
		else
			field((char *)body.data, names[i], &value);
		assert_int_equal(bytes_format(&plain, "%s%s=%s", i ? "&" : "", names[i], (char *)value.data), OK);
	}
	assert_non_null(strstr((char *)plain.data, "\"total_amount\":\"280.05\""));
	assert_non_null(strstr((char *)plain.data, "\"subject\":\"昌平受理点 A&B=+%\""));
	assert_non_null(strstr((char *)plain.data, "\"timeout_express\":\"5m\""));
	assert_non_null(strstr((char *)plain.data, "method=alipay.trade.precreate&sign_type=RSA2&timestamp=2026-11-26 11:05:09&version=1.0"));
	field((char *)body.data, "sign", &signature);
	assert_true(base64_decode((char *)signature.data, signature.length, &raw));
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, ours), 1);
	assert_int_equal(EVP_DigestVerify(c, raw.data, raw.length, plain.data, plain.length), 1);
	EVP_MD_CTX_free(c);
	bytes_free(&body), bytes_free(&plain), bytes_free(&value), bytes_free(&signature), bytes_free(&raw);
}

static void answers_are_read(void **state)
{
	struct alipay_answer a;
	(void)state;
	assert_int_equal(read_content(ALIPAY_QUERY, QUERY_MEMBER, PAID, &a), OK);
	assert_int_equal(a.result, ALIPAY_DONE);
	assert_int_equal(a.trade, ALIPAY_PAID);
	assert_int_equal(a.amount, 28000);
	assert_string_equal(a.trade_no, "2026112622001");
	assert_int_equal(read_content(ALIPAY_PRECREATE, "alipay_trade_precreate_response",
	                              "{\"code\":\"10000\",\"msg\":\"Success\",\"out_trade_no\":\"Q1\",\"qr_code\":\"https:\\/\\/qr.alipay.com\\/bax1\"}", &a), OK);
	assert_string_equal(a.code, "https://qr.alipay.com/bax1");
	assert_int_equal(read_content(ALIPAY_QUERY, QUERY_MEMBER,
	                              "{\"code\":\"40004\",\"msg\":\"Business Failed\",\"sub_code\":\"ACQ.TRADE_NOT_EXIST\",\"sub_msg\":\"交易不存在\"}", &a), OK);
	assert_int_equal(a.result, ALIPAY_NONE);
	assert_int_equal(read_content(ALIPAY_REFUND, "alipay_trade_refund_response",
	                              "{\"code\":\"40004\",\"sub_code\":\"ACQ.SELLER_BALANCE_NOT_ENOUGH\",\"sub_msg\":\"余额\\u001b[31m不足\"}", &a), OK);
	assert_int_equal(a.result, ALIPAY_REFUSED);
	assert_string_equal(a.why, "余额·[31m不足 (ACQ.SELLER_BALANCE_NOT_ENOUGH)"); /* nothing of it moves a terminal */
	assert_int_equal(read_content(ALIPAY_CANCEL, "alipay_trade_cancel_response", "{\"code\":\"10000\",\"out_trade_no\":\"Q1\",\"action\":\"refund\"}", &a), OK);
	assert_true(a.refunded);
}

static void what_may_have_been_done_is_unclear(void **state)
{
	static const char *const contents[] = {"{\"code\":\"20000\",\"msg\":\"Service Currently Unavailable\"}",
	                                       "{\"code\":\"40004\",\"sub_code\":\"ACQ.SYSTEM_ERROR\"}", "{\"code\":\"10003\"}", "{}"};
	struct alipay_answer a;
	(void)state;
	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		assert_int_equal(read_content(ALIPAY_QUERY, QUERY_MEMBER, contents[i], &a), OK);
		assert_int_equal(a.result, ALIPAY_UNCLEAR);
	}
}

static void ten_thousand_alone_is_no_refund(void **state)
{
	struct alipay_answer a;
	(void)state;
#define REFUND_MEMBER "alipay_trade_fastpay_refund_query_response"
	assert_int_equal(read_content(ALIPAY_REFUND_QUERY, REFUND_MEMBER, "{\"code\":\"10000\",\"msg\":\"Success\"}", &a), OK);
	assert_false(a.refunded);
	assert_int_equal(read_content(ALIPAY_REFUND_QUERY, REFUND_MEMBER,
	                              "{\"code\":\"10000\",\"trade_no\":\"T\",\"out_request_no\":\"R\",\"refund_amount\":\"1.5\",\"refund_status\":\"REFUND_PROCESSING\"}", &a), OK);
	assert_false(a.refunded);
	assert_int_equal(read_content(ALIPAY_REFUND_QUERY, REFUND_MEMBER,
	                              "{\"code\":\"10000\",\"trade_no\":\"T\",\"out_request_no\":\"R\",\"refund_amount\":\"1.5\",\"refund_status\":\"REFUND_SUCCESS\"}", &a), OK);
	assert_true(a.refunded);
	assert_int_equal(a.amount, 150);
	assert_int_equal(read_content(ALIPAY_REFUND_QUERY, REFUND_MEMBER, "{\"code\":\"10000\",\"refund_status\":\"REFUND_SUCCESS\"}", &a), ERR_PAY_PROVIDER_ANSWER);
}

static void odd_amounts_are_none(void **state)
{
	static const char *const amounts[] = {"\"-1.00\"", "\"1.001\"", "\"1.\"", "\".5\"", "\"1e3\"", "\"1,000.00\"", "\"0.00\"", "\"99999999999.00\"", "280.00", "null", "\"２80.00\""};
	struct alipay_answer a;
	char content[300];
	(void)state;
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		snprintf(content, sizeof content, "{\"code\":\"10000\",\"out_trade_no\":\"Q1\",\"trade_no\":\"T\",\"trade_status\":\"TRADE_SUCCESS\",\"total_amount\":%s}", amounts[i]);
		assert_int_equal(read_content(ALIPAY_QUERY, QUERY_MEMBER, content, &a), ERR_PAY_PROVIDER_ANSWER);
	}
}

/* Each beginning of a good answer, and each with one bit turned, is refused, or says the same. */
static void nothing_unsigned_is_believed(void **state)
{
	struct bytes text = {0};
	struct alipay_answer a, good;
	(void)state;
	wrap(theirs, QUERY_MEMBER, PAID, &text);
	assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, text.length, &good), OK);
	for (size_t n = 0; n < text.length; n++)
		assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, n, &a), ERR_PAY_PROVIDER_ANSWER);
	for (size_t i = 0; i < text.length * 8; i++) {
		text.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (read_text(ALIPAY_QUERY, (char *)text.data, text.length, &a) == OK)
			assert_memory_equal(&a, &good, sizeof a);
		else
			assert_int_equal(a.trade, ALIPAY_NO_TRADE);
		text.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	wrap(stranger, QUERY_MEMBER, PAID, &text);
	assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, text.length, &a), ERR_PAY_PROVIDER_ANSWER);
	wrap(theirs, QUERY_MEMBER, PAID, &text); /* another method's answer */
	assert_int_equal(read_text(ALIPAY_CANCEL, (char *)text.data, text.length, &a), ERR_PAY_PROVIDER_ANSWER);
	bytes_free(&text);
}

static void hostile_answers_are_refused(void **state)
{
	struct bytes text = {0}, signature = {0}, deep = {0};
	struct alipay_answer a;
	(void)state;
	sign(theirs, PAID, &signature);
	const char *s = (char *)signature.data;
	const char *const forms[] = {
		"", "{", "[]", "null", "{}", "{\"sign\":\"x\"}", "{\"" QUERY_MEMBER "\":\"x\",\"sign\":\"x\"}", "{\"" QUERY_MEMBER "\":{},\"sign\":\"\"}",
		"{\"" QUERY_MEMBER "\":{},\"sign\":{}}", "{\"" QUERY_MEMBER "\":{\"a\":\"\\", "{\"" QUERY_MEMBER "\":{}}", "\xff\xfe{}",
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		assert_int_equal(read_text(ALIPAY_QUERY, forms[i], strlen(forms[i]), &a), ERR_PAY_PROVIDER_ANSWER);
	assert_int_equal(read_text(ALIPAY_QUERY, NULL, 0, &a), ERR_PAY_PROVIDER_ANSWER);
	static const char *const firsts[] = {QUERY_MEMBER, "error_response"};
	for (size_t i = 0; i < 2; i++) {
		bytes_free(&text);
		assert_int_equal(bytes_format(&text, "{\"%s\":" PAID ",\"" QUERY_MEMBER "\":" PAID ",\"sign\":\"%s\"}", firsts[i], s), OK);
		assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, text.length, &a), ERR_PAY_PROVIDER_ANSWER);
	}
	bytes_free(&text);
	assert_int_equal(bytes_format(&text, "{\"" QUERY_MEMBER "\":" PAID ",\"sign\":\"%s\"} x", s), OK);
	assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, text.length, &a), ERR_PAY_PROVIDER_ANSWER);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(bytes_text(&deep, "{\"a\":"), OK);
	bytes_free(&text);
	assert_int_equal(bytes_format(&text, "{\"" QUERY_MEMBER "\":%s", (char *)deep.data), OK);
	assert_int_equal(read_text(ALIPAY_QUERY, (char *)text.data, text.length, &a), ERR_PAY_PROVIDER_ANSWER);
	bytes_free(&text), bytes_free(&signature), bytes_free(&deep);
}

/* Of the whole request, unsigned as they send it: it can refuse, and say nothing else. */
static void an_unsigned_error_only_refuses(void **state)
{
	struct alipay_answer a;
	const char *text = "{\"error_response\":{\"code\":\"40002\",\"sub_code\":\"isv.invalid-signature\",\"sub_msg\":\"验签出错\",\"trade_status\":\"TRADE_SUCCESS\"}}";
	(void)state;
	assert_int_equal(read_text(ALIPAY_QUERY, text, strlen(text), &a), ERR_PAY_PROVIDER_REFUSED);
	assert_string_equal(error.detail, "验签出错 (isv.invalid-signature)");
	assert_int_equal(a.trade, ALIPAY_NO_TRADE);
}

static enum err open_keys(const struct bytes *key, const struct bytes *provider, struct alipay_merchant *m)
{
	return alipay_open(&(struct alipay_keys){"1", key, provider, NULL, NULL}, m, &error);
}

/* Issued by a CA of four parts to `key`. */
static X509 *certificate_for(EVP_PKEY *key, uint64_t serial, EVP_PKEY *signer)
{
	static const char *const parts[][2] = {{"C", "CN"}, {"O", "Ant Financial"}, {"OU", "Certification Authority"}, {"CN", "Test Root 根"}};
	X509 *x = X509_new();
	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	for (size_t i = 0; i < 4; i++)
		X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), parts[i][0], MBSTRING_UTF8, (const unsigned char *)parts[i][1], -1, -1, 0);
	assert_true(X509_sign(x, signer, EVP_sha256()) > 0);
	return x;
}

static void add_pem(X509 *x, struct bytes *out)
{
	char *text;
	BIO *b = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_X509(b, x), 1);
	size_t n = (size_t)BIO_get_mem_data(b, &text);
	assert_int_equal(bytes_add(out, text, n), OK);
	BIO_free(b);
	X509_free(x);
}

#define SN_1 "3ad64bef3312ca06458c89f522a42c1d"
#define SN_3 "43f66f72c07b6049443e28e22935e3ae"
#define SN_FEDCBA9876543210 "84567e7825bc7cf6801ce6738e0919ac"
/* The numbers are those that alipay-sdk 4.14 (npm) gives the same issuer and serials. */
static void an_application_with_a_certificate_names_it(void **state)
{
	struct bytes key = {0}, theirs_pem = {0}, own = {0}, roots = {0}, body = {0}, other = {0};
	EVP_PKEY *curve = EVP_EC_gen("P-256");
	struct alipay_merchant m;
	(void)state;
	pem_of(ours, true, &key);
	add_pem(certificate_for(theirs, 7, stranger), &theirs_pem);
	add_pem(certificate_for(ours, 0xfedcba9876543210, stranger), &own);
	add_pem(certificate_for(stranger, 1, stranger), &roots);
	add_pem(certificate_for(curve, 2, curve), &roots); /* doesn't count */
	add_pem(certificate_for(stranger, 3, stranger), &roots);
	assert_int_equal(alipay_open(&(struct alipay_keys){"1", &key, &theirs_pem, &own, &roots}, &m, &error), OK);
	assert_string_equal((char *)m.app_sn.data, SN_FEDCBA9876543210);
	assert_string_equal((char *)m.root_sn.data, SN_1 "_" SN_3);
	assert_int_equal(alipay_request_make(&m, &(struct alipay_request){.method = ALIPAY_QUERY, .out_trade_no = "Q1"}, &body, &error), OK);
	const char *begins = "alipay_root_cert_sn=" SN_1 "_" SN_3 "&app_cert_sn=" SN_FEDCBA9876543210 "&app_id=1&";
	assert_memory_equal(body.data, begins, strlen(begins));
	alipay_close(&m);
	add_pem(certificate_for(theirs, 9, stranger), &other); /* not our key's */
	assert_int_equal(alipay_open(&(struct alipay_keys){"1", &key, &theirs_pem, &other, &roots}, &m, &error), ERR_PAY_PROVIDER_KEY);
	assert_int_equal(alipay_open(&(struct alipay_keys){"1", &key, &theirs_pem, &own, &key}, &m, &error), ERR_PAY_PROVIDER_KEY);
	EVP_PKEY_free(curve);
	bytes_free(&key), bytes_free(&theirs_pem), bytes_free(&own), bytes_free(&roots), bytes_free(&body), bytes_free(&other);
}

static void keys_that_are_none(void **state)
{
	struct alipay_merchant m;
	struct bytes key = {0}, provider = {0}, small = {0}, junk = {0};
	EVP_PKEY *weak = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256");
	(void)state;
	pem_of(ours, true, &key);
	pem_of(theirs, false, &provider);
	pem_of(weak, true, &small);
	assert_int_equal(bytes_text(&junk, "MIIB junk =="), OK);
	assert_int_equal(open_keys(&key, &provider, &m), OK);
	alipay_close(&m);
	assert_int_equal(open_keys(&small, &provider, &m), ERR_PAY_PROVIDER_KEY);
	assert_int_equal(open_keys(&junk, &provider, &m), ERR_PAY_PROVIDER_KEY);
	assert_int_equal(open_keys(&(struct bytes){0}, &provider, &m), ERR_PAY_PROVIDER_KEY);
	assert_int_equal(open_keys(&provider, &provider, &m), ERR_PAY_PROVIDER_KEY);
	assert_int_equal(open_keys(&key, &junk, &m), ERR_PAY_PROVIDER_KEY);
	bytes_free(&small);
	pem_of(curve, false, &small);
	assert_int_equal(open_keys(&key, &small, &m), ERR_PAY_PROVIDER_KEY);
	bytes_free(&key);
	bare_of(ours, true, &key);
	assert_int_equal(open_keys(&key, &provider, &m), OK);
	alipay_close(&m);
	EVP_PKEY_free(weak), EVP_PKEY_free(curve);
	bytes_free(&key), bytes_free(&provider), bytes_free(&small), bytes_free(&junk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_signed_over_its_sorted_parameters),
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(what_may_have_been_done_is_unclear),
		cmocka_unit_test(ten_thousand_alone_is_no_refund),
		cmocka_unit_test(odd_amounts_are_none),
		cmocka_unit_test(nothing_unsigned_is_believed),
		cmocka_unit_test(hostile_answers_are_refused),
		cmocka_unit_test(an_unsigned_error_only_refuses),
		cmocka_unit_test(an_application_with_a_certificate_names_it),
		cmocka_unit_test(keys_that_are_none),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
