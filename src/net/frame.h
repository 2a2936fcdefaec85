/* What net.c and certdesk-net say to each other over their socketpair: frames of a kind, a length and a body, and the three
 * messages in them. Each side takes the other's bytes for hostile: every length is bounded before memory is asked for, every number
 * is within what the other side may say, descriptors come only where they belong. */
#ifndef CERTDESK_NET_FRAME_H
#define CERTDESK_NET_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum frame_kind {
	FRAME_SETUP = 1, /* to the worker, once, first */
	FRAME_CALL,      /* to the worker: a request; its body follows in FRAME_DATA */
	FRAME_DATA,      /* either way: a piece of a body */
	FRAME_REPLY,     /* from the worker: the end of the call */
};
enum { FRAME_MOST = 256 << 10, FRAME_FILES = 2 };

struct frame {
	enum frame_kind kind;
	struct bytes body;
	int files[FRAME_FILES]; /* owned by the frame; -1 where there is none */
	int file_count;
};

enum frame_end { FRAME_GOOD, FRAME_CLOSED, FRAME_LATE, FRAME_BROKEN, FRAME_NO_MEMORY };

/* One whole frame. FRAME_CLOSED: the other side has ended. `deadline` on clock_monotonic_ms, -1: none. frame_free wipes
 * and closes, and leaves a frame that can be used again. */
enum frame_end frame_read(int fd, int64_t deadline, struct frame *out);
enum frame_end frame_write(int fd, int64_t deadline, enum frame_kind kind, const void *body, size_t length, const int *files, int count);
/* A body of any length in as many FRAME_DATA as it takes. */
enum frame_end frame_write_data(int fd, int64_t deadline, const void *body, size_t length);
void frame_free(struct frame *f);
#define FRAME_NONE ((struct frame){.files = {-1, -1}})

/* The messages. Texts point into the frame's body and end there with 0; NULL is kept. The …_read functions return false on
 * anything that a …_pack can't have made. */
struct setup {
	const char *url, *root, *certificate;
	const void *key;
	size_t key_length;
};
enum call_method { CALL_GET, CALL_HEAD, CALL_POST, CALL_PUT, CALL_METHODS };
extern const char *const call_methods[CALL_METHODS];

struct call {
	int64_t method, body, limit, seconds; /* body: bytes in FRAME_DATA to come */
	int64_t sends, send_from, send_length; /* `sends` 1: the first descriptor */
	int64_t takes, take_from;              /* `takes` 1: the last one */
	const char *path, *type, *upload_offset, *upload_length;
};
struct answer {
	int64_t error, status, upload_offset, upload_length, from, written; /* error: an enum err of this module, or OK */
	const char *detail;
};
enum err setup_pack(const struct setup *s, struct bytes *out);
enum err call_pack(const struct call *c, struct bytes *out);
enum err answer_pack(const struct answer *a, struct bytes *out);
bool setup_read(const struct frame *f, struct setup *out);
bool call_read(const struct frame *f, struct call *out);
bool answer_read(const struct frame *f, struct answer *out);

#endif
