#include "desk/reportfeed.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { BATCHES = 4, BATCH_ROWS = 256, FEED_COLUMNS = 64 };

/* Some rows, copied: SQLite's texts last only until its next step. */
struct batch {
	struct report_cell cells[BATCH_ROWS][FEED_COLUMNS];
	size_t offsets[BATCH_ROWS][FEED_COLUMNS];
	struct bytes texts;
	size_t rows;
};

struct feed {
	struct store *store;
	const struct adhoc_value *values;
	size_t value_count;
	struct rows *rows;
	int columns;
	pthread_t thread;
	bool started, running;
	/* between the threads */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t filled, taken; /* batches since the statement was opened */
	bool ended, stop, no_memory;
	/* the reader's */
	struct batch *now;
	size_t row;
	struct batch batches[BATCHES];
};

static bool copy_row(struct feed *f, struct batch *b)
{
	for (int c = 0; c < f->columns; c++) {
		struct report_cell *cell = &b->cells[b->rows][c];
		*cell = (struct report_cell){.kind = REPORT_CELL_NONE};
		if (rows_null(f->rows, c))
			continue;
		if (rows_integer(f->rows, c)) {
			*cell = (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = rows_int(f->rows, c)};
			continue;
		}
		const char *text = rows_text(f->rows, c);
		cell->kind = REPORT_CELL_TEXT;
		b->offsets[b->rows][c] = b->texts.length;
		if (bytes_add(&b->texts, text, strlen(text) + 1))
			return false;
	}
	b->rows++;
	return true;
}

/* Fills one batch; false when there is nothing behind it. */
static bool fill(struct feed *f, struct batch *b)
{
	bool more = true;
	b->rows = b->texts.length = 0;
	while (b->rows < BATCH_ROWS && (more = rows_next(f->rows)))
		if (!copy_row(f, b)) {
			f->no_memory = true;
			return false;
		}
	for (size_t r = 0; r < b->rows; r++) /* only now the texts stay where they are */
		for (int c = 0; c < f->columns; c++)
			if (b->cells[r][c].kind == REPORT_CELL_TEXT)
				b->cells[r][c].text = (const char *)b->texts.data + b->offsets[r][c];
	return more;
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
	sigset_t all, before;
	f->started = true;
	sigfillset(&all); /* signals are the program's, not this thread's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	f->running = pthread_create(&f->thread, NULL, run, f) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!f->running) /* once it runs, these are the thread's */
		f->ended = f->no_memory = true;
}

static enum err feed_open(void *arg, const char *name, const char *sql, struct error *e)
{
	struct feed *f = arg;
	enum err r = store_query_text(f->store, name, sql, f->values, f->value_count, &f->rows, e);
	if (r)
		return r;
	f->columns = rows_columns(f->rows);
	f->filled = f->taken = f->row = 0;
	f->ended = f->stop = f->no_memory = f->started = false;
	f->now = NULL;
	return f->columns > FEED_COLUMNS ? error_set(e, ERR_STORE_QUERY, "%s: > %d", name, FEED_COLUMNS) : OK;
}

static int feed_column(void *arg, const char *key)
{
	return rows_column(((struct feed *)arg)->rows, key);
}

static bool feed_next(void *arg)
{
	struct feed *f = arg;
	if (!f->started)
		start(f);
	if (f->now && ++f->row < f->now->rows)
		return true;
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
	return f->now->cells[f->row][column];
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

enum err feed_make(struct store *store, const struct adhoc_value *values, size_t count, struct feed **out, struct error *e)
{
	struct feed *f = calloc(1, sizeof *f);
	if (!(*out = f))
		return error_set(e, ERR_MEMORY, "report");
	f->store = store;
	f->values = values;
	f->value_count = count;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	return OK;
}

void feed_free(struct feed **feed)
{
	struct feed *f = *feed;
	if (!f)
		return;
	feed_close(f, NULL);
	for (size_t i = 0; i < BATCHES; i++)
		bytes_free(&f->batches[i].texts);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	free(f);
	*feed = NULL;
}

struct report_source feed_source(struct feed *feed)
{
	return (struct report_source){feed, feed_open, feed_column, feed_next, feed_cell, feed_close};
}
