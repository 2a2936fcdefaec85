#include "local_case.h"

#include <sys/stat.h>

/* The same bytes as request_of makes of the key where its signatures are always the same: RSA's. */
static X509_REQ *proven_of(struct soft_key *k)
{
	struct name name = {0};
	struct bytes der = {0};
	X509_REQ *made = NULL;
	assert_int_equal(name_add(&name, "CN", NAME_UTF8, "not what the certificate says", NULL), OK);
	assert_int_equal(request_make(k->spki.data, k->spki.length, &name, soft_key_sign, k, &made, &der, NULL), OK);
	assert_non_null(made);
	name_free(&name);
	bytes_free(&der);
	return made;
}

static void issues_what_openssl_accepts(void **state)
{
	(void)state;
	struct soft_key *const keys[] = {&rsa, &p256, &sm2};
	char out[8192], serial[CERT_SERIAL_SIZE];
	save_lists(NULL, 0);
	for (int i = 0; i < 3; i++) {
		json_t *values = unit_values("北京示例科技有限公司𠮷");
		struct bytes der = {0}, pem = {0}, again = {0};
		struct error e = {0};
		if (issue(keys[i], "unit-1y", values, serial, &der, &e))
			fail_msg("%s", e.detail);
		assert_int_equal(cert_pem(der.data, der.length, &pem, NULL), OK);
		assert_int_equal(cert_from_pem((char *)pem.data, pem.length, &again, NULL), OK);
		assert_int_equal(again.length, der.length);
		assert_memory_equal(again.data, der.data, der.length);
		save("unit.pem", &pem);
		if (judge(out, sizeof out, STRICT "unit.pem") != 0)
			fail_msg("%s", out);
		assert_int_equal(judge(out, sizeof out, "x509 -in unit.pem -noout -text -nameopt utf8,sep_comma_plus"), 0);
		static const char *const there[] = {
			"Subject: C=CN,ST=北京市,L=北京市,O=北京示例科技有限公司𠮷,OU=信息部,CN=北京示例科技有限公司𠮷",
			"CA:FALSE",
			"Digital Signature, Non Repudiation",
			"TLS Web Client Authentication, E-mail Protection",
			"Policy: 2.999.1.1",
			"URI:http://ca.example.com/ca.crl",
			"CA Issuers - URI:http://ca.example.com/ca.crt",
			"OCSP - URI:http://ocsp.example.com",
			"1.2.156.10260.4.1.4",
			"91110105MA01ABCD5F",
			"sha256WithRSAEncryption",
			"演示",
		};
		for (size_t k = 0; k < sizeof there / sizeof *there; k++)
			if (!strstr(out, there[k]))
				fail_msg("%s is not in:\n%s", there[k], out);
		assert_true(!!strstr(out, "Key Encipherment") == (keys[i] == &rsa));
		assert_int_equal(judge(out, sizeof out, "x509 -in unit.pem -noout -serial"), 0);
		assert_memory_equal(out, "serial=", 7);
		assert_memory_equal(out + 7, serial, strlen(serial));
		assert_true(cert_matches_key(der.data, der.length, keys[i]->spki.data, keys[i]->spki.length));
		assert_false(
			cert_matches_key(der.data, der.length, keys[(i + 1) % 3]->spki.data, keys[(i + 1) % 3]->spki.length));
		bytes_free(&again);
		bytes_free(&pem);
		bytes_free(&der);
		json_decref(values);
	}
}

static void information_is_read_back(void **state)
{
	(void)state;
	json_t *values = json_pack("{s:s}", "person_name", "𠮷田·李");
	struct bytes der = {0}, signature = {0};
	struct cert_info info = {0};
	char serial[CERT_SERIAL_SIZE];
	uint8_t digest[32] = {1, 2, 3};
	assert_int_equal(issue(&p256, "person-1y", values, serial, &der, NULL), OK);
	assert_int_equal(cert_info(der.data, der.length, &info, NULL), OK);
	assert_string_equal(info.subject, "CN=𠮷田·李,C=CN");
	assert_string_equal(info.common_name, "𠮷田·李");
	assert_string_equal(info.issuer, "CN=示例受理点（演示）,O=示例受理点（演示）,C=CN");
	assert_string_equal(info.serial, serial);
	assert_string_equal(info.key, "P-256");
	assert_string_equal(info.key_usage, "digitalSignature,nonRepudiation");
	assert_int_equal(info.not_before, now);
	assert_int_equal(info.not_after, now + 365 * DAY);
	assert_false(info.ca);
	assert_int_equal(info.spki.length, p256.spki.length);
	assert_int_equal(soft_key_sign(&p256, digest, &signature, NULL), OK);
	assert_int_equal(
		spki_verify(info.spki.data, info.spki.length, digest, signature.data, signature.length, NULL), OK);
	digest[0] = 9;
	assert_int_equal(spki_verify(info.spki.data, info.spki.length, digest, signature.data, signature.length, NULL),
		ERR_CA_SIGNATURE);
	assert_true(ca_demonstration(ca) && ca_info(ca)->ca);
	assert_string_equal(ca_info(ca)->key, "RSA-3072");
	cert_info_free(&info);
	bytes_free(&signature);
	bytes_free(&der);
	json_decref(values);
}

static void serials_are_random_and_shaped(void **state)
{
	(void)state;
	enum { COUNT = 24 };
	char serials[COUNT][CERT_SERIAL_SIZE];
	json_t *values = json_pack("{s:s}", "person_name", "李四");
	for (int i = 0; i < COUNT; i++) {
		struct bytes der = {0};
		assert_int_equal(issue(&p256, "person-1y", values, serials[i], &der, NULL), OK);
		assert_int_equal(strlen(serials[i]), 32);
		assert_int_equal(strspn(serials[i], "0123456789ABCDEF"), 32);
		assert_true(serials[i][0] < '8');
		for (int k = 0; k < i; k++)
			assert_string_not_equal(serials[i], serials[k]);
		bytes_free(&der);
	}
	json_decref(values);
}

static void refuses_what_breaks_a_rule(void **state)
{
	(void)state;
	struct bytes der = {0}, request = request_of(&rsa);
	struct cert_info info;
	struct error e = {0};
	char serial[CERT_SERIAL_SIZE], name[400] = "";
	for (int i = 0; i < 65; i++)
		strcat(name, "长");
	json_t *values = unit_values(name);
	assert_int_equal(issue(&rsa, "unit-1y", values, serial, &der, &e), ERR_CA_FIELD);
	assert_non_null(strstr(e.detail, "最多 64"));
	json_object_set_new(values, "unit_name", json_string("示例公司"));
	json_object_set_new(values, "uscc", json_string("统一代码"));
	assert_int_equal(issue(&rsa, "unit-1y", values, serial, &der, &e), ERR_CA_FIELD);
	json_object_set_new(values, "uscc", json_string(""));
	assert_int_equal(issue(&rsa, "unit-1y", values, serial, &der, &e), ERR_CA_FIELD);
	json_object_set_new(values, "uscc", json_string("91110105MA01ABCD5F"));
	json_object_set_new(values, "ca_crl_url", json_string("file:///etc/passwd"));
	assert_int_equal(issue(&rsa, "unit-1y", values, serial, &der, &e), ERR_CA_FIELD);
	json_object_set_new(values, "ca_crl_url", json_string(""));
	struct profile rsa_only = *profiles_find(profiles, "unit-1y");
	rsa_only.keys = PROFILE_KEY_P256;
	struct ca_order order = {.request = request.data, .request_length = request.length, .profile = &rsa_only, .values = values,
		.not_before = now, .not_after = now + DAY};
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_PROFILE);
	rsa_only.keys = PROFILE_KEY_RSA;
	order.not_after = now;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_VALIDITY);
	order.not_after = now + 30LL * 366 * DAY;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_VALIDITY);
	order.not_after = now + DAY;
	order.not_before = now - DAY;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_VALIDITY);
	order.not_before = now;
	request.data[request.length - 1] ^= 1;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_SIGNATURE);
	assert_string_equal(info.serial, "");
	assert_int_equal(der.length, 0);
	request.data[request.length - 1] ^= 1;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), OK);
	cert_info_free(&info);
	bytes_free(&der);
	bytes_free(&request);
	json_decref(values);
}

/* Signed before the request is there, and handed out for that request alone. */
static void a_draft_is_for_its_request_only(void **state)
{
	(void)state;
	struct bytes der = {0}, request = request_of(&rsa), others = request_of(&p256);
	X509_REQ *proven = proven_of(&rsa);
	struct ca_draft *draft = NULL;
	struct cert_info info, made;
	struct error e = {0};
	json_t *values = unit_values("示例公司"), *changed = unit_values("另一公司");
	struct ca_order order = {.profile = profiles_find(profiles, "unit-1y"), .values = values, .not_before = now, .not_after = now + DAY};
	assert_int_equal(ca_draft_make(ca, &order, (const uint8_t *)"no key", 6, &draft, &e), ERR_CA_REQUEST);
	assert_null(draft);
	order.not_after = now;
	assert_int_equal(ca_draft_make(ca, &order, rsa.spki.data, rsa.spki.length, &draft, &e), ERR_CA_VALIDITY);
	order.not_after = now + DAY;
	assert_int_equal(ca_draft_make(ca, &order, rsa.spki.data, rsa.spki.length, &draft, &e), OK);
	order.draft = draft;
	const struct {
		const struct bytes *request;
		const json_t *values;
		int64_t not_before, not_after;
	} other[] = {{&others, values, now, now + DAY}, {&request, changed, now, now + DAY}, {&request, values, now + 1, now + DAY}, {&request, values, now, now + DAY + 1}};
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		struct ca_order asked = order;
		asked.proven = proven;
		asked.request = other[i].request->data, asked.request_length = other[i].request->length;
		asked.values = other[i].values, asked.not_before = other[i].not_before, asked.not_after = other[i].not_after;
		assert_int_equal(ca_issue(ca, &asked, &info, &der, &e), OK); /* signed anew */
		assert_int_equal(info.not_before, asked.not_before);
		assert_int_equal(info.not_after, asked.not_after);
		assert_string_equal(info.key, i ? "RSA-2048" : "P-256");
		assert_string_equal(info.common_name, i == 1 ? "另一公司" : "示例公司");
		cert_info_free(&info);
		bytes_free(&der);
	}
	request.data[request.length - 1] ^= 1;
	order.request = request.data, order.request_length = request.length;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_SIGNATURE); /* the key must have signed it */
	assert_int_equal(der.length, 0);
	order.proven = proven;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), ERR_CA_SIGNATURE); /* another one was proven */
	request.data[request.length - 1] ^= 1;
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), OK);
	request_free(&proven);
	order.proven = NULL;
	assert_int_equal(cert_info(der.data, der.length, &made, &e), OK);
	assert_true(ca_signed(ca, der.data, der.length));
	assert_string_equal(info.serial, made.serial);
	assert_string_equal(info.subject, made.subject);
	assert_string_equal(info.issuer, made.issuer);
	assert_string_equal(info.key, made.key);
	assert_string_equal(info.key_usage, made.key_usage);
	assert_int_equal(info.not_before, made.not_before);
	assert_int_equal(info.not_after, made.not_after);
	assert_false(info.ca || made.ca);
	assert_memory_equal(info.spki.data, rsa.spki.data, rsa.spki.length);
	bytes_free(&der);
	char first[CERT_SERIAL_SIZE];
	memcpy(first, info.serial, sizeof first);
	cert_info_free(&info);
	assert_int_equal(ca_issue(ca, &order, &info, &der, &e), OK); /* it is used up: another serial */
	assert_string_not_equal(info.serial, first);
	cert_info_free(&info);
	cert_info_free(&made);
	ca_draft_free(&draft);
	assert_null(draft);
	bytes_free(&der);
	bytes_free(&request);
	bytes_free(&others);
	json_decref(values);
	json_decref(changed);
}

/* Opens a copy of the CA's file that `change` has altered. */
static enum err open_changed(void (*change)(struct bytes *text), const struct secret *word)
{
	char *path = path_join(dir, CA_LOCAL_FILE), *other = path_join(dir, "other"),
		 *copy = path_join(other, CA_LOCAL_FILE);
	struct bytes text = {0};
	struct ca *opened = NULL;
	struct error e = {0};
	char sentence[1024];
	assert_int_equal(file_read(path, 1 << 16, &text, NULL), OK);
	change(&text);
	assert_int_equal(dir_make(other, NULL), OK);
	assert_int_equal(file_write(copy, 0600, text.data, text.length, NULL), OK);
	enum err r = ca_open(other, word, &opened, &e);
	if (r) {
		assert_null(opened);
		assert_int_equal(error_exit(r), EXIT_FAULT);
		assert_non_null(strstr(error_sentence(&e, sentence, sizeof sentence), "CA 密钥打不开"));
	}
	ca_close(&opened);
	bytes_free(&text);
	free(path);
	free(other);
	free(copy);
	return r;
}

static void same(struct bytes *text)
{
	(void)text;
}

static void cut(struct bytes *text)
{
	text->length /= 2;
}

static void empty(struct bytes *text)
{
	text->length = 0;
}

static int damage;

/* Near the key's end, where the numbers stand that OpenSSL would do without. */
static void damaged(struct bytes *text)
{
	char *at = strstr((char *)text->data, "-----END ENC") - damage;
	*at = *at == 'A' ? 'B' : 'A';
}

static void without_key(struct bytes *text)
{
	char *at = strstr((char *)text->data, "-----BEGIN CERT");
	size_t n = text->length - (size_t)(at - (char *)text->data);
	memmove(text->data, at, n);
	text->length = n;
}

static void other_certificate(struct bytes *text)
{
	char *other = path_join(dir, "second");
	struct ca *second = NULL;
	assert_int_equal(ca_local_create(other, "另一个", &passphrase, false, now, NULL), OK);
	assert_int_equal(ca_open(other, &passphrase, &second, NULL), OK);
	assert_false(ca_demonstration(second));
	text->length = (size_t)(strstr((char *)text->data, "-----BEGIN CERT") - (char *)text->data);
	assert_int_equal(ca_chain(second, text, NULL), OK);
	ca_close(&second);
	free(other);
}

/* The demonstration's service point says already what it is. */
static void a_demonstration_is_called_so_once(void **state)
{
	(void)state;
	char *other = path_join(dir, "marked");
	struct ca *opened = NULL;
	struct bytes chain = {0}, der = {0};
	struct cert_info info = {0};
	assert_int_equal(ca_local_create(other, "昌平受理点（演示）", &passphrase, true, now, NULL), OK);
	assert_int_equal(ca_open(other, &passphrase, &opened, NULL), OK);
	assert_true(ca_demonstration(opened));
	assert_int_equal(ca_chain(opened, &chain, NULL), OK);
	assert_int_equal(cert_from_pem((char *)chain.data, chain.length, &der, NULL), OK);
	assert_int_equal(cert_info(der.data, der.length, &info, NULL), OK);
	assert_string_equal(info.common_name, "昌平受理点（演示）");
	cert_info_free(&info);
	bytes_free(&der);
	bytes_free(&chain);
	ca_close(&opened);
	free(other);
}

static void opens_only_whole_ones(void **state)
{
	(void)state;
	struct secret wrong, none = {0};
	assert_true(secret_set(&wrong, "Wrong-Horse-7!", 14));
	assert_int_equal(open_changed(same, &passphrase), OK);
	assert_int_equal(open_changed(same, &wrong), ERR_CA_KEY);
	assert_int_equal(open_changed(same, &none), ERR_CA_KEY);
	for (damage = 20; damage < 140; damage += 11)
		if (open_changed(damaged, &passphrase) != ERR_CA_KEY)
			fail_msg("damage %d", damage);
	void (*const changes[])(struct bytes *) = {cut, empty, without_key, other_certificate};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (open_changed(changes[i], &passphrase) != ERR_CA_KEY)
			fail_msg("change %zu", i);
	struct ca *opened = NULL;
	struct error e = {0};
	assert_int_equal(ca_open("/tmp/certdesk-no-such-ca", &passphrase, &opened, &e), ERR_CA_KEY);
	assert_int_equal(ca_local_create(dir, "又一个", &passphrase, true, now, &e), ERR_CA_EXISTS);
	assert_int_equal(ca_local_create("/dev/null/x", "又一个", &passphrase, true, now, &e), ERR_FILE_WRITE);
	assert_int_equal(ca_local_create("/tmp/certdesk-no-such-ca", "又一个", &none, true, now, &e), ERR_CA_PASSPHRASE);
	assert_int_equal(ca_local_create("/tmp/certdesk-no-such-ca", "", &passphrase, false, now, &e), ERR_CA_FIELD);
	assert_int_not_equal(access("/tmp/certdesk-no-such-ca", F_OK), 0);
	char *path = path_join(dir, CA_LOCAL_FILE), out[4096];
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(judge(out, sizeof out, "asn1parse -in " CA_LOCAL_FILE), 0);
	assert_non_null(strstr(out, "scrypt"));
	assert_non_null(strstr(out, "INTEGER           :4000\n"));
	assert_non_null(strstr(out, "aes-256-cbc"));
	free(path);
}

static void hostile_certificates_do_no_harm(void **state)
{
	(void)state;
	json_t *values = unit_values("示例公司");
	struct bytes der = {0}, pem = {0};
	char serial[CERT_SERIAL_SIZE];
	uint32_t seed = 7;
	assert_int_equal(issue(&rsa, "unit-1y", values, serial, &der, NULL), OK);
	uint8_t *copy = malloc(der.length);
	for (int round = 0; round < 3000; round++) {
		struct cert_info info = {0};
		memcpy(copy, der.data, der.length);
		for (int flips = 1 + round % 4; flips > 0; flips--) {
			seed = seed * 1664525 + 1013904223;
			copy[(seed >> 8) % der.length] = (uint8_t)(seed >> 24);
		}
		enum err r = cert_info(copy, der.length, &info, NULL);
		assert_true(r == OK || r == ERR_CA_CERTIFICATE);
		assert_true(r == OK || info.subject == NULL);
		cert_info_free(&info);
	}
	for (size_t n = 0; n < der.length; n += 5) {
		struct cert_info info = {0};
		assert_int_equal(cert_info(der.data, n, &info, NULL), ERR_CA_CERTIFICATE);
	}
	assert_int_equal(cert_pem(der.data, der.length - 1, &pem, NULL), ERR_CA_CERTIFICATE);
	assert_int_equal(cert_from_pem("-----BEGIN CERTIFICATE-----\nAA", 30, &pem, NULL), ERR_CA_CERTIFICATE);
	free(copy);
	bytes_free(&der);
	json_decref(values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issues_what_openssl_accepts),
		cmocka_unit_test(information_is_read_back),
		cmocka_unit_test(serials_are_random_and_shaped),
		cmocka_unit_test(refuses_what_breaks_a_rule),
		cmocka_unit_test(a_draft_is_for_its_request_only),
		cmocka_unit_test(a_demonstration_is_called_so_once),
		cmocka_unit_test(opens_only_whole_ones),
		cmocka_unit_test(hostile_certificates_do_no_harm),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
