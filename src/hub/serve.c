#include "hub/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/authority.h"
#include "hub/backups.h"
#include "hub/catchup.h"
#include "hub/crlfile.h"
#include "hub/guard.h"
#include "hub/init.h"
#include "hub/log.h"
#include "hub/nginx.h"
#include "hub/pki.h"
#include "hub/reading.h"
#include "hub/site.h"
#include "hub/values.h"
#include "hub/worker.h"

enum {
	WORKERS_MOST = 1024,
	KEEP_MS = 60000,     /* certificate and list are looked after */
	SHORT_MS = 2000,     /* what lived less is not started again at once */
	PAUSE_MS = 1000,
	NGINX_TRIES = 5,
	END_MS = 10000,      /* what was begun may take */
	PORT_MS = 2000,      /* a hub that was killed leaves its port this soon */
	KEEPER_CHANGED = 10, /* exit status: nginx must read again */
};

struct child {
	pid_t pid; /* 0: none */
	int64_t started, wait_until;
};

struct serve {
	struct hub *hub;
	int listener[POOLS], lock;
	int workers, first_for_files; /* those from there on serve POOL_FILES */
	struct child worker[WORKERS_MOST], nginx /* its guard */, keeper;
	int nginx_failed; /* in a row */
	int64_t kept;
	bool ending;
};

static enum err become_user(const struct hub *hub, struct error *e)
{
	const char *name = hub->options.user;
	if (!*name || geteuid() != 0)
		return OK;
	const struct passwd *p = getpwnam(name);
	return p ? hub_become(p, e) : error_set(e, ERR_HUB_USER, "%s", name);
}

static char *lock_path(const struct hub *hub)
{
	return path_join(hub->dir, "run/serve.lock");
}

static enum err lock(struct serve *s, struct error *e)
{
	struct flock f = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char *path = lock_path(s->hub), *run = path_join(s->hub->dir, "run");
	enum err r = path && run ? dir_make(run, e) : ERR_MEMORY;
	if (!r && (s->lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600)) < 0)
		r = error_set(e, ERR_FILE_WRITE, "%s", path);
	else if (!r && fcntl(s->lock, F_SETLK, &f) != 0)
		r = error_set(e, ERR_HUB_SERVING, "%s", s->hub->dir);
	free(path);
	free(run);
	return r;
}

bool hub_serve_reload(const struct hub *hub)
{
	struct flock f = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char *path = lock_path(hub);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	bool told = fd >= 0 && fcntl(fd, F_GETLK, &f) == 0 && f.l_type != F_UNLCK && f.l_pid > 0 && kill(f.l_pid, SIGHUP) == 0;
	if (fd >= 0)
		close(fd);
	free(path);
	return told;
}

/* The server's certificate and the list of revoked ones are made anew in time, or when another hub on the same database revoked; what
 * was purged goes from reading stores. */
static enum err keep(struct hub *hub, bool *changed, struct error *e)
{
	int64_t revoked = 0;
	size_t listed = 0;
	char *keys = path_join(hub->dir, "keys");
	enum err r = keys ? pki_server(keys, hub->options.host, hub_now(hub), changed, e) : ERR_MEMORY;
	int64_t left = keys ? pki_crl_end(keys, &listed) - hub_now(hub) : 0;
	if (!r && !(r = db_int(hub->db, HUB_SQL_CERTIFICATE_REVOKED_COUNT, 0, &revoked, e, "")) &&
	    (left < (int64_t)PKI_CRL_DAYS * 86400 / 2 || left > (int64_t)PKI_CRL_DAYS * 86400 + 3600 || revoked != (int64_t)listed)) {
		r = site_write_crl(hub, e);
		*changed = *changed || !r;
	}
	free(keys);
	struct error why = {0};
	if (!r)
		r = authority_crl(hub, NULL, e);
	if (!r && crlfile_place(hub, &why)) /* nobody need wait for that */
		hub_log("%s", hub_log_error(&why));
	if (!r)
		r = backups_tick(hub, e);
	if (!r)
		r = readings_purge(hub, e);
	return r ? r : catchup_run(hub, e);
}

static enum err listen_for_nginx(struct serve *s, enum pool pool, struct error *e)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char *path = nginx_socket(s->hub, pool);
	enum err r = path ? OK : ERR_MEMORY;
	if (!r) {
		snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
		unlink(path);
		mode_t before = umask(077);
		int fd = s->listener[pool] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof un) != 0 || listen(fd, 1024) != 0)
			r = error_set(e, ERR_FILE_WRITE, "%s (%s)", path, strerror(errno));
		umask(before);
	}
	free(path);
	return r;
}

/* A child that ends when this process does, with the signals of a fresh one. */
static pid_t fork_child(void)
{
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		sigset_t none;
		sigemptyset(&none);
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != parent)
			_exit(EXIT_FAULT);
		signal(SIGHUP, SIG_IGN);
		sigprocmask(SIG_SETMASK, &none, NULL);
	}
	return child;
}

static void start_worker(struct serve *s, struct child *c)
{
	pid_t child = fork_child();
	if (child == 0)
		_exit(worker_run(s->hub, s->listener[c - s->worker < s->first_for_files ? POOL_WORK : POOL_FILES]));
	*c = (struct child){.pid = child > 0 ? child : 0, .started = clock_monotonic_ms(), .wait_until = clock_monotonic_ms() + PAUSE_MS};
}

static void start_keeper(struct serve *s)
{
	pid_t child = fork_child();
	if (child == 0) {
		struct error e = {0};
		bool changed = false;
		if (hub_connect(s->hub, &e) || keep(s->hub, &changed, &e))
			hub_log("%s", hub_log_error(&e));
		_exit(changed ? KEEPER_CHANGED : EXIT_DONE);
	}
	s->keeper = (struct child){.pid = child > 0 ? child : 0};
	s->kept = clock_monotonic_ms();
}

static void start_nginx(struct serve *s)
{
	pid_t child = guard_start(s->hub);
	s->nginx = (struct child){.pid = child > 0 ? child : 0, .started = clock_monotonic_ms(), .wait_until = clock_monotonic_ms() + PAUSE_MS};
}

static bool known(const void *arg, pid_t pid)
{
	const struct serve *s = arg;
	if (pid == s->nginx.pid || pid == s->keeper.pid)
		return true;
	for (int i = 0; i < s->workers; i++)
		if (s->worker[i].pid == pid)
			return true;
	return false;
}

/* What a guard that was killed left behind is ours since it died (we are their subreaper): nothing of it may go on listening. */
static void end_orphans(const struct serve *s)
{
	guard_end_children(known, s);
}

static void nginx_ended(struct serve *s, int status)
{
	bool soon = clock_monotonic_ms() - s->nginx.started < SHORT_MS;
	s->nginx.pid = 0;
	s->nginx_failed = soon ? s->nginx_failed + 1 : 1;
	s->nginx.wait_until = clock_monotonic_ms() + (soon ? PAUSE_MS : 0);
	end_orphans(s);
	if (!s->ending)
		hub_log("nginx ended (status %d); it is started again", status);
}

static void reap(struct serve *s)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == s->nginx.pid)
			nginx_ended(s, status);
		else if (pid == s->keeper.pid) {
			s->keeper.pid = 0;
			if (WIFEXITED(status) && WEXITSTATUS(status) == KEEPER_CHANGED && s->nginx.pid)
				kill(s->nginx.pid, SIGHUP);
		}
		for (int i = 0; i < s->workers; i++)
			if (pid == s->worker[i].pid) {
				bool soon = clock_monotonic_ms() - s->worker[i].started < SHORT_MS;
				s->worker[i].pid = 0;
				s->worker[i].wait_until = clock_monotonic_ms() + (soon ? PAUSE_MS : 0);
				if (!s->ending)
					hub_log("a worker ended (status %d); it is started again", status);
			}
	}
}

static void start_missing(struct serve *s)
{
	int64_t now = clock_monotonic_ms();
	for (int i = 0; i < s->workers; i++)
		if (!s->worker[i].pid && now >= s->worker[i].wait_until)
			start_worker(s, &s->worker[i]);
	if (!s->nginx.pid && now >= s->nginx.wait_until)
		start_nginx(s);
	if (!s->keeper.pid && now - s->kept >= KEEP_MS)
		start_keeper(s);
}

static bool any_missing(const struct serve *s)
{
	bool missing = !s->nginx.pid;
	for (int i = 0; i < s->workers; i++)
		missing = missing || !s->worker[i].pid;
	return missing;
}

static int wait_signal(const sigset_t *set, int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	return sigtimedwait(set, NULL, &t);
}

static bool any_child(const struct serve *s, bool nginx)
{
	if (nginx)
		return s->nginx.pid > 0;
	for (int i = 0; i < s->workers; i++)
		if (s->worker[i].pid)
			return true;
	return s->keeper.pid > 0;
}

static void signal_all(const struct serve *s, bool nginx, int signal)
{
	if (nginx && s->nginx.pid)
		kill(s->nginx.pid, signal);
	for (int i = 0; !nginx && i < s->workers; i++)
		if (s->worker[i].pid)
			kill(s->worker[i].pid, signal);
	if (!nginx && s->keeper.pid)
		kill(s->keeper.pid, signal);
}

/* nginx first, so that nothing new comes; then the workers. */
static void end_children(struct serve *s, const sigset_t *set)
{
	static const int ways[2][3] = {{SIGTERM, SIGKILL, SIGKILL}, {SIGQUIT, SIGTERM, SIGKILL}};
	s->ending = true;
	for (int nginx = 1; nginx >= 0; nginx--)
		for (int step = 0; step < 3 && any_child(s, nginx); step++) {
			int64_t until = clock_monotonic_ms() + END_MS;
			signal_all(s, nginx, ways[nginx][step]);
			while (any_child(s, nginx) && clock_monotonic_ms() < until) {
				wait_signal(set, 200);
				reap(s);
			}
		}
	end_orphans(s);
	reap(s);
}

static enum err supervise(struct serve *s, struct error *e)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	s->kept = clock_monotonic_ms();
	enum err r = OK;
	while (!r && !s->ending) {
		start_missing(s);
		int got = wait_signal(&set, any_missing(s) ? 200 : 5000);
		reap(s);
		if (got == SIGTERM || got == SIGINT)
			s->ending = true;
		else if (got == SIGHUP && s->nginx.pid)
			kill(s->nginx.pid, SIGHUP);
		if (!s->nginx.pid && s->nginx_failed >= NGINX_TRIES && !s->ending)
			r = error_set(e, ERR_HUB_NGINX, "%s", s->hub->options.nginx);
	}
	end_children(s, &set);
	return r;
}

static enum err wait_for_ports(const struct hub *hub, struct error *e)
{
	int64_t until = clock_monotonic_ms() + PORT_MS;
	enum err r;
	while ((r = nginx_ports_free(hub, e)) && clock_monotonic_ms() < until)
		nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	return r;
}

static int how_many(const struct hub *hub, int asked)
{
	long n = asked ? asked : hub->options.workers ? hub->options.workers : 2 * sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > WORKERS_MOST / 2 ? WORKERS_MOST / 2 : (int)n;
}

enum err hub_serve(const char *dir, int workers, struct error *e)
{
	struct serve *s = calloc(1, sizeof *s);
	bool changed;
	enum err r = s ? hub_open_files(dir, &s->hub, e) : ERR_MEMORY;
	if (r) {
		free(s);
		return r;
	}
	s->listener[POOL_WORK] = s->listener[POOL_FILES] = s->lock = -1;
	s->first_for_files = how_many(s->hub, workers);
	s->workers = s->first_for_files + s->hub->options.file_workers;
	if (!(r = become_user(s->hub, e)) && !(r = lock(s, e)) && !(r = hub_connect(s->hub, e))) {
		r = keep(s->hub, &changed, e);
		db_close(&s->hub->db); /* each child opens its own */
	}
	struct error why = {0};
	if (!r && values_ready(s->hub, &why)) /* the first that needs one says so too */
		hub_log("%s", hub_log_error(&why));
	if (!r && !(r = nginx_configure(s->hub, e)) && !(r = wait_for_ports(s->hub, e)) && !(r = listen_for_nginx(s, POOL_WORK, e)) && !(r = listen_for_nginx(s, POOL_FILES, e)))
		r = supervise(s, e);
	for (int pool = 0; pool < POOLS; pool++)
		if (s->listener[pool] >= 0) {
			char *path = nginx_socket(s->hub, pool);
			close(s->listener[pool]);
			if (path)
				unlink(path);
			free(path);
		}
	hub_close(&s->hub);
	if (s->lock >= 0)
		close(s->lock);
	free(s);
	return r;
}
