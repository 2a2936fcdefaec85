#include "rules/travel.h"

#include <stddef.h>
#include <string.h>

static const struct travel kinds[] = {
	{"orders", "claimed_by claimed_at custodian keyers", true},
	{"visit", "no", false},
	{"customer", "data number_digest last_order", true},
	{"staff", "login roles password disabled disabled_at key_serial", false},
	{"item", "request", true},
	{"line", "", true},
	{"price", "valid_from", false},
	{"document", "", true},
	{"text_shown", "", true},
	{"identity_check", "", true},
	{"signature", "", true},
	{"signature_order", "", true},
	{"signature_void", "", true},
	{"order_subject", "", true},
	{"deadline", "", true},
	{"certificate", "order_id", true},
};

const struct travel *travel_find(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return NULL;
}
