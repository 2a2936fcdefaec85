/* What the files of the terminal share; nobody else includes it, or curses. */
#ifndef CERTDESK_UI_TERM_PRIVATE_H
#define CERTDESK_UI_TERM_PRIVATE_H

#include <signal.h>
#include <stdio.h>
#include <termios.h>

#include "base/bytes.h"
#include "ui/term.h"

/* after base/error.h, whose enum has an OK of the same value and whose table needs the word ERR */
#define NCURSES_WIDECHAR 1
#include <curses.h>

enum { /* codes beside curses' own, which go on beyond KEY_MAX with what terminfo names of its own */
	CODE_PASTE_START = 0x4000,
	CODE_PASTE_END,
	CODE_WORD_LEFT,
	CODE_WORD_RIGHT,
	CODE_FIRST,
	CODE_LAST,
	CODE_CLICK,
	CODE_WHEEL_UP,
	CODE_WHEEL_DOWN,
	CODE_KEYPAD = 0x4100 /* plus the character that a keypad key stands for */
};

struct input {
	int code; /* a byte, a KEY_…, or a CODE_… */
	int row, column;
};

struct look {
	attr_t attributes;
	int pair;
};

#define QUEUE_SIZE 16384
#define SIGNAL_COUNT 5

struct term {
	SCREEN *screen;
	struct termios before; /* the terminal's modes */
	FILE *out; /* curses' own name for the terminal … */
	int piece; /* … and where it leads while output is held: a file in memory; -1: none */
	bool held;
	int fd_in, fd_out;
	struct term_options options;
	enum term_colours colours;
	struct look looks[ROLE_COUNT];
	int pair_next, pair_first; /* pairs for cells with colours of their own, used in a ring */
	struct pair_colours {
		int foreground, background;
	} *pairs;
	int cursor_row, cursor_column;
	struct input queue[QUEUE_SIZE]; /* a ring of what was read and not yet an event */
	size_t head, waiting;
	struct bytes text; /* of the event given last */
	bool beep_due, ended, mouse_on;
	enum term_input input; /* last switched to; ANY: never */
	bool sixel_asked, sixel;
	int signal_pipe[2];
	struct sigaction old_actions[SIGNAL_COUNT];
};

void term_colours_start(struct term *t);
void term_crash_start(const struct term *t);
void term_crash_end(void);
void term_keys_start(void); /* what terminfo doesn't say or says differently */
bool term_streams_start(struct term *t);
void term_streams_end(struct term *t); /* after delscreen: until then curses may write */
void term_write(struct term *t, const char *text);
/* From hold to release what curses and term_write send is kept, and then goes out in one write. Curses can't change the
 * terminal's modes meanwhile. */
void term_hold(struct term *t);
void term_release(struct term *t);

#endif
