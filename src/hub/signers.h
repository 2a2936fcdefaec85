/* The keys that a site's entries may be signed by, parsed once for all entries of a body: within its transaction, so that what was
 * revoked before it doesn't count. Each entry's own signature is still checked. */
#ifndef CERTDESK_HUB_SIGNERS_H
#define CERTDESK_HUB_SIGNERS_H

#include "hub/hub.h"

struct signers {
	EVP_PKEY **keys; /* the current one first */
	size_t count;
	EVP_MD_CTX *context;
};

/* `s` must be zeroed, and ends with signers_free in any case. A site without any is no error: nothing verifies. */
enum err signers_load(const struct hub *hub, const char *site, struct signers *s, struct error *e);
/* Those that were revoked since, too: for what was taken before. */
enum err signers_load_ever(const struct hub *hub, const char *site, struct signers *s, struct error *e);
/* As hub_verify: ERR_HUB_SIGNATURE where it is by none of them. */
enum err signers_verify(const struct signers *s, const char *text, const void *signature, size_t length, struct error *e);
void signers_free(struct signers *s);

#endif
