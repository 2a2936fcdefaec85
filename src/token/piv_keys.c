/* PIV: pairs, signatures and certificates. */
#include <openssl/crypto.h>

#include "base/lang.h"
#include "base/spki.h"
#include "token/piv.h"
#include "token/publickey.h"

static const struct {
	enum token_slot slot;
	uint32_t object;
} objects[] = {
	{TOKEN_SLOT_SIGN, 0x5FC105},
	{TOKEN_SLOT_SIGNATURE, 0x5FC10A},
	{TOKEN_SLOT_ENCRYPT, 0x5FC10B},
	{TOKEN_SLOT_CARD, 0x5FC101},
};

static enum err slot_object(enum token_slot slot, uint32_t *object, struct error *e)
{
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (objects[i].slot == slot) {
			*object = objects[i].object;
			return OK;
		}
	return error_set(e, ERR_TOKEN_UNSUPPORTED, "%02X", (unsigned)slot);
}

/* The byte that means `algorithm` on this card. SM2's is the card's own: the slot's metadata tell it, or CanoKey's list
 * (needs the management key). */
static enum err algorithm_byte(card_t *card, enum token_slot slot, enum token_algorithm algorithm, bool generating,
	uint8_t *out, struct error *e)
{
	struct bytes answer = {0};
	unsigned sw = 0;
	bool found;
	*out = algorithm == TOKEN_RSA_2048 ? 0x07 : 0x11;
	if (algorithm != TOKEN_SM2)
		return OK;
	if (!generating) {
		enum err r = piv_metadata(card, (uint8_t)slot, 0x01, out, 1, &found, e);
		if (!r && !found)
			*out = SM2_USUAL;
		return r;
	}
	enum err r = apdu_exchange(card, &(struct apdu){.ins = INS_SM2_BYTE, .p1 = 0x01}, &answer, &sw, e);
	if (!r && sw == SW_SECURITY)
		r = piv_unexpected("SM2", sw, e);
	else if (!r && (sw != SW_OK || answer.length < 7 || answer.data[0] != 0x01))
		r = error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", "SM2");
	else if (!r)
		*out = answer.data[answer.length - 1];
	bytes_free(&answer);
	return r;
}

enum err piv_generate(
	card_t *card, enum token_slot slot, enum token_algorithm algorithm, struct bytes *public_key, struct error *e)
{
	struct bytes answer = {0};
	struct tlv all, template, a, b;
	uint8_t byte;
	unsigned sw = 0, tag;
	const char *what = tr("生成密钥", "generating a key");
	enum err r = algorithm_byte(card, slot, algorithm, true, &byte, e);
	if (r)
		return r;
	r = apdu_exchange(card, &(struct apdu){INS_GENERATE, 0, (uint8_t)slot, (uint8_t[]){0xAC, 3, 0x80, 1, byte}, 5},
		&answer, &sw, e);
	if (r)
		goto out;
	if (sw != SW_OK) {
		r = sw == SW_DATA || sw == SW_P1P2 ? error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", what)
						   : piv_unexpected(what, sw, e);
		goto out;
	}
	all = (struct tlv){answer.data, answer.length};
	if (!tlv_next(&all, &tag, &template) || tag != 0x7F49 || all.length)
		r = piv_malformed(what, e);
	else if (algorithm == TOKEN_RSA_2048 && tlv_find(template, 0x81, &a) && tlv_find(template, 0x82, &b))
		r = publickey_from_rsa(a, b, public_key, e);
	else if (algorithm != TOKEN_RSA_2048 && tlv_find(template, 0x86, &a))
		r = publickey_from_point(algorithm, a, public_key, e);
	else
		r = piv_malformed(what, e);
out:
	bytes_free(&answer);
	return r;
}

enum err piv_import(card_t *card, enum token_slot slot, enum token_algorithm algorithm, const void *pkcs8,
	size_t length, struct error *e)
{
	struct publickey_part parts[PUBLICKEY_PARTS_MOST] = {0};
	struct bytes data = {0};
	size_t count = 0;
	uint8_t byte;
	unsigned sw = 0;
	const char *what = tr("导入密钥", "importing a key");
	enum err r = algorithm_byte(card, slot, algorithm, true, &byte, e);
	if (!r)
		r = publickey_private_parts(algorithm, pkcs8, length, parts, &count, e);
	for (size_t i = 0; !r && i < count; i++)
		/* elements 01 to 05 are RSA's primes and exponents, 06 is a curve's private value */
		if (tlv_add(&data, algorithm == TOKEN_RSA_2048 ? (unsigned)i + 1 : 6, parts[i].data, parts[i].length))
			r = piv_no_memory(e);
	if (!r)
		r = apdu_exchange(
			card, &(struct apdu){INS_IMPORT, byte, (uint8_t)slot, data.data, data.length}, NULL, &sw, e);
	if (!r && sw != SW_OK)
		r = sw == SW_DATA || sw == SW_P1P2 ? error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", what)
						   : piv_unexpected(what, sw, e);
	OPENSSL_cleanse(parts, sizeof parts);
	bytes_free(&data);
	return r;
}

enum err piv_sign(card_t *card, enum token_slot slot, enum token_algorithm algorithm, const uint8_t digest[32],
	struct bytes *signature, struct error *e)
{
	struct bytes inner = {0}, answer = {0};
	struct tlv value = {0};
	uint8_t padded[RSA_2048_SIZE], byte;
	bool rsa = algorithm == TOKEN_RSA_2048;
	unsigned sw = 0;
	const char *what = tr("签名", "signing");
	bytes_free(signature);
	enum err r = algorithm_byte(card, slot, algorithm, false, &byte, e);
	if (r)
		return r;
	publickey_pad(digest, padded);
	if (tlv_add(&inner, 0x82, NULL, 0) || tlv_add(&inner, 0x81, rsa ? padded : digest, rsa ? sizeof padded : 32))
		r = piv_no_memory(e);
	else
		r = piv_authenticate(card, byte, (uint8_t)slot, &inner, 0x82, &answer, &value, &sw, e);
	if (r)
		goto out;
	if (sw == SW_DATA || sw == SW_NOT_FOUND || sw == SW_P1P2 || sw == SW_NO_REFERENCE || sw == SW_CONDITIONS)
		r = error_set(e, ERR_TOKEN_NO_KEY, "%02X", (unsigned)slot);
	else if (sw != SW_OK)
		r = piv_unexpected(what, sw, e);
	else if (!publickey_signature_form(algorithm, value))
		r = piv_malformed(what, e);
	else if (bytes_add(signature, value.data, value.length))
		r = piv_no_memory(e);
out:
	bytes_free(&inner);
	bytes_free(&answer);
	return r;
}

enum err piv_write_certificate(card_t *card, enum token_slot slot, const void *der, size_t length, struct error *e)
{
	struct bytes content = {0}, data = {0};
	uint32_t object = 0;
	unsigned sw = 0;
	const char *what = tr("写证书", "writing the certificate");
	enum err r = slot_object(slot, &object, e);
	if (r)
		return r;
	const uint8_t name[] = {(uint8_t)(object >> 16), (uint8_t)(object >> 8), (uint8_t)object};
	if (tlv_add(&content, 0x70, der, length) || tlv_add(&content, 0x71, (uint8_t[]){0}, 1) || tlv_add(&content, 0xFE, NULL, 0) ||
		tlv_add(&data, 0x5C, name, sizeof name) || tlv_add(&data, 0x53, content.data, content.length)) {
		r = piv_no_memory(e);
		goto out;
	}
	r = apdu_exchange(card, &(struct apdu){INS_PUT_DATA, 0x3F, 0xFF, data.data, data.length}, NULL, &sw, e);
	if (!r && sw == SW_FULL)
		r = error_set(e, ERR_TOKEN_UNSUPPORTED,
			tr("证书 %zu 字节，放不下", "a certificate of %zu bytes doesn't fit"), length);
	else if (!r && sw != SW_OK)
		r = piv_unexpected(what, sw, e);
out:
	bytes_free(&content);
	bytes_free(&data);
	return r;
}

enum err piv_read_certificate(card_t *card, enum token_slot slot, struct bytes *der, struct error *e)
{
	struct bytes answer = {0};
	struct tlv content, certificate = {0}, value;
	uint32_t object = 0;
	unsigned sw = 0, tag;
	bytes_free(der);
	enum err r = slot_object(slot, &object, e);
	if (!r)
		r = piv_get_object(card, object, &answer, &content, &sw, e);
	if (r)
		goto out;
	if (sw == SW_NOT_FOUND || (sw == SW_OK && content.length == 0)) {
		r = error_set(e, ERR_TOKEN_NO_CERTIFICATE, "%02X", (unsigned)slot);
		goto out;
	}
	if (sw != SW_OK) {
		r = piv_unexpected(tr("读证书", "reading the certificate"), sw, e);
		goto out;
	}
	while (!r && tlv_next(&content, &tag, &value)) {
		if (tag == 0x70)
			certificate = value;
		else if (tag == 0x71 && value.length == 1 && (value.data[0] & 1))
			r = error_set(e, ERR_TOKEN_CERTIFICATE, tr("%02X，内容是压缩的", "%02X, it is compressed"),
				(unsigned)slot);
	}
	if (!r && (content.length || !spki_certificate_form(certificate.data, certificate.length)))
		r = error_set(e, ERR_TOKEN_CERTIFICATE, "%02X", (unsigned)slot);
	if (!r && bytes_add(der, certificate.data, certificate.length))
		r = piv_no_memory(e);
out:
	bytes_free(&answer);
	return r;
}
