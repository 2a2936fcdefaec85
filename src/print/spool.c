#include "print/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum { WAIT_MS = 30000, SAID_MOST = 200, FAILED_TO_RUN = 127 };

bool spool_name_good(const char *queue)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@";
	size_t n = strlen(queue);
	return n > 0 && n < 128 && strspn(queue, letters) == n && queue[0] != '-';
}

bool spool_present(void)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : "/usr/bin:/bin"), *rest = copy, *dir, file[4096];
	bool there = false;
	while (!there && (dir = strsep(&rest, ":")))
		there = snprintf(file, sizeof file, "%s/lp", *dir ? dir : ".") < (int)sizeof file && access(file, X_OK) == 0;
	free(copy);
	return there;
}

struct line {
	pid_t pid;
	int in, said; /* what it reads, what it says on its standard error */
};

/* Only what a child may call between fork and exec. */
static void be_lp(const char *queue, const char *title, int in, int said)
{
	char *const argv[] = {"lp", "-d", (char *)queue, "-t", (char *)title, "--", "-", NULL};
	sigset_t none;
	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int null = open("/dev/null", O_WRONLY);
	if (dup2(in, 0) < 0 || dup2(null, 1) < 0 || dup2(said, 2) < 0)
		_exit(FAILED_TO_RUN);
	close_range(3, ~0U, 0);
	execvp("lp", argv);
	_exit(FAILED_TO_RUN);
}

static enum err start(const char *queue, const char *title, struct line *l, struct error *e)
{
	int in[2], said[2];
	if (pipe2(in, O_CLOEXEC) != 0)
		return error_set(e, ERR_CHILD, "lp");
	if (pipe2(said, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return error_set(e, ERR_CHILD, "lp");
	}
	l->pid = fork();
	if (l->pid == 0)
		be_lp(queue, title, in[0], said[1]);
	close(in[0]);
	close(said[1]);
	l->in = in[1];
	l->said = said[0];
	fcntl(l->in, F_SETFL, O_NONBLOCK);
	return l->pid < 0 ? error_set(e, ERR_CHILD, "lp") : OK;
}

static void end_input(struct line *l)
{
	if (l->in >= 0)
		close(l->in);
	l->in = -1;
}

/* Gives the document and takes what is said, until the other side closes it. False when the time is over. */
static bool talk(struct line *l, const struct bytes *document, char *out, size_t size)
{
	size_t given = 0, taken = 0;
	char buffer[512];
	int64_t deadline = clock_monotonic_ms() + WAIT_MS, left;
	while ((left = deadline - clock_monotonic_ms()) > 0) {
		struct pollfd fds[] = {{l->said, POLLIN, 0}, {l->in, POLLOUT, 0}};
		if (poll(fds, 2, (int)left) <= 0)
			continue;
		if (fds[1].revents) {
			ssize_t n = write(l->in, document->data + given, document->length - given);
			given += n > 0 ? (size_t)n : 0;
			if (given == document->length || (n < 0 && errno != EAGAIN && errno != EINTR))
				end_input(l);
		}
		if (fds[0].revents) {
			ssize_t n = read(l->said, buffer, sizeof buffer);
			if (n == 0)
				return true;
			for (ssize_t i = 0; i < n && taken + 1 < size; i++)
				out[taken++] = buffer[i];
		}
	}
	return false;
}

/* It may have closed its standard error and still be at work. */
static bool wait_end(struct line *l, int *status)
{
	for (int64_t deadline = clock_monotonic_ms() + WAIT_MS; clock_monotonic_ms() < deadline; poll(NULL, 0, 5)) {
		pid_t done = waitpid(l->pid, status, WNOHANG);
		if (done == l->pid)
			return true;
		if (done < 0 && errno != EINTR)
			return false;
	}
	return false;
}

static enum err finish(struct line *l, bool in_time, const char *said, const char *queue, struct error *e)
{
	int status = 0;
	if (!in_time || !wait_end(l, &status)) {
		kill(l->pid, SIGKILL);
		while (waitpid(l->pid, &status, 0) < 0 && errno == EINTR)
			;
		return error_set(e, ERR_PRINT_SLOW, "%s", queue);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FAILED_TO_RUN && !*said)
		return error_set(e, ERR_PRINT_NO_LP, "lp");
	return error_set(e, ERR_PRINT_REFUSED, "%s", *said ? said : queue);
}

enum err spool_send(const char *queue, const char *title, const struct bytes *document, struct error *e)
{
	char said[SAID_MOST] = "";
	struct line l = {.in = -1, .said = -1};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGPIPE, &ignore, &before); /* it may end before it has read all */
	enum err r = start(queue, title, &l, e);
	if (!r) {
		bool in_time = talk(&l, document, said, sizeof said);
		end_input(&l);
		size_t n = strcspn(said, "\n");
		while (n > 0 && strchr(". \r", said[n - 1])) /* the sentence that it goes into has its own full stop */
			n--;
		said[n] = '\0';
		r = finish(&l, in_time, said, queue, e);
	}
	end_input(&l);
	if (l.said >= 0)
		close(l.said);
	sigaction(SIGPIPE, &before, NULL);
	return r;
}
