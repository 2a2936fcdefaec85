/* Which review site gets which orders: the table that custody goes by. A row names a region, which holds those below it, and a product, '' for any; for an order
 * the most particular rows count (the product before the region), and among them the review site that holds least for its weight. Without rows that fit it is the one
 * that holds fewest. */
#ifndef CERTDESK_HUB_SHARE_H
#define CERTDESK_HUB_SHARE_H

#include "hub/hub.h"

enum { SHARE_WEIGHT_MOST = 1000 };

/* [{"region", "product", "site", "weight"}], in order, without sites that were revoked. */
enum err share_list(struct hub *hub, json_t **out, struct error *e);
/* Puts a row in, or changes its weight; 0 takes it out. ERR_HUB_NO_SITE (no such review site), ERR_HUB_REVOKED, ERR_HUB_REGION, ERR_USAGE (weight, region, words). */
enum err share_set(struct hub *hub, const char *region, const char *product, const char *site, int64_t weight, struct error *e);

#endif
