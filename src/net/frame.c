#include "net/frame.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/net.h"

#define TEXT_NONE UINT32_MAX
enum { PATH_MOST = 2048, TYPE_MOST = 100, SECONDS_MOST = 24 * 3600 };

const char *const call_methods[CALL_METHODS] = {"GET", "HEAD", "POST", "PUT"};

/* Bytes over the socket ---------------------------------------------------------------------------- */

static enum frame_end wait_for(int fd, short events, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline < 0 ? -1 : deadline - clock_monotonic_ms();
		struct pollfd p = {.fd = fd, .events = events};
		if (deadline >= 0 && left <= 0)
			return FRAME_LATE;
		int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
		if (n > 0)
			return FRAME_GOOD;
		if (n < 0 && errno != EINTR)
			return FRAME_BROKEN;
	}
}

/* Takes what descriptors came along; more than fit are closed and make the frame a broken one. */
static bool take_files(struct msghdr *m, struct frame *f)
{
	bool good = !(m->msg_flags & MSG_CTRUNC);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (f && f->file_count < FRAME_FILES)
				f->files[f->file_count++] = fd;
			else {
				close(fd);
				good = false;
			}
		}
	}
	return good;
}

/* `f` NULL: descriptors have no place here. */
static enum frame_end read_all(int fd, int64_t deadline, void *to, size_t length, struct frame *f)
{
	for (uint8_t *at = to; length;) {
		union {
			struct cmsghdr align;
			char room[CMSG_SPACE(sizeof(int) * FRAME_FILES)];
		} control;
		struct iovec v = {at, length};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
		enum frame_end end = wait_for(fd, POLLIN, deadline);
		if (end != FRAME_GOOD)
			return end;
		ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return errno == ECONNRESET ? FRAME_CLOSED : FRAME_BROKEN;
		if (!take_files(&m, f))
			return FRAME_BROKEN;
		if (n == 0)
			return FRAME_CLOSED;
		at += n;
		length -= (size_t)n;
	}
	return FRAME_GOOD;
}

enum frame_end frame_read(int fd, int64_t deadline, struct frame *out)
{
	uint32_t head[2];
	uint8_t block[16384];
	frame_free(out);
	enum frame_end end = read_all(fd, deadline, head, sizeof head, out);
	if (end == FRAME_GOOD && (head[0] < FRAME_SETUP || head[0] > FRAME_REPLY || head[1] > FRAME_MOST ||
				  (out->file_count && head[0] != FRAME_CALL)))
		end = FRAME_BROKEN;
	for (size_t left = head[1]; end == FRAME_GOOD && left;) {
		size_t n = left < sizeof block ? left : sizeof block;
		end = read_all(fd, deadline, block, n, NULL);
		if (end == FRAME_GOOD && bytes_add(&out->body, block, n))
			end = FRAME_NO_MEMORY;
		left -= n;
	}
	explicit_bzero(block, sizeof block);
	if (end == FRAME_GOOD)
		out->kind = (enum frame_kind)head[0];
	else
		frame_free(out);
	return end;
}

static enum frame_end write_all(int fd, int64_t deadline, const void *from, size_t length, const int *files, int count)
{
	for (const uint8_t *at = from; length;) {
		union {
			struct cmsghdr align;
			char room[CMSG_SPACE(sizeof(int) * FRAME_FILES)];
		} control = {0};
		struct iovec v = {(void *)(uintptr_t)at, length};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
		if (count > 0) {
			size_t size = sizeof(int) * (size_t)count;
			m.msg_control = &control;
			m.msg_controllen = CMSG_SPACE(size);
			*CMSG_FIRSTHDR(&m) = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(size)};
			memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), files, size);
		}
		enum frame_end end = wait_for(fd, POLLOUT, deadline);
		if (end != FRAME_GOOD)
			return end;
		ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return errno == EPIPE || errno == ECONNRESET ? FRAME_CLOSED : FRAME_BROKEN;
		at += n;
		length -= (size_t)n;
		count = 0; /* they went with the first bytes */
	}
	return FRAME_GOOD;
}

enum frame_end frame_write(int fd, int64_t deadline, enum frame_kind kind, const void *body, size_t length, const int *files, int count)
{
	uint32_t head[2] = {kind, (uint32_t)length};
	if (length > FRAME_MOST || count > FRAME_FILES)
		return FRAME_BROKEN;
	enum frame_end end = write_all(fd, deadline, head, sizeof head, files, count);
	return end == FRAME_GOOD ? write_all(fd, deadline, body, length, NULL, 0) : end;
}

enum frame_end frame_write_data(int fd, int64_t deadline, const void *body, size_t length)
{
	enum frame_end end = FRAME_GOOD;
	for (const uint8_t *at = body; length && end == FRAME_GOOD;) {
		size_t n = length < FRAME_MOST ? length : FRAME_MOST;
		end = frame_write(fd, deadline, FRAME_DATA, at, n, NULL, 0);
		at += n;
		length -= n;
	}
	return end;
}

void frame_free(struct frame *f)
{
	for (int i = 0; i < f->file_count; i++)
		close(f->files[i]);
	bytes_free(&f->body);
	*f = FRAME_NONE;
}

/* Messages: numbers of eight bytes, and texts behind their length, each with a 0 at its end ------------ */

static enum err add_number(struct bytes *b, int64_t n)
{
	return bytes_add(b, &n, sizeof n);
}

static enum err add_block(struct bytes *b, const void *data, size_t length)
{
	uint32_t n = data ? (uint32_t)length : TEXT_NONE;
	enum err err = length > FRAME_MOST ? ERR_MEMORY : bytes_add(b, &n, sizeof n);
	if (err == OK && data)
		err = bytes_add(b, data, length);
	return err == OK && data ? bytes_add(b, "", 1) : err;
}

static enum err add_text(struct bytes *b, const char *text)
{
	return add_block(b, text, text ? strlen(text) : 0);
}

struct in {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static int64_t take_number(struct in *in, int64_t least, int64_t most)
{
	int64_t n = least;
	if (in->left < sizeof n)
		in->bad = true;
	else {
		memcpy(&n, in->at, sizeof n);
		in->at += sizeof n;
		in->left -= sizeof n;
		in->bad |= n < least || n > most;
	}
	return in->bad ? least : n;
}

static const void *take_block(struct in *in, size_t most, size_t *length)
{
	uint32_t n = 0;
	*length = 0;
	if (in->bad || in->left < sizeof n) {
		in->bad = true;
		return NULL;
	}
	memcpy(&n, in->at, sizeof n);
	in->at += sizeof n;
	in->left -= sizeof n;
	if (n == TEXT_NONE)
		return NULL;
	if (n > most || n + 1UL > in->left || in->at[n] != 0) {
		in->bad = true;
		return NULL;
	}
	const void *data = in->at;
	in->at += n + 1;
	in->left -= n + 1;
	*length = n;
	return data;
}

static const char *take_text(struct in *in, size_t most)
{
	size_t length;
	const char *text = take_block(in, most, &length);
	if (text && strlen(text) != length)
		in->bad = true;
	return in->bad ? NULL : text;
}

static bool ended(const struct in *in)
{
	return !in->bad && in->left == 0;
}

/* What may stand in a line of a request: nothing that ends it. */
static bool visible(const char *text)
{
	for (; text && *text; text++)
		if (*text < '!' || *text > '~')
			return false;
	return true;
}

static bool digits(const char *text)
{
	return !text || (*text && strlen(text) <= 18 && strspn(text, "0123456789") == strlen(text));
}

enum err setup_pack(const struct setup *s, struct bytes *out)
{
	enum err err = add_text(out, s->url);
	err = err ? err : add_text(out, s->root);
	err = err ? err : add_text(out, s->certificate);
	return err ? err : add_block(out, s->key, s->key_length);
}

bool setup_read(const struct frame *f, struct setup *out)
{
	struct in in = {f->body.data, f->body.length, f->kind != FRAME_SETUP};
	out->url = take_text(&in, PATH_MOST);
	out->root = take_text(&in, FRAME_MOST);
	out->certificate = take_text(&in, FRAME_MOST);
	out->key = take_block(&in, FRAME_MOST, &out->key_length);
	return ended(&in) && out->url && *out->url && visible(out->url) && !out->certificate == !out->key;
}

enum err call_pack(const struct call *c, struct bytes *out)
{
	const int64_t numbers[] = {c->method, c->body, c->limit, c->seconds, c->sends, c->send_from, c->send_length, c->takes, c->take_from};
	const char *const texts[] = {c->path, c->type, c->upload_offset, c->upload_length};
	enum err err = OK;
	for (size_t i = 0; err == OK && i < sizeof numbers / sizeof *numbers; i++)
		err = add_number(out, numbers[i]);
	for (size_t i = 0; err == OK && i < sizeof texts / sizeof *texts; i++)
		err = add_text(out, texts[i]);
	return err;
}

bool call_read(const struct frame *f, struct call *out)
{
	struct in in = {f->body.data, f->body.length, f->kind != FRAME_CALL};
	out->method = take_number(&in, 0, CALL_METHODS - 1);
	out->body = take_number(&in, 0, NET_BODY_MOST);
	out->limit = take_number(&in, 1, INT32_MAX);
	out->seconds = take_number(&in, 1, SECONDS_MOST);
	out->sends = take_number(&in, 0, 1);
	out->send_from = take_number(&in, 0, INT64_MAX / 4);
	out->send_length = take_number(&in, 0, INT64_MAX / 4);
	out->takes = take_number(&in, 0, 1);
	out->take_from = take_number(&in, 0, INT64_MAX / 4);
	out->path = take_text(&in, PATH_MOST);
	out->type = take_text(&in, TYPE_MOST);
	out->upload_offset = take_text(&in, TYPE_MOST);
	out->upload_length = take_text(&in, TYPE_MOST);
	bool writes = out->method == CALL_POST || out->method == CALL_PUT;
	return ended(&in) && out->path && *out->path == '/' && visible(out->path) && visible(out->type) && digits(out->upload_offset) &&
	       digits(out->upload_length) && f->file_count == out->sends + out->takes && (writes || (!out->body && !out->sends)) &&
	       !(out->sends && out->body);
}

static bool own_error(int64_t error)
{
	return error == OK || error == ERR_MEMORY || (error >= ERR_NET_PROGRAM && error <= ERR_NET_FILE);
}

enum err answer_pack(const struct answer *a, struct bytes *out)
{
	const int64_t numbers[] = {a->error, a->status, a->upload_offset, a->upload_length, a->from, a->written};
	enum err err = OK;
	for (size_t i = 0; err == OK && i < sizeof numbers / sizeof *numbers; i++)
		err = add_number(out, numbers[i]);
	return err ? err : add_text(out, a->detail);
}

bool answer_read(const struct frame *f, struct answer *out)
{
	struct in in = {f->body.data, f->body.length, f->kind != FRAME_REPLY};
	out->error = take_number(&in, 0, ERR_COUNT - 1);
	out->status = take_number(&in, 0, 599);
	out->upload_offset = take_number(&in, -1, INT64_MAX / 4);
	out->upload_length = take_number(&in, -1, INT64_MAX / 4);
	out->from = take_number(&in, 0, INT64_MAX / 4);
	out->written = take_number(&in, 0, INT64_MAX / 4);
	out->detail = take_text(&in, ERROR_DETAIL_SIZE);
	return ended(&in) && out->detail && own_error(out->error) && (out->error != OK || out->status >= 100);
}
