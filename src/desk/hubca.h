/* The CA that headquarters holds, for a site without one of its own (`ca: hub` in certdesk.yaml): its certificate and newest revocation
 * list come with the sync, requests go over the line that desk.ask_ca is. Serials, lists and what they say are headquarters'. */
#ifndef CERTDESK_DESK_HUBCA_H
#define CERTDESK_DESK_HUBCA_H

#include "desk/desk.h"

/* Whether this site issues under it. */
bool hubca_chosen(const struct desk *d);
/* Opens it for desk_ca. ERR_DESK_CA_UNKNOWN where headquarters hasn't told of it yet. */
enum err hubca_open(struct desk *d, struct ca **out, struct error *e);

/* From the feed. A list that the CA didn't sign is not taken (ERR_CA_LIST), an older one never replaces a newer; a new CA's
 * certificate ends the list of the one before. Sealed by headquarters' signature: the caller has checked it. */
enum err hubca_take_chain(struct desk *d, const char *chain, struct error *e);
enum err hubca_take_crl(struct desk *d, const uint8_t *der, size_t length, struct error *e);
/* The newest list as PEM. ERR_DESK_CA_UNKNOWN where none has come yet. */
enum err hubca_crl(struct desk *d, struct bytes *pem, struct error *e);

#endif
