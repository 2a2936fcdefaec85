#include <stdio.h>
#include <string.h>

#include "vkey.h"

static const uint8_t application[] = {0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00};
enum { OBJECT_DISCOVERY = 0x7E, OBJECT_CHUID = 0x5FC102, OBJECT_CCC = 0x5FC107, OBJECT_PRINTED = 0x5FC109 };

unsigned do_select(struct card *c, const struct command *a, struct buffer *out)
{
	if (a->p1 != 0x04)
		return SW_P1P2;
	size_t n = a->data.length;
	if (n < 5 || n > sizeof application || memcmp(a->data.data, application, n) != 0)
		return SW_NOT_FOUND;
	card_reset(c);
	c->selected = true;
	struct buffer inner = {.length = 0}, authority = {.length = 0};
	buffer_tlv(&inner, 0x4F, application + 5, 6);
	buffer_tlv(&authority, 0x4F, application, 5);
	buffer_tlv(&inner, 0x79, authority.data, authority.length);
	buffer_tlv(out, 0x61, inner.data, inner.length);
	return SW_OK;
}

static void discovery(struct buffer *out)
{
	struct buffer inner = {.length = 0};
	buffer_tlv(&inner, 0x4F, application, sizeof application);
	buffer_tlv(&inner, 0x5F2F, (uint8_t[]){0x40, 0x00}, 2);
	buffer_tlv(out, OBJECT_DISCOVERY, inner.data, inner.length);
}

static void chuid(const struct card *c, struct buffer *out)
{
	static const uint8_t fascn[25] = {0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68,
		0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB};
	uint8_t guid[16] = "certdesk-key";
	for (int i = 0; i < 4; i++)
		guid[12 + i] = (uint8_t)(c->serial >> (24 - 8 * i));
	struct buffer inner = {.length = 0};
	buffer_tlv(&inner, 0x30, fascn, sizeof fascn);
	buffer_tlv(&inner, 0x34, guid, sizeof guid);
	buffer_tlv(&inner, 0x35, "20500101", 8);
	buffer_tlv(&inner, 0x3E, NULL, 0);
	buffer_tlv(&inner, 0xFE, NULL, 0);
	buffer_tlv(out, 0x53, inner.data, inner.length);
}

static void capabilities(const struct card *c, struct buffer *out)
{
	uint8_t identifier[21] = {0xA0, 0x00, 0x00, 0x01, 0x16, 0xFF, 0x02};
	for (int i = 0; i < 4; i++)
		identifier[17 + i] = (uint8_t)(c->serial >> (24 - 8 * i));
	static const uint8_t rest[] = {0xF1, 1, 0x21, 0xF2, 1, 0x21, 0xF3, 0, 0xF4, 1, 0, 0xF5, 1, 0x10, 0xF6, 0, 0xF7,
		0, 0xFA, 0, 0xFB, 0, 0xFC, 0, 0xFD, 0, 0xFE, 0};
	struct buffer inner = {.length = 0};
	buffer_tlv(&inner, 0xF0, identifier, sizeof identifier);
	buffer_add(&inner, rest, sizeof rest);
	buffer_tlv(out, 0x53, inner.data, inner.length);
}

/* The object that a command's 5C element names; 0 where it names none. */
static uint32_t object_named(struct view data, size_t *used)
{
	unsigned tag;
	struct view rest = data, name;
	if (!view_next(&rest, &tag, &name) || tag != 0x5C || name.length < 1 || name.length > 3)
		return 0;
	uint32_t id = 0;
	for (size_t i = 0; i < name.length; i++)
		id = id << 8 | name.data[i];
	*used = data.length - rest.length;
	return id;
}

unsigned do_get_data(struct card *c, const struct command *a, struct buffer *out)
{
	size_t used;
	uint32_t id = object_named(a->data, &used);
	if (a->p1 != 0x3F || a->p2 != 0xFF)
		return SW_P1P2;
	if (!id)
		return SW_DATA;
	const struct object *o = object_find(c, id);
	if (id == OBJECT_DISCOVERY)
		discovery(out);
	else if (o && id == OBJECT_PRINTED && !c->pin_verified)
		return SW_SECURITY;
	else if (o)
		buffer_add(out, o->data, o->length);
	else if (id == OBJECT_CHUID)
		chuid(c, out);
	else if (id == OBJECT_CCC)
		capabilities(c, out);
	else
		return SW_NOT_FOUND;
	return SW_OK;
}

unsigned put_piece(struct card *c, const uint8_t *data, size_t length)
{
	size_t used;
	if (!c->managed)
		return SW_SECURITY;
	uint32_t id = object_named((struct view){data, length}, &used);
	if (!id || id == OBJECT_DISCOVERY)
		return SW_DATA;
	if (length - used > OBJECT_MOST)
		return SW_FULL;
	return object_set(c, id, data + used, length - used) && state_save(c) ? SW_OK : SW_FULL;
}

unsigned do_put_data(struct card *c, const struct command *a, struct buffer *out)
{
	(void)out;
	size_t used;
	if (a->p1 != 0x3F || a->p2 != 0xFF)
		return SW_P1P2;
	if (!c->managed)
		return SW_SECURITY;
	uint32_t id = object_named(a->data, &used);
	if (!id)
		return SW_DATA;
	struct view rest = {a->data.data + used, a->data.length - used}, content;
	unsigned tag;
	if (!view_next(&rest, &tag, &content) || tag != 0x53 || rest.length)
		return SW_DATA;
	if (content.length == 0)
		return object_set(c, id, NULL, 0) && state_save(c) ? SW_OK : SW_FAULT;
	return put_piece(c, a->data.data, a->data.length);
}

unsigned do_serial(struct card *c, const struct command *a, struct buffer *out)
{
	(void)a;
	for (int i = 0; i < 4; i++)
		buffer_byte(out, (uint8_t)(c->serial >> (24 - 8 * i)));
	return SW_OK;
}

unsigned do_version(struct card *c, const struct command *a, struct buffer *out)
{
	(void)c, (void)a;
	buffer_add(out, (uint8_t[]){5, 4, 3}, 3);
	return SW_OK;
}

static void code_metadata(const struct code *code, const uint8_t *factory, struct buffer *out)
{
	buffer_tlv(out, 0x01, (uint8_t[]){0xFF}, 1);
	buffer_tlv(out, 0x05, (uint8_t[]){memcmp(code->value, factory, CODE_SIZE) == 0}, 1);
	buffer_tlv(out, 0x06, (uint8_t[]){(uint8_t)code->most, (uint8_t)code->tries}, 2);
}

unsigned do_metadata(struct card *c, const struct command *a, struct buffer *out)
{
	if (a->p1 != 0)
		return SW_P1P2;
	if (a->p2 == 0x80) {
		code_metadata(&c->pin, factory_pin, out);
		return SW_OK;
	}
	if (a->p2 == 0x81) {
		code_metadata(&c->puk, factory_puk, out);
		return SW_OK;
	}
	if (a->p2 == 0x9B) {
		buffer_tlv(out, 0x01, &c->management_algorithm, 1);
		buffer_tlv(out, 0x02, (uint8_t[]){0x00, 0x01}, 2);
		bool factory = management_key_length(c->management_algorithm) == sizeof factory_management_key &&
			memcmp(c->management_key, factory_management_key, sizeof factory_management_key) == 0;
		buffer_tlv(out, 0x05, (uint8_t[]){factory}, 1);
		return SW_OK;
	}
	int index = slot_index(a->p2);
	if (index < 0)
		return SW_P1P2;
	const struct slot *s = &c->slots[index];
	if (!s->key)
		return SW_NO_REFERENCE;
	buffer_tlv(out, 0x01, &s->algorithm, 1);
	buffer_tlv(out, 0x02, (uint8_t[]){s->pin_policy, s->touch_policy}, 2);
	buffer_tlv(out, 0x03, &s->origin, 1);
	struct buffer key = {.length = 0};
	key_public(s, &key);
	buffer_tlv(out, 0x04, key.data, key.length);
	return SW_OK;
}

/* Which byte means SM2, as CanoKey tells it. */
unsigned do_extension(struct card *c, const struct command *a, struct buffer *out)
{
	if (a->p1 != 0x01 || a->p2 != 0x00)
		return SW_P1P2;
	if (!c->managed)
		return SW_SECURITY;
	buffer_add(out, (uint8_t[]){0x01, 0xE0, 0x05, 0x16, 0xE1, 0x53, ALG_SM2}, 7);
	return SW_OK;
}
