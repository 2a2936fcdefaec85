#include "rules/tillstate.h"

#include <string.h>

#include "base/lang.h"

static const struct state {
	const char *name, *zh, *en;
} states[] = {
	{"open", "未点款", "open"},
	{"counted", "已点款", "counted"},
	{"closed", "已关", "closed"},
};

const char *till_state_title(const char *state)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, state) == 0)
			return tr(states[i].zh, states[i].en);
	return state;
}
