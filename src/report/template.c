#include "report/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "report/bookfile.h"
#include "report/page.h"
#include "report/readback.h"

/* What a note may have, in UTF-8 characters. */
enum { NOTE_MOST = 255, NOTE_SIZE = NOTE_MOST * 4 + 1, SHEETS = 3, EXPLANATION_WIDTH = 100 };

struct writing {
	const struct template *t;
	lxw_workbook *book;
	lxw_format *formats[PAGE_FORMATS], *text;
};

static lxw_worksheet *add_sheet(struct writing *w, const char *name, struct page *p)
{
	*p = (struct page){.formats = w->formats, .sheet = workbook_add_worksheet(w->book, name)};
	return p->sheet;
}

/* Choices go on a sheet of their own: a list inside the cell's rule has room for 255 characters only. Other text is let through:
 * a code will do too, and what it is worth is judged at the import. */
static void add_rule(struct writing *w, lxw_worksheet *sheet, lxw_col_t column, const struct template_column *c)
{
	char note[NOTE_SIZE] = "", formula[200], name[16];
	const char *at = c->note;
	size_t n = 0, used = 0, step;
	uint32_t code;
	while (n < NOTE_MOST && (step = text_decode(at + used, &code)) > 0 && used + step < sizeof note) {
		used += step;
		n++;
	}
	snprintf(note, sizeof note, "%.*s", (int)used, at);
	lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_ANY, .ignore_blank = LXW_VALIDATION_ON,
	                            .show_input = LXW_VALIDATION_ON, .show_error = LXW_VALIDATION_OFF,
	                            .input_message = *note ? note : NULL};
	if (c->choice_count && !c->several) {
		lxw_col_to_name(name, column, 1);
		snprintf(formula, sizeof formula, "='%s'!%s$2:%s$%zu", w->t->choices, name, name, c->choice_count + 1);
		rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
		rule.value_formula = formula;
		rule.dropdown = LXW_VALIDATION_ON;
	}
	if (*note || rule.value_formula)
		worksheet_data_validation_range(sheet, 1, column, (lxw_row_t)w->t->rows, column, &rule);
}

static bool write_list(struct writing *w)
{
	struct page p;
	char heading[256];
	if (!add_sheet(w, w->t->sheet, &p))
		return false;
	for (size_t i = 0; i < w->t->count; i++) {
		const struct template_column *c = &w->t->columns[i];
		snprintf(heading, sizeof heading, "%s%s", c->heading, c->required ? "*" : "");
		int width = text_width(heading) + 3;
		worksheet_set_column(p.sheet, (lxw_col_t)i, (lxw_col_t)i, c->width > width ? c->width : width, w->text);
		page_text(&p, i, heading, PAGE_HEADING, false);
		add_rule(w, p.sheet, (lxw_col_t)i, c);
	}
	worksheet_set_row(p.sheet, 0, 20, NULL);
	worksheet_freeze_panes(p.sheet, 1, 0);
	return true;
}

static bool write_explanation(struct writing *w)
{
	struct page p;
	if (!add_sheet(w, w->t->explanation, &p))
		return false;
	worksheet_set_column(p.sheet, 0, 0, EXPLANATION_WIDTH, NULL);
	for (size_t i = 0; i < w->t->line_count; i++, p.row++)
		page_text(&p, 0, w->t->lines[i], i ? PAGE_PLAIN : PAGE_TITLE, false);
	return true;
}

static bool write_choices(struct writing *w)
{
	struct page p;
	if (!add_sheet(w, w->t->choices, &p))
		return false;
	for (size_t i = 0; i < w->t->count; i++) {
		const struct template_column *c = &w->t->columns[i];
		p.row = 0;
		if (c->choice_count)
			page_text(&p, i, c->heading, PAGE_HEADING, false);
		for (size_t k = 0; k < c->choice_count; k++) {
			p.row++;
			page_text(&p, i, c->choices[k], PAGE_PLAIN, false);
		}
		worksheet_set_column(p.sheet, (lxw_col_t)i, (lxw_col_t)i, c->choice_count ? 24 : 4, NULL);
	}
	return true;
}

static enum err write_book(struct writing *w, const char *path, struct error *e)
{
	if (!page_formats(w->book, w->formats) || !(w->text = workbook_add_format(w->book)))
		return error_set(e, ERR_MEMORY, "%s", path);
	format_set_num_format(w->text, "@"); /* numbers keep all their digits */
	if (!write_list(w) || !write_explanation(w) || !write_choices(w))
		return error_set(e, ERR_REPORT_WRITE, "%s", path);
	return OK;
}

enum err template_write(const struct template *t, const char *path, struct error *e)
{
	struct writing w = {.t = t};
	char *temp = NULL;
	enum err r = bookfile_temporary(path, &temp, e);
	if (r)
		return r;
	lxw_workbook_options options = {.tmpdir = (char *)(uintptr_t)bookfile_directory()};
	if (!(w.book = workbook_new_opt(temp, &options)))
		r = error_set(e, ERR_MEMORY, "%s", path);
	else {
		r = write_book(&w, path, e);
		lxw_error closed = bookfile_close(w.book);
		if (!r && closed)
			r = error_set(e, ERR_REPORT_WRITE, "%s: %s", path, lxw_strerror(closed));
		else if (!r)
			r = readback_check(temp, NULL, SHEETS, e);
	}
	if (r == ERR_REPORT_WRITE && bookfile_full(temp))
		r = error_set(e, ERR_REPORT_FULL, "%s", path);
	if (!r)
		r = bookfile_place(temp, path, e);
	if (r)
		unlink(temp);
	free(temp);
	return r;
}
