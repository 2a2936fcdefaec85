#include "token/token.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypt.h"
#include "base/lang.h"
#include "base/spki.h"
#include "base/text.h"
#include "token/driver.h"
#include "token/publickey.h"
#include "token/reader.h"

enum { PATIENCE_MS = 5000, LIST_PATIENCE_MS = 1000, AHEAD_PATIENCE_MS = 300, NAMES_SIZE = 256 };

static const struct token_driver *const drivers[] = {&token_driver_piv};

struct token {
	struct reader_card *card;
	struct apdu_transport way;
	const struct token_driver *driver;
	char serial[TOKEN_SERIAL_SIZE];
	size_t management_length; /* 0: not asked yet */
	uint8_t note;             /* the driver's, of this step */
	int depth;                /* of nested steps */
	bool unlocked;            /* a code or key was accepted in this step: the card must forget it at the end */
	bool tries_known[2];      /* in this step: how often a code could still be given wrong */
	int tries[2];
	bool expected;            /* in this step, the serial was compared for the next write */
	bool compared;            /* in this step, what lies in `compared_slot` is the certificate with this digest */
	enum token_slot compared_slot;
	uint8_t compared_digest[32];
};

void token_factory_management_key(struct secret *out)
{
	static const uint8_t key[24] = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};
	secret_set(out, key, sizeof key);
}

/* Finds the driver of a card and reads its serial. *driver stays NULL for a foreign card. */
static enum err identify(const struct apdu_transport *way, const struct token_driver **driver,
	char serial[TOKEN_SERIAL_SIZE], struct error *e)
{
	*driver = NULL;
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		bool mine = false;
		enum err r = drivers[i]->probe(way, &mine, e);
		if (r)
			return r;
		if (!mine)
			continue;
		r = drivers[i]->serial(way, serial, e);
		if (!r)
			*driver = drivers[i];
		return r == ERR_TOKEN_UNSUPPORTED ? OK : r;
	}
	return OK;
}

/* Whatever a code is given for may cost a try, or give some back. */
static void forget_tries(struct token *t)
{
	t->tries_known[TOKEN_PIN] = t->tries_known[TOKEN_PUK] = false;
}

/* A step begins: the driver knows nothing of the card yet. */
static void start(struct token *t)
{
	t->note = 0;
	t->way.note = &t->note;
	t->depth = 1;
	t->unlocked = t->expected = t->compared = false;
	forget_tries(t);
}

/* Connects to the card in a reader and sees whether it is a key: then a step has begun. `info` (may be NULL) gets what a list
 * shows. */
static enum err look(struct reader_context **context, const char *name, int patience_ms, struct token *t, struct token_info *info,
	struct error *e)
{
	enum err r = reader_connect(context, name, patience_ms, &t->card, e);
	if (!r) {
		t->way = reader_transport(t->card);
		r = identify(&t->way, &t->driver, t->serial, e);
		if (!r && t->driver && info) {
			t->driver->version(&t->way, info->version, sizeof info->version);
			r = t->driver->tries_left(&t->way, TOKEN_PIN, &info->pin_tries, e);
		}
		if (!r && t->driver)
			start(t);
		else
			reader_end(t->card, false);
	}
	if (r || !t->driver) {
		reader_disconnect(&t->card);
		t->driver = NULL;
	}
	return r;
}

static void leave(struct token *t)
{
	if (t->depth > 0)
		reader_end(t->card, t->unlocked);
	t->depth = 0;
	reader_disconnect(&t->card);
}

enum err token_list(struct token_info **list, size_t *count, struct error *e)
{
	struct reader_context *context = NULL;
	struct reader readers[READERS_MOST];
	size_t n = 0;
	*list = NULL;
	*count = 0;
	enum err r = reader_open(&context, e);
	if (!r)
		r = reader_list(context, readers, &n, e);
	if (r)
		goto out;
	struct token_info *found = calloc(n ? n : 1, sizeof *found);
	if (!found) {
		r = error_set(e, ERR_MEMORY, "%s", "");
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		struct token t = {0};
		struct token_info info = {.pin_tries = TOKEN_TRIES_UNKNOWN};
		enum err one = readers[i].card ? look(NULL, readers[i].name, LIST_PATIENCE_MS, &t, &info, NULL) : OK;
		text_copy(info.reader, sizeof info.reader, readers[i].name);
		info.busy = one == ERR_TOKEN_BUSY;
		if (t.driver) {
			text_copy(info.serial, sizeof info.serial, t.serial);
			info.driver = t.driver->name;
			leave(&t);
		}
		if (t.driver || info.busy)
			found[(*count)++] = info;
	}
	*list = found;
out:
	reader_close(&context);
	return r;
}

const struct token_info *token_among(const struct token_info *list, size_t count, const char *serial)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].serial, serial) == 0)
			return &list[i];
	return NULL;
}

int token_pin_tries(const char *serial)
{
	struct token_info *list = NULL;
	size_t n = 0;
	int tries = TOKEN_TRIES_UNKNOWN;
	if (token_list(&list, &n, NULL) == OK)
		for (size_t i = 0; i < n; i++)
			if (strcmp(list[i].serial, serial) == 0)
				tries = list[i].pin_tries;
	free(list);
	return tries;
}

/* What to say where the wanted key isn't the one that was found. `trouble` is what kept a reader from being looked into. */
static enum err none_found(const char *serial, size_t readers, size_t keys, const char *names,
	const struct error *trouble, struct error *e)
{
	enum err code = trouble->code;
	if (keys > 1 && !serial)
		return error_set(e, ERR_TOKEN_SEVERAL, "%s", names);
	if (code == ERR_TOKEN_BUSY || (code && code != ERR_TOKEN_REMOVED && keys == 0))
		return error_set(e, code, "%s", trouble->detail);
	if (keys > 0)
		return error_set(e, ERR_TOKEN_OTHER, tr("要 %s，插的是 %s", "%s is needed, %s is in"), serial, names);
	return error_set(e, readers == 0 ? ERR_TOKEN_NO_READER : ERR_TOKEN_NONE, "%s", "");
}

/* Looks into every reader; the key that is wanted (NULL: the first) goes into `t`, in a step unless others were looked into behind
 * it: none is held while another may keep us waiting. */
static void search(struct token *t, struct reader_context **context, const char *serial, int patience_ms, const struct reader *readers, size_t n,
	size_t *keys, char *names, struct error *trouble)
{
	for (size_t i = 0; i < n && !(t->driver && serial); i++) {
		struct token one = {0};
		struct error e = {0};
		if (readers[i].card)
			token_end(t);
		enum err r = readers[i].card ? look(context, readers[i].name, patience_ms, &one, NULL, &e) : OK;
		if (r && trouble->code != ERR_TOKEN_BUSY)
			*trouble = e;
		if (!one.driver)
			continue;
		++*keys;
		lang_list_add(names, NAMES_SIZE, one.serial);
		if (!t->driver && (!serial || !strcmp(one.serial, serial))) {
			*t = one;
			t->way.note = &t->note;
		} else
			leave(&one);
	}
}

static enum err find(const char *serial, int patience_ms, struct token **out, struct error *e)
{
	struct reader_context *context = NULL;
	struct reader readers[READERS_MOST];
	struct error trouble = {0};
	char names[NAMES_SIZE] = "";
	size_t n = 0, keys = 0;
	*out = NULL;
	if (serial && !*serial)
		serial = NULL;
	struct token *t = calloc(1, sizeof *t);
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", "");
	enum err r = reader_open(&context, e);
	if (!r)
		r = reader_list(context, readers, &n, e);
	if (!r)
		search(t, &context, serial, patience_ms, readers, n, &keys, names, &trouble);
	reader_close(&context);
	if (!r && (!t->driver || (!serial && keys > 1)))
		r = none_found(serial, n, keys, names, &trouble, e);
	if (r)
		token_close(&t);
	*out = t;
	return r;
}

enum err token_open(const char *serial, struct token **out, struct error *e)
{
	enum err r = find(serial, PATIENCE_MS, out, e);
	if (!r)
		token_end(*out);
	return r;
}

struct token *token_open_ahead(const char *serial)
{
	struct token *t = NULL;
	find(serial, AHEAD_PATIENCE_MS, &t, NULL);
	return t;
}

enum err token_open_begun(const char *serial, struct token *ahead, struct token **out, struct error *e)
{
	bool right = ahead && (!serial || !*serial || strcmp(ahead->serial, serial) == 0);
	if (!right)
		token_close(&ahead);
	*out = ahead;
	enum err r = right ? OK : find(serial, PATIENCE_MS, out, e);
	if (!r && (*out)->depth == 0 && (r = token_begin(*out, e)))
		token_close(out);
	return r;
}

void token_close(struct token **t)
{
	if (!*t)
		return;
	leave(*t);
	free(*t);
	*t = NULL;
}

const char *token_serial(const struct token *t)
{
	return t->serial;
}

/* The key may have been swapped since: its serial, read now, must be the one that was opened. */
static enum err compare_serial(struct token *t, struct error *e)
{
	char now[TOKEN_SERIAL_SIZE];
	enum err r = t->driver->serial(&t->way, now, e);
	if (!r && strcmp(now, t->serial) != 0)
		r = error_set(e, ERR_TOKEN_OTHER, tr("要 %s，插的是 %s", "%s is needed, %s is in"), t->serial, now);
	return r;
}

enum err token_begin(struct token *t, struct error *e)
{
	bool mine = false;
	if (t->depth > 0) {
		t->depth++;
		return OK;
	}
	enum err r = reader_begin(t->card, e);
	if (r)
		return r;
	start(t);
	r = t->driver->probe(&t->way, &mine, e);
	if (!r && !mine)
		r = error_set(
			e, ERR_TOKEN_OTHER, tr("要 %s，插的不是 UKEY", "%s is needed, another card is in"), t->serial);
	if (!r)
		r = compare_serial(t, e);
	if (r) {
		t->depth = 0;
		reader_end(t->card, false);
	}
	return r;
}

void token_end(struct token *t)
{
	if (t->depth == 0 || --t->depth > 0)
		return;
	reader_end(t->card, t->unlocked);
	t->unlocked = false;
}

static enum err begin_write(struct token *t, struct error *e)
{
	bool inside = t->depth > 0;
	enum err r = token_begin(t, e);
	if (!r && inside && !t->expected)
		r = compare_serial(t, e);
	t->expected = false;
	if (r && t->depth > 0)
		token_end(t);
	return r;
}

enum err token_expect_write(struct token *t, struct error *e)
{
	enum err r = t->depth > 0 ? compare_serial(t, e) : OK;
	t->expected = t->depth > 0 && !r;
	return r;
}

static enum err end(struct token *t, enum err r)
{
	token_end(t);
	return r;
}

/* A step in which the card accepts a code or key: it forgets it at the end. */
static enum err end_unlocked(struct token *t, enum err r)
{
	t->unlocked = t->unlocked || r == OK;
	return end(t, r);
}

enum err token_generate(struct token *t, enum token_slot slot, enum token_algorithm algorithm, struct bytes *public_key,
	struct error *e)
{
	enum err r = begin_write(t, e);
	return r ? r : end(t, t->driver->generate(&t->way, slot, algorithm, public_key, e));
}

enum err token_import(struct token *t, enum token_slot slot, enum token_algorithm algorithm, const void *pkcs8,
	size_t length, struct error *e)
{
	enum err r = begin_write(t, e);
	return r ? r : end(t, t->driver->import(&t->way, slot, algorithm, pkcs8, length, e));
}

enum err token_sign(struct token *t, enum token_slot slot, enum token_algorithm algorithm, const uint8_t digest[32],
	struct bytes *signature, struct error *e)
{
	enum err r = token_begin(t, e);
	return r ? r : end(t, t->driver->sign(&t->way, slot, algorithm, digest, signature, e));
}

static bool same_bytes(const struct bytes *a, const void *data, size_t length)
{
	return a->length == length && memcmp(a->data, data, length) == 0;
}

static enum err write_and_compare(
	struct token *t, enum token_slot slot, const void *der, size_t length, struct error *e)
{
	struct bytes back = {0};
	t->compared = false;
	enum err r = t->driver->write_certificate(&t->way, slot, der, length, e);
	if (r)
		return r;
	r = t->driver->read_certificate(&t->way, slot, &back, e);
	if (r == ERR_TOKEN_NO_CERTIFICATE || r == ERR_TOKEN_CERTIFICATE ||
		(!r && !same_bytes(&back, der, length)))
		r = error_set(e, ERR_TOKEN_WRITE, "%s, %02X", t->serial, (unsigned)slot);
	if (!r) {
		t->compared = true;
		t->compared_slot = slot;
		digest_raw(der, length, t->compared_digest);
	}
	bytes_free(&back);
	return r;
}

enum err token_write_certificate(struct token *t, enum token_slot slot, const void *der, size_t length, struct error *e)
{
	if (!spki_certificate_form(der, length))
		return error_set(e, ERR_TOKEN_CERTIFICATE, "%02X", (unsigned)slot);
	enum err r = begin_write(t, e);
	return r ? r : end(t, write_and_compare(t, slot, der, length, e));
}

enum err token_read_certificate(struct token *t, enum token_slot slot, struct bytes *der, struct error *e)
{
	enum err r = token_begin(t, e);
	return r ? r : end(t, t->driver->read_certificate(&t->way, slot, der, e));
}

/* Whether `der` lies in the slot, from what this step has written. */
static bool lies_there(const struct token *t, enum token_slot slot, const struct bytes *der)
{
	uint8_t digest[32];
	if (!t->compared || t->compared_slot != slot)
		return false;
	digest_raw(der->data, der->length, digest);
	return memcmp(digest, t->compared_digest, sizeof digest) == 0;
}

static enum err test_signature(struct token *t, enum token_slot slot, const struct bytes *expected, struct error *e)
{
	struct bytes certificate = {0}, signature = {0};
	EVP_PKEY *key = NULL;
	enum token_algorithm algorithm = TOKEN_RSA_2048;
	uint8_t value[32];
	random_bytes(value, sizeof value);
	bool there = expected && lies_there(t, slot, expected);
	enum err r = there ? OK : t->driver->read_certificate(&t->way, slot, &certificate, e);
	if (!r && !there && expected && !same_bytes(&certificate, expected->data, expected->length))
		r = error_set(e, ERR_TOKEN_MISMATCH, "%s, %02X", t->serial, (unsigned)slot);
	if (!r && !(key = publickey_of_certificate(there ? expected : &certificate, &algorithm)))
		r = error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", tr("证书的算法", "the certificate's algorithm"));
	if (!r)
		r = t->driver->sign(&t->way, slot, algorithm, value, &signature, e);
	if (r == ERR_TOKEN_NO_KEY || (!r && !publickey_verify(key, algorithm, value, &signature)))
		r = error_set(e, ERR_TOKEN_MISMATCH, "%s, %02X", t->serial, (unsigned)slot);
	EVP_PKEY_free(key);
	bytes_free(&certificate);
	bytes_free(&signature);
	return r;
}

bool token_algorithm_named(const char *name, enum token_algorithm *out)
{
	static const char *const names[] = {[TOKEN_RSA_2048] = "rsa-2048", [TOKEN_P256] = "p-256", [TOKEN_SM2] = "sm2"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(names[i], name) == 0) {
			*out = (enum token_algorithm)i;
			return true;
		}
	return false;
}

bool token_slot_named(const char *name, enum token_slot *out)
{
	static const struct {
		const char *name;
		enum token_slot slot;
	} slots[] = {{"9a", TOKEN_SLOT_SIGN}, {"9c", TOKEN_SLOT_SIGNATURE}, {"9d", TOKEN_SLOT_ENCRYPT}, {"9e", TOKEN_SLOT_CARD}};
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		if (strcasecmp(slots[i].name, name) == 0) {
			*out = slots[i].slot;
			return true;
		}
	return false;
}

enum err token_test_signature(struct token *t, enum token_slot slot, const struct bytes *expected, struct error *e)
{
	enum err r = token_begin(t, e);
	return r ? r : end(t, test_signature(t, slot, expected, e));
}

enum err token_verify_pin(struct token *t, const struct secret *pin, struct error *e)
{
	enum err r = token_begin(t, e);
	forget_tries(t);
	return r ? r : end_unlocked(t, t->driver->verify_pin(&t->way, pin, e));
}

enum err token_set_pin(struct token *t, const struct secret *old, const struct secret *new, struct error *e)
{
	enum err r = begin_write(t, e);
	forget_tries(t);
	return r ? r : end_unlocked(t, t->driver->set_code(&t->way, TOKEN_PIN, old, new, e));
}

enum err token_set_puk(struct token *t, const struct secret *old, const struct secret *new, struct error *e)
{
	enum err r = begin_write(t, e);
	forget_tries(t);
	return r ? r : end(t, t->driver->set_code(&t->way, TOKEN_PUK, old, new, e));
}

enum err token_unblock(struct token *t, const struct secret *puk, const struct secret *new_pin, struct error *e)
{
	enum err r = begin_write(t, e);
	forget_tries(t);
	return r ? r : end_unlocked(t, t->driver->unblock(&t->way, puk, new_pin, e));
}

enum err token_tries_left(struct token *t, enum token_code code, int *tries, struct error *e)
{
	enum err r = token_begin(t, e);
	if (r)
		return r;
	if (!t->tries_known[code] && !(r = t->driver->tries_left(&t->way, code, &t->tries[code], e)))
		t->tries_known[code] = true;
	*tries = r ? TOKEN_TRIES_UNKNOWN : t->tries[code];
	return end(t, r);
}

enum err token_authenticate_management(struct token *t, const struct secret *key, struct error *e)
{
	enum err r = token_begin(t, e);
	return r ? r : end_unlocked(t, t->driver->authenticate_management(&t->way, key, e));
}

enum err token_set_management_key(struct token *t, const struct secret *key, struct error *e)
{
	enum err r = begin_write(t, e);
	return r ? r : end(t, t->driver->set_management_key(&t->way, key, e));
}

enum err token_management_key_length(struct token *t, size_t *length, struct error *e)
{
	enum err r = t->management_length ? OK : token_begin(t, e);
	if (!r && !t->management_length)
		r = end(t, t->driver->management_key_length(&t->way, &t->management_length, e));
	*length = t->management_length;
	return r;
}

enum err token_new_management_key(struct token *t, struct secret *key, struct error *e)
{
	size_t length = 0;
	enum err r = token_management_key_length(t, &length, e);
	secret_wipe(key);
	if (!r) {
		random_bytes(key->data, length);
		key->length = length;
	}
	return r;
}

enum err token_reset(struct token *t, struct error *e)
{
	enum err r = begin_write(t, e);
	forget_tries(t);
	t->compared = false;
	return r ? r : end_unlocked(t, t->driver->reset(&t->way, e));
}
