/* Tables: a list's rows with a heading on every page, and the form's fields as label and value. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "print/paper.h"

enum { PAD = 4 };

struct columns {
	double x[PRINT_CELLS + 1]; /* where each begins, and the end of the last */
	size_t count;
};

static struct columns spread(const struct paper *p, const struct print_block *b)
{
	struct columns c = {.count = b->cell_count};
	double all = 0, x = p->left;
	for (size_t i = 0; i < b->cell_count; i++)
		all += b->cells[i].width;
	for (size_t i = 0; i < b->cell_count; i++) {
		c.x[i] = x;
		x += (p->right - p->left) * b->cells[i].width / all;
	}
	c.x[c.count] = p->right;
	return c;
}

/* A text in a cell: as high as half a page, then it ends in an ellipsis. */
static PangoLayout *cell(struct paper *p, const char *text, double width, const struct paper_look *look)
{
	return paper_layout(p, text, width - 2 * PAD, (p->bottom - p->top) / 2, look);
}

/* Draws a row of cells with its frame; `grey` < 1 fills it. The caller made room. */
static void draw_row(struct paper *p, const struct columns *c, PangoLayout **cells, double height, double fill)
{
	if (fill < 1)
		paper_fill(p, p->left, p->y, p->right - p->left, height, fill);
	for (size_t i = 0; i < c->count; i++) {
		paper_frame(p, c->x[i], p->y, c->x[i + 1] - c->x[i], height, 0.35);
		if (cells[i])
			paper_draw(p, cells[i], c->x[i] + PAD, p->y + PAD, 0);
	}
	p->y += height;
}

static double row_height(PangoLayout **cells, size_t count, double least)
{
	double highest = least;
	for (size_t i = 0; i < count; i++)
		if (cells[i] && paper_height(cells[i]) + 2 * PAD > highest)
			highest = paper_height(cells[i]) + 2 * PAD;
	return highest;
}

static void row_free(PangoLayout **cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cells[i])
			g_object_unref(cells[i]);
}

static void draw_heading(struct paper *p, const struct print_block *b, const struct columns *c)
{
	PangoLayout *cells[PRINT_CELLS] = {0};
	struct bytes said = {0};
	for (size_t i = 0; i < c->count; i++) {
		const struct paper_look look = {.size = p->t->size * b->scale, .bold = true, .align = b->cells[i].align};
		cells[i] = cell(p, paper_say(p, print_say(&b->cells[i].label), NULL, &said), c->x[i + 1] - c->x[i], &look);
	}
	draw_row(p, c, cells, row_height(cells, c->count, 0), 0.92);
	row_free(cells, c->count);
	bytes_free(&said);
}

static void draw_data(struct paper *p, const struct print_block *b, const struct columns *c, const json_t *row, bool first)
{
	PangoLayout *cells[PRINT_CELLS] = {0};
	struct bytes said = {0};
	double size = p->t->size * b->scale;
	for (size_t i = 0; row && i < c->count; i++) {
		const struct paper_look look = {.size = size, .align = b->cells[i].align};
		cells[i] = cell(p, paper_say(p, b->cells[i].value, row, &said), c->x[i + 1] - c->x[i], &look);
	}
	double height = row_height(cells, c->count, size * 1.5 + 2 * PAD);
	/* the heading is never alone at a page's end */
	if (first)
		paper_need(p, height + size * 1.5 + 2 * PAD);
	if (first || paper_need(p, height))
		draw_heading(p, b, c);
	draw_row(p, c, cells, height, 1);
	row_free(cells, c->count);
	bytes_free(&said);
}

void paper_table(struct paper *p, const struct print_block *b)
{
	const json_t *rows = json_object_get(json_object_get(p->facts, "lists"), b->list);
	struct columns c = spread(p, b);
	size_t count = json_array_size(rows), least = (size_t)b->rows;
	for (size_t i = 0; i < count || i < least; i++)
		draw_data(p, b, &c, json_array_get(rows, i), i == 0);
	if (count == 0 && least == 0 && b->text.zh && *b->text.zh) {
		const struct paper_look look = {.size = p->t->size, .grey = PAPER_GREY};
		paper_flow(p, print_say(&b->text), &look);
	}
	p->y += p->t->size * 0.8;
}

static void section_head(struct paper *p, const char *title, double more)
{
	const struct paper_look look = {.size = p->t->size, .bold = true};
	double height = p->t->size * 1.5 + 2 * PAD;
	paper_need(p, height + more);
	paper_fill(p, p->left, p->y, p->right - p->left, height, 0.92);
	paper_frame(p, p->left, p->y, p->right - p->left, height, 0.35);
	paper_text(p, title, p->left + PAD, p->y + PAD, p->right - p->left - 2 * PAD, &look);
	p->y += height;
}

static bool is_long(const json_t *field)
{
	enum { SHORT = 33 }; /* bytes: eleven Chinese characters */
	return strlen(json_text(field, "value")) > SHORT;
}

/* One or two fields of a section in a row: label, value, label, value. Returns how many. */
static size_t field_row(struct paper *p, const json_t *const *fields, size_t left, const char *title)
{
	const struct paper_look grey = {.size = p->t->size * 0.9, .grey = PAPER_GREY}, black = {.size = p->t->size * 0.9};
	size_t n = left > 1 && !is_long(fields[0]) && !is_long(fields[1]) ? 2 : 1;
	double width = p->right - p->left, label = width * 0.2, share = width / (double)n;
	struct columns c = {.count = n * 2};
	PangoLayout *cells[4] = {0};
	for (size_t i = 0; i < n; i++) {
		c.x[i * 2] = p->left + (double)i * share;
		c.x[i * 2 + 1] = c.x[i * 2] + label;
		cells[i * 2] = cell(p, json_text(fields[i], "label"), label, &grey);
		cells[i * 2 + 1] = cell(p, json_text(fields[i], "value"), share - label, &black);
	}
	c.x[c.count] = p->right;
	double height = row_height(cells, c.count, 0);
	if (title)
		section_head(p, title, height);
	else
		paper_need(p, height);
	draw_row(p, &c, cells, height, 1);
	row_free(cells, c.count);
	return n;
}

static bool left_out(const struct print_block *b, const json_t *field)
{
	const char *name = json_text(field, "name");
	return (yaml_count(b->leave_out) && print_listed(b->leave_out, name)) ||
	       (json_is_true(json_object_get(field, "no")) && yaml_count(b->only_yes) && print_listed(b->only_yes, name));
}

void paper_fields(struct paper *p, const struct print_block *b)
{
	enum { MOST = 128 };
	const json_t *section, *field, *fields[MOST];
	size_t i, k;
	json_array_foreach(json_object_get(p->facts, "sections"), i, section) {
		size_t n = 0, done = 0;
		json_array_foreach(json_object_get(section, "fields"), k, field)
			if (n < MOST && !left_out(b, field))
				fields[n++] = field;
		while (done < n)
			done += field_row(p, fields + done, n - done, done == 0 ? json_text(section, "title") : NULL);
	}
	p->y += p->t->size * 0.8;
}
