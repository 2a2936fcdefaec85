#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"

enum { TEXT_MOST = 1000, DAY = 86400, CHINA_OFFSET = 8 * 3600, EPOCH_SERIAL = 25569, HEADING_COLOUR = 0xDDEBF7, ROW_HEIGHT = 17 };

static const struct {
	enum page_format format;
	const char *number;
	bool bold, filled, line_above, left, right; /* right: a little away from what stands at the left of the next column */
	double size;
	lxw_color_t colour;
} looks[] = {
	{.format = PAGE_PLAIN},
	{.format = PAGE_TITLE, .bold = true, .size = 14},
	{.format = PAGE_HEADING, .bold = true, .filled = true},
	{.format = PAGE_HEADING_NUMBER, .bold = true, .filled = true, .right = true},
	{.format = PAGE_MONEY, .number = "¥#,##0.00", .right = true},
	{.format = PAGE_DATE, .number = "yyyy-mm-dd", .left = true},
	{.format = PAGE_DATETIME, .number = "yyyy-mm-dd hh:mm:ss", .left = true},
	{.format = PAGE_INTEGER, .number = "#,##0", .right = true},
	{.format = PAGE_PERCENT, .number = "0%", .right = true},
	{.format = PAGE_PERCENT_FINE, .number = "0.00%", .right = true},
	{.format = PAGE_TOTAL_TEXT, .bold = true, .line_above = true},
	{.format = PAGE_TOTAL_MONEY, .number = "¥#,##0.00", .bold = true, .line_above = true, .right = true},
	{.format = PAGE_TOTAL_INTEGER, .number = "#,##0", .bold = true, .line_above = true, .right = true},
	{.format = PAGE_WARNING, .bold = true, .colour = LXW_COLOR_RED},
};

bool page_formats(lxw_workbook *book, lxw_format *formats[PAGE_FORMATS])
{
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		lxw_format *f = workbook_add_format(book);
		if (!f)
			return false;
		formats[looks[i].format] = f;
		if (looks[i].number)
			format_set_num_format(f, looks[i].number);
		if (looks[i].bold)
			format_set_bold(f);
		if (looks[i].size > 0)
			format_set_font_size(f, looks[i].size);
		if (looks[i].colour)
			format_set_font_color(f, looks[i].colour);
		if (looks[i].left)
			format_set_align(f, LXW_ALIGN_LEFT);
		if (looks[i].right) {
			format_set_align(f, LXW_ALIGN_RIGHT);
			format_set_indent(f, 1);
		}
		if (looks[i].line_above)
			format_set_top(f, LXW_BORDER_THIN);
		if (looks[i].filled) {
			format_set_bg_color(f, HEADING_COLOUR);
			format_set_bottom(f, LXW_BORDER_THIN);
			format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
		}
	}
	return true;
}

void page_start(struct page *p)
{
	worksheet_set_default_row(p->sheet, ROW_HEIGHT, LXW_FALSE);
}

double page_time(int64_t utc)
{
	return (double)(utc + CHINA_OFFSET) / DAY + EPOCH_SERIAL;
}

static void widen(struct page *p, size_t column, int width)
{
	if (width > p->widths[column])
		p->widths[column] = width < REPORT_WIDTH_MOST ? width : REPORT_WIDTH_MOST;
}

void page_text(struct page *p, size_t column, const char *text, enum page_format format, bool measured)
{
	char safe[TEXT_MOST + 1];
	int width = text_plain_width(text, TEXT_MOST);
	lxw_format *look = format == PAGE_PLAIN ? NULL : p->formats[format];
	if (width < 0) {
		text_printable(safe, sizeof safe, text);
		/* these two are characters to Unicode and none to XML */
		for (char *bad = safe; (bad = strstr(bad, "\xEF\xBF")); bad += 3)
			if ((unsigned char)bad[2] >= 0xBE)
				memcpy(bad, "\xEF\xBF\xBD", 3);
		text = safe;
		width = measured ? text_width(safe) : 0;
	}
	worksheet_write_string(p->sheet, p->row, (lxw_col_t)column, text, look);
	if (measured)
		widen(p, column, width + 1);
}

void page_number(struct page *p, size_t column, double value, enum page_format format, int width)
{
	worksheet_write_number(p->sheet, p->row, (lxw_col_t)column, value, p->formats[format]);
	widen(p, column, width + 1);
}

/* The columns that "¥#,##0.00" takes. */
static int money_width(int64_t fen)
{
	int digits = 1;
	for (int64_t yuan = fen / 100; yuan >= 10 || yuan <= -10; yuan /= 10)
		digits++;
	return digits + (digits - 1) / 3 + (fen < 0) + 5;
}

static const char *word(const struct report_words *words, const char *code)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->codes[i], code) == 0)
			return report_say(&words->texts[i]);
	return words->title ? words->title(code) : code;
}

void page_cell(struct page *p, size_t column, const struct report_column *c, const struct report_cell *cell)
{
	char digits[24];
	int64_t day;
	if (cell->kind == REPORT_CELL_NONE || (cell->kind == REPORT_CELL_TEXT && !*cell->text))
		return;
	if (cell->kind == REPORT_CELL_TEXT) {
		if (c->type == REPORT_DATE && civil_parse_date(cell->text, &day))
			page_number(p, column, page_time(day), PAGE_DATE, 10);
		else
			page_text(p, column, c->words ? word(c->words, cell->text) : cell->text, PAGE_PLAIN, !c->width);
		return;
	}
	switch (c->type) {
	case REPORT_MONEY:
		page_number(p, column, (double)cell->number / 100, PAGE_MONEY, money_width(cell->number));
		break;
	case REPORT_DATETIME:
		page_number(p, column, page_time(cell->number), PAGE_DATETIME, 19);
		break;
	case REPORT_INTEGER:
		page_number(p, column, (double)cell->number, PAGE_INTEGER, money_width(cell->number * 100) - 3);
		break;
	case REPORT_PERCENT:
		page_number(p, column, (double)cell->number / 10000, cell->number % 100 ? PAGE_PERCENT_FINE : PAGE_PERCENT, 7);
		break;
	default:
		snprintf(digits, sizeof digits, "%lld", (long long)cell->number);
		page_text(p, column, digits, PAGE_PLAIN, !c->width);
	}
}

void page_heading(struct page *p, const struct report_block *b)
{
	for (size_t i = 0; i < b->column_count; i++) {
		const struct report_column *c = &b->columns[i];
		const char *title = report_say(&c->title);
		bool number = c->type == REPORT_MONEY || c->type == REPORT_INTEGER || c->type == REPORT_PERCENT;
		page_text(p, i, title, number ? PAGE_HEADING_NUMBER : PAGE_HEADING, false);
		int width = text_width(title) + number + (b->filter ? 3 : 1); /* the filter's arrow */
		width = c->width > width ? c->width : width;
		if (width > p->widths[i])
			p->widths[i] = width;
	}
	worksheet_set_row(p->sheet, p->row, 20, NULL);
	p->columns = b->column_count > p->columns ? b->column_count : p->columns;
	p->row++;
}

static void fact(struct page *p, const char *name)
{
	page_text(p, 0, name, PAGE_PLAIN, true);
}

static void fact_date(struct page *p, const char *name, const char *date)
{
	int64_t day = 0;
	fact(p, name);
	if (civil_parse_date(date, &day))
		page_number(p, 1, page_time(day), PAGE_DATE, 10);
	p->row++;
}

static void fact_text(struct page *p, const char *name, const char *text)
{
	fact(p, name);
	page_text(p, 1, text, PAGE_PLAIN, false); /* may run over the cells at its right */
	p->row++;
}

void page_facts(struct page *p, const struct report *report, const struct report_facts *f)
{
	char line[256];
	page_text(p, 0, report_say(&report->title), PAGE_TITLE, false);
	p->row++;
	if (f->demonstration) {
		page_text(p, 0, tr("演示数据，不作凭证", "Demonstration: no evidence of anything"), PAGE_WARNING, false);
		p->row++;
	}
	snprintf(line, sizeof line, "%s%s%s", f->site, *f->site ? " " : "", f->site_name);
	fact_text(p, f->over ? tr("总部", "Headquarters") : tr("受理点", "Service point"), line);
	fact_date(p, strcmp(f->from, f->to) == 0 ? tr("日期", "Date") : tr("起始日期", "From"), f->from);
	if (strcmp(f->from, f->to) != 0)
		fact_date(p, tr("截止日期", "To"), f->to);
	fact(p, tr("打印时间", "Printed at"));
	page_number(p, 1, page_time(f->printed_at), PAGE_DATETIME, 19);
	p->row++;
	fact_text(p, tr("打印人", "Printed by"), f->by);
	if (!f->over) /* several have a row each */
		fact_text(p, tr("日志头", "Journal head"), f->head);
	p->row++;
}

/* '&' begins a command in headers and footers. */
static void escape(char *out, size_t size, const char *text, size_t most)
{
	char safe[256];
	size_t n = 0;
	text_printable(safe, sizeof safe, text);
	safe[text_fit(safe, (int)most)] = '\0';
	for (const char *p = safe; *p && n + 3 < size; p++) {
		if (*p == '&')
			out[n++] = '&';
		out[n++] = *p;
	}
	out[n] = '\0';
}

static void paper(struct page *p, const struct report *report, const struct report_facts *f)
{
	char site[160], head[40], title[160], printed[17], line[512];
	escape(site, sizeof site, f->site_name, 40);
	escape(head, sizeof head, f->head, 30);
	escape(title, sizeof title, report_say(&report->title), 40);
	civil_minute_text(f->printed_at, printed);
	worksheet_set_landscape(p->sheet);
	worksheet_set_paper(p->sheet, 9); /* A4 */
	worksheet_fit_to_pages(p->sheet, 1, 0);
	worksheet_set_margins(p->sheet, 0.4, 0.4, 0.75, 0.75);
	snprintf(line, sizeof line, "&L%s %s&R%s%s", site, title, f->from,
	         f->demonstration ? tr(" 演示", " demonstration") : "");
	worksheet_set_header(p->sheet, line);
	snprintf(line, sizeof line, tr("&L%s&C第 &P 页，共 &N 页&R%s%s", "&L%s&CPage &P of &N&R%s%s"), printed, *head ? tr("日志 ", "Journal ") : "", head);
	worksheet_set_footer(p->sheet, line);
}

void page_finish(struct page *p, const struct report *report, const struct report_facts *facts)
{
	for (size_t i = 0; i < p->columns; i++)
		worksheet_set_column(p->sheet, (lxw_col_t)i, (lxw_col_t)i, (p->widths[i] ? p->widths[i] : 8) + 1, NULL);
	worksheet_ignore_errors(p->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
	paper(p, report, facts);
}
