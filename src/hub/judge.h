/* Whether a site was allowed to do what an entry says: its own people with their roles, orders in its custody, transitions that
 * there are, signatures and payments before what follows from them. What can't be seen from the states isn't judged. */
#ifndef CERTDESK_HUB_JUDGE_H
#define CERTDESK_HUB_JUDGE_H

#include "hub/deeds.h"
#include "hub/view.h"
#include "sync/refusal.h"

struct judging {
	struct view view;
	const struct posted_entry *entry;
	const json_t *gone; /* files that the site hasn't got any more, by digest */
	struct deed deed;
	unsigned roles;  /* of the actor and the second person together */
	unsigned actor_roles, second_roles; /* what each may alone */
	bool system;     /* the actor is the timer */
	int64_t held;    /* the newest order's row that was seen to be held here; 0 */
	char order[64];  /* the order that the entry touched first; "" */
	char taken[16];  /* giving_judge_take: "review" for an order that came to be reviewed, or the decision that came; "" */
	char fetched[72], fetched_order[64]; /* holding_judge_take: the certificate that came, and the order that made it; "" */
	int64_t taken_item;
	json_t *numbers; /* how often the entry's orders have each number, once asked for */
	char why[REFUSAL_SIZE]; /* "": allowed so far */
};

/* Judges within the transaction, before the entry is stored. `view` is begun. ERR_STORE_*, ERR_MEMORY: judged nothing. */
enum err judge_entry(struct judging *j, struct error *e);
/* In any case, after `view` was begun. */
void judging_end(struct judging *j);
/* Notes what an accepted entry says for judging the next: orders, their parts, people. */
enum err judge_note(const struct judging *j, struct error *e);
/* Notes a refusal; the first one counts. Always OK. */
enum err judge_refuse(struct judging *j, enum refusal refusal, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Who holds an order: the custodian, or "" where it never moved (then home is "" too). */
enum err judge_custodian(struct hub *hub, const char *order, char custodian[SITE_CODE_SIZE], char home[SITE_CODE_SIZE], struct error *e);
/* Whether an order's number is one that this site gives. */
bool judge_own_number(const char *site, const char *order);

#endif
