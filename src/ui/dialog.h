/* Dialogs over the top screen. Each runs its own loop and returns the answer;
 * all return "no"/"cancelled" when the program is ending. Texts may be of several lines. */
#ifndef CERTDESK_UI_DIALOG_H
#define CERTDESK_UI_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "rules/codes.h"
#include "ui/list.h"
#include "ui/screen.h"

void dialog_message(struct ui *ui, const char *title, const char *text);
void dialog_error(struct ui *ui, const struct error *e);
/* Only for what can't be undone. `verb` names what Enter does NOT do: the operator presses y to do it
 * ("y 吊销"), anything else means no. */
bool dialog_confirm(struct ui *ui, const char *title, const char *text, const char *verb);
/* A harmless question: Enter or y is yes, n or ESC no. */
bool dialog_yes(struct ui *ui, const char *title, const char *text);

/* One line of text. `out` may hold a preset. `check` (may be NULL) is a kind of rules/check.h: the answer
 * is normalised and must not be invalid. Empty answers are taken only with `may_be_empty`. */
struct dialog_ask {
	const char *title, *text, *label;
	const char *check;
	size_t limit; /* code points; 0: 120 */
	bool digits, may_be_empty;
	enum term_input input;
	/* Further judgement: writes why not into `why`, returns false to keep asking. NULL: none. */
	bool (*judge)(void *arg, const char *value, char *why, size_t size);
	void *arg;
};
bool dialog_ask(struct ui *ui, const struct dialog_ask *ask, char *out, size_t size);
/* A PIN or password; never shown. `twice` asks again and compares. The caller wipes `out`. */
struct dialog_secret {
	const char *title, *text, *label;
	size_t least, most; /* characters; 0: no bound (most 64) */
	bool digits, twice;
	/* Further judgement, of the first where it is asked twice: as in dialog_ask. NULL: none. */
	bool (*judge)(void *arg, const struct secret *value, char *why, size_t size);
	void *arg;
};
bool dialog_secret(struct ui *ui, const struct dialog_secret *ask, struct secret *out);
/* Hides everything until `unlock` says true. Returns false when the program is ending or, with
 * `leave_zh` given, the operator chose to log out (F10). `unlock` writes why not. */
struct dialog_lock {
	const char *title, *text;
	bool (*unlock)(void *arg, const struct secret *password, char *why, size_t size);
	void *arg;
	bool may_leave;
};
bool dialog_lock(struct ui *ui, const struct dialog_lock *lock);

/* Chooses from fixed lines: index, or -1. Typing a number or the first letters jumps. */
int dialog_choose(struct ui *ui, const char *title, const char *const *lines, size_t count, size_t selected);
/* The same where there may be many: typing leaves those with that text anywhere in them. */
long dialog_choose_search(struct ui *ui, const char *title, const char *const *lines, size_t count);
/* Chooses from rows of a caller's list (columns, filter and cells as there): row, or -1. */
long dialog_choose_list(struct ui *ui, const char *title, struct list *list, int rows, int columns);
/* Chooses from a code table with live search by code, name or pinyin initials; Enter takes the first.
 * `typed` starts the search. NULL when nothing was chosen. */
const struct code_row *dialog_choose_code(struct ui *ui, const char *title, const struct code_table *table,
                                          const char *current, const char *typed);

/* Long text to read. With `accept` Enter at its end answers yes (agreements); returns what was answered. */
bool dialog_text(struct ui *ui, const char *title, const char *text, const char *accept);

/* Work that takes time, in this thread: draws elapsed seconds and a bar whenever `progress_step` is
 * called. Keys are kept for later. */
struct progress;
enum err progress_start(struct ui *ui, const char *title, const char *text, struct progress **out);
/* `done` of `total` (0: unknown) and what is being done; returns false when the program is told to end.
 * Draws at most every 100 ms, and the seconds each second. */
bool progress_step(struct progress *p, size_t done, size_t total, const char *doing);
void progress_end(struct progress **p);
/* The same with the work in a thread of its own, so that seconds go on while a card is busy: `work` must
 * not touch the ui; it reports by job_report. Returns what `work` returned. */
struct job;
void job_report(struct job *job, size_t done, size_t total, const char *doing);
enum err dialog_job(struct ui *ui, const char *title, const char *text,
					enum err (*work)(struct job *job, void *arg, struct error *e), void *arg, struct error *e);

#endif
