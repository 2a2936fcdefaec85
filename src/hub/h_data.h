/* Handlers of what sites send and fetch: the routes of h_data.c. Private to src/hub/h_*.c. */
#ifndef CERTDESK_HUB_H_DATA_H
#define CERTDESK_HUB_H_DATA_H

#include "hub/hub.h"

enum err h_head(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_journal_post(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_journal_get(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_feed_get(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_ca_post(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_ca_get(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_ca_reach(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_file_head(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_file_put(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_certificate_challenge(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_certificate_code(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_certificate_prove(struct hub *hub, struct request *q, struct reply *p, struct error *e);
enum err h_file_get(struct hub *hub, struct request *q, struct reply *p, struct error *e);

/* Parts of h_certificate_prove: by a code that was sent, by an approved review; what a refusal answers. */
struct holding_given;
enum err certificate_prove_by_code(struct hub *hub, const char *site, const json_t *body, struct reply *p, struct error *e);
enum err certificate_prove_by_review(struct hub *hub, const char *site, const json_t *body, struct reply *p, struct error *e);
enum err certificate_refuse(struct reply *p, const struct holding_given *given);

#endif
