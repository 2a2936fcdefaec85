/* What stands before every handler: who asks, where, and with what body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gzip.h"
#include "base/json.h"
#include "hub/db_driver.h"
#include "hub/files.h"
#include "hub/hub.h"
#include "hub/init.h"
#include "hub/site.h"

static char dir[64];
static struct hub *hub;
static struct error e;

struct body {
	const uint8_t *data;
	size_t length, at, step;
	bool broken; /* the line breaks at its end */
};

static long feed(void *arg, void *out, size_t n)
{
	struct body *b = arg;
	size_t left = b->length - b->at;
	if (!left)
		return b->broken ? -1 : 0;
	n = n < left ? n : left;
	n = b->step && n > b->step ? b->step : n;
	memcpy(out, b->data + b->at, n);
	b->at += n;
	return (long)n;
}

static int make(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/test_request.XXXXXX");
	assert_non_null(mkdtemp(dir));
	struct hub_init o = {.dir = dir, .name = "总部", .url = "https://localhost", .now = 1790000000};
	assert_int_equal(hub_init(&o, &e), OK);
	assert_int_equal(hub_open(dir, &hub, &e), OK);
	hub->clock.fixed = 1790000000;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	char command[128];
	hub_close(&hub);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static struct request asked(struct body *b, const char *encoding, int64_t length)
{
	return (struct request){.method = "POST", .path = "/v1/join", .query = "", .rest = "", .range = "", .encoding = encoding, .length = length,
	                        .upload_offset = -1, .upload_length = -1, .read = feed, .input = b};
}

static void takes(const char *name, const char *encoding, const void *data, size_t length, int64_t said, size_t limit, int status)
{
	for (size_t step = 0; step < 4; step++) {
		struct body b = {.data = data, .length = length, .step = step ? step * step : 0};
		struct request q = asked(&b, encoding, said);
		struct reply p = {0};
		struct bytes out = {0};
		bool good = request_body(&q, limit, &out, &p);
		if (good != (status == 0) || p.status != status)
			print_error("%s, in steps of %zu\n", name, b.step);
		assert_int_equal(good, status == 0);
		assert_int_equal(p.status, status);
		if (!good)
			assert_null(out.data);
		bytes_free(&out);
		reply_free(&p);
	}
}

static void test_bodies(void **state)
{
	(void)state;
	struct bytes packed = {0}, big = {0}, bomb = {0};
	static uint8_t zeros[1 << 20];
	assert_int_equal(gzip_make("{\"a\":1}", 7, &packed), OK);
	assert_int_equal(gzip_make(zeros, sizeof zeros, &bomb), OK);
	takes("plain", "", "{}", 2, 2, 100, 0);
	takes("plain of unknown length", "", "{}", 2, -1, 100, 0);
	takes("nothing", "", "", 0, 0, 100, 0);
	takes("at the limit", "", zeros, 100, 100, 100, 0);
	takes("one over", "", zeros, 101, 101, 100, 413);
	takes("one over, of unknown length", "", zeros, 101, -1, 100, 413);
	takes("says more than comes", "", "{}", 2, 3, 100, 400);
	takes("says much more than may", "", "{}", 2, 1000, 100, 413);
	takes("gzip", "gzip", packed.data, packed.length, (int64_t)packed.length, 100, 0);
	takes("a bomb", "gzip", bomb.data, bomb.length, (int64_t)bomb.length, 100000, 413);
	takes("cut short", "gzip", packed.data, packed.length - 1, (int64_t)packed.length - 1, 100, 400);
	takes("no gzip", "gzip", "{\"a\":1}", 7, 7, 100, 400);
	assert_int_equal(bytes_add(&big, packed.data, packed.length), OK);
	assert_int_equal(bytes_add(&big, "x", 1), OK);
	takes("something behind it", "gzip", big.data, big.length, (int64_t)big.length, 100, 400);
	takes("another encoding", "br", "{}", 2, 2, 100, 400);
	bytes_free(&packed);
	bytes_free(&big);
	bytes_free(&bomb);
}

static void test_a_line_that_breaks_within_the_body(void **state)
{
	(void)state;
	struct body b = {.data = (const uint8_t *)"{}", .length = 2, .broken = true};
	struct request q = asked(&b, "", -1);
	struct reply p = {0};
	struct bytes out = {0};
	assert_false(request_body(&q, 100, &out, &p));
	assert_int_equal(p.status, 400);
	reply_free(&p);
}

static void test_json(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
	} cases[] = {{"{}", true}, {"{\"a\":\"中\"}", true}, {"[]", false}, {"", false}, {"{\"a\":1,\"a\":2}", false}, {"{} x", false}, {"{\"a\":\"\xff\"}", false},
		{"null", false}, {"{\"a\":\"\\u0000\"}", false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct body b = {.data = (const uint8_t *)cases[i].text, .length = strlen(cases[i].text)};
		struct request q = asked(&b, "", -1);
		struct reply p = {0};
		json_t *body = NULL;
		assert_int_equal(request_json(&q, 100, &body, &p), cases[i].good);
		assert_int_equal(p.status, cases[i].good ? 0 : 400);
		json_decref(body);
		reply_free(&p);
	}
	char *deep = malloc(200001);
	memset(deep, '[', 200000);
	deep[200000] = '\0';
	struct body b = {.data = (const uint8_t *)deep, .length = 200000};
	struct request q = asked(&b, "", -1);
	struct reply p = {0};
	json_t *body = NULL;
	assert_false(request_json(&q, 1 << 20, &body, &p));
	assert_int_equal(p.status, 400);
	reply_free(&p);
	free(deep);
}

static void test_the_query(void **state)
{
	(void)state;
	struct request q = {.query = "after=17&of=110114-01&x=&bad=1x&neg=-1&long=9999999999999999999&evil=../x"};
	char out[16];
	assert_int_equal(request_number(&q, "after", 5), 17);
	assert_int_equal(request_number(&q, "fter", 5), 5);
	assert_int_equal(request_number(&q, "x", 5), -1);
	assert_int_equal(request_number(&q, "bad", 5), -1);
	assert_int_equal(request_number(&q, "neg", 5), -1);
	assert_int_equal(request_number(&q, "long", 5), -1);
	assert_true(request_text(&q, "of", out, sizeof out));
	assert_string_equal(out, "110114-01");
	assert_false(request_text(&q, "of", out, 9));
	assert_false(request_text(&q, "evil", out, sizeof out));
	assert_false(request_text(&q, "nothing", out, sizeof out));
}

static int ask(const char *method, const char *path, const char *verified, const char *serial, const char *subject, const char *says)
{
	struct body b = {.data = (const uint8_t *)"{}", .length = 2};
	struct request q = asked(&b, "", 2);
	struct reply p;
	q.method = method;
	q.path = path;
	hub_answer(hub, &q, verified, serial, subject, &p);
	int status = p.status ? p.status : 200;
	if (says)
		assert_string_equal(json_text(p.json, "error"), says);
	reply_free(&p);
	assert_false(hub->db->in_transaction);
	return status;
}

static void grant(const char *site, const char *kind, const char *serial)
{
	assert_int_equal(db_run(hub->db, HUB_SQL_CERTIFICATE_INSERT, NULL, &e, "ttttii", serial, site, kind, "", (int64_t)1, INT64_MAX), OK);
}

static void test_who_may_come_in(void **state)
{
	(void)state;
	json_t *code = NULL;
	assert_int_equal(site_enrol(hub, "110114-01", "counter", "", "", &code, &e), OK);
	json_decref(code);
	assert_int_equal(db_run(hub->db, HUB_SQL_SITE_JOIN, NULL, &e, "tittt", "110114-01", (int64_t)1, "k", "0.1.0", "n"), OK);
	grant("110114-01", "tls", "AA01");
	grant("110114-01", "sign", "AA02");
	const char *own = "CN=110114-01,O=certdesk";
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA01", own, NULL), 200);
	assert_int_equal(ask("POST", "/v1/time", "NONE", "", "", "certificate"), 403);
	assert_int_equal(ask("POST", "/v1/time", "", "AA01", own, "certificate"), 403);
	assert_int_equal(ask("POST", "/v1/time", "FAILED:certificate revoked", "AA01", own, "revoked"), 403);
	assert_int_equal(ask("POST", "/v1/time", "FAILED:certificate has expired", "AA01", own, "certificate"), 403);
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA02", own, "certificate"), 403); /* not for TLS */
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA03", own, "certificate"), 403); /* not ours */
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA01", "CN=110114-011,O=certdesk", "certificate"), 403);
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA01", "O=CN=110114-01", "certificate"), 403);
	assert_int_equal(ask("GET", "/v1/health", "NONE", "", "", NULL), 200);
	assert_int_equal(ask("GET", "/v1/nothing", "NONE", "", "", "certificate"), 403); /* what there is isn't told */
	assert_int_equal(ask("GET", "/v1/nothing", "SUCCESS", "AA01", own, "unknown"), 404);
	assert_int_equal(ask("GET", "/v1/time", "SUCCESS", "AA01", own, "unknown"), 404);
	assert_int_equal(ask("GET", "/v1/health/x", "SUCCESS", "AA01", own, "unknown"), 404);
	assert_int_equal(site_revoke(hub, "110114-01", &e), OK);
	assert_int_equal(ask("POST", "/v1/time", "SUCCESS", "AA01", own, "revoked"), 403); /* nginx doesn't know yet */
	assert_int_equal(ask("GET", "/v1/nothing", "SUCCESS", "AA01", own, "revoked"), 403);
}

static void test_replies(void **state)
{
	(void)state;
	struct reply p = {0};
	for (int i = 0; i < REPLY_HEADERS + 3; i++)
		reply_header(&p, "Upload-Offset", "%d", i);
	assert_int_equal(p.header_count, REPLY_HEADERS);
	assert_int_equal(reply_json(&p, json_pack("{si}", "a", 1)), OK);
	assert_int_equal(reply_say(&p, 409, SAY_GAP, json_pack("{si}", "expected", 4)), OK);
	assert_int_equal(p.status, 409);
	assert_int_equal(p.header_count, 0);
	assert_int_equal(json_number(p.json, "expected"), 4);
	assert_string_equal(json_text(p.json, "error"), "gap");
	reply_free(&p);
}

static void test_where_files_lie(void **state)
{
	(void)state;
	char digest[80] = "sha256:", want[256];
	memset(digest + 7, 'a', 64);
	digest[71] = '\0';
	char *path = hub_file_part(hub->files, (struct file_name){"110114-01", digest});
	snprintf(want, sizeof want, "%s/110114-01/aa/%s.part", hub->options.files, digest + 7);
	assert_string_equal(path, want);
	free(path);
	assert_null(hub_file_part(hub->files, (struct file_name){"../x", digest}));
	assert_null(hub_file_part(hub->files, (struct file_name){"", digest}));
	digest[10] = '/';
	assert_null(hub_file_part(hub->files, (struct file_name){"110114-01", digest}));
	digest[10] = 'A';
	assert_null(hub_file_part(hub->files, (struct file_name){"110114-01", digest}));
	assert_null(hub_file_part(hub->files, (struct file_name){"110114-01", "sha256:aa"}));
	assert_null(hub_file_part(hub->files, (struct file_name){"110114-01", "../../etc/passwd"}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_a_line_that_breaks_within_the_body),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_the_query),
		cmocka_unit_test(test_who_may_come_in),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_where_files_lie),
	};
	return cmocka_run_group_tests(tests, make, finish);
}
