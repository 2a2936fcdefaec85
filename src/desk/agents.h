/* 在册经办人: a unit can have several agents on file. Each acts for it by themself: codes go to the one who stands at the desk, and an order
 * by another one of them is no change of agent. One of them is the contact, whom notices go to.
 *
 * An agent comes on file with an order that was approved: a new application, a renewal or a replacement adds one, a change of data (变更) in
 * which the agent changes puts the new one in the old one's place. With a certificate that moves to another counter they come on file there. */
#ifndef CERTDESK_DESK_AGENTS_H
#define CERTDESK_DESK_AGENTS_H

#include "desk/desk.h"

/* Of the unit with this credit code: [{"agent","name","id_number","mobile","email" (numbers masked),"last_order","contact"}]. "agent" is 0 for
 * a contact whom no approved order of this site names. ERR_DESK_NUMBER, ERR_DESK_NO_CUSTOMER. */
enum err agents_list(struct desk *d, const char *uscc, json_t **out, struct error *e);
/* Takes one off file, with a reason; journalled. Where it is the contact, the newest of the others is from now on. *out is agents_list's.
 * ERR_DESK_AGENT (none of that number, or the only one), ERR_DESK_REASON. */
enum err agent_remove(struct desk *d, const char *uscc, int64_t agent, const char *reason, json_t **out, struct error *e);
/* The same list for a draft of a unit's, with "chosen"; empty where the unit isn't on file. */
enum err draft_agents(struct desk *d, const char *no, json_t **out, struct error *e);
/* This agent stands at the desk: the draft takes over what is on file of them. ERR_DESK_AGENT, ERR_DESK_STATUS. */
enum err draft_agent(struct desk *d, const char *no, int64_t agent, struct error *e);

#endif
