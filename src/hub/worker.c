#include "hub/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "hub/files.h"
#include "hub/init.h"
#include "hub/log.h"

enum { UPLOAD_MS = 150000 };

static volatile sig_atomic_t ending;

static void on_end(int signal)
{
	(void)signal;
	ending = 1;
	FCGX_ShutdownPending();
}

static long read_body(void *input, void *out, size_t n)
{
	FCGX_Stream *in = input;
	uint8_t *to = out;
	int c = FCGX_GetChar(in); /* waits; FCGX_GetStr would wait until there are n */
	if (c < 0)
		return FCGX_GetError(in) ? -1 : 0;
	*to = (uint8_t)c;
	size_t more = (size_t)(in->stop - in->rdNext);
	more = more < n - 1 ? more : n - 1;
	return 1 + (more ? FCGX_GetStr((char *)to + 1, (int)more, in) : 0);
}

static long read_file(void *input, void *out, size_t n)
{
	return (long)read(((const struct request *)input)->body_fd, out, n);
}

static const char *param(const FCGX_Request *f, const char *name)
{
	const char *value = FCGX_GetParam(name, f->envp);
	return value ? value : "";
}

static int64_t number_param(const FCGX_Request *f, const char *name)
{
	const char *value = param(f, name);
	size_t n = strlen(value);
	if (n == 0)
		return -1;
	return n <= 18 && strspn(value, "0123456789") == n ? strtoll(value, NULL, 10) : -2;
}

static void send_head(FCGX_Stream *out, const struct reply *p, const char *type)
{
	static const struct {
		int status;
		const char *words;
	} known[] = {{200, "OK"}, {201, "Created"}, {204, "No Content"}, {206, "Partial Content"}, {400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"},
		{409, "Conflict"}, {413, "Content Too Large"}, {416, "Range Not Satisfiable"}, {422, "Unprocessable"}, {429, "Too Many Requests"}, {503, "Unavailable"}, {507, "Insufficient Storage"}};
	const char *words = "Status";
	int status = p->status ? p->status : 200;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].status == status)
			words = known[i].words;
	FCGX_FPrintF(out, "Status: %d %s\r\n", status, words);
	for (int i = 0; i < p->header_count; i++)
		FCGX_FPrintF(out, "%s: %s\r\n", p->headers[i].name, p->headers[i].value);
	if (type)
		FCGX_FPrintF(out, "Content-Type: %s\r\n", type);
}

/* Files are nginx's to send (/stored/ is FILES, and internal), with ranges and without passing through here. */
static void send_reply(FCGX_Stream *out, const struct hub *hub, const struct reply *p)
{
	size_t n = strlen(hub->options.files);
	if (p->file) {
		send_head(out, p, "application/octet-stream");
		FCGX_FPrintF(out, "X-Accel-Redirect: /stored%s\r\n\r\n", strncmp(p->file, hub->options.files, n) == 0 ? p->file + n : "/");
	} else if (p->json) {
		char *text = json_dumps(p->json, JSON_COMPACT);
		send_head(out, p, "application/json");
		FCGX_FPrintF(out, "Content-Length: %ld\r\n\r\n", text ? (long)strlen(text) : 0L);
		if (text)
			FCGX_PutStr(text, (int)strlen(text), out);
		free(text);
	} else {
		send_head(out, p, p->bytes.length ? p->type ? p->type : "application/octet-stream" : NULL);
		if (p->status != 204)
			FCGX_FPrintF(out, "Content-Length: %ld\r\n", (long)p->bytes.length);
		FCGX_PutS("\r\n", out);
		if (p->bytes.length)
			FCGX_PutStr((char *)p->bytes.data, (int)p->bytes.length, out);
	}
}

struct streaming {
	FCGX_Stream *out;
	const struct reply *reply;
	bool begun, gone; /* the head went; nobody listens any more */
};

static void stream_begin(struct streaming *s)
{
	send_head(s->out, s->reply, "application/octet-stream");
	FCGX_FPrintF(s->out, "Content-Length: %ld\r\n\r\n", (long)s->reply->stream.length);
	s->begun = true;
}

static enum err stream_more(void *arg, const void *data, size_t n, struct error *e)
{
	struct streaming *s = arg;
	if (!s->begun)
		stream_begin(s);
	s->gone = FCGX_PutStr(data, (int)n, s->out) < 0;
	return s->gone ? error_set(e, ERR_NET_CUT, "nginx") : OK;
}

/* Once for a file, however often it is asked for. */
static void raise_alarm(struct hub *hub, const struct reply_stream *t)
{
	struct error e = {0};
	if (hub_alarm_once(hub, t->site, "file", t->digest, 0, &e))
		hub_log("%s", hub_log_error(&e));
}

/* The head goes with the first bytes: before them a fault can still be said. Behind them the answer ends too early, which nginx hands on
 * as a line that was cut. */
static void send_stream(FCGX_Stream *out, struct hub *hub, const struct reply *p)
{
	struct streaming s = {.out = out, .reply = p};
	struct error e = {0};
	const struct reply_stream *t = &p->stream;
	enum err r = hub_file_get(hub->files, (struct file_name){t->site, t->digest}, (struct file_range){t->from, t->length, t->size},
	                          stream_more, &s, &e);
	if (!r && !s.begun)
		stream_begin(&s);
	if (!r || s.gone)
		return;
	hub_log("%s", hub_log_error(&e));
	if (r == ERR_HUB_FILE_WRONG)
		raise_alarm(hub, t);
	if (!s.begun) {
		struct reply fault = {0};
		bool unknown = r == ERR_HUB_FILE_GONE;
		reply_say(&fault, unknown ? 404 : 503, unknown ? SAY_UNKNOWN : SAY_FAULT, NULL);
		send_reply(out, hub, &fault);
		reply_free(&fault);
	}
}

static void answer(struct hub *hub, FCGX_Request *f)
{
	struct error e = {0};
	struct reply p = {0};
	struct request q = {
		.method = param(f, "REQUEST_METHOD"), .path = param(f, "DOCUMENT_URI"), .query = param(f, "QUERY_STRING"), .rest = "",
		.range = param(f, "HTTP_RANGE"), .encoding = param(f, "HTTP_CONTENT_ENCODING"),
		.takes_gzip = strstr(param(f, "HTTP_ACCEPT_ENCODING"), "gzip") != NULL, .length = number_param(f, "CONTENT_LENGTH"),
		.upload_offset = number_param(f, "HTTP_UPLOAD_OFFSET"), .upload_length = number_param(f, "HTTP_UPLOAD_LENGTH"),
		.read = read_body, .input = f->in, .until = clock_monotonic_ms() + UPLOAD_MS,
	};
	q.address = param(f, "REMOTE_ADDR");
	const char *file = param(f, "BODY_FILE");
	if (*file) {
		q.body_file = file;
		q.body_fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		q.read = read_file;
		q.input = &q;
		FCGX_GetChar(f->in); /* its end: nginx passes nothing of the body itself */
	}
	if (!hub->db && hub_connect(hub, &e)) {
		hub_log("%s", hub_log_error(&e));
		reply_say(&p, e.code == ERR_STORE_FULL ? 507 : 503, e.code == ERR_STORE_FULL ? SAY_FULL : SAY_FAULT, NULL);
	} else
		hub_answer(hub, &q, param(f, "TLS_VERIFIED"), param(f, "TLS_SERIAL"), param(f, "TLS_SUBJECT"), &p);
	if (p.stream.is)
		send_stream(f->out, hub, &p);
	else
		send_reply(f->out, hub, &p);
	reply_free(&p);
	if (q.body_file && q.body_fd >= 0)
		close(q.body_fd);
}

/* Whether nginx has nothing more to say: where nobody read a body, the end of the input is nearly always there, and isn't waited for. */
static bool all_read(FCGX_Request *f)
{
	int flags = FCGX_HasSeenEOF(f->in) ? -1 : fcntl(f->ipcFd, F_GETFL);
	if (flags >= 0 && fcntl(f->ipcFd, F_SETFL, flags | O_NONBLOCK) == 0) {
		FCGX_GetChar(f->in);
		fcntl(f->ipcFd, F_SETFL, flags);
	}
	return FCGX_HasSeenEOF(f->in) && !FCGX_GetError(f->in);
}

/* Ends the request. Where all is read, the connection is closed at once: libfcgi would shut its own side and wait for nginx to end the other.
 * That is for what is left of a body (a 403, a 413): to close over it would reset the connection, and nginx lose the answer. */
static void finish(FCGX_Request *f)
{
	if (all_read(f))
		FCGX_Detach(f);
	FCGX_Finish_r(f);
}

static int watch(int listener)
{
	struct epoll_event what = {.events = EPOLLIN | EPOLLEXCLUSIVE};
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd >= 0 && (fcntl(listener, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(fd, EPOLL_CTL_ADD, listener, &what) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Until somebody knocks, or the end is asked for. A blocking accept would wake the workers in turn; so the same few are awake as long as
 * they suffice, and what they have in the processor's caches, and the database's pages, is still there. */
static void wait_for_one(int watched)
{
	sigset_t end, before;
	struct epoll_event what;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, &before);
	if (!ending)
		epoll_pwait(watched, &what, 1, -1, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int worker_run(struct hub *hub, int listener)
{
	FCGX_Request f;
	struct sigaction act = {.sa_handler = on_end}; /* without SA_RESTART: accept returns */
	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	int watched = watch(listener);
	if (watched < 0 || FCGX_Init() != 0 || FCGX_InitRequest(&f, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return EXIT_FAULT;
	while (!ending) {
		wait_for_one(watched);
		int r = ending ? -EINTR : FCGX_Accept_r(&f);
		if (r == -EAGAIN || r == -EINTR) /* another took it */
			continue;
		if (r < 0)
			break;
		answer(hub, &f);
		finish(&f);
	}
	return ending ? EXIT_DONE : EXIT_FAULT;
}
