/* The HTTP client: who is on the other side of the line, and the worker that holds it. */
#include "net_case.h"

#include <dirent.h>
#include <sys/prctl.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
