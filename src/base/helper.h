/* A program of our own beside this one that does one piece of work: it reads all of its standard input and writes its answer.
 * What it is linked with costs certdesk nothing, and what it meets shares no memory with certdesk. */
#ifndef CERTDESK_BASE_HELPER_H
#define CERTDESK_BASE_HELPER_H

#include "base/bytes.h"

/* Where it is: beside this program, else in ../libexec/certdesk. New string; NULL where it isn't. */
char *helper_path(const char *name);

/* What the caller says where there is none, where it came to no good end, where its time was over. */
struct helper_errors {
	enum err missing, broken, slow;
};

/* Runs it under the limits of child.h, within 60 s; its environment is what finding fonts takes and no more. `out` is replaced
 * by what it wrote, at most `limit` bytes; free with bytes_free. ERR_CHILD, ERR_MEMORY, or one of `errors`. */
enum err helper_run(const char *name, const struct bytes *in, size_t limit, const struct helper_errors *errors, struct bytes *out,
                    struct error *e);

#endif
