/* The stock of keys 介质库存: where each key is, and everything that moves one without an order. A drawer 抽屉 is named
 * after the station it stands at; a key taken at another station than its drawer's stays in its drawer's book until it
 * leaves the point. All moves of one call happen, or none. */
#ifndef CERTDESK_DESK_STOCK_H
#define CERTDESK_DESK_STOCK_H

#include "desk/desk.h"

/* Where serials come from: a file, or those that were typed and scanned. */
struct key_source {
	const char *path; /* NULL: the others */
	const char *const *serials;
	size_t count;
};

enum stock_deed {
	STOCK_RECEIVE,  /* 入库: keys that nobody knew, from the supplier */
	STOCK_ARRIVE,   /* 到货: keys from another point, or back from it */
	STOCK_TRANSFER, /* 调拨: to another drawer */
	STOCK_SEND,     /* 调出: to another point; in transit until they arrive */
	STOCK_SPOIL,    /* 报损: damaged */
	STOCK_LOSE,     /* 报失: lost */
	STOCK_FIND,     /* 找回: lost and found again; what was no blank any more is returned */
	STOCK_RETURN,   /* 收回: a key that its customer gave back */
	STOCK_DESTROY,  /* 销毁: a damaged, returned or locked key goes for good; needs a manager's word on the spot */
	STOCK_DEEDS
};

/* What a deed is and asks for, for interfaces. */
struct stock_deed_info {
	const char *name;         /* "spoil": the command */
	bool drawer, site, medium, reason; /* it takes one … */
	bool need_site, need_reason;       /* … and can't do without */
	bool final;               /* can't be undone */
};
const struct stock_deed_info *stock_deed_info(enum stock_deed deed);
const char *stock_deed_title(enum stock_deed deed);

struct stock_order {
	enum stock_deed deed;
	struct key_source keys;
	const char *drawer; /* RECEIVE, ARRIVE, FIND, RETURN: NULL is the station's; TRANSFER: needed */
	bool new_drawer;    /* the drawer may be one that had no key yet */
	const char *site;   /* SEND, ARRIVE: the other point's code; ARRIVE needs it for keys unknown here */
	const char *medium; /* RECEIVE, ARRIVE: of keys whose list doesn't say; may be NULL */
	const char *reason; /* may be NULL where the deed doesn't need one */
};

/* Does it. *out: {"action","action_title", "keys": how many, "drawer": text or null, "site": text or null, "serials": […]}.
 * MAY_KEY_STOCK; STOCK_DESTROY is MAY_KEY_DESTROY and needs a second person on the spot with MAY_KEY_DESTROY_CONFIRM
 * (ERR_DESK_TWO_PERSONS). ERR_DESK_STOCK, receiving ERR_DESK_KEY_LIST, with a line for each mistake (and nothing done),
 * ERR_DESK_DRAWER, ERR_DESK_POINT, ERR_DESK_REASON, ERR_FILE_*, ERR_CSV. */
enum err stock_do(struct desk *d, const struct stock_order *o, json_t **out, struct error *e);
/* Keys that headquarters has sent to this site, [{"serial", "medium"}]: in transit until they arrive or are received. Inside a step.
 * ERR_DESK_STOCK with the first that can't be: no serial, known here already, a medium that no channel has. */
enum err stock_announce(struct desk *d, const json_t *keys, struct error *e);
/* Judges one serial as stock_do would, so that whoever scans hears it at once: OK, or ERR_DESK_SERIAL with why not.
 * *out (may be NULL): {"serial", "medium", "state", "drawer"} as the book has it. Not the list's doubles. */
enum err stock_judge(struct desk *d, const struct stock_order *o, const char *serial, json_t **out, struct error *e);

/* Counts a drawer (NULL: the station's) against the book: what lies there must be its keys in-stock, reserved, made and
 * returned. The count is recorded with its differences, which change nothing else: what is missing is looked for and then
 * lost, what is too much is received, transferred or found. An empty list is an empty drawer.
 * *out: {"count": number, "drawer", "expected", "counted", "missing": [{"serial", "medium", "state"}],
 * "surplus": [{"serial", "medium", "state", "drawer"}]}, the last three null where the book doesn't know the key.
 * MAY_KEY_STOCK. ERR_DESK_STOCK (serials that aren't any, or twice), ERR_DESK_DRAWER, ERR_FILE_*, ERR_CSV. */
enum err stock_count(struct desk *d, const struct key_source *keys, const char *drawer, const char *reason, json_t **out,
                     struct error *e);
/* What one serial is to the count of a drawer (NULL: the station's): {"serial", "medium", "state", "drawer", "expected": it
 * is in the drawer's book}. ERR_DESK_SERIAL where it is no serial. MAY_KEY_VIEW. */
enum err stock_judge_counted(struct desk *d, const char *drawer, const char *serial, json_t **out, struct error *e);
/* [{"id", "drawer", "expected", "counted", "missing", "surplus", "staff", "date", "counted_at", "reason",
 * "differences": [{"serial", "kind", "medium", "state", "drawer"}]}], newest first; `date` NULL: of all days. MAY_KEY_VIEW. */
enum err stock_counts(struct desk *d, const char *date, json_t **out, struct error *e);

/* Keys by state and drawer, each NULL for all but customers' own: [{"serial","medium","state","drawer","order","updated_at"}]. The state "held" is all that lie in a
 * drawer. ERR_DESK_FILTER. MAY_KEY_VIEW. */
enum err stock_list(struct desk *d, const char *state, const char *drawer, json_t **out, struct error *e);
/* ["01", …] MAY_KEY_VIEW. */
enum err stock_drawers(struct desk *d, json_t **out, struct error *e);
/* ["UKEY-RS", …]: what keys can be received as. MAY_KEY_VIEW. */
enum err stock_media(struct desk *d, json_t **out, struct error *e);

/* The balance from a business date (NULL: today's) to another (NULL: the first), by the daily report's own statement:
 * {"date", "to", "site", "balanced": bool, "drawers": [{"drawer", "medium", "opening", "received", "transferred_in",
 * "returned", "handed_over", "mailed", "transferred_out", "spoiled", "made", "remaining", "difference", "reason"}],
 * "point": [the same by medium, without transfers between its drawers; "drawer" is null]}.
 * MAY_KEY_VIEW. ERR_DESK_DATE, ERR_REPORT_DEFINITION, ERR_STORE_QUERY. */
enum err stock_balance(struct desk *d, const char *from, const char *to, json_t **out, struct error *e);

#endif
