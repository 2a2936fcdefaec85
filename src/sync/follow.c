#include "sync/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "sync/internal.h"

enum { SLICE_MS = 1000, LOOK_AGAIN_MS = 5000 };

/* The loop ------------------------------------------------------------------------------------------ */

static int next_pause(enum err err, bool moved, int before)
{
	if (err == OK)
		return moved ? 0 : FOLLOW_IDLE_MS;
	if (error_exit(err) != EXIT_RETRY)
		return FOLLOW_MOST_MS;
	return before < FOLLOW_IDLE_MS ? FOLLOW_IDLE_MS : before * 2 < FOLLOW_MOST_MS ? before * 2 : FOLLOW_MOST_MS;
}

void follow_loop(const struct follow_work *work)
{
	int back_off = 0;
	for (;;) {
		bool moved = false;
		enum err err = work->round(work->arg, &moved);
		int pause = next_pause(err, moved, back_off);
		back_off = err == OK ? 0 : pause;
		if (!work->wait(work->arg, pause))
			return;
	}
}

/* Who follows, and who looks on: two files that nothing is written to ------------------------------------ */

static int open_lock(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	free(path);
	return fd;
}

/* True where the lock could be had; it is let go at once. */
static bool nobody_holds(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0;
}

struct follower {
	struct desk *d;
	struct sync *sync;
	int screens; /* -1: goes on without any */
};

static enum err go_round(void *arg, bool *moved)
{
	struct follower *f = arg;
	struct error e = {0};
	json_t *counts = json_object();
	enum err err = !counts ? ERR_MEMORY : f->sync ? OK : sync_open(f->d, &f->sync, &e);
	if (err == OK)
		err = sync_round(f->sync, counts, moved, &e);
	if (err != OK)
		sync_close(&f->sync); /* a new worker next time: it has read anew where names are looked up */
	json_decref(counts);
	return err;
}

/* Somebody else has reached headquarters meanwhile: a new code, a round by hand. */
static bool is_back(struct follower *f)
{
	json_t *state = NULL;
	bool up = store_row(f->d->store, SQL_SYNC_STATE_GET, &state, NULL, "") == OK && strcmp(json_text(state, "line"), "up") == 0;
	json_decref(state);
	return up;
}

static bool pause_or_end(void *arg, int milliseconds)
{
	struct follower *f = arg;
	bool later = milliseconds > FOLLOW_IDLE_MS, away = later && !is_back(f); /* a disk that is full takes no note of it */
	if (later) /* not all sites at once when a hub comes back */
		milliseconds -= (int)random_below((uint32_t)milliseconds / 4);
	int64_t until = clock_monotonic_ms() + milliseconds;
	for (;;) {
		int64_t left = until - clock_monotonic_ms();
		if (f->screens >= 0 && nobody_holds(f->screens))
			return false;
		if (left <= 0 || (away && is_back(f)))
			return true;
		poll(NULL, 0, left < SLICE_MS ? (int)left : SLICE_MS);
	}
}

static enum err follow(struct follower *f, json_t **out, struct error *e)
{
	json_t *status = NULL;
	enum err err = desk_allow(f->d, MAY_SYNC, NULL, e);
	if (err == OK)
		err = sync_status(f->d, &status, e);
	if (err == OK && !json_is_true(json_object_get(status, "joined")))
		err = error_set(e, ERR_SYNC_NOT_JOINED, "%s", "");
	json_decref(status);
	if (err)
		return err;
	bool timer = f->d->timer;
	f->d->timer = true; /* whoever asked for it: what is done is the rules' doing */
	follow_loop(&(struct follow_work){go_round, pause_or_end, f});
	f->d->timer = timer;
	sync_close(&f->sync);
	*out = json_pack("{sb}", "following", 1);
	return *out ? OK : ERR_MEMORY;
}

enum err sync_follow(struct desk *d, bool while_open, json_t **out, struct error *e)
{
	struct follower f = {.d = d, .screens = -1};
	int lock = open_lock(d->dir, "sync.lock");
	enum err err = OK;
	*out = NULL;
	if (while_open)
		f.screens = open_lock(d->dir, "screens.lock");
	if (lock < 0 || (while_open && f.screens < 0))
		err = error_set(e, ERR_FILE_WRITE, "%s/sync.lock", d->dir);
	else if (flock(lock, LOCK_EX | LOCK_NB) != 0)
		*out = json_pack("{sb}", "following", 0);
	else
		err = follow(&f, out, e);
	if (f.screens >= 0)
		close(f.screens);
	if (lock >= 0)
		close(lock);
	return err;
}

/* For screens ---------------------------------------------------------------------------------------- */

/* Between fork and exec nothing may ask for memory. The one between ends at once, so that the screen has no child to wait for;
 * a session of its own, so that the terminal's end is not its end while other screens go on. */
static _Noreturn void become_follower(char *const arguments[])
{
	sigset_t none;
	setsid();
	if (fork() != 0)
		_exit(0);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int null = open("/dev/null", O_RDWR);
	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	close_range(3, ~0U, 0);
	execv("/proc/self/exe", arguments); /* this program, though an upgrade may have put another in its place */
	_exit(127);
}

static void start_follower(const char *dir)
{
	char *const arguments[] = {"certdesk", "-C", (char *)(uintptr_t)dir, "--lang", lang_now() == LANG_EN ? "en" : "zh", "sync", "--follow",
		"--while-open", NULL};
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		become_follower(arguments);
	sigprocmask(SIG_SETMASK, &before, NULL);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void follow_screen_opens(struct follow_screen *s, const char *dir)
{
	int64_t now = clock_monotonic_ms();
	if (now < s->look_at)
		return;
	s->look_at = now + LOOK_AGAIN_MS;
	if (!s->open) {
		int fd = open_lock(dir, "screens.lock");
		if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
			s->open = fd + 1;
		else if (fd >= 0)
			close(fd);
	}
	if (!s->probe)
		s->probe = open_lock(dir, "sync.lock") + 1;
	if (!s->open)
		s->look_at = now; /* a follower is just looking whether anybody is here */
	else if (s->probe && nobody_holds(s->probe - 1))
		start_follower(dir);
}

void follow_screen_closes(struct follow_screen *s)
{
	if (s->open)
		close(s->open - 1);
	if (s->probe)
		close(s->probe - 1);
	*s = (struct follow_screen){0};
}
