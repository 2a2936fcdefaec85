/* Laying something down: read, tried whole, numbered, sent. */
#ifndef CERTDESK_HUB_PUBLISH_H
#define CERTDESK_HUB_PUBLISH_H

#include "hub/hub.h"

struct publish_parts {
	const char *tables[16];    /* "NAME=FILE.csv", as in forms/tables */
	size_t table_count;
	const char *from;          /* the day from which the tables count; NULL where there are none */
	const char *staff;         /* CSV: login, name, roles, disabled (0 or 1); NULL: none */
	const char *definitions;   /* a directory with all of forms/ and reports/; NULL: none */
	const char *program;       /* the version that they are for; NULL: this one */
	const char *stock;         /* CSV: serial, medium; for one site; NULL: none */
	const char *sites[64];     /* none: every counter and review site, those too that join later */
	size_t site_count;
};

/* Reads everything, has a site of its own that is thrown away take it, and only then sends it: whole or not at all.
 * {"number", "contents", "sent_to": [site, …]}. ERR_USAGE (nothing to lay down, no day, stock without its one site), ERR_HUB_NO_SITE,
 * ERR_HUB_PUBLICATION, ERR_CSV, ERR_FILE_*, db's. */
enum err publish(struct hub *hub, const struct publish_parts *p, json_t **out, struct error *e);
/* [{"number", "at", "contents", "sites" (an array; empty: all), "taken", "refused", "pending"}], newest first. */
enum err publish_list(struct hub *hub, json_t **out, struct error *e);
/* [{"site", "state" (sent, taken, refused), "at", "why"}]. ERR_HUB_NO_PUBLICATION. */
enum err publish_sites(struct hub *hub, const char *number, json_t **out, struct error *e);

/* Has a site that is made for it and thrown away take the body, after all tables that are in force. ERR_HUB_PUBLICATION says what is wrong. */
enum err publish_try(struct hub *hub, const json_t *body, struct error *e);

#endif
