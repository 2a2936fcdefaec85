/* Custody of certificates: one that was issued at another site, with its key, comes here when its holder has proven to headquarters
 * that they are here, and is changed here from then on. sync/protocol.h says what goes over the line.
 *
 * The actor of the steps is "system". Errors besides desk.h's: ERR_STORE_REPLICA (what came isn't as it should be: nothing was
 * written). */
#ifndef CERTDESK_DESK_CERTCUSTODY_H
#define CERTDESK_DESK_CERTCUSTODY_H

#include "desk/desk.h"

/* A certificate that came, as the feed says it. */
struct certificate_item {
	const char *issuer, *serial, *from;
	int64_t feed;
	const json_t *bundle; /* opened */
	const uint8_t *key;   /* that its sealed columns are under (DATA_KEY_SIZE) */
};
/* Writes the certificate, its key with the secrets, its holder with the agents on file, and the order that made it (to look at). One that
 * was here before gets its state and custody again; the holder's newer data stays. */
enum err certificate_take(struct desk *d, const struct certificate_item *item, struct error *e);
/* Another site has taken over a certificate and its key. */
struct certificate_left {
	const char *issuer, *serial, *key, *to; /* the key's serial, "" for none; the site */
	const char *order; /* there, whose approved review was the proof: neither key nor phone was, so the phone on file hears of it. "": another proof */
	int64_t feed;
};
/* One that isn't here: OK. */
enum err certificate_given(struct desk *d, const struct certificate_left *left, struct error *e);

/* For fetching: the certificate (DER) on the one inserted key that this site doesn't hold. ERR_SYNC_CERT_HERE, ERR_TOKEN_*, ERR_DESK_ONE_KEY,
 * ERR_DESK_KEY_FOREIGN (there is none on it). *slot is where it lies. MAY_ORDER_NEW. */
enum err certificate_on_key(struct desk *d, const char *key_serial, struct bytes *der, int *slot, struct error *e);
/* … its serial alone. */
enum err certificate_serial_on_key(struct desk *d, const char *key_serial, char *out, size_t size, struct error *e);
/* Its key signs a text; the signature is verified. ERR_TOKEN_*, ERR_CA_*. */
enum err certificate_sign(const char *key_serial, int slot, const struct secret *pin, const struct bytes *der, const struct bytes *text,
                          struct bytes *signature, struct error *e);
/* The certificate with this id is this site's to change: ERR_DESK_CERT_GIVEN names who has taken it over. */
enum err certificate_ours(struct desk *d, int64_t id, struct error *e);
/* Whether this site holds it. */
enum err certificate_held(struct desk *d, const char *issuer, const char *serial, bool *held, struct error *e);

#endif
