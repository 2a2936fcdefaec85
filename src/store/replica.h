/* Rows of the journalled tables by name, for orders that move between sites: read as their states are (blobs as hex), and
 * written from such states. Column and table names are checked against the schema before they become part of a statement;
 * types, checks and references are the schema's own. */
#ifndef CERTDESK_STORE_REPLICA_H
#define CERTDESK_STORE_REPLICA_H

#include "store/store.h"

/* The row as it stands; *out is NULL where there is none. ERR_STORE_FAULT for a table that isn't journalled. */
enum err replica_row(struct store *s, const char *kind, int64_t id, json_t **out, struct error *e);
/* {"visit_id": "visit", …}: which columns refer to which tables, the data key's left out. New reference. */
enum err replica_references(struct store *s, const char *kind, json_t **out, struct error *e);
/* Writes a row inside a step: a new one where *id is 0 (then set), else over the one with that number. `row` holds values by
 * column; a column that it doesn't name keeps its default or what it was. What a newer program's row has in columns that the table
 * hasn't got is left out where it is unset (base/json.h); else ERR_STORE_NO_PLACE. ERR_STORE_REPLICA: it names `id`, what no column is
 * called, or values that the table refuses. */
enum err replica_put(struct store *s, const char *kind, const json_t *row, int64_t *id, struct error *e);
/* The row as its state has it, under its own number; there is none of that number. */
enum err replica_restore(struct store *s, const char *kind, const json_t *state, struct error *e);
/* What a table or a column of ours can be called, in this version or a later one. */
bool replica_name(const char *name);
/* Whether rows of that kind can be written: a journalled table, or one that only the store's newer schema has. */
bool replica_takes(struct store *s, const char *kind);
enum err replica_delete(struct store *s, const char *kind, int64_t id, struct error *e);
/* All rows whose data keys stand in the table of purged ones. */
enum err replica_forget(struct store *s, const char *kind, struct error *e);

#endif
