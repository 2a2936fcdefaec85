#include "hub/keyring.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/posted.h"
#include "sync/envelope.h"

enum { KEPT = 1024 };

struct kept_keys {
	struct kept {
		char site[SITE_CODE_SIZE];
		int64_t dk;
		uint8_t envelope[32]; /* its digest, which says where it lies here */
		uint8_t key[DATA_KEY_SIZE];
	} keys[KEPT];
};

struct kept_keys *kept_keys_make(void)
{
	return calloc(1, sizeof(struct kept_keys));
}

void kept_keys_free(struct kept_keys **k)
{
	if (*k)
		OPENSSL_cleanse(*k, sizeof **k);
	free(*k);
	*k = NULL;
}

/* Opening one takes longer than storing an entry. */
static bool open_envelope(const struct keyring *ring, int64_t dk, const void *cms, size_t length, uint8_t key[DATA_KEY_SIZE])
{
	uint8_t digest[32];
	struct kept *k = NULL;
	if (ring->hub->kept_keys) {
		digest_raw(cms, length, digest);
		k = &ring->hub->kept_keys->keys[(digest[0] | digest[1] << 8) % KEPT];
	}
	if (k && k->dk == dk && strcmp(k->site, ring->site) == 0 && memcmp(k->envelope, digest, sizeof digest) == 0) {
		memcpy(key, k->key, DATA_KEY_SIZE);
		return true;
	}
	if (envelope_open(ring->hub->encrypt_key, cms, length, ring->site, dk, key, NULL))
		return false;
	if (k) {
		*k = (struct kept){.dk = dk};
		text_copy(k->site, sizeof k->site, ring->site);
		memcpy(k->envelope, digest, sizeof digest);
		memcpy(k->key, key, DATA_KEY_SIZE);
	}
	return true;
}

void keyring_free(struct keyring *ring)
{
	if (ring->keys)
		OPENSSL_cleanse(ring->keys, ring->room * sizeof *ring->keys);
	free(ring->keys);
	ring->keys = NULL;
	ring->count = ring->room = 0;
}

static size_t place_of(const struct keyring *ring, int64_t dk)
{
	size_t at = (size_t)((uint64_t)dk * 0x9e3779b97f4a7c15u >> 32) % ring->room;
	while (ring->keys[at].dk && ring->keys[at].dk != dk)
		at = (at + 1) % ring->room;
	return at;
}

static bool grow(struct keyring *ring)
{
	struct keyring larger = {.room = ring->room ? ring->room * 2 : 64};
	if (ring->count * 2 < ring->room)
		return true;
	if (!(larger.keys = calloc(larger.room, sizeof *larger.keys)))
		return false;
	for (size_t i = 0; i < ring->room; i++)
		if (ring->keys[i].dk)
			larger.keys[place_of(&larger, ring->keys[i].dk)] = ring->keys[i];
	size_t count = ring->count;
	keyring_free(ring);
	ring->keys = larger.keys;
	ring->room = larger.room;
	ring->count = count;
	return true;
}

static enum err keep(struct keyring *ring, int64_t dk, const uint8_t key[DATA_KEY_SIZE], const uint8_t **out, struct error *e)
{
	if (!grow(ring))
		return error_set(e, ERR_MEMORY, "data keys");
	size_t at = place_of(ring, dk);
	ring->keys[at].dk = dk;
	memcpy(ring->keys[at].key, key, DATA_KEY_SIZE);
	ring->count++;
	*out = ring->keys[at].key;
	return OK;
}

enum err keyring_get(struct keyring *ring, int64_t dk, const uint8_t **key, struct error *e)
{
	struct db_rows *rows = NULL;
	uint8_t opened[DATA_KEY_SIZE];
	size_t length = 0;
	bool there = false;
	*key = NULL;
	if (ring->room) {
		size_t at = place_of(ring, dk);
		if (ring->keys[at].dk) {
			*key = ring->keys[at].key;
			return OK;
		}
	}
	enum err r = db_query(ring->hub->db, HUB_SQL_DATA_KEY_GET, &rows, e, "ti", ring->site, dk);
	if (r)
		return r;
	const void *cms = db_rows_next(rows) ? db_rows_blob(rows, 0, &length) : NULL;
	if (cms)
		there = open_envelope(ring, dk, cms, length, opened);
	if (!(r = db_rows_end(&rows, e)) && there)
		r = keep(ring, dk, opened, key, e);
	OPENSSL_cleanse(opened, sizeof opened);
	return r;
}

enum err keyring_offer(struct keyring *ring, int64_t dk, const void *cms, size_t length, bool *good, bool *fresh, struct error *e)
{
	uint8_t opened[DATA_KEY_SIZE];
	const uint8_t *have = NULL;
	*fresh = false;
	*good = open_envelope(ring, dk, cms, length, opened);
	enum err r = *good ? keyring_get(ring, dk, &have, e) : OK;
	if (!r && have)
		*good = memcmp(have, opened, DATA_KEY_SIZE) == 0;
	else if (!r && *good && !(r = keep(ring, dk, opened, &have, e)))
		*fresh = true;
	OPENSSL_cleanse(opened, sizeof opened);
	return r;
}

enum err keyring_store(const struct keyring *ring, int64_t dk, const void *cms, size_t length, struct error *e)
{
	return db_run_later(ring->hub->db, HUB_SQL_DATA_KEY_INSERT, NULL, e, "tib", ring->site, dk, cms, length);
}

enum err keyring_open_state(struct keyring *ring, const char *kind, int64_t record, int64_t version, int64_t dk, const void *body,
                            size_t length, json_t **out, bool *missing, struct error *e)
{
	const uint8_t *key = NULL;
	struct bytes text = {0};
	struct json_look look = {.most = POSTED_VALUES_MOST};
	char bind[96];
	*out = NULL;
	enum err r = keyring_get(ring, dk, &key, e);
	*missing = !r && !key;
	if (r || !key)
		return r;
	snprintf(bind, sizeof bind, "%s/%lld/%lld", kind, (long long)record, (long long)version);
	if (unseal(key, bind, body, length, &text) == OK)
		*out = json_read_look((char *)text.data, text.length, &look, NULL);
	ring->values += look.values;
	bytes_free(&text);
	return OK;
}
