/* States in words, where a command prints for people. What a code means depends on whose state it is: a returned order is one to
 * correct, a returned key lies at its maker's. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/fieldtext.h"
#include "desk/refund.h"
#include "rules/business.h"
#include "rules/certstate.h"
#include "rules/codeword.h"
#include "rules/keystate.h"
#include "rules/permission.h"
#include "rules/tillstate.h"

static const struct title {
	const char *words, *inside, *member; /* of the command, a beginning; of its result, within `inside` (NULL: at any depth) */
	const char *(*title)(const char *code);
} titles[] = {
	{"", NULL, "key_state", key_state_title},
	{"", NULL, "roles", role_title_of},
	{"", NULL, "method", codeword_method},
	{"", NULL, "identity_open", codeword_person},
	{"", "payments", "state", codeword_payment},
	{"", "refunds", "state", refund_state_title},
	{"", "signature", "state", codeword_signature},
	{"", "pin_deliveries", "state", codeword_pin},
	{"", "pin_deliveries", "channel", codeword_channel},
	{"", "identity_checks", "of", codeword_person},
	{"", "identity_checks", "provider", codeword_check},
	{"", "identity_checks", "result", codeword_result},
	{"", "identity_checks", "reason", codeword_failure},
	{"identity list", NULL, "of", codeword_person},
	{"identity list", NULL, "provider", codeword_check},
	{"identity list", NULL, "result", codeword_result},
	{"identity list", NULL, "reason", codeword_failure},
	{"key ", NULL, "state", key_state_title},
	{"key ", NULL, "from_state", key_state_title},
	{"key ", NULL, "to_state", key_state_title},
	{"till ", NULL, "state", till_state_title},
};

/* Why it is suspended or revoked. */
static json_t *reason_named(struct desk *d, const char *reason)
{
	if (!reason || !*reason)
		return json_string("");
	return json_string(cert_own_reason(reason) ? tr("CA 主动办理", "on the CA's own ground") : code_text(d, "revocation_reasons", reason));
}

/* A certificate's issuer is an authority, an order's is staff; and its status is none of an order's. Members keep their places. */
static json_t *certificates_named(struct desk *d, json_t *value)
{
	json_t *named, *inside;
	const char *name;
	size_t i;
	if (json_is_array(value)) {
		named = json_array();
		json_array_foreach(value, i, inside)
			json_array_append_new(named, certificates_named(d, inside));
		return named;
	}
	if (!json_is_object(value))
		return json_incref(value);
	bool certificate = json_object_get(value, "not_after") != NULL;
	named = json_object();
	json_object_foreach(value, name, inside)
		if (certificate && strcmp(name, "issuer") == 0)
			json_object_set(named, "certificate_issuer", inside);
		else if (certificate && strcmp(name, "status") == 0)
			json_object_set_new(named, "status_title", json_string(cert_state_title(json_string_value(inside))));
		else if (certificate && strcmp(name, "reason") == 0)
			json_object_set_new(named, name, reason_named(d, json_string_value(inside)));
		else
			json_object_set_new(named, name, certificates_named(d, inside));
	return named;
}

static void entitle(const struct title *t, const char *parent, json_t *value)
{
	const char *name;
	json_t *inside;
	size_t i;
	bool here = parent && strcmp(parent, t->member) == 0;
	json_array_foreach(value, i, inside) {
		if (here && json_is_string(inside)) /* a list of codes */
			json_string_set(inside, t->title(json_string_value(inside)));
		else
			entitle(t, parent, inside);
	}
	json_object_foreach(value, name, inside) {
		bool there = !t->inside || (parent && strcmp(parent, t->inside) == 0);
		if (there && strcmp(name, t->member) == 0 && json_is_string(inside) && *json_string_value(inside))
			json_string_set(inside, t->title(json_string_value(inside)));
		else
			entitle(t, name, inside);
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

void cli_entitle(struct cli *c)
{
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strncmp(c->args.command->words, titles[i].words, strlen(titles[i].words)) == 0)
			entitle(&titles[i], NULL, c->result);
	json_t *named = certificates_named(c->desk, c->result);
	json_decref(c->result);
	c->result = named;
	drop_codes(named);
}
