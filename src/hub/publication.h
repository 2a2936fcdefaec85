/* What headquarters lays down for its sites: numbered publications, addressed to each site by its feed (sync/protocol.h), and what
 * became of them there. */
#ifndef CERTDESK_HUB_PUBLICATION_H
#define CERTDESK_HUB_PUBLICATION_H

#include "hub/judge.h"

/* Addresses one publication to a site, in the caller's transaction; `body` (with its number) stays the caller's. */
enum err publication_send(struct hub *hub, const char *site, int64_t number, const json_t *body, struct error *e);
/* What a site that has just joined hasn't been sent yet: in order, and of each only what is still in force. In the caller's transaction. */
enum err publication_catch_up(struct hub *hub, const char *site, struct error *e);
/* [{"number", "at", "body"}]: what is in force for a site now, whatever it has been sent; bodies have "number". New reference. */
enum err publication_in_force(struct hub *hub, const char *site, json_t **out, struct error *e);

/* For judge.c: an entry publication.take or publication.refuse speaks of what was sent to this site, as it was sent. */
enum err publication_judge(struct judging *j, struct error *e);
/* After the entry is stored: notes it; a refusal raises an alarm. */
enum err publication_note(const struct judging *j, struct error *e);

#endif
