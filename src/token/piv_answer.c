/* What all commands to a PIV card share. */
#include "token/piv.h"

#include <string.h>

#include "base/lang.h"

enum err piv_no_memory(struct error *e)
{
	return error_set(e, ERR_MEMORY, "%s", "");
}

/* A status word that no rule expects, in words. */
enum err piv_unexpected(const char *what, unsigned sw, struct error *e)
{
	if (sw == SW_SECURITY)
		return error_set(e, ERR_TOKEN_LOCKED, "%s", what);
	if (sw == SW_INS)
		return error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", what);
	return error_set(e, ERR_TOKEN_ANSWER, "%s, SW %04X", what, sw);
}

enum err piv_malformed(const char *what, struct error *e)
{
	return error_set(e, ERR_TOKEN_ANSWER, tr("%s，数据格式不对", "%s, malformed data"), what);
}

/* GET DATA of one object: what lies inside its tag 53. */
enum err piv_get_object(
	card_t *card, uint32_t object, struct bytes *answer, struct tlv *content, unsigned *sw, struct error *e)
{
	const uint8_t name[] = {0x5C, 3, (uint8_t)(object >> 16), (uint8_t)(object >> 8), (uint8_t)object};
	unsigned tag;
	*content = (struct tlv){0};
	enum err r = apdu_exchange(card, &(struct apdu){INS_GET_DATA, 0x3F, 0xFF, name, sizeof name}, answer, sw, e);
	if (r || *sw != SW_OK)
		return r;
	struct tlv all = {answer->data, answer->length};
	if (!tlv_next(&all, &tag, content) || tag != 0x53 || all.length)
		return error_set(e, ERR_TOKEN_CERTIFICATE, "%06X", (unsigned)object);
	return OK;
}

/* Cards without a serial command are named by their CHUID's GUID. */
enum err piv_metadata(
	card_t *card, uint8_t reference, unsigned tag, uint8_t *out, size_t length, bool *found, struct error *e)
{
	struct bytes answer = {0};
	struct tlv value;
	unsigned sw = 0;
	*found = false;
	enum err r = apdu_exchange(card, &(struct apdu){.ins = INS_METADATA, .p2 = reference}, &answer, &sw, e);
	if (!r && sw == SW_OK && tlv_find((struct tlv){answer.data, answer.length}, tag, &value) &&
		value.length == length) {
		memcpy(out, value.data, length);
		*found = true;
	} else if (!r && sw != SW_OK && (sw & 0xFF00) != 0x6A00 && sw != SW_INS)
		r = piv_unexpected(tr("读密钥信息", "reading metadata"), sw, e);
	bytes_free(&answer);
	return r;
}

enum err piv_authenticate(card_t *card, uint8_t algorithm, uint8_t reference, const struct bytes *inner, unsigned want,
	struct bytes *answer, struct tlv *value, unsigned *sw, struct error *e)
{
	struct bytes data = {0};
	struct tlv all, template;
	unsigned tag;
	const char *what = tr("密钥运算", "using a key");
	enum err r = tlv_add(&data, 0x7C, inner->data, inner->length) ? piv_no_memory(e) : OK;
	if (!r)
		r = apdu_exchange(card, &(struct apdu){INS_AUTHENTICATE, algorithm, reference, data.data, data.length},
			answer, sw, e);
	if (!r && *sw == SW_OK) {
		all = (struct tlv){answer->data, answer->length};
		if (!tlv_next(&all, &tag, &template) || tag != 0x7C || all.length || !tlv_find(template, want, value))
			r = piv_malformed(what, e);
	}
	bytes_free(&data);
	return r;
}
