/* What headquarters lays down for its sites, and the site carries out whole or not at all: versions of tables, staff and their
 * roles, and the definitions (forms, code tables, texts, print templates, reports) of a version of the program. */
#ifndef CERTDESK_DESK_PUBLICATION_H
#define CERTDESK_DESK_PUBLICATION_H

#include "desk/desk.h"

/* `body`: {"number", "tables": [{"name", "from" (date), "csv"}], "staff": [{"login", "name", "roles", "disabled"}],
 * "program", "files": [{"path", "text" or "base64"}]}; each part may be missing. Somebody new gets a row that nobody can log in with
 * until an administrator here sets a password. Files are the whole of forms/ and reports/, looked through before they count; they
 * count for that version of the program alone, from the next start on. Done with in the same transaction as `feed`.
 * Taken before: OK. ERR_DESK_PUBLICATION names what is wrong, and nothing of it was done: the refusal is an entry of the journal. */
enum err publication_take(struct desk *d, const json_t *body, const char *digest, int64_t feed, struct error *e);
/* The directory of the definitions that count, or NULL where the shipped ones do. New string. */
char *publication_share(struct store *store, const char *dir);

#endif
