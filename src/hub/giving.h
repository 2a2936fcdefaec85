/* Who holds which order. An entry with facts.custody gives one away: it is judged, noted, and becomes a feed item of the
 * receiver; custody.take says that the receiver has it. */
#ifndef CERTDESK_HUB_GIVING_H
#define CERTDESK_HUB_GIVING_H

#include "hub/judge.h"

/* An order that an entry gives away. */
struct giving {
	bool any;
	char order[64], to[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	const char *decision; /* "" */
	const struct posted_state *state;
	const json_t *bundle, *files; /* the entry's */
	json_t *missing;              /* files that this site hasn't sent whole; NULL: none */
};
void giving_free(struct giving *g);

/* After judge_entry: *g is empty where nothing is given. With `missing` nothing of the body may be taken. ERR_STORE_*, ERR_MEMORY. */
enum err giving_judge(struct judging *j, struct giving *g, struct error *e);
/* After the entry is stored: notes the custodian, tells both. */
enum err giving_note(struct judging *j, const struct giving *g, struct error *e);

/* For judge.c: where the entry is a custody.take, finds what it takes (j->taken), or refuses. */
enum err giving_judge_take(struct judging *j, struct error *e);
/* After the entry is stored: the item's body is forgotten. */
enum err giving_note_take(struct judging *j, struct error *e);

/* What revoked review sites held goes to another one, or waits there with an alarm as long as there is none. In the caller's transaction. */
enum err giving_rescue(struct hub *hub, struct error *e);
/* The review site for an order of this region and product: by the table of shares, else the one that holds fewest; "" for none. */
enum err giving_choose(struct hub *hub, const char *region, const char *product, char site[SITE_CODE_SIZE], struct error *e);

#endif
