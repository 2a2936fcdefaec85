#include "rules/region.h"

#include "base/json.h"

enum err region_add_names(struct code_tables *codes, json_t *values, struct error *e)
{
	const struct code_table *table;
	enum err r = codes_table(codes, "regions", &table, e);
	const struct code_row *row = r ? NULL : codes_find(table, json_text(values, "region")), *below = NULL, *up;
	while (row && *row->parent && (up = codes_find(table, row->parent))) {
		below = row;
		row = up;
	}
	if (row)
		json_object_set_new(values, "region_province", json_string(row->zh));
	if (below)
		json_object_set_new(values, "region_city", json_string(below->zh));
	return r;
}
