#include "pcscd.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

enum {
	PORT_FIRST = 20000,
	PORT_COUNT = 5000,
	WAIT_MS = 15000,
	STEP_MS = 20,
	LISTEN_FD = 3,
	ARGUMENTS_MOST = 24
};

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static int local_socket(const char *path, bool abstract)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t length = strlen(path), at = abstract ? 1 : 0;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (length + at >= sizeof to.sun_path || fd < 0)
		return -1;
	memcpy(to.sun_path + at, path, length);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + at + length + !abstract);
	if (bind(fd, (struct sockaddr *)&to, size) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool port_free(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* Two ports that nobody uses. The name in the abstract namespace keeps other tests off them as long as pcscd holds it. */
static int take_ports(int *port)
{
	unsigned start = (unsigned)getpid() * 7919u + (unsigned)time(NULL);
	for (unsigned i = 0; i < PORT_COUNT; i++) {
		char name[64];
		*port = PORT_FIRST + 2 * (int)((start + i) % PORT_COUNT);
		snprintf(name, sizeof name, "certdesk-reader-%d", *port);
		int lock = local_socket(name, true);
		if (lock >= 0 && port_free(*port) && port_free(*port + 1))
			return lock;
		if (lock >= 0)
			close(lock);
	}
	return -1;
}

static bool write_configuration(const struct pcscd *p, char *path, size_t size)
{
	snprintf(path, size, "%s/reader.conf", p->dir);
	FILE *f = fopen(path, "we");
	if (!f)
		return false;
	fprintf(f, "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%x\n", (unsigned)p->port);
	fprintf(f, "LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x%x\n", (unsigned)p->port);
	return fclose(f) == 0;
}

/* In the child: what it prints goes to a file, and it ends with the test. */
static void become_child(const struct pcscd *p, const char *log)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", p->dir, log);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void run_daemon(const struct pcscd *p, int listener, int lock, const char *configuration)
{
	char pid[16];
	int kept = fcntl(lock, F_DUPFD, LISTEN_FD + 20), named = fcntl(listener, F_DUPFD_CLOEXEC, LISTEN_FD + 20);
	become_child(p, "pcscd.log");
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	if (kept >= 0 && named >= 0 && dup2(named, LISTEN_FD) == LISTEN_FD)
		execl("/usr/sbin/pcscd", "pcscd", "-f", "-c", configuration, (char *)NULL);
	_exit(127);
}

/* Whether pcscd says that a card is in, and whether the thread that looks after the reader (every 0.4 s) has seen the same. A client
 * that meets a removal has it said at once, but until that thread has looked too, a card put in again goes unnoticed for ever. Each
 * change the thread sees counts one up in the upper half of the state, from 0 with no card: odd is a card. */
static bool card_in(SCARDCONTEXT context, int reader, bool *in, bool *seen)
{
	char name[64];
	snprintf(name, sizeof name, "Virtual PCD 00 %02d", reader);
	SCARD_READERSTATE state = {.szReader = name};
	LONG result = SCardGetStatusChange(context, 0, &state, 1);
	*in = state.dwEventState & SCARD_STATE_PRESENT;
	*seen = state.dwEventState >> 16 & 1;
	return result == SCARD_S_SUCCESS;
}

static bool ended(pid_t pid)
{
	siginfo_t info = {0};
	return pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static bool tell(const struct pcscd *p, int reader, bool wanted, const char *why)
{
	fprintf(stderr, "pcscd: reader %d never had %s: %s (see %s)\n", reader, wanted ? "a card" : "no card", why, p->dir);
	return false;
}

/* Waits until the reader exists and has a card, or none. Asks pcscd only, never the card. */
static bool wait_card(const struct pcscd *p, int reader, bool wanted)
{
	bool in = false, seen = false, known = false;
	for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
		SCARDCONTEXT context;
		known = false;
		if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) == SCARD_S_SUCCESS) {
			known = card_in(context, reader, &in, &seen);
			SCardReleaseContext(context);
		}
		if (known && in == wanted && seen == wanted)
			return true;
		if (ended(p->daemon))
			return tell(p, reader, wanted, "the daemon ended");
		pause_ms(STEP_MS);
	}
	return tell(p, reader, wanted,
	            !known                              ? "the daemon does not answer, or has no such reader"
	            : wanted && ended(p->keys[reader])  ? "the key's program ended"
	            : in == wanted                      ? "the daemon's own look never came to it"
	                                                : "the daemon says otherwise");
}

bool pcscd_start(struct pcscd *p)
{
	char path[128], configuration[128];
	*p = (struct pcscd){.dir = "/tmp/certdesk-pcscd-XXXXXX"};
	int lock = take_ports(&p->port), listener = -1;
	if (lock < 0 || !mkdtemp(p->dir) || !write_configuration(p, configuration, sizeof configuration)) {
		perror("pcscd");
		return false;
	}
	snprintf(path, sizeof path, "%s/pcscd.comm", p->dir);
	listener = local_socket(path, false);
	if (listener < 0 || listen(listener, 16) != 0) {
		perror(path);
		close(lock);
		return false;
	}
	p->daemon = fork();
	if (p->daemon == 0)
		run_daemon(p, listener, lock, configuration);
	close(listener);
	close(lock);
	setenv("PCSCLITE_CSOCK_NAME", path, 1);
	return p->daemon > 0 && wait_card(p, 0, false) && wait_card(p, 1, false);
}

static void end_child(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGTERM);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

void pcscd_stop(struct pcscd *p)
{
	for (int i = 0; i < PCSCD_READERS; i++)
		end_child(&p->keys[i]);
	end_child(&p->daemon);
	DIR *d = opendir(p->dir);
	for (struct dirent *f; d && (f = readdir(d));)
		if (f->d_name[0] != '.')
			unlinkat(dirfd(d), f->d_name, 0);
	if (d)
		closedir(d);
	rmdir(p->dir);
}

bool pcscd_insert(struct pcscd *p, int reader, const char *serial, ...)
{
	char program[512], state[128], port[16];
	const char *build = getenv("CERTDESK_BUILD"), *arguments[ARGUMENTS_MOST + 1];
	int n = 0;
	snprintf(program, sizeof program, "%s/vkey", build ? build : "build");
	snprintf(state, sizeof state, "%s/key-%s", p->dir, serial);
	snprintf(port, sizeof port, "%d", p->port + reader);
	const char *first[] = {program, "--state", state, "--serial", serial, "--port", port};
	for (; n < (int)(sizeof first / sizeof *first); n++)
		arguments[n] = first[n];
	va_list ap;
	va_start(ap, serial);
	for (const char *a; n < ARGUMENTS_MOST && (a = va_arg(ap, const char *));)
		arguments[n++] = a;
	va_end(ap);
	arguments[n] = NULL;
	p->keys[reader] = fork();
	if (p->keys[reader] == 0) {
		become_child(p, "vkey.log");
		execv(program, (char **)arguments);
		_exit(127);
	}
	return p->keys[reader] > 0 && wait_card(p, reader, true);
}

bool pcscd_pull(struct pcscd *p, int reader)
{
	end_child(&p->keys[reader]);
	return wait_card(p, reader, false);
}

bool pcscd_vanished(struct pcscd *p, int reader)
{
	for (int i = 0; i < 2 * WAIT_MS / STEP_MS; i++) { /* one that is never asked so much never vanishes */
		if (ended(p->keys[reader]))
			return pcscd_pull(p, reader);
		pause_ms(STEP_MS);
	}
	return false;
}
