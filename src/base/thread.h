/* Threads of the program's own: signals are never theirs. */
#ifndef CERTDESK_BASE_THREAD_H
#define CERTDESK_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts `run` with every signal blocked. False where the system gives no thread. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
