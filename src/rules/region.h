/* The names of an order's region as certificates carry them. */
#ifndef CERTDESK_RULES_REGION_H
#define CERTDESK_RULES_REGION_H

#include <jansson.h>

#include "rules/codes.h"

/* Adds region_province and region_city to the values: the names of the top of the region's chain and of the row below it. Nothing for
 * a region that isn't known. codes_table's errors. */
enum err region_add_names(struct code_tables *codes, json_t *values, struct error *e);

#endif
