#include "report/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/bookfile.h"
#include "report/chart.h"
#include "report/over.h"
#include "report/page.h"
#include "report/readback.h"

enum { PROGRESS_STEPS = 50, SHEETS_MOST = 32, FROZEN_MOST = 15 };

struct writer {
	const struct report *report;
	const struct report_facts *facts;
	const struct report_source *source;
	const struct report_progress *progress;
	lxw_workbook *book;
	lxw_format *formats[PAGE_FORMATS];
	lxw_worksheet *sheets[SHEETS_MOST];
	char names[SHEETS_MOST][128];
	uint64_t row_bytes[SHEETS_MOST]; /* of each sheet, as written */
	int64_t rows, of, next_tell;
};

static void tell(struct writer *w, bool last)
{
	if (!w->progress || !w->progress->tell || (!last && w->rows < w->next_tell))
		return;
	w->next_tell = w->rows + w->of / PROGRESS_STEPS + 1;
	w->progress->tell(w->progress->arg, w->rows, last || w->rows > w->of ? w->rows : w->of);
}

/* How many rows there will be, as far as the definition has a statement that counts them. */
static enum err count_rows(struct writer *w, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < w->report->sheet_count; i++)
		for (size_t k = 0; !r && k < w->report->sheets[i].block_count; k++) {
			const struct report_block *b = &w->report->sheets[i].blocks[k];
			if (!b->count_sql)
				continue;
			if (!(r = w->source->open(w->source->arg, b->query, b->count_sql, e)) && w->source->next(w->source->arg))
				w->of += w->source->cell(w->source->arg, 0).number;
			enum err end = w->source->close(w->source->arg, r ? NULL : e);
			r = r ? r : end;
		}
	return r;
}

static enum err find_columns(struct writer *w, const struct report_block *b, int *at, struct error *e)
{
	struct mistakes m = {0};
	for (size_t i = 0; i < b->column_count; i++)
		if ((at[i] = w->source->column(w->source->arg, b->columns[i].key)) < 0)
			yaml_mistake(&m, b->columns[i].at, tr("%s 没有列 %s", "%s has no column %s"), b->query, b->columns[i].key);
	enum err r = mistakes_error(&m, ERR_REPORT_DEFINITION, e);
	mistakes_free(&m);
	return r;
}

/* Totals follow the filter; the value stored beside the formula is the store's own sum. */
static void write_totals(struct page *p, const struct report_block *b, lxw_row_t first, const int64_t *sums)
{
	bool any = false;
	for (size_t i = 0; i < b->column_count; i++)
		any = any || b->columns[i].total;
	if (!any)
		return;
	for (size_t i = 0; i < b->column_count; i++) {
		const struct report_column *c = &b->columns[i];
		char name[16], formula[80];
		if (!c->total) {
			page_text(p, i, i ? "" : tr("合计", "Total"), PAGE_TOTAL_TEXT, true);
			continue;
		}
		bool money = c->type == REPORT_MONEY;
		double sum = money ? (double)sums[i] / 100 : (double)sums[i];
		lxw_format *look = p->formats[money ? PAGE_TOTAL_MONEY : PAGE_TOTAL_INTEGER];
		lxw_col_to_name(name, (lxw_col_t)i, 0);
		snprintf(formula, sizeof formula, "=SUBTOTAL(109,%s%u:%s%u)", name, first + 1, name, p->row);
		if (p->row == first)
			worksheet_write_number(p->sheet, p->row, (lxw_col_t)i, 0, look);
		else
			worksheet_write_formula_num(p->sheet, p->row, (lxw_col_t)i, formula, look, sum);
		int width = snprintf(NULL, 0, "%.0f", sum) * 4 / 3 + (money ? 6 : 2);
		p->widths[i] = width > p->widths[i] ? width : p->widths[i];
	}
	p->row++;
}

static enum err write_rows(struct writer *w, struct page *p, const struct report_block *b, int64_t *sums, struct error *e)
{
	int at[PAGE_COLUMNS];
	enum err r = find_columns(w, b, at, e);
	while (!r && w->source->next(w->source->arg)) {
		if (p->row >= PAGE_ROWS_MOST)
			return error_set(e, ERR_REPORT_ROWS, "%s", b->query);
		for (size_t i = 0; i < b->column_count; i++) {
			struct report_cell cell = w->source->cell(w->source->arg, at[i]);
			page_cell(p, i, &b->columns[i], &cell);
			if (b->columns[i].total && cell.kind == REPORT_CELL_NUMBER)
				sums[i] += cell.number;
		}
		p->row++;
		w->rows++;
		tell(w, false);
	}
	return r;
}

static void add_chart(struct writer *w, struct page *p, const struct report_block *b, const char *sheet, lxw_row_t first, lxw_row_t end)
{
	const struct report_chart *from = &b->chart;
	struct chart chart = {.kind = from->kind, .title = report_say(&from->title), .sheet = sheet, .categories = from->categories,
	                      .money = b->columns[from->values[0]].type == REPORT_MONEY, .value_count = from->value_count,
	                      .runs = &(struct chart_run){first, end}, .run_count = 1};
	for (size_t i = 0; i < from->value_count; i++) {
		chart.values[i] = from->values[i];
		chart.names[i] = report_say(&b->columns[from->values[i]].title);
	}
	chart_draw(w->book, p, &chart);
}

static enum err write_block(struct writer *w, struct page *p, const struct report_block *b, const char *sheet, struct error *e)
{
	int64_t sums[PAGE_COLUMNS] = {0};
	if (b->column_count > PAGE_COLUMNS)
		return error_set(e, ERR_REPORT_DEFINITION, "%s: > %d", b->query, PAGE_COLUMNS);
	if (*report_say(&b->title)) {
		page_text(p, 0, report_say(&b->title), PAGE_TITLE, false);
		p->row++;
	}
	lxw_row_t heading = p->row;
	if (!p->headed || b->filter)
		p->heading = heading;
	p->headed = true;
	page_heading(p, b);
	enum err r = w->source->open(w->source->arg, b->query, b->sql, e);
	if (!r)
		r = write_rows(w, p, b, sums, e);
	enum err end = w->source->close(w->source->arg, r ? NULL : e);
	if (r || (r = end))
		return r;
	lxw_row_t last = p->row;
	if (b->filter) /* set before the total, which stays out of it: rows behind the one being written are refused */
		worksheet_autofilter(p->sheet, heading, 0, last > heading + 1 ? last - 1 : heading + 1, (lxw_col_t)(b->column_count - 1));
	write_totals(p, b, heading + 1, sums);
	if (b->chart.kind && !w->facts->over && last > heading + 1) /* over.h draws its own */
		add_chart(w, p, b, sheet, heading + 1, last);
	p->row++;
	return OK;
}

/* Temporary files take rows without a word about a full disk. */
static enum err settle(struct writer *w, struct page *p, size_t i, struct error *e)
{
	lxw_worksheet_write_single_row(p->sheet);
	FILE *f = p->sheet->optimize_tmpfile;
	if (!f || fflush(f) != 0 || ferror(f))
		return error_set(e, ERR_REPORT_WRITE, "%s", bookfile_directory());
	w->row_bytes[i] = (uint64_t)ftello(f);
	return OK;
}

static enum err write_sheet(struct writer *w, size_t i, struct error *e)
{
	const struct report_sheet *s = &w->report->sheets[i];
	struct page p = {.formats = w->formats, .sheet = w->sheets[i]};
	enum err r = OK;
	page_start(&p);
	if (s->facts)
		page_facts(&p, w->report, w->facts);
	if (i == 0 && w->facts->over)
		r = over_write(w->facts->over, w->report, w->source, w->book, w->names[i], &p, e);
	for (size_t k = 0; !r && k < s->block_count; k++)
		r = write_block(w, &p, &s->blocks[k], w->names[i], e);
	if (!r && s->frozen && p.heading < FROZEN_MOST) { /* more would leave no room to scroll in */
		worksheet_freeze_panes(p.sheet, p.heading + 1, 0);
		worksheet_repeat_rows(p.sheet, p.heading, p.heading);
	}
	if (!r)
		page_finish(&p, w->report, w->facts);
	return r ? r : settle(w, &p, i, e);
}

static enum err add_sheets(struct writer *w, struct error *e)
{
	for (size_t i = 0; i < w->report->sheet_count; i++) {
		text_copy(w->names[i], sizeof w->names[i], report_say(&w->report->sheets[i].title));
		if (!(w->sheets[i] = workbook_add_worksheet(w->book, w->names[i])))
			return error_set(e, ERR_REPORT_WRITE, "%s", w->names[i]);
	}
	return OK;
}

static bool has_list(const struct report_sheet *s)
{
	for (size_t k = 0; k < s->block_count; k++)
		if (s->blocks[k].count_sql)
			return true;
	return false;
}

/* The order in which sheets are written. Those of sums alone come last: their statements run while the long lists are
 * written. */
static void order_sheets(const struct report *report, size_t order[SHEETS_MOST])
{
	size_t n = 0, sums[SHEETS_MOST], k = 0;
	for (size_t i = 0; i < report->sheet_count; i++)
		if (has_list(&report->sheets[i]))
			order[n++] = i;
		else
			sums[k++] = i;
	memcpy(order + n, sums, k * sizeof *sums);
}

/* What has no statement that counts its rows has few, and much may have to be summed up for them. */
static void announce(const struct writer *w, const struct report_sheet *s)
{
	for (size_t k = 0; w->source->ahead && k < s->block_count; k++)
		if (!s->blocks[k].count_sql)
			w->source->ahead(w->source->arg, s->blocks[k].query, s->blocks[k].sql);
}

static enum err write_sheets(struct writer *w, struct error *e)
{
	size_t order[SHEETS_MOST] = {0};
	order_sheets(w->report, order);
	for (size_t i = 0; i < w->report->sheet_count; i++)
		announce(w, &w->report->sheets[order[i]]);
	enum err r = count_rows(w, e);
	tell(w, false);
	for (size_t i = 0; !r && i < w->report->sheet_count; i++)
		r = write_sheet(w, order[i], e);
	return r;
}

static enum err write_book(struct writer *w, struct error *e)
{
	lxw_doc_properties properties = {.title = (char *)(uintptr_t)report_say(&w->report->title),
	                                 .author = (char *)(uintptr_t)w->facts->by,
	                                 .company = (char *)(uintptr_t)w->facts->site_name,
	                                 .created = (time_t)w->facts->printed_at};
	if (w->report->sheet_count > SHEETS_MOST)
		return error_set(e, ERR_REPORT_DEFINITION, "> %d", SHEETS_MOST);
	workbook_set_properties(w->book, &properties);
	enum err r = page_formats(w->book, w->formats) ? add_sheets(w, e) : error_set(e, ERR_MEMORY, "xlsx");
	return r ? r : write_sheets(w, e);
}

static enum err write_whole(const struct report *report, const struct report_facts *facts, const struct report_source *source,
                            const struct report_progress *progress, const char *path, struct report_result *out, struct error *e)
{
	struct writer w = {.report = report, .facts = facts, .source = source, .progress = progress};
	char *temp = NULL;
	enum err r = bookfile_temporary(path, &temp, e);
	if (r)
		return r;
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)bookfile_directory()};
	if (!(w.book = workbook_new_opt(temp, &options))) {
		r = error_set(e, ERR_MEMORY, "%s", path);
		goto out;
	}
	r = write_book(&w, e);
	lxw_error closed = bookfile_close(w.book); /* frees the book, also after an error */
	if (!r && closed)
		r = error_set(e, ERR_REPORT_WRITE, "%s: %s", path, lxw_strerror(closed));
	else if (!r)
		r = readback_check(temp, w.row_bytes, report->sheet_count, e);
	if (r == ERR_REPORT_WRITE && bookfile_full(temp))
		r = error_set(e, ERR_REPORT_FULL, "%s", path);
	if (!r && !(r = bookfile_place(temp, path, e))) {
		*out = (struct report_result){w.rows, (int64_t)report->sheet_count};
		tell(&w, true);
	}
out:
	if (r)
		unlink(temp);
	free(temp);
	return r;
}

enum err report_write(const struct report *report, const struct report_facts *facts, const struct report_source *source,
                      const struct report_progress *progress, const char *path, struct report_result *out, struct error *e)
{
	struct report wide;
	if (!facts->over)
		return write_whole(report, facts, source, progress, path, out, e);
	enum err r = over_widen(report, &wide, e);
	if (!r)
		r = write_whole(&wide, facts, source, progress, path, out, e);
	over_narrow(&wide);
	return r;
}
