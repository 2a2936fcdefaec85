/* The review queue. */
#ifndef CERTDESK_DESK_REVIEW_H
#define CERTDESK_DESK_REVIEW_H

#include "desk/desk.h"

/* Late ones first, then waiting customers, then by submission: as order_list, with "submitted_at","review_due_at","claimed_by",
 * "minutes". */
enum err review_list(struct desk *d, json_t **out, struct error *e);
/* Claims `no`, or with NULL the first free one, for this reviewer; a claim ends after 30 minutes. Own orders are refused
 * (ERR_DESK_SEPARATION), claimed ones too (ERR_DESK_CLAIMED), and those of this site that headquarters reviews, gone there or not
 * (ERR_DESK_CUSTODY, ERR_DESK_REVIEW_AWAY). *out is order_show's object. */
enum err review_claim(struct desk *d, const char *no, json_t **out, struct error *e);
/* Decisions need the claim (ERR_DESK_CLAIM_FIRST), and reasons where not an approval (ERR_DESK_REASON). The customer is told by
 * SMS and mail. A returned order is a draft again with everything kept. What headquarters reviews and didn't take isn't approved here
 * (ERR_DESK_NOT_TAKEN). */
enum err review_approve(struct desk *d, const char *no, json_t **out, struct error *e);
enum err review_return(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);
enum err review_reject(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);
/* [{"site","name"}]: the review sites that this one could hand an order on to, by headquarters' newest word. MAY_REVIEW. */
enum err review_sites(struct desk *d, json_t **out, struct error *e);
/* Hands an order in review on to another review site, as it lies here: what was claimed by somebody else stays (ERR_DESK_CLAIMED). An
 * order can't be handed to where it came from, which waits for a decision (ERR_DESK_POINT), nor to a site that review_sites
 * doesn't list (ERR_DESK_NO_REVIEW_SITE; where headquarters has named none ever, it decides), nor without headquarters (ERR_SYNC_NOT_JOINED). What headquarters refuses comes back. *out is order_show's object. */
enum err review_pass(struct desk *d, const char *no, const char *to, const char *reason, json_t **out, struct error *e);

/* Of another site's order all of them but the looking end with ERR_SYNC_REVOKED where headquarters has told that this site is revoked. */

#endif
