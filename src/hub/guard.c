#include "hub/guard.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hub/nginx.h"

enum { FAST_MS = 3000 };

void guard_end_children(bool (*keep)(const void *arg, pid_t pid), const void *arg)
{
	DIR *d = opendir("/proc");
	for (struct dirent *entry; d && (entry = readdir(d));) {
		char path[300], line[512];
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
		FILE *f = pid > 0 && !(keep && keep(arg, pid)) ? fopen(path, "re") : NULL;
		size_t n = f ? fread(line, 1, sizeof line - 1, f) : 0;
		if (f)
			fclose(f);
		line[n] = '\0';
		const char *name_end = strrchr(line, ')'); /* the name may hold anything */
		if (name_end && strlen(name_end) > 4 && (pid_t)strtol(name_end + 4, NULL, 10) == getpid())
			kill(pid, SIGKILL);
	}
	if (d)
		closedir(d);
}

/* True when the master has ended; its workers may be children of ours by then. */
static bool reap(pid_t nginx, int *status)
{
	bool ended = false;
	int any;
	for (pid_t pid; (pid = waitpid(-1, &any, WNOHANG)) > 0;)
		if (pid == nginx) {
			ended = true;
			*status = any;
		}
	return ended;
}

static int watch(pid_t nginx, const sigset_t *set)
{
	int status = 0;
	int64_t until = -1; /* when it must have ended */
	for (;;) {
		int64_t left = until < 0 ? 60000 : until - clock_monotonic_ms();
		struct timespec t = {.tv_sec = left > 0 ? left / 1000 : 0, .tv_nsec = left > 0 ? left % 1000 * 1000000 : 0};
		int got = sigtimedwait(set, NULL, &t);
		if (reap(nginx, &status))
			break;
		if (got == SIGTERM && until < 0)
			until = clock_monotonic_ms() + FAST_MS;
		if (got == SIGTERM || got == SIGQUIT || got == SIGHUP)
			kill(nginx, got);
		if (until >= 0 && clock_monotonic_ms() >= until)
			kill(nginx, SIGKILL);
	}
	/* each round kills those that the one before has made ours */
	do
		guard_end_children(NULL, NULL);
	while (waitpid(-1, NULL, 0) > 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAULT;
}

pid_t guard_start(const struct hub *hub)
{
	pid_t parent = getpid(), child = fork();
	if (child != 0)
		return child;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_SETMASK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_NAME, "hub-guard", 0, 0, 0);
	if (getppid() != parent)
		_exit(EXIT_FAULT);
	pid_t nginx = nginx_start(hub);
	_exit(nginx > 0 ? watch(nginx, &set) : EXIT_FAULT);
}
