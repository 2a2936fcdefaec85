#include "desk/oldkey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/keylist.h"
#include "desk/keys.h"
#include "desk/subject.h"
#include "desk/staffkey.h"
#include "rules/keystate.h"

enum err oldkey_due(struct desk *d, const struct order *o, char serial[TOKEN_SERIAL_SIZE], struct error *e)
{
	const struct replacement *how = strcmp(o->business, "replace") == 0 ? replacement_find(o->reason) : NULL;
	struct subject s = {0};
	serial[0] = '\0';
	if (!how || !replacement_collects(how))
		return OK;
	enum err r = subject_load(d, o, &s, e);
	bool with_customer = *s.key_state && !key_in_drawer(s.key_state) && strcmp(s.key_state, "lost") != 0;
	if (!r && with_customer && key_event_to("collect", s.key_state))
		text_copy(serial, TOKEN_SERIAL_SIZE, s.key_serial);
	subject_free(&s);
	return r;
}

enum err oldkey_issued(struct desk *d, const struct order *o, const char *serial, const char *state, struct error *e)
{
	return key_in_drawer(state) && key_event_to("collect", state) ? key_move(d, serial, "returned", 0, o->no, NULL, e) : OK;
}

enum err oldkeys_look(struct desk *d, const struct handover_taker *given, struct oldkeys *out, struct error *e)
{
	*out = (struct oldkeys){.given = given, .collected = json_array(), .unread = json_array()};
	if (customer_keys(d, &out->in, &out->count, NULL)) /* no reader: it is typed, or scanned */
		out->count = 0;
	return out->collected && out->unread ? OK : error_set(e, ERR_MEMORY, "%s", "");
}

void oldkeys_free(struct oldkeys *k)
{
	free(k->in);
	json_decref(k->collected);
	json_decref(k->unread);
	*k = (struct oldkeys){0};
}

/* The next of "10000001,10000002", as scanners and commands give them; false behind the last. */
static bool next_typed(const char **list, char one[TOKEN_SERIAL_SIZE])
{
	if (!*list || !*(*list += strspn(*list, ", ")))
		return false;
	size_t n = strcspn(*list, ", ");
	snprintf(one, TOKEN_SERIAL_SIZE, "%.*s", (int)n, *list);
	*list += n;
	return true;
}

static bool typed(const char *list, const char *serial)
{
	char one[TOKEN_SERIAL_SIZE];
	while (next_typed(&list, one))
		if (key_serial_same(one, serial))
			return true;
	return false;
}

enum err oldkeys_collect(struct desk *d, const struct order *o, struct oldkeys *k, struct error *e)
{
	char serial[TOKEN_SERIAL_SIZE], why[512];
	const char *list = k->given->old_key, *reason = k->given->old_unread;
	const char *of = k->given->old_unread_of;
	enum err r = oldkey_due(d, o, serial, e);
	if (r || !*serial)
		return r;
	bool shown = token_among(k->in, k->count, serial) || typed(list, serial);
	bool unread = !shown && reason && reason_good(reason) && (!of || typed(of, serial));
	if (!shown && !unread)
		return error_set(e, list && *list ? ERR_HANDOVER_OLD_OTHER : ERR_HANDOVER_OLD_KEY, "%s", serial);
	snprintf(why, sizeof why, "%s%s%s", o->no, unread ? " " : "", unread ? reason : "");
	if ((r = key_move(d, serial, "returned", 0, why, NULL, e)))
		return r;
	json_array_append_new(k->collected, json_string(serial));
	if (unread)
		json_array_append_new(k->unread, json_string(serial));
	return OK;
}

static bool in_list(const json_t *serials, const char *serial)
{
	const json_t *each;
	size_t i;
	json_array_foreach((json_t *)serials, i, each)
		if (key_serial_same(serial, json_string_value(each)))
			return true;
	return false;
}

/* What was given has to be what was collected: another key shows nothing. */
static enum err no_stranger(const struct oldkeys *k, const char *list, struct error *e)
{
	char one[TOKEN_SERIAL_SIZE], due[300] = "";
	const json_t *each;
	size_t i;
	bool stranger = false;
	while (next_typed(&list, one))
		stranger |= !in_list(k->collected, one);
	json_array_foreach(k->collected, i, each)
		lang_list_add(due, sizeof due, json_string_value(each));
	return stranger ? error_set(e, ERR_HANDOVER_OLD_OTHER, "%s", due) : OK;
}

enum err oldkeys_done(const struct oldkeys *k, json_t *facts, struct error *e)
{
	const char *list = k->given->old_key, *reason = k->given->old_unread;
	bool given = (list && *list) || (reason && *reason);
	if (!json_array_size(k->collected))
		return given ? error_set(e, ERR_HANDOVER_OLD_NONE, "%s", list && *list ? list : reason) : OK;
	enum err r = no_stranger(k, list, e);
	if (r)
		return r;
	json_object_set(facts, "old_keys", k->collected);
	if (json_array_size(k->unread)) {
		json_object_set(facts, "unread", k->unread);
		json_object_set_new(facts, "reason", json_string(reason));
	}
	return OK;
}
