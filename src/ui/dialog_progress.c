/* Work that takes time: what is being done, how far, and for how long already. */
#include "ui/dialog_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/thread.h"

#define BAR_COLUMNS 50
#define DRAW_MS 100

struct progress {
	struct ui *ui;
	char *title, *text;
	char doing[256];
	size_t done, total;
	int64_t begin, drawn;
	struct overlay overlay;
};

static void draw_progress(struct ui *ui, void *arg, struct pane *whole)
{
	struct progress *p = arg;
	char line[128];
	int row;
	(void)ui;
	struct pane inside = dialog_box(whole, p->title, p->text, BAR_COLUMNS + 8, 3, &row);
	pane_cell(&inside, row, 0, inside.columns, ROLE_DIALOG, p->doing, false);
	if (p->total > 0) {
		size_t done = p->done < p->total ? p->done : p->total;
		int filled = (int)(done * BAR_COLUMNS / p->total);
		term_fill_cells(inside.term, inside.top + row + 1, inside.left, BAR_COLUMNS, ROLE_FIELD);
		term_fill_cells(inside.term, inside.top + row + 1, inside.left, filled, ROLE_SELECTED);
		snprintf(line, sizeof line, "%3zu%%", done * 100 / p->total);
		pane_text(&inside, row + 1, BAR_COLUMNS + 1, ROLE_STRONG, line);
	}
	snprintf(line, sizeof line, tr("已用 %lld 秒", "%lld s so far"),
			 (long long)((clock_monotonic_ms() - p->begin) / 1000));
	pane_text(&inside, row + 2, 0, ROLE_HINT, line);
	pane_cursor(&inside, row, 0);
}

enum err progress_start(struct ui *ui, const char *title, const char *text, struct progress **out)
{
	struct progress *p = calloc(1, sizeof *p);
	if (p) {
		p->title = strdup(title);
		p->text = strdup(text);
	}
	if (!p || !p->title || !p->text) {
		progress_end(&p);
		return ERR_MEMORY;
	}
	p->ui = ui;
	p->begin = clock_monotonic_ms();
	p->overlay = (struct overlay){.draw = draw_progress, .arg = p};
	ui_overlay_push(ui, &p->overlay);
	ui_draw_now(ui);
	*out = p;
	return OK;
}

bool progress_step(struct progress *p, size_t done, size_t total, const char *doing)
{
	int64_t now = clock_monotonic_ms();
	p->done = done;
	p->total = total;
	if (doing)
		text_copy(p->doing, sizeof p->doing, doing);
	bool again = term_look(ui_term(p->ui));
	if (term_is_ended(ui_term(p->ui)))
		ui_quit(p->ui);
	if (again || now - p->drawn >= DRAW_MS) {
		p->drawn = now;
		ui_redraw(p->ui, UI_DRAW | (again ? UI_BARS : 0));
		ui_draw_now(p->ui);
	}
	return !ui_ending(p->ui);
}

void progress_end(struct progress **p)
{
	if (!*p)
		return;
	if ((*p)->ui)
		ui_overlay_pop((*p)->ui);
	free((*p)->title);
	free((*p)->text);
	free(*p);
	*p = NULL;
}

/* ---- with a thread ---- */

struct job {
	enum err (*work)(struct job *job, void *arg, struct error *e);
	void *arg;
	struct error *e;
	enum err rc;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t news;
	size_t done, total;
	char doing[256];
	bool finished;
};

void job_report(struct job *job, size_t done, size_t total, const char *doing)
{
	pthread_mutex_lock(&job->lock);
	job->done = done;
	job->total = total;
	if (doing)
		text_copy(job->doing, sizeof job->doing, doing);
	pthread_cond_signal(&job->news);
	pthread_mutex_unlock(&job->lock);
}

static void *run_job(void *arg)
{
	struct job *job = arg;
	enum err rc = job->work(job, job->arg, job->e);
	pthread_mutex_lock(&job->lock);
	job->rc = rc;
	job->finished = true;
	pthread_cond_signal(&job->news);
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static void watch_job(struct job *job, struct progress *p)
{
	char doing[sizeof job->doing];
	for (bool finished = false; !finished;) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += DRAW_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_mutex_lock(&job->lock);
		if (!job->finished)
			pthread_cond_timedwait(&job->news, &job->lock, &until);
		finished = job->finished;
		size_t done = job->done, total = job->total;
		text_copy(doing, sizeof doing, job->doing);
		pthread_mutex_unlock(&job->lock);
		/* told to end or not: the work is waited for, a card must not be cut in the middle */
		progress_step(p, done, total, doing);
	}
}

enum err dialog_job(struct ui *ui, const char *title, const char *text,
					enum err (*work)(struct job *job, void *arg, struct error *e), void *arg, struct error *e)
{
	struct job job = {
		.work = work, .arg = arg, .e = e, .lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER};
	struct progress *p = NULL;
	pthread_t thread;
	if (progress_start(ui, title, text, &p) != OK)
		return error_set(e, ERR_MEMORY, "%s", "");
	if (!thread_start(&thread, run_job, &job)) {
		progress_end(&p);
		return error_complete(e, work(&job, arg, e)); /* without a thread: the seconds stand still, the work is done */
	}
	watch_job(&job, p);
	pthread_join(thread, NULL);
	progress_end(&p);
	return error_complete(e, job.rc);
}
