#include "print/render.h"

#include <cairo/cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "print/paper.h"

/* Pango's own remarks would be written over the screen. */
static void say_nothing(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer arg)
{
	(void)domain, (void)level, (void)message, (void)arg;
}

static cairo_status_t take(void *arg, const unsigned char *data, unsigned length)
{
	return bytes_add(arg, data, length) ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static PangoContext *make_context(PangoFontMap *map)
{
	PangoContext *context = pango_font_map_create_context(map);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE); /* the printer's dots are not the screen's */
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
	pango_context_set_language(context, pango_language_from_string("zh-CN"));
	cairo_font_options_destroy(options);
	return context;
}

static bool letters_in(PangoContext *context)
{
	PangoLayout *layout = pango_layout_new(context);
	pango_layout_set_text(layout, "受理点", -1);
	bool all = pango_layout_get_unknown_glyphs_count(layout) == 0;
	g_object_unref(layout);
	return all;
}

/* Draws all pages: of a repeated template one for each row of its list. */
static void draw(struct paper *p)
{
	const json_t *rows = json_object_get(json_object_get(p->facts, "lists"), p->t->repeat);
	size_t times = *p->t->repeat ? json_array_size(rows) : 1;
	p->page = 0;
	for (size_t i = 0; i < times; i++) {
		p->row = *p->t->repeat ? json_array_get(rows, i) : NULL;
		paper_page(p);
		for (size_t k = 0; k < p->t->block_count; k++)
			paper_block(p, &p->t->blocks[k]);
	}
}

static void describe(cairo_surface_t *surface, const struct paper *p)
{
	char title[256], at[21];
	snprintf(title, sizeof title, "%.100s %.100s", print_say(&p->t->title), p->marks->subject);
	rfc3339_text(p->marks->now, at);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "certdesk");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
}

static enum err run(struct paper *p, cairo_surface_t *surface, struct error *e)
{
	p->cr = cairo_create(surface);
	draw(p);
	cairo_show_page(p->cr);
	cairo_status_t state = cairo_status(p->cr);
	cairo_destroy(p->cr);
	cairo_surface_finish(surface);
	if (state == CAIRO_STATUS_SUCCESS)
		state = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (p->no_memory || state == CAIRO_STATUS_NO_MEMORY)
		return error_set(e, ERR_MEMORY, "%s", p->t->file);
	return state == CAIRO_STATUS_SUCCESS ? OK : error_set(e, ERR_PRINT_FAULT, "%s", cairo_status_to_string(state));
}

/* Where nothing is seen: the letters are as wide as on paper, so the pages are as many. */
static enum err count_pages(struct paper *p, struct error *e)
{
	enum err r = run(p, cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1), e);
	p->pages = p->page;
	return r;
}

static enum err make_pdf(struct paper *p, struct bytes *out, struct error *e)
{
	double width = p->t->width * PAPER_MM, height = p->t->height * PAPER_MM;
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, out, width, height);
	describe(surface, p);
	return run(p, surface, e);
}

enum err print_render(const struct print_template *t, const json_t *facts, const struct print_marks *marks, struct bytes *out,
                      struct print_made *made, struct error *e)
{
	GLogFunc before = g_log_set_default_handler(say_nothing, NULL);
	PangoFontMap *map = pango_cairo_font_map_new();
	struct paper p = {.t = t, .facts = facts, .marks = marks, .context = make_context(map)};
	out->length = 0;
	enum err r = letters_in(p.context) ? OK : error_set(e, ERR_PRINT_FONT, "%s", "");
	if (!r && !(r = count_pages(&p, e)))
		r = make_pdf(&p, out, e);
	made->pages = p.page;
	text_copy(made->lacking, sizeof made->lacking, p.lacking);
	g_object_unref(p.context);
	g_object_unref(map);
	g_log_set_default_handler(before, NULL);
	if (!r && p.page == 0)
		r = error_set(e, ERR_PRINT_FAULT, "%s", t->file);
	return r;
}

bool print_has_letters(void)
{
	GLogFunc before = g_log_set_default_handler(say_nothing, NULL);
	PangoFontMap *map = pango_cairo_font_map_new();
	PangoContext *context = make_context(map);
	bool all = letters_in(context);
	g_object_unref(context);
	g_object_unref(map);
	g_log_set_default_handler(before, NULL);
	return all;
}
