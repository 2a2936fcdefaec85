/* PIV: PIN, PUK, the management key, and back to the factory's state. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/crypt.h"
#include "base/lang.h"
#include "token/piv.h"

static const struct management {
	uint8_t algorithm, key, block;
	const char *cipher;
} managements[] = {
	{0x03, 24, 8, "DES-EDE3-ECB"},
	{0x08, 16, 16, "AES-128-ECB"},
	{0x0A, 24, 16, "AES-192-ECB"},
	{0x0C, 32, 16, "AES-256-ECB"},
};

static enum err code_form(const struct secret *s, enum token_code code, uint8_t out[CODE_SIZE], struct error *e)
{
	bool good = s->length >= TOKEN_PIN_LEAST && s->length <= TOKEN_PIN_MOST;
	for (size_t i = 0; good && i < s->length; i++)
		good = s->data[i] > 0x20 && s->data[i] < 0x7F;
	if (!good)
		return error_set(e, ERR_TOKEN_CODE_FORM, "%s",
			code == TOKEN_PIN ? tr("证书密码", "PIN") : tr("解锁码（PUK）", "PUK"));
	memset(out, 0xFF, CODE_SIZE);
	memcpy(out, s->data, s->length);
	return OK;
}

/* What a status word says about a code that was given. */
static enum err code_result(enum token_code code, const char *what, unsigned sw, struct error *e)
{
	bool pin = code == TOKEN_PIN;
	if (sw == SW_OK)
		return OK;
	if (sw == SW_BLOCKED || sw == 0x63C0)
		return error_set(e, pin ? ERR_TOKEN_PIN_BLOCKED : ERR_TOKEN_PUK_BLOCKED, "%s", "");
	if ((sw & 0xFFF0) == 0x63C0)
		return error_set(e, pin ? ERR_TOKEN_PIN_WRONG : ERR_TOKEN_PUK_WRONG, "%u", sw & 0xF);
	if ((sw & 0xFF00) == 0x6300)
		return error_set(e, pin ? ERR_TOKEN_PIN_WRONG : ERR_TOKEN_PUK_WRONG, "%s", "?");
	return piv_unexpected(what, sw, e);
}

enum err piv_verify_pin(card_t *card, const struct secret *pin, struct error *e)
{
	uint8_t data[CODE_SIZE];
	unsigned sw = 0;
	enum err r = code_form(pin, TOKEN_PIN, data, e);
	if (!r)
		r = apdu_exchange(card, &(struct apdu){INS_VERIFY, 0, REF_PIN, data, sizeof data}, NULL, &sw, e);
	OPENSSL_cleanse(data, sizeof data);
	return r ? r : code_result(TOKEN_PIN, tr("验证密码", "verifying the PIN"), sw, e);
}

/* CHANGE and UNBLOCK: two codes after each other; the first one is checked. */
static enum err give_two(card_t *card, uint8_t ins, uint8_t reference, enum token_code first, const struct secret *a,
	enum token_code second, const struct secret *b, struct error *e)
{
	uint8_t data[2 * CODE_SIZE];
	unsigned sw = 0;
	enum err r = code_form(a, first, data, e);
	if (!r)
		r = code_form(b, second, data + CODE_SIZE, e);
	if (!r)
		r = apdu_exchange(card, &(struct apdu){ins, 0, reference, data, sizeof data}, NULL, &sw, e);
	OPENSSL_cleanse(data, sizeof data);
	return r ? r : code_result(first, tr("修改密码", "changing a code"), sw, e);
}

enum err piv_set_code(
	card_t *card, enum token_code code, const struct secret *old, const struct secret *new, struct error *e)
{
	return give_two(card, INS_CHANGE, code == TOKEN_PIN ? REF_PIN : REF_PUK, code, old, code, new, e);
}

enum err piv_unblock(card_t *card, const struct secret *puk, const struct secret *new_pin, struct error *e)
{
	return give_two(card, INS_UNBLOCK, REF_PIN, TOKEN_PUK, puk, TOKEN_PIN, new_pin, e);
}

enum err piv_tries_left(card_t *card, enum token_code code, int *tries, struct error *e)
{
	uint8_t counts[2];
	bool found;
	unsigned sw = 0;
	*tries = TOKEN_TRIES_UNKNOWN;
	enum err r = piv_metadata(card, code == TOKEN_PIN ? REF_PIN : REF_PUK, 0x06, counts, sizeof counts, &found, e);
	if (r)
		return r;
	if (found) {
		*tries = counts[1];
		return OK;
	}
	if (code != TOKEN_PIN)
		return OK;
	r = apdu_exchange(card, &(struct apdu){INS_VERIFY, 0, REF_PIN, NULL, 0}, NULL, &sw, e);
	if (!r && (sw & 0xFFF0) == 0x63C0)
		*tries = (int)(sw & 0xF);
	else if (!r && sw == SW_BLOCKED)
		*tries = 0;
	return r;
}

static enum err management_of(card_t *card, const struct management **out, struct error *e)
{
	uint8_t algorithm = card->note && *card->note ? *card->note : 0x03;
	bool found, known = card->note && *card->note;
	enum err r = known ? OK : piv_metadata(card, REF_MANAGEMENT, 0x01, &algorithm, 1, &found, e);
	if (r)
		return r;
	if (card->note)
		*card->note = algorithm;
	for (size_t i = 0; i < sizeof managements / sizeof *managements; i++)
		if (managements[i].algorithm == algorithm) {
			*out = &managements[i];
			return OK;
		}
	return error_set(e, ERR_TOKEN_UNSUPPORTED, tr("管理密钥算法 %02X", "management key algorithm %02X"), algorithm);
}

enum err piv_management_key_length(card_t *card, size_t *length, struct error *e)
{
	const struct management *m;
	enum err r = management_of(card, &m, e);
	if (!r)
		*length = m->key;
	return r;
}

static bool crypt_block(
	const struct management *m, const struct secret *key, bool encrypt, const uint8_t *in, uint8_t *out)
{
	int n = 0;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, m->cipher, NULL);
	bool good = ctx && cipher && EVP_CipherInit_ex2(ctx, cipher, (const uint8_t *)key->data, NULL, encrypt, NULL) &&
		EVP_CIPHER_CTX_set_padding(ctx, 0) && EVP_CipherUpdate(ctx, out, &n, in, m->block) && n == m->block;
	EVP_CIPHER_free(cipher);
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

static enum err wrong_management(struct error *e)
{
	return error_set(e, ERR_TOKEN_MANAGEMENT, "%s", tr("验证没有通过", "authentication failed"));
}

/* One exchange of GENERAL AUTHENTICATE: the element `want` inside the answer's 7C. */
enum err piv_authenticate_management(card_t *card, const struct secret *key, struct error *e)
{
	const struct management *m;
	struct bytes inner = {0}, answer = {0};
	struct tlv value = {0};
	uint8_t witness[16], challenge[16], expected[16];
	unsigned sw = 0;
	enum err r = management_of(card, &m, e);
	if (r)
		return r;
	if (key->length != m->key)
		return error_set(e, ERR_TOKEN_MANAGEMENT, tr("长度应为 %d 字节", "it must have %d bytes"), m->key);
	random_bytes(challenge, m->block);
	r = tlv_add(&inner, 0x80, NULL, 0)
		? piv_no_memory(e)
		: piv_authenticate(card, m->algorithm, REF_MANAGEMENT, &inner, 0x80, &answer, &value, &sw, e);
	if (r)
		goto out;
	if (sw != SW_OK || value.length != m->block) {
		r = sw == SW_OK ? piv_malformed("9B", e) : piv_unexpected("9B", sw, e);
		goto out;
	}
	if (!crypt_block(m, key, false, value.data, witness) || !crypt_block(m, key, true, challenge, expected)) {
		r = error_set(e, ERR_CRYPTO, "%s", m->cipher);
		goto out;
	}
	bytes_free(&inner);
	if (tlv_add(&inner, 0x80, witness, m->block) || tlv_add(&inner, 0x81, challenge, m->block)) {
		r = piv_no_memory(e);
		goto out;
	}
	r = piv_authenticate(card, m->algorithm, REF_MANAGEMENT, &inner, 0x82, &answer, &value, &sw, e);
	if (r)
		goto out;
	if (sw == SW_OK)
		r = value.length == m->block && CRYPTO_memcmp(value.data, expected, m->block) == 0
			? OK
			: wrong_management(e);
	else
		r = sw == SW_SECURITY || (sw & 0xFF00) == 0x6300 || sw == SW_DATA ? wrong_management(e)
										  : piv_unexpected("9B", sw, e);
out:
	OPENSSL_cleanse(witness, sizeof witness);
	OPENSSL_cleanse(expected, sizeof expected);
	bytes_free(&inner);
	bytes_free(&answer);
	return r;
}

enum err piv_set_management_key(card_t *card, const struct secret *key, struct error *e)
{
	const struct management *m;
	struct bytes data = {0};
	unsigned sw = 0;
	enum err r = management_of(card, &m, e);
	if (r)
		return r;
	if (key->length != m->key)
		return error_set(e, ERR_TOKEN_MANAGEMENT, tr("长度应为 %d 字节", "it must have %d bytes"), m->key);
	if (bytes_add(&data, (uint8_t[]){m->algorithm, REF_MANAGEMENT, m->key}, 3) ||
		bytes_add(&data, key->data, key->length))
		r = piv_no_memory(e);
	else
		r = apdu_exchange(
			card, &(struct apdu){INS_SET_MANAGEMENT, 0xFF, 0xFF, data.data, data.length}, NULL, &sw, e);
	bytes_free(&data);
	return r || sw == SW_OK ? r : piv_unexpected(tr("设置管理密钥", "setting the management key"), sw, e);
}

/* Gives a code that nobody can have set until the card says that it is blocked. */
static enum err block(card_t *card, uint8_t ins, uint8_t reference, size_t length, struct error *e)
{
	const uint8_t wrong[2 * CODE_SIZE] = {0};
	unsigned sw = 0;
	for (int i = 0; i < BLOCKING_TRIES; i++) {
		enum err r = apdu_exchange(card, &(struct apdu){ins, 0, reference, wrong, length}, NULL, &sw, e);
		if (r)
			return r;
		if (sw == SW_BLOCKED || sw == 0x63C0)
			return OK;
		if ((sw & 0xFF00) != 0x6300)
			break;
	}
	return error_set(e, ERR_TOKEN_UNSUPPORTED, tr("恢复出厂，SW %04X", "reset, SW %04X"), sw);
}

enum err piv_reset(card_t *card, struct error *e)
{
	unsigned sw = 0;
	enum err r = block(card, INS_VERIFY, REF_PIN, CODE_SIZE, e);
	if (!r)
		r = block(card, INS_UNBLOCK, REF_PIN, 2 * CODE_SIZE, e);
	if (!r)
		r = apdu_exchange(card, &(struct apdu){.ins = INS_RESET}, NULL, &sw, e);
	if (card->note) /* the management key is the factory's, and may be of another kind */
		*card->note = 0;
	return r || sw == SW_OK ? r : piv_unexpected(tr("恢复出厂", "reset"), sw, e);
}
