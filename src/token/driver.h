/* The table of functions that a kind of key fills. Drivers hold no state but
 * the transport's note, which is 0 at the start of each transaction: each call gets the way to the card, inside a transaction, with the application
 * selected and the serial compared. Contracts and errors are those of token.h. */
#ifndef CERTDESK_TOKEN_DRIVER_H
#define CERTDESK_TOKEN_DRIVER_H

#include "token/apdu.h"
#include "token/token.h"

struct token_driver {
	const char *name;
	/* Selects the application; *mine is false for a foreign card. */
	enum err (*probe)(const struct apdu_transport *card, bool *mine, struct error *e);
	/* ERR_TOKEN_UNSUPPORTED where the card has none. */
	enum err (*serial)(const struct apdu_transport *card, char out[TOKEN_SERIAL_SIZE], struct error *e);
	void (*version)(const struct apdu_transport *card, char *out, size_t size); /* "" where it isn't told */
	enum err (*generate)(const struct apdu_transport *card, enum token_slot slot, enum token_algorithm algorithm,
		struct bytes *public_key, struct error *e);
	enum err (*import)(const struct apdu_transport *card, enum token_slot slot, enum token_algorithm algorithm,
		const void *pkcs8, size_t length, struct error *e);
	enum err (*sign)(const struct apdu_transport *card, enum token_slot slot, enum token_algorithm algorithm,
		const uint8_t digest[32], struct bytes *signature, struct error *e);
	/* Reading back is the caller's. */
	enum err (*write_certificate)(const struct apdu_transport *card, enum token_slot slot, const void *der,
		size_t length, struct error *e);
	enum err (*read_certificate)(
		const struct apdu_transport *card, enum token_slot slot, struct bytes *der, struct error *e);
	enum err (*verify_pin)(const struct apdu_transport *card, const struct secret *pin, struct error *e);
	enum err (*tries_left)(const struct apdu_transport *card, enum token_code code, int *tries, struct error *e);
	enum err (*set_code)(const struct apdu_transport *card, enum token_code code, const struct secret *old,
		const struct secret *new, struct error *e);
	enum err (*unblock)(const struct apdu_transport *card, const struct secret *puk, const struct secret *new_pin,
		struct error *e);
	enum err (*authenticate_management)(
		const struct apdu_transport *card, const struct secret *key, struct error *e);
	enum err (*set_management_key)(const struct apdu_transport *card, const struct secret *key, struct error *e);
	enum err (*management_key_length)(const struct apdu_transport *card, size_t *length, struct error *e);
	enum err (*reset)(const struct apdu_transport *card, struct error *e);
};

extern const struct token_driver token_driver_piv;

#endif
