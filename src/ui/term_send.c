#include "ui/term_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

bool term_streams_start(struct term *t)
{
	t->fd_in = STDIN_FILENO;
	t->fd_out = STDOUT_FILENO;
	t->piece = memfd_create("screen", MFD_CLOEXEC);
	int fd = fcntl(t->fd_out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	t->out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (fd >= 0 && !t->out)
		close(fd);
	return t->out;
}

void term_streams_end(struct term *t)
{
	if (t->out)
		fclose(t->out);
	if (t->piece >= 0)
		close(t->piece);
}

void term_write(struct term *t, const char *text)
{
	file_write_all(t->held ? t->piece : t->fd_out, text, strlen(text));
}

void term_hold(struct term *t)
{
	if (!t->held)
		t->held = t->piece >= 0 && lseek(t->piece, 0, SEEK_SET) == 0 && dup3(t->piece, fileno(t->out), O_CLOEXEC) >= 0;
}

void term_release(struct term *t)
{
	char text[8192];
	if (!t->held)
		return;
	t->held = false;
	dup3(t->fd_out, fileno(t->out), O_CLOEXEC);
	off_t end = lseek(t->piece, 0, SEEK_CUR); /* what lies behind it is an older screen's */
	for (off_t at = 0; at < end;) {
		size_t left = (size_t)(end - at);
		ssize_t n = pread(t->piece, text, left < sizeof text ? left : sizeof text, at);
		if (n <= 0 || !file_write_all(t->fd_out, text, (size_t)n))
			return;
		at += n;
	}
}
