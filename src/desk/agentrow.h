/* Agents on file, as other use cases need them. Private to src/desk. */
#ifndef CERTDESK_DESK_AGENTROW_H
#define CERTDESK_DESK_AGENTROW_H

#include "desk/agents.h"
#include "desk/subject.h"

/* By the number of their document, or, where a form doesn't have it, by name and phone. */
bool agents_same(const json_t *a, const json_t *b);
/* What the form asks of an agent: as `from` has it. */
void agents_put(const struct form *form, const json_t *from, json_t *values);

/* [{"agent","data":{"agent_name",…},"last_order","contact"}], not masked. */
enum err agents_load(struct desk *d, int64_t customer_id, json_t **out, struct error *e);
/* Of a unit's draft: where its values name another agent on file than the contact, s->before has that one's data from here on, and
 * s->stands_in is true. */
enum err agents_stand_in(struct desk *d, const struct order *o, struct subject *s, struct error *e);
/* Of a signed order by another agent on file than the contact: s->before has that one's phone of now, and s->stands_in is true. */
enum err agents_phone_now(struct desk *d, struct subject *s, struct error *e);
/* Inside the step that makes the order's data what is on file: its agent comes on file, and in a change of data the former contact off it.
 * `data` is the unit's as it stands. *apart: the order's agent isn't the contact, and doesn't become so. */
enum err agents_settle(struct desk *d, const struct order *o, const struct form *form, const struct subject *s, const json_t *data, bool *apart,
                       struct error *e);
/* The same for an order whose other data aren't taken. */
enum err agents_note(struct desk *d, const struct order *o, const struct form *form, struct error *e);
/* The phone of an agent on file; 0 is the contact. ERR_DESK_AGENT. */
enum err agents_phone(struct desk *d, int64_t customer_id, int64_t agent, char *out, size_t size, struct error *e);

#endif
