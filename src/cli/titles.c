/* States in words, where a command prints for people. What a code means depends on whose state it is: a returned order is one to
 * correct, a returned key lies at its maker's. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "desk/fieldtext.h"
#include "desk/order.h"
#include "desk/refund.h"
#include "rules/business.h"
#include "rules/certstate.h"
#include "rules/codeword.h"
#include "rules/keystate.h"
#include "rules/permission.h"
#include "rules/tillstate.h"
#include "rules/transition.h"

static const struct cli_title titles[] = {
	{"", NULL, "key_state", key_state_title, NULL},
	{"", NULL, "roles", role_title_of, NULL},
	{"", NULL, "method", codeword_method, NULL},
	{"", NULL, "identity_open", codeword_person, NULL},
	{"", "payments", "state", codeword_payment, NULL},
	{"", "refunds", "state", refund_state_title, NULL},
	{"", "refunds", "kind", refund_kind_title, NULL},
	{"", "signature", "state", codeword_signature, NULL},
	{"", "texts", "id", codeword_text, NULL},
	{"", "pin_deliveries", "state", codeword_pin, NULL},
	{"", "pin_deliveries", "channel", codeword_channel, NULL},
	{"", NULL, "customer", codeword_customer, NULL},
	{"", "about", "old_key", key_state_title, NULL},
	{"", "identity_checks", "of", codeword_person, NULL},
	{"", "identity_checks", "provider", codeword_check, NULL},
	{"", "identity_checks", "result", codeword_result, NULL},
	{"", "identity_checks", "reason", codeword_failure, NULL},
	{"identity list", NULL, "of", codeword_person, NULL},
	{"identity list", NULL, "provider", codeword_check, NULL},
	{"identity list", NULL, "result", codeword_result, NULL},
	{"identity list", NULL, "reason", codeword_failure, NULL},
	{"hub join", NULL, "kind", codeword_site, NULL},
	{"", NULL, "custodian", codeword_site, NULL},
	{"key ", NULL, "state", key_state_title, NULL},
	{"key ", NULL, "from_state", key_state_title, NULL},
	{"key ", NULL, "to_state", key_state_title, NULL},
	{"till ", NULL, "state", till_state_title, NULL},
	{"", NULL, "channel", NULL, "channels"},
	{"", NULL, "delivery", NULL, "delivery"},
	{"", "documents", "form", NULL, "document_forms"},
	{"attach ", NULL, "form", NULL, "document_forms"},
	{"", "items", "role", NULL, "item_roles"},
	{"visit ", NULL, "role", NULL, "item_roles"},
	{"", "items", "step", codeword_step, NULL},
	{"", "items", "medium", NULL, "media"},
	{"", "items", "product", NULL, "products"},
	{"cert ", NULL, "product", NULL, "products"},
	{"key ", NULL, "medium", NULL, "media"},
	{"", "about", "reason", NULL, "replacement_reasons"},
	{"", "about", "revocation", NULL, "revocation_reasons"},
};

/* Where a name means something else than elsewhere, it is shown under another. */
static const struct {
	const char *words, *inside, *member, *shown;
} renamed[] = {
	{"key ", NULL, "drawer", "key_drawer"},
	{"cert fetch", NULL, "from", "from_site"},
	{"key count", NULL, "surplus", "over"},
	{"key stock", NULL, "to", "last_day"},
	{"table list", NULL, "name", "table_name"},
	{"", "pin_deliveries", "channel", "sent_by"},
	{"", "texts", "id", "title"},
};

/* Why it is suspended or revoked. */
static json_t *reason_named(struct desk *d, const char *reason)
{
	if (!reason || !*reason)
		return json_string("");
	const char *why = cert_reason_title(reason);
	return json_string(why ? why : code_text(d, "revocation_reasons", reason));
}

static const char *shown_as(const struct cli *c, const char *parent, const char *name)
{
	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
		if (strcmp(renamed[i].member, name) == 0 && (!renamed[i].inside || (parent && strcmp(parent, renamed[i].inside) == 0)) &&
		    strncmp(c->args.command->words, renamed[i].words, strlen(renamed[i].words)) == 0)
			return renamed[i].shown;
	return name;
}

/* The codes of a fee, and of who took a key, beside their titles; a zero of what mostly isn't; and that a text was shown on the screen, as all are. */
static bool says_nothing(const char *parent, const char *name, const json_t *value)
{
	static const struct {
		const char *inside, *member;
		bool zero;
	} silent[] = {{"lines", "kind", false}, {"lines", "code", false}, {"texts", "how", false}, {"items", "own_medium", true},
	              {"handover", "to_whom", false}, {"orders", "more", true}, {"documents", "title", false},
	              {NULL, "sent_back", true}};
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		if (strcmp(silent[i].member, name) == 0 && (!silent[i].inside || (parent && strcmp(parent, silent[i].inside) == 0)))
			return !silent[i].zero || (json_is_integer(value) && json_integer_value(value) == 0);
	return false;
}

/* A document is called what its rule calls it; the command that takes its code lists the codes. */
static const char *title_beside(const char *parent, const char *name, const json_t *object)
{
	bool document = parent && strcmp(parent, "documents") == 0 && strcmp(name, "kind") == 0;
	const char *title = json_text(object, "title");
	return document && *title ? title : NULL;
}

static json_t *status_named(const json_t *certificate)
{
	json_t *title = json_object_get(certificate, "status_title");
	return title ? json_incref(title) : json_string(cert_state_title(json_text(certificate, "status")));
}

/* A certificate's issuer is an authority, an order's is staff; and its status is none of an order's. Members keep their places. */
static json_t *members_named(const struct cli *c, const char *parent, json_t *value)
{
	json_t *named, *inside;
	const char *name;
	size_t i;
	if (json_is_array(value)) {
		named = json_array();
		json_array_foreach(value, i, inside)
			json_array_append_new(named, members_named(c, parent, inside));
		return named;
	}
	if (!json_is_object(value))
		return json_incref(value);
	bool certificate = json_object_get(value, "not_after") != NULL;
	named = json_object();
	json_object_foreach(value, name, inside)
		if (says_nothing(parent, name, inside))
			continue;
		else if (strcmp(name, "own_medium") == 0 && json_is_integer(inside))
			json_object_set_new(named, name, json_boolean(json_integer_value(inside)));
		else if (title_beside(parent, name, value))
			json_object_set_new(named, name, json_string(title_beside(parent, name, value)));
		else if (certificate && strcmp(name, "issuer") == 0)
			json_object_set(named, "certificate_issuer", inside);
		else if (certificate && strcmp(name, "status") == 0)
			json_object_set_new(named, "status_title", status_named(value));
		else if (strcmp(name, "status") == 0 && json_is_string(inside) && !json_object_get(value, "status_title") &&
		         strcmp(status_title(json_string_value(inside)), json_string_value(inside)) != 0)
			json_object_set_new(named, "status_title", json_string(status_title(json_string_value(inside))));
		else if (certificate && strcmp(name, "reason") == 0)
			json_object_set_new(named, name, reason_named(c->desk, json_string_value(inside)));
		else
			json_object_set_new(named, shown_as(c, parent, name), members_named(c, name, inside));
	return named;
}

static const char *title_of(struct desk *d, const struct cli_title *t, const char *code)
{
	return t->title ? t->title(code) : code_text(d, t->table, code);
}

static void entitle(struct desk *d, const struct cli_title *t, const char *parent, json_t *value)
{
	const char *name;
	json_t *inside;
	size_t i;
	bool here = parent && strcmp(parent, t->member) == 0;
	json_array_foreach(value, i, inside) {
		if (here && json_is_string(inside)) /* a list of codes */
			json_string_set(inside, title_of(d, t, json_string_value(inside)));
		else
			entitle(d, t, parent, inside);
	}
	json_object_foreach(value, name, inside) {
		bool there = !t->inside || (parent && strcmp(parent, t->inside) == 0);
		if (there && strcmp(name, t->member) == 0 && json_is_string(inside) && *json_string_value(inside))
			json_string_set(inside, title_of(d, t, json_string_value(inside)));
		else
			entitle(d, t, name, inside);
	}
}

/* Beside its title a code says nothing to people. */
static void drop_codes(json_t *value)
{
	const char *name;
	char title[64];
	json_t *inside;
	void *next;
	size_t i;
	json_array_foreach(value, i, inside)
		drop_codes(inside);
	json_object_foreach_safe(value, next, name, inside) {
		drop_codes(inside);
		snprintf(title, sizeof title, "%s_title", name);
		if (json_is_string(json_object_get(value, title)))
			json_object_del(value, name);
	}
}

void cli_entitle_by(struct desk *d, const struct cli_title *table, size_t count, const char *words, json_t *value)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(words, table[i].words, strlen(table[i].words)) == 0)
			entitle(d, &table[i], NULL, value);
}

void cli_entitle(struct cli *c)
{
	cli_entitle_by(c->desk, titles, sizeof titles / sizeof *titles, c->args.command->words, c->result);
	json_t *named = members_named(c, NULL, c->result);
	json_decref(c->result);
	c->result = named;
	drop_codes(named);
}
