/* What was keyed into an order, as its row has it: opened, and judged once more by the checks of the shipped forms. */
#ifndef CERTDESK_HUB_VALUES_H
#define CERTDESK_HUB_VALUES_H

#include "hub/judge.h"

/* The order's fields, sealed within its row under its data key; *out is NULL where they can't be opened. New reference. ERR_STORE_*,
 * ERR_MEMORY. */
enum err values_open(struct keyring *ring, const json_t *order, json_t **out, struct error *e);
/* What an order's fields are found to be, once opened. */
struct values_seen {
	bool looked;       /* else nothing is known */
	bool sealed;       /* they can't be opened */
	const char *field; /* the first that fails its check; NULL: none. The form's */
};

/* Looks at the fields of the entry's orders that it may bring past their signature, before anything is locked: values_judge goes by that. ERR_RULES_FORM,
 * ERR_DESK_SHARE, ERR_STORE_*, ERR_MEMORY. */
enum err values_ahead(struct hub *hub, struct keyring *ring, const struct posted_entry *entry, struct opened *o, struct error *e);
/* Refuses (REFUSAL_VALUE) where a relevant field of the order, whose row has the number `record`, fails its check as of the entry's time: numbers, names, dates, phones. What
 * is required and which codes there are is the form's that the site has, and not judged; nor is a form that isn't shipped.
 * ERR_RULES_FORM, ERR_DESK_SHARE, ERR_STORE_*, ERR_MEMORY. */
enum err values_judge(struct judging *j, int64_t record, const json_t *order, struct error *e);

/* The forms that were read so far; the hub's. */
struct hub_forms;
/* Reads all that are shipped, so that no request has to while others wait for it. ERR_RULES_FORM, ERR_DESK_SHARE, ERR_MEMORY. */
enum err values_ready(struct hub *hub, struct error *e);
void hub_forms_free(struct hub_forms **forms);

#endif
