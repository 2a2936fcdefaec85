#include "wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MOST = 24, WAIT_MS = 15000, POWER_ON = 1 };

static bool send_all(struct wire *w, const uint8_t *data, size_t length)
{
	uint8_t message[2 + 300];
	if (length > sizeof message - 2)
		return false;
	message[0] = (uint8_t)(length >> 8);
	message[1] = (uint8_t)length;
	memcpy(message + 2, data, length);
	return send(w->fd, message, length + 2, MSG_NOSIGNAL) == (ssize_t)length + 2;
}

static bool receive_all(struct wire *w, uint8_t *data, size_t length)
{
	for (size_t have = 0; have < length;) {
		struct pollfd p = {w->fd, POLLIN, 0};
		ssize_t n = poll(&p, 1, WAIT_MS) == 1 ? recv(w->fd, data + have, length - have, 0) : -1;
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

static enum err transmit(
	void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length, struct error *e)
{
	struct wire *w = context;
	uint8_t head[2];
	w->commands++;
	if (!send_all(w, command, length) || !receive_all(w, head, 2))
		return error_set(e, ERR_TOKEN_REMOVED, "%s", "");
	size_t n = (size_t)head[0] << 8 | head[1];
	if (n > *answer_length || !receive_all(w, answer, n))
		return error_set(e, ERR_TOKEN_REMOVED, "%s", "");
	*answer_length = n;
	return OK;
}

struct apdu_transport wire_transport(struct wire *w)
{
	return (struct apdu_transport){.context = w, .transmit = transmit};
}

static void run(const char *state, const char *serial, const char *port, va_list ap)
{
	char program[512];
	const char *build = getenv("CERTDESK_BUILD"), *arguments[ARGUMENTS_MOST + 1];
	snprintf(program, sizeof program, "%s/vkey", build ? build : "build");
	const char *first[] = {program, "--state", state, "--serial", serial, "--port", port};
	int n = (int)(sizeof first / sizeof *first);
	memcpy(arguments, first, sizeof first);
	for (const char *a; n < ARGUMENTS_MOST && (a = va_arg(ap, const char *));)
		arguments[n++] = a;
	arguments[n] = NULL;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execv(program, (char **)arguments);
	perror(program);
	_exit(127);
}

bool wire_start(struct wire *w, const char *state, const char *serial, ...)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	char port[16];
	*w = (struct wire){.fd = -1};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 1) != 0 ||
		getsockname(listener, (struct sockaddr *)&at, &size) != 0) {
		perror("wire");
		return false;
	}
	snprintf(port, sizeof port, "%d", ntohs(at.sin_port));
	w->pid = fork();
	if (w->pid == 0) {
		va_list ap;
		va_start(ap, serial);
		run(state, serial, port, ap);
	}
	struct pollfd p = {listener, POLLIN, 0};
	if (w->pid > 0 && poll(&p, 1, WAIT_MS) == 1)
		w->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (w->fd >= 0)
		setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	if (w->fd >= 0 && send_all(w, (const uint8_t[]){POWER_ON}, 1))
		return true;
	wire_stop(w);
	return false;
}

void wire_stop(struct wire *w)
{
	if (w->pid > 0) {
		kill(w->pid, SIGTERM);
		waitpid(w->pid, NULL, 0);
	}
	if (w->fd >= 0)
		close(w->fd);
	*w = (struct wire){.fd = -1};
}
