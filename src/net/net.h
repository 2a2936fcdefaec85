/* The one HTTP client: what a site says to headquarters, and to a payment provider, goes over it, by HTTPS alone. The network is spoken by
 * a program of its own, certdesk-net, that net_start finds beside certdesk and starts over a socketpair: what parses the network's bytes shares
 * no memory with a PIN, opens no file of the site, and starts nothing. The calls here wait, at most `seconds`: processes that sync make
 * them, and threads of screens, never the screens.
 *
 * Errors of net_start and net_call:
 *   ERR_NET_PROGRAM  certdesk-net isn't there           ERR_NET_WORKER  it ended without an answer (start anew)
 *   ERR_NET_URL      no https:// address                ERR_NET_OWN     our certificate, its key or the root can't be used
 *   ERR_NET_LINE     name unknown, nobody answers       ERR_NET_SLOW    the time was over
 *   ERR_NET_CUT      the line broke in the middle       ERR_NET_TLS     no secure line came about: they refuse, or are too old
 *   ERR_NET_ROOT     a certificate that our root didn't issue   ERR_NET_HOST  … for another name   ERR_NET_EXPIRED  … not valid today
 *   ERR_NET_ANSWER   what came is no answer             ERR_NET_LONG    the answer is over `limit`
 *   ERR_NET_FILE     the file to send got shorter, or the one to write can't be written
 * exit status 3 where trying again helps (PROGRAM, URL, OWN, ROOT, HOST, EXPIRED, FILE: it doesn't). ERR_MEMORY. */
#ifndef CERTDESK_NET_NET_H
#define CERTDESK_NET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct net;

/* Copied to the worker and wiped on the way; the caller keeps and wipes its own. */
struct net_options {
	const char *url;         /* "https://HOST[:PORT][/PREFIX]": HOST is what the other side's certificate must name */
	const char *root;        /* PEM: what alone is trusted. NULL: nothing is proven; only GET /v1/root is then possible */
	const char *certificate; /* PEM, ours; may be NULL (join) */
	const void *key;         /* … and its private key, DER or PEM; NULL without a certificate */
	size_t key_length;
};

/* Starts the worker. No line is opened yet. The worker ends with the thread that started it. */
enum err net_start(const struct net_options *options, struct net **out, struct error *e);
/* Ends the worker; NULL is fine. */
void net_end(struct net **net);

/* A piece of an open file; descriptors are handed over, and stay the caller's. */
struct net_file {
	int fd;
	int64_t from, length;
};

/* Zeroed is a GET without a body. */
struct net_request {
	const char *method;          /* GET (NULL too), HEAD, POST, PUT */
	const char *path;            /* "/v1/…", visible ASCII, with its query */
	const void *body;            /* compressed on the way where it is over a kilobyte; a NET_FORM never is, as strangers take those */
	size_t length;
	const char *type;            /* of the body; NULL: application/json */
	const struct net_file *send; /* instead of `body`: as it is */
	const char *upload_offset, *upload_length; /* headers, decimal; NULL: none */
	/* Where a 2xx answer's bytes go instead of reply->body, at most `limit`. With `from` > 0 the rest from there is asked for
	 * (Range), and is written from there on (reply->from == from); a hub that sends all of it is written from 0 on.
	 * `length` isn't used. The file is not truncated and not synced. */
	const struct net_file *into;
	size_t limit;                /* of the answer, uncompressed; 0: NET_ANSWER_MOST. An error's answer is at most that in any case */
	int seconds;                 /* for all of it; 0: NET_SECONDS. Half a minute without a byte ends it too */
};
#define NET_FORM "application/x-www-form-urlencoded"
enum { NET_ANSWER_MOST = 64 << 10, NET_SECONDS = 60, NET_BODY_MOST = 64 << 20 };

struct net_reply {
	int status;                            /* 100 … 599: the caller judges it. Redirections aren't followed */
	struct bytes body;                     /* uncompressed; net_reply_free */
	int64_t upload_offset, upload_length;  /* headers; -1 where there is none */
	int64_t from, written;                 /* with `into` and 2xx: where it begins, and how many bytes were written */
};

/* One request and its answer. Connections are kept between calls. Any error but ERR_NET_WORKER and ERR_MEMORY leaves `net` good for the next
 * call. A request that was cut may have been taken by the other side. `reply` is replaced. */
enum err net_call(struct net *net, const struct net_request *request, struct net_reply *reply, struct error *e);
void net_reply_free(struct net_reply *reply);

/* Where certdesk-net is: beside the program, else in ../libexec/certdesk. New string; NULL where it isn't. */
char *net_program(void);

#endif
