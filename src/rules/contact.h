/* Who speaks for a customer: a unit's agent; a person themself, or the agent who comes for them. One answer for codes, notices and
 * records, from values of any form or from what is on file. Pure. */
#ifndef CERTDESK_RULES_CONTACT_H
#define CERTDESK_RULES_CONTACT_H

#include <jansson.h>
#include <stdbool.h>

/* Whether it is an agent, and not the person themself. A person has one only where the values say so (agent_is_holder is no): what a
 * hidden field still holds of a former agent doesn't count. */
bool contact_is_agent(const json_t *values);
/* The same where the customer's kind (unit, person) is known already: an empty draft names neither. */
bool contact_is_agent_of(const char *customer, const json_t *values);
/* What is known of them: `what` is name, mobile, email, id_kind, id_number or id_valid_until. An agent of a person whose phone or
 * mail isn't asked has the person's. "" where there is none; owned by `values`. */
const char *contact_value(const json_t *values, const char *what);

#endif
