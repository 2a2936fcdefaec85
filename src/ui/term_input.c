/* Bytes in, events out. Bytes are read with getch, which knows the function
 * keys, and UTF-8 is put together here: get_wch loses keys after bytes that are
 * not UTF-8. */
#include "ui/term_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define MORE_MS 60         /* how long the rest of a character or sequence may take */
#define PASTE_MS 1500      /* and the rest of a paste */
#define PASTE_MOST 1048576 /* bytes; what is over is dropped */

static const struct {
	const char *sequence;
	int code;
} known[] = {
	{"\033[200~", CODE_PASTE_START},
	{"\033[201~", CODE_PASTE_END},
	{"\033[1;5C", CODE_WORD_RIGHT},
	{"\033[1;5D", CODE_WORD_LEFT},
	{"\033[1;5H", CODE_FIRST},
	{"\033[1;5F", CODE_LAST},
	{"\033[7^", CODE_FIRST}, /* rxvt's */
	{"\033[8^", CODE_LAST},
	{"\033Oc", CODE_WORD_RIGHT},
	{"\033Od", CODE_WORD_LEFT},
	{"\033[Z", KEY_BTAB},
	{"\033OM", KEY_ENTER},
	{"\033[H", KEY_HOME},
	{"\033[F", KEY_END},
	{"\033OH", KEY_HOME},
	{"\033OF", KEY_END},
	{"\033[1~", KEY_HOME},
	{"\033[4~", KEY_END},
	{"\033[7~", KEY_HOME},
	{"\033[8~", KEY_END},
	{"\033[A", KEY_UP},
	{"\033[B", KEY_DOWN},
	{"\033[C", KEY_RIGHT},
	{"\033[D", KEY_LEFT},
	{"\033OA", KEY_UP},
	{"\033OB", KEY_DOWN},
	{"\033OC", KEY_RIGHT},
	{"\033OD", KEY_LEFT},
	{"\033[5~", KEY_PPAGE},
	{"\033[6~", KEY_NPAGE},
	{"\033[3~", KEY_DC},
	{"\033[2~", KEY_IC},
	{"\033OP", KEY_F(1)},
	{"\033OQ", KEY_F(2)},
	{"\033OR", KEY_F(3)},
	{"\033OS", KEY_F(4)},
	{"\033[11~", KEY_F(1)},
	{"\033[12~", KEY_F(2)},
	{"\033[13~", KEY_F(3)},
	{"\033[14~", KEY_F(4)},
	{"\033[[A", KEY_F(1)},
	{"\033[[B", KEY_F(2)},
	{"\033[[C", KEY_F(3)},
	{"\033[[D", KEY_F(4)},
	{"\033[[E", KEY_F(5)},
	{"\033[15~", KEY_F(5)},
	{"\033[17~", KEY_F(6)},
	{"\033[18~", KEY_F(7)},
	{"\033[19~", KEY_F(8)},
	{"\033[20~", KEY_F(9)},
	{"\033[21~", KEY_F(10)},
	{"\033[23~", KEY_F(11)},
	{"\033[24~", KEY_F(12)},
	/* the keypad in application mode: digits must stay digits */
	{"\033Op", CODE_KEYPAD + '0'},
	{"\033Oq", CODE_KEYPAD + '1'},
	{"\033Or", CODE_KEYPAD + '2'},
	{"\033Os", CODE_KEYPAD + '3'},
	{"\033Ot", CODE_KEYPAD + '4'},
	{"\033Ou", CODE_KEYPAD + '5'},
	{"\033Ov", CODE_KEYPAD + '6'},
	{"\033Ow", CODE_KEYPAD + '7'},
	{"\033Ox", CODE_KEYPAD + '8'},
	{"\033Oy", CODE_KEYPAD + '9'},
	{"\033On", CODE_KEYPAD + '.'},
	{"\033Om", CODE_KEYPAD + '-'},
	{"\033Ok", CODE_KEYPAD + '+'},
	{"\033Oj", CODE_KEYPAD + '*'},
	{"\033Oo", CODE_KEYPAD + '/'},
};

void term_keys_start(void)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		define_key(known[i].sequence, known[i].code);
}

static void push(struct term *t, struct input in)
{
	if (t->waiting < QUEUE_SIZE)
		t->queue[(t->head + t->waiting++) % QUEUE_SIZE] = in;
}

static struct input *peek(struct term *t, size_t i)
{
	return i < t->waiting ? &t->queue[(t->head + i) % QUEUE_SIZE] : NULL;
}

/* What was typed may be a PIN: nothing of it stays in the ring. */
static void drop(struct term *t, size_t count)
{
	for (; count > 0 && t->waiting > 0; count--, t->waiting--) {
		explicit_bzero(&t->queue[t->head], sizeof *t->queue);
		t->head = (t->head + 1) % QUEUE_SIZE;
	}
}

static void forget_text(struct term *t)
{
	if (t->text.data)
		explicit_bzero(t->text.data, t->text.length);
	t->text.length = 0;
}

static void push_mouse(struct term *t)
{
	MEVENT m;
	if (getmouse(&m) != OK)
		return;
	int code = m.bstate & BUTTON1_PRESSED   ? CODE_CLICK
	           : m.bstate & BUTTON4_PRESSED ? CODE_WHEEL_UP
	           : m.bstate & BUTTON5_PRESSED ? CODE_WHEEL_DOWN
	                                        : 0;
	if (code)
		push(t, (struct input){code, m.y, m.x});
}

/* Reads all that is there, without waiting, into the queue. False where nothing came. */
static bool fill(struct term *t)
{
	bool any = false;
	for (int c; t->waiting < QUEUE_SIZE && (c = getch()) != ERR;) {
		any = true;
		if (c == KEY_MOUSE)
			push_mouse(t);
		else if (c != KEY_RESIZE)
			push(t, (struct input){.code = c});
	}
	return any;
}

/* 1: bytes, 2: a signal byte, 3: both, 0: neither, -1: gone */
static int wait_for(struct term *t, int timeout_ms)
{
	struct pollfd fds[2] = {{t->fd_in, POLLIN, 0}, {t->signal_pipe[0], POLLIN, 0}};
	int n = poll(fds, 2, timeout_ms);
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return -1;
	return (fds[0].revents & POLLIN ? 1 : 0) | (fds[1].revents & POLLIN ? 2 : 0);
}

/* Waits for more bytes of what has begun; a signal (the window's new size) waits until that is whole. False when the time is
 * over. */
static bool more(struct term *t, int timeout_ms)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;
	for (;;) {
		struct pollfd in = {t->fd_in, POLLIN, 0};
		size_t had = t->waiting;
		fill(t);
		if (t->waiting > had)
			return true;
		int64_t left = until - clock_monotonic_ms();
		if (left <= 0 || (poll(&in, 1, (int)left) < 0 && errno != EINTR) || in.revents & (POLLHUP | POLLERR | POLLNVAL))
			return false;
	}
}

bool term_look(struct term *t)
{
	char byte;
	struct winsize size;
	bool repaint = false;
	while (read(t->signal_pipe[0], &byte, 1) == 1) {
		t->ended |= byte == 'q';
		repaint = true;
		if (byte == 'c') /* continued after a stop: the shell had the terminal */
			reset_prog_mode();
	}
	if (!repaint || t->ended)
		return repaint;
	if (ioctl(t->fd_out, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
	    (size.ws_row != LINES || size.ws_col != COLS))
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
	return true;
}

/* Length of the control sequence that begins at queue[at] with ESC [ or ESC O, 0 where there is none.
 * Notes what the terminal answers about itself. */
static size_t sequence_length(struct term *t, size_t at)
{
	struct input *in = peek(t, at + 1);
	bool question = false, four = false;
	int number = 0;
	if (!in || (in->code != '[' && in->code != 'O'))
		return 0;
	if (in->code == 'O')
		return peek(t, at + 2) || more(t, MORE_MS) ? 3 : 2;
	for (size_t i = at + 2; i < at + 64; i++) {
		in = peek(t, i);
		if (!in && !(more(t, MORE_MS) && (in = peek(t, i))))
			return i - at;
		if (in->code < 0x20 || in->code > 0x7e)
			return i - at;
		question |= in->code == '?';
		if (in->code >= '0' && in->code <= '9') {
			number = (number * 10 + in->code - '0') % 100000;
			continue;
		}
		four |= number == 4 && (in->code == ';' || in->code == 'c');
		number = 0;
		if (in->code >= 0x40) {
			if (question && in->code == 'c') {
				t->sixel_asked = true;
				t->sixel = four;
			}
			return i - at + 1;
		}
	}
	return 64;
}

static const struct {
	int code, key;
} keys[] = {
	{KEY_ENTER, UI_KEY_ENTER},       {'\r', UI_KEY_ENTER},         {'\n', UI_KEY_ENTER},
	{'\t', UI_KEY_TAB},              {KEY_BTAB, UI_KEY_BACKTAB},   {27, UI_KEY_ESC},
	{KEY_BACKSPACE, UI_KEY_BACKSPACE}, {127, UI_KEY_BACKSPACE},    {'\b', UI_KEY_BACKSPACE},
	{KEY_DC, UI_KEY_DELETE},         {KEY_IC, UI_KEY_INSERT},      {KEY_UP, UI_KEY_UP},
	{KEY_DOWN, UI_KEY_DOWN},         {KEY_LEFT, UI_KEY_LEFT},      {KEY_RIGHT, UI_KEY_RIGHT},
	{KEY_HOME, UI_KEY_HOME},         {KEY_END, UI_KEY_END},        {KEY_PPAGE, UI_KEY_PAGE_UP},
	{KEY_NPAGE, UI_KEY_PAGE_DOWN},   {CODE_WORD_LEFT, UI_KEY_WORD_LEFT}, {CODE_WORD_RIGHT, UI_KEY_WORD_RIGHT},
	{CODE_FIRST, UI_KEY_FIRST},      {CODE_LAST, UI_KEY_LAST},     {KEY_A1, UI_KEY_HOME},
	{KEY_A3, UI_KEY_PAGE_UP},        {KEY_C1, UI_KEY_END},         {KEY_C3, UI_KEY_PAGE_DOWN},
	{KEY_SLEFT, UI_KEY_LEFT},        {KEY_SRIGHT, UI_KEY_RIGHT},
};

static int key_of(int code)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].code == code)
			return keys[i].key;
	if (code >= KEY_F(1) && code <= KEY_F(24))
		return UI_KEY_F(code - KEY_F0);
	return code > 0 && code < 27 ? code : UI_KEY_NONE;
}

static bool is_text(int code)
{
	return (code >= 0x20 && code < 0x7f) || (code >= 0x80 && code <= 0xff) || code > CODE_KEYPAD;
}

/* Takes one character from the queue's front into the text. Bytes that aren't UTF-8 are beeped at and dropped. */
static void take_character(struct term *t)
{
	int code = peek(t, 0)->code;
	char utf8[5] = {0};
	uint32_t point;
	if (code > CODE_KEYPAD || code < 0x80) {
		utf8[0] = (char)(code > CODE_KEYPAD ? code - CODE_KEYPAD : code);
		bytes_add(&t->text, utf8, 1);
		drop(t, 1);
		return;
	}
	size_t need = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : code >= 0xc2 ? 2 : 1, n = 0;
	for (; n < need; n++) {
		struct input *in = peek(t, n);
		if (!in && !(more(t, MORE_MS) && (in = peek(t, n))))
			break;
		if (n > 0 && (in->code < 0x80 || in->code > 0xbf))
			break;
		utf8[n] = (char)in->code;
	}
	if (need == 1 || n < need || text_decode(utf8, &point) != need) {
		drop(t, 1);
		t->beep_due = true;
		return;
	}
	drop(t, need);
	if (point >= 0xa0)
		bytes_add(&t->text, utf8, need);
}

static void take_text(struct term *t, struct event *out)
{
	for (struct input *in; (in = peek(t, 0)) && is_text(in->code);)
		take_character(t);
	if (t->text.length == 0)
		return;
	*out = (struct event){.kind = EVENT_TEXT, .text = (const char *)t->text.data, .length = t->text.length};
}

static void take_paste(struct term *t, struct event *out)
{
	drop(t, 1);
	for (struct input *in;;) {
		if (!(in = peek(t, 0)) && !(more(t, PASTE_MS) && (in = peek(t, 0))))
			break;
		if (in->code == CODE_PASTE_END) {
			drop(t, 1);
			break;
		}
		if (is_text(in->code) && t->text.length < PASTE_MOST) {
			take_character(t);
			continue;
		}
		if (in->code == '\r' || in->code == '\n' || in->code == '\t')
			bytes_add(&t->text, in->code == '\t' ? "\t" : "\n", 1);
		drop(t, 1);
	}
	if (t->text.length > 0)
		*out = (struct event){.kind = EVENT_PASTE, .text = (const char *)t->text.data, .length = t->text.length};
}

/* Makes an event of what the queue begins with; EVENT_NONE where it was nothing. */
static void take(struct term *t, struct event *out)
{
	struct input in = *peek(t, 0);
	size_t length;
	if (is_text(in.code)) {
		take_text(t, out);
	} else if (in.code == CODE_PASTE_START) {
		take_paste(t, out);
	} else if (in.code == 27 && (length = sequence_length(t, 0)) > 0) {
		drop(t, length);
	} else if (in.code == CODE_CLICK) {
		*out = (struct event){.kind = EVENT_CLICK, .row = in.row, .column = in.column};
		drop(t, 1);
	} else if (in.code == CODE_WHEEL_UP || in.code == CODE_WHEEL_DOWN) {
		*out = (struct event){.kind = EVENT_WHEEL, .key = in.code == CODE_WHEEL_UP ? UI_KEY_UP : UI_KEY_DOWN};
		drop(t, 1);
	} else {
		int key = key_of(in.code);
		drop(t, 1);
		if (key != UI_KEY_NONE)
			*out = (struct event){.kind = EVENT_KEY, .key = key};
	}
}

void term_next(struct term *t, int timeout_ms, struct event *out)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;
	*out = (struct event){.kind = EVENT_NONE};
	forget_text(t);
	for (int empty = 0;;) {
		if (term_look(t) || t->ended) {
			out->kind = t->ended ? EVENT_END : EVENT_RESIZE;
			return;
		}
		if (t->beep_due)
			term_flush(t);
		bool came = fill(t);
		while (t->waiting > 0 && out->kind == EVENT_NONE)
			take(t, out);
		if (out->kind != EVENT_NONE)
			return;
		int64_t left = timeout_ms < 0 ? -1 : until - clock_monotonic_ms();
		if (timeout_ms >= 0 && left < 0)
			left = 0;
		int ready = wait_for(t, (int)left);
		/* readable and yet nothing to read, again and again: the other side is gone */
		empty = (ready & 1) && !came ? empty + 1 : 0;
		if (ready < 0 || empty > 8)
			t->ended = true;
		else if (ready == 0 && timeout_ms >= 0 && clock_monotonic_ms() >= until)
			return;
	}
}

bool term_pending(struct term *t)
{
	fill(t);
	return t->waiting > 0;
}

/* By reading it: cutting the line's buffer could leave the second half of a key's sequence. */
void term_drop_typeahead(struct term *t)
{
	do
		drop(t, t->waiting);
	while (fill(t));
	drop(t, t->waiting);
}

bool term_has_sixel(struct term *t)
{
	int64_t until = clock_monotonic_ms() + 500;
	if (t->sixel_asked || t->ended)
		return t->sixel;
	term_write(t, "\033[c");
	while (!t->sixel_asked && clock_monotonic_ms() < until) {
		if (!more(t, (int)(until - clock_monotonic_ms())))
			break;
		for (size_t i = 0; i < t->waiting && !t->sixel_asked; i++) {
			size_t length = peek(t, i)->code == 27 ? sequence_length(t, i) : 0;
			if (!t->sixel_asked)
				continue;
			for (size_t k = i; k + length < t->waiting; k++) /* only the answer goes, typed keys stay */
				*peek(t, k) = *peek(t, k + length);
			for (; length > 0; length--, t->waiting--)
				explicit_bzero(peek(t, t->waiting - 1), sizeof *t->queue);
		}
	}
	t->sixel_asked = true;
	return t->sixel;
}
