#include "token/apdu.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/lang.h"

enum { HEAD = 5, BLOCK = HEAD + APDU_PIECE + 1, ANSWER_BLOCK = 4096, ROUNDS = 256 };

/* One command to the card: appends the data to `answer`, sets the status word. */
static enum err send(const struct apdu_transport *card, const uint8_t *block, size_t length, struct bytes *answer,
	unsigned *sw, struct error *e)
{
	uint8_t in[ANSWER_BLOCK];
	size_t n = sizeof in;
	enum err r = card->transmit(card->context, block, length, in, &n, e);
	if (r)
		return r;
	if (n < 2 || n > sizeof in) {
		r = error_set(e, ERR_TOKEN_ANSWER, "%zu", n);
		goto out;
	}
	*sw = (unsigned)in[n - 2] << 8 | in[n - 1];
	if (answer && answer->length + n - 2 > APDU_ANSWER_MOST)
		r = error_set(e, ERR_TOKEN_ANSWER, "%s", tr("数据过长", "too much data"));
	else if (answer && bytes_add(answer, in, n - 2))
		r = error_set(e, ERR_MEMORY, "%s", "");
out:
	OPENSSL_cleanse(in, sizeof in);
	return r;
}

/* The command itself, in pieces; the last status word counts. */
static enum err send_pieces(
	const struct apdu_transport *card, const struct apdu *a, struct bytes *answer, unsigned *sw, struct error *e)
{
	uint8_t block[BLOCK];
	enum err r = OK;
	const uint8_t *data = a->data;
	for (size_t from = 0;;) {
		size_t left = a->length - from, now = left < APDU_PIECE ? left : APDU_PIECE, n = 4;
		bool last = now == left;
		memcpy(block, (uint8_t[]){last ? 0x00 : 0x10, a->ins, a->p1, a->p2}, 4);
		if (now) {
			block[n++] = (uint8_t)now;
			memcpy(block + n, data + from, now);
			n += now;
		}
		if (last && answer)
			block[n++] = 0x00;
		r = send(card, block, n, last ? answer : NULL, sw, e);
		from += now;
		if (r || last || *sw != 0x9000)
			break;
	}
	OPENSSL_cleanse(block, sizeof block);
	return r;
}

enum err apdu_exchange(const struct apdu_transport *card, const struct apdu *command, struct bytes *answer,
	unsigned *sw, struct error *e)
{
	if (answer)
		bytes_free(answer);
	enum err r = send_pieces(card, command, answer, sw, e);
	for (int round = 0; !r && (*sw & 0xFF00) == 0x6100; round++) {
		if (round == ROUNDS)
			return error_set(e, ERR_TOKEN_ANSWER, "%04X", *sw);
		r = send(card, (uint8_t[]){0x00, 0xC0, 0x00, 0x00, (uint8_t)*sw}, HEAD, answer, sw, e);
	}
	return r;
}
