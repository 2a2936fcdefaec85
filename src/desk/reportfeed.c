#include "desk/reportfeed.h"

#include <stdlib.h>

#include "base/thread.h"
#include "desk/reportahead.h"

enum { BATCHES = 16 };

struct feed {
	struct store *store;
	const struct adhoc_value *values;
	size_t value_count;
	struct ahead *ahead; /* NULL: one connection does it all */
	/* the open statement: its rows were there already, or come by the thread */
	const struct ahead_rows *kept;
	struct rows *rows;
	pthread_t thread;
	bool started, running;
	/* between the threads */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t filled, taken; /* batches since the statement was opened */
	bool ended, stop, no_memory;
	/* the reader's */
	const struct batch *now;
	size_t row;
	struct batch batches[BATCHES];
};

/* Fills one batch; false when there is nothing behind it. */
static bool fill(struct feed *f, struct batch *b)
{
	bool more;
	enum err r = batch_fill(b, f->rows, &more);
	f->no_memory = r != OK;
	return !r && more;
}

static void *run(void *arg)
{
	struct feed *f = arg;
	for (bool more = true; more;) {
		pthread_mutex_lock(&f->lock);
		while (!f->stop && f->filled - f->taken == BATCHES)
			pthread_cond_wait(&f->changed, &f->lock);
		bool stop = f->stop;
		struct batch *b = &f->batches[f->filled % BATCHES];
		pthread_mutex_unlock(&f->lock);
		more = !stop && fill(f, b);
		pthread_mutex_lock(&f->lock);
		f->filled += !stop;
		f->ended = !more;
		pthread_cond_broadcast(&f->changed);
		pthread_mutex_unlock(&f->lock);
	}
	return NULL;
}

/* With the first row, so that the columns' names were asked for before. Without a thread there are no rows, and close says so. */
static void start(struct feed *f)
{
	f->started = true;
	f->running = thread_start(&f->thread, run, f);
	if (!f->running) /* once it runs, these are the thread's */
		f->ended = f->no_memory = true;
}

static void feed_ahead(void *arg, const char *name, const char *sql)
{
	struct feed *f = arg;
	if (f->ahead)
		ahead_add(f->ahead, name, sql);
}

static enum err feed_open(void *arg, const char *name, const char *sql, struct error *e)
{
	struct feed *f = arg;
	f->filled = f->taken = f->row = 0;
	f->ended = f->stop = f->no_memory = f->started = false;
	f->now = NULL;
	if ((f->kept = f->ahead ? ahead_take(f->ahead, sql) : NULL))
		return OK;
	enum err r = store_query_text(f->store, name, sql, f->values, f->value_count, &f->rows, e);
	if (!r && rows_columns(f->rows) > BATCH_COLUMNS)
		r = error_set(e, ERR_STORE_QUERY, "%s: > %d", name, BATCH_COLUMNS);
	return r;
}

static int feed_column(void *arg, const char *key)
{
	const struct feed *f = arg;
	return f->kept ? ahead_column(f->kept, key) : rows_column(f->rows, key);
}

static bool feed_next(void *arg)
{
	struct feed *f = arg;
	if (f->now && ++f->row < f->now->rows)
		return true;
	if (f->kept) {
		bool first = !f->now;
		f->now = ahead_batch(f->kept);
		return first && f->now->rows > 0;
	}
	if (!f->started)
		start(f);
	pthread_mutex_lock(&f->lock);
	if (f->now) {
		f->taken++;
		pthread_cond_broadcast(&f->changed);
	}
	while (f->filled == f->taken && !f->ended)
		pthread_cond_wait(&f->changed, &f->lock);
	f->now = f->filled > f->taken ? &f->batches[f->taken % BATCHES] : NULL;
	pthread_mutex_unlock(&f->lock);
	f->row = 0;
	return f->now && f->now->rows > 0;
}

static struct report_cell feed_cell(void *arg, int column)
{
	const struct feed *f = arg;
	return batch_cell(f->now, f->row, column);
}

static enum err feed_close(void *arg, struct error *e)
{
	struct feed *f = arg;
	if (f->running) {
		pthread_mutex_lock(&f->lock);
		f->stop = true;
		pthread_cond_broadcast(&f->changed);
		pthread_mutex_unlock(&f->lock);
		pthread_join(f->thread, NULL);
		f->running = false;
	}
	enum err r = rows_end(&f->rows, e);
	return r || !f->no_memory ? r : error_set(e, ERR_MEMORY, "report");
}

enum err feed_make(struct store *store, struct store *twin, const struct adhoc_value *values, size_t count, struct feed **out,
                   struct error *e)
{
	struct feed *f = calloc(1, sizeof *f);
	if (!(*out = f))
		return error_set(e, ERR_MEMORY, "report");
	f->store = store;
	f->values = values;
	f->value_count = count;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	if (twin && ahead_make(twin, values, count, &f->ahead, e)) {
		feed_free(out);
		return ERR_MEMORY;
	}
	return OK;
}

void feed_free(struct feed **feed)
{
	struct feed *f = *feed;
	if (!f)
		return;
	feed_close(f, NULL);
	ahead_free(&f->ahead);
	for (size_t i = 0; i < BATCHES; i++)
		bytes_free(&f->batches[i].texts);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	free(f);
	*feed = NULL;
}

struct report_source feed_source(struct feed *feed)
{
	return (struct report_source){feed, feed_ahead, feed_open, feed_column, feed_next, feed_cell, feed_close};
}
