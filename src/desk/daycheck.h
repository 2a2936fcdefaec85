/* The rows of the day's checklist. Private to src/desk. */
#ifndef CERTDESK_DESK_DAYCHECK_H
#define CERTDESK_DESK_DAYCHECK_H

#include "desk/desk.h"

enum day_state { DAY_DONE, DAY_WARN, DAY_OPEN };

struct day_finding {
	enum day_state state;
	char detail[800], mend[256]; /* a reason of the longest, and what stands before it */
	json_t *more; /* what else the row says, over its usual members; or NULL */
};

/* What a figure is held against: `events` tells whether anything came since. */
struct day_expected {
	int64_t figure, events;
};

struct day_item {
	const char *name, *zh, *en;
	bool blocks, waive;
	enum err (*check)(struct desk *d, const char *date, struct day_finding *f, struct error *e);
	enum err (*expect)(struct desk *d, const char *date, struct day_expected *out, struct error *e); /* NULL: takes no figure */
};

/* In the order in which they are worked through; ended by one without name. */
const struct day_item *day_item_find(const char *name); /* NULL */

/* The keys' row (daykeys.c): its finding's `more` is {"confirm": false, "count": true, "drawer" (the next to count, or null),
 * "expected", "counted", "difference" (null where nothing was counted)} where there is a stock. A figure is taken only where
 * there is none: ERR_DAY_COUNTED. */
enum err day_keys_check(struct desk *d, const char *date, struct day_finding *f, struct error *e);
enum err day_keys_expect(struct desk *d, const char *date, struct day_expected *out, struct error *e);

/* {"item","title",…}: one row as it is shown. */
json_t *day_item_json(const struct day_item *item, const char *state, const char *detail, const char *mend);
/* All rows; *ready stays true where none blocks. */
enum err day_check(struct desk *d, const char *date, json_t **items, bool *ready, struct error *e);

#endif
