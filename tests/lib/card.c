#include "card.h"

#include <stdio.h>
#include <string.h>

static size_t from_hex(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;
	for (unsigned byte; *text && n < room; text += 2) {
		while (*text == ' ')
			text++;
		if (sscanf(text, "%2x", &byte) != 1)
			break;
		out[n++] = (uint8_t)byte;
	}
	return n;
}

static enum err scripted(
	void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length, struct error *e)
{
	struct card_script *s = context;
	const struct card_row *row = &s->rows[s->next];
	uint8_t expected[512];
	size_t n = row->command ? from_hex(row->command, expected, sizeof expected) : 0;
	if (!row->command || n > length || memcmp(expected, command, n) != 0) {
		if (!s->unexpected[0])
			hex_encode(s->unexpected, command, length < 39 ? length : 39);
		return error_set(e, ERR_INTERNAL, "%s", "the script expected another command");
	}
	s->next++;
	if (!row->answer)
		return error_set(e, ERR_TOKEN_REMOVED, "%s", "");
	*answer_length = from_hex(row->answer, answer, *answer_length);
	return OK;
}

struct apdu_transport card_scripted(struct card_script *s)
{
	return (struct apdu_transport){.context = s, .transmit = scripted};
}

static unsigned draw(struct card_random *r, unsigned below)
{
	r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(r->seed >> 33) % below;
}

static enum err anything(
	void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length, struct error *e)
{
	static const uint8_t tags[] = {
		0x53, 0x70, 0x71, 0x7C, 0x7F, 0x49, 0x80, 0x81, 0x82, 0x86, 0x01, 0x06, 0x34, 0x61, 0x00};
	static const unsigned words[] = {
		0x9000, 0x9000, 0x9000, 0x9000, 0x6108, 0x6100, 0x6982, 0x63C2, 0x6A82, 0x6D00};
	struct card_random *r = context;
	(void)command, (void)length, (void)e;
	size_t n = draw(r, 4) ? draw(r, 40) : draw(r, 300);
	if (n > *answer_length - 2)
		n = *answer_length - 2;
	for (size_t i = 0; i < n; i++) {
		unsigned left = (unsigned)(n - i - 1);
		if (i % 2 == 0 && draw(r, 2))
			answer[i] = tags[draw(r, sizeof tags)];
		else
			answer[i] = draw(r, 2) ? (uint8_t)(left > 127 ? 0x81 : left) : (uint8_t)draw(r, 256);
	}
	unsigned sw = draw(r, 8) ? words[draw(r, sizeof words / sizeof *words)] : draw(r, 0x10000);
	answer[n] = (uint8_t)(sw >> 8);
	answer[n + 1] = (uint8_t)sw;
	*answer_length = draw(r, 200) ? n + 2 : draw(r, 2);
	return OK;
}

struct apdu_transport card_anything(struct card_random *r)
{
	return (struct apdu_transport){.context = r, .transmit = anything};
}
