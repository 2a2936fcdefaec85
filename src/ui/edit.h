/* The field editor: one line of text with a cursor. No screen in it. The unit
 * of movement and deletion is the grapheme cluster (a character as seen, with
 * its combining marks); limits count code points; widths are columns. What is
 * not UTF-8 is refused, control characters are dropped, newlines and tabs in a
 * paste become spaces; a newline between wide characters goes. */
#ifndef CERTDESK_UI_EDIT_H
#define CERTDESK_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

enum edit_flags {
	EDIT_FOLD = 1,  /* full-width digits and letters become ASCII (INPUT_LATIN fields) */
	EDIT_UPPER = 2, /* ASCII letters become capitals */
	EDIT_DIGITS = 4 /* only ASCII digits are taken, after folding (PINs, codes) */
};

struct edit {
	char *text;    /* UTF-8, terminated; room for `limit` code points */
	size_t length; /* bytes */
	size_t cursor; /* byte offset where a cluster begins, or length */
	size_t first;  /* byte offset of the first cluster on the screen */
	size_t limit;  /* code points */
	unsigned flags;
	char *undo;            /* what the last kill found, or NULL; never kept for a secret */
	struct secret *secret; /* where the text lives when it is one, else NULL */
};

enum edit_result {
	EDIT_DONE,
	EDIT_NOTHING, /* there was nothing to do: no change */
	EDIT_REFUSED  /* some or all of it couldn't be taken: beep */
};

/* An empty field; ends with edit_end. ERR_MEMORY. */
enum err edit_start(struct edit *e, size_t limit, unsigned flags);
/* The same over `secret` (emptied first), which stays the caller's to wipe. Nothing of
 * it is kept elsewhere; it is shown as "•". At most SECRET_MAX / 4 code points. */
void edit_start_secret(struct edit *e, struct secret *secret, size_t limit, unsigned flags);
void edit_end(struct edit *e); /* wipes and frees the buffers; a zeroed edit is allowed */

/* Replaces the text, cursor at its end; forgets the undo. What exceeds the limit is cut (REFUSED). */
enum edit_result edit_set(struct edit *e, const char *text);
/* Inserts at the cursor as many whole clusters as fit. `used` (may be NULL) gets the
 * bytes consumed: less than `length` only where the limit was met; what isn't UTF-8 is
 * consumed and refused. */
enum edit_result edit_insert(struct edit *e, const char *bytes, size_t length, size_t *used);

enum edit_result edit_backspace(struct edit *e);
enum edit_result edit_delete(struct edit *e);
enum edit_result edit_left(struct edit *e);
enum edit_result edit_right(struct edit *e);
enum edit_result edit_home(struct edit *e);
enum edit_result edit_end_of_text(struct edit *e);
enum edit_result edit_word_left(struct edit *e);
enum edit_result edit_word_right(struct edit *e);
/* Kills remember what was there before, for one undo. */
enum edit_result edit_kill_word(struct edit *e);     /* the word before the cursor */
enum edit_result edit_kill_to_end(struct edit *e);   /* from the cursor */
enum edit_result edit_clear(struct edit *e);
enum edit_result edit_undo(struct edit *e); /* puts back what the last kill removed; again: takes it away */

/* Puts the cursor at a byte offset, moved back to a cluster's start and into the text. */
void edit_seek(struct edit *e, size_t offset);
/* Puts the cursor at the cluster that is shown at column `x` of the last view. */
void edit_seek_column(struct edit *e, int x);

size_t edit_count(const struct edit *e); /* code points */
bool edit_is_full(const struct edit *e); /* the limit is met */

struct edit_view {
	int cursor;       /* column of the cursor, 0 … columns - 1 */
	bool left, right; /* text goes on beyond the edge */
};
#define EDIT_SHOW_SIZE(columns) ((size_t)(columns) * 24 + 1)
/* What a field of `columns` (at least 2) shows, into `out` (terminated; EDIT_SHOW_SIZE is always enough);
 * scrolls, by a third of the field at once, so that the cursor is inside. A wide character is never split: a
 * space stands where half of one would be. Of a character's combining marks four are shown, a mark with
 * nothing to stand on gets a dotted circle. A secret shows one "•" each. */
struct edit_view edit_show(struct edit *e, int columns, char *out, size_t size);

#endif
