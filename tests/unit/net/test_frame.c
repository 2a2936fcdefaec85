/* What the two ends of the socketpair take from each other, and what the worker can't do. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/sanitized.h"
#include "net/cell.h"
#include "net/frame.h"
#include "net/net.h"

static int ends[2];
static struct frame frame;

static int begin(void **state)
{
	(void)state;
	frame = FRAME_NONE;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

static int finish(void **state)
{
	(void)state;
	frame_free(&frame);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* Raw bytes from the other end, which then closes. */
static enum frame_end hear(const void *data, size_t length)
{
	assert_int_equal(write(ends[1], data, length), length);
	shutdown(ends[1], SHUT_WR);
	return frame_read(ends[0], clock_monotonic_ms() + 5000, &frame);
}

static void test_a_frame_comes_as_it_went(void **state)
{
	(void)state;
	assert_int_equal(frame_write(ends[1], -1, FRAME_DATA, "hello", 5, NULL, 0), FRAME_GOOD);
	assert_int_equal(frame_read(ends[0], -1, &frame), FRAME_GOOD);
	assert_int_equal(frame.kind, FRAME_DATA);
	assert_int_equal(frame.body.length, 5);
	assert_memory_equal(frame.body.data, "hello", 5);
}

static void test_the_end_of_the_other_side(void **state)
{
	(void)state;
	shutdown(ends[1], SHUT_WR);
	assert_int_equal(frame_read(ends[0], -1, &frame), FRAME_CLOSED);
	signal(SIGPIPE, SIG_DFL);
	close(ends[1]);
	ends[1] = -1;
	assert_int_equal(frame_write(ends[0], -1, FRAME_DATA, "x", 1, NULL, 0), FRAME_CLOSED); /* and no signal */
}

static void test_half_a_frame_is_none(void **state)
{
	const uint32_t head[] = {FRAME_DATA, 100};
	(void)state;
	assert_int_equal(hear(head, sizeof head), FRAME_CLOSED);
	assert_null(frame.body.data);
}

static void test_a_length_beyond_measure_asks_for_no_memory(void **state)
{
	const uint32_t head[] = {FRAME_DATA, UINT32_MAX};
	(void)state;
	assert_int_equal(hear(head, sizeof head), FRAME_BROKEN);
}

static void test_a_kind_that_is_none(void **state)
{
	const uint32_t head[] = {FRAME_REPLY + 1, 0};
	(void)state;
	assert_int_equal(hear(head, sizeof head), FRAME_BROKEN);
}

static void test_silence_ends_at_the_deadline(void **state)
{
	int64_t begins = clock_monotonic_ms();
	(void)state;
	assert_int_equal(frame_read(ends[0], begins + 100, &frame), FRAME_LATE);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	assert_int_equal(frame_read(ends[0], clock_monotonic_ms() + 100, &frame), FRAME_LATE);
	static char much[FRAME_MOST];
	enum frame_end end = FRAME_GOOD;
	for (int i = 0; i < 100 && end == FRAME_GOOD; i++) /* nobody reads */
		end = frame_write(ends[0], clock_monotonic_ms() + 100, FRAME_DATA, much, sizeof much, NULL, 0);
	assert_int_equal(end, FRAME_LATE);
}

static int open_descriptors(void)
{
	int count = 0;
	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_descriptors_come_only_with_a_call(void **state)
{
	int files[FRAME_FILES] = {0, 1}, before = open_descriptors();
	(void)state;
	assert_int_equal(frame_write(ends[1], -1, FRAME_CALL, "x", 1, files, 2), FRAME_GOOD);
	assert_int_equal(frame_read(ends[0], -1, &frame), FRAME_GOOD);
	assert_int_equal(frame.file_count, 2);
	assert_true(fcntl(frame.files[0], F_GETFD) & FD_CLOEXEC);
	frame_free(&frame);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(frame_write(ends[1], -1, FRAME_REPLY, "x", 1, files, 1), FRAME_GOOD);
	assert_int_equal(frame_read(ends[0], -1, &frame), FRAME_BROKEN);
	assert_int_equal(open_descriptors(), before);
}

static void test_more_descriptors_than_fit_are_closed(void **state)
{
	uint32_t head[] = {FRAME_CALL, 0};
	int files[] = {0, 1, 2, 0, 1}, before = open_descriptors();
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof files)];
	} control = {0};
	struct iovec v = {head, sizeof head};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	(void)state;
	*CMSG_FIRSTHDR(&m) = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof files)};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), files, sizeof files);
	assert_int_equal(sendmsg(ends[1], &m, 0), sizeof head);
	assert_int_equal(frame_read(ends[0], -1, &frame), FRAME_BROKEN);
	assert_int_equal(open_descriptors(), before);
}

/* Messages ------------------------------------------------------------------------------------------- */

static const struct call plain_call = {.method = CALL_POST, .body = 5, .limit = 100, .seconds = 10, .path = "/v1/journal", .type = "text/plain"};

static bool call_passes(const struct call *call)
{
	struct call out;
	struct frame f = FRAME_NONE;
	f.kind = FRAME_CALL;
	f.file_count = (int)(call->sends + call->takes);
	assert_int_equal(call_pack(call, &f.body), OK);
	bool good = call_read(&f, &out);
	f.file_count = 0;
	frame_free(&f);
	return good;
}

static void test_a_call_comes_as_it_went(void **state)
{
	struct call out, call = plain_call;
	(void)state;
	call.upload_offset = "17";
	frame.kind = FRAME_CALL;
	assert_int_equal(call_pack(&call, &frame.body), OK);
	assert_true(call_read(&frame, &out));
	assert_string_equal(out.path, call.path);
	assert_string_equal(out.upload_offset, "17");
	assert_null(out.upload_length);
	assert_int_equal(out.body, 5);
	for (size_t cut = 0; cut < frame.body.length; cut++) { /* and no piece of it passes */
		struct frame part = frame;
		part.body.length = cut;
		assert_false(call_read(&part, &out));
	}
	bytes_add(&frame.body, "x", 1);
	assert_false(call_read(&frame, &out));
}

static void test_calls_that_no_caller_makes(void **state)
{
	struct call c;
	(void)state;
	assert_true(call_passes(&plain_call));
#define REFUSED(change) (c = plain_call, change, assert_false(call_passes(&c)))
	REFUSED(c.method = CALL_METHODS);
	REFUSED(c.method = -1);
	REFUSED(c.body = NET_BODY_MOST + 1L);
	REFUSED(c.body = -1);
	REFUSED(c.limit = 0);
	REFUSED(c.seconds = 0);
	REFUSED(c.path = NULL);
	REFUSED(c.path = "");
	REFUSED(c.path = "v1");
	REFUSED(c.path = "/v1\r\nX: y");
	REFUSED(c.type = "a\nb");
	REFUSED(c.upload_length = "-1");
	REFUSED(c.upload_length = "");
	REFUSED(c.upload_length = "1234567890123456789");
	REFUSED(c.method = CALL_GET); /* with a body */
	REFUSED(c.sends = 1);         /* body and file */
#undef REFUSED
}

static bool answer_passes(struct answer a)
{
	struct answer out;
	struct frame f = FRAME_NONE;
	f.kind = FRAME_REPLY;
	assert_int_equal(answer_pack(&a, &f.body), OK);
	bool good = answer_read(&f, &out);
	frame_free(&f);
	return good;
}

static void test_answers_that_no_worker_gives(void **state)
{
	(void)state;
	assert_true(answer_passes((struct answer){OK, 200, -1, -1, 0, 0, ""}));
	assert_true(answer_passes((struct answer){ERR_NET_LINE, 0, -1, -1, 0, 0, "localhost"}));
	assert_false(answer_passes((struct answer){OK, 0, -1, -1, 0, 0, ""}));
	assert_false(answer_passes((struct answer){OK, 600, -1, -1, 0, 0, ""}));
	assert_false(answer_passes((struct answer){OK, 200, -2, -1, 0, 0, ""}));
	assert_false(answer_passes((struct answer){OK, 200, -1, -1, -1, 0, ""}));
	assert_false(answer_passes((struct answer){OK, 200, -1, -1, 0, 0, NULL}));
	assert_false(answer_passes((struct answer){ERR_DESK_LOGIN, 200, -1, -1, 0, 0, ""})); /* not its to say */
	assert_false(answer_passes((struct answer){ERR_COUNT, 200, -1, -1, 0, 0, ""}));
	assert_false(answer_passes((struct answer){-1, 200, -1, -1, 0, 0, ""}));
}

static bool setup_passes(struct setup s)
{
	struct setup out;
	struct frame f = FRAME_NONE;
	f.kind = FRAME_SETUP;
	assert_int_equal(setup_pack(&s, &f.body), OK);
	bool good = setup_read(&f, &out);
	frame_free(&f);
	return good;
}

static void test_setups_that_are_none(void **state)
{
	(void)state;
	assert_true(setup_passes((struct setup){"https://localhost", "root", "certificate", "k\0ey", 4}));
	assert_true(setup_passes((struct setup){"https://localhost", NULL, NULL, NULL, 0}));
	assert_false(setup_passes((struct setup){NULL, "root", NULL, NULL, 0}));
	assert_false(setup_passes((struct setup){"", "root", NULL, NULL, 0}));
	assert_false(setup_passes((struct setup){"https://a\r\nb", "root", NULL, NULL, 0}));
	assert_false(setup_passes((struct setup){"https://localhost", "root", "certificate", NULL, 0}));
	assert_false(setup_passes((struct setup){"https://localhost", "root", NULL, "key", 3}));
}

/* The cell --------------------------------------------------------------------------------------------- */

static void *a_thread(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

/* In a child: each thing that a worker taken over would try; the bits of what it could do. */
static int try_all(const char *file)
{
	int could = 0, works = 0;
	pthread_t thread;
	cell_hide();
	cell_close();
	could |= (open(file, O_RDONLY) >= 0) << 0;
	could |= (open("/dev/null", O_WRONLY) >= 0) << 1;
	could |= (open("/tmp/certdesk-net-was-here", O_WRONLY | O_CREAT, 0600) >= 0) << 2;
	could |= (unlink(file) == 0) << 3;
	could |= (kill(getppid(), 0) == 0) << 4;
	could |= (socket(AF_UNIX, SOCK_STREAM, 0) >= 0) << 5;
	int line = socket(AF_INET, SOCK_STREAM, 0);
	could |= (line < 0 || listen(line, 1) == 0) << 6;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	could |= (child > 0) << 7;
	execl("/bin/true", "true", (char *)NULL);
	if (pthread_create(&thread, NULL, a_thread, &works) == 0) /* what curl needs */
		pthread_join(thread, NULL);
	return works && open("/etc/hosts", O_RDONLY) >= 0 ? could : 0xff;
}

static void test_the_worker_s_cell(void **state)
{
	char file[] = "/tmp/test-frame-XXXXXX";
	int status, fd = mkstemp(file);
	(void)state;
	if (SANITIZED)
		skip();
	pid_t pid = fork();
	if (pid == 0)
		_exit(try_all(file));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	int could = WEXITSTATUS(status);
	if (could == 1) { /* this kernel has no Landlock: reading alone isn't closed */
		print_message("no Landlock here\n");
		could = 0;
	}
	assert_int_equal(could, 0);
	close(fd);
	assert_int_equal(unlink(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_frame_comes_as_it_went, begin, finish),
		cmocka_unit_test_setup_teardown(test_the_end_of_the_other_side, begin, finish),
		cmocka_unit_test_setup_teardown(test_half_a_frame_is_none, begin, finish),
		cmocka_unit_test_setup_teardown(test_a_length_beyond_measure_asks_for_no_memory, begin, finish),
		cmocka_unit_test_setup_teardown(test_a_kind_that_is_none, begin, finish),
		cmocka_unit_test_setup_teardown(test_silence_ends_at_the_deadline, begin, finish),
		cmocka_unit_test_setup_teardown(test_descriptors_come_only_with_a_call, begin, finish),
		cmocka_unit_test_setup_teardown(test_more_descriptors_than_fit_are_closed, begin, finish),
		cmocka_unit_test_setup_teardown(test_a_call_comes_as_it_went, begin, finish),
		cmocka_unit_test(test_calls_that_no_caller_makes),
		cmocka_unit_test(test_answers_that_no_worker_gives),
		cmocka_unit_test(test_setups_that_are_none),
		cmocka_unit_test(test_the_worker_s_cell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
