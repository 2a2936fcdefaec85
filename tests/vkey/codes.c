#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "vkey.h"

/* The try is spent before the comparison, so that a cut can't win one. */
static unsigned check(struct card *c, struct code *code, const uint8_t *given)
{
	if (code->tries == 0)
		return SW_BLOCKED;
	code->tries--;
	if (!state_save(c))
		return SW_FAULT;
	if (CRYPTO_memcmp(code->value, given, CODE_SIZE) != 0) {
		if (code == &c->pin)
			c->pin_verified = false;
		return SW_WRONG | (unsigned)code->tries;
	}
	code->tries = code->most;
	return state_save(c) ? SW_OK : SW_FAULT;
}

unsigned do_verify(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	if (a->p2 != 0x80)
		return SW_NO_REFERENCE;
	if (a->p1 == 0xFF && a->data.length == 0) {
		c->pin_verified = c->pin_fresh = false;
		return SW_OK;
	}
	if (a->p1 != 0)
		return SW_P1P2;
	if (a->data.length == 0)
		return c->pin_verified ? SW_OK : c->pin.tries ? SW_WRONG | (unsigned)c->pin.tries : SW_BLOCKED;
	if (a->data.length != CODE_SIZE)
		return SW_DATA;
	c->pin_verified = false;
	unsigned sw = check(c, &c->pin, a->data.data);
	c->pin_verified = c->pin_fresh = sw == SW_OK;
	return sw;
}

/* 6 to 8 characters, then FF. */
static bool well_formed(const uint8_t *code)
{
	size_t n = 0;
	while (n < CODE_SIZE && code[n] != 0xFF)
		n++;
	if (n < 6)
		return false;
	while (n < CODE_SIZE)
		if (code[n++] != 0xFF)
			return false;
	return true;
}

unsigned do_change(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	if (a->p1 != 0 || (a->p2 != 0x80 && a->p2 != 0x81))
		return SW_P1P2;
	if (a->data.length != 2 * CODE_SIZE)
		return SW_LENGTH;
	if (!well_formed(a->data.data + CODE_SIZE))
		return SW_DATA;
	struct code *code = a->p2 == 0x80 ? &c->pin : &c->puk;
	unsigned sw = check(c, code, a->data.data);
	if (sw != SW_OK)
		return sw;
	memcpy(code->value, a->data.data + CODE_SIZE, CODE_SIZE);
	return state_save(c) ? SW_OK : SW_FAULT;
}

unsigned do_unblock(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	if (a->p1 != 0 || a->p2 != 0x80)
		return SW_P1P2;
	if (a->data.length != 2 * CODE_SIZE)
		return SW_LENGTH;
	if (!well_formed(a->data.data + CODE_SIZE))
		return SW_DATA;
	unsigned sw = check(c, &c->puk, a->data.data);
	if (sw != SW_OK)
		return sw;
	memcpy(c->pin.value, a->data.data + CODE_SIZE, CODE_SIZE);
	c->pin.tries = c->pin.most;
	return state_save(c) ? SW_OK : SW_FAULT;
}

unsigned do_retries(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	if (!c->managed || !c->pin_verified)
		return SW_SECURITY;
	if (a->p1 == 0 || a->p2 == 0 || a->p1 > 15 || a->p2 > 15)
		return SW_P1P2;
	c->pin = (struct code){.tries = a->p1, .most = a->p1};
	c->puk = (struct code){.tries = a->p2, .most = a->p2};
	memcpy(c->pin.value, factory_pin, CODE_SIZE);
	memcpy(c->puk.value, factory_puk, CODE_SIZE);
	c->pin_verified = false;
	return state_save(c) ? SW_OK : SW_FAULT;
}

unsigned do_reset(struct card *c, const struct command *a, struct buffer *out)
{
	(void)a, (void)out;
	if (c->pin.tries || c->puk.tries)
		return SW_CONDITIONS;
	state_factory(c);
	c->pin_verified = c->managed = false;
	return state_save(c) ? SW_OK : SW_FAULT;
}

static const struct {
	uint8_t algorithm, key, block;
	const char *name;
} management[] = {
	{ALG_3DES, 24, 8, "DES-EDE3-ECB"},
	{ALG_AES_128, 16, 16, "AES-128-ECB"},
	{ALG_AES_192, 24, 16, "AES-192-ECB"},
	{ALG_AES_256, 32, 16, "AES-256-ECB"},
};
enum { MANAGEMENT_COUNT = sizeof management / sizeof *management };

static int management_row(uint8_t algorithm)
{
	for (int i = 0; i < MANAGEMENT_COUNT; i++)
		if (management[i].algorithm == algorithm)
			return i;
	return -1;
}

size_t management_key_length(uint8_t algorithm)
{
	int row = management_row(algorithm);
	return row < 0 ? 0 : management[row].key;
}

unsigned do_set_management(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	if (a->p1 != 0xFF || (a->p2 != 0xFF && a->p2 != 0xFE))
		return SW_P1P2;
	if (!c->managed)
		return SW_SECURITY;
	const struct view d = a->data;
	if (d.length < 3 || d.data[1] != 0x9B || !management_key_length(d.data[0]))
		return SW_DATA;
	if (d.data[2] != management_key_length(d.data[0]) || d.length != 3u + d.data[2])
		return SW_DATA;
	c->management_algorithm = d.data[0];
	memcpy(c->management_key, d.data + 3, d.data[2]);
	return state_save(c) ? SW_OK : SW_FAULT;
}

static bool encrypt(const struct card *c, int row, const uint8_t *in, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, management[row].name, NULL);
	int n = 0;
	bool good = ctx && cipher && EVP_EncryptInit_ex2(ctx, cipher, c->management_key, NULL, NULL) &&
		EVP_CIPHER_CTX_set_padding(ctx, 0) && EVP_EncryptUpdate(ctx, out, &n, in, management[row].block);
	EVP_CIPHER_free(cipher);
	EVP_CIPHER_CTX_free(ctx);
	return good && n == management[row].block;
}

/* Mutual (80 empty, then 80 and 81) and external (81 empty, then 82) authentication. */
unsigned authenticate_management(struct card *c, const struct command *a, struct buffer *out)
{
	int row = management_row(a->p1 ? a->p1 : ALG_3DES);
	if (row < 0 || management[row].algorithm != c->management_algorithm)
		return SW_P1P2;
	struct view in = a->data, all, witness = {0}, challenge = {0}, response = {0};
	unsigned tag;
	if (!view_next(&in, &tag, &all) || tag != 0x7C)
		return SW_DATA;
	bool has_witness = view_find(all, 0x80, &witness), has_challenge = view_find(all, 0x81, &challenge);
	bool has_response = view_find(all, 0x82, &response);
	size_t block = management[row].block;
	uint8_t crypted[16];
	struct buffer inner = {.length = 0};
	int kind = c->challenge_kind;
	c->challenge_kind = CHALLENGE_NONE; /* each can be answered once */
	if ((has_witness && witness.length == 0) || (has_challenge && challenge.length == 0 && !has_response)) {
		bool mutual = has_witness;
		if (RAND_bytes(c->challenge, (int)block) != 1 || !encrypt(c, row, c->challenge, crypted))
			return SW_FAULT;
		c->challenge_kind = mutual ? CHALLENGE_WITNESS : CHALLENGE_PLAIN;
		buffer_tlv(&inner, mutual ? 0x80 : 0x81, mutual ? crypted : c->challenge, block);
	} else if (has_witness && has_challenge && kind == CHALLENGE_WITNESS) {
		if (witness.length != block || challenge.length != block ||
			CRYPTO_memcmp(witness.data, c->challenge, block) != 0)
			return SW_SECURITY;
		if (!encrypt(c, row, challenge.data, crypted))
			return SW_FAULT;
		c->managed = true;
		buffer_tlv(&inner, 0x82, crypted, block);
	} else if (has_response && kind == CHALLENGE_PLAIN) {
		if (response.length != block || !encrypt(c, row, c->challenge, crypted) ||
			CRYPTO_memcmp(response.data, crypted, block) != 0)
			return SW_SECURITY;
		c->managed = true;
		return SW_OK;
	} else
		return SW_DATA;
	buffer_tlv(out, 0x7C, inner.data, inner.length);
	return SW_OK;
}
