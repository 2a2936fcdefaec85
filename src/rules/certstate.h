/* The states of a certificate 证书 in words. Pure. */
#ifndef CERTDESK_RULES_CERTSTATE_H
#define CERTDESK_RULES_CERTSTATE_H

const char *cert_state_title(const char *state); /* 有效; the state itself where unknown */
/* … where the reason is known: 已挂失 (reported lost) only for a loss that was reported, 已暂停 for every other suspension. */
const char *cert_state_title_why(const char *state, const char *reason);

#endif
