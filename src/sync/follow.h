/* Going round with headquarters without end: a process of its own, one for each site, which screens start and which ends with
 * the last of them. It is what never lets a key stroke wait for the line. */
#ifndef CERTDESK_SYNC_FOLLOW_H
#define CERTDESK_SYNC_FOLLOW_H

#include "desk/desk.h"

/* Goes round each second; at once where there was more to move; later and later, up to a minute, while the line is down or the
 * answer is one that a person has to look into. What there is to tell stands in sync_state. `while_open`: ends when no screen
 * is open on this site (follow_screen_opens), else only with the process. *out is {"following": false} at once where another
 * process does it already. ERR_SYNC_NOT_JOINED, ERR_DESK_FORBIDDEN, ERR_FILE_WRITE. */
enum err sync_follow(struct desk *d, bool while_open, json_t **out, struct error *e);

/* For screens. A zeroed one is not open. */
struct follow_screen {
	int open, probe;   /* descriptors plus one */
	int64_t look_at;   /* not before, by the monotonic clock */
};
/* This screen is open on the site, and there is a process that follows: starts it where there is none. Cheap enough to be
 * called each second; waits for nothing. */
void follow_screen_opens(struct follow_screen *s, const char *dir);
void follow_screen_closes(struct follow_screen *s);

/* The loop itself, for tests. */
struct follow_work {
	enum err (*round)(void *arg, bool *moved);
	bool (*wait)(void *arg, int milliseconds); /* false: that was all */
	void *arg;
};
enum { FOLLOW_IDLE_MS = 1000, FOLLOW_MOST_MS = 60000 };
void follow_loop(const struct follow_work *work);

#endif
