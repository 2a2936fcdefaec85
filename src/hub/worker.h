/* One worker: FastCGI requests from nginx, answered one after the other. */
#ifndef CERTDESK_HUB_WORKER_H
#define CERTDESK_HUB_WORKER_H

#include "hub/hub.h"

/* Serves the listening socket until SIGTERM; a request that was begun is ended first. A database that can't be reached is tried again
 * while requests are told so. Returns the process's exit status. */
int worker_run(struct hub *hub, int listener);

#endif
