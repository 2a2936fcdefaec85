#include "desk/sitename.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/orderrow.h"

static void find_name(struct desk *d, const char *code, char *out, size_t size)
{
	struct rows *rows = NULL;
	out[0] = '\0';
	if (strcmp(code, d->site) == 0)
		text_copy(out, size, d->site_name);
	else if (store_query(d->store, SQL_SITE_NAME_GET, &rows, NULL, "t", code) == OK) {
		if (rows_next(rows))
			text_copy(out, size, rows_text(rows, 0));
		rows_end(&rows, NULL);
	}
}

const char *site_title(struct desk *d, const char *code, char out[SITE_TITLE_SIZE])
{
	char name[SITE_TITLE_SIZE - 50];
	if (strcmp(code, CUSTODY_HEADQUARTERS) == 0) {
		text_copy(out, SITE_TITLE_SIZE, tr("总部", "headquarters"));
		return out;
	}
	find_name(d, code, name, sizeof name);
	snprintf(out, SITE_TITLE_SIZE, *name && strcmp(name, code) != 0 ? tr("%s（%.32s）", "%s (%.32s)") : "%.0s%.32s", name, code);
	return out;
}

enum err site_names_keep(struct desk *d, const json_t *names, struct error *e)
{
	const char *code;
	json_t *name;
	enum err r = OK;
	json_object_foreach((json_t *)names, code, name)
		if (!r && site_code_good(code) && json_is_string(name) && *json_string_value(name))
			r = store_run(d->store, SQL_SITE_NAME_PUT, NULL, e, "tt", code, json_string_value(name));
	return r;
}

enum err site_has_taken(struct desk *d, const char *site, struct error *e)
{
	char title[SITE_TITLE_SIZE];
	return error_set(e, ERR_DESK_CERT_GIVEN, "%s", site_title(d, site, title));
}
