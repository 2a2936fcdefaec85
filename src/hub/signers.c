#include "hub/signers.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *read_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, "") : NULL;
	EVP_PKEY *key = x ? X509_get_pubkey(x) : NULL;
	X509_free(x);
	BIO_free(bio);
	return key;
}

static enum err add(struct signers *s, EVP_PKEY *key, struct error *e)
{
	EVP_PKEY **keys = realloc(s->keys, (s->count + 1) * sizeof *keys);
	if (!keys) {
		EVP_PKEY_free(key);
		return error_set(e, ERR_MEMORY, "certificates");
	}
	s->keys = keys;
	s->keys[s->count++] = key;
	return OK;
}

static enum err load(const struct hub *hub, const char *site, bool ever, struct signers *s, struct error *e)
{
	struct db_rows *rows = NULL;
	if (!(s->context = EVP_MD_CTX_new()))
		return error_set(e, ERR_MEMORY, "certificates");
	enum err r = db_query(hub->db, HUB_SQL_CERTIFICATE_ALL, &rows, e, "tt", site, "sign");
	while (!r && db_rows_next(rows)) {
		EVP_PKEY *key = db_rows_int(rows, 2) > 0 && !ever ? NULL : read_key(db_rows_text(rows, 0));
		if (key)
			r = add(s, key, e);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	ERR_clear_error();
	return r ? r : end;
}

enum err signers_load(const struct hub *hub, const char *site, struct signers *s, struct error *e)
{
	return load(hub, site, false, s, e);
}

enum err signers_load_ever(const struct hub *hub, const char *site, struct signers *s, struct error *e)
{
	return load(hub, site, true, s, e);
}

enum err signers_verify(const struct signers *s, const char *text, const void *signature, size_t length, struct error *e)
{
	bool good = false;
	for (size_t i = 0; !good && i < s->count; i++)
		good = EVP_MD_CTX_reset(s->context) == 1 && EVP_DigestVerifyInit(s->context, NULL, EVP_sha256(), NULL, s->keys[i]) == 1 &&
		       EVP_DigestVerify(s->context, signature, length, (const unsigned char *)text, strlen(text)) == 1;
	ERR_clear_error();
	return good ? OK : error_set(e, ERR_HUB_SIGNATURE, "%s", "");
}

void signers_free(struct signers *s)
{
	for (size_t i = 0; i < s->count; i++)
		EVP_PKEY_free(s->keys[i]);
	free(s->keys);
	EVP_MD_CTX_free(s->context);
	*s = (struct signers){0};
}
