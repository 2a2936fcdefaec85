/* nginx in front of the workers: its configuration, checked before it is used. */
#ifndef CERTDESK_HUB_NGINX_H
#define CERTDESK_HUB_NGINX_H

#include <sys/types.h>

#include "hub/hub.h"

/* Writes DIR/run/nginx.conf and has `nginx -t` look at it. ERR_HUB_PATH (a path that its configuration can't hold), ERR_HUB_NGINX with nginx's
 * own first complaint. */
enum err nginx_configure(const struct hub *hub, struct error *e);
/* Whether every address can be listened on now. ERR_HUB_PORT names the first that can't. */
enum err nginx_ports_free(const struct hub *hub, struct error *e);
/* Starts the master in the foreground as a child that ends (SIGTERM) when this process does. -1 where it can't. */
pid_t nginx_start(const struct hub *hub);
/* Where this machine reaches what it listens on: an address and a port in numbers. False where `listen` is no address. */
bool nginx_address(const struct hub *hub, char host[256], char port[8]);
/* The private sockets of the workers, below DIR/run: files have workers of their own, since nginx hands their bytes on as they come and a slow
 * line holds a worker for as long. New string. */
enum pool { POOL_WORK, POOL_FILES, POOLS };
char *nginx_socket(const struct hub *hub, enum pool pool);

#endif
