#include "hub/signers.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"

enum { KEPT = 64, SERIAL_SIZE = 48 };

struct signer_keys {
	struct {
		char serial[SERIAL_SIZE];
		EVP_PKEY *key;
	} kept[KEPT];
	size_t next; /* the oldest, which the next one takes the place of */
};

struct signer_keys *signer_keys_make(void)
{
	return calloc(1, sizeof(struct signer_keys));
}

void signer_keys_free(struct signer_keys **k)
{
	for (size_t i = 0; *k && i < KEPT; i++)
		EVP_PKEY_free((*k)->kept[i].key);
	free(*k);
	*k = NULL;
}

static EVP_PKEY *parse_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, "") : NULL;
	EVP_PKEY *key = x ? X509_get_pubkey(x) : NULL;
	X509_free(x);
	BIO_free(bio);
	return key;
}

/* New reference. */
static EVP_PKEY *find_key(struct signer_keys *k, const char *serial, const char *pem)
{
	size_t n = strlen(serial);
	for (size_t i = 0; k && i < KEPT; i++)
		if (k->kept[i].key && strcmp(k->kept[i].serial, serial) == 0)
			return EVP_PKEY_up_ref(k->kept[i].key) == 1 ? k->kept[i].key : NULL;
	EVP_PKEY *key = parse_key(pem);
	if (k && key && n < SERIAL_SIZE && EVP_PKEY_up_ref(key) == 1) {
		EVP_PKEY_free(k->kept[k->next].key);
		k->kept[k->next].key = key;
		memcpy(k->kept[k->next].serial, serial, n + 1);
		k->next = (k->next + 1) % KEPT;
	}
	return key;
}

/* Made ready once for all that it will verify. */
static EVP_PKEY_CTX *read_key(struct signer_keys *k, const char *serial, const char *pem)
{
	EVP_PKEY *key = find_key(k, serial, pem);
	EVP_PKEY_CTX *c = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	if (c && (EVP_PKEY_verify_init(c) != 1 || EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) != 1)) {
		EVP_PKEY_CTX_free(c);
		c = NULL;
	}
	EVP_PKEY_free(key);
	return c;
}

static enum err add(struct signers *s, EVP_PKEY_CTX *key, struct error *e)
{
	EVP_PKEY_CTX **keys = realloc(s->keys, (s->count + 1) * sizeof *keys);
	if (!keys) {
		EVP_PKEY_CTX_free(key);
		return error_set(e, ERR_MEMORY, "certificates");
	}
	s->keys = keys;
	s->keys[s->count++] = key;
	return OK;
}

/* Those that count: their serials, and where `s` is there the keys too. `ever`: revoked ones as well. */
static enum err each(const struct hub *hub, const char *site, bool ever, struct bytes *serials, struct signers *s, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_CERTIFICATE_ALL, &rows, e, "tt", site, "sign");
	while (!r && db_rows_next(rows)) {
		if (db_rows_int(rows, 2) > 0 && !ever)
			continue;
		EVP_PKEY_CTX *key = s ? read_key(hub->signer_keys, db_rows_text(rows, 1), db_rows_text(rows, 0)) : NULL;
		if (key)
			r = add(s, key, e);
		if (!r)
			r = bytes_format(serials, "%s\n", db_rows_text(rows, 1));
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	ERR_clear_error();
	return r ? r : end;
}

enum err signers_load(const struct hub *hub, const char *site, struct signers *s, struct error *e)
{
	return each(hub, site, false, &s->serials, s, e);
}

enum err signers_load_ever(const struct hub *hub, const char *site, struct signers *s, struct error *e)
{
	return each(hub, site, true, &s->serials, s, e);
}

enum err signers_stand(const struct hub *hub, const char *site, const struct signers *s, bool *stand, struct error *e)
{
	struct bytes now = {0};
	enum err r = each(hub, site, false, &now, NULL, e);
	*stand = !r && now.length == s->serials.length && (!now.length || memcmp(now.data, s->serials.data, now.length) == 0);
	bytes_free(&now);
	return r;
}

bool signers_verify(const struct signers *s, const char *text, const void *signature, size_t length)
{
	uint8_t digest[32];
	bool good = false;
	digest_raw(text, strlen(text), digest);
	for (size_t i = 0; !good && i < s->count; i++)
		good = EVP_PKEY_verify(s->keys[i], signature, length, digest, sizeof digest) == 1;
	ERR_clear_error();
	return good;
}

void signers_free(struct signers *s)
{
	for (size_t i = 0; i < s->count; i++)
		EVP_PKEY_CTX_free(s->keys[i]);
	free(s->keys);
	bytes_free(&s->serials);
	*s = (struct signers){0};
}
