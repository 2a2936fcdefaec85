/* One request under way in certdesk-net: what curl asks for, and what it brings. Callbacks of curl's; what stops one stands in `err`. */
#ifndef CERTDESK_NET_EXCHANGE_H
#define CERTDESK_NET_EXCHANGE_H

#include <curl/curl.h>
#include <zlib.h>

#include "net/frame.h"

/* Whom we speak to; lives as long as the worker. */
struct line {
	int fd;
	CURL *curl;
	char *url, *place; /* without a "/" at its end; HOST:PORT for sentences */
	struct bytes root, certificate, key;
	bool key_is_pem;
	int refused; /* why their certificate was refused last, X509_V_… */
};

/* One request under way. */
struct exchange {
	struct line *line;
	const struct call *call;
	struct bytes body; /* to send, compressed */
	bool compressed;
	int64_t sent;
	int sends, takes; /* descriptors, or -1 */
	size_t headers, received;
	int64_t range_from;
	bool packed, unpacked; /* the answer is gzip; … and has come to its end */
	z_stream unpack;
	struct answer answer;
	enum err err; /* why a callback stopped it */
	char reason[CURL_ERROR_SIZE];
};

long exchange_status(const struct exchange *x); /* of the answer; 0 before it */
size_t exchange_take_header(char *data, size_t one, size_t length, void *exchange);
/* Into `answer`, unpacked and bounded, or into the file that the call names. */
size_t exchange_take_body(char *data, size_t one, size_t length, void *exchange);
size_t exchange_give_body(char *to, size_t one, size_t room, void *exchange);
int exchange_seek_body(void *exchange, curl_off_t offset, int origin); /* curl sends again */
int64_t exchange_send_length(const struct exchange *x);
/* Packs a body that is worth it. ERR_MEMORY. */
enum err exchange_compress(struct exchange *x);

#endif
