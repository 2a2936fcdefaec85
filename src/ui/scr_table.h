/* A list over an array of JSON objects, its columns a table: what `--json` gives, as rows. */
#ifndef CERTDESK_UI_SCR_TABLE_H
#define CERTDESK_UI_SCR_TABLE_H

#include <jansson.h>

#include "ui/list.h"

enum table_as { AS_TEXT, AS_MONEY, AS_TIME, AS_DAY, AS_NUMBER, AS_LIST, AS_FLAG, AS_DUE };
/* AS_DUE: a day without its year, marked where the row is "late": a mark and not a colour alone. */
struct table_column {
	const char *zh, *en, *key;
	int width, from; /* as in struct list_column */
	enum table_as as;
	const char *(*word)(const char *value); /* names a code; NULL: as it is */
};
#define TABLE_COLUMNS 16

struct table {
	struct list list;
	json_t *rows; /* an array, owned; NULL is empty */
	const struct table_column *columns;
	struct list_column heads[TABLE_COLUMNS];
	enum role (*role)(const json_t *row); /* of a row, may be NULL */
};

void table_start(struct table *t, const struct table_column *columns, const char *empty_zh, const char *empty_en);
void table_end(struct table *t);
void table_set(struct table *t, json_t *rows); /* takes the reference; keeps the selection where it was */
void table_add(struct table *t, json_t *rows); /* appends the elements; takes the reference */
const json_t *table_row(const struct table *t); /* the selected one, NULL where there is none */
const char *table_text(const struct table *t, const char *key); /* of the selected row, "" */

#endif
