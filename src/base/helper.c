#include "base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"

enum { WAIT_MS = 60000, VARIABLES_MOST = 16, FAILED_TO_RUN = 127 };

static char *helper_near(const char *dir, const char *name)
{
	static const char *const places[] = {".", "../libexec/certdesk"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *place = path_join(dir, places[i]), *path = place ? path_join(place, name) : NULL;
		free(place);
		if (path && access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *helper_path(const char *name)
{
	static const char tests[] = "/tests/"; /* below the programs that they try */
	char program[PATH_MAX], *last = NULL;
	if (!program_dir(program, sizeof program))
		return NULL;
	char *path = helper_near(program, name);
	for (char *at = strstr(program, tests); !path && at; at = strstr(at + 1, tests))
		last = at;
	if (last) {
		*last = '\0';
		path = helper_near(program, name);
	}
	return path;
}

struct helper {
	pid_t pid;
	int in, out; /* what it reads, what it says; -1: closed */
};

/* Only what a child may call between fork and exec. */
static _Noreturn void become(const char *path, char *const environment[], int in, int out)
{
	char *const arguments[] = {(char *)(uintptr_t)path, NULL};
	child_limits();
	int null = open("/dev/null", O_WRONLY);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(FAILED_TO_RUN);
	close_range(3, ~0U, 0);
	execve(path, arguments, environment);
	_exit(FAILED_TO_RUN);
}

/* Owned by the caller, each and all. */
static void keep_variables(char *environment[VARIABLES_MOST])
{
	static const char *const kept[] = {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE",
	                                   "FONTCONFIG_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
	size_t count = 0;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const char *value = getenv(kept[i]);
		if (value && asprintf(&environment[count], "%s=%s", kept[i], value) > 0)
			count++;
	}
	environment[count] = NULL;
}

static enum err start(const char *path, struct helper *h, struct error *e)
{
	char *environment[VARIABLES_MOST] = {0};
	int in[2], out[2];
	sigset_t all, before;
	if (pipe2(in, O_CLOEXEC) != 0)
		return error_set(e, ERR_CHILD, "%s", path);
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return error_set(e, ERR_CHILD, "%s", path);
	}
	keep_variables(environment);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	h->pid = fork();
	if (h->pid == 0)
		become(path, environment, in[0], out[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	close(in[0]);
	close(out[1]);
	h->in = in[1];
	h->out = out[0];
	fcntl(h->in, F_SETFL, O_NONBLOCK);
	return h->pid < 0 ? error_set(e, ERR_CHILD, "%s", path) : OK;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Gives what there is to give; *given counts. */
static void give(struct helper *h, const struct bytes *in, size_t *given)
{
	ssize_t n = write(h->in, in->data + *given, in->length - *given);
	*given += n > 0 ? (size_t)n : 0;
	if (*given == in->length || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&h->in);
}

/* Gives all and takes all until the other side closes. False where the time is over or it says too much. */
static bool talk(struct helper *h, const struct bytes *in, size_t limit, int64_t deadline, struct bytes *out)
{
	uint8_t buffer[16384];
	size_t given = 0;
	if (!in->length)
		shut(&h->in);
	for (int64_t left; (left = deadline - clock_monotonic_ms()) > 0;) {
		struct pollfd fds[] = {{h->out, POLLIN, 0}, {h->in, POLLOUT, 0}};
		if (poll(fds, 2, (int)left) <= 0)
			continue;
		if (fds[1].revents)
			give(h, in, &given);
		if (!fds[0].revents)
			continue;
		ssize_t n = read(h->out, buffer, sizeof buffer);
		if (n == 0)
			return true;
		if (n > 0 && (out->length + (size_t)n > limit || bytes_add(out, buffer, (size_t)n)))
			return false;
	}
	return false;
}

/* True where it came to a good end by itself; *late where it had to be ended or used up its time. */
static bool finish(struct helper *h, bool whole, int64_t deadline, bool *late)
{
	int status = 0;
	if (!whole)
		kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	*late = clock_monotonic_ms() >= deadline || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
	return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum err helper_run(const char *name, const struct bytes *in, size_t limit, const struct helper_errors *errors, struct bytes *out,
                    struct error *e)
{
	struct helper h = {.in = -1, .out = -1};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int64_t deadline = clock_monotonic_ms() + WAIT_MS;
	bool late = false;
	char *path = helper_path(name);
	bytes_free(out);
	if (!path)
		return error_set(e, errors->missing, "%s", name);
	sigaction(SIGPIPE, &ignore, &before); /* it may end before it has read all */
	enum err r = start(path, &h, e);
	if (!r && !finish(&h, talk(&h, in, limit, deadline, out), deadline, &late))
		r = error_set(e, late ? errors->slow : errors->broken, "%s", name);
	shut(&h.in);
	shut(&h.out);
	sigaction(SIGPIPE, &before, NULL);
	free(path);
	if (r)
		bytes_free(out);
	return r;
}
