/* Keys (tokens): what the desk does with a customer's or an operator's key.
 *
 * A key is named by its serial, as on the card ("10000001"), never by its
 * reader. A step is everything between token_begin and token_end: one PC/SC
 * transaction, so that no other process can reset the card in the middle. Each
 * function below opens a step of its own where the caller has none. token_begin
 * selects the application and compares the serial; what was verified or
 * authenticated before counts as lost, so verify inside the step that needs it.
 * Every write reads the serial again first, in the same transaction (token_expect_write: with time to spare).
 *
 * Errors that every function may return:
 *   ERR_TOKEN_NO_SERVICE  pcscd isn't running        ERR_TOKEN_REFUSED  pcscd refuses this login (polkit, SSH)
 *   ERR_TOKEN_REMOVED     pulled out meanwhile       ERR_TOKEN_BUSY     another program holds it (waited 5 s)
 *   ERR_TOKEN_OTHER       another key is in          ERR_TOKEN_ANSWER   the card answered unexpectedly (SW in detail)
 *   ERR_TOKEN_LOCKED      PIN or management key must be given first, in this step
 *   ERR_TOKEN_UNSUPPORTED this key can't do that     ERR_MEMORY
 * The further errors stand at each function.
 *
 * A token may go from one thread to another, but belongs to one at a time: making
 * an RSA pair takes up to minutes, and a screen may let a thread wait for it. */
#ifndef CERTDESK_TOKEN_TOKEN_H
#define CERTDESK_TOKEN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

#define TOKEN_SERIAL_SIZE 48 /* with the final 0 */
#define TOKEN_PIN_LEAST 6    /* characters of a PIN or PUK */
#define TOKEN_PIN_MOST 8
#define TOKEN_TRIES_UNKNOWN (-1)

enum token_slot {
	TOKEN_SLOT_SIGN = 0x9A,	     /* the certificate (PIV authentication) */
	TOKEN_SLOT_SIGNATURE = 0x9C, /* PIV digital signature: PIN for each use */
	TOKEN_SLOT_ENCRYPT = 0x9D,   /* the encryption certificate */
	TOKEN_SLOT_CARD = 0x9E,	     /* card authentication */
};

enum token_algorithm {
	TOKEN_RSA_2048,
	TOKEN_P256,
	TOKEN_SM2, /* where the card has it (CanoKey); else ERR_TOKEN_UNSUPPORTED */
};

/* "rsa-2048", "p-256", "sm2", as tables have them, or in capitals as cert_info does; false where there is none of that name. */
bool token_algorithm_named(const char *name, enum token_algorithm *out);
/* "9a", large or small. PIV's retired slots (82 to 95) are none: an old encryption pair may only be kept there where escrow can deliver it
 * again, and there is no escrow. */
bool token_slot_named(const char *name, enum token_slot *out);

/* The secrets a key counts wrong tries of. */
enum token_code { TOKEN_PIN, TOKEN_PUK };

/* What every new key answers to, before the service point sets its own. */
#define TOKEN_FACTORY_PIN "123456"
#define TOKEN_FACTORY_PUK "12345678"
void token_factory_management_key(struct secret *out);

struct token_info {
	char serial[TOKEN_SERIAL_SIZE];
	char reader[128];
	char version[16];   /* firmware "5.4.3", or "" */
	const char *driver; /* "PIV" */
	int pin_tries;	    /* left, or TOKEN_TRIES_UNKNOWN */
	bool busy;	    /* held by another program: nothing but `reader` is known */
};

struct token;

/* The keys that are in now, foreign cards skipped; `list` is freed with free.
 * No reader or no key is an empty list and OK. ERR_TOKEN_NO_SERVICE, ERR_TOKEN_REFUSED. */
enum err token_list(struct token_info **list, size_t *count, struct error *e);
/* The one of them with that serial, or NULL. */
const struct token_info *token_among(const struct token_info *list, size_t count, const char *serial);

/* Tries left for the PIN of the key with that serial; TOKEN_TRIES_UNKNOWN where it isn't in or doesn't tell. */
int token_pin_tries(const char *serial);

/* Opens the key with that serial. With NULL or "": the one key that is in.
 * ERR_TOKEN_NO_READER, ERR_TOKEN_NONE, ERR_TOKEN_SEVERAL (names them),
 * ERR_TOKEN_OTHER (asked for X, found Y). token_close takes NULL and sets NULL;
 * it resets a card that was unlocked, so that no PIN stays verified. */
enum err token_open(const char *serial, struct token **out, struct error *e);
void token_close(struct token **t);
/* The same, and inside a step already: the key isn't selected and named twice. The caller ends it by token_end. `ahead` (NULL: none) is taken over in
 * any case: it is the one that is opened, or is closed first where it isn't the wanted one. */
enum err token_open_begun(const char *serial, struct token *ahead, struct token **out, struct error *e);
/* Opens the key for token_open_begun, from a thread that has time for it: selects it and reads its serial, and where it is named or alone holds it in a
 * step, so that to list the keys finds it busy. The caller's; NULL where it can't be opened, and why is token_open_begun's to say. */
struct token *token_open_ahead(const char *serial);
const char *token_serial(const struct token *t);

/* One step: nests; every OK of token_begin needs its token_end. */
enum err token_begin(struct token *t, struct error *e);
void token_end(struct token *t);
/* Inside a step: reads the serial now, where there is something to wait for, and not once more when the next write begins: in a
 * transaction that lasts the key can't have become another. Outside of one nothing. */
enum err token_expect_write(struct token *t, struct error *e);

/* A new pair in `slot`; the old one is gone at once. Needs the management key.
 * `public_key` gets SubjectPublicKeyInfo DER. May take minutes on a real key. */
enum err token_generate(struct token *t, enum token_slot slot, enum token_algorithm algorithm, struct bytes *public_key,
	struct error *e);
/* Puts a pair that was made elsewhere (an encryption pair from the CA) into `slot`: PKCS#8 DER, unencrypted; the caller
 * wipes it. Needs the management key. ERR_TOKEN_PAIR where it is no pair of that algorithm. */
enum err token_import(struct token *t, enum token_slot slot, enum token_algorithm algorithm, const void *pkcs8,
	size_t length, struct error *e);
/* Signs a 32-byte digest: SHA-256 with RSA (PKCS#1 v1.5) and ECDSA (DER), the value e for SM2 (DER). Needs the PIN.
 * ERR_TOKEN_NO_KEY where the slot is empty or holds another kind of key. */
enum err token_sign(struct token *t, enum token_slot slot, enum token_algorithm algorithm, const uint8_t digest[32],
	struct bytes *signature, struct error *e);
/* Writes a certificate (DER), reads it back and compares. Needs the management key. ERR_TOKEN_WRITE where it differs. */
enum err token_write_certificate(
	struct token *t, enum token_slot slot, const void *der, size_t length, struct error *e);
/* ERR_TOKEN_NO_CERTIFICATE where there is none, ERR_TOKEN_CERTIFICATE where what lies there is cut or compressed. */
enum err token_read_certificate(struct token *t, enum token_slot slot, struct bytes *der, struct error *e);
/* Reads the certificate, which must be `expected` (DER; NULL: any), signs a random value and verifies it with the
 * certificate's key. Needs the PIN. ERR_TOKEN_MISMATCH where it is another certificate, or not the private key's. What this step has
 * written and compared isn't read once more: nobody can have come between. */
enum err token_test_signature(
	struct token *t, enum token_slot slot, const struct bytes *expected, struct error *e);

/* Codes. PIN and PUK have 6 to 8 printable ASCII characters: ERR_TOKEN_CODE_FORM else, before the card is asked.
 * A wrong one is ERR_TOKEN_PIN_WRONG or ERR_TOKEN_PUK_WRONG (tries left in detail), none left
 * ERR_TOKEN_PIN_BLOCKED or ERR_TOKEN_PUK_BLOCKED. Nothing is ever tried twice. */
enum err token_verify_pin(struct token *t, const struct secret *pin, struct error *e);
enum err token_set_pin(struct token *t, const struct secret *old, const struct secret *new, struct error *e);
enum err token_set_puk(struct token *t, const struct secret *old, const struct secret *new, struct error *e);
enum err token_unblock(struct token *t, const struct secret *puk, const struct secret *new_pin, struct error *e);
/* Tries left, or TOKEN_TRIES_UNKNOWN where the card doesn't tell. On some cards
 * asking forgets a verified PIN: ask before verifying. */
enum err token_tries_left(struct token *t, enum token_code code, int *tries, struct error *e);

/* The management key (binary; its algorithm is the card's, and stays). ERR_TOKEN_MANAGEMENT where it is wrong. */
enum err token_authenticate_management(struct token *t, const struct secret *key, struct error *e);
enum err token_set_management_key(struct token *t, const struct secret *key, struct error *e);
/* Bytes of a management key of this card: 16, 24 or 32. */
enum err token_management_key_length(struct token *t, size_t *length, struct error *e);
/* A random management key that fits this card. */
enum err token_new_management_key(struct token *t, struct secret *key, struct error *e);

/* Back to the factory's state: every key and certificate on it is lost. Spends the tries of PIN and PUK first. */
enum err token_reset(struct token *t, struct error *e);

/* Watching readers, for screens. token_watch_change waits at most `ms` (0: looks
 * only) for a key to come, go, or a reader to change; *changed says whether. List
 * the keys again after every change. Survives pcscd's absence: it then waits for it. */
struct token_watch;
enum err token_watch_open(struct token_watch **out, struct error *e);
enum err token_watch_change(struct token_watch *w, int ms, bool *changed, struct error *e);
void token_watch_close(struct token_watch **w);

#endif
