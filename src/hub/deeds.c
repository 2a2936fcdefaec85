#include "hub/deeds.h"

#include <string.h>

#include "base/text.h"
#include "rules/permission.h"
#include "rules/transition.h"

enum { MAY_NOBODY = DEED_NOBODY, STATUSES = 24 };

static const struct deed deeds[] = {
#define DEED(action, permission, system, events) {action, MAY_##permission, system, events},
#include "hub/deeds.def"
#undef DEED
};

static bool fits(const char *row, const char *action)
{
	size_t n = strlen(row);
	return row[n - 1] == '.' ? strncmp(row, action, n) == 0 : strcmp(row, action) == 0;
}

bool deed_find(const char *action, struct deed *out)
{
	/* its own name, before what begins alike */
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
		if (strcmp(deeds[i].action, action) == 0) {
			*out = deeds[i];
			return true;
		}
	for (int p = 0; p < MAY_COUNT; p++)
		if (strcmp(permission_name((enum permission)p), action) == 0) {
			*out = (struct deed){.action = action, .permission = p, .system = permission_roles((enum permission)p) == 0, .events = ""};
			return true;
		}
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
		if (fits(deeds[i].action, action)) {
			*out = deeds[i];
			return true;
		}
	return false;
}

static bool next_event(const char **at, char event[32])
{
	*at += strspn(*at, " ");
	size_t n = strcspn(*at, " ");
	size_t kept = n < 31 ? n : 31;
	memcpy(event, *at, kept);
	event[kept] = '\0';
	*at += n;
	return n > 0;
}

bool deed_moves(const struct deed *d, const char *business, const char *from, const char *to)
{
	const char *reached[STATUSES] = {from};
	size_t count = 1;
	char event[32];
	if (strcmp(from, to) == 0)
		return strcmp(from, "draft") != 0;
	for (size_t i = 0; i < count; i++)
		for (const char *at = d->events; next_event(&at, event);) {
			const char *next = transition_to(business, reached[i], event);
			bool known = !next;
			for (size_t k = 0; k < count && !known; k++)
				known = strcmp(reached[k], next) == 0;
			if (!known && count < STATUSES)
				reached[count++] = next;
		}
	for (size_t i = 1; i < count; i++)
		if (strcmp(reached[i], to) == 0)
			return true;
	return false;
}

unsigned deed_kind_roles(const char *kind)
{
	static const struct {
		const char *kind;
		unsigned roles;
	} kinds[] = {
		{"calendar_day", ROLE_MANAGER}, {"channel", ROLE_MANAGER}, {"day_close", ROLE_MANAGER}, {"day_item", ROLE_MANAGER},
		{"deadline_rule", ROLE_MANAGER}, {"document_rule", ROLE_MANAGER}, {"key_count", ROLE_ISSUER}, {"key_count_difference", ROLE_ISSUER},
		{"payment", ROLE_OPERATOR | ROLE_MANAGER}, {"payment_order", ROLE_OPERATOR | ROLE_MANAGER}, {"product", ROLE_MANAGER}, {"retention", ROLE_MANAGER},
		{"statement", ROLE_OPERATOR | ROLE_MANAGER}, {"statement_entry", ROLE_OPERATOR | ROLE_MANAGER}, {"tax_class", ROLE_MANAGER},
		{"shift", ROLE_OPERATOR | ROLE_MANAGER}, {"till_count", ROLE_OPERATOR | ROLE_MANAGER}, {"till_end", ROLE_OPERATOR | ROLE_MANAGER},
		{"till_float", ROLE_OPERATOR | ROLE_MANAGER}, {"till_move", ROLE_OPERATOR | ROLE_MANAGER},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].roles;
	return 0;
}
