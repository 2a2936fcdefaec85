/* Time to a screen: start RUNS FROM KEYS MARKER COMMAND… runs the command on a pseudo-terminal of 80×24 and prints the median
 * of the seconds from the text FROM on the terminal, when KEYS are typed (| is Enter), to the marker. FROM "" is the
 * start of the command. */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MOST = 101, OUTPUT = 1 << 18, WAIT_MS = 20000 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double once(const char *from, const char *keys, const char *marker, char **argv)
{
	static char out[OUTPUT + 1];
	size_t length = 0;
	double begin = *from ? 0 : now(), end = 0;
	int fd;
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	pid_t child = forkpty(&fd, NULL, NULL, &size);
	if (child == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	for (struct pollfd p = {fd, POLLIN, 0}; child > 0 && end == 0 && poll(&p, 1, WAIT_MS) == 1;) {
		ssize_t n = length < OUTPUT ? read(fd, out + length, OUTPUT - length) : -1;
		if (n <= 0)
			break;
		length += (size_t)n;
		out[length] = '\0';
		if (begin == 0 && strstr(out, from)) {
			begin = now();
			length = 0;
			if (write(fd, keys, strlen(keys)) < 0)
				break;
		} else if (begin > 0 && strstr(out, marker))
			end = now();
	}
	if (child > 0) {
		kill(child, SIGKILL);
		close(fd);
		waitpid(child, NULL, 0);
	}
	if (end == 0) {
		fprintf(stderr, "start: no “%s” in:\n%s\n", marker, out);
		exit(1);
	}
	return end - begin;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double times[RUNS_MOST];
	char keys[128] = "";
	int runs = argc > 5 ? atoi(argv[1]) : 0;
	if (runs < 1 || runs > RUNS_MOST) {
		fprintf(stderr, "usage: start RUNS FROM KEYS MARKER COMMAND…\n");
		return 2;
	}
	for (size_t i = 0; argv[3][i] && i < sizeof keys - 1; i++)
		keys[i] = argv[3][i] == '|' ? '\r' : argv[3][i];
	for (int i = 0; i < runs; i++)
		times[i] = once(argv[2], keys, argv[4], argv + 5);
	qsort(times, (size_t)runs, sizeof *times, ascending);
	printf("%.6f\n", times[runs / 2]);
	return 0;
}
