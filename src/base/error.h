/* Errors: one list for the whole program. A function that can fail returns
 * `enum err` (OK is 0) and, where it takes one, fills a `struct error` with the
 * code and the detail that completes the sentence. The sentence says what
 * happened and what to do; it is looked up by code and language, so no module
 * writes operator text of its own. Each row also names the exit status. */
#ifndef CERTDESK_BASE_ERROR_H
#define CERTDESK_BASE_ERROR_H

#include <stddef.h>

/* Exit statuses, the contract of certdesk(1). */
enum exit_status {
	EXIT_DONE = 0,    /* done */
	EXIT_REFUSED = 1, /* refused by a rule; the sentence is on standard error */
	EXIT_USAGE = 2,   /* the command line is wrong */
	EXIT_RETRY = 3,   /* a device or line is missing; try again */
	EXIT_FAULT = 4,   /* our own data, configuration or program is at fault */
};

enum err {
	OK = 0,
#define ERR(code, status, zh, en) ERR_##code,
#include "base/errors/all.def"
#undef ERR
	ERR_COUNT
};

#define ERROR_DETAIL_SIZE 512

/* The last failure. Owned by the caller; a zeroed struct is "no error". */
struct error {
	enum err code;
	char detail[ERROR_DETAIL_SIZE]; /* UTF-8, may be empty; untrusted text is allowed */
};

/* Records `code` and a printf-formatted detail (cut at a whole character) in
 * `e`, which may be NULL, and returns `code`: `return error_set(e, ERR_X, "…")`. */
enum err error_set(struct error *e, enum err code, const char *format, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* it can't see into it, and took a failure for a success */
#define error_set(e, code, ...) (error_set((e), (code), __VA_ARGS__), (code))
#endif

/* Returns `code`, as a function returned it, and sees to it that `e` says the same: without a detail where the function left no words. */
enum err error_complete(struct error *e, enum err code);

/* Writes the sentence for `e` in the program's language into `out` (always
 * terminated, control characters made visible) and returns `out`. */
const char *error_sentence(const struct error *e, char *out, size_t size);

/* The short stable name of a code, for logs and JSON ("ORDER_NOT_FOUND"). */
const char *error_name(enum err code);

/* The exit status of a code. */
enum exit_status error_exit(enum err code);

#endif
