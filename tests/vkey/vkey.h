/* A virtual PIV key for vsmartcard-vpcd: for tests and the demonstration only.
 * It keeps private keys and codes in a readable file and protects nothing.
 * Self-contained: it shares no code with the program that it is there to test. */
#ifndef VKEY_H
#define VKEY_H

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODE_SIZE = 8, SLOTS = 25, OBJECTS = 64, OBJECT_MOST = 3072, COMMAND_MOST = 4096, ANSWER_MOST = 4096 };

enum algorithm {
	ALG_3DES = 0x03,
	ALG_RSA_3072 = 0x05,
	ALG_RSA_1024 = 0x06,
	ALG_RSA_2048 = 0x07,
	ALG_AES_128 = 0x08,
	ALG_AES_192 = 0x0A,
	ALG_AES_256 = 0x0C,
	ALG_P256 = 0x11,
	ALG_P384 = 0x14,
	ALG_RSA_4096 = 0x16,
	ALG_SM2 = 0x54,
};

/* Status words. */
enum {
	SW_OK = 0x9000,
	SW_WRONG = 0x63C0,
	SW_LENGTH = 0x6700,
	SW_CHAIN = 0x6883,
	SW_SECURITY = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_CONDITIONS = 0x6985,
	SW_DATA = 0x6A80,
	SW_NOT_FOUND = 0x6A82,
	SW_FULL = 0x6A84,
	SW_P1P2 = 0x6A86,
	SW_NO_REFERENCE = 0x6A88,
	SW_INS = 0x6D00,
	SW_CLA = 0x6E00,
	SW_FAULT = 0x6F00,
};

/* Bytes with a limit: what doesn't fit sets `over`. */
struct buffer {
	uint8_t data[ANSWER_MOST];
	size_t length;
	bool over;
};

struct view {
	const uint8_t *data;
	size_t length;
};

struct code {
	uint8_t value[CODE_SIZE];
	int tries, most;
};

struct slot {
	uint8_t algorithm, pin_policy, touch_policy, origin; /* origin 1: generated, 2: imported; algorithm 0: empty */
	EVP_PKEY *key;
};

struct object {
	uint32_t id;
	uint8_t *data; /* from the tag 53 on; NULL: unused row */
	size_t length;
};

struct card {
	/* kept in the state file */
	uint32_t serial;
	struct code pin, puk;
	uint8_t management_algorithm, management_key[32];
	struct slot slots[SLOTS];
	struct object objects[OBJECTS];

	/* until the next reset */
	bool selected, pin_verified, pin_fresh, managed; /* fresh: nothing was done since VERIFY (slot 9C) */
	uint8_t challenge[16];
	enum { CHALLENGE_NONE, CHALLENGE_WITNESS, CHALLENGE_PLAIN } challenge_kind;
	uint8_t chain[COMMAND_MOST], chain_head[3];
	size_t chain_length;
	bool chaining;
	struct buffer pending; /* what GET RESPONSE brings */
	size_t pending_from;

	const char *state_file;
	EVP_PKEY *rsa_key; /* given by --rsa-key: every RSA-2048 pair is this one */
};

struct command {
	uint8_t cla, ins, p1, p2;
	struct view data;
	size_t expected; /* Le; 0: none given */
};

/* buffer.c */
void buffer_add(struct buffer *b, const void *data, size_t length);
void buffer_byte(struct buffer *b, uint8_t byte);
void buffer_tlv(struct buffer *b, unsigned tag, const void *data, size_t length);
bool view_next(struct view *in, unsigned *tag, struct view *value);
bool view_find(struct view in, unsigned tag, struct view *value);

/* state.c: one line a fact, "name hex"; written beside and renamed. Both return false after a message. */
bool state_load(struct card *c);
bool state_save(const struct card *c);
void state_factory(struct card *c);
int slot_index(uint8_t reference); /* -1: no such slot */
uint8_t slot_reference(int index);
struct object *object_find(struct card *c, uint32_t id);
bool object_set(struct card *c, uint32_t id, const uint8_t *data, size_t length);

/* card.c: one command in, one answer with status word out. */
void card_reset(struct card *c);
void card_answer(struct card *c, const uint8_t *command, size_t length, struct buffer *out);

/* The commands. Each fills `out` and returns a status word. */
unsigned do_select(struct card *c, const struct command *a, struct buffer *out); /* data.c */
unsigned do_get_data(struct card *c, const struct command *a, struct buffer *out);
unsigned do_put_data(struct card *c, const struct command *a, struct buffer *out);
unsigned put_piece(struct card *c, const uint8_t *data, size_t length);
unsigned do_serial(struct card *c, const struct command *a, struct buffer *out);
unsigned do_version(struct card *c, const struct command *a, struct buffer *out);
unsigned do_metadata(struct card *c, const struct command *a, struct buffer *out);
unsigned do_extension(struct card *c, const struct command *a, struct buffer *out);
unsigned do_verify(struct card *c, const struct command *a, struct buffer *out); /* codes.c */
unsigned do_change(struct card *c, const struct command *a, struct buffer *out);
unsigned do_unblock(struct card *c, const struct command *a, struct buffer *out);
unsigned do_retries(struct card *c, const struct command *a, struct buffer *out);
unsigned do_reset(struct card *c, const struct command *a, struct buffer *out);
unsigned do_set_management(struct card *c, const struct command *a, struct buffer *out);
unsigned authenticate_management(struct card *c, const struct command *a, struct buffer *out);
size_t management_key_length(uint8_t algorithm);				   /* 0: no such algorithm */
unsigned do_generate(struct card *c, const struct command *a, struct buffer *out); /* keys.c */
unsigned do_import(struct card *c, const struct command *a, struct buffer *out);
unsigned do_authenticate(struct card *c, const struct command *a, struct buffer *out);
void key_public(const struct slot *s, struct buffer *out); /* {81 n, 82 e} or {86 point} */

/* prime.c: RSA's primes. The search sieves, and is some three times as fast as OpenSSL's, which builds them from smaller ones. */
BIGNUM *prime_make(int bits);		    /* its top two bits are set; NULL where memory ends */
void prime_pass_time(const BIGNUM *known); /* takes the time in which a prime like this one is found on average */

extern const uint8_t factory_pin[CODE_SIZE], factory_puk[CODE_SIZE], factory_management_key[24];

#endif
