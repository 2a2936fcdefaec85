/* A few fields on a screen that isn't a form: login, code, receipt. A table of `struct line_entry`. */
#ifndef CERTDESK_UI_SCR_ENTRY_H
#define CERTDESK_UI_SCR_ENTRY_H

#include "ui/edit.h"
#include "ui/screen.h"

struct line_entry {
	const char *zh, *en; /* label; a row without zh ends the table */
	int columns;
	size_t limit;
	unsigned flags; /* enum edit_flags */
	bool secret, fixed; /* fixed: goes on by itself when it is full */
	enum term_input input;
	const char *hint_zh, *hint_en; /* beside it, may be NULL */
	const char *check; /* a kind of rules/check.h: what is typed is written its way when the field is left; NULL: as it is */
	/* state */
	bool hidden; /* not asked for now */
	struct edit edit;
	struct secret value;
};
struct line_entries {
	struct line_entry *rows;
	size_t count, focus;
};

enum err entries_start(struct line_entries *e, struct line_entry *rows); /* rows stay the caller's */
void entries_end(struct line_entries *e);
const char *entries_text(const struct line_entries *e, size_t i);
void entries_set(struct line_entries *e, size_t i, const char *text);
/* Draws them below each other, two rows apart with `air`; returns the rows used. With `focused` sets the cursor and
 * switches typing on. */
int entries_draw(
	struct ui *ui, struct line_entries *e, const struct pane *p, int row, int label_columns, bool air, bool focused);

enum entries_result {
	ENTRIES_IGNORED,
	ENTRIES_CHANGED, /* draw again */
	ENTRIES_REFUSED, /* couldn't be taken: beep, draw again */
	ENTRIES_DONE     /* Enter in the last field, or that one, fixed, is full */
};
enum entries_result entries_handle(struct line_entries *e, const struct event *event);
/* entries_handle as the answer of a screen's handle: UI_PASS where ignored, UI_DRAW else, with the beep of what was refused.
 * *done says ENTRIES_DONE. */
unsigned entries_answer(struct ui *ui, struct line_entries *e, const struct event *event, bool *done);

#endif
