/* A site's records as one entry sees them: its own states first, then the newest accepted ones, opened. */
#ifndef CERTDESK_HUB_VIEW_H
#define CERTDESK_HUB_VIEW_H

#include "hub/keyring.h"
#include "hub/posted.h"

struct view {
	struct hub *hub;
	const char *site;
	struct keyring *ring;
	const struct posted_entry *entry; /* NULL: what is accepted alone */
	json_t **opened;                  /* for each of the entry's states: what it says; JSON null: the row is gone; NULL: it can't be opened */
	bool key_missing;                 /* … for want of its key */
	json_t *known;                    /* NULL, or records as accepted, opened before: view_accepted and view_before fill it */
	json_t *own;                      /* the entry's own parts by "KIND/ORDER", made by the first view_parts */
	const struct values_seen *seen;   /* values.h: for each of the states, what was looked at ahead; NULL: nothing was */
};

enum { PARTS_MOST = 5000 /* rows of one kind that an order may have, to be judged by them */ };

/* What an entry's states say, opened before they are looked at. */
struct opened {
	json_t **states; /* as view's; NULL: not yet */
	size_t count;
	bool key_missing;
	struct values_seen *seen; /* by values_ahead, for each of them; else NULL */
};

/* ERR_STORE_*, ERR_MEMORY; `o` ends with opened_free in any case. */
enum err opened_make(struct opened *o, struct keyring *ring, const struct posted_entry *entry, struct error *e);
void opened_free(struct opened *o);
/* All of it stays its owner's; without an entry `opened` is NULL too. A view of an entry ends with view_end. */
void view_begin(struct view *v, struct hub *hub, const char *site, struct keyring *ring, const struct posted_entry *entry, const struct opened *opened);
void view_end(struct view *v);
/* The record with and without this entry: *out is NULL where there is none or it is gone. New reference. */
enum err view_now(const struct view *v, const char *kind, int64_t record, json_t **out, struct error *e);
enum err view_before(const struct view *v, const char *kind, int64_t record, json_t **out, struct error *e);
/* The record as it was when the entry with this sequence had been accepted; 0: as view_now. */
enum err view_at(const struct view *v, const char *kind, int64_t record, int64_t seq, json_t **out, struct error *e);
/* The entry is accepted: its states are what `known` says from now on. */
enum err view_accepted(const struct view *v, struct error *e);
/* Numbers of the records of a kind that belong to an order's row here, in their order, those of this entry included, gone ones too. New
 * reference. ERR_HUB_PARTS: more than PARTS_MOST. */
enum err view_parts(struct view *v, int64_t order, const char *kind, json_t **out, struct error *e);
/* Whether rows of this kind are an order's own: they change where its custody is, and never go over to another order. A key that is
 * lent to an order, a certificate that it made, money, invoices are not. */
bool view_is_part(const char *kind);
/* Which of the entry's states a record's is; -1: none of them. */
int view_state(const struct view *v, const char *kind, int64_t record);
/* The order's row that a record belongs to, by its own reference or that of what it refers to; 0: to none. */
enum err view_order_of(const struct view *v, const char *kind, int64_t record, const json_t *row, int64_t *order, struct error *e);
/* The number of the order that is a row here; "" where none is known. */
enum err view_order_no(const struct view *v, int64_t order, char no[64], struct error *e);

/* An integer of a row; 0 for none. */
int64_t row_number(const json_t *row, const char *column);

#endif
