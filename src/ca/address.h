/* The addresses that certificates carry: of the revocation list, of the issuer's certificate, of the OCSP service. Profiles name
 * them ${ca_crl_url}, ${ca_issuer_url}, ${ca_ocsp_url}; the configuration of who holds the CA says what they are. */
#ifndef CERTDESK_CA_ADDRESS_H
#define CERTDESK_CA_ADDRESS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/yaml.h"

/* Whether a certificate may carry it: http(s) or ldap(s), printable ASCII without spaces, at most 1,024 bytes. */
bool address_good(const char *address);
/* Adds a mistake for each of the three options of a configuration that is given, not empty, and not good. */
void address_check(struct yaml_at configuration, struct mistakes *m);
/* Sets the three among the values that a profile's templates are filled from; "" for one that isn't configured. ERR_MEMORY. */
enum err address_add(json_t *values, const char *crl, const char *issuer, const char *ocsp, struct error *e);

#endif
