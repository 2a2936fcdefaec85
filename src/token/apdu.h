/* Commands to a card. The way to the card is a function pointer, so that drivers
 * are tested without hardware. */
#ifndef CERTDESK_TOKEN_APDU_H
#define CERTDESK_TOKEN_APDU_H

#include "base/bytes.h"

#define APDU_PIECE 255	       /* data bytes of one command of a chain */
#define APDU_ANSWER_MOST 16384 /* an answer longer than this is ERR_TOKEN_ANSWER */

/* Sends `length` bytes and receives at most *answer_length bytes, status word
 * included; sets *answer_length. ERR_TOKEN_REMOVED, ERR_TOKEN_BUSY, ERR_TOKEN_ANSWER. */
struct apdu_transport {
	void *context;
	enum err (*transmit)(void *context, const uint8_t *command, size_t length, uint8_t *answer,
		size_t *answer_length, struct error *e);
	uint8_t *note; /* what a driver remembers of the card as long as nobody else can change it; 0: nothing. May be NULL */
};

struct apdu {
	uint8_t ins, p1, p2;
	const void *data; /* may be NULL */
	size_t length;
};

/* Sends one command, as a chain where it is longer than a piece, and collects the
 * answer over GET RESPONSE. `answer` (emptied first; may be NULL) gets the data,
 * `sw` the final status word: 0x9000 is success, all others are the caller's to
 * judge. A card that stops a chain early ends it there, with its status word. */
enum err apdu_exchange(const struct apdu_transport *card, const struct apdu *command, struct bytes *answer,
	unsigned *sw, struct error *e);

#endif
