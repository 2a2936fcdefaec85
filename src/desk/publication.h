/* What headquarters lays down for its sites, and the site carries out whole or not at all: versions of tables, staff and their
 * roles, and the definitions (forms, code tables, texts, print templates, reports) of a version of the program. */
#ifndef CERTDESK_DESK_PUBLICATION_H
#define CERTDESK_DESK_PUBLICATION_H

#include "desk/desk.h"

/* `body`: {"number", "tables": [{"name", "from" (date), "csv"}], "staff": [{"login", "name", "roles", "disabled"}],
 * "program", "files": [{"path", "text" or "base64"}], "site", "stock": [{"serial", "medium"}]}; each part may be missing. Somebody new gets a row that nobody can log in with
 * until an administrator here sets a password; an administrator stays. Keys of the stock, which come to the site that is named, are in
 * transit from then on. Files are the whole of forms/ and reports/, looked through before they count; they
 * count for that version of the program alone, from the next start on. Done with in the same transaction as `feed`.
 * Taken before: OK. ERR_DESK_PUBLICATION names what is wrong, and nothing of it was done: the refusal is an entry of the journal. */
enum err publication_take(struct desk *d, const json_t *body, const char *digest, int64_t feed, struct error *e);
/* The same directory, held by *held (an open file; -1: none) so that no sweep removes it while it is open. */
char *publication_hold(struct store *store, const char *dir, int *held);
/* Removes definitions that newer ones replaced, but for the newest of this program and of the newest three that any were laid down for, and what a
 * session holds. For the timer. */
enum err publication_sweep(struct desk *d, struct error *e);
/* Removes a directory with all below it, as far as it can. */
void publication_remove(const char *path);
/* The directory of the definitions that count, or NULL where the shipped ones do. New string. */
char *publication_share(struct store *store, const char *dir);
/* Whether this process still works with other definitions than the next one to start will. */
bool publication_waits(struct desk *d);
/* Whether the definitions that should count (*number) aren't there: a disk that was rolled back has their number alone. */
bool publication_lost(struct desk *d, int64_t *number);

#endif
