/* A thread that works beside its owner, on one piece of work at a time. */
#ifndef CERTDESK_BASE_WORKER_H
#define CERTDESK_BASE_WORKER_H

struct worker;

/* Starts it. NULL where the system gives none; the functions below then do what is asked for in the caller's own thread. */
struct worker *worker_start(void);
/* Hands it a piece of work, and goes on at once. What was handed over before must have been waited for. */
void worker_give(struct worker *w, void (*work)(void *arg), void *arg);
/* Until it has nothing to do. What the work wrote can be read then. */
void worker_wait(struct worker *w);
/* Ends it, after what it was given. Takes NULL and sets NULL. */
void worker_end(struct worker **w);

#endif
