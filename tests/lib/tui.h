/* A pseudo-terminal with a terminal emulator behind it: runs a program and sees
 * what an operator would see. Waiting is for a state, never for a time; a wait
 * that fails prints the screen and ends the test program. Each struct tui is
 * independent, so that several can run in one test. */
#ifndef CERTDESK_TESTS_TUI_H
#define CERTDESK_TESTS_TUI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TUI_WAIT_MS 15000

struct tui;

struct tui_options {
	const char *const *argv;  /* ends with NULL; argv[0] is run as is */
	const char *const *env;   /* "NAME=value" to set or "NAME" to unset over this process's; NULL: none */
	int rows, columns;        /* 0: 24 and 80 */
	const char *term;         /* NULL: xterm-256color */
};

struct tui *tui_start(const struct tui_options *options);
/* Ends the program if it still runs (by its pid) and frees. Built with AddressSanitizer, the program is asked to end by
 * itself, and the test fails with whatever a sanitizer said on its terminal. */
void tui_end(struct tui **t);

/* Input. Keys in `tui_keys` are literal text and names in angle brackets: "<F2>", "<Enter>", "<KpEnter>",
 * "<Tab>", "<BackTab>", "<Esc>", "<Up>", "<Down>", "<Left>", "<Right>", "<Home>", "<End>", "<PgUp>", "<PgDn>",
 * "<Del>", "<Bs>", "<Ins>", "<C-u>", "<C-Left>", "<lt>" for "<". */
void tui_keys(struct tui *t, const char *keys);
void tui_bytes(struct tui *t, const void *bytes, size_t length);
void tui_paste(struct tui *t, const char *text); /* bracketed when the program asked for it */
void tui_click(struct tui *t, int row, int column); /* SGR mouse press and release */
void tui_resize(struct tui *t, int rows, int columns);

/* Waits until the text stands anywhere on one row of the screen, no longer does, or stands on a given row. */
void tui_wait_text(struct tui *t, const char *text);
void tui_wait_gone(struct tui *t, const char *text);
void tui_wait_row(struct tui *t, int row, const char *text);
void tui_wait_cursor(struct tui *t, int row, int column);
bool tui_has(struct tui *t, const char *text, int timeout_ms); /* the same, without ending the test */
/* Waits until a condition of the caller's holds. */
void tui_wait(struct tui *t, bool (*holds)(struct tui *t, void *arg), void *arg, const char *what);
/* Waits until the program has read all input and written nothing for a moment. */
void tui_settle(struct tui *t);

/* What is on the screen now. Wide characters take two columns and appear once. */
const char *tui_row(struct tui *t, int row); /* UTF-8, right-trimmed; lasts until the next call */
char *tui_screen(struct tui *t);             /* all rows with newlines; new string */
bool tui_find(struct tui *t, const char *text, int *row, int *column); /* column is of the display */
void tui_cursor(struct tui *t, int *row, int *column);
struct tui_cell {
	char text[32]; /* "" in the second half of a wide character */
	int width;
	bool bold, underline, reverse;
	bool colour_default; /* both colours are the terminal's own */
	unsigned foreground, background; /* 0xRRGGBB */
};
struct tui_cell tui_cell(struct tui *t, int row, int column);
int tui_rows(struct tui *t);
int tui_columns(struct tui *t);

/* Bytes that the program has written so far, and whether a sequence was among them. */
size_t tui_output(struct tui *t);
bool tui_wrote(struct tui *t, const char *sequence);
void tui_output_forget(struct tui *t); /* for tui_wrote and the counter */
bool tui_beeped(struct tui *t);        /* since the last call */

pid_t tui_pid(struct tui *t);
void tui_signal(struct tui *t, int signal);
/* Waits for the program's end; returns its exit status, or 128 + signal. */
int tui_wait_end(struct tui *t);
bool tui_echoes(struct tui *t); /* the terminal shows what is typed, as a shell wants it */
void tui_hang_up(struct tui *t); /* closes the terminal's other side */
void tui_dump(struct tui *t); /* the screen, to standard error */

#endif
