#include <openssl/crypto.h>
#include <string.h>

#include "base/json.h"
#include "store/internal.h"

enum err datakey_add(struct store *s, const uint8_t key[DATA_KEY_SIZE], int64_t *dk, struct error *e)
{
	uint8_t wrapped[WRAPPED_KEY_SIZE];
	enum err r = key_wrap(&s->key, key, wrapped);
	return r ? error_set(e, r, "data key") : store_insert(s, SQL_DATA_KEY_INSERT, dk, e, "b", (const void *)wrapped, sizeof wrapped);
}

enum err datakey_new(struct store *s, int64_t *dk, struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	random_bytes(key, sizeof key);
	enum err r = datakey_add(s, key, dk, e);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

void datakey_forget(struct store *s)
{
	OPENSSL_cleanse(s->cache, sizeof s->cache);
}

/* What is kept is the unwrapping: a number can be another key's by now, as another process destroys keys and brings lost ones back. */
static enum err unwrap(struct store *s, int64_t dk, const void *wrapped, uint8_t key[DATA_KEY_SIZE])
{
	struct datakey_kept *kept = &s->cache[(size_t)dk % DATAKEY_CACHE];
	if (kept->id != dk || memcmp(kept->wrapped, wrapped, WRAPPED_KEY_SIZE) != 0) {
		enum err r = key_unwrap(&s->key, wrapped, key);
		if (r)
			return r;
		kept->id = dk;
		memcpy(kept->wrapped, wrapped, WRAPPED_KEY_SIZE);
		memcpy(kept->key, key, DATA_KEY_SIZE);
	}
	memcpy(key, kept->key, DATA_KEY_SIZE);
	return OK;
}

static enum err fetch(struct store *s, int64_t dk, uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	size_t length = 0;
	struct rows *rows = NULL;
	enum err r = store_query(s, SQL_DATA_KEY_GET, &rows, e, "i", dk);
	if (r)
		return r;
	const void *wrapped = rows_next(rows) ? rows_blob(rows, 0, &length) : NULL;
	if (!wrapped || length != WRAPPED_KEY_SIZE || unwrap(s, dk, wrapped, key))
		r = error_set(e, ERR_SEALED, "data_key %lld", (long long)dk);
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err datakey_seal(struct store *s, int64_t dk, const char *bind, const void *data, size_t length, struct bytes *out,
                      struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	enum err r = fetch(s, dk, key, e);
	if (!r && (r = seal(key, bind, data, length, out)))
		error_set(e, r, "%s", bind);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

enum err datakey_open(struct store *s, int64_t dk, const char *bind, const void *blob, size_t length, struct bytes *out,
                      struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	enum err r = fetch(s, dk, key, e);
	if (!r && (r = unseal(key, bind, blob, length, out)))
		error_set(e, r, "%s", bind);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

enum err datakey_seal_json(struct store *s, int64_t dk, const char *bind, const json_t *value, struct bytes *out, struct error *e)
{
	struct bytes text = {0};
	enum err r = json_canonical(value, &text);
	if (!r)
		r = datakey_seal(s, dk, bind, text.data, text.length, out, e);
	bytes_free(&text);
	return r;
}

enum err datakey_open_json(struct store *s, int64_t dk, const char *bind, const void *blob, size_t length, json_t **out,
                           struct error *e)
{
	struct bytes text = {0};
	*out = NULL;
	enum err r = datakey_open(s, dk, bind, blob, length, &text, e);
	if (!r && !(*out = json_read((char *)text.data, text.length, NULL)))
		r = error_set(e, ERR_SEALED, "%s", bind);
	bytes_free(&text);
	return r;
}

enum err datakey_show(struct store *s, int64_t dk, uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	return fetch(s, dk, key, e);
}
