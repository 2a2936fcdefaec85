/* What statement.c and statement_map.c share. */
#ifndef CERTDESK_PAY_MAPS_H
#define CERTDESK_PAY_MAPS_H

#include <stdbool.h>

#include "base/csv.h"
#include "pay/statement.h"

/* Columns of forms/tables/statements.tsv. */
enum map_cell {
	MAP_ID,
	MAP_NAME,
	MAP_DATE,
	MAP_CREDIT,
	MAP_DEBIT,
	MAP_AMOUNT,
	MAP_DIRECTION,
	MAP_IN_WORDS,
	MAP_OUT_WORDS,
	MAP_PAYER_NAME,
	MAP_PAYER_ACCOUNT,
	MAP_REFERENCE,
	MAP_REMARK,
	MAP_CELLS
};

struct statement_map {
	const char *cells[MAP_CELLS];
};
struct statement_maps {
	struct csv csv;
	struct statement_map *maps;
	size_t count;
};

/* Where a file has what the map names; -1 for what it lacks. */
enum { REMARKS_MAX = 6 };
struct layout {
	const struct statement_map *map;
	int columns[MAP_CELLS];
	int remarks[REMARKS_MAX];
	int last; /* the last column that a row must have */
};

/* Whether the row is the head of the map's bank. */
bool map_fits(const struct statement_map *map, const struct csv_row *head, struct layout *out);
/* Whether `text` is one of the words "a|b|c". */
bool map_has_word(const char *words, const char *text);

#endif
