/* Regions: codes as GB/T 2260 makes them, 110000 is above 110100, and that above 110114. "" stands for none, and above for any. */
#ifndef CERTDESK_RULES_REGION_H
#define CERTDESK_RULES_REGION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "rules/codes.h"

/* Whether it has a region's form. */
bool region_check(const char *region);
/* How many of its digits say something: 2, 4 or 6, and 0 of none. */
size_t region_depth(const char *region);
bool region_within(const char *region, const char *above);
/* Adds region_province and region_city to the values: the names of the top of the region's chain, as certificates carry them, and of the row below it. Nothing for
 * a region that isn't known. codes_table's errors. */
enum err region_add_names(struct code_tables *codes, json_t *values, struct error *e);

#endif
