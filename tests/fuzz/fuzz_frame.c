/* What comes over the socketpair between certdesk and certdesk-net: raw bytes as frames, and each frame's body as each message. What
 * passes must be what its own pack makes of it again. */
#include "fuzz.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/frame.h"

static void same(const struct frame *f, const struct bytes *again)
{
	must(again->length == f->body.length && memcmp(again->data, f->body.data, again->length) == 0);
}

static void read_messages(struct frame *f)
{
	struct setup setup;
	struct call call;
	struct answer answer;
	struct bytes again = {0};
	if (setup_read(f, &setup)) {
		setup_pack(&setup, &again);
		same(f, &again);
	}
	bytes_free(&again);
	for (int files = 0; files <= FRAME_FILES; files++) {
		struct frame with = *f;
		with.file_count = files;
		if (call_read(&with, &call)) {
			call_pack(&call, &again);
			same(f, &again);
		}
		bytes_free(&again);
	}
	if (answer_read(f, &answer)) {
		answer_pack(&answer, &again);
		same(f, &again);
	}
	bytes_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];
	struct frame f = FRAME_NONE;
	if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return 0;
	ssize_t n = write(ends[1], data, size);
	close(ends[1]);
	while (n == (ssize_t)size && frame_read(ends[0], -1, &f) == FRAME_GOOD)
		read_messages(&f);
	frame_free(&f);
	close(ends[0]);
	for (int kind = FRAME_SETUP; size && kind <= FRAME_REPLY; kind++) { /* and the input as one body */
		f.kind = (enum frame_kind)kind;
		bytes_add(&f.body, data, size);
		read_messages(&f);
		frame_free(&f);
	}
	return 0;
}
