#include <errno.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vkey.h"

const uint8_t factory_pin[CODE_SIZE] = {'1', '2', '3', '4', '5', '6', 0xFF, 0xFF};
const uint8_t factory_puk[CODE_SIZE] = {'1', '2', '3', '4', '5', '6', '7', '8'};
const uint8_t factory_management_key[24] = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};

static const uint8_t first_slots[] = {0x9A, 0x9C, 0x9D, 0x9E};

int slot_index(uint8_t reference)
{
	for (int i = 0; i < 4; i++)
		if (first_slots[i] == reference)
			return i;
	if (reference >= 0x82 && reference <= 0x95)
		return 4 + reference - 0x82;
	return reference == 0xF9 ? SLOTS - 1 : -1;
}

uint8_t slot_reference(int index)
{
	return index < 4 ? first_slots[index] : index == SLOTS - 1 ? 0xF9 : (uint8_t)(0x82 + index - 4);
}

struct object *object_find(struct card *c, uint32_t id)
{
	for (int i = 0; i < OBJECTS; i++)
		if (c->objects[i].data && c->objects[i].id == id)
			return &c->objects[i];
	return NULL;
}

/* Zero bytes remove the object. */
bool object_set(struct card *c, uint32_t id, const uint8_t *data, size_t length)
{
	struct object *o = object_find(c, id);
	for (int i = 0; !o && length > 0 && i < OBJECTS; i++)
		if (!c->objects[i].data)
			o = &c->objects[i];
	if (!o)
		return length == 0;
	uint8_t *copy = NULL;
	if (length > 0) {
		copy = malloc(length);
		if (!copy)
			return false;
		memcpy(copy, data, length);
	}
	free(o->data);
	*o = (struct object){id, copy, length};
	return true;
}

void state_factory(struct card *c)
{
	c->pin = (struct code){.tries = 3, .most = 3};
	c->puk = (struct code){.tries = 3, .most = 3};
	memcpy(c->pin.value, factory_pin, CODE_SIZE);
	memcpy(c->puk.value, factory_puk, CODE_SIZE);
	c->management_algorithm = ALG_3DES;
	memset(c->management_key, 0, sizeof c->management_key);
	memcpy(c->management_key, factory_management_key, sizeof factory_management_key);
	for (int i = 0; i < SLOTS; i++) {
		EVP_PKEY_free(c->slots[i].key);
		c->slots[i] = (struct slot){0};
	}
	for (int i = 0; i < OBJECTS; i++) {
		free(c->objects[i].data);
		c->objects[i] = (struct object){0};
	}
}

static void put_hex(FILE *f, const char *name, const uint8_t *data, size_t length)
{
	fprintf(f, "%s ", name);
	for (size_t i = 0; i < length; i++)
		fprintf(f, "%02x", data[i]);
	fputc('\n', f);
}

static void put_slot(FILE *f, int index, const struct slot *s)
{
	char name[16];
	uint8_t *der = NULL;
	int length = i2d_PrivateKey(s->key, &der);
	if (length <= 0)
		return;
	uint8_t *line = malloc((size_t)length + 4);
	if (line) {
		memcpy(line, (uint8_t[]){s->algorithm, s->pin_policy, s->touch_policy, s->origin}, 4);
		memcpy(line + 4, der, (size_t)length);
		snprintf(name, sizeof name, "slot-%02x", slot_reference(index));
		put_hex(f, name, line, (size_t)length + 4);
		free(line);
	}
	OPENSSL_free(der);
}

bool state_save(const struct card *c)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s.new", c->state_file) >= (int)sizeof path)
		return false;
	mode_t old = umask(077);
	FILE *f = fopen(path, "w");
	umask(old);
	if (!f) {
		fprintf(stderr, "vkey: %s: %s\n", path, strerror(errno));
		return false;
	}
	put_hex(f, "serial",
		(uint8_t[]){c->serial >> 24 & 255, c->serial >> 16 & 255, c->serial >> 8 & 255, c->serial & 255}, 4);
	put_hex(f, "pin", c->pin.value, CODE_SIZE);
	put_hex(f, "puk", c->puk.value, CODE_SIZE);
	put_hex(f, "tries",
		(uint8_t[]){(uint8_t)c->pin.tries, (uint8_t)c->pin.most, (uint8_t)c->puk.tries, (uint8_t)c->puk.most},
		4);
	put_hex(f, "management-algorithm", &c->management_algorithm, 1);
	put_hex(f, "management-key", c->management_key, management_key_length(c->management_algorithm));
	for (int i = 0; i < SLOTS; i++)
		if (c->slots[i].key)
			put_slot(f, i, &c->slots[i]);
	for (int i = 0; i < OBJECTS; i++)
		if (c->objects[i].data) {
			char name[32];
			snprintf(name, sizeof name, "object-%06x", (unsigned)c->objects[i].id & 0xFFFFFF);
			put_hex(f, name, c->objects[i].data, c->objects[i].length);
		}
	bool good = !ferror(f);
	if (fclose(f) != 0 || !good || rename(path, c->state_file) != 0) {
		fprintf(stderr, "vkey: %s: %s\n", c->state_file, strerror(errno));
		return false;
	}
	return true;
}

static bool get_hex(const char *text, uint8_t *out, size_t room, size_t *length)
{
	for (*length = 0; *text && *text != '\n'; text += 2) {
		unsigned byte;
		if (*length == room || sscanf(text, "%2x", &byte) != 1 || !text[1])
			return false;
		out[(*length)++] = (uint8_t)byte;
	}
	return true;
}

static bool take_slot(struct card *c, unsigned reference, const uint8_t *data, size_t length)
{
	int index = slot_index((uint8_t)reference);
	const uint8_t *der = data + 4;
	if (index < 0 || length < 5)
		return false;
	struct slot *s = &c->slots[index];
	*s = (struct slot){data[0], data[1], data[2], data[3], d2i_AutoPrivateKey(NULL, &der, (long)(length - 4))};
	return s->key != NULL;
}

static bool take_line(struct card *c, const char *name, const uint8_t *data, size_t length)
{
	unsigned id;
	if (!strcmp(name, "serial") && length == 4)
		c->serial = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
	else if (!strcmp(name, "pin") && length == CODE_SIZE)
		memcpy(c->pin.value, data, CODE_SIZE);
	else if (!strcmp(name, "puk") && length == CODE_SIZE)
		memcpy(c->puk.value, data, CODE_SIZE);
	else if (!strcmp(name, "tries") && length == 4) {
		c->pin.tries = data[0], c->pin.most = data[1];
		c->puk.tries = data[2], c->puk.most = data[3];
	} else if (!strcmp(name, "management-algorithm") && length == 1 && management_key_length(data[0]))
		c->management_algorithm = data[0];
	else if (!strcmp(name, "management-key") && length == management_key_length(c->management_algorithm))
		memcpy(c->management_key, data, length);
	else if (sscanf(name, "slot-%2x", &id) == 1)
		return take_slot(c, id, data, length);
	else if (sscanf(name, "object-%6x", &id) == 1)
		return object_set(c, id, data, length);
	else
		return false;
	return true;
}

/* No file is a new key. */
bool state_load(struct card *c)
{
	uint32_t serial = c->serial;
	state_factory(c);
	FILE *f = fopen(c->state_file, "r");
	if (!f)
		return errno == ENOENT ? state_save(c) : false;
	static char line[2 * ANSWER_MOST + 64];
	static uint8_t data[ANSWER_MOST];
	bool good = true;
	while (good && fgets(line, sizeof line, f)) {
		char *space = strchr(line, ' ');
		size_t length = 0;
		good = space && get_hex(space + 1, data, sizeof data, &length);
		if (good) {
			*space = '\0';
			good = take_line(c, line, data, length);
		}
	}
	fclose(f);
	if (!good)
		fprintf(stderr, "vkey: %s: a line can't be read\n", c->state_file);
	else if (serial && serial != c->serial) {
		fprintf(stderr, "vkey: %s belongs to key %u\n", c->state_file, (unsigned)c->serial);
		return false;
	}
	return good;
}
