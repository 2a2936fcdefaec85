/* What a crash of the program leaves behind: a terminal that a shell can go on with. */
#include "ui/term_private.h"

#include <string.h>
#include <unistd.h>

#include "base/sanitized.h"

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* All that the handler needs, made before. */
static struct {
	int fd_in, fd_out;
	struct termios before;
	char text[256];
	size_t length;
} last;

static void on_crash(int number)
{
	if (write(last.fd_out, last.text, last.length) < 0)
		last.length = 0; /* then nobody looks on */
	tcsetattr(last.fd_in, TCSANOW, &last.before);
	raise(number); /* the handler is gone by now: it ends as it would have */
}

/* A capability, without the pause that a slow terminal wants behind it. */
static void add(const char *text)
{
	if (!text || text == (const char *)-1)
		return;
	const char *pause = strstr(text, "$<");
	size_t n = pause ? (size_t)(pause - text) : strlen(text);
	if (n > sizeof last.text - last.length)
		return;
	memcpy(last.text + last.length, text, n);
	last.length += n;
}

void term_crash_start(const struct term *t)
{
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
	last.fd_in = t->fd_in;
	last.fd_out = t->fd_out;
	last.before = t->before;
	last.length = 0;
	add("\033[?2004l\033[?1006l\033[?1000l");
	add(tigetstr("sgr0"));
	add(tigetstr("cnorm"));
	add(tigetstr("rmcup"));
	add("\r\n");
	for (size_t i = 0; !SANITIZED && i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &action, NULL);
}

void term_crash_end(void)
{
	for (size_t i = 0; !SANITIZED && i < sizeof crashes / sizeof *crashes; i++)
		signal(crashes[i], SIG_DFL);
}
