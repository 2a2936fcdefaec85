#include "rules/paymethod.h"

#include <stddef.h>
#include <string.h>

/* Money in the till, on a statement, or at the provider, who says of each payment that it came. */
static const struct method {
	const char *name;
	bool till, provider;
} methods[] = {{"cash", true, false}, {"pos", true, false}, {"cheque", true, false}, {"transfer", false, false}, {"alipay", false, true}};

static const struct method *find(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

bool method_by_hand(const char *method)
{
	const struct method *m = find(method);
	return m && !m->provider;
}

bool method_is_till(const char *method)
{
	const struct method *m = find(method);
	return m && m->till;
}

bool method_is_provider(const char *method)
{
	const struct method *m = find(method);
	return m && m->provider;
}
