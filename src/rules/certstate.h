/* The states of a certificate 证书 in words. Pure. */
#ifndef CERTDESK_RULES_CERTSTATE_H
#define CERTDESK_RULES_CERTSTATE_H

const char *cert_state_title(const char *state); /* 有效; the state itself where unknown */

#endif
