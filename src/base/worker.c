#include "base/worker.h"

#include <stdlib.h>

#include "base/thread.h"

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	void (*work)(void *arg); /* NULL: nothing to do */
	void *arg;
	bool end;
};

static void *run(void *context)
{
	struct worker *w = context;
	pthread_mutex_lock(&w->mutex);
	for (;;) {
		while (!w->work && !w->end)
			pthread_cond_wait(&w->changed, &w->mutex);
		if (!w->work)
			break;
		pthread_mutex_unlock(&w->mutex);
		w->work(w->arg);
		pthread_mutex_lock(&w->mutex);
		w->work = NULL;
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

static void destroy(struct worker *w)
{
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

struct worker *worker_start(void)
{
	struct worker *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (thread_start(&w->thread, run, w))
		return w;
	destroy(w);
	return NULL;
}

void worker_give(struct worker *w, void (*work)(void *arg), void *arg)
{
	if (!w) {
		work(arg);
		return;
	}
	pthread_mutex_lock(&w->mutex);
	w->work = work;
	w->arg = arg;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->mutex);
}

void worker_wait(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	while (w->work)
		pthread_cond_wait(&w->changed, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
}

void worker_end(struct worker **w)
{
	if (!*w)
		return;
	worker_wait(*w);
	pthread_mutex_lock(&(*w)->mutex);
	(*w)->end = true;
	pthread_cond_signal(&(*w)->changed);
	pthread_mutex_unlock(&(*w)->mutex);
	pthread_join((*w)->thread, NULL);
	destroy(*w);
	*w = NULL;
}
