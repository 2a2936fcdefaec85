/* A turn among processes: a lock on a byte of an open file, far behind what it holds. The kernel wakes who waits, and gives the turn on when its
 * holder ends, however it ends. It belongs to the open file (F_OFD_SETLK): who holds it mustn't share that with a child that goes on. */
#ifndef CERTDESK_BASE_TURN_H
#define CERTDESK_BASE_TURN_H

#include <stdbool.h>

/* Waits no longer than `most_ms` milliseconds; false: errno is ETIMEDOUT, or what the file system said. Taking one's own turn again is nothing. SIGALRM is
 * the waiting thread's, and means nothing to the program from then on. */
bool turn_take(int fd, int most_ms);
void turn_give(int fd);

#endif
