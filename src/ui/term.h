/* The terminal. The only module that includes curses: starting and ending it,
 * colours by role, cells, the cursor, and bytes in as events. A row or column
 * outside the screen is clipped, so nobody else need check. */
#ifndef CERTDESK_UI_TERM_H
#define CERTDESK_UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "ui/key.h"

struct term;

enum role {
	ROLE_NORMAL,
	ROLE_TITLE,      /* the title line */
	ROLE_MARK,       /* a mark in it: demonstration, outbox */
	ROLE_KEY,        /* key bar: the key */
	ROLE_KEY_TEXT,   /* key bar: what it does */
	ROLE_GROUP,      /* a section's heading */
	ROLE_LABEL,
	ROLE_LABEL_FOCUS,
	ROLE_REQUIRED,   /* the asterisk */
	ROLE_FIELD,      /* an editable field */
	ROLE_FOCUS,      /* the one with the cursor */
	ROLE_LOCKED,     /* shown, can't be changed */
	ROLE_HINT,       /* dim help beside a field */
	ROLE_ERROR,
	ROLE_WARN,
	ROLE_GOOD,
	ROLE_HEAD,       /* a table's heading */
	ROLE_SELECTED,   /* the chosen row */
	ROLE_BOX,        /* frame of a dialog */
	ROLE_DIALOG,     /* its text */
	ROLE_STRONG,
	ROLE_PAPER,      /* explicit black on white: QR codes */
	ROLE_COUNT
};

enum term_colours { TERM_MONO, TERM_8, TERM_256, TERM_TRUE };
enum term_input { TERM_INPUT_ANY, TERM_INPUT_LATIN, TERM_INPUT_CHINESE };

struct term_options {
	int escape_ms;             /* how long an ESC may be the start of a key; 0: 25 */
	bool no_mouse;
	bool no_switch;            /* don't send ESC[?737769h/l */
	const char *latin_command; /* run instead, e.g. "fcitx5-remote -c"; NULL: the escape sequence */
	const char *chinese_command;
};

/* Starts curses on standard input and output, as far as nothing is seen of it. ERR_UI_NO_TERMINAL (not a terminal),
 * ERR_UI_TERM (TERM unknown or too simple); the terminal is as before then. Else term_start comes next. */
enum err term_prepare(struct term **out, struct error *e);
void term_configure(struct term *t, const struct term_options *options); /* before its input method is switched for the first time; the mouse stays */
void term_start(struct term *t, const struct term_options *options); /* it is seen with the first term_flush */
/* Restores the terminal: modes, input method, paste, mouse, screen. NULL is allowed. */
void term_end(struct term **t);

int term_rows(const struct term *t);
int term_columns(const struct term *t);
enum term_colours term_colours(const struct term *t);

/* Writes text (made printable) at a place, at most `columns` wide; returns the columns used.
 * A wide character that would be cut is replaced by a space. */
int term_text(struct term *t, int row, int column, int columns, enum role role, const char *text);
void term_fill_cells(struct term *t, int row, int column, int columns, enum role role); /* with spaces */
/* A cell with colours of its own, 0xRRGGBB, mapped to what the terminal has; for thumbnails.
 * Where no colour pair is left the nearest role is used; without colour only the glyph. */
void term_cell(struct term *t, int row, int column, const char *glyph, uint32_t foreground, uint32_t background);
/* Where the hardware cursor rests after the next term_flush. Input methods and screen readers follow it. */
void term_cursor(struct term *t, int row, int column);
int term_cursor_row(const struct term *t);
void term_flush(struct term *t); /* sends what changed */
void term_repaint(struct term *t); /* the next flush sends everything */
void term_beep(struct term *t);
void term_drop_typeahead(struct term *t);

/* The next event, waiting at most `timeout_ms` (-1: for ever, 0: only what is there). Text points into
 * the terminal's buffer and lasts until the next call. After EVENT_END every call gives EVENT_END. */
void term_next(struct term *t, int timeout_ms, struct event *out);
/* For work that takes long: looks at signals and leaves keys alone. True where all must be drawn again. */
bool term_look(struct term *t);
bool term_is_ended(const struct term *t);
bool term_pending(struct term *t); /* input is waiting: postpone drawing */

/* Switches the input method; writes only when the state changes. */
void term_input(struct term *t, enum term_input input);

/* Leaves curses with a cleared screen, calls `show` with the terminal's descriptor, waits for a key
 * (which is swallowed), comes back and repaints. */
void term_outside(struct term *t, void (*show)(int fd, void *arg), void *arg);
/* True if the terminal said that it draws sixel (DA1 has 4). Waits at most 500 ms for an answer that
 * is still on its way, once; keys typed meanwhile are kept. */
bool term_has_sixel(struct term *t);

#endif
