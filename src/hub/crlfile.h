/* The authority's newest revocation list in a file, as crl_file of hub.yaml names it: for whoever serves it. */
#ifndef CERTDESK_HUB_CRLFILE_H
#define CERTDESK_HUB_CRLFILE_H

#include "hub/hub.h"

/* It lies there from then on, or a later one does already; nothing where there is no list, or no crl_file. ERR_FILE_WRITE. */
enum err crlfile_place(struct hub *hub, struct error *e);
/* Whether it does, also where there is nothing to place. ERR_CA_CRL_FILE, and why the authority can't be opened. */
enum err crlfile_placed(struct hub *hub, struct error *e);

#endif
