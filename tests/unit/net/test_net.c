/* The HTTP client against a headquarters that keeps to nothing (hostile.py). */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "net/net.h"
#include "pki.h"

enum { FILE_SIZE = 300000, DAY = 24 * 3600 };

static char directory[64], *root_pem, *own_pem, *other_pem;
static struct bytes own_key;
static json_t *ports;
static pid_t server;
static int server_in = -1;
static struct net *line; /* to "good", with our certificate */
static struct net_reply reply;
static struct error error;

static const char *url_of(const char *name)
{
	static char url[64];
	snprintf(url, sizeof url, "https://localhost:%d", (int)json_number(ports, name));
	return url;
}

static enum err start(const char *url, const char *root, bool own, struct net **out)
{
	struct net_options o = {.url = url, .root = root};
	if (own) {
		o.certificate = own_pem;
		o.key = own_key.data;
		o.key_length = own_key.length;
	}
	error = (struct error){0};
	return net_start(&o, out, &error);
}

/* One GET, at most five seconds. */
static enum err get_from(struct net *net, const char *path)
{
	error = (struct error){0};
	return net_call(net, &(struct net_request){.path = path, .seconds = 5}, &reply, &error);
}

static enum err get(const char *path)
{
	return get_from(line, path);
}

/* What "/echo" says of the request. */
static json_t *echoed(const struct net_request *request)
{
	json_t *out = NULL;
	assert_int_equal(net_call(line, request, &reply, &error), OK);
	assert_int_equal(reply.status, 200);
	assert_int_equal(json_parse((const char *)reply.body.data, reply.body.length, &out, &error), OK);
	return out;
}

/* The line is as good as before: what went wrong was one call's. */
static void goes_on(void)
{
	assert_int_equal(get("/echo"), OK);
	assert_int_equal(reply.status, 200);
}

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

/* Who is there ---------------------------------------------------------------------------------------- */

static void test_who_is_not_headquarters(void **state)
{
	static const struct {
		const char *name;
		enum err err;
		enum exit_status status;
	} rows[] = {
		{"other-root", ERR_NET_ROOT, EXIT_REFUSED},
		{"other-host", ERR_NET_HOST, EXIT_REFUSED},
		{"expired", ERR_NET_EXPIRED, EXIT_REFUSED},
		{"future", ERR_NET_EXPIRED, EXIT_REFUSED},
		{"no-server", ERR_NET_ROOT, EXIT_REFUSED}, /* another site's own certificate */
		{"plain", ERR_NET_TLS, EXIT_RETRY},
		{"old", ERR_NET_TLS, EXIT_RETRY},
		{"nobody", ERR_NET_LINE, EXIT_RETRY},
		{"mute", ERR_NET_SLOW, EXIT_RETRY},
	};
	bool good = true;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct net *net;
		char sentence[1024];
		assert_int_equal(start(url_of(rows[i].name), root_pem, true, &net), OK);
		enum err err = net_call(net, &(struct net_request){.path = "/echo", .seconds = 2}, &reply, &error);
		if (err != rows[i].err || error_exit(err) != rows[i].status) {
			print_error("%s: %s\n", rows[i].name, error_sentence(&error, sentence, sizeof sentence));
			good = false;
		}
		net_end(&net);
	}
	assert_true(good);
}

static void test_an_unknown_name_is_no_line(void **state)
{
	struct net *net;
	(void)state;
	assert_int_equal(start("https://no-such-name.invalid", root_pem, true, &net), OK);
	enum err err = get_from(net, "/echo");
	assert_true(err == ERR_NET_LINE || err == ERR_NET_SLOW); /* a machine's resolver may take its time */
	net_end(&net);
}

static void test_the_address_must_be_the_certificate_s(void **state)
{
	char url[64];
	struct net *net;
	(void)state;
	snprintf(url, sizeof url, "https://127.0.0.1:%d", (int)json_number(ports, "good"));
	assert_int_equal(start(url, root_pem, true, &net), OK);
	assert_int_equal(get_from(net, "/echo"), ERR_NET_HOST);
	net_end(&net);
}

static void test_without_a_root_only_the_root_is_asked_for(void **state)
{
	struct net *net;
	(void)state;
	assert_int_equal(start(url_of("good"), NULL, false, &net), OK);
	assert_int_equal(get_from(net, "/echo"), ERR_INTERNAL);
	assert_int_equal(get_from(net, "/v1/root"), OK);
	assert_string_equal((char *)reply.body.data, root_pem);
	net_end(&net);
}

static void test_without_a_certificate_joining_is_possible(void **state)
{
	struct net *net;
	(void)state;
	assert_int_equal(start(url_of("good"), root_pem, false, &net), OK);
	assert_int_equal(get_from(net, "/echo"), OK);
	assert_non_null(strstr((char *)reply.body.data, "\"peer\": null"));
	net_end(&net);
	assert_int_equal(start(url_of("demands"), root_pem, false, &net), OK);
	enum err err = get_from(net, "/echo");
	assert_true(err == ERR_NET_TLS || err == ERR_NET_CUT); /* their word may be overtaken by the end of the line */
	net_end(&net);
}

static void test_what_is_ours_must_fit(void **state)
{
	struct net *net;
	struct net_options o = {url_of("good"), root_pem, other_pem, own_key.data, own_key.length};
	(void)state;
	assert_int_equal(net_start(&o, &net, &error), ERR_NET_OWN); /* no pair */
	o.certificate = "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n";
	assert_int_equal(net_start(&o, &net, &error), ERR_NET_OWN);
	o.certificate = own_pem;
	o.key = "no key";
	o.key_length = 6;
	assert_int_equal(net_start(&o, &net, &error), ERR_NET_OWN);
	o = (struct net_options){.url = url_of("good"), .root = "no root"};
	assert_int_equal(net_start(&o, &net, &error), ERR_NET_OWN);
	assert_null(net);
}

static void test_addresses_that_are_none(void **state)
{
	static const char *const urls[] = {"http://localhost:1", "localhost:1", "", "https://", "ftp://localhost", "file:///etc/passwd",
		"https://a@localhost", "https://a:b@localhost", "https://localhost/?a=b", "https://localhost/#a", "https://local host",
		"https://localhost:99999999"};
	struct net *net;
	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		enum err err = start(urls[i], root_pem, true, &net);
		if (err != ERR_NET_URL)
			print_error("%s: %s\n", urls[i], error_name(err));
		assert_int_equal(err, ERR_NET_URL);
	}
}

static void test_an_address_may_end_in_a_stroke(void **state)
{
	char url[80];
	struct net *net;
	(void)state;
	snprintf(url, sizeof url, "%s/echo/", url_of("good"));
	assert_int_equal(start(url, root_pem, true, &net), OK);
	assert_int_equal(get_from(net, "/x"), OK);
	assert_non_null(strstr((char *)reply.body.data, "\"path\": \"/echo/x\""));
	net_end(&net);
}

/* The worker ------------------------------------------------------------------------------------------- */

/* Calls `use` with each child of this process but the server; returns how many. */
static int each_worker(void (*use)(pid_t pid))
{
	DIR *d = opendir("/proc");
	int count = 0;
	for (struct dirent *at; (at = readdir(d));) {
		char path[300], text[4096] = "";
		int parent = 0;
		snprintf(path, sizeof path, "/proc/%s/stat", at->d_name);
		FILE *f = at->d_name[0] >= '1' && at->d_name[0] <= '9' ? fopen(path, "r") : NULL;
		if (!f)
			continue;
		if (fgets(text, sizeof text, f) && strrchr(text, ')'))
			sscanf(strrchr(text, ')'), ") %*c %d", &parent);
		fclose(f);
		pid_t pid = (pid_t)atoi(at->d_name);
		if (parent != getpid() || pid == server)
			continue;
		count++;
		use(pid);
	}
	closedir(d);
	return count;
}

static struct bytes proc_file(pid_t pid, const char *name)
{
	char path[64], block[4096];
	struct bytes out = {0};
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	int fd = open(path, O_RDONLY);
	for (ssize_t n; fd >= 0 && (n = read(fd, block, sizeof block)) > 0;)
		bytes_add(&out, block, (size_t)n);
	if (fd >= 0)
		close(fd);
	bytes_add(&out, "", 0);
	return out;
}

static void look_at(pid_t pid)
{
	struct bytes arguments = proc_file(pid, "cmdline"), environment = proc_file(pid, "environ"), status = proc_file(pid, "status");
	assert_string_equal((char *)arguments.data, "certdesk-net");
	assert_true(arguments.length <= strlen("certdesk-net") + 1 + strlen("zh") + 1);
	if (!getenv("ASAN_OPTIONS"))
		assert_int_equal(environment.length, 0);
	assert_non_null(strstr((char *)status.data, "NoNewPrivs:\t1"));
	bytes_free(&arguments);
	bytes_free(&environment);
	bytes_free(&status);
}

static void test_the_worker_s_arguments_and_environment_tell_nothing(void **state)
{
	(void)state;
	setenv("CERTDESK_TEST_SECRET", "secret", 1);
	struct net *net;
	assert_int_equal(start(url_of("good"), root_pem, true, &net), OK);
	assert_int_equal(each_worker(look_at), 2);
	net_end(&net);
	assert_int_equal(each_worker(look_at), 1);
}

static void no_one(pid_t pid)
{
	(void)pid;
}

static void end_it(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void test_a_worker_that_died_is_an_error_and_no_wait(void **state)
{
	struct net *net = NULL, *kept = line;
	(void)state;
	net_end(&kept);
	line = NULL;
	assert_int_equal(start(url_of("good"), root_pem, true, &net), OK);
	assert_int_equal(each_worker(end_it), 1);
	assert_int_equal(get_from(net, "/echo"), ERR_NET_WORKER);
	assert_int_equal(error_exit(ERR_NET_WORKER), EXIT_RETRY);
	assert_int_equal(get_from(net, "/echo"), ERR_NET_WORKER);
	assert_int_equal(each_worker(no_one), 0);
	net_end(&net);
	assert_int_equal(start(url_of("good"), root_pem, true, &line), OK);
	goes_on();
}

static void test_the_worker_ends_with_its_program(void **state)
{
	int ends[2];
	char byte;
	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	assert_int_equal(pipe(ends), 0);
	pid_t program = fork();
	if (program == 0) {
		struct net *net;
		start(url_of("good"), root_pem, true, &net);
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		get_from(net, "/silent"); /* in the middle of a call */
		pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	kill(program, SIGKILL);
	assert_int_equal(waitpid(program, NULL, 0), program);
	assert_int_equal(each_worker(no_one), 2); /* line's, and the orphan, not reaped yet */
	for (pid_t pid; (pid = waitpid(-1, NULL, 0)) > 0;)
		if (pid != server && pid != program)
			break;
	assert_int_equal(each_worker(no_one), 1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(ends[0]);
	close(ends[1]);
	goes_on();
}

/* ----------------------------------------------------------------------------------------------------- */

static void make_identities(void)
{
	struct identity root = pki_make("总部", NULL, NULL, NULL, -DAY, 365 * DAY), other = pki_make("总部", NULL, NULL, NULL, -DAY, 365 * DAY);
	const struct {
		const char *name, *names, *usage;
		const struct identity *issuer;
		long from, to;
	} rows[] = {
		{"good", "DNS:localhost", "serverAuth", &root, -DAY, DAY},
		{"other-root", "DNS:localhost", "serverAuth", &other, -DAY, DAY},
		{"other-host", "DNS:example.org", "serverAuth", &root, -DAY, DAY},
		{"expired", "DNS:localhost", "serverAuth", &root, -2 * DAY, -DAY},
		{"future", "DNS:localhost", "serverAuth", &root, DAY, 2 * DAY},
		{"no-server", "DNS:localhost", "clientAuth", &root, -DAY, DAY},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct identity one = pki_make("hub", rows[i].issuer, rows[i].names, rows[i].usage, rows[i].from, rows[i].to);
		pki_write(&one, directory, rows[i].name, 1);
		pki_free(&one);
	}
	pki_write(&root, directory, "root", 0);
	struct identity own = pki_make("110114-01", &root, NULL, "clientAuth", -DAY, DAY);
	root_pem = pki_pem(&root);
	own_pem = pki_pem(&own);
	other_pem = pki_pem(&other);
	pki_key_der(&own, &own_key);
	pki_free(&root);
	pki_free(&other);
	pki_free(&own);
}

static void start_server(void)
{
	int in[2], out[2];
	char text[1000] = "", *script;
	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	assert_true(asprintf(&script, "%.*s/hostile.py", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__) > 0);
	server = fork();
	if (server == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execlp("python3", "python3", "-W", "ignore", script, directory, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server_in = in[1];
	FILE *f = fdopen(out[0], "r");
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	free(script);
	ports = json_object();
	for (char *at = strtok(text, " \n"); at; at = strtok(NULL, " \n"))
		json_object_set_new(ports, at, json_integer(atoi(strtok(NULL, " \n"))));
}

static int begin(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/test-net-XXXXXX");
	assert_non_null(mkdtemp(directory));
	reply.upload_offset = -1;
	make_identities();
	start_server();
	return start(url_of("good"), root_pem, true, &line) == OK ? 0 : -1;
}

static int end(void **state)
{
	char command[100];
	(void)state;
	net_end(&line);
	net_reply_free(&reply);
	close(server_in);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	json_decref(ports);
	bytes_free(&own_key);
	free(root_pem);
	free(own_pem);
	free(other_pem);
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_other_side_sees_our_certificate),
		cmocka_unit_test(test_lines_are_kept_between_calls),
		cmocka_unit_test(test_a_kept_line_that_died_is_opened_again),
		cmocka_unit_test(test_long_bodies_are_compressed),
		cmocka_unit_test(test_short_bodies_and_noise_go_as_they_are),
		cmocka_unit_test(test_answers_come_uncompressed),
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
		cmocka_unit_test(test_who_is_not_headquarters),
		cmocka_unit_test(test_an_unknown_name_is_no_line),
		cmocka_unit_test(test_the_address_must_be_the_certificate_s),
		cmocka_unit_test(test_without_a_root_only_the_root_is_asked_for),
		cmocka_unit_test(test_without_a_certificate_joining_is_possible),
		cmocka_unit_test(test_what_is_ours_must_fit),
		cmocka_unit_test(test_addresses_that_are_none),
		cmocka_unit_test(test_an_address_may_end_in_a_stroke),
		cmocka_unit_test(test_the_worker_s_arguments_and_environment_tell_nothing),
		cmocka_unit_test(test_a_worker_that_died_is_an_error_and_no_wait),
		cmocka_unit_test(test_the_worker_ends_with_its_program),
	};
	lang_set(LANG_EN);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, begin, end);
}
