#include "desk/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/output.h"
#include "desk/reportfeed.h"
#include "store/journal.h"

enum { DAY = 86400 };

enum err report_list(struct desk *d, json_t **out, struct error *e)
{
	char **names = NULL;
	char *dir = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REPORT, NULL, e);
	if (r)
		return r;
	if (!(dir = path_join(d->share, "reports")) || !(*out = json_array()))
		r = error_set(e, ERR_MEMORY, "reports");
	int n = r ? 0 : report_names(dir, &names);
	if (n < 0)
		r = error_set(e, ERR_DESK_SHARE, "%s", dir);
	for (int i = 0; i < n; i++) {
		struct report *report = NULL;
		/* a wrong definition is offered too: whoever wants it is told its mistakes */
		const char *title = report_load(dir, names[i], &report, NULL) == OK ? report_say(&report->title) : names[i];
		json_array_append_new(*out, json_pack("{ss ss}", "name", names[i], "title", title));
		report_free(&report);
		free(names[i]);
	}
	free(names);
	free(dir);
	return r;
}

static enum err make(struct desk *d, const struct report *report, struct report_facts *facts, const struct report_progress *progress,
                     const char *path, json_t **out, struct error *e)
{
	int64_t from = 0, last = 0, seq, time;
	char hash[DIGEST_TEXT_SIZE], head[DIGEST_TEXT_SIZE + 24];
	struct report_result result = {0};
	struct feed *feed = NULL;
	civil_parse_date(facts->from, &from);
	civil_parse_date(facts->to, &last);
	const struct adhoc_value values[] = {{":from", facts->from, 0},
	                                     {":to", facts->to, 0},
	                                     {":from_time", NULL, from},
	                                     {":to_time", NULL, last + DAY},
	                                     {":now", NULL, desk_now(d)},
	                                     {":lang", lang_now() == LANG_ZH ? "zh" : "en", 0}};
	struct store *twin = NULL;
	enum err r = store_read_begin_twin(d->store, &twin, e); /* all sheets, and the head, of one moment */
	if (r)
		return r;
	r = feed_make(d->store, twin, values, sizeof values / sizeof *values, &feed, e);
	if (!r && !(r = journal_head(d->store, &seq, &time, hash, e))) {
		snprintf(head, sizeof head, "%lld %s", (long long)seq, hash);
		facts->head = head;
		struct report_source source = feed_source(feed);
		r = report_write(report, facts, &source, progress, path, &result, e);
	}
	feed_free(&feed);
	store_close(&twin);
	store_read_end(d->store);
	if (!r && !(*out = json_pack("{so sI sI ss}", "path", json_printable(path), "rows", (json_int_t)result.rows, "sheets",
	                             (json_int_t)result.sheets, "head", head)))
		r = error_set(e, ERR_MEMORY, "%s", path);
	return r;
}

enum err report_run(struct desk *d, const char *name, const char *date, const char *to, const char *path,
                    void (*progress)(void *arg, int64_t done, int64_t of), void *arg, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_REPORT, NULL, e);
	if (!r)
		r = output_place(d, path, e);
	return r ? r : report_keep(d, name, date, to, path, progress, arg, out, e);
}

enum err report_keep(struct desk *d, const char *name, const char *date, const char *to, const char *path,
                     void (*progress)(void *arg, int64_t done, int64_t of), void *arg, json_t **out, struct error *e)
{
	const struct staff *who = NULL;
	struct report *report = NULL;
	char *dir = NULL;
	int64_t first, last;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REPORT, &who, e);
	if (r)
		return r;
	if (!civil_parse_date(date, &first))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	if (!civil_parse_date(to ? to : date, &last))
		return error_set(e, ERR_DESK_DATE, "%s", to ? to : date);
	if (last < first)
		return error_set(e, ERR_DESK_PERIOD, "%s – %s", date, to);
	if (!(dir = path_join(d->share, "reports")))
		return error_set(e, ERR_MEMORY, "%s", name);
	if (!(r = report_load(dir, name, &report, e))) {
		struct report_facts facts = {.site = d->site, .site_name = d->site_name, .by = who->name, .from = date,
		                             .to = to ? to : date, .printed_at = desk_now(d), .demonstration = d->demonstration};
		r = make(d, report, &facts, &(struct report_progress){progress, arg}, path, out, e);
	}
	report_free(&report);
	free(dir);
	return r;
}
