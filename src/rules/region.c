#include "rules/region.h"

#include <string.h>

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

bool region_check(const char *region)
{
	return !*region || (strlen(region) == 6 && strspn(region, "0123456789") == 6);
}

size_t region_depth(const char *region)
{
	size_t n = strlen(region);
	while (n > 2 && region[n - 1] == '0' && region[n - 2] == '0')
		n -= 2;
	return n;
}

bool region_within(const char *region, const char *above)
{
	if (!*above || strcmp(above, region) == 0)
		return true;
	return *region && region_check(region) && region_check(above) && strncmp(above, region, region_depth(above)) == 0;
}
