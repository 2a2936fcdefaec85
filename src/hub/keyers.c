#include "hub/keyers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"

bool keyer_is_number(const json_t *keyer, const json_t *other, const char *site)
{
	char login[96];
	const char *a = json_text(keyer, "number"), *b = json_text(other, "number");
	snprintf(login, sizeof login, "%s/%.60s", site, json_text(other, "login"));
	bool laid = json_flag(other, KEYER_EVERYWHERE) && strcmp(json_text(keyer, "login"), json_text(other, "login")) == 0 &&
	            strcmp(json_text(keyer, "name"), json_text(other, "name")) == 0;
	return laid || (*a && strcasecmp(a, b) == 0) || strcmp(json_text(keyer, "login"), login) == 0;
}

bool keyer_is_likely(const json_t *keyer, const json_t *other, const char *site)
{
	if (*json_text(keyer, "number") && *json_text(other, "number"))
		return keyer_is_number(keyer, other, site);
	return keyer_is_number(keyer, other, site) || (strcmp(json_text(keyer, "login"), json_text(other, "login")) == 0 &&
	                                               strcmp(json_text(keyer, "name"), json_text(other, "name")) == 0);
}

enum err keyers_have(const struct view *v, const json_t *order, bool now, keyer_is *is, const json_t *other, const char *site, bool *have, struct error *e)
{
	enum err r = OK;
	char *end;
	int count = 0;
	*have = false;
	for (const char *at = json_text(order, "keyers"); !r && !*have && *at; at = *end ? end + 1 : end) {
		json_t *keyer = NULL;
		long long id = strtoll(at, &end, 10);
		if (end != at && !(r = now ? view_now(v, "staff", id, &keyer, e) : view_before(v, "staff", id, &keyer, e)))
			*have = keyer && is(keyer, other, site);
		*have |= ++count > KEYERS_MOST;
		json_decref(keyer);
		if (end == at && *end != ',')
			break;
	}
	return r;
}
