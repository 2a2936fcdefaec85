/* The states of a till 钱箱 in words. Pure. */
#ifndef CERTDESK_RULES_TILLSTATE_H
#define CERTDESK_RULES_TILLSTATE_H

const char *till_state_title(const char *state); /* 未点款; the state itself where unknown */

#endif
