/* The journal: audit log, history and outbox of the sync in one.
 *
 * An entry is canonical JSON: {"action","actor","epoch","facts","files","prev","program","records","second","seq",
 * "site","station","subject","time"}; `records` is [[kind, id, version, digest of the sealed state], …] in order of
 * kind and id. `hash` is sha256 of the entry's text, which holds the hash before it; the signature (ECDSA P-256,
 * SHA-256, DER) by the site's key is over the hash text. A state is a row as canonical JSON (blobs as hex),
 * sealed under the record's data key; a deleted row's state is `null`.
 * A state of kind "custody" has no row: it is what an order takes along to another site (desk/custody.h). */
#ifndef CERTDESK_STORE_JOURNAL_H
#define CERTDESK_STORE_JOURNAL_H

#include "store/store.h"

/* What audit verify found: the first thing wrong, by name. */
struct journal_report {
	int64_t entries, records;
	int64_t unjudged; /* of the records, those of tables that this program doesn't know: a newer one wrote them, and only their digests were proven */
	char head[DIGEST_TEXT_SIZE];
	char wrong[256]; /* "" when all is right; else "journal 17: …", "orders 4: …" */
};

/* Walks the chain from the first entry (hashes, links, signatures, digests of states), then compares every row
 * of the journalled tables with its last state, all as of one moment; others may write meanwhile. ERR_STORE_ALTERED with `wrong` as
 * detail. `progress` may be NULL; it writes nothing by this store. */
enum err journal_verify(struct store *s, struct journal_report *out, void (*progress)(void *arg, int64_t done), void *arg,
                        struct error *e);

/* Newest entry's sequence, time and hash; 0, 0 and "" when there is none. */
enum err journal_head(struct store *s, int64_t *seq, int64_t *time, char hash[DIGEST_TEXT_SIZE], struct error *e);

/* Makes the site's signing pair: public SPKI and private PKCS#8 sealed under the store key. */
enum err journal_make_keys(const struct secret *key, struct bytes *public_key, struct bytes *private_sealed, struct error *e);

/* A certification request (PEM, subject CN=`site`) for the pair that signs the journal. */
enum err journal_request(struct store *s, const char *site, struct bytes *pem, struct error *e);

/* The journalled tables. NULL after the last. */
const char *journal_table(size_t i);
bool journal_has_table(const char *name);

#endif
