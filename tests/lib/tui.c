#include "tui.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

#define QUIET_MS 90 /* longer than the program waits for the rest of a key's bytes */

struct tui {
	pid_t pid;
	int master, slave; /* the slave is kept to see how much input waits unread */
	bool reaped;
	int status;
	VTerm *vt;
	VTermScreen *screen;
	int rows, columns;
	char *log;
	size_t log_length, log_room;
	bool beeped;
	char row[4096];
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int on_bell(void *arg)
{
	((struct tui *)arg)->beeped = true;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.bell = on_bell};

static void set_environment(const struct tui_options *o)
{
	setenv("TERM", o->term ? o->term : "xterm-256color", 1);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (const char *const *e = o->env; e && *e; e++)
		if (strchr(*e, '='))
			putenv(strdup(*e));
		else
			unsetenv(*e);
}

struct tui *tui_start(const struct tui_options *o)
{
	struct tui *t = calloc(1, sizeof *t);
	char name[128];
	assert_non_null(t);
	t->rows = o->rows ? o->rows : 24;
	t->columns = o->columns ? o->columns : 80;
	struct winsize size = {.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->columns};
	assert_int_equal(openpty(&t->master, &t->slave, name, NULL, &size), 0);
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(t->slave, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	t->vt = vterm_new(t->rows, t->columns);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	fflush(NULL);
	t->pid = fork();
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		setsid();
		ioctl(t->slave, TIOCSCTTY, 0);
		for (int i = 0; i < 3; i++)
			dup2(t->slave, i);
		for (int i = 1; i < 32; i++)
			signal(i, SIG_DFL);
		set_environment(o);
		execv(o->argv[0], (char *const *)(uintptr_t)o->argv);
		_exit(127);
	}
	return t;
}

/* What the program wrote goes to the emulator, what the emulator answers goes back. True where anything came. */
static bool pump(struct tui *t, int timeout_ms)
{
	char bytes[65536];
	struct pollfd wait = {t->master, POLLIN, 0};
	if (t->master < 0 || poll(&wait, 1, timeout_ms) <= 0)
		return false;
	ssize_t n = read(t->master, bytes, sizeof bytes);
	if (n <= 0)
		return false;
	if (t->log_length + (size_t)n > t->log_room) {
		t->log_room = (t->log_length + (size_t)n) * 2;
		t->log = realloc(t->log, t->log_room);
		assert_non_null(t->log);
	}
	memcpy(t->log + t->log_length, bytes, (size_t)n);
	t->log_length += (size_t)n;
	vterm_input_write(t->vt, bytes, (size_t)n);
	vterm_screen_flush_damage(t->screen);
	size_t answer = vterm_output_read(t->vt, bytes, sizeof bytes);
	if (answer > 0)
		tui_bytes(t, bytes, answer);
	return true;
}

static bool reap(struct tui *t)
{
	if (!t->reaped && waitpid(t->pid, &t->status, WNOHANG) == t->pid)
		t->reaped = true;
	return t->reaped;
}

#ifdef __SANITIZE_ADDRESS__
/* Leaks are told at the very end: the program is asked to end, and heard. True where a sanitizer spoke. */
static bool end_heard(struct tui *t)
{
	static const char *const words[] = {"Sanitizer", "runtime error:"};
	int64_t until = now_ms() + TUI_WAIT_MS;
	if (!t->reaped)
		kill(t->pid, SIGTERM);
	while (!reap(t) && now_ms() < until)
		if (!pump(t, 20))
			poll(NULL, 0, 5); /* the terminal may have been hung up */
	while (pump(t, 20))
		;
	if (!t->reaped)
		fprintf(stderr, "# the program didn't end when asked to\n");
	for (size_t i = 0; t->log && i < sizeof words / sizeof *words; i++) {
		const char *at = memmem(t->log, t->log_length, words[i], strlen(words[i]));
		if (at) {
			fwrite(at, 1, t->log_length - (size_t)(at - t->log), stderr);
			return true;
		}
	}
	return false;
}
#else
static bool end_heard(struct tui *t)
{
	(void)t;
	return false;
}
#endif

void tui_end(struct tui **t)
{
	if (!*t)
		return;
	bool told = end_heard(*t);
	if (!(*t)->reaped) {
		kill((*t)->pid, SIGKILL);
		waitpid((*t)->pid, NULL, 0);
	}
	if ((*t)->master >= 0)
		close((*t)->master);
	if ((*t)->slave >= 0)
		close((*t)->slave);
	vterm_free((*t)->vt);
	free((*t)->log);
	free(*t);
	*t = NULL;
	if (told)
		fail_msg("a sanitizer's report from the program");
}

/* ---- input ---- */

void tui_bytes(struct tui *t, const void *bytes, size_t length)
{
	const char *at = bytes;
	int64_t until = now_ms() + TUI_WAIT_MS;
	while (length > 0 && now_ms() < until) {
		ssize_t n = write(t->master, at, length);
		if (n < 0 && errno == EAGAIN)
			pump(t, 10); /* the line is full: let the program come to it */
		else if (n < 0 && errno != EINTR)
			return;
		at += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
}

static const struct {
	const char *name, *bytes;
} keys[] = {
	{"F1", "\033OP"},      {"F2", "\033OQ"},    {"F3", "\033OR"},   {"F4", "\033OS"},        {"F5", "\033[15~"},
	{"F6", "\033[17~"},    {"F7", "\033[18~"},  {"F8", "\033[19~"}, {"F9", "\033[20~"},      {"F10", "\033[21~"},
	{"F11", "\033[23~"},   {"F12", "\033[24~"}, {"Enter", "\r"},    {"KpEnter", "\033OM"},   {"Tab", "\t"},
	{"BackTab", "\033[Z"}, {"Esc", "\033"},     {"Up", "\033OA"},   {"Down", "\033OB"},      {"Right", "\033OC"},
	{"Left", "\033OD"},    {"Home", "\033OH"},  {"End", "\033OF"},  {"PgUp", "\033[5~"},     {"PgDn", "\033[6~"},
	{"Del", "\033[3~"},    {"Ins", "\033[2~"},  {"Bs", "\177"},     {"C-Left", "\033[1;5D"}, {"C-Right", "\033[1;5C"},
	{"C-Home", "\033[1;5H"}, {"C-End", "\033[1;5F"}, {"lt", "<"},           {"Space", " "},
};

void tui_keys(struct tui *t, const char *text)
{
	while (*text) {
		const char *end = *text == '<' ? strchr(text, '>') : NULL;
		size_t n = end ? (size_t)(end - text - 1) : 0;
		if (!end) {
			n = strcspn(text + 1, "<") + 1;
			tui_bytes(t, text, n);
			text += n;
			continue;
		}
		const char *bytes = NULL;
		char control[2] = {0};
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (strlen(keys[i].name) == n && strncmp(keys[i].name, text + 1, n) == 0)
				bytes = keys[i].bytes;
		if (!bytes && n == 3 && text[1] == 'C' && text[2] == '-') {
			control[0] = text[3] & 0x1f;
			bytes = control;
		}
		if (!bytes)
			fail_msg("no such key: %.*s", (int)n + 2, text);
		tui_bytes(t, bytes, strlen(bytes));
		text = end + 1;
	}
}

void tui_paste(struct tui *t, const char *text)
{
	char bytes[64];
	vterm_keyboard_start_paste(t->vt);
	size_t n = vterm_output_read(t->vt, bytes, sizeof bytes);
	tui_bytes(t, bytes, n);
	tui_bytes(t, text, strlen(text));
	vterm_keyboard_end_paste(t->vt);
	n = vterm_output_read(t->vt, bytes, sizeof bytes);
	tui_bytes(t, bytes, n);
}

void tui_click(struct tui *t, int row, int column)
{
	char bytes[64];
	int n = snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1, row + 1);
	tui_bytes(t, bytes, (size_t)n);
}

void tui_resize(struct tui *t, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	t->rows = rows;
	t->columns = columns;
	vterm_set_size(t->vt, rows, columns);
	ioctl(t->master, TIOCSWINSZ, &size);
}

/* ---- waiting ---- */

static bool wait_for(struct tui *t, bool (*holds)(struct tui *t, void *arg), void *arg, int timeout_ms)
{
	int64_t until = now_ms() + timeout_ms;
	for (;;) {
		while (pump(t, 0))
			;
		if (holds(t, arg)) {
			while (pump(t, 15)) /* the rest of the same drawing */
				;
			return true;
		}
		if (now_ms() >= until || (reap(t) && !pump(t, 50)))
			return holds(t, arg);
		pump(t, 20);
	}
}

void tui_wait(struct tui *t, bool (*holds)(struct tui *t, void *arg), void *arg, const char *what)
{
	if (wait_for(t, holds, arg, TUI_WAIT_MS))
		return;
	tui_dump(t);
	fail_msg("waited in vain: %s", what);
}

struct place {
	int row, column;
	const char *text;
};

static bool has_text(struct tui *t, void *arg)
{
	int row, column;
	return tui_find(t, ((struct place *)arg)->text, &row, &column);
}

static bool has_not(struct tui *t, void *arg)
{
	return !has_text(t, arg);
}

static bool row_has(struct tui *t, void *arg)
{
	struct place *p = arg;
	return strstr(tui_row(t, p->row), p->text) != NULL;
}

static bool cursor_at(struct tui *t, void *arg)
{
	struct place *p = arg;
	int row, column;
	tui_cursor(t, &row, &column);
	return row == p->row && column == p->column;
}

void tui_wait_text(struct tui *t, const char *text)
{
	tui_wait(t, has_text, &(struct place){.text = text}, text);
}

void tui_wait_gone(struct tui *t, const char *text)
{
	char what[256];
	snprintf(what, sizeof what, "that this goes: %s", text);
	tui_wait(t, has_not, &(struct place){.text = text}, what);
}

void tui_wait_row(struct tui *t, int row, const char *text)
{
	char what[256];
	snprintf(what, sizeof what, "row %d: %s", row, text);
	tui_wait(t, row_has, &(struct place){.row = row, .text = text}, what);
}

void tui_wait_cursor(struct tui *t, int row, int column)
{
	char what[64];
	snprintf(what, sizeof what, "cursor at %d, %d", row, column);
	tui_wait(t, cursor_at, &(struct place){.row = row, .column = column}, what);
}

bool tui_has(struct tui *t, const char *text, int timeout_ms)
{
	return wait_for(t, has_text, &(struct place){.text = text}, timeout_ms);
}

static bool is_asleep(struct tui *t)
{
	char path[64], line[512] = "";
	int waiting = 0;
	ioctl(t->slave, FIONREAD, &waiting);
	if (waiting > 0)
		return false;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)t->pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	const char *name_end = n > 0 ? strrchr(line, ')') : NULL;
	return !name_end || !strchr("RD", name_end[2]); /* D: the disk is what it waits for */
}

void tui_settle(struct tui *t)
{
	int64_t until = now_ms() + TUI_WAIT_MS, quiet = now_ms();
	while (now_ms() < until && !reap(t)) {
		if (pump(t, 5) || !is_asleep(t))
			quiet = now_ms();
		else if (now_ms() - quiet >= QUIET_MS)
			return;
	}
	while (pump(t, 20))
		;
}

/* ---- what is seen ---- */

static size_t put_utf8(uint32_t c, char *out)
{
	if (c < 0x80)
		return out[0] = (char)c, 1;
	if (c < 0x800)
		return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
	if (c < 0x10000)
		return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)),
			   3;
	out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)), out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

struct tui_cell tui_cell(struct tui *t, int row, int column)
{
	struct tui_cell out = {.width = 1};
	VTermScreenCell cell;
	size_t length = 0;
	if (!vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = column}, &cell))
		return out;
	out.colour_default = VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) && VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
	vterm_screen_convert_color_to_rgb(t->screen, &cell.fg);
	vterm_screen_convert_color_to_rgb(t->screen, &cell.bg);
	out.foreground = (unsigned)(cell.fg.rgb.red << 16 | cell.fg.rgb.green << 8 | cell.fg.rgb.blue);
	out.background = (unsigned)(cell.bg.rgb.red << 16 | cell.bg.rgb.green << 8 | cell.bg.rgb.blue);
	out.width = cell.width;
	out.bold = cell.attrs.bold;
	out.underline = cell.attrs.underline;
	out.reverse = cell.attrs.reverse;
	if (cell.chars[0] == (uint32_t)-1)
		return out;
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
		length += put_utf8(cell.chars[i], out.text + length);
	if (length == 0)
		out.text[0] = ' ';
	return out;
}

/* The row's text and, if asked for, the display column of each byte. */
static size_t row_text(struct tui *t, int row, char *out, size_t size, int *column_of)
{
	size_t length = 0;
	for (int c = 0; c < t->columns;) {
		struct tui_cell cell = tui_cell(t, row, c);
		for (const char *s = cell.text; *s && length + 1 < size; s++) {
			if (column_of)
				column_of[length] = c;
			out[length++] = *s;
		}
		c += cell.width > 0 ? cell.width : 1;
	}
	while (length > 0 && out[length - 1] == ' ')
		length--;
	out[length] = '\0';
	return length;
}

const char *tui_row(struct tui *t, int row)
{
	row_text(t, row, t->row, sizeof t->row, NULL);
	return t->row;
}

char *tui_screen(struct tui *t)
{
	char *out = calloc((size_t)t->rows, 4097);
	assert_non_null(out);
	for (int row = 0; row < t->rows; row++) {
		strcat(out, tui_row(t, row));
		strcat(out, "\n");
	}
	return out;
}

bool tui_find(struct tui *t, const char *text, int *row, int *column)
{
	char line[4096];
	int columns[4096];
	for (int r = 0; r < t->rows; r++) {
		row_text(t, r, line, sizeof line, columns);
		const char *at = strstr(line, text);
		if (!at)
			continue;
		*row = r;
		*column = columns[at - line];
		return true;
	}
	return false;
}

void tui_cursor(struct tui *t, int *row, int *column)
{
	VTermPos at;
	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
	*row = at.row;
	*column = at.col;
}

int tui_rows(struct tui *t)
{
	return t->rows;
}

int tui_columns(struct tui *t)
{
	return t->columns;
}

size_t tui_output(struct tui *t)
{
	return t->log_length;
}

bool tui_wrote(struct tui *t, const char *sequence)
{
	return t->log_length > 0 && memmem(t->log, t->log_length, sequence, strlen(sequence)) != NULL;
}

void tui_output_forget(struct tui *t)
{
	t->log_length = 0;
}

bool tui_beeped(struct tui *t)
{
	bool was = t->beeped;
	t->beeped = false;
	return was;
}

/* ---- the program ---- */

pid_t tui_pid(struct tui *t)
{
	return t->pid;
}

void tui_signal(struct tui *t, int number)
{
	if (!t->reaped)
		kill(t->pid, number);
}

static bool has_ended(struct tui *t, void *arg)
{
	(void)arg;
	return reap(t);
}

int tui_wait_end(struct tui *t)
{
	tui_wait(t, has_ended, NULL, "the program's end");
	while (pump(t, 20))
		;
	return WIFEXITED(t->status) ? WEXITSTATUS(t->status) : 128 + WTERMSIG(t->status);
}

bool tui_echoes(struct tui *t)
{
	struct termios modes;
	return tcgetattr(t->slave, &modes) == 0 && (modes.c_lflag & ECHO) && (modes.c_lflag & ICANON);
}

void tui_hang_up(struct tui *t)
{
	close(t->slave);
	close(t->master);
	t->master = t->slave = -1;
}

void tui_dump(struct tui *t)
{
	int row, column;
	tui_cursor(t, &row, &column);
	fprintf(stderr, "# screen %d×%d, cursor %d,%d%s\n", t->columns, t->rows, row, column,
			t->reaped ? ", the program has ended" : "");
	for (int r = 0; r < t->rows; r++)
		fprintf(stderr, "# %2d|%s\n", r, tui_row(t, r));
}
