/* PIV (NIST SP 800-73-4) with the extensions that the public keys share. */
#include "token/piv.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"

static enum err piv_probe(card_t *card, bool *mine, struct error *e)
{
	static const uint8_t application[] = {0xA0, 0x00, 0x00, 0x03, 0x08};
	struct bytes answer = {0};
	unsigned sw = 0;
	*mine = false;
	enum err r = apdu_exchange(
		card, &(struct apdu){INS_SELECT, 0x04, 0x00, application, sizeof application}, &answer, &sw, e);
	*mine = !r && sw == SW_OK;
	bytes_free(&answer);
	return r;
}

static enum err serial_from_chuid(card_t *card, char out[TOKEN_SERIAL_SIZE], struct error *e)
{
	struct bytes answer = {0};
	struct tlv content, guid;
	unsigned sw = 0, any = 0;
	enum err r = piv_get_object(card, OBJECT_CHUID, &answer, &content, &sw, e);
	if (r == ERR_TOKEN_CERTIFICATE)
		r = OK;
	if (!r && sw == SW_OK && tlv_find(content, 0x34, &guid) && guid.length == 16) {
		for (size_t i = 0; i < 16; i++) {
			any |= guid.data[i];
			snprintf(out + 2 * i, 3, "%02X", guid.data[i]);
		}
	}
	if (!r && !any)
		r = error_set(e, ERR_TOKEN_UNSUPPORTED, "%s", tr("没有序列号", "it has no serial"));
	bytes_free(&answer);
	return r;
}

static enum err piv_serial(card_t *card, char out[TOKEN_SERIAL_SIZE], struct error *e)
{
	struct bytes answer = {0};
	unsigned sw = 0;
	out[0] = '\0';
	enum err r = apdu_exchange(card, &(struct apdu){.ins = INS_SERIAL}, &answer, &sw, e);
	if (!r && sw == SW_OK && answer.length == 4) {
		const uint8_t *p = answer.data;
		snprintf(out, TOKEN_SERIAL_SIZE, "%lu",
			(unsigned long)p[0] << 24 | (unsigned long)p[1] << 16 | (unsigned long)p[2] << 8 | p[3]);
	} else if (!r && (sw == SW_OK || (sw & 0xFF00) == 0x6A00 || (sw & 0xFF00) == 0x6D00))
		r = serial_from_chuid(card, out, e);
	else if (!r)
		r = piv_unexpected(tr("读序列号", "reading the serial"), sw, e);
	bytes_free(&answer);
	return r;
}

static void piv_version(card_t *card, char *out, size_t size)
{
	struct bytes answer = {0};
	unsigned sw = 0;
	out[0] = '\0';
	if (apdu_exchange(card, &(struct apdu){.ins = INS_VERSION}, &answer, &sw, NULL) == OK && sw == SW_OK &&
		answer.length == 3)
		snprintf(out, size, "%u.%u.%u", answer.data[0], answer.data[1], answer.data[2]);
	bytes_free(&answer);
}

const struct token_driver token_driver_piv = {
	.name = "PIV",
	.probe = piv_probe,
	.serial = piv_serial,
	.version = piv_version,
	.generate = piv_generate,
	.import = piv_import,
	.sign = piv_sign,
	.write_certificate = piv_write_certificate,
	.read_certificate = piv_read_certificate,
	.verify_pin = piv_verify_pin,
	.tries_left = piv_tries_left,
	.set_code = piv_set_code,
	.unblock = piv_unblock,
	.authenticate_management = piv_authenticate_management,
	.set_management_key = piv_set_management_key,
	.management_key_length = piv_management_key_length,
	.reset = piv_reset,
};
