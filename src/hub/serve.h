/* certdesk-hub serve: nginx and the workers, kept running, until SIGTERM. */
#ifndef CERTDESK_HUB_SERVE_H
#define CERTDESK_HUB_SERVE_H

#include "hub/hub.h"

/* Serves until SIGTERM or SIGINT, then lets nginx and the workers end what they began. Killed itself, nothing of it stays: each child ends with
 * this process, and children that nginx leaves when it is killed are ended here. `workers` 0 is as hub.yaml says.
 * ERR_HUB_SERVING (one runs here already), ERR_HUB_PORT, ERR_HUB_LISTEN, ERR_HUB_NGINX, ERR_HUB_PATH, ERR_HUB_USER, hub_open's. */
enum err hub_serve(const char *dir, int workers, struct error *e);

/* Tells the one that serves this directory to read keys and list again; false where none does. */
bool hub_serve_reload(const struct hub *hub);
/* Whether a request through nginx has reached a worker: GET /v1/health over TLS that trusts our root alone. */
bool hub_probe(const struct hub *hub);

#endif
