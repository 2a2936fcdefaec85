#include "report/over.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "report/chart.h"
#include "report/grouped.h"

enum { LEAD = 2, SUMS_MOST = REPORT_SUMS_MOST, PLACES_MOST = 24 /* bars that can still be read */ };

_Static_assert(SUMS_MOST == PAGE_COLUMNS - 3, "region, site and its name stand before the sums");

static const struct report_column lead[LEAD] = {
	{.key = REPORT_REGION, .title = {"区域", "Region"}, .type = REPORT_TEXT, .sums = {"", ""}},
	{.key = REPORT_SITE, .title = {"网点", "Site"}, .type = REPORT_TEXT, .sums = {"", ""}},
};

static enum err widen_block(const struct report_block *from, struct report_block *to)
{
	*to = *from;
	to->chart.categories += LEAD;
	for (size_t i = 0; i < to->chart.value_count; i++)
		to->chart.values[i] += LEAD;
	if (!(to->columns = calloc(from->column_count + LEAD, sizeof *to->columns)))
		return ERR_MEMORY;
	memcpy(to->columns, lead, sizeof lead);
	memcpy(to->columns + LEAD, from->columns, from->column_count * sizeof *to->columns);
	to->column_count = from->column_count + LEAD;
	return OK;
}

enum err over_widen(const struct report *report, struct report *wide, struct error *e)
{
	*wide = *report;
	wide->sheet_count = 0;
	if (!(wide->sheets = calloc(report->sheet_count, sizeof *wide->sheets)))
		return error_set(e, ERR_MEMORY, "report");
	for (size_t i = 0; i < report->sheet_count; i++) {
		const struct report_sheet *from = &report->sheets[i];
		struct report_sheet *to = &wide->sheets[wide->sheet_count++];
		*to = *from;
		to->block_count = 0;
		if (!(to->blocks = calloc(from->block_count, sizeof *to->blocks)))
			return error_set(e, ERR_MEMORY, "report");
		for (size_t k = 0; k < from->block_count; k++, to->block_count++)
			if (widen_block(&from->blocks[k], &to->blocks[k]))
				return error_set(e, ERR_MEMORY, "report");
	}
	return OK;
}

void over_narrow(struct report *wide)
{
	for (size_t i = 0; wide->sheets && i < wide->sheet_count; i++) {
		for (size_t k = 0; wide->sheets[i].blocks && k < wide->sheets[i].block_count; k++)
			free(wide->sheets[i].blocks[k].columns);
		free(wide->sheets[i].blocks);
	}
	free(wide->sheets);
	wide->sheets = NULL;
}

/* --- sums ----------------------------------------------------------------------------------------------------------- */

struct sums {
	const struct report_over *over;
	struct report_column columns[SUMS_MOST]; /* one for each sum */
	size_t count;
	int64_t *values; /* of each site, one for each column */
	struct grouped charts[REPORT_CHARTS_MOST];
	size_t chart_count;
	lxw_row_t *rows; /* where each site stands in the table, and then where each region's sum does */
	size_t region_count;
};

static size_t gather(const struct report_block *b, struct sums *s, size_t *of)
{
	size_t n = 0;
	for (size_t i = 0; i < b->column_count; i++)
		if (*report_say(&b->columns[i].sums)) {
			of[n++] = i;
			s->columns[s->count] = b->columns[i];
			s->columns[s->count++].title = b->columns[i].sums;
		}
	return n;
}

static void add_row(const struct report_source *source, struct sums *s, size_t first, size_t n, const int *at)
{
	int64_t *values = s->values + s->over->site(source->arg) * SUMS_MOST + first;
	for (size_t i = 0; i < n; i++) {
		struct report_cell cell = source->cell(source->arg, at[i]);
		if (cell.kind == REPORT_CELL_NUMBER)
			values[i] += cell.number;
	}
}

/* The block's columns that are summed, and its chart. */
static enum err find_sums(const struct report_block *b, const struct report_source *source, struct sums *s, size_t n, const size_t *of, int *at,
                          struct grouped **chart, struct error *e)
{
	for (size_t i = 0; i < n; i++)
		if ((at[i] = source->column(source->arg, b->columns[of[i]].key)) < 0) /* the block's own pass says where it should be */
			return error_set(e, ERR_REPORT_DEFINITION, "%s: %s", b->query, b->columns[of[i]].key);
	*chart = b->chart.kind ? &s->charts[s->chart_count++] : NULL;
	return *chart ? grouped_begin(*chart, b, source, e) : OK;
}

static enum err sum_block(const struct report_block *b, const struct report_source *source, struct sums *s, struct error *e)
{
	size_t of[PAGE_COLUMNS], first = s->count, n = gather(b, s, of), site = SIZE_MAX;
	int at[PAGE_COLUMNS];
	struct grouped *chart = NULL;
	bool any = false;
	if (!n && !b->chart.kind)
		return OK;
	enum err r = source->open(source->arg, b->query, b->sql, e);
	while (!r && source->next(source->arg)) {
		if (!any && (r = find_sums(b, source, s, n, of, at, &chart, e)))
			break;
		any = true;
		add_row(source, s, first, n, at);
		if (chart)
			r = grouped_add(chart, source, s->over->site(source->arg) != site, e);
		site = s->over->site(source->arg);
	}
	enum err end = source->close(source->arg, r ? NULL : e);
	return r ? r : end;
}

static void number(struct page *p, size_t column, const struct report_column *c, int64_t value, bool bold)
{
	struct report_cell cell = {.kind = REPORT_CELL_NUMBER, .number = value};
	page_cell(p, column, c, &cell);
	if (bold) /* the same cell once more, after its width is known */
		page_number(p, column, c->type == REPORT_MONEY ? (double)value / 100 : (double)value,
		            c->type == REPORT_MONEY ? PAGE_TOTAL_MONEY : PAGE_TOTAL_INTEGER, 0);
}

static void sum_row(struct page *p, const struct sums *s, size_t from, size_t to, const char *title)
{
	page_text(p, 0, title, PAGE_TOTAL_TEXT, true);
	page_text(p, 1, "", PAGE_TOTAL_TEXT, false);
	page_text(p, 2, "", PAGE_TOTAL_TEXT, false);
	for (size_t c = 0; c < s->count; c++) {
		int64_t sum = 0;
		for (size_t i = from; i < to; i++)
			sum += s->values[i * SUMS_MOST + c];
		number(p, c + 3, &s->columns[c], sum, true);
	}
	p->row++;
}

static void site_columns(struct page *p, const struct report_site *site)
{
	page_text(p, 0, site->region, PAGE_PLAIN, true);
	page_text(p, 1, site->code, PAGE_PLAIN, true);
	page_text(p, 2, site->name, PAGE_PLAIN, true);
}

static void heading(struct page *p, const char *title, struct report_column *columns, size_t count)
{
	struct report_block block = {.columns = columns, .column_count = count};
	page_text(p, 0, title, PAGE_TITLE, false);
	p->row++;
	page_heading(p, &block);
}

static const struct report_column name_column = {.title = {"名称", "Name"}, .type = REPORT_TEXT};

static void write_sums(struct page *p, struct sums *s)
{
	const struct report_over *over = s->over;
	struct report_column columns[PAGE_COLUMNS] = {lead[0], lead[1], name_column};
	char title[256];
	memcpy(columns + 3, s->columns, s->count * sizeof *s->columns);
	heading(p, tr("按区域和网点合计", "Sums by region and site"), columns, s->count + 3);
	for (size_t from = 0, to; from < over->count; from = to) {
		const char *region = over->sites[from].region;
		for (to = from; to < over->count && strcmp(over->sites[to].region, region) == 0; to++) {
			s->rows[to] = p->row;
			site_columns(p, &over->sites[to]);
			for (size_t c = 0; c < s->count; c++)
				number(p, c + 3, &s->columns[c], s->values[to * SUMS_MOST + c], false);
			p->row++;
		}
		size_t length = strlen(region); /* those below it come next, and have sums of their own */
		bool above = to < over->count && strncmp(over->sites[to].region, region, length) == 0 && over->sites[to].region[length] == ' ';
		snprintf(title, sizeof title, above ? tr("小计 %s（不含下级）", "Sum of %s (itself)") : tr("小计 %s", "Sum of %s"), region);
		s->rows[over->count + s->region_count++] = p->row;
		sum_row(p, s, from, to, title);
	}
	sum_row(p, s, 0, over->count, tr("全部合计", "All sites"));
	p->row++;
}

/* --- charts ----------------------------------------------------------------------------------------------------------- */

static struct chart chart_of(const struct grouped *g, const char *sheet)
{
	const struct report_block *b = g->block;
	struct chart c = {.kind = b->chart.kind, .title = report_say(&b->chart.title), .sheet = sheet, .value_count = b->chart.value_count,
	                  .money = b->columns[b->chart.values[0]].type == REPORT_MONEY};
	for (size_t i = 0; i < c.value_count; i++) {
		c.values[i] = i + 1;
		c.names[i] = report_say(&b->columns[b->chart.values[i]].title);
	}
	return c;
}

/* Its values in the table by region and site. */
static bool find_values(const struct sums *s, const struct grouped *g, struct chart *c)
{
	for (size_t i = 0, k; i < c->value_count; i++) {
		for (k = 0; k < s->count && strcmp(s->columns[k].key, g->block->columns[g->block->chart.values[i]].key) != 0; k++)
			;
		if (k == s->count)
			return false;
		c->values[i] = LEAD + 1 + k;
	}
	return true;
}

/* Rows of the table that stand together are one run. */
static size_t runs_of(const lxw_row_t *rows, size_t count, struct chart_run runs[PLACES_MOST])
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!n || runs[n - 1].end != rows[i])
			runs[n++].first = rows[i];
		runs[n - 1].end = rows[i] + 1;
	}
	return n;
}

static void draw_places(lxw_workbook *book, struct page *p, const struct sums *s, const struct grouped *g, const char *sheet)
{
	struct chart_run runs[PLACES_MOST];
	struct chart c = chart_of(g, sheet);
	size_t sites = s->over->count;
	bool each = sites <= PLACES_MOST;
	c.title = report_say(&g->block->chart.places);
	c.categories = each ? 2 : 0; /* the site's name; the region's sum */
	c.runs = runs;
	if (!*c.title || sites < 2 || (!each && s->region_count > PLACES_MOST) || !find_values(s, g, &c))
		return;
	c.run_count = each ? runs_of(s->rows, sites, runs) : runs_of(s->rows + sites, s->region_count, runs);
	chart_draw(book, p, &c);
}

/* A table of all sites together, and the chart of it. */
static void draw_grouped(lxw_workbook *book, struct page *p, const struct grouped *g, const char *sheet)
{
	const struct report_block *b = g->block;
	struct report_column columns[REPORT_CHART_VALUES + 1] = {b->columns[b->chart.categories]};
	struct chart c = chart_of(g, sheet);
	struct chart_run run;
	char title[256];
	for (size_t i = 0; i < c.value_count; i++)
		columns[i + 1] = b->columns[b->chart.values[i]];
	snprintf(title, sizeof title, tr("%s：全部网点", "%s: all sites"), report_say(&b->title));
	heading(p, title, columns, c.value_count + 1);
	run.first = p->row;
	for (size_t k = 0; k < g->count; k++, p->row++) {
		page_cell(p, 0, &columns[0], &g->rows[k].category);
		for (size_t i = 0; i < c.value_count; i++)
			number(p, i + 1, &columns[i + 1], g->rows[k].sums[i], false);
	}
	run.end = p->row;
	c.runs = &run;
	c.run_count = 1;
	chart_draw(book, p, &c);
	p->row++;
}

/* --- how far the data goes -------------------------------------------------------------------------------------------- */

static void time_or_nothing(struct page *p, size_t column, int64_t at)
{
	if (at)
		page_number(p, column, page_time(at), PAGE_DATETIME, 19);
}

static void write_sites(struct page *p, const struct report_over *over)
{
	struct report_column columns[] = {lead[0], lead[1], name_column,
	                                  {.title = {"截至记录", "Up to entry"}, .type = REPORT_INTEGER},
	                                  {.title = {"记录时间", "Entry of"}, .type = REPORT_DATETIME},
	                                  {.title = {"最近联系", "Last contact"}, .type = REPORT_DATETIME},
	                                  {.title = {"日结至", "Days closed to"}, .type = REPORT_DATE},
	                                  {.title = {"说明", "Note"}, .type = REPORT_TEXT}};
	heading(p, tr("各网点数据截至", "How far each site's data goes"), columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < over->count; i++) {
		const struct report_site *site = &over->sites[i];
		site_columns(p, site);
		page_number(p, 3, (double)site->seq, PAGE_INTEGER, 8);
		time_or_nothing(p, 4, site->at);
		time_or_nothing(p, 5, site->seen);
		page_cell(p, 6, &columns[6], &(struct report_cell){.kind = REPORT_CELL_TEXT, .text = site->closed});
		if (*site->note)
			page_text(p, 7, site->note, PAGE_WARNING, false); /* runs over the cells at its right */
		p->row++;
	}
	p->row++;
}

static void write_warning(struct page *p, const struct report_over *over)
{
	char line[160];
	size_t noted = 0;
	for (size_t i = 0; i < over->count; i++)
		noted += *over->sites[i].note != '\0';
	snprintf(line, sizeof line, tr("共 %zu 个网点，其中 %zu 个的数据可能不全，见“各网点数据截至”", "%zu sites; the data of %zu may not be all, see how far each site's data goes"),
	         over->count, noted);
	if (noted)
		page_text(p, 0, line, PAGE_WARNING, false);
	p->row += noted ? 2 : 0;
}

static void write_all(const struct sums *s, struct page *p, lxw_workbook *book, const char *sheet)
{
	for (size_t i = 0; s->count && i < s->chart_count; i++)
		draw_places(book, p, s, &s->charts[i], sheet);
	p->row += s->count && s->chart_count;
	for (size_t i = 0; i < s->chart_count; i++)
		if (s->charts[i].count)
			draw_grouped(book, p, &s->charts[i], sheet);
	write_sites(p, s->over);
}

enum err over_write(const struct report_over *over, const struct report *wide, const struct report_source *source, lxw_workbook *book,
                    const char *sheet, struct page *p, struct error *e)
{
	struct sums s = {.over = over, .values = calloc(over->count * SUMS_MOST + 1, sizeof *s.values), .rows = calloc(over->count * 2 + 1, sizeof *s.rows)};
	enum err r = s.values && s.rows ? OK : error_set(e, ERR_MEMORY, "report");
	for (size_t i = 0; !r && i < wide->sheet_count; i++)
		for (size_t k = 0; !r && k < wide->sheets[i].block_count; k++)
			r = sum_block(&wide->sheets[i].blocks[k], source, &s, e);
	if (!r) {
		write_warning(p, over);
		if (s.count)
			write_sums(p, &s);
		write_all(&s, p, book, sheet);
	}
	for (size_t i = 0; i < s.chart_count; i++)
		grouped_free(&s.charts[i]);
	free(s.rows);
	free(s.values);
	return r;
}
