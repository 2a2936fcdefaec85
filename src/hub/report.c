#include "hub/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "hub/report_source.h"
#include "rules/codes.h"

enum { DAY = 86400, NEAR = 3600 /* seconds: a site that is heard of by now and then */ };

struct making {
	struct hub *hub;
	const struct hub_report_options *o;
	struct readings *readings;
	struct report_site *sites; /* as shown; texts are owned here */
	int64_t from, end;         /* of the days: UTC seconds, the second one exclusive */
};

static void tell_reading(void *arg, int64_t done, int64_t of)
{
	const struct hub_report_options *o = arg;
	o->progress(o->arg, true, done, of);
}

static void tell_writing(void *arg, int64_t done, int64_t of)
{
	const struct hub_report_options *o = arg;
	o->progress(o->arg, false, done, of);
}

/* --- what is said of the sites ---------------------------------------------------------------------------------------- */

static void say_region(const struct code_table *regions, const char *code, char *out, size_t size)
{
	const struct code_row *row = regions && *code ? codes_find(regions, code) : NULL;
	if (row)
		codes_full_name(regions, row, out, size);
	else
		text_copy(out, size, *code ? code : tr("未登记地区", "no region"));
}

static void add_note(struct bytes *note, const char *text)
{
	if (note->length)
		bytes_text(note, tr("；", "; "));
	bytes_text(note, text);
}

/* Why it may not be all, the gravest first. */
static void say_note(const struct making *m, const struct reading_site *s, struct bytes *note)
{
	char line[400], when[17];
	int64_t now = hub_now(m->hub), wanted = m->end < now - NEAR ? m->end : now - NEAR;
	if (strcmp(s->state, "enrolled") == 0)
		add_note(note, tr("已登记，尚未加入", "enrolled, hasn't joined yet"));
	if (*s->trouble || s->seq < s->there) {
		snprintf(line, sizeof line, tr("只读到第 %lld 条，共 %lld 条", "read up to entry %lld of %lld"), (long long)s->seq, (long long)s->there);
		add_note(note, line);
		if (*s->trouble)
			add_note(note, s->trouble);
	}
	if (strcmp(s->state, "revoked") == 0)
		add_note(note, tr("已吊销，此后没有数据", "revoked: nothing comes from it any more"));
	if (s->fork_at >= s->received_at && s->fork_at) {
		civil_minute_text(s->fork_at, when);
		snprintf(line, sizeof line, tr("记录分叉，自 %s 起没有接收", "two histories: nothing was taken since %s"), when);
		add_note(note, line);
	}
	if (s->broken_at >= s->received_at && s->broken_at) {
		civil_minute_text(s->broken_at, when);
		snprintf(line, sizeof line, tr("送来的记录有误，自 %s 起没有接收", "what it sends is broken: nothing was taken since %s"), when);
		add_note(note, line);
	}
	if (s->refused) {
		snprintf(line, sizeof line, tr("%lld 条记录被总部拒绝（自第 %lld 条），其中的数计在内", "%lld entries were refused (from entry %lld on); what they say is counted"),
		         (long long)s->refused, (long long)s->first_refused);
		add_note(note, line);
	}
	const char *to = m->o->to ? m->o->to : m->o->date;
	if (strcmp(s->state, "joined") == 0 && s->seen < wanted && strcmp(s->closed, to) < 0) /* a day that is closed is whole */
		add_note(note, tr("最近联系在报表期末之前，且未日结", "last contact before the end of these days, which aren't closed"));
}

static enum err say_sites(struct making *m, struct error *e)
{
	char *share = share_dir(), *dir = share ? path_join(share, "forms/codes") : NULL, region[128];
	struct code_tables *codes = NULL;
	const struct code_table *regions = NULL;
	enum err r = dir && (m->sites = calloc(m->readings->count, sizeof *m->sites)) ? codes_open(dir, &codes, e) : error_set(e, ERR_MEMORY, "sites");
	if (!r)
		r = codes_table(codes, "regions", &regions, e);
	for (size_t i = 0; !r && i < m->readings->count; i++) {
		const struct reading_site *s = &m->readings->sites[i];
		struct bytes note = {0};
		say_region(regions, s->region, region, sizeof region);
		say_note(m, s, &note);
		char *shown = strdup(region), *why = note.data ? (char *)note.data : strdup("");
		m->sites[i] = (struct report_site){.region = shown, .code = s->code, .name = s->name, .seq = s->seq, .at = s->at, .seen = s->seen,
		                                  .closed = s->closed, .note = why};
		if (!shown || !why)
			r = error_set(e, ERR_MEMORY, "%s", s->code);
	}
	codes_free(&codes);
	free(dir);
	free(share);
	return r;
}

static void free_sites(struct making *m)
{
	for (size_t i = 0; m->sites && i < m->readings->count; i++) {
		free((char *)(uintptr_t)m->sites[i].region);
		free((char *)(uintptr_t)m->sites[i].note);
	}
	free(m->sites);
}

static json_t *sites_json(const struct making *m)
{
	json_t *out = json_array();
	for (size_t i = 0; i < m->readings->count; i++) {
		const struct reading_site *s = &m->readings->sites[i];
		char at[21], seen[21];
		rfc3339_text(s->at, at);
		rfc3339_text(s->seen, seen);
		json_array_append_new(out, json_pack("{ss ss sI so so so ss}", "site", s->code, "region", s->region, "seq", (json_int_t)s->seq, "at",
		                                     s->at ? json_string(at) : json_null(), "last_seen", s->seen ? json_string(seen) : json_null(), "closed",
		                                     *s->closed ? json_string(s->closed) : json_null(), "note",
		                                     m->sites[i].note));
	}
	return out;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static enum err demonstrates(struct readings *r, bool *yes, struct error *e)
{
	enum err rc = OK;
	*yes = false;
	for (size_t i = 0; !rc && !*yes && i < r->count; i++) {
		struct store *store = NULL;
		int64_t one = 0;
		if (!(rc = reading_store(r, i, &store, e)) && store && !(rc = store_int(store, SQL_READING_DEMONSTRATION, 0, &one, e, "")))
			*yes = one != 0;
	}
	return rc;
}

static enum err write_book(struct making *m, const struct report *report, json_t **out, struct error *e)
{
	const struct hub_report_options *o = m->o;
	const char *to = o->to ? o->to : o->date;
	const struct adhoc_value values[] = {{":from", o->date, 0}, {":to", to, 0}, {":from_time", NULL, m->from}, {":to_time", NULL, m->end},
	                                     {":now", NULL, hub_now(m->hub)}, {":lang", lang_now() == LANG_ZH ? "zh" : "en", 0}};
	struct report_rows rows = {.readings = m->readings, .sites = m->sites, .values = values, .value_count = sizeof values / sizeof *values};
	const struct report_over over = {m->sites, m->readings->count, report_rows_site};
	struct report_facts facts = {.site = "", .site_name = m->hub->name, .by = o->by ? o->by : hub_account(), .from = o->date, .to = to,
	                             .printed_at = hub_now(m->hub), .head = "", .over = &over};
	struct report_progress progress = {o->progress ? tell_writing : NULL, (void *)(uintptr_t)o};
	struct report_source source = report_rows_source(&rows);
	struct report_result result = {0};
	enum err r = demonstrates(m->readings, &facts.demonstration, e);
	if (!r)
		r = report_write(report, &facts, &source, &progress, o->path, &result, e);
	if (!r && !(*out = json_pack("{so sI sI so}", "path", json_printable(o->path), "rows", (json_int_t)result.rows, "sheets", (json_int_t)result.sheets, "sites",
	                             sites_json(m))))
		r = error_set(e, ERR_MEMORY, "%s", o->path);
	return r;
}

static enum err load_definition(const struct hub_report_options *o, struct report **out, struct error *e)
{
	char *share = o->definitions ? strdup(o->definitions) : share_dir(), *dir = share ? path_join(share, "reports") : NULL;
	enum err r = dir ? OK : error_set(e, ERR_DESK_SHARE, "reports/");
	if (!r && access(dir, R_OK | X_OK) != 0)
		r = error_set(e, ERR_DESK_SHARE, "%s", dir);
	if (!r)
		r = report_load(dir, o->name, out, e);
	free(dir);
	free(share);
	return r;
}

enum err hub_report_run(struct hub *hub, const struct hub_report_options *o, json_t **out, struct error *e)
{
	struct making m = {.hub = hub, .o = o};
	struct report *report = NULL;
	int64_t last;
	*out = NULL;
	if (!civil_parse_date(o->date, &m.from))
		return error_set(e, ERR_DESK_DATE, "%s", o->date);
	if (!civil_parse_date(o->to ? o->to : o->date, &last))
		return error_set(e, ERR_DESK_DATE, "%s", o->to ? o->to : o->date);
	if (last < m.from)
		return error_set(e, ERR_DESK_PERIOD, "%s – %s", o->date, o->to);
	m.end = last + DAY;
	enum err r = load_definition(o, &report, e);
	if (!r)
		r = readings_open(hub, o->region, o->site, o->progress ? tell_reading : NULL, (void *)(uintptr_t)o, &m.readings, e);
	if (!r)
		r = say_sites(&m, e);
	if (!r)
		r = write_book(&m, report, out, e);
	free_sites(&m);
	readings_close(&m.readings);
	report_free(&report);
	return r;
}
