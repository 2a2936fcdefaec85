#include "base/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#ifndef sigev_notify_thread_id /* glibc 2.36 has no name for it */
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { AGAIN_MS = 50, PLACE_BIT = 60 };

static bool lock(int fd, int how, short type)
{
	struct flock one = {.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)1 << PLACE_BIT, .l_len = 1};
	return fcntl(fd, how, &one) == 0;
}

static void wake(int signal)
{
	(void)signal;
}

static struct timespec time_of(int64_t ms)
{
	return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static bool wait_until(int fd, int64_t until)
{
	while (!lock(fd, F_OFD_SETLKW, F_WRLCK)) {
		if (errno != EINTR)
			return false;
		if (clock_monotonic_ms() >= until) {
			errno = ETIMEDOUT;
			return false;
		}
	}
	return true;
}

/* The signal comes again and again, since the first may come just before the thread waits. */
static bool wait_for(int fd, int most_ms)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
	struct sigaction act = {.sa_handler = wake}; /* without SA_RESTART: fcntl returns */
	int64_t until = clock_monotonic_ms() + most_ms;
	timer_t timer;
	event.sigev_notify_thread_id = gettid();
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGALRM, &act, NULL) != 0 || timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
		return false;
	struct itimerspec bounds = {.it_value = time_of(most_ms), .it_interval = time_of(AGAIN_MS)};
	bool got = timer_settime(timer, 0, &bounds, NULL) == 0 && wait_until(fd, until);
	int why = errno;
	timer_delete(timer); /* its signal may still be on its way: the handler stays */
	errno = why;
	return got;
}

bool turn_take(int fd, int most_ms)
{
	return lock(fd, F_OFD_SETLK, F_WRLCK) || ((errno == EAGAIN || errno == EACCES) && wait_for(fd, most_ms));
}

void turn_give(int fd)
{
	lock(fd, F_OFD_SETLK, F_UNLCK);
}
