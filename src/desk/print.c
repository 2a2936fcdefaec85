#include "desk/print.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/orderrow.h"
#include "desk/output.h"
#include "desk/printfacts.h"
#include "print/apart.h"
#include "print/spool.h"

enum { KEEP_DAYS = 7, DAY = 86400, TRIES = 5, QUEUE_SIZE = 128 };
static const char application[] = "application";

/* One print on its way. */
struct paper_job {
	struct print_templates *templates;
	const struct print_template *t;
	const struct staff *who;
	struct order order; /* none where order.no is "" */
	json_t *facts;
	struct bytes pdf;
	char subject[ORDER_NO_SIZE], digest[DIGEST_TEXT_SIZE];
	char queue[QUEUE_SIZE]; /* "": a file */
	char *path;
	struct print_made made;
	int64_t number, id;
};

static void job_free(struct paper_job *j)
{
	order_free(&j->order);
	json_decref(j->facts);
	bytes_free(&j->pdf);
	print_free(&j->templates);
	free(j->path);
}

static enum err load_templates(struct desk *d, struct print_templates **out, struct error *e)
{
	char *dir = path_join(d->share, "forms/print");
	*out = NULL;
	enum err r = dir ? print_load(dir, NULL, NULL, out, e) : error_set(e, ERR_MEMORY, "forms/print");
	free(dir);
	return r;
}

/* The queue for this paper; windows can have printers of their own: "desk-${station}". */
static void queue_of(const struct desk *d, const struct print_template *t, char out[QUEUE_SIZE])
{
	static const char word[] = "${station}";
	const char *queue = t->label ? d->config.label_printer : d->config.printer, *at = strstr(queue, word);
	if (at)
		snprintf(out, QUEUE_SIZE, "%.*s%s%s", (int)(at - queue), queue, d->station, at + strlen(word));
	else
		text_copy(out, QUEUE_SIZE, queue);
}

static enum err load_order(struct desk *d, const char *no, struct order *o, struct error *e)
{
	return strcmp(no, PRINT_NO_ORDER) == 0 ? OK : order_load(d, no, o, e);
}

/* What `when` and the lists of words are asked about. */
static enum err load_values(struct desk *d, const struct order *o, json_t **values, struct error *e)
{
	int64_t paid = 0;
	enum err r = o->order_id ? order_paid(d, o->order_id, &paid, e) : OK;
	*values = r ? NULL : *o->no ? printfacts_values(o, paid) : json_object();
	return r;
}

static bool offered(const struct print_template *t, const struct order *o, const json_t *values)
{
	return *o->no ? print_offered(t, values) : t->about != PRINT_ORDER;
}

/* A count is of the order, or of the day's list. */
static void subject_of(const struct desk *d, const struct print_template *t, const struct order *o, const char *date,
                       char out[ORDER_NO_SIZE])
{
	char today[11];
	civil_date_text(desk_now(d), today); /* parcels go by the calendar, and on after the day's end */
	text_copy(out, ORDER_NO_SIZE, t->about == PRINT_DAY ? date ? date : today : *o->no ? o->no : PRINT_NO_ORDER);
}

enum err print_list(struct desk *d, const char *no, json_t **out, struct error *e)
{
	static const char *const abouts[] = {[PRINT_ORDER] = "order", [PRINT_DAY] = "day", [PRINT_BLANK] = "blank"};
	struct paper_job j = {0};
	json_t *values = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PRINT, NULL, e);
	if (r || (r = load_order(d, no, &j.order, e)) || (r = load_templates(d, &j.templates, e)) ||
	    (r = load_values(d, &j.order, &values, e)))
		goto out;
	*out = json_array();
	for (size_t i = 0; !r && i < j.templates->count; i++) {
		const struct print_template *t = j.templates->all[i];
		int64_t count = 0;
		if (print_find(j.templates, t->kind, j.order.channel) != t || !offered(t, &j.order, values))
			continue;
		subject_of(d, t, &j.order, NULL, j.subject);
		r = store_int(d->store, SQL_PRINT_COUNT, 0, &count, e, "tt", j.subject, t->kind);
		char queue[QUEUE_SIZE];
		queue_of(d, t, queue);
		json_array_append_new(*out, json_pack("{ss ss ss sI so}", "kind", t->kind, "title", print_say(&t->title), "about",
		                                      abouts[t->about], "printed", (json_int_t)count, "printer",
		                                      *queue ? json_string(queue) : json_null()));
	}
out:
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(values);
	job_free(&j);
	return r;
}

/* An application is signed as it stands: nothing may be missing or wrong but what the signature itself confirms. */
static enum err check_complete(struct desk *d, const struct paper_job *j, struct error *e)
{
	const struct form *form = NULL;
	json_t *mistakes = NULL, *m;
	size_t i;
	if (!j->t->complete || !j->order.draft)
		return OK;
	enum err r = desk_form(d, j->order.form, &form, e);
	if (!r)
		form_judge_all(form, d->codes, j->order.values, desk_now(d), &mistakes);
	json_array_foreach(mistakes, i, m)
		if (!r && strcmp(json_text(m, "verdict"), "invalid") == 0 && !printfacts_left_out(j->t, json_text(m, "field")))
			r = error_set(e, ERR_DESK_MISTAKES, tr("%s：%s", "%s: %s"), json_text(m, "label"), json_text(m, "message"));
	json_decref(mistakes);
	return r;
}

static enum err choose_template(struct desk *d, const struct print_wish *w, struct paper_job *j, struct error *e)
{
	json_t *values = NULL;
	enum err r = load_templates(d, &j->templates, e);
	if (!r && !(j->t = print_find(j->templates, w->kind, j->order.channel)))
		r = error_set(e, ERR_PRINT_UNKNOWN, "%s", w->kind);
	if (!r)
		r = load_values(d, &j->order, &values, e);
	if (!r && !offered(j->t, &j->order, values))
		r = error_set(e, ERR_DESK_PRINT_OFFER, "%s", print_say(&j->t->title));
	json_decref(values);
	return r ? r : check_complete(d, j, e);
}

static enum err gather(struct desk *d, const struct print_wish *w, struct paper_job *j, struct error *e)
{
	enum err r = choose_template(d, w, j, e);
	if (r)
		return r;
	subject_of(d, j->t, &j->order, w->date, j->subject);
	if (w->printer)
		queue_of(d, j->t, j->queue);
	if (w->printer && !*j->queue)
		return error_set(e, ERR_PRINT_NO_PRINTER, "%s",
		                 j->t->label ? tr("标签打印机（label_printer）", "label printer (label_printer)") : tr("打印机（printer）", "printer (printer)"));
	if (w->printer && !spool_name_good(j->queue))
		return error_set(e, ERR_PRINT_REFUSED, tr("打印队列名不对：%s", "the queue's name is wrong: %s"), j->queue);
	if (j->t->about == PRINT_DAY)
		return printfacts_day(d, j->subject, &j->facts, e);
	r = *j->order.no ? printfacts_order(d, j->t, &j->order, &j->facts, e) : printfacts_blank(d, &j->facts, e);
	if (!r && *j->t->repeat && json_array_size(json_object_get(json_object_get(j->facts, "lists"), j->t->repeat)) == 0)
		r = error_set(e, ERR_DESK_PRINT_EMPTY, "%s", j->subject);
	return r;
}

static enum err render(struct desk *d, struct paper_job *j, struct error *e)
{
	char now[17], reprint[120] = "", foot[300], subject[80] = "";
	civil_minute_text(desk_now(d), now);
	if (j->number > 1 && j->t->reprint)
		snprintf(reprint, sizeof reprint, j->t->label ? "补打 REPRINT %lld  %s" : tr("补打 REPRINT  第 %lld 次  %s", "补打 REPRINT  no. %lld  %s"),
		         (long long)j->number, now);
	snprintf(foot, sizeof foot, tr("打印 %s　%.100s　工位 %.32s　%s 第 %lld 次", "printed %s  %.100s  window %.32s  %s no. %lld"), now,
	         j->who->name, d->station, print_say(&j->t->title), (long long)j->number);
	if (*j->order.no)
		snprintf(subject, sizeof subject, tr("订单号 %s", "order %s"), j->order.no);
	const struct print_marks marks = {.head = d->site_name, .subject = subject, .foot = foot, .reprint = reprint,
	                                  .demonstration = d->demonstration, .now = desk_now(d)};
	enum err r = apart_render(j->t, j->facts, &marks, &j->pdf, &j->made, e);
	if (!r)
		digest_text(j->pdf.data, j->pdf.length, j->digest);
	return r;
}

static enum err insert(struct desk *d, struct paper_job *j, struct error *e)
{
	const char *code = strcmp(j->t->kind, application) == 0 ? json_text(json_object_get(j->facts, "texts"), "data_code") : "";
	return store_insert(d->store, SQL_PRINT_INSERT, &j->id, e, "ttittttiiti", j->subject, j->t->kind, j->number,
	                    *j->queue ? "printer" : "file", j->t->digest, j->digest, code, (int64_t)j->made.pages, j->who->id, d->station,
	                    desk_now(d));
}

static enum err commit(struct desk *d, const struct paper_job *j, const char *action, struct error *e)
{
	json_t *files = json_pack("[s]", j->digest);
	json_t *facts = json_pack("{ss sI ss}", "kind", j->t->kind, "copy", (json_int_t)j->number, "target", *j->queue ? j->queue : "file");
	enum err r = desk_commit(d, MAY_PRINT, action, j->subject, files, facts, e);
	json_decref(files);
	json_decref(facts);
	return r;
}

/* The number on the paper must be the one in the store: another window may have printed meanwhile, then once more. */
static enum err record(struct desk *d, struct paper_job *j, struct error *e)
{
	int64_t count = 0;
	enum err r = store_int(d->store, SQL_PRINT_COUNT, 0, &count, e, "tt", j->subject, j->t->kind);
	for (int i = 0; !r && i < TRIES; i++) {
		int64_t before = count;
		j->number = before + 1;
		if ((r = render(d, j, e)) || (r = store_begin(d->store, e)))
			return r;
		r = store_int(d->store, SQL_PRINT_COUNT, 0, &count, e, "tt", j->subject, j->t->kind);
		if (!r && count == before) {
			if (!(r = insert(d, j, e)))
				r = commit(d, j, NULL, e);
			store_rollback(d->store);
			return r;
		}
		store_rollback(d->store);
	}
	return r ? r : error_set(e, ERR_STORE_BUSY, "%s", j->subject);
}

/* It was asked for and journalled, but there is no paper. */
static void take_back(struct desk *d, const struct paper_job *j)
{
	if (store_begin(d->store, NULL))
		return;
	if (store_run(d->store, SQL_PRINT_FAILED, NULL, NULL, "i", j->id) == OK)
		commit(d, j, "print.failed", NULL);
	store_rollback(d->store);
}

static enum err own_path(struct desk *d, struct paper_job *j, struct error *e)
{
	char *dir = path_join(d->dir, "print");
	const char *subject = strcmp(j->subject, PRINT_NO_ORDER) == 0 ? "blank" : j->subject;
	enum err r = dir ? dir_make(dir, e) : error_set(e, ERR_MEMORY, "print");
	if (!r && asprintf(&j->path, "%s/%s-%s-%lld.pdf", dir, subject, j->t->kind, (long long)j->number) < 0) {
		j->path = NULL;
		r = error_set(e, ERR_MEMORY, "print");
	}
	free(dir);
	return r;
}

static enum err put_out(struct desk *d, const struct print_wish *w, struct paper_job *j, struct error *e)
{
	char title[200];
	if (*j->queue) {
		snprintf(title, sizeof title, "certdesk %s %s %lld", j->subject, j->t->kind, (long long)j->number);
		return spool_send(j->queue, title, &j->pdf, e);
	}
	if (!w->path) {
		enum err r = own_path(d, j, e);
		return r ? r : file_write(j->path, 0600, j->pdf.data, j->pdf.length, e);
	}
	if (!(j->path = strdup(w->path)))
		return error_set(e, ERR_MEMORY, "%s", w->path);
	return file_write_out(j->path, 0600, j->pdf.data, j->pdf.length, e);
}

enum err print_run(struct desk *d, const struct print_wish *w, json_t **out, struct error *e)
{
	struct paper_job j = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_PRINT, &j.who, e);
	if (!r && w->path)
		r = output_place(d, w->path, e);
	if (r || (r = load_order(d, w->no, &j.order, e)) || (r = gather(d, w, &j, e)) || (r = record(d, &j, e)))
		goto out;
	if ((r = put_out(d, w, &j, e))) {
		take_back(d, &j);
		goto out;
	}
	*out = json_pack("{ss ss ss sI sb si ss so so}", "order", w->no, "kind", j.t->kind, "title", print_say(&j.t->title), "number",
	                 (json_int_t)j.number, "reprint", j.number > 1 && j.t->reprint, "pages", j.made.pages, "lacking", j.made.lacking, "file",
	                 j.path ? json_string(j.path) : json_null(), "printer", *j.queue ? json_string(j.queue) : json_null());
	if (*out && !json_object_get(*out, "file")) /* a path that is no UTF-8 */
		json_object_set_new(*out, "file", json_null());
out:
	job_free(&j);
	return r;
}

enum err print_paper_current(struct desk *d, const char *no, struct error *e)
{
	struct paper_job j = {0};
	const struct form *form = NULL;
	json_t *last = NULL;
	char code[DATA_CODE_SIZE];
	enum err r = store_row(d->store, SQL_PRINT_LAST_DATA, &last, e, "tt", no, application);
	if (r || !last)
		return r;
	if (!(r = order_load(d, no, &j.order, e)) && !(r = load_templates(d, &j.templates, e)) && !(r = desk_form(d, j.order.form, &form, e)) &&
	    (j.t = print_find(j.templates, application, j.order.channel)) && !(r = printfacts_data_code(j.t, form, j.order.values, code, e)) &&
	    strcmp(code, json_text(last, "data_code")) != 0)
		r = error_set(e, ERR_DESK_PAPER_OLD, "%s → %s", json_text(last, "data_code"), code);
	json_decref(last);
	job_free(&j);
	return r;
}

void print_purge(struct desk *d, int64_t *gone)
{
	struct dirent *entry;
	struct stat st;
	char *path = path_join(d->dir, "print");
	DIR *dir = path ? opendir(path) : NULL;
	*gone = 0;
	while (dir && (entry = readdir(dir)))
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    desk_now(d) - st.st_mtime > KEEP_DAYS * DAY && unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			++*gone;
	if (dir)
		closedir(dir);
	free(path);
}

/* The names of all forms' fields. A form with a mistake is told of elsewhere. */
static json_t *field_names(const char *forms)
{
	struct code_tables *codes = NULL;
	struct dirent *entry;
	char *dir = path_join(forms, "codes");
	DIR *handle = opendir(forms);
	json_t *names = json_object();
	bool open = dir && codes_open(dir, &codes, NULL) == OK;
	while (handle && open && (entry = readdir(handle))) {
		struct mistakes m = {0};
		size_t n = strlen(entry->d_name);
		char *path = n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0 ? path_join(forms, entry->d_name) : NULL;
		struct form *form = path ? form_read(path, codes, &m) : NULL;
		for (size_t i = 0; form && i < form->field_count; i++)
			json_object_set_new(names, form->fields[i].name, json_true());
		form_free(&form);
		mistakes_free(&m);
		free(path);
	}
	if (handle)
		closedir(handle);
	codes_free(&codes);
	free(dir);
	return names;
}

static bool is_field(const char *name, void *names)
{
	return json_object_get(names, name) != NULL;
}

enum err print_check(const char *forms, struct error *e)
{
	struct print_templates *all = NULL;
	json_t *names = field_names(forms);
	char *dir = path_join(forms, "print");
	enum err r = dir && names ? print_load(dir, is_field, names, &all, e) : error_set(e, ERR_MEMORY, "%s", forms);
	print_free(&all);
	json_decref(names);
	free(dir);
	return r;
}
