#include "report/chart.h"

#include <stdio.h>
#include <string.h>

enum { CHART_ROWS = 15, FORMULA_MOST = 8000 };

static const struct {
	const char *kind;
	uint8_t type;
} kinds[] = {
	{"column", LXW_CHART_COLUMN}, {"stacked-column", LXW_CHART_COLUMN_STACKED}, {"bar", LXW_CHART_BAR},
	{"line", LXW_CHART_LINE},     {"pie", LXW_CHART_PIE},
};

static uint8_t type_of(const char *kind)
{
	size_t i = 0;
	while (strcmp(kinds[i].kind, kind) != 0)
		i++;
	return kinds[i].type;
}

/* "='S'!$A$2:$A$5", and with several runs "=('S'!$A$2:$A$5,'S'!$A$7:$A$8)". Names of sheets have no quotes (definition.c). */
static void range(const struct chart *c, size_t column, char out[FORMULA_MOST])
{
	char name[16];
	lxw_col_to_name(name, (lxw_col_t)column, 1);
	int n = snprintf(out, FORMULA_MOST, c->run_count > 1 ? "=(" : "=");
	for (size_t i = 0; i < c->run_count; i++)
		n += snprintf(out + n, FORMULA_MOST - (size_t)n, "%s'%.110s'!%s$%u:%s$%u", i ? "," : "", c->sheet, name, c->runs[i].first + 1, name, c->runs[i].end);
	if (c->run_count > 1)
		snprintf(out + n, FORMULA_MOST - (size_t)n, ")");
}

void chart_draw(lxw_workbook *book, struct page *p, const struct chart *c)
{
	char categories[FORMULA_MOST], values[FORMULA_MOST];
	uint8_t type = type_of(c->kind);
	lxw_chart *chart = c->run_count && c->run_count <= CHART_RUNS_MOST ? workbook_add_chart(book, type) : NULL;
	if (!chart)
		return;
	range(c, c->categories, categories);
	for (size_t i = 0; i < c->value_count; i++) {
		range(c, c->values[i], values);
		lxw_chart_series *series = chart_add_series(chart, categories, values);
		if (series)
			chart_series_set_name(series, c->names[i]);
	}
	chart_title_set_name(chart, c->title);
	chart_title_set_name_font(chart, &(lxw_chart_font){.size = 12, .bold = LXW_TRUE});
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	if (type != LXW_CHART_PIE) {
		chart_axis_set_num_format(chart->y_axis, c->money ? "¥#,##0" : "#,##0");
		chart_axis_major_gridlines_set_line(chart->y_axis, &(lxw_chart_line){.color = 0xD9D9D9, .width = 0.75});
	}
	lxw_chart_options place = {.x_offset = 4, .y_offset = 8, .x_scale = 1.6, .y_scale = 1.0};
	worksheet_insert_chart_opt(p->sheet, p->row, 0, chart, &place);
	p->row += CHART_ROWS;
}
