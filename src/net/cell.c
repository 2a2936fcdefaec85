#include "net/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sanitized.h"

#define CELL_MEMORY (512UL << 20)
#define CELL_FILES 64

static void limit(int resource, rlim_t value)
{
	setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value});
}

void cell_hide(void)
{
	limit(RLIMIT_CORE, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Files: what the C library reads to find an address, and its own libraries. Not /etc whole: a store key may lie there. */
static void close_files(void)
{
	static const char *const readable[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
		"/etc/services", "/etc/protocols", "/etc/ld.so.cache", "/etc/localtime", "/run/systemd/resolve", "/run/resolvconf",
		"/run/NetworkManager", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/lib", "/lib64", "/dev/urandom", "/dev/random", "/dev/null"};
	const uint64_t on_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
	struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1}; /* the first version's */
	int set = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
	if (set < 0)
		return;
	for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
		int fd = open(readable[i], O_PATH | O_CLOEXEC);
		struct landlock_path_beneath_attr rule = {.parent_fd = fd, .allowed_access = on_file | LANDLOCK_ACCESS_FS_READ_DIR};
		if (fd < 0)
			continue;
		if (syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
			rule.allowed_access = on_file; /* no directory */
			syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
		}
		close(fd);
	}
	syscall(SYS_landlock_restrict_self, set, 0);
	close(set);
}

#if defined(__x86_64__)
#define CELL_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CELL_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef CELL_ARCH
/* What a client of the network never does. */
static const uint16_t refused[] = {
	__NR_execve, __NR_execveat, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kill, __NR_tkill, __NR_tgkill,
	__NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, __NR_pidfd_open, __NR_pidfd_send_signal, __NR_pidfd_getfd, __NR_openat2,
	__NR_unlinkat, __NR_renameat, __NR_renameat2, __NR_linkat, __NR_symlinkat, __NR_mkdirat, __NR_mknodat, __NR_fchmod, __NR_fchmodat,
	__NR_fchown, __NR_fchownat, __NR_truncate, __NR_mount, __NR_umount2, __NR_chroot, __NR_pivot_root, __NR_unshare, __NR_setns,
	__NR_bpf, __NR_perf_event_open, __NR_userfaultfd, __NR_keyctl, __NR_add_key, __NR_request_key, __NR_io_uring_setup,
	__NR_io_uring_enter, __NR_personality, __NR_listen, __NR_accept, __NR_accept4, __NR_shmget, __NR_msgget, __NR_semget, __NR_mq_open,
#ifdef __NR_fork
	__NR_fork, __NR_vfork, __NR_creat, __NR_unlink, __NR_rename, __NR_link, __NR_symlink, __NR_mkdir, __NR_rmdir, __NR_mknod,
	__NR_chmod, __NR_chown, __NR_lchown,
#endif
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(field))
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n)) /* its lower half, on a little-endian machine */
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ANY_OF(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(bits), yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
#define WRITES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

static void close_calls(void)
{
	static const struct sock_filter before[] = {
		LOAD(offsetof(struct seccomp_data, arch)),
		EQUAL(CELL_ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the other numbering of x86-64 */
		REFUSE(EPERM),
	};
	static const struct sock_filter behind[] = {
		EQUAL(__NR_clone3, 0, 1), /* its flags lie in memory: the C library then uses clone */
		REFUSE(ENOSYS),
		EQUAL(__NR_clone, 0, 4),
		LOAD(ARGUMENT(0)),
		ANY_OF(CLONE_THREAD, 0, 1),
		RETURN(SECCOMP_RET_ALLOW),
		REFUSE(EPERM),
		EQUAL(__NR_socket, 0, 6),
		LOAD(ARGUMENT(0)),
		EQUAL(AF_INET, 2, 0),
		EQUAL(AF_INET6, 1, 0),
		EQUAL(AF_NETLINK, 0, 1),
		RETURN(SECCOMP_RET_ALLOW),
		REFUSE(EAFNOSUPPORT),
		EQUAL(__NR_openat, 0, 4),
		LOAD(ARGUMENT(2)),
		ANY_OF(WRITES, 0, 1),
		REFUSE(EPERM),
		RETURN(SECCOMP_RET_ALLOW),
#ifdef __NR_open
		EQUAL(__NR_open, 0, 3),
		LOAD(ARGUMENT(1)),
		ANY_OF(WRITES, 0, 1),
		REFUSE(EPERM),
#endif
		RETURN(SECCOMP_RET_ALLOW),
	};
	enum { N = sizeof refused / sizeof *refused, B = sizeof before / sizeof *before, A = sizeof behind / sizeof *behind };
	struct sock_filter rules[B + 2 * N + A];
	size_t n = 0;
	for (size_t i = 0; i < B; i++)
		rules[n++] = before[i];
	for (size_t i = 0; i < N; i++) {
		rules[n++] = (struct sock_filter)EQUAL(refused[i], 0, 1);
		rules[n++] = (struct sock_filter)REFUSE(EPERM);
	}
	for (size_t i = 0; i < A; i++)
		rules[n++] = behind[i];
	struct sock_fprog program = {.len = (unsigned short)n, .filter = rules};
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void close_calls(void)
{
}
#endif

void cell_close(void)
{
	limit(RLIMIT_NOFILE, CELL_FILES);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || SANITIZED)
		return;
	limit(RLIMIT_DATA, CELL_MEMORY);
	close_files();
	close_calls();
}
