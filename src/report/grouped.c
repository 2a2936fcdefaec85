#include "report/grouped.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 16 };

static enum err column(const struct report_block *b, size_t at, const struct report_source *source, int *out, struct error *e)
{
	*out = source->column(source->arg, b->columns[at].key);
	return *out >= 0 ? OK : error_set(e, ERR_REPORT_DEFINITION, "%s: %s", b->query, b->columns[at].key);
}

enum err grouped_begin(struct grouped *g, const struct report_block *b, const struct report_source *source, struct error *e)
{
	g->block = b;
	enum err r = column(b, b->chart.categories, source, &g->category, e);
	for (size_t i = 0; !r && i < b->chart.value_count; i++)
		r = column(b, b->chart.values[i], source, &g->values[i], e);
	return r;
}

static bool same(const struct report_cell *a, const struct report_cell *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == REPORT_CELL_TEXT ? strcmp(a->text, b->text) == 0 : a->kind == REPORT_CELL_NONE || a->number == b->number;
}

static enum err insert(struct grouped *g, size_t at, const struct report_cell *category, struct error *e)
{
	struct report_cell kept = *category;
	if (g->count % STEP == 0) {
		struct grouped_row *more = realloc(g->rows, (g->count + STEP) * sizeof *more);
		if (!more)
			return error_set(e, ERR_MEMORY, "chart");
		g->rows = more;
	}
	if (kept.kind == REPORT_CELL_TEXT && !(kept.text = strdup(kept.text)))
		return error_set(e, ERR_MEMORY, "chart");
	memmove(g->rows + at + 1, g->rows + at, (g->count - at) * sizeof *g->rows);
	g->rows[at] = (struct grouped_row){.category = kept};
	g->count++;
	return OK;
}

enum err grouped_add(struct grouped *g, const struct report_source *source, bool first, struct error *e)
{
	struct report_cell category = source->cell(source->arg, g->category);
	size_t at = 0;
	while (at < g->count && !same(&g->rows[at].category, &category))
		at++;
	if (at == g->count) {
		at = first ? 0 : g->last + 1;
		enum err r = insert(g, at, &category, e);
		if (r)
			return r;
	}
	g->last = at;
	for (size_t i = 0; i < g->block->chart.value_count; i++) {
		struct report_cell value = source->cell(source->arg, g->values[i]);
		if (value.kind == REPORT_CELL_NUMBER)
			g->rows[at].sums[i] += value.number;
	}
	return OK;
}

void grouped_free(struct grouped *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->rows[i].category.kind == REPORT_CELL_TEXT)
			free((char *)(uintptr_t)g->rows[i].category.text);
	free(g->rows);
	*g = (struct grouped){0};
}
