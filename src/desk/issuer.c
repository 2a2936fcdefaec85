/* The CA that issues here. */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/file.h"
#include "desk/hubca.h"

static enum err open_local_ca(struct desk *d, struct ca **out, struct error *e)
{
	struct secret passphrase = {0}, raw = {0};
	char *dir = path_join(d->dir, "ca");
	enum err r = dir ? key_derive(store_key(d->store), "ca-key", &raw) : ERR_MEMORY;
	if (!r) {
		char hex[65];
		hex_encode(hex, (uint8_t *)raw.data, 32);
		secret_set(&passphrase, hex, 64);
		OPENSSL_cleanse(hex, sizeof hex);
		r = ca_open(dir, &passphrase, out, e);
	}
	secret_wipe(&raw);
	secret_wipe(&passphrase);
	free(dir);
	return r;
}

enum err desk_ca(struct desk *d, struct ca **out, struct error *e)
{
	enum err r = d->ca ? OK : hubca_chosen(d) ? hubca_open(d, &d->ca, e) : open_local_ca(d, &d->ca, e);
	*out = d->ca;
	return r;
}

enum err desk_own_ca(struct desk *d, struct ca **out, struct error *e)
{
	if (!hubca_chosen(d))
		return desk_ca(d, out, e);
	enum err r = d->own_ca ? OK : open_local_ca(d, &d->own_ca, e);
	*out = d->own_ca;
	return r;
}
