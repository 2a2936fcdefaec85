/* 日报: a day (or from one to another) into a workbook, with a bar while it is written. */
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

enum { ROW_FROM, ROW_TO, ROW_PATH, ROWS };

struct report_screen {
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	char given[200]; /* the path that was proposed: follows the date until it is changed */
	char done[900];
};

static void propose_path(struct report_screen *s)
{
	char name[200];
	const char *home = getenv("HOME"), *from = entries_text(&s->entries, ROW_FROM);
	const char *to = entries_text(&s->entries, ROW_TO);
	bool days = *to && strcmp(from, to) != 0;
	if (strcmp(entries_text(&s->entries, ROW_PATH), s->given) != 0)
		return;
	snprintf(name, sizeof name, "%.120s/%s-%.10s%s%.10s.xlsx", home ? home : ".", tr("日报", "daily"), from,
		days ? "_" : "", days ? to : "");
	entries_set(&s->entries, ROW_PATH, name);
	text_copy(s->given, sizeof s->given, entries_text(&s->entries, ROW_PATH));
}

static void close_report(struct ui *ui, void *data)
{
	struct report_screen *s = data;
	(void)ui;
	entries_end(&s->entries);
	free(s);
}

static enum err open_report(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "业务日期",
			.en = "Date",
			.columns = 12,
			.limit = 10,
			.flags = EDIT_FOLD,
			.input = TERM_INPUT_LATIN,
			.hint_zh = "如 2026-11-22",
			.hint_en = "as 2026-11-22"},
		{.zh = "至",
			.en = "To",
			.columns = 12,
			.limit = 10,
			.flags = EDIT_FOLD,
			.input = TERM_INPUT_LATIN,
			.hint_zh = "空：只这一天",
			.hint_en = "empty: that day"},
		{.zh = "保存到", .en = "File", .columns = 56, .limit = 190, .input = TERM_INPUT_LATIN},
	};
	struct report_screen *s = calloc(1, sizeof *s);
	char date[11];
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(s->rows, rows, sizeof rows);
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc != OK) {
		close_report(ui, s);
		return error_set(e, rc, "%s", "");
	}
	desk_business_date(app_desk(ui), date);
	entries_set(&s->entries, ROW_FROM, date);
	propose_path(s);
	*data = s;
	return OK;
}

static void draw_report(struct ui *ui, void *data, struct pane *pane)
{
	struct report_screen *s = data;
	pane_line(pane, 0, tr("导出日报（Excel）", "Daily report as a workbook"));
	entries_draw(ui, &s->entries, pane, 2, 12, true, true);
	pane_text(pane, 9, 2, ROLE_HINT,
		tr("在最后一项按回车导出。汇总、订单、收款、证书与介质各一张表",
			"Enter in the last field writes it: totals, orders, payments, certificates and keys"));
	if (*s->done)
		pane_wrapped(pane, 11, 2, pane->columns - 4, 5, ROLE_GOOD, s->done);
}

static void progress(void *arg, int64_t done, int64_t of)
{
	progress_step(arg, (size_t)done, (size_t)of, tr("正在写入…", "Writing…"));
}

struct writing {
	struct ui *ui;
	const char *from, *to, *path;
};

/* The bar covers one attempt: a question for a second person comes between two of them. */
static enum err call_report(struct desk *d, struct call *c, struct error *e)
{
	const struct writing *w = c->more;
	struct progress *p = NULL;
	enum err rc = progress_start(w->ui, tr("导出日报", "Daily report"), w->path, &p);
	if (rc != OK)
		return error_set(e, rc, "%s", "");
	rc = report_run(d, "daily", w->from, *w->to ? w->to : NULL, w->path, progress, p, &c->out, e);
	progress_end(&p);
	return rc;
}

static void write_report(struct ui *ui, struct report_screen *s)
{
	struct writing w = {ui, entries_text(&s->entries, ROW_FROM), entries_text(&s->entries, ROW_TO),
		entries_text(&s->entries, ROW_PATH)};
	struct call c = {.more = &w};
	s->done[0] = '\0';
	if (!app_do(ui, call_report, &c))
		return;
	snprintf(s->done, sizeof s->done,
		tr("已保存：%s（%lld 行，%lld 张表）\n记录链首：%s",
			"Written: %s (%lld rows, %lld sheets)\nHead of the journal: %s"),
		json_text(c.out, "path"), (long long)json_number(c.out, "rows"), (long long)json_number(c.out, "sheets"),
		json_text(c.out, "head"));
	ui_good(ui, "%s", tr("日报已导出", "The report is written"));
	json_decref(c.out);
}

static unsigned handle_report(struct ui *ui, void *data, const struct event *event)
{
	struct report_screen *s = data;
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
	{1, UI_KEY_TAB, "下一项", "Next field", "日报", "Report", NULL, NULL, 0},
	{0},
};

const struct screen_class scr_report = {.zh = "日报",
	.en = "Daily report",
	.actions = actions,
	.open = open_report,
	.draw = draw_report,
	.handle = handle_report,
	.close = close_report};
