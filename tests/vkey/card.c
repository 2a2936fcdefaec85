#include <string.h>

#include "vkey.h"

static const struct {
	uint8_t ins;
	unsigned (*run)(struct card *c, const struct command *a, struct buffer *out);
} commands[] = {
	{0xA4, do_select},
	{0xCB, do_get_data},
	{0xDB, do_put_data},
	{0x20, do_verify},
	{0x24, do_change},
	{0x2C, do_unblock},
	{0x47, do_generate},
	{0x87, do_authenticate},
	{0xF7, do_metadata},
	{0xF8, do_serial},
	{0xFD, do_version},
	{0xFA, do_retries},
	{0xFB, do_reset},
	{0xFE, do_import},
	{0xFF, do_set_management},
	{0xEE, do_extension},
};

void card_reset(struct card *c)
{
	c->selected = c->pin_verified = c->pin_fresh = c->managed = c->chaining = false;
	c->challenge_kind = CHALLENGE_NONE;
	c->chain_length = c->pending.length = c->pending_from = 0;
}

/* ISO 7816-4: short and extended lengths. */
static bool parse(struct command *a, const uint8_t *p, size_t n)
{
	if (n < 4)
		return false;
	*a = (struct command){p[0], p[1], p[2], p[3], {p + 4, 0}, 0};
	p += 4;
	n -= 4;
	bool extended = n >= 3 && p[0] == 0;
	if (n == 0)
		return true;
	if (n == 1) {
		a->expected = p[0] ? p[0] : 256;
		return true;
	}
	if (extended && n == 3) {
		a->expected = (size_t)p[1] << 8 | p[2];
		a->expected = a->expected ? a->expected : 65536;
		return true;
	}
	size_t head = extended ? 3 : 1, length = extended ? (size_t)p[1] << 8 | p[2] : p[0];
	if (length == 0 || length > n - head)
		return false;
	a->data = (struct view){p + head, length};
	p += head + length;
	n -= head + length;
	if (n == 0)
		return true;
	if (n != (extended ? 2u : 1u))
		return false;
	a->expected = extended ? (size_t)p[0] << 8 | p[1] : p[0];
	if (!a->expected)
		a->expected = extended ? 65536 : 256;
	return true;
}

static unsigned run(struct card *c, const struct command *a, struct buffer *out)
{
	if (a->cla != 0x00)
		return SW_CLA;
	if (a->ins != 0xA4 && !c->selected)
		return SW_INS;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (commands[i].ins == a->ins)
			return commands[i].run(c, a, out);
	return SW_INS;
}

/* Gathers a chain. True when `a` is whole and can run; else *sw is the answer. */
static bool gather(struct card *c, struct command *a, unsigned *sw)
{
	const uint8_t head[3] = {a->ins, a->p1, a->p2};
	bool more = a->cla & 0x10;
	if (c->chaining && memcmp(head, c->chain_head, sizeof head) != 0)
		c->chaining = false; /* another command: the chain was cut */
	if (!c->chaining && !more)
		return true;
	if (!c->chaining)
		c->chain_length = 0;
	memcpy(c->chain_head, head, sizeof head);
	if (a->data.length > sizeof c->chain - c->chain_length) {
		c->chaining = false;
		*sw = SW_FULL;
		return false;
	}
	memcpy(c->chain + c->chain_length, a->data.data, a->data.length);
	c->chain_length += a->data.length;
	c->chaining = more;
	a->cla &= (uint8_t)~0x10;
	a->data = (struct view){c->chain, c->chain_length};
	if (!more)
		return true;
	*sw = c->selected ? SW_OK : SW_INS;
	if (c->selected && a->ins == 0xDB) /* an object grows as its pieces come: a cut leaves it half written */
		*sw = put_piece(c, c->chain, c->chain_length);
	if (*sw != SW_OK)
		c->chaining = false;
	return false;
}

/* As much of the pending answer as was asked for, then 9000 or 61xx. */
static void give_pending(struct card *c, size_t expected, struct buffer *out)
{
	size_t left = c->pending.length - c->pending_from, most = expected ? expected : 256,
	       now = left < most ? left : most;
	out->length = 0;
	out->over = false;
	buffer_add(out, c->pending.data + c->pending_from, now > ANSWER_MOST - 2 ? ANSWER_MOST - 2 : now);
	c->pending_from += now;
	left -= now;
	buffer_byte(out, left ? 0x61 : 0x90);
	buffer_byte(out, left > 255 ? 0 : (uint8_t)left);
}

void card_answer(struct card *c, const uint8_t *command, size_t length, struct buffer *out)
{
	struct command a;
	unsigned sw = SW_LENGTH;
	out->length = 0;
	out->over = false;
	if (parse(&a, command, length)) {
		if (a.ins == 0xC0 && a.cla == 0 && c->pending_from < c->pending.length) {
			give_pending(c, a.expected, out);
			return;
		}
		c->pending.length = c->pending_from = 0;
		c->pending.over = false;
		if (gather(c, &a, &sw))
			sw = run(c, &a, &c->pending);
	}
	if (sw == SW_OK && !c->pending.over) {
		give_pending(c, a.expected, out);
		return;
	}
	c->pending.length = 0;
	if (sw == SW_OK)
		sw = SW_FAULT;
	buffer_byte(out, (uint8_t)(sw >> 8));
	buffer_byte(out, (uint8_t)sw);
}
