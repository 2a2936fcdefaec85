/* Shared inside the PIV driver (piv.c, piv_codes.c, piv_keys.c). */
#ifndef CERTDESK_TOKEN_PIV_H
#define CERTDESK_TOKEN_PIV_H

#include "token/driver.h"
#include "base/tlv.h"

enum { /* instructions */
	INS_VERIFY = 0x20,
	INS_CHANGE = 0x24,
	INS_UNBLOCK = 0x2C,
	INS_GENERATE = 0x47,
	INS_AUTHENTICATE = 0x87,
	INS_SELECT = 0xA4,
	INS_GET_DATA = 0xCB,
	INS_PUT_DATA = 0xDB,
	INS_SM2_BYTE = 0xEE,
	INS_METADATA = 0xF7,
	INS_SERIAL = 0xF8,
	INS_RESET = 0xFB,
	INS_VERSION = 0xFD,
	INS_IMPORT = 0xFE,
	INS_SET_MANAGEMENT = 0xFF,
};
enum { /* status words */
	SW_OK = 0x9000,
	SW_SECURITY = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_CONDITIONS = 0x6985,
	SW_DATA = 0x6A80,
	SW_NOT_FOUND = 0x6A82,
	SW_FULL = 0x6A84,
	SW_P1P2 = 0x6A86,
	SW_NO_REFERENCE = 0x6A88,
	SW_INS = 0x6D00,
};
enum {
	REF_PIN = 0x80,
	REF_PUK = 0x81,
	REF_MANAGEMENT = 0x9B,
	CODE_SIZE = 8,
	OBJECT_CHUID = 0x5FC102,
	SM2_USUAL = 0x54,
	BLOCKING_TRIES = 255
};

typedef const struct apdu_transport card_t;

/* Errors that need no rule of their own: no memory; a status word that nobody expects; an answer of the wrong form. */
enum err piv_no_memory(struct error *e);
enum err piv_unexpected(const char *what, unsigned sw, struct error *e);
enum err piv_malformed(const char *what, struct error *e);

/* GET DATA of one object: `content` is what lies inside its tag 53, a view into `answer`. */
enum err piv_get_object(
	card_t *card, uint32_t object, struct bytes *answer, struct tlv *content, unsigned *sw, struct error *e);
/* One element of a reference's metadata. *found is false where the card has no such command or element. */
enum err piv_metadata(
	card_t *card, uint8_t reference, unsigned tag, uint8_t *out, size_t length, bool *found, struct error *e);
/* One exchange of GENERAL AUTHENTICATE: the element `want` inside the answer's 7C, a view into `answer`. */
enum err piv_authenticate(card_t *card, uint8_t algorithm, uint8_t reference, const struct bytes *inner, unsigned want,
	struct bytes *answer, struct tlv *value, unsigned *sw, struct error *e);

/* The functions of the driver table that stand in the other two files. */
enum err piv_verify_pin(card_t *card, const struct secret *pin, struct error *e);
enum err piv_set_code(
	card_t *card, enum token_code code, const struct secret *old, const struct secret *new, struct error *e);
enum err piv_unblock(card_t *card, const struct secret *puk, const struct secret *new_pin, struct error *e);
enum err piv_tries_left(card_t *card, enum token_code code, int *tries, struct error *e);
enum err piv_management_key_length(card_t *card, size_t *length, struct error *e);
enum err piv_authenticate_management(card_t *card, const struct secret *key, struct error *e);
enum err piv_set_management_key(card_t *card, const struct secret *key, struct error *e);
enum err piv_generate(
	card_t *card, enum token_slot slot, enum token_algorithm algorithm, struct bytes *public_key, struct error *e);
enum err piv_import(card_t *card, enum token_slot slot, enum token_algorithm algorithm, const void *pkcs8,
	size_t length, struct error *e);
enum err piv_sign(card_t *card, enum token_slot slot, enum token_algorithm algorithm, const uint8_t digest[32],
	struct bytes *signature, struct error *e);
enum err piv_write_certificate(card_t *card, enum token_slot slot, const void *der, size_t length, struct error *e);
enum err piv_read_certificate(card_t *card, enum token_slot slot, struct bytes *der, struct error *e);
enum err piv_reset(card_t *card, struct error *e);

#endif
