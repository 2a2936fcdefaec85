/* certdesk-hub verify: what is whole is passed, and each alteration is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/keypair.h"
#include "hub/files.h"
#include "hub/init.h"
#include "hub/pki.h"
#include "hub/signers.h"
#include "hub/site.h"
#include "hub/verify.h"
#include "sync/envelope.h"

enum { NOW = 1790000000, ENTRIES = 450 /* more than two pages */, STATES = 3 };
static char dir[64], digest[DIGEST_TEXT_SIZE];
static struct hub *hub;
static struct error e;
static EVP_PKEY *signer;
static sqlite3 *behind; /* the program's back */

static void sql(const char *text)
{
	char *why = NULL;
	if (sqlite3_exec(behind, text, NULL, NULL, &why) != SQLITE_OK)
		print_error("%s: %s\n", text, why);
	assert_null(why);
}

static void sign(const char *text, uint8_t *out, size_t *length)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, signer), 1);
	assert_int_equal(EVP_DigestSign(c, out, length, (const uint8_t *)text, strlen(text)), 1);
	EVP_MD_CTX_free(c);
}

static void add_entry(int64_t seq, char prev[DIGEST_TEXT_SIZE])
{
	json_t *records = json_array();
	struct bytes text = {0};
	uint8_t signature[160];
	size_t length = sizeof signature;
	char body[STATES][32], one[DIGEST_TEXT_SIZE];
	for (int i = 0; i < STATES; i++) {
		snprintf(body[i], sizeof body[i], "sealed %lld/%d", (long long)seq, i);
		digest_text(body[i], strlen(body[i]), one);
		json_array_append_new(records, json_pack("[sIIs]", i ? "orders" : "Orders", (json_int_t)(STATES - i), (json_int_t)seq, one));
	}
	json_t *entry = json_pack("{sI ss ss so}", "seq", (json_int_t)seq, "prev", prev, "site", "110114-01", "records", records);
	assert_int_equal(json_canonical(entry, &text), OK);
	digest_text(text.data, text.length, prev);
	sign(prev, signature, &length);
	assert_int_equal(db_run(hub->db, HUB_SQL_ENTRY_INSERT, NULL, &e, "tiittbiit", "110114-01", seq, (int64_t)1, (char *)text.data, prev, (const void *)signature, length,
	                        (int64_t)NOW, (int64_t)NOW, ""), OK);
	for (int64_t i = 0; i < STATES; i++)
		assert_int_equal(db_run(hub->db, HUB_SQL_STATE_INSERT, NULL, &e, "ttiiiib", "110114-01", i ? "orders" : "Orders", STATES - i, seq, seq, (int64_t)1,
		                        (const void *)body[i], strlen(body[i])), OK);
	json_decref(entry);
	bytes_free(&text);
}

static void add_file(void)
{
	digest_text("scan", 4, digest);
	const struct file_name name = {"110114-01", digest};
	char *part = hub_file_part(hub->files, name);
	assert_int_equal(hub_file_room(part, &e), OK);
	assert_int_equal(file_write(part, 0600, "scan", 4, &e), OK);
	int fd = open(part, O_RDONLY | O_CLOEXEC);
	assert_int_equal(hub_file_put(hub->files, name, fd, 4, &e), OK);
	close(fd);
	free(part);
	char text[300];
	snprintf(text, sizeof text, "INSERT INTO file (site, digest, size, received, whole, at) VALUES ('110114-01', '%s', 4, 4, 1, 1)", digest);
	sql(text);
}

/* Under which all states lie. */
static void add_key(void)
{
	const uint8_t key[DATA_KEY_SIZE] = {7};
	struct bytes der = {0}, cms = {0};
	unsigned char *text = NULL;
	int n = i2d_X509(hub->encrypt, &text);
	assert_true(n > 0);
	assert_int_equal(bytes_add(&der, text, (size_t)n), OK);
	OPENSSL_free(text);
	assert_int_equal(envelope_seal(der.data, der.length, "110114-01", 1, key, &cms, &e), OK);
	assert_int_equal(db_run(hub->db, HUB_SQL_DATA_KEY_INSERT, NULL, &e, "tib", "110114-01", (int64_t)1, (const void *)cms.data, cms.length), OK);
	bytes_free(&der);
	bytes_free(&cms);
}

static int make(void **state)
{
	(void)state;
	char prev[DIGEST_TEXT_SIZE] = "", path[96], keys[96];
	json_t *code = NULL;
	struct bytes pair = {0}, request = {0};
	struct pki_issued certificate = {0};
	snprintf(dir, sizeof dir, "/tmp/test_verify.XXXXXX");
	assert_non_null(mkdtemp(dir));
	struct hub_init o = {.dir = dir, .name = "总部", .url = "https://localhost", .now = NOW};
	assert_int_equal(hub_init(&o, &e), OK);
	assert_int_equal(hub_open(dir, &hub, &e), OK);
	snprintf(path, sizeof path, "%s/hub.db", dir);
	snprintf(keys, sizeof keys, "%s/keys", dir);
	assert_int_equal(sqlite3_open(path, &behind), SQLITE_OK);
	assert_int_equal(site_enrol(hub, "110114-01", "counter", "", "", &code, &e), OK);
	json_decref(code);
	assert_int_equal(keypair_make(&pair, &e), OK);
	signer = keypair_read(pair.data, pair.length);
	assert_int_equal(request_pem(signer, "x", &request, &e), OK);
	assert_int_equal(pki_issue(keys, "110114-01", PKI_SIGN, (char *)request.data, NOW, &certificate, &e), OK);
	assert_int_equal(db_run(hub->db, HUB_SQL_CERTIFICATE_INSERT, NULL, &e, "ttttii", certificate.serial, "110114-01", "sign", (char *)certificate.pem.data,
	                        (int64_t)NOW, certificate.not_after), OK);
	assert_int_equal(db_begin(hub->db, &e), OK);
	for (int64_t seq = 1; seq <= ENTRIES; seq++)
		add_entry(seq, prev);
	assert_int_equal(db_commit(hub->db, &e), OK);
	add_file();
	add_key();
	sql("CREATE TABLE kept_key AS SELECT * FROM data_key; CREATE TABLE kept_entry AS SELECT * FROM entry; CREATE TABLE kept_state AS SELECT * FROM state; CREATE TABLE kept_file AS SELECT * FROM file");
	pki_issued_free(&certificate);
	bytes_free(&pair);
	bytes_free(&request);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	char command[128];
	sqlite3_close(behind);
	hub_close(&hub);
	EVP_PKEY_free(signer);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static void test_what_is_whole_passes(void **state)
{
	(void)state;
	struct hub_report report;
	assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), OK);
	assert_int_equal(report.sites, 1);
	assert_int_equal(report.entries, ENTRIES);
	assert_int_equal(report.states, ENTRIES * STATES);
	assert_int_equal(report.files, 1);
	assert_string_equal(report.wrong, "");
}

static void test_a_revoked_site_s_entries_stay_right(void **state)
{
	(void)state;
	struct hub_report report;
	struct signers now = {0};
	sql("UPDATE certificate SET revoked_at = 1, replaced = 1");
	assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), OK);
	assert_int_equal(signers_load(hub, "110114-01", &now, &e), OK);
	assert_int_equal(now.count, 0); /* of what comes now, nothing is by them */
	signers_free(&now);
	sql("UPDATE certificate SET revoked_at = 0, replaced = 0");
}

static void test_purged_bodies_are_no_alteration(void **state)
{
	(void)state;
	struct hub_report report;
	sql("UPDATE state SET body = NULL WHERE seq < 100");
	assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), OK);
	sql("DELETE FROM state; INSERT INTO state SELECT * FROM kept_state");
}

static void test_each_alteration_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *what, *sql, *names;
	} cases[] = {
		{"an entry's text", "UPDATE entry SET entry = replace(entry, 'seq', 'sex') WHERE seq = 7", "110114-01 7:"},
		{"its hash", "UPDATE entry SET hash = replace(hash, 'a', 'b') WHERE seq = 250", "110114-01 250:"},
		{"its signature", "UPDATE entry SET signature = (SELECT signature FROM entry WHERE seq = 8) WHERE seq = 7", "110114-01 7:"},
		{"an empty signature", "UPDATE entry SET signature = x'' WHERE seq = 7", "110114-01 7:"},
		{"an entry taken out", "DELETE FROM entry WHERE seq = 201", "110114-01 202:"},
		{"the first one taken out", "DELETE FROM entry WHERE seq = 1", "110114-01 2:"},
		{"two in each other's place", "UPDATE entry SET seq = 1000 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 4; UPDATE entry SET seq = 4 WHERE seq = 1000",
			"110114-01 3:"},
		{"a state", "UPDATE state SET body = x'00' WHERE seq = 17 AND kind = 'Orders'", "110114-01 17: Orders 3"},
		{"a state of another record", "UPDATE state SET record = 77 WHERE seq = 17 AND record = 1", "110114-01 17: orders 77"},
		{"a state too few", "DELETE FROM state WHERE seq = 449 AND record = 2", "110114-01 449:"},
		{"a state too many", "INSERT INTO state SELECT site, 'extra', record, version, seq, dk, body FROM state WHERE seq = 5 AND record = 1", "110114-01 5: extra 1"},
		{"states of the last one", "DELETE FROM state WHERE seq = 450", "110114-01 450:"},
		{"a data key", "UPDATE data_key SET cms = CAST(substr(cms, 1, length(cms) - 1) || CASE WHEN substr(cms, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB)", "数据密钥 1"},
		{"its number", "UPDATE data_key SET dk = 2", "数据密钥 2"},
		{"one destroyed alone", "UPDATE data_key SET cms = NULL", "数据密钥 1"},
		{"a file's size", "UPDATE file SET size = 3, received = 3", "sha256:"},
		{"a file that was never there", "INSERT INTO file SELECT code, 'sha256:' || substr('0000000000000000000000000000000000000000000000000000000000000000', 1, 64), 1, 1, 1, 1 FROM site",
			"sha256:0000"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hub_report report;
		sql(cases[i].sql);
		enum err r = hub_verify_all(hub, &report, NULL, NULL, &e);
		if (r != ERR_HUB_ALTERED || !strstr(report.wrong, cases[i].names))
			print_error("%s: %s\n", cases[i].what, report.wrong);
		assert_int_equal(r, ERR_HUB_ALTERED);
		assert_non_null(strstr(report.wrong, cases[i].names));
		assert_int_equal(error_exit(r), EXIT_FAULT);
		sql("DELETE FROM state; DELETE FROM entry; DELETE FROM file; DELETE FROM data_key; INSERT INTO data_key SELECT * FROM kept_key; INSERT INTO entry SELECT * FROM kept_entry; INSERT INTO state SELECT * FROM kept_state;"
		    "INSERT INTO file SELECT * FROM kept_file");
	}
	test_what_is_whole_passes(state);
}

static void test_a_file_s_bytes(void **state)
{
	(void)state;
	static const char *const contents[] = {"scam", "sca", "scans"};
	struct hub_report report;
	char *path = hub_file_local(hub->files, (struct file_name){"110114-01", digest});
	assert_non_null(path);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(file_write(path, 0600, contents[i], strlen(contents[i]), &e), OK);
		assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), ERR_HUB_ALTERED);
		assert_non_null(strstr(report.wrong, digest));
	}
	unlink(path);
	assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), ERR_HUB_ALTERED);
	assert_int_equal(file_write(path, 0600, "scan", 4, &e), OK);
	assert_int_equal(hub_verify_all(hub, &report, NULL, NULL, &e), OK);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_whole_passes),
		cmocka_unit_test(test_a_revoked_site_s_entries_stay_right),
		cmocka_unit_test(test_purged_bodies_are_no_alteration),
		cmocka_unit_test(test_each_alteration_is_named),
		cmocka_unit_test(test_a_file_s_bytes),
	};
	return cmocka_run_group_tests(tests, make, finish);
}
