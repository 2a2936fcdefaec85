/* A reading store: the rows that a site's journal leaves, for reports at headquarters. It has the schema of a store and none of its
 * secrets: no journal, no data keys, and whatever no report may read (adhoc.h) is blank. It follows from entries that are kept
 * elsewhere, so it can be thrown away and made anew at any time. */
#ifndef CERTDESK_STORE_READING_H
#define CERTDESK_STORE_READING_H

#include "store/store.h"

/* Makes or opens the file. Its references aren't enforced: rows of a record that was purged before may be missing in between.
 * As store_create and store_open. */
enum err reading_create(const char *path, struct store **out, struct error *e);
enum err reading_open(const char *path, struct store **out, struct error *e);
/* The version of the schema that this program makes: a store of another one is made anew, never migrated. */
int reading_version(void);

/* Up to which entry it is; 0 and "" where nothing was read yet. */
enum err reading_head(struct store *s, int64_t *seq, char hash[DIGEST_TEXT_SIZE], struct error *e);

/* Up to which entry purges were carried out ahead of it; 0: none. */
enum err reading_purged(struct store *s, int64_t *seq, struct error *e);

/* The following between store_begin and reading_commit. */

/* One entry's rows: {"kind", "id", "row"} each, the row null where it is gone. Rows go before rows come: what is unique before and
 * after may not be so in between. Columns that this program doesn't know are left out. ERR_STORE_REPLICA: a value that the schema refuses. */
enum err reading_write(struct store *s, const json_t *changes, struct error *e);
/* All rows under these data keys go: [dk, …]. */
enum err reading_forget(struct store *s, const json_t *keys, struct error *e);
enum err reading_mark(struct store *s, int64_t seq, const char *hash, struct error *e);
enum err reading_mark_purged(struct store *s, int64_t seq, struct error *e);
enum err reading_commit(struct store *s, struct error *e);

/* What was deleted or written over is in no file any more. Outside a transaction. */
enum err reading_settle(struct store *s, struct error *e);

#endif
