/* A template's blocks, one function each. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "print/paper.h"

static double size_of(const struct paper *p, const struct print_block *b)
{
	return p->t->size * (b->scale > 0 ? b->scale : 1);
}

static double width_of(const struct paper *p)
{
	return p->right - p->left;
}

static void draw_title(struct paper *p, const struct print_block *b)
{
	const struct paper_look big = {.size = p->t->size * 1.9, .bold = true, .align = PRINT_CENTRE};
	const struct paper_look small = {.size = p->t->size * 0.85, .grey = PAPER_GREY, .align = PRINT_CENTRE};
	struct bytes said = {0};
	bool own = *print_say(&b->text) != '\0';
	paper_need(p, p->t->size * 4);
	p->y += p->t->size * 0.3;
	p->y += paper_text(p, paper_say(p, print_say(own ? &b->text : &p->t->title), NULL, &said), p->left, p->y, width_of(p), &big);
	if (lang_now() == LANG_ZH) /* the English reader finds the paper by its name too */
		p->y += paper_text(p, paper_say(p, p->t->title.en, NULL, &said), p->left, p->y, width_of(p), &small);
	p->y += p->t->size;
	bytes_free(&said);
}

static void draw_paragraph(struct paper *p, const struct print_block *b)
{
	const struct paper_look look = {.size = size_of(p, b), .bold = b->bold, .align = b->align};
	struct bytes said = {0};
	const char *text = paper_say(p, print_say(&b->text), NULL, &said);
	if (p->t->label) { /* two lines at most: a label has no second page */
		PangoLayout *layout = paper_layout(p, text, width_of(p), look.size * 2.8, &look);
		paper_draw(p, layout, p->left, p->y, 0);
		p->y += paper_height(layout) + p->t->size * 0.1;
		g_object_unref(layout);
	} else {
		paper_flow(p, text, &look);
		p->y += p->t->size * (p->t->about == PRINT_BLANK ? 0.9 : 0.5);
	}
	bytes_free(&said);
}

static size_t next_pair(const struct print_block *b, size_t i)
{
	bool two = b->columns == 2 && !b->cells[i].wide && i + 1 < b->cell_count && !b->cells[i + 1].wide;
	return two ? 2 : 1;
}

/* "label  value" side by side: `count` pairs from the i-th on, in a row of `width`. */
static double pair_row(struct paper *p, const struct print_block *b, size_t i, size_t count, double y, double width, bool draw)
{
	const struct paper_look grey = {.size = p->t->size, .grey = PAPER_GREY}, black = {.size = p->t->size, .grey = 0};
	double share = width / (double)count, label = p->t->size * (p->t->label ? 5.2 : 6.6), highest = p->t->size * 1.5;
	struct bytes said = {0};
	for (size_t k = 0; k < count; k++) {
		const struct print_cell *c = &b->cells[i + k];
		double x = p->left + (double)k * share, room = p->t->label ? p->t->size * 3.2 : 0;
		PangoLayout *name = paper_layout(p, paper_say(p, print_say(&c->label), NULL, &said), label - 4, 0, &grey);
		PangoLayout *value = paper_layout(p, paper_say(p, *c->value ? c->value : print_say(&c->text), NULL, &said), share - label - 8, room, &black);
		double height = paper_height(value) > paper_height(name) ? paper_height(value) : paper_height(name);
		if (height > highest)
			highest = height;
		if (draw) {
			paper_draw(p, name, x, y, PAPER_GREY);
			paper_draw(p, value, x + label, y, 0);
		}
		g_object_unref(name);
		g_object_unref(value);
	}
	bytes_free(&said);
	return highest + p->t->size * (p->t->label ? 0.15 : p->t->about == PRINT_BLANK ? 0.9 : 0.45); /* hands need room */
}

static void draw_pairs(struct paper *p, const struct print_block *b)
{
	double side = *b->qr ? b->height * PAPER_MM : 0, bottom = 0;
	struct bytes said = {0};
	size_t n;
	paper_need(p, side > p->t->size * 2 ? side : p->t->size * 2);
	if (*b->qr) {
		bottom = p->y + side;
		paper_qr(p, paper_say(p, b->qr, NULL, &said), p->right - side, p->y, side);
	}
	for (size_t i = 0; i < b->cell_count; i += n) {
		n = next_pair(b, i);
		double width = width_of(p) - (p->t->label && p->y >= bottom - 1 ? 0 : side); /* a label needs the room below the code */
		double height = pair_row(p, b, i, n, p->y, width, false);
		if (paper_need(p, height)) {
			bottom = 0;
			width = width_of(p);
		}
		p->y += pair_row(p, b, i, n, p->y, width, true);
	}
	if (p->y < bottom)
		p->y = bottom;
	p->y += p->t->size * (p->t->label ? 0 : 0.4);
	bytes_free(&said);
}

/* Where a chapter of the text begins in the other language: what comes behind is left out where the reader's stands first. */
static size_t own_language(const char *body)
{
	const char *second = strncmp(body, "# ", 2) == 0 ? strstr(body, "\n# ") : NULL;
	return lang_now() == LANG_ZH && second ? (size_t)(second - body) : strlen(body);
}

static void draw_agreement(struct paper *p, const json_t *text)
{
	const struct paper_look head = {.size = p->t->size * 1.15, .bold = true}, look = {.size = p->t->size * 0.85};
	const struct paper_look small = {.size = p->t->size * 0.7, .grey = PAPER_GREY};
	const char *line = json_text(text, "body"), *end = line + own_language(line);
	struct bytes one = {0}, name = {0};
	paper_need(p, p->t->size * 6);
	p->y += p->t->size * 0.6;
	while (line < end) {
		size_t n = strcspn(line, "\n");
		bool heading = strncmp(line, "# ", 2) == 0;
		one.length = 0;
		if (bytes_add(&one, line + (heading ? 2 : 0), n - (heading ? 2 : 0)))
			p->no_memory = true;
		else if (n == 0)
			p->y += p->t->size * 0.35;
		else
			paper_flow(p, (const char *)one.data, heading ? &head : &look);
		line += n + (line[n] == '\n');
	}
	if (bytes_format(&name, "%s %s  %s", json_text(text, "id"), json_text(text, "version"), json_text(text, "digest")))
		p->no_memory = true;
	else
		paper_flow(p, (const char *)name.data, &small);
	bytes_free(&one);
	bytes_free(&name);
}

static void draw_texts(struct paper *p)
{
	const json_t *text;
	size_t i;
	json_array_foreach(json_object_get(p->facts, "agreements"), i, text)
		draw_agreement(p, text);
	p->y += p->t->size * 0.5;
}

static void draw_sign(struct paper *p, const struct print_block *b)
{
	const struct paper_look look = {.size = p->t->size};
	double share = width_of(p) / (double)b->cell_count, height = p->t->size * 5.6;
	struct bytes said = {0};
	paper_need(p, height + p->t->size);
	p->y += p->t->size;
	for (size_t i = 0; i < b->cell_count; i++) {
		double x = p->left + (double)i * share, end = x + share - p->t->size;
		paper_text(p, paper_say(p, print_say(&b->cells[i].label), NULL, &said), x, p->y, share - p->t->size, &look);
		paper_rule(p, x, p->y + p->t->size * 4.4, end, p->y + p->t->size * 4.4, 0);
	}
	p->y += height;
	bytes_free(&said);
}

static void draw_boxes(struct paper *p, const struct print_block *b)
{
	const struct paper_look look = {.size = p->t->size * 0.9, .grey = PAPER_GREY};
	double gap = p->t->size, share = (width_of(p) + gap) / b->columns, height = b->height * PAPER_MM;
	struct bytes said = {0};
	for (size_t i = 0; i < b->cell_count; i++) {
		size_t column = i % (size_t)b->columns;
		if (column == 0)
			paper_need(p, height);
		double x = p->left + (double)column * share;
		paper_frame(p, x, p->y, share - gap, height, 0);
		paper_text(p, paper_say(p, print_say(&b->cells[i].label), NULL, &said), x + 5, p->y + 4, share - gap - 10, &look);
		if (column + 1 == (size_t)b->columns || i + 1 == b->cell_count)
			p->y += height + gap;
	}
	bytes_free(&said);
}

void paper_block(struct paper *p, const struct print_block *b)
{
	if (b->when && !expr_true(b->when, json_object_get(p->facts, "values")))
		return;
	switch (b->type) {
	case PRINT_TITLE: draw_title(p, b); break;
	case PRINT_PARAGRAPH: draw_paragraph(p, b); break;
	case PRINT_PAIRS: draw_pairs(p, b); break;
	case PRINT_TABLE: paper_table(p, b); break;
	case PRINT_FIELDS: paper_fields(p, b); break;
	case PRINT_TEXTS: draw_texts(p); break;
	case PRINT_SIGN: draw_sign(p, b); break;
	case PRINT_BOXES: draw_boxes(p, b); break;
	case PRINT_SPACE: p->y += b->height * PAPER_MM; break;
	case PRINT_LINE:
		paper_rule(p, p->left, p->y, p->right, p->y, 0);
		p->y += p->t->size * 0.6;
		break;
	case PRINT_BREAK: paper_page(p); break;
	}
}
