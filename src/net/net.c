#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/helper.h"
#include "base/lang.h"
#include "net/frame.h"

enum { START_MS = 20000, GRACE_MS = 15000, WORKER_FD = 3 };

struct net {
	pid_t pid; /* 0: it has ended */
	int fd;
	bool trusts;
};

char *net_program(void)
{
	return helper_path("certdesk-net");
}

/* Between fork and exec: nothing here may ask for memory. The environment stays behind, but for what sanitizers need. */
static _Noreturn void become_worker(const char *program, int fd, const char *language, char *const environment[])
{
	char *const arguments[] = {"certdesk-net", (char *)(uintptr_t)language, NULL};
	sigset_t none;
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd == WORKER_FD ? fcntl(fd, F_SETFD, 0) != 0 : dup2(fd, WORKER_FD) < 0)
		_exit(127);
	close_range(WORKER_FD + 1, ~0U, 0);
	int null = open("/dev/null", O_RDWR);
	if (null >= 0)
		for (int i = 0; i < 2; i++)
			dup2(null, i);
	execve(program, arguments, environment);
	_exit(127);
}

static char *kept_variable(const char *name)
{
	char *out = NULL;
	const char *value = getenv(name);
	return value && asprintf(&out, "%s=%s", name, value) > 0 ? out : NULL;
}

static enum err start_worker(struct net *net, struct error *e)
{
	static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
	char *environment[3] = {0}, *program = net_program();
	int ends[2], count = 0;
	sigset_t all, before;
	if (!program)
		return error_set(e, ERR_NET_PROGRAM, "%s", "");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		free(program);
		return error_set(e, ERR_NET_WORKER, "%s", strerror(errno));
	}
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if ((environment[count] = kept_variable(kept[i])))
			count++;
	const char *language = lang_now() == LANG_EN ? "en" : "zh";
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		become_worker(program, ends[1], language, environment);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	free(program);
	for (int i = 0; i < count; i++)
		free(environment[i]);
	if (pid < 0) {
		close(ends[0]);
		return error_set(e, ERR_NET_WORKER, "%s", strerror(errno));
	}
	net->pid = pid;
	net->fd = ends[0];
	return OK;
}

static void stop_worker(struct net *net)
{
	if (net->pid <= 0)
		return;
	close(net->fd);
	kill(net->pid, SIGKILL);
	while (waitpid(net->pid, NULL, 0) < 0 && errno == EINTR)
		;
	net->pid = 0;
	net->fd = -1;
}

static enum err lost_worker(struct net *net, enum frame_end end, struct error *e)
{
	static const char *const why[][2] = {[FRAME_GOOD] = {"", ""},
		[FRAME_CLOSED] = {"程序已退出", "it has stopped"},
		[FRAME_LATE] = {"没有及时答复", "it did not answer in time"},
		[FRAME_BROKEN] = {"答复不合约定", "its answer makes no sense"},
		[FRAME_NO_MEMORY] = {"内存不足", "out of memory"}};
	stop_worker(net);
	if (end == FRAME_NO_MEMORY)
		return error_set(e, ERR_MEMORY, "%s", "");
	return error_set(e, ERR_NET_WORKER, "%s", tr(why[end][0], why[end][1]));
}

/* Pieces of the body, at most `limit` in all, until the reply. */
static enum err take_answer(struct net *net, int64_t deadline, size_t limit, struct bytes *body, struct frame *frame, struct answer *answer,
			    struct error *e)
{
	for (;;) {
		enum frame_end end = frame_read(net->fd, deadline, frame);
		if (end != FRAME_GOOD)
			return lost_worker(net, end, e);
		if (frame->kind == FRAME_REPLY)
			break;
		if (frame->kind != FRAME_DATA || frame->body.length > limit - body->length)
			return lost_worker(net, FRAME_BROKEN, e);
		if (bytes_add(body, frame->body.data, frame->body.length))
			return lost_worker(net, FRAME_NO_MEMORY, e);
	}
	if (!answer_read(frame, answer))
		return lost_worker(net, FRAME_BROKEN, e);
	return answer->error == OK ? OK : error_set(e, (enum err)answer->error, "%s", answer->detail);
}

static enum err send_setup(struct net *net, const struct net_options *o, struct error *e)
{
	struct setup setup = {o->url, o->root, o->certificate, o->certificate ? o->key : NULL, o->key_length};
	struct frame frame = FRAME_NONE, answer_frame = FRAME_NONE;
	struct answer answer;
	struct bytes none = {0};
	int64_t deadline = clock_monotonic_ms() + START_MS;
	enum err err = setup_pack(&setup, &frame.body);
	frame.kind = FRAME_SETUP;
	if (err)
		err = error_set(e, ERR_MEMORY, "%s", "");
	else if (!setup_read(&frame, &setup))
		err = error_set(e, ERR_NET_URL, "%s", o->url);
	else {
		enum frame_end end = frame_write(net->fd, deadline, FRAME_SETUP, frame.body.data, frame.body.length, NULL, 0);
		err = end != FRAME_GOOD ? lost_worker(net, end, e) : take_answer(net, deadline, 0, &none, &answer_frame, &answer, e);
	}
	frame_free(&frame);
	frame_free(&answer_frame);
	bytes_free(&none);
	return err;
}

enum err net_start(const struct net_options *options, struct net **out, struct error *e)
{
	struct net *net = calloc(1, sizeof *net);
	*out = NULL;
	if (!net)
		return error_set(e, ERR_MEMORY, "%s", "");
	net->trusts = options->root;
	enum err err = start_worker(net, e);
	if (err == OK)
		err = send_setup(net, options, e);
	if (err == OK)
		*out = net;
	else
		net_end(&net);
	return err;
}

void net_end(struct net **net)
{
	if (!*net)
		return;
	stop_worker(*net);
	free(*net);
	*net = NULL;
}

void net_reply_free(struct net_reply *reply)
{
	bytes_free(&reply->body);
	*reply = (struct net_reply){.upload_offset = -1, .upload_length = -1};
}

static int64_t method_number(const char *name)
{
	int64_t m = 0;
	while (name && m < CALL_METHODS && strcmp(call_methods[m], name) != 0)
		m++;
	return m;
}

static struct call make_call(const struct net_request *q)
{
	struct call call = {.method = method_number(q->method),
		.body = q->send ? 0 : (int64_t)q->length,
		.limit = q->limit ? (int64_t)q->limit : NET_ANSWER_MOST,
		.seconds = q->seconds ? q->seconds : NET_SECONDS,
		.path = q->path,
		.type = q->type,
		.upload_offset = q->upload_offset,
		.upload_length = q->upload_length};
	if (q->send) {
		call.sends = 1;
		call.send_from = q->send->from;
		call.send_length = q->send->length;
	}
	if (q->into) {
		call.takes = 1;
		call.take_from = q->into->from;
	}
	return call;
}

static enum err send_call(struct net *net, const struct net_request *q, const struct call *call, int64_t deadline, struct error *e)
{
	struct frame frame = FRAME_NONE;
	struct call same;
	int files[FRAME_FILES], count = 0;
	if (call_pack(call, &frame.body))
		return error_set(e, ERR_MEMORY, "%s", "");
	if (q->send)
		files[count++] = q->send->fd;
	if (q->into)
		files[count++] = q->into->fd;
	frame.kind = FRAME_CALL;
	frame.file_count = count;
	bool good = call_read(&frame, &same);
	frame.file_count = 0; /* the caller's */
	enum frame_end end = good ? frame_write(net->fd, deadline, FRAME_CALL, frame.body.data, frame.body.length, files, count) : FRAME_GOOD;
	if (good && end == FRAME_GOOD && !q->send)
		end = frame_write_data(net->fd, deadline, q->body, q->length);
	frame_free(&frame);
	if (!good)
		return error_set(e, ERR_INTERNAL, "%s", q->path);
	return end == FRAME_GOOD ? OK : lost_worker(net, end, e);
}

enum err net_call(struct net *net, const struct net_request *q, struct net_reply *reply, struct error *e)
{
	struct call call = make_call(q);
	struct frame frame = FRAME_NONE;
	struct answer answer = {0};
	size_t limit = call.limit > NET_ANSWER_MOST ? (size_t)call.limit : NET_ANSWER_MOST;
	int64_t deadline = clock_monotonic_ms() + call.seconds * 1000 + GRACE_MS;
	net_reply_free(reply);
	if (net->pid <= 0)
		return lost_worker(net, FRAME_CLOSED, e);
	if (!net->trusts && (call.method != CALL_GET || strcmp(q->path, "/v1/root") != 0))
		return error_set(e, ERR_INTERNAL, "%s", q->path);
	enum err err = send_call(net, q, &call, deadline, e);
	if (err == OK)
		err = take_answer(net, deadline, limit, &reply->body, &frame, &answer, e);
	if (err == OK) {
		reply->status = (int)answer.status;
		reply->upload_offset = answer.upload_offset;
		reply->upload_length = answer.upload_length;
		reply->from = answer.from;
		reply->written = answer.written;
	} else
		net_reply_free(reply);
	frame_free(&frame);
	return err;
}
