/* Runs work on hostile bytes in a forked child and takes its answer over a pipe. */
#ifndef CERTDESK_BASE_CHILD_H
#define CERTDESK_BASE_CHILD_H

#include "base/bytes.h"
#include "base/error.h"

/* What comes back beside the bytes. Numbers only: the reader checks each. */
struct child_answer {
	int numbers[4];
	const void *data; /* only inside the child: the bytes to send, or NULL */
	size_t length;
};

/* Works in the child; must use neither files nor the terminal nor stdio. */
typedef enum err child_work(void *job, struct child_answer *answer, struct error *e);

/* What the caller's work is called, and what it says where the child came to no good end. */
struct child_errors {
	const char *name;
	enum err broken, slow;
};

/* Forks, works, waits. The child may use 1.25 GB of memory, 20 s of CPU and 60 s of
 * time, and can open, reach and signal nothing. `out` is replaced by the bytes sent,
 * at most `limit`; free with bytes_free. Returns what the work returned, or
 * `errors->broken` where the child died or its answer makes no sense,
 * `errors->slow` where its time was over, ERR_CHILD where no child could be made,
 * ERR_MEMORY. */
enum err child_run(child_work *work, void *job, size_t limit, const struct child_errors *errors,
		   struct child_answer *answer, struct bytes *out, struct error *e);

/* In a child that was forked: signals as a program finds them, the limits above, and the end with its parent. What is
 * opened stays open; async-signal-safe. */
void child_limits(void);

#endif
