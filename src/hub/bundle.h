/* What an order takes along to another site, compared with what headquarters has of it: nothing comes along that the giver hasn't
 * journalled, and nothing of another order. Private to giving.c. */
#ifndef CERTDESK_HUB_BUNDLE_H
#define CERTDESK_HUB_BUNDLE_H

#include "hub/judge.h"

/* A bundle for a review site; `earlier` is the one that the giver itself took (NULL: the order is its own). Refuses by judge_refuse. */
enum err bundle_judge(struct judging *j, const json_t *bundle, const char *order, const char *home, int64_t record, const json_t *earlier,
                      struct error *e);
/* A decision for the order's home. */
enum err bundle_judge_decision(struct judging *j, const json_t *decision, const char *order, const char *what, int64_t record,
                               struct error *e);
/* The main item's product; "" where there is none. */
const char *bundle_product(const json_t *bundle);
/* Whether the bundle has a document with that digest. */
bool bundle_has_file(const json_t *bundle, const char *digest);

#endif
