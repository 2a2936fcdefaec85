/* 日报与报表: whatever reports/ holds, of a day (or from one to another), into a workbook, with a bar while it is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/report.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"

enum { ROW_REPORT, ROW_FROM, ROW_TO, ROW_PATH, ROWS };
enum { REPORTS_MOST = 9, CHOICES = 20 };

struct report_screen {
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	json_t *reports; /* what can be chosen, by its number */
	size_t report;
	char given[200]; /* the path that was proposed: follows the date until it is changed */
	char done[900];
};

static const char *report_text(const struct report_screen *s, const char *key)
{
	return json_text(json_array_get(s->reports, s->report), key);
}

static size_t report_count(const struct report_screen *s)
{
	size_t n = json_array_size(s->reports);
	return n > REPORTS_MOST ? REPORTS_MOST : n;
}

static void propose_path(struct report_screen *s)
{
	char name[200];
	const char *home = getenv("HOME"), *from = entries_text(&s->entries, ROW_FROM);
	const char *to = entries_text(&s->entries, ROW_TO);
	bool days = *to && strcmp(from, to) != 0;
	if (strcmp(entries_text(&s->entries, ROW_PATH), s->given) != 0)
		return;
	snprintf(name, sizeof name, "%.120s/%.40s-%.10s%s%.10s.xlsx", home ? home : ".", lang_now() == LANG_ZH ? report_text(s, "title") : report_text(s, "name"), from,
		days ? "_" : "", days ? to : "");
	entries_set(&s->entries, ROW_PATH, name);
	text_copy(s->given, sizeof s->given, entries_text(&s->entries, ROW_PATH));
}

static void choose_report(struct report_screen *s, size_t i)
{
	char text[24];
	s->report = i;
	snprintf(text, sizeof text, "%zu", i + 1);
	entries_set(&s->entries, ROW_REPORT, text);
	propose_path(s);
}

static void close_report(struct ui *ui, void *data)
{
	struct report_screen *s = data;
	(void)ui;
	entries_end(&s->entries);
	json_decref(s->reports);
	free(s);
}

static enum err open_report(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "报表", .en = "Report", .columns = 3, .limit = 1, .flags = EDIT_FOLD | EDIT_DIGITS, .input = TERM_INPUT_LATIN},
		{.zh = "业务日期",
			.en = "Date",
			.columns = 12,
			.limit = 12,
			.flags = EDIT_FOLD,
			.check = "date",
			.input = TERM_INPUT_LATIN,
			.hint_zh = "如 2026-11-22",
			.hint_en = "as 2026-11-22"},
		{.zh = "至",
			.en = "To",
			.columns = 12,
			.limit = 12,
			.flags = EDIT_FOLD,
			.check = "date",
			.input = TERM_INPUT_LATIN,
			.hint_zh = "空：只这一天",
			.hint_en = "empty: that day"},
		{.zh = "保存到", .en = "File", .columns = 56, .limit = 190, .input = TERM_INPUT_LATIN},
	};
	struct report_screen *s = calloc(1, sizeof *s);
	char date[11];
	size_t first = 0;
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(s->rows, rows, sizeof rows);
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc != OK)
		error_set(e, rc, "%s", "");
	else
		rc = report_list(app_desk(ui), &s->reports, e);
	if (rc != OK) {
		close_report(ui, s);
		return rc;
	}
	desk_business_date(app_desk(ui), date);
	entries_set(&s->entries, ROW_FROM, date);
	for (size_t i = 0; i < report_count(s); i++)
		if (strcmp(json_text(json_array_get(s->reports, i), "name"), "daily") == 0)
			first = i;
	choose_report(s, first);
	s->entries.focus = ROW_FROM;
	*data = s;
	return OK;
}

/* Beside the number, and on the free row below it where there are many. */
static void draw_choices(const struct report_screen *s, const struct pane *pane)
{
	for (size_t i = 0, row = 2, at = CHOICES; i < report_count(s); i++) {
		const char *title = json_text(json_array_get(s->reports, i), "title");
		size_t columns = (size_t)text_width(title) + 6;
		if (row == 2 && at + columns > (size_t)pane->columns) {
			row = 3;
			at = CHOICES;
		}
		pane_format(pane, (int)row, (int)at, i == s->report ? ROLE_SELECTED : ROLE_NORMAL, " %zu %s ", i + 1, title);
		at += columns;
	}
}

static void draw_report(struct ui *ui, void *data, struct pane *pane)
{
	struct report_screen *s = data;
	pane_line(pane, 0, tr("导出报表（Excel）", "A report as a workbook"));
	entries_draw(ui, &s->entries, pane, 2, 12, true, true);
	draw_choices(s, pane);
	pane_text(pane, 11, 2, ROLE_HINT,
		tr("在最后一项按回车导出；在第一项按数字换报表", "Enter in the last field writes it; a number in the first chooses it"));
	if (*s->done)
		pane_wrapped(pane, 13, 2, pane->columns - 4, 5, ROLE_GOOD, s->done);
}

static void progress(void *arg, int64_t done, int64_t of)
{
	progress_step(arg, (size_t)done, (size_t)of, tr("正在写入…", "Writing…"));
}

struct writing {
	struct ui *ui;
	const char *name, *title, *from, *to, *path;
};

/* The bar covers one attempt: a question for a second person comes between two of them. */
static enum err call_report(struct desk *d, struct call *c, struct error *e)
{
	const struct writing *w = c->more;
	struct progress *p = NULL;
	enum err rc = progress_start(w->ui, w->title, w->path, &p);
	if (rc != OK)
		return error_set(e, rc, "%s", "");
	rc = report_run(d, w->name, w->from, *w->to ? w->to : NULL, w->path, progress, p, &c->out, e);
	progress_end(&p);
	return rc;
}

static void write_report(struct ui *ui, struct report_screen *s)
{
	struct writing w = {ui, report_text(s, "name"), report_text(s, "title"), entries_text(&s->entries, ROW_FROM),
		entries_text(&s->entries, ROW_TO), entries_text(&s->entries, ROW_PATH)};
	struct call c = {.more = &w};
	s->done[0] = '\0';
	if (!app_do(ui, call_report, &c))
		return;
	snprintf(s->done, sizeof s->done,
		tr("已保存：%s（%lld 行，%lld 张表）\n记录链首：%s",
			"Written: %s (%lld rows, %lld sheets)\nHead of the journal: %s"),
		json_text(c.out, "path"), (long long)json_number(c.out, "rows"), (long long)json_number(c.out, "sheets"),
		json_text(c.out, "head"));
	ui_good(ui, tr("%s已导出", "%s is written"), report_text(s, "title"));
	json_decref(c.out);
}

static unsigned handle_report(struct ui *ui, void *data, const struct event *event)
{
	struct report_screen *s = data;
	if (s->entries.focus == ROW_REPORT && event->kind == EVENT_TEXT) {
		if (event->length == 1 && event->text[0] >= '1' && event->text[0] < '1' + (int)report_count(s))
			choose_report(s, (size_t)(event->text[0] - '1'));
		else
			term_beep(ui_term(ui));
		return UI_DRAW;
	}
	switch (entries_handle(&s->entries, event)) {
	case ENTRIES_DONE:
		write_report(ui, s);
		return UI_DRAW;
	case ENTRIES_REFUSED:
		term_beep(ui_term(ui));
		return UI_DRAW;
	case ENTRIES_CHANGED:
		if (s->entries.focus != ROW_PATH || event->kind == EVENT_KEY)
			propose_path(s);
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static const struct action actions[] = {
	{1, UI_KEY_ENTER, "下一项/导出", "Next/export", "报表", "Report", "下一项；在最后一项按回车导出", "The next field; on the last one, write the workbook", ACTION_FIRST},
	{2, UI_KEY_TAB, "下一项", "Next field", NULL, NULL, NULL, NULL, ACTION_HIDDEN},
	{0},
};

const struct screen_class scr_report = {.zh = "日报与报表",
	.en = "Reports",
	.actions = actions,
	.open = open_report,
	.draw = draw_report,
	.handle = handle_report,
	.close = close_report};
