/* The certificate authority that headquarters holds for sites without one of their own: its key lies in DIR/ca, sealed under the hub
 * key DIR/keys/ca.key; serials, states and revocation lists are in the database. Several hubs on one database share both files.
 *
 * A certificate's state follows what its custodian's accepted entries say (hub/holding.h: it may move); revoked is the end. */
#ifndef CERTDESK_HUB_AUTHORITY_H
#define CERTDESK_HUB_AUTHORITY_H

#include "ca/ca.h"
#include "hub/judge.h"

struct authority;
enum { AUTHORITY_CRL_DAYS = 7 };

/* Makes the key and the first list, and tells every site that has joined. ERR_CA_EXISTS, ERR_CA_FIELD (the name), ERR_FILE_WRITE. */
enum err authority_create(struct hub *hub, const char *name, struct error *e);
/* Opens it once for each process; ERR_HUB_NO_CA where there is none, ERR_CA_KEY. */
enum err authority_open(struct hub *hub, struct error *e);
void authority_close(struct authority **a);
bool authority_exists(const struct hub *hub);
/* {"name","serial","not_after","demonstration","certificates","crl" (number or null),"crl_until","revoked"}. ERR_HUB_NO_CA. */
enum err authority_status(struct hub *hub, json_t **out, struct error *e);
enum err authority_chain(struct hub *hub, struct bytes *pem, struct error *e);
/* What stands in an item of the feed of kind "crl": the newest list. */
enum err authority_crl_item(struct hub *hub, struct bytes *body, struct error *e);
/* The newest list, added to `der`; nothing where there is none. */
enum err authority_crl_der(struct hub *hub, struct bytes *der, struct error *e);
/* Parts of making it and of its lists: key and certificate; {"number","this_update","next_update","entries"} of the newest list (NULL: none),
 * which is added to `der`; a certificate sealed for the database; the digest of the pair that it is for. */
enum err authority_make(struct hub *hub, const char *name, struct error *e);
enum err authority_newest_crl(struct hub *hub, json_t **row, struct bytes *der, struct error *e);
enum err authority_seal(const struct hub *hub, const char *serial, const void *der, size_t length, struct bytes *sealed);
const char *authority_pair(const struct cert_info *info, char out[DIGEST_TEXT_SIZE]);
/* Once it is open; the authority's. */
struct ca *authority_ca(const struct hub *hub);
/* The newest list, PEM. */
enum err authority_crl_pem(struct hub *hub, struct bytes *pem, struct error *e);

/* --- within the caller's transaction --------------------------------------------------------------------------------- */

/* Gives a site that joined the authority's certificate and the newest list; nothing where there is no authority. */
enum err authority_tell(struct hub *hub, const char *site, struct error *e);
/* After an entry is stored and accepted: its certificates' states, and requests that were given up. *changed is set where the list changes. */
enum err authority_follow(const struct judging *j, bool *changed, struct error *e);
/* A certificate (DER) was given to another site, whose entries change its state from here on; nothing where this authority didn't sign it. */
enum err authority_given(struct hub *hub, const char *serial, const void *der, size_t length, const char *to, struct error *e);
/* Signs under a site's key, which must be new. `order` as ca_issue's. Records request and certificate. */
enum err authority_issue(struct hub *hub, const char *site, const char *key, const char *digest, const char *order_no, int64_t item,
                         const struct ca_order *order, struct bytes *der, struct error *e);
/* Notes which pair a certificate from before headquarters did is for. It is open. */
enum err authority_note_pair(struct hub *hub, const char *serial, struct error *e);
/* A text under a key of the authority's own, which a copy of the database alone tells nothing of. It is open. */
void authority_digest(const struct hub *hub, const char *text, char out[DIGEST_TEXT_SIZE]);
/* A certificate as it is stored, opened. ERR_SEALED. */
enum err authority_unseal(struct hub *hub, const char *serial, const void *sealed, size_t length, struct bytes *der, struct error *e);

/* --- a transaction of its own ---------------------------------------------------------------------------------------- */

/* Makes a list where a state changed since the newest one or half its time is over, and gives it to every site; nothing where there is
 * no authority, or headquarters was restored and nobody has declared it. *made (may be NULL) tells. */
enum err authority_crl(struct hub *hub, bool *made, struct error *e);

/* The profile of a name, owned by the hub; and the order's values with the names of its region and the addresses of hub.yaml.
 * ERR_CA_PROFILE. */
enum err authority_profile(struct hub *hub, const char *name, const struct profile **out, struct error *e);
enum err authority_values(struct hub *hub, json_t *values, struct error *e);

#endif
