/* certdesk-net's work: the other end of net.c's socketpair. What one request asks and brings is exchange.h; nothing else
 * here calls libcurl. */
#ifndef CERTDESK_NET_WORKER_H
#define CERTDESK_NET_WORKER_H

/* Takes the setup, then calls, from `fd` until it is closed. Returns the exit status of the program. */
int net_worker_run(int fd);

#endif
