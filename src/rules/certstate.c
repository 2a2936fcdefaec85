#include "rules/certstate.h"

#include <string.h>

#include "base/lang.h"
#include "rules/business.h"

static const struct state {
	const char *name, *zh, *en;
} states[] = {
	{"active", "有效", "active"},
	{"suspended", "已暂停", "suspended"},
	{"revoked", "已吊销", "revoked"},
	{"superseded", "已替换", "superseded"},
	{"expired", "已过期", "expired"},
};

const char *cert_state_title(const char *state)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, state) == 0)
			return tr(states[i].zh, states[i].en);
	return state;
}

const char *cert_state_title_why(const char *state, const char *reason)
{
	bool lost = strcmp(state, "suspended") == 0 && strcmp(reason, CERT_HELD) == 0;
	return lost ? tr("已挂失", "reported lost") : cert_state_title(state);
}
