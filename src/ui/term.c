#include "ui/term_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

static const int signals[SIGNAL_COUNT] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGCONT};
static volatile sig_atomic_t signal_fd = -1; /* the one thing a handler needs */

static void on_signal(int number)
{
	int saved = errno;
	char byte = number == SIGWINCH ? 'w' : number == SIGCONT ? 'c' : 'q';
	if (signal_fd >= 0 && write(signal_fd, &byte, 1) < 0)
		byte = 0; /* the pipe is full of the same news */
	errno = saved;
}

static bool signals_start(struct term *t)
{
	if (pipe2(t->signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	signal_fd = t->signal_pipe[1];
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigfillset(&action.sa_mask);
	for (int i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], &action, &t->old_actions[i]);
	return true;
}

static void signals_end(struct term *t)
{
	if (signal_fd < 0)
		return;
	for (int i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], &t->old_actions[i], NULL);
	signal_fd = -1;
	close(t->signal_pipe[0]);
	close(t->signal_pipe[1]);
}

static void modes_on(struct term *t)
{
	term_write(t, "\033[?2004h");
	mousemask(t->options.no_mouse ? 0 : BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
}

static void forget(struct term *t)
{
	term_crash_end();
	signals_end(t);
	if (t->screen)
		delscreen(t->screen);
	term_streams_end(t);
	bytes_free(&t->text);
	free(t->pairs);
	free(t);
}

static void abandon(struct term **t)
{
	term_hold(*t); /* what is left in curses' buffer is sent when it is freed: nobody is to see it */
	tcsetattr((*t)->fd_in, TCSADRAIN, &(*t)->before);
	forget(*t);
	*t = NULL;
}

enum err term_prepare(struct term **out, struct error *e)
{
	const char *name = getenv("TERM");
	*out = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(e, ERR_UI_NO_TERMINAL, "%s", "");
	if (!name || !*name)
		return error_set(e, ERR_UI_TERM, "%s", "-");
	struct term *t = calloc(1, sizeof *t);
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", "");
	bool good = term_streams_start(t) && tcgetattr(t->fd_in, &t->before) == 0 && signals_start(t);
	use_tioctl(TRUE);
	if (!good || !(t->screen = newterm(name, t->out, stdin))) {
		forget(t);
		return error_set(e, ERR_UI_TERM, "%s", name);
	}
	set_term(t->screen);
	*out = t;
	if (!tigetstr("cup")) { /* a terminal where the cursor can't be put anywhere */
		abandon(out);
		return error_set(e, ERR_UI_TERM, "%s", name);
	}
	term_crash_start(t);
	raw();
	noecho();
	nonl();
	term_hold(t); /* until the first screen is whole */
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	idlok(stdscr, TRUE);
	typeahead(-1); /* we look ourselves whether input is waiting */
	mouseinterval(0);
	term_colours_start(t);
	term_keys_start();
	return OK;
}

void term_configure(struct term *t, const struct term_options *options)
{
	t->options = *options;
	set_escdelay(options->escape_ms > 0 ? options->escape_ms : 25);
}

void term_start(struct term *t, const struct term_options *options)
{
	term_configure(t, options);
	modes_on(t);
}

void term_end(struct term **t)
{
	if (!*t)
		return;
	if ((*t)->input == TERM_INPUT_LATIN)
		term_input(*t, TERM_INPUT_CHINESE);
	mousemask(0, NULL);
	term_write(*t, "\033[?2004l");
	term_release(*t);
	endwin();
	forget(*t);
	*t = NULL;
}

int term_rows(const struct term *t)
{
	(void)t;
	return LINES;
}

int term_columns(const struct term *t)
{
	(void)t;
	return COLS;
}

bool term_is_ended(const struct term *t)
{
	return t->ended;
}

enum term_colours term_colours(const struct term *t)
{
	return t->colours;
}

static void look(struct term *t, enum role role)
{
	int pair = t->looks[role].pair;
	attr_set(t->looks[role].attributes, 0, &pair);
}

/* Takes code points of `text` that fit into `columns`; controls become "·". Returns the columns. */
static int widen(const char *text, int columns, wchar_t *out, size_t room)
{
	int used = 0;
	size_t count = 0;
	uint32_t code;
	for (size_t n; count + 2 < room && (n = text_decode(text, &code)) > 0; text += n) {
		char one[5] = {0}, safe[5];
		memcpy(one, text, n);
		int width = text_plain_width(one, n);
		if (width < 0) {
			text_printable(safe, sizeof safe, one);
			text_decode(safe, &code);
			width = text_char_width(code);
		}
		if (used + width > columns) {
			if (used < columns)
				out[count++] = L' ';
			used = columns;
			break;
		}
		out[count++] = (wchar_t)code;
		used += width;
	}
	out[count] = L'\0';
	return used;
}

/* The second half of a wide character: ncurses keeps which part a cell is in the bits of its attributes. */
static bool second_half(int row, int column)
{
	cchar_t cell;
	return column > 0 && column < COLS && mvin_wch(row, column, &cell) == OK && (cell.attr & A_CHARTEXT) > 1;
}

/* ncurses forgets the other half of a wide character that is written over in part: the terminal blanks it, ncurses
 * believes it is still there and never draws it again. So both ends of what will be written are made blank first. */
static void cut_halves(int row, int from, int to)
{
	attr_t attributes;
	short pair;
	bool before = second_half(row, from), after = second_half(row, to);
	if (!before && !after)
		return;
	attr_get(&attributes, &pair, NULL);
	attrset(A_NORMAL);
	if (before)
		mvaddch(row, from - 1, ' ');
	if (after)
		mvaddch(row, to, ' ');
	attr_set(attributes, pair, NULL);
}

int term_text(struct term *t, int row, int column, int columns, enum role role, const char *text)
{
	wchar_t wide[2048];
	if (row < 0 || row >= LINES || column < 0 || column >= COLS)
		return 0;
	if (columns > COLS - column)
		columns = COLS - column;
	int used = columns > 0 ? widen(text, columns, wide, sizeof wide / sizeof *wide) : 0;
	if (used > 0) {
		look(t, role);
		cut_halves(row, column, column + used);
		mvaddwstr(row, column, wide);
	}
	return used;
}

void term_fill_cells(struct term *t, int row, int column, int columns, enum role role)
{
	if (row < 0 || row >= LINES || column >= COLS)
		return;
	if (column < 0) {
		columns += column;
		column = 0;
	}
	look(t, role);
	cut_halves(row, column, column + columns);
	for (int i = 0; i < columns && column + i < COLS; i++)
		mvaddch(row, column + i, ' ');
}

void term_cursor(struct term *t, int row, int column)
{
	t->cursor_row = row < 0 ? 0 : row >= LINES ? LINES - 1 : row;
	t->cursor_column = column < 0 ? 0 : column >= COLS ? COLS - 1 : column;
}

int term_cursor_row(const struct term *t)
{
	return t->cursor_row;
}

/* Curses writes at every move of the cursor, some thirty times for a screen, and over SSH each write is a packet. */
static void refresh_whole(struct term *t)
{
	term_hold(t);
	refresh();
	term_release(t);
}

void term_flush(struct term *t)
{
	if (t->ended)
		return;
	term_cursor(t, t->cursor_row, t->cursor_column);
	move(t->cursor_row, t->cursor_column);
	refresh_whole(t);
	if (t->beep_due)
		beep();
	t->beep_due = false;
}

void term_repaint(struct term *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

void term_beep(struct term *t)
{
	t->beep_due = true;
}

/* In two generations, so that it is nobody's child to wait for. */
static void run_detached(const char *command)
{
	pid_t child = fork();
	if (child > 0)
		waitpid(child, NULL, 0);
	if (child != 0)
		return;
	if (fork() == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int i = 0; null >= 0 && i < 3; i++)
			dup2(null, i);
		setsid();
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	}
	_exit(0);
}

void term_input(struct term *t, enum term_input input)
{
	const char *command = input == TERM_INPUT_LATIN ? t->options.latin_command : t->options.chinese_command;
	if (input == TERM_INPUT_ANY || input == t->input || t->ended)
		return;
	t->input = input;
	if (command)
		run_detached(command);
	else if (!t->options.no_switch)
		term_write(t, input == TERM_INPUT_LATIN ? "\033[?737769l" : "\033[?737769h");
}

void term_outside(struct term *t, void (*show)(int fd, void *arg), void *arg)
{
	char byte[256];
	struct pollfd wait[2] = {{t->fd_in, POLLIN, 0}, {t->signal_pipe[0], POLLIN, 0}};
	def_prog_mode();
	mousemask(0, NULL);
	endwin();
	reset_prog_mode();
	term_write(t, "\033[?25l\033[H\033[2J");
	show(t->fd_out, arg);
	while (poll(wait, 2, -1) < 0 && errno == EINTR)
		;
	if (wait[0].revents & POLLIN && read(t->fd_in, byte, sizeof byte) < 0)
		t->ended = true;
	term_write(t, "\033[H\033[2J\033[?25h");
	clearok(curscr, TRUE);
	refresh_whole(t);
	modes_on(t);
}
