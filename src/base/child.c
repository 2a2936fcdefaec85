#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sanitized.h"

#define CHILD_MEMORY (1280UL << 20)
#define CHILD_CPU_SECONDS 20
#define CHILD_MILLISECONDS 60000

/* Sent ahead of the bytes. */
struct message {
	int err;
	char detail[200];
	int numbers[4];
	size_t length;
};

#if defined(__x86_64__)
#define CHILD_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CHILD_ARCH AUDIT_ARCH_AARCH64
#endif

/* From here on only memory, the pipe and the end: a parser taken over can open no
 * file, no line and no other process. Older kernels without filters go on without. */
static void close_the_door(void)
{
#ifdef CHILD_ARCH
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), \
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CHILD_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(write), ALLOW(brk), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise),
		ALLOW(mprotect), ALLOW(futex), ALLOW(getrandom), ALLOW(rt_sigreturn), ALLOW(exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#undef ALLOW
#endif
}

static void limit(int resource, rlim_t value)
{
	setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value});
}

void child_limits(void)
{
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL); /* the terminal's handlers would draw */
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, CHILD_CPU_SECONDS);
	if (!SANITIZED)
		limit(RLIMIT_DATA, CHILD_MEMORY);
}

static _Noreturn void be_child(child_work *work, void *job, int pipe_end)
{
	struct child_answer answer = {0};
	struct error error = {0};
	struct message message = {0};
	if (pipe_end != 3 && dup2(pipe_end, 3) < 0)
		_exit(1);
	for (int fd = 0; fd < (SANITIZED ? 2 : 3); fd++)
		close(fd);
	close_range(4, ~0U, 0);
	child_limits();
	if (!SANITIZED)
		close_the_door();
	message.err = (int)work(job, &answer, &error);
	memcpy(message.detail, error.detail, sizeof message.detail - 1);
	memcpy(message.numbers, answer.numbers, sizeof message.numbers);
	message.length = answer.data ? answer.length : 0;
	bool sent = file_write_all(3, &message, sizeof message) && file_write_all(3, answer.data, message.length);
	_exit(sent ? 0 : 1);
}

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Reads exactly `length`. False at the end of the pipe, an error, or past the deadline. */
static bool read_all(int fd, void *to, size_t length, long long deadline)
{
	for (char *at = to; length;) {
		long long left = deadline - now();
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		if (left <= 0)
			return false;
		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(fd, at, length);
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
	return true;
}

/* Takes the child's word only where it makes sense. */
static enum err take_answer(int fd, size_t limit, long long deadline, enum err broken, struct child_answer *answer,
			    struct bytes *out, struct error *e)
{
	struct message message = {0};
	if (!read_all(fd, &message, sizeof message, deadline) || message.length > limit || message.err < OK ||
	    message.err >= ERR_COUNT)
		return error_set(e, broken, "%s", "");
	memcpy(answer->numbers, message.numbers, sizeof answer->numbers);
	if (message.length) {
		out->data = malloc(message.length + 1);
		if (!out->data)
			return error_set(e, ERR_MEMORY, "%zu", message.length);
		out->room = message.length + 1;
		out->length = message.length;
		out->data[message.length] = 0;
		if (!read_all(fd, out->data, message.length, deadline))
			return error_set(e, broken, "%s", "");
	}
	message.detail[sizeof message.detail - 1] = 0;
	return message.err == OK ? OK : error_set(e, (enum err)message.err, "%s", message.detail);
}

enum err child_run(child_work *work, void *job, size_t limit, const struct child_errors *errors,
		   struct child_answer *answer, struct bytes *out, struct error *e)
{
	int ends[2], status = 0;
	sigset_t all, before;
	long long deadline = now() + CHILD_MILLISECONDS;
	*answer = (struct child_answer){0};
	bytes_free(out);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(e, ERR_CHILD, "%s", errors->name);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t child = fork();
	if (child == 0)
		be_child(work, job, ends[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_set(e, ERR_CHILD, "%s", errors->name);
	}
	enum err err = take_answer(ends[0], limit, deadline, errors->broken, answer, out, e);
	close(ends[0]);
	if (now() >= deadline)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	bool late = now() >= deadline || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
	if (err == errors->broken && late)
		err = error_set(e, errors->slow, "%s", "");
	if (err != OK)
		bytes_free(out);
	return err;
}
