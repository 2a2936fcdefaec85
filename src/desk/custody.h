/* Custody of orders: an order is changed only at the site that holds it. Handing it over is a step of its own, and what goes along
 * is a state of that step's journal entry (kind "custody"), sealed under the order's data key: to a review site a bundle of
 * all its rows, back home the decision. sync/protocol.h says how they look and which way they go.
 *
 * The actor of these steps is "system" (d->timer is set by sync). Errors besides desk.h's: ERR_STORE_REPLICA (what came isn't as
 * it should be: nothing was written), ERR_DESK_CUSTODY. */
#ifndef CERTDESK_DESK_CUSTODY_H
#define CERTDESK_DESK_CUSTODY_H

#include "desk/desk.h"

/* Gives every order in review that nobody here has claimed to headquarters, one step each; *given is how many. Where
 * headquarters has no review site (sync_state.review) nothing is given. */
enum err custody_give(struct desk *d, int64_t *given, struct error *e);

/* An order that came, as the feed says it. */
struct custody_item {
	const char *order, *from, *home;
	const char *decision; /* "": a review is asked for */
	int64_t seq;          /* the giver's entry */
	int64_t feed;         /* this item's number: done with in the same transaction */
	const json_t *bundle; /* the opened state */
	const uint8_t *key;   /* the order's data key (DATA_KEY_SIZE); at home it is known */
};
/* Takes it: the rows of an order to review, or the decision on one of ours with all that follows from it. Its files are
 * here already. Taken before (a crash between): OK. */
enum err custody_take(struct desk *d, const struct custody_item *item, struct error *e);
/* An order that came can't be carried out (`why`): headquarters hears it, and gives it back to its home. */
enum err custody_untaken(struct desk *d, const struct custody_item *item, const char *why, struct error *e);
/* Headquarters refused to take an order, or what came back of it can't be carried out: it is ours again, and stays until somebody has looked. A refused
 * decision about another site's order is taken again, by somebody else; one about an order that is another's by now changes nothing. */
enum err custody_refused(struct desk *d, const char *order, int64_t seq, const char *why, int64_t feed, struct error *e);
/* Headquarters gave an order to `to`, or says that somebody else has it (""). Another site's that is still here was taken from here, while this
 * site was revoked. */
enum err custody_given(struct desk *d, const char *order, const char *to, int64_t feed, struct error *e);

#endif
