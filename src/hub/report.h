/* The sites' reports at headquarters: the same definitions over all of them, from their reading stores. */
#ifndef CERTDESK_HUB_REPORT_H
#define CERTDESK_HUB_REPORT_H

#include "hub/hub.h"

struct hub_report_options {
	const char *name;         /* "daily" */
	const char *date, *to;    /* business dates; `to` NULL: that day alone */
	const char *region, *site; /* NULL: no choice */
	const char *by;           /* who prints it; NULL: the account */
	const char *definitions;  /* a directory with reports/; NULL: this program's */
	const char *path;         /* what was there is replaced only by a whole one */
	/* May be NULL; `reading`: entries are brought up to date, else rows are written. */
	void (*progress)(void *arg, bool reading, int64_t done, int64_t of);
	void *arg;
};

/* *out: {"path", "rows", "sheets", "sites": [{"site", "region", "seq", "at", "last_seen", "closed", "note"}, …]}; `note` says why a site's data may not
 * be all, "" where nothing is known against it. readings_open's errors, ERR_DESK_DATE, ERR_DESK_PERIOD, ERR_DESK_SHARE, ERR_REPORT_*, ERR_STORE_*. */
enum err hub_report_run(struct hub *hub, const struct hub_report_options *o, json_t **out, struct error *e);

#endif
