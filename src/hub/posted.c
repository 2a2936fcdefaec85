#include "hub/posted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/envelope.h"
#include "sync/protocol.h"
#include "sync/raw.h"

enum { SIGNATURE_MOST = 160 };

static bool read_integer(const json_t *object, const char *name, int64_t least, int64_t *out)
{
	const json_t *value = json_object_get(object, name);
	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= least;
}

/* Where values come from: behind the JSON, or in it, as base64. */
struct source {
	struct raw raw;
	struct bytes *decoded;
	size_t most; /* what base64 within the text can come to */
};

static bool read_raw(const json_t *value, size_t most, struct source *from, struct posted_value *out)
{
	const void *data;
	bool good = raw_take(&from->raw, value, &data, &out->length) && out->length <= most;
	out->data = good ? data : NULL;
	return good;
}

static bool read_binary(const json_t *object, const char *name, size_t most, struct source *from, struct posted_value *out)
{
	const json_t *value = json_object_get(object, name);
	size_t length = json_string_length(value), before = from->decoded->length;
	if (!json_is_string(value))
		return read_raw(value, most, from, out);
	if (length == 0 || length / 4 * 3 > most || (!from->decoded->data && bytes_room(from->decoded, from->most)) ||
	    !base64_decode(json_string_value(value), length, from->decoded))
		return false;
	*out = (struct posted_value){from->decoded->data + before, from->decoded->length - before};
	return true;
}

/* Names of kinds and actions: nothing that could be anything else anywhere. */
static bool plain_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
	return n >= 1 && n <= POSTED_NAME && !name[n];
}

static bool read_state(const json_t *object, struct source *from, struct posted_state *s)
{
	const json_t *body = json_object_get(object, "body");
	s->kind = json_text(object, "kind");
	s->purged = json_is_null(body);
	return plain_name(s->kind) && read_integer(object, "record", 1, &s->record) && read_integer(object, "version", 1, &s->version) &&
	       read_integer(object, "dk", 1, &s->dk) && (s->purged || read_binary(object, "body", JOURNAL_BODY_MOST, from, &s->body));
}

static bool read_text(const json_t *text, struct source *from, struct posted_entry *p)
{
	struct posted_value value;
	bool apart = json_is_integer(text);
	if (apart && (!read_raw(text, JOURNAL_BODY_MOST, from, &value) || bytes_add(&p->raw, value.data, value.length)))
		return false;
	p->text = apart ? (const char *)p->raw.data : json_string_value(text);
	p->length = apart ? p->raw.length : json_string_length(text);
	return p->text && p->length && p->length <= JOURNAL_BODY_MOST && strlen(p->text) == p->length;
}

static bool read_entry(const json_t *object, struct source *from, struct posted_entry *p)
{
	const json_t *states = json_object_get(object, "states"), *state;
	size_t i, count = json_array_size(states);
	p->hash = json_text(object, "hash");
	if (!json_is_array(states) || !posted_digest(p->hash) || !read_integer(object, "seq", 1, &p->seq) ||
	    !read_binary(object, "signature", SIGNATURE_MOST, from, &p->signature))
		return false;
	if (count && !(p->states = calloc(count, sizeof *p->states)))
		return false;
	p->state_count = count;
	json_array_foreach(states, i, state)
		if (!read_state(state, from, &p->states[i]))
			return false;
	return true;
}

static bool read_key(const json_t *object, struct source *from, struct posted_key *k)
{
	return read_integer(object, "dk", 1, &k->dk) && read_binary(object, "cms", ENVELOPE_MOST, from, &k->cms);
}

static enum err read_gone(struct posted *p, struct error *e)
{
	const json_t *list = json_object_get(p->root, "gone"), *one;
	size_t i;
	if (!(p->gone = json_object()))
		return error_set(e, ERR_MEMORY, "journal");
	if (list && !json_is_array(list))
		return error_set(e, ERR_JSON, "gone");
	json_array_foreach(list, i, one)
		if (!json_is_string(one) || !posted_digest(json_string_value(one)) || json_object_set_new(p->gone, json_string_value(one), json_true()))
			return error_set(e, ERR_JSON, "gone[%zu]", i);
	return OK;
}

static enum err read_all(struct posted *p, struct source *from, struct error *e)
{
	const json_t *entries = json_object_get(p->root, "entries"), *keys = json_object_get(p->root, "keys"), *one;
	size_t i, n = json_array_size(entries), m = json_array_size(keys), states = 0, values = 0;
	bool large = p->body.length > POSTED_VALUES_MOST; /* else there are fewer letters */
	if (!json_is_array(entries) || (keys && !json_is_array(keys)) || n > PAGE_ENTRIES || m > POSTED_STATES_MOST)
		return error_set(e, ERR_JSON, "entries, keys");
	p->entries = calloc(n + 1, sizeof *p->entries);
	p->keys = calloc(m + 1, sizeof *p->keys);
	if (!p->entries || !p->keys)
		return error_set(e, ERR_MEMORY, "journal");
	p->entry_count = n;
	p->key_count = m;
	json_array_foreach(entries, i, one) {
		if (!read_text(json_object_get(one, "entry"), from, &p->entries[i]))
			return error_set(e, ERR_JSON, "entries[%zu]", i);
		if (large && (values += json_values(p->entries[i].text, p->entries[i].length, POSTED_VALUES_MOST)) > POSTED_VALUES_MOST)
			return error_set(e, ERR_JSON, "entries[%zu]: too much", i);
	}
	json_array_foreach(entries, i, one) {
		if ((states += json_array_size(json_object_get(one, "states"))) > POSTED_STATES_MOST)
			return error_set(e, ERR_JSON, "states");
		if (!read_entry(one, from, &p->entries[i]))
			return error_set(e, ERR_JSON, "entries[%zu]", i);
	}
	json_array_foreach(keys, i, one)
		if (!read_key(one, from, &p->keys[i]))
			return error_set(e, ERR_JSON, "keys[%zu]", i);
	return from->raw.left ? error_set(e, ERR_JSON, "%zu bytes more", from->raw.left) : read_gone(p, e);
}

enum err posted_read(struct bytes *body, struct posted *out, struct error *e)
{
	const char *text;
	size_t text_length;
	struct source from = {.decoded = &out->decoded};
	out->body = *body;
	*body = (struct bytes){0};
	raw_open(out->body.data, out->body.length, &text, &text_length, &from.raw);
	if (out->body.length > JOURNAL_BODY_MOST || (text_length > POSTED_VALUES_MOST && json_values(text, text_length, POSTED_VALUES_MOST) > POSTED_VALUES_MOST))
		return error_set(e, ERR_JSON, "too much");
	from.most = text_length;
	enum err r = json_parse(text, text_length, &out->root, e);
	return r ? r : read_all(out, &from, e);
}

void posted_free(struct posted *p)
{
	for (size_t i = 0; i < p->entry_count; i++) {
		struct posted_entry *entry = &p->entries[i];
		free(entry->states);
		bytes_free(&entry->raw);
		json_decref(entry->entry);
	}
	free(p->entries);
	free(p->keys);
	json_decref(p->gone);
	json_decref(p->root);
	bytes_free(&p->body);
	bytes_free(&p->decoded);
	*p = (struct posted){0};
}

bool posted_digest(const char *text)
{
	return strncmp(text, "sha256:", 7) == 0 && strspn(text + 7, "0123456789abcdef") == 64 && !text[7 + 64];
}

static bool no(char why[POSTED_WHY], const char *what)
{
	text_copy(why, POSTED_WHY, what);
	return false;
}

static bool has_text(const json_t *entry, const char *name)
{
	return json_is_string(json_object_get(entry, name));
}

/* Only what the chain hangs on: whatever else an entry says is judged, and never stops the queue. The text is the canonical form of what it
 * says: one entry has one text, whoever writes it. */
static bool well_formed(struct posted_entry *p, char why[POSTED_WHY])
{
	struct json_look look = {.most = POSTED_VALUES_MOST};
	p->entry = json_read_look(p->text, p->length, &look, NULL);
	if (!json_is_object(p->entry) || !look.canonical)
		return no(why, "no canonical entry");
	if (!read_integer(p->entry, "epoch", 1, &p->epoch) || !read_integer(p->entry, "time", 0, &p->time) || !has_text(p->entry, "actor") ||
	    !has_text(p->entry, "second") || !has_text(p->entry, "station") || !has_text(p->entry, "subject") || !has_text(p->entry, "program") ||
	    !plain_name(json_text(p->entry, "action")) || !json_is_array(json_object_get(p->entry, "records")))
		return no(why, "entry incomplete");
	return true;
}

static bool state_matches(const struct posted_state *s, const json_t *record)
{
	const char *kind = json_string_value(json_array_get(record, 0)), *digest = json_string_value(json_array_get(record, 3));
	char have[DIGEST_TEXT_SIZE];
	if (!kind || !digest || strcmp(kind, s->kind) != 0 || json_integer_value(json_array_get(record, 1)) != s->record ||
	    json_integer_value(json_array_get(record, 2)) != s->version || json_array_size(record) != 4)
		return false;
	if (s->purged)
		return posted_digest(digest);
	digest_text(s->body.data, s->body.length, have);
	return strcmp(have, digest) == 0;
}

/* In order of kind and number, each once. */
static bool in_order(const struct posted_state *a, const struct posted_state *b)
{
	int kinds = strcmp(a->kind, b->kind);
	return kinds < 0 || (kinds == 0 && a->record < b->record);
}

static bool states_match(const struct posted_entry *p, char why[POSTED_WHY])
{
	const json_t *records = json_object_get(p->entry, "records");
	if (json_array_size(records) != p->state_count)
		return no(why, "states and records differ");
	for (size_t i = 0; i < p->state_count; i++) {
		const struct posted_state *s = &p->states[i];
		if (i && !in_order(s - 1, s))
			return no(why, "records out of order");
		if (!state_matches(s, json_array_get(records, i))) {
			snprintf(why, POSTED_WHY, "state %s %lld %lld", s->kind, (long long)s->record, (long long)s->version);
			return false;
		}
	}
	return true;
}

bool posted_look(struct posted_entry *p)
{
	char hash[DIGEST_TEXT_SIZE];
	if (!p->looked) {
		p->looked = true;
		digest_text(p->text, p->length, hash);
		if (strcmp(hash, p->hash) != 0)
			no(p->wrong, "hash");
		else if (well_formed(p, p->wrong))
			states_match(p, p->states_wrong);
	}
	return !*p->wrong && !*p->states_wrong;
}

bool posted_follows(struct posted_entry *p, struct posted_chain *chain, char why[POSTED_WHY])
{
	posted_look(p);
	if (*p->wrong)
		return no(why, p->wrong);
	if (strcmp(json_text(p->entry, "site"), chain->site) != 0)
		return no(why, "another site's entry");
	if (json_number(p->entry, "seq") != p->seq || p->seq != chain->seq + 1 || strcmp(json_text(p->entry, "prev"), chain->hash) != 0)
		return no(why, "chain");
	if (p->epoch < chain->epoch || (chain->seq && p->epoch > chain->epoch + 1))
		return no(why, "epoch");
	if (p->time < chain->time)
		return no(why, "time goes back");
	if (*p->states_wrong)
		return no(why, p->states_wrong);
	chain->seq = p->seq;
	chain->epoch = p->epoch;
	chain->time = p->time;
	text_copy(chain->hash, sizeof chain->hash, p->hash);
	return true;
}
