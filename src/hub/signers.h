/* The keys that a site's entries may be signed by, parsed once for all entries of a body. Each entry's own signature is checked. */
#ifndef CERTDESK_HUB_SIGNERS_H
#define CERTDESK_HUB_SIGNERS_H

#include "hub/hub.h"

struct signers {
	EVP_PKEY_CTX **keys; /* the current one first */
	size_t count;
	struct bytes serials;
};

/* The site's signing certificates, current and replaced (an entry made before a renewal is still right). `s` must be zeroed, and ends with
 * signers_free in any case. A site without any is no error: nothing verifies. */
enum err signers_load(const struct hub *hub, const char *site, struct signers *s, struct error *e);
/* Those that were revoked since, too: for what was taken before. */
enum err signers_load_ever(const struct hub *hub, const char *site, struct signers *s, struct error *e);
/* Whether signers_load would load the same now. */
enum err signers_stand(const struct hub *hub, const char *site, const struct signers *s, bool *stand, struct error *e);
/* Whether `signature` over a text is by one of them. */
bool signers_verify(const struct signers *s, const char *text, const void *signature, size_t length);
void signers_free(struct signers *s);

/* The keys of certificates that were read before, by their serials: what a certificate says never changes. NULL where memory ends. */
struct signer_keys *signer_keys_make(void);
void signer_keys_free(struct signer_keys **k);

#endif
