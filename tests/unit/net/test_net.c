/* The HTTP client: what goes over the line and comes back, and answers that are none. Who may be on the other side, and the worker,
 * are in test_net_line.c. */
#include "net_case.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/crypt.h"

/* What is right ------------------------------------------------------------------------------------- */

static void test_the_other_side_sees_our_certificate(void **state)
{
	(void)state;
	json_t *said = echoed(&(struct net_request){.path = "/echo"});
	assert_string_equal(json_text(said, "peer"), "110114-01");
	assert_string_equal(json_text(said, "method"), "GET");
	assert_int_equal(reply.upload_offset, 12);
	assert_int_equal(reply.upload_length, 345);
	json_decref(said);
}

static void test_lines_are_kept_between_calls(void **state)
{
	(void)state;
	json_t *one = echoed(&(struct net_request){.path = "/echo"}), *two = echoed(&(struct net_request){.path = "/echo"});
	assert_int_equal(json_number(one, "connection"), json_number(two, "connection"));
	json_decref(one);
	json_decref(two);
}

static void test_a_kept_line_that_died_is_opened_again(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(get("/hang-up-later"), OK);
		char body[4000];
		memset(body, 'a', sizeof body);
		json_t *said = echoed(&(struct net_request){.method = "POST", .path = "/echo", .body = body, .length = sizeof body});
		assert_int_equal(json_number(said, "length"), sizeof body);
		json_decref(said);
	}
}

/* As a server whose patience ends just then. */
static void test_a_kept_line_that_dies_under_a_request_is_opened_again(void **state)
{
	static uint8_t noise[3 << 20];
	(void)state;
	random_bytes(noise, sizeof noise);
	for (size_t length = 10; length <= sizeof noise; length *= 20) {
		assert_int_equal(get("/hang-up-at-the-next"), OK);
		json_t *said = echoed(&(struct net_request){.method = "POST", .path = "/echo", .body = noise, .length = length, .type = "application/octet-stream"});
		assert_int_equal(json_number(said, "length"), length);
		json_decref(said);
	}
}

static void test_long_bodies_are_compressed(void **state)
{
	char body[50000], digest[DIGEST_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = "0123456789abcdef"[i * i / 7 % 16];
	json_t *said = echoed(&(struct net_request){.method = "POST", .path = "/echo", .body = body, .length = sizeof body});
	digest_text(body, sizeof body, digest);
	assert_string_equal(json_text(json_object_get(said, "fields"), "content-encoding"), "gzip");
	assert_true(json_number(said, "sent") < (int64_t)sizeof body / 2);
	assert_string_equal(json_text(said, "digest"), digest + strlen("sha256:"));
	assert_string_equal(json_text(json_object_get(said, "fields"), "content-type"), "application/json");
	json_decref(said);
}

static void test_short_bodies_and_noise_go_as_they_are(void **state)
{
	static uint8_t noise[3 << 20];
	(void)state;
	json_t *said = echoed(&(struct net_request){.method = "POST", .path = "/echo", .body = "{}", .length = 2});
	assert_null(json_object_get(json_object_get(said, "fields"), "content-encoding"));
	assert_int_equal(json_number(said, "length"), 2);
	json_decref(said);
	random_bytes(noise, sizeof noise);
	said = echoed(&(struct net_request){.method = "POST", .path = "/echo", .body = noise, .length = sizeof noise, .type = "application/octet-stream"});
	assert_int_equal(json_number(said, "sent"), sizeof noise);
	assert_string_equal(json_text(json_object_get(said, "fields"), "content-type"), "application/octet-stream");
	json_decref(said);
}

static void test_answers_come_uncompressed(void **state)
{
	(void)state;
	assert_int_equal(net_call(line, &(struct net_request){.path = "/compressed", .limit = FILE_SIZE}, &reply, &error), OK);
	assert_int_equal(reply.body.length, FILE_SIZE);
	goes_on();
}

/* A buffer's length, one less, one more, and two of them. */
static void test_an_answer_unpacks_whatever_its_length(void **state)
{
	static const size_t lengths[] = {32767, 32768, 32769, 65536};
	char path[40];
	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		snprintf(path, sizeof path, "/compressed-%zu", lengths[i]);
		assert_int_equal(get(path), OK);
		assert_int_equal(reply.body.length, lengths[i]);
	}
	goes_on();
}

static void test_head_has_headers_alone(void **state)
{
	(void)state;
	assert_int_equal(net_call(line, &(struct net_request){.method = "HEAD", .path = "/echo"}, &reply, &error), OK);
	assert_int_equal(reply.body.length, 0);
	assert_int_equal(reply.upload_offset, 12);
	goes_on();
}

static int scratch(const void *data, size_t length)
{
	char path[100];
	snprintf(path, sizeof path, "%s/scratch", directory);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && unlink(path) == 0 && write(fd, data, length) == (ssize_t)length);
	return fd;
}

static void test_a_piece_of_a_file_is_sent(void **state)
{
	int fd = scratch("0123456789", 10);
	(void)state;
	struct net_request put = {.method = "PUT", .path = "/v1/files/x", .send = &(struct net_file){fd, 4, 5}, .upload_offset = "4",
		.upload_length = "10"};
	assert_int_equal(net_call(line, &put, &reply, &error), OK);
	assert_int_equal(reply.status, 201);
	assert_int_equal(reply.upload_offset, 9);
	put.path = "/echo";
	json_t *said = echoed(&put);
	char digest[DIGEST_TEXT_SIZE];
	digest_text("45678", 5, digest);
	assert_string_equal(json_text(said, "digest"), digest + strlen("sha256:"));
	assert_string_equal(json_text(json_object_get(said, "fields"), "upload-length"), "10");
	json_decref(said);
	put.send = &(struct net_file){fd, 4, 50}; /* more than there is */
	assert_int_equal(net_call(line, &put, &reply, &error), ERR_NET_FILE);
	close(fd);
	goes_on();
}

static struct bytes whole_file(void)
{
	struct bytes out = {0};
	assert_int_equal(net_call(line, &(struct net_request){.path = "/file", .limit = FILE_SIZE}, &reply, &error), OK);
	bytes_add(&out, reply.body.data, reply.body.length);
	return out;
}

static void same_file(int fd, const struct bytes *want)
{
	char *have = malloc(want->length);
	assert_int_equal(pread(fd, have, want->length, 0), want->length);
	assert_memory_equal(have, want->data, want->length);
	free(have);
}

static void test_a_file_is_fetched_from_where_it_was_cut(void **state)
{
	struct bytes want = whole_file();
	int fd = scratch("", 0);
	struct stat st;
	(void)state;
	struct net_request q = {.path = "/file-cut", .into = &(struct net_file){.fd = fd}, .limit = FILE_SIZE};
	assert_int_equal(net_call(line, &q, &reply, &error), ERR_NET_CUT);
	fstat(fd, &st);
	assert_true(st.st_size > 0 && st.st_size < FILE_SIZE);
	q.into = &(struct net_file){.fd = fd, .from = st.st_size};
	q.path = "/file";
	assert_int_equal(net_call(line, &q, &reply, &error), OK);
	assert_int_equal(reply.status, 206);
	assert_int_equal(reply.from, st.st_size);
	assert_int_equal(reply.written, FILE_SIZE - st.st_size);
	assert_int_equal(reply.body.length, 0);
	same_file(fd, &want);
	bytes_free(&want);
	close(fd);
}

static void test_a_hub_without_ranges_sends_it_whole(void **state)
{
	struct bytes want = whole_file();
	int fd = scratch("0123456789", 10);
	(void)state;
	struct net_request q = {.path = "/file-whole", .into = &(struct net_file){.fd = fd, .from = 10}, .limit = FILE_SIZE};
	assert_int_equal(net_call(line, &q, &reply, &error), OK);
	assert_int_equal(reply.from, 0);
	assert_int_equal(reply.written, FILE_SIZE);
	same_file(fd, &want);
	bytes_free(&want);
	close(fd);
}

static void test_an_error_goes_not_into_the_file(void **state)
{
	int fd = scratch("0123456789", 10);
	struct stat st;
	(void)state;
	assert_int_equal(net_call(line, &(struct net_request){.path = "/error", .into = &(struct net_file){.fd = fd}}, &reply, &error), OK);
	assert_int_equal(reply.status, 503);
	assert_string_equal((char *)reply.body.data, "{\"error\":\"fault\"}");
	assert_int_equal(reply.written, 0);
	same_file(fd, &(struct bytes){(uint8_t *)(uintptr_t)"0123456789", 10, 0});
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 10);
	close(fd);
}

static void test_a_refusal_before_the_body_is_heard(void **state)
{
	static uint8_t noise[1 << 20];
	(void)state;
	random_bytes(noise, sizeof noise);
	struct net_request q = {.method = "POST", .path = "/early", .body = noise, .length = sizeof noise, .seconds = 10};
	assert_int_equal(net_call(line, &q, &reply, &error), OK);
	assert_int_equal(reply.status, 413);
	assert_string_equal((char *)reply.body.data, "{\"error\":\"size\"}");
	goes_on();
}

/* What is not ----------------------------------------------------------------------------------------- */

static void test_answers_that_are_none(void **state)
{
	static const struct {
		const char *path;
		enum err err;
	} rows[] = {
		{"/garbage", ERR_NET_ANSWER},
		{"/old", ERR_NET_ANSWER},
		{"/bad-chunk", ERR_NET_CUT},
		{"/negative", ERR_NET_ANSWER},
		{"/two-lengths", ERR_NET_CUT},
		{"/status-999", ERR_NET_ANSWER},
		{"/bad-gzip", ERR_NET_ANSWER},
		{"/cut-gzip", ERR_NET_ANSWER},
		{"/brotli", ERR_NET_ANSWER},
		{"/many-encodings", ERR_NET_ANSWER},
		{"/two-gzips", ERR_NET_ANSWER},
		{"/short", ERR_NET_CUT},
		{"/cut", ERR_NET_CUT},
		{"/cut-chunk", ERR_NET_CUT},
		{"/cut-open", ERR_NET_CUT},
		{"/cut-at-once", ERR_NET_CUT},
		{"/endless", ERR_NET_LONG},
		{"/endless-headers", ERR_NET_LONG},
		{"/endless-continue", ERR_NET_LONG},
		{"/bomb", ERR_NET_LONG},
		{"/long-error", ERR_NET_LONG},
	};
	bool good = true;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err err = net_call(line, &(struct net_request){.path = rows[i].path, .limit = 1 << 20, .seconds = 20}, &reply, &error);
		if (err != rows[i].err) {
			print_error("%s: %s, %d\n", rows[i].path, error_name(err), reply.status);
			good = false;
		}
		assert_int_equal(reply.body.length, err == OK ? reply.body.length : 0);
		goes_on();
	}
	assert_true(good);
}

static void test_a_header_without_end(void **state)
{
	(void)state;
	enum err err = get("/endless-header");
	assert_true(err == ERR_NET_LONG || err == ERR_NET_ANSWER || err == ERR_MEMORY);
	goes_on();
}

static void test_an_answer_one_byte_too_long(void **state)
{
	(void)state;
	struct net_request q = {.path = "/file", .limit = FILE_SIZE - 1};
	assert_int_equal(net_call(line, &q, &reply, &error), ERR_NET_LONG);
	int fd = scratch("", 0);
	q.into = &(struct net_file){.fd = fd};
	assert_int_equal(net_call(line, &q, &reply, &error), ERR_NET_LONG);
	q.limit = FILE_SIZE;
	assert_int_equal(net_call(line, &q, &reply, &error), OK);
	close(fd);
}

static void test_more_than_was_said_is_not_taken(void **state)
{
	(void)state;
	assert_int_equal(get("/longer"), OK);
	assert_string_equal((char *)reply.body.data, "hello");
	goes_on();
}

static void test_time_ends_what_is_slow(void **state)
{
	static const char *const paths[] = {"/silent", "/slow", "/slow-headers"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int64_t begin = clock_monotonic_ms();
		assert_int_equal(net_call(line, &(struct net_request){.path = paths[i], .seconds = 2}, &reply, &error), ERR_NET_SLOW);
		assert_true(clock_monotonic_ms() - begin < 10000);
		goes_on();
	}
}

static void test_a_range_that_is_not_the_one_asked_for(void **state)
{
	int fd = scratch("0123456789", 10);
	(void)state;
	struct net_request q = {.path = "/file-other", .into = &(struct net_file){.fd = fd, .from = 10}, .limit = FILE_SIZE};
	assert_int_equal(net_call(line, &q, &reply, &error), ERR_NET_ANSWER);
	q.path = "/file-gzip";
	assert_int_equal(net_call(line, &q, &reply, &error), ERR_NET_ANSWER);
	close(fd);
}

static void test_redirections_are_not_followed(void **state)
{
	(void)state;
	assert_int_equal(get("/redirect"), OK);
	assert_int_equal(reply.status, 302);
	assert_int_equal(get("/downgrade"), OK);
	assert_int_equal(reply.status, 302);
}

static void test_numbers_that_are_none(void **state)
{
	(void)state;
	assert_int_equal(get("/bad-numbers"), OK);
	assert_int_equal(reply.upload_offset, -1);
	assert_int_equal(reply.upload_length, -1);
}

static void test_a_path_can_not_hold_another_request(void **state)
{
	static const char *const paths[] = {"/echo HTTP/1.1\r\nX: y", "/a b", "echo", "", "@other/", "/\xe6\xb1\x89"};
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_int_equal(get(paths[i]), ERR_INTERNAL);
	assert_int_equal(net_call(line, &(struct net_request){.path = "/echo", .upload_offset = "1\r\nX: y"}, &reply, &error), ERR_INTERNAL);
	assert_int_equal(net_call(line, &(struct net_request){.method = "DELETE", .path = "/echo"}, &reply, &error), ERR_INTERNAL);
	assert_int_equal(net_call(line, &(struct net_request){.path = "/echo", .body = "x", .length = 1}, &reply, &error), ERR_INTERNAL);
	goes_on();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_other_side_sees_our_certificate),
		cmocka_unit_test(test_lines_are_kept_between_calls),
		cmocka_unit_test(test_a_kept_line_that_died_is_opened_again),
		cmocka_unit_test(test_a_kept_line_that_dies_under_a_request_is_opened_again),
		cmocka_unit_test(test_long_bodies_are_compressed),
		cmocka_unit_test(test_short_bodies_and_noise_go_as_they_are),
		cmocka_unit_test(test_answers_come_uncompressed),
		cmocka_unit_test(test_an_answer_unpacks_whatever_its_length),
		cmocka_unit_test(test_head_has_headers_alone),
		cmocka_unit_test(test_a_piece_of_a_file_is_sent),
		cmocka_unit_test(test_a_file_is_fetched_from_where_it_was_cut),
		cmocka_unit_test(test_a_hub_without_ranges_sends_it_whole),
		cmocka_unit_test(test_an_error_goes_not_into_the_file),
		cmocka_unit_test(test_a_refusal_before_the_body_is_heard),
		cmocka_unit_test(test_answers_that_are_none),
		cmocka_unit_test(test_a_header_without_end),
		cmocka_unit_test(test_an_answer_one_byte_too_long),
		cmocka_unit_test(test_more_than_was_said_is_not_taken),
		cmocka_unit_test(test_time_ends_what_is_slow),
		cmocka_unit_test(test_a_range_that_is_not_the_one_asked_for),
		cmocka_unit_test(test_redirections_are_not_followed),
		cmocka_unit_test(test_numbers_that_are_none),
		cmocka_unit_test(test_a_path_can_not_hold_another_request),
	};
	lang_set(LANG_EN);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, begin, end);
}
