/* The process between certdesk-hub and nginx. nginx's master ends when its parent does, but its workers don't when the master is killed; the
 * guard is who they fall to then, and it outlives the hub just long enough to end them. */
#ifndef CERTDESK_HUB_GUARD_H
#define CERTDESK_HUB_GUARD_H

#include <sys/types.h>

#include "hub/hub.h"

/* Starts a guard, and by it nginx. It ends when nginx does; SIGTERM and SIGQUIT end nginx, at once or gracefully, SIGHUP has it read its
 * files again. Where the caller dies, it ends nginx. Returns its id, -1 where it can't be started. */
pid_t guard_start(const struct hub *hub);

/* Kills every child of this process that `keep` (NULL: none) doesn't want. */
void guard_end_children(bool (*keep)(const void *arg, pid_t pid), const void *arg);

#endif
