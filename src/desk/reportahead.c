#include "desk/reportahead.h"

#include <stdlib.h>
#include <string.h>

#include "base/thread.h"

enum { STATEMENTS = 32 };

struct ahead_rows {
	const char *name, *sql;
	struct batch *batch; /* NULL: the caller runs it */
	char *columns[BATCH_COLUMNS];
};

struct ahead {
	struct store *store;
	const struct adhoc_value *values;
	size_t value_count;
	struct ahead_rows list[STATEMENTS];
	size_t count;
	pthread_t thread;
	bool started, running;
	/* between the threads */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t done; /* of the list */
	bool stop;
};

static bool copy_names(struct ahead_rows *r, const struct rows *rows)
{
	for (int i = 0; i < rows_columns(rows); i++)
		if (!(r->columns[i] = strdup(rows_name(rows, i))))
			return false;
	return true;
}

/* All of the statement's rows; NULL where that is not to be had. */
static struct batch *whole(struct ahead *a, struct ahead_rows *r)
{
	struct rows *rows = NULL;
	bool more = false;
	if (store_query_text(a->store, r->name, r->sql, a->values, a->value_count, &rows, NULL))
		return NULL;
	struct batch *b = rows_columns(rows) <= BATCH_COLUMNS && copy_names(r, rows) ? calloc(1, sizeof *b) : NULL;
	bool good = b && batch_fill(b, rows, &more) == OK && !more;
	if (rows_end(&rows, NULL) == OK && good)
		return b;
	if (b)
		bytes_free(&b->texts);
	free(b);
	return NULL;
}

static void *run(void *arg)
{
	struct ahead *a = arg;
	for (size_t i = 0; i < a->count; i++) {
		pthread_mutex_lock(&a->lock);
		bool stop = a->stop;
		pthread_mutex_unlock(&a->lock);
		struct batch *b = stop ? NULL : whole(a, &a->list[i]);
		pthread_mutex_lock(&a->lock);
		a->list[i].batch = b;
		a->done = i + 1;
		pthread_cond_broadcast(&a->changed);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

enum err ahead_make(struct store *store, const struct adhoc_value *values, size_t count, struct ahead **out, struct error *e)
{
	struct ahead *a = calloc(1, sizeof *a);
	if (!(*out = a))
		return error_set(e, ERR_MEMORY, "report");
	a->store = store;
	a->values = values;
	a->value_count = count;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	return OK;
}

void ahead_add(struct ahead *a, const char *name, const char *sql)
{
	if (!a->started && a->count < STATEMENTS)
		a->list[a->count++] = (struct ahead_rows){.name = name, .sql = sql};
}

const struct ahead_rows *ahead_take(struct ahead *a, const char *sql)
{
	size_t i = 0;
	if (!a->started) {
		a->started = true;
		a->running = thread_start(&a->thread, run, a);
	}
	while (i < a->count && a->list[i].sql != sql)
		i++;
	if (i == a->count || !a->running)
		return NULL;
	pthread_mutex_lock(&a->lock);
	while (a->done <= i)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return a->list[i].batch ? &a->list[i] : NULL;
}

const struct batch *ahead_batch(const struct ahead_rows *rows)
{
	return rows->batch;
}

int ahead_column(const struct ahead_rows *rows, const char *name)
{
	for (int i = 0; i < rows->batch->columns; i++)
		if (strcmp(rows->columns[i], name) == 0)
			return i;
	return -1;
}

void ahead_free(struct ahead **ahead)
{
	struct ahead *a = *ahead;
	if (!a)
		return;
	if (a->running) {
		pthread_mutex_lock(&a->lock);
		a->stop = true;
		pthread_mutex_unlock(&a->lock);
		pthread_join(a->thread, NULL);
	}
	for (size_t i = 0; i < a->count; i++) {
		for (size_t c = 0; c < BATCH_COLUMNS; c++)
			free(a->list[i].columns[c]);
		if (a->list[i].batch)
			bytes_free(&a->list[i].batch->texts);
		free(a->list[i].batch);
	}
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->changed);
	free(a);
	*ahead = NULL;
}
