#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/lang.h"
#include "cli/cli.h"

static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
	caught = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { SIGNALS = sizeof signals / sizeof *signals };

static void put(int fd, const char *text)
{
	for (size_t n = strlen(text); n > 0;) {
		ssize_t k = write(fd, text, n);
		if (k <= 0 && errno != EINTR)
			return;
		if (k > 0) {
			text += k;
			n -= (size_t)k;
		}
	}
}

/* One line from the terminal, byte by byte so that nothing stays in a buffer. False at its end, when it is too long, or
 * when a signal came. Signals come in only while it waits, under `open`, so that none is missed before a read. */
static bool read_line(int fd, const sigset_t *open, struct secret *out)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char byte, line[SECRET_MAX];
	size_t n = 0;
	bool whole = false, fits = true;
	for (;;) {
		ssize_t k = ppoll(&wait, 1, NULL, open) == 1 ? read(fd, &byte, 1) : -1;
		if (k != 1 || byte == '\n' || byte == '\r') {
			whole = k == 1;
			break;
		}
		if (n < sizeof line)
			line[n++] = byte;
		else
			fits = false;
	}
	whole = whole && fits && secret_set(out, line, n);
	OPENSSL_cleanse(line, sizeof line);
	return whole;
}

/* Asks without echo; a signal meanwhile finds the terminal as it was. */
static bool ask(int fd, const char *label, struct secret *out)
{
	struct termios before, silent;
	struct sigaction old[SIGNALS], action = {.sa_handler = catch_signal};
	sigset_t blocked, open;
	caught = 0;
	if (tcgetattr(fd, &before) != 0)
		return false;
	sigemptyset(&blocked);
	for (int i = 0; i < SIGNALS; i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	for (int i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	silent.c_lflag |= ICANON | ISIG;
	tcsetattr(fd, TCSAFLUSH, &silent);
	put(fd, label);
	bool good = read_line(fd, &open, out);
	put(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &before);
	for (int i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old[i], NULL);
	if (caught) {
		secret_wipe(out);
		raise(caught);
	}
	sigprocmask(SIG_SETMASK, &open, NULL);
	return good && !caught;
}

enum err cli_password(const char *path, const char *label, bool twice, struct secret *out, struct error *e)
{
	struct secret again = {0};
	char prompt[256];
	enum err r = OK;
	if (path)
		return secret_read_file(out, path, e);
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return error_set(e, ERR_USAGE, "%s", tr("这里没有终端，请用 --password-file",
			"there is no terminal here, use --password-file"));
	snprintf(prompt, sizeof prompt, "%s%s", label, tr("：", ": "));
	if (!ask(fd, prompt, out))
		r = error_set(e, ERR_USAGE, "%s", tr("没有输入口令", "no password was typed"));
	snprintf(prompt, sizeof prompt, tr("再输一遍%s：", "Again, %s: "), label);
	if (!r && twice && (!ask(fd, prompt, &again) || !secret_equal(out, &again)))
		r = error_set(e, ERR_USAGE, "%s", tr("两次输入的口令不同", "the two passwords differ"));
	if (r)
		secret_wipe(out);
	secret_wipe(&again);
	close(fd);
	return r;
}
