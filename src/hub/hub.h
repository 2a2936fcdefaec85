/* Headquarters: what every command, worker and handler of certdesk-hub works with. The protocol is src/sync/protocol.h. */
#ifndef CERTDESK_HUB_HUB_H
#define CERTDESK_HUB_HUB_H

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/names.h"
#include "hub/db.h"
#include "sync/protocol.h"

enum { REPLY_HEADERS = 8 };

/* hub.yaml in the directory, checked whole at start (options.c). */
struct hub_options {
	char *url;           /* what sites are told; its host and port are listened on and certified */
	char *listen;        /* "ADDRESS:PORT[, …]", default: the url's port on all addresses, or on the loopback for localhost */
	char *database;      /* "sqlite:PATH" below the directory (default sqlite:hub.db) or postgresql://… */
	char *files;         /* directory of the sites' files, default "files", or s3://BUCKET[/PREFIX] */
	char *spool;         /* directory of what isn't whole yet, for s3://…; default "spool" */
	char *s3_endpoint, *s3_region, *s3_key, *s3_secret, *s3_ca, *s3_style; /* certdesk-hub(8); the secret is a file's name */
	int s3_timeout;      /* seconds that the store may be silent */
	char *ca_crl_url, *ca_issuer_url, *ca_ocsp_url; /* addresses that the authority writes into certificates; "": none */
	char *crl_file; /* where its newest revocation list is put for a web server; "": nowhere */
	char *user;          /* serve started by root becomes this account */
	char *nginx;         /* the program, default "nginx" */
	int workers;         /* 0: twice the cores */
	int file_workers;    /* those for files, which may wait long for a slow line; default 16 */
	int requests_a_second; /* for one address; default 200 */
	int connections;     /* for one address; default 100 */
	char host[256];      /* of the url */
	int port;
};

struct hub {
	char *dir;
	struct hub_options options;
	struct db *db;
	struct hub_files *files;      /* files.h */
	struct clock clock;
	char *name;                   /* of headquarters */
	X509 *root, *sign, *encrypt;  /* its own certificates */
	EVP_PKEY *sign_key, *encrypt_key;
	struct hub_forms *forms;      /* values.h; NULL until one was asked for */
	struct authority *authority;  /* authority.h; NULL until it was asked for */
	struct signer_keys *signer_keys; /* signers.h: those read lately; NULL: none are kept */
	struct kept_keys *kept_keys;  /* keyring.h: data keys opened lately; NULL: none are kept */
};

/* `dir` NULL: CERTDESK_HUB_HOME, else ~/.local/share/certdesk-hub. ERR_HUB_MISSING, ERR_YAML, ERR_HUB_KEYS, db_open's. */
enum err hub_open(const char *dir, struct hub **out, struct error *e);
void hub_close(struct hub **hub);
int64_t hub_now(const struct hub *hub);
/* RFC 3339, or null for 0. */
json_t *hub_time_or_null(int64_t utc);

/* Signs a text with headquarters' signing key (ECDSA P-256, SHA-256, DER). `out` is added to. ERR_CRYPTO. */
enum err hub_sign(const struct hub *hub, const char *text, size_t length, struct bytes *out, struct error *e);
/* A site's current certificate of a kind ("tls", "sign", "encrypt"); the caller frees it. ERR_HUB_NO_SITE. */
enum err hub_certificate(const struct hub *hub, const char *site, const char *kind, X509 **out, struct error *e);

/* From here on the program runs as `who`, for good. ERR_HUB_USER. */
struct passwd;
enum err hub_become(const struct passwd *who, struct error *e);
/* The name of the account that runs the program; "" where it has none. */
const char *hub_account(void);
/* Notes an alarm, of a kind of alarms.def; within a transaction it is part of it. */
enum err hub_alarm(const struct hub *hub, const char *site, const char *kind, const char *detail, struct error *e);
/* The same once for each detail until somebody has seen to it, and at most `most` of the kind within a day (0: as many as there are): a site that tries again and again, and
 * says another thing each time, fills nothing. */
enum err hub_alarm_once(const struct hub *hub, const char *site, const char *kind, const char *detail, int most, struct error *e);
enum { HUB_ALARMS_A_DAY = 100 };

/* --- requests ---------------------------------------------------------------------------------------------------- */

struct request {
	const char *method, *path, *query; /* path without the query; query "" where there is none; neither is decoded */
	const char *rest;                  /* what stands behind the route's prefix ("" where the route is exact) */
	char site[SITE_CODE_SIZE];         /* of the client certificate, joined and not revoked; "" on routes that need none */
	char kind[16];                     /* "counter", "review" */
	const char *address;               /* whose the connection is, as nginx says it; NULL: not said */
	const char *range, *encoding;      /* Range, Content-Encoding; "" */
	bool takes_gzip;                   /* Accept-Encoding */
	int64_t length;                    /* Content-Length; -1 where it wasn't given (chunked) */
	int64_t upload_offset, upload_length; /* the headers; -1 where missing, -2 where malformed */
	/* Bytes of the body as they come, up to `n`; 0 at its end, -1 when the line broke. */
	long (*read)(void *input, void *out, size_t n);
	void *input;
	int64_t until;         /* clock_monotonic_ms from which on no worker waits for more of an upload; 0: none */
	const char *body_file; /* where nginx has put the whole body, a file that may be taken away; NULL: it comes by `read` alone */
	int body_fd;           /* … open to be read */
};

/* A value of the query ("after=17"); `missing` where it isn't there, -1 where it is no number from 0. */
int64_t request_number(const struct request *q, const char *name, int64_t missing);
/* The same for a text of at most size - 1 bytes of letters, digits, "-", "_", ":"; false where it isn't there or is another. */
bool request_text(const struct request *q, const char *name, char *out, size_t size);

/* A file, or a part of it, that comes from elsewhere and goes through the worker. */
struct reply_stream {
	bool is;
	char site[SITE_CODE_SIZE], digest[72];
	int64_t from, length, size;
};

/* What goes back. Zeroed is 200 with an empty body. One of json, bytes, file, stream. */
struct reply {
	int status;
	json_t *json;           /* owned */
	struct bytes bytes;     /* of `type`, default application/octet-stream */
	const char *type;
	char *file;             /* owned: a path from hub_file_local; nginx sends it and honours Range */
	struct reply_stream stream;
	struct {
		const char *name;
		char value[128];
	} headers[REPLY_HEADERS];
	int header_count;
};

void reply_free(struct reply *p);
/* {"error": name, …more} with a status; `more` (may be NULL) is taken over. Returns OK, so that a handler ends with it. */
enum err reply_say(struct reply *p, int status, const char *name, json_t *more);
/* The JSON body, taken over. */
enum err reply_json(struct reply *p, json_t *body);
void reply_header(struct reply *p, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The whole body, inflated where it is gzip, of at most `limit` bytes; or its JSON object. False where it can't be had: the reply
 * then says so already (400, 413) and the handler returns OK. */
bool request_body(struct request *q, size_t limit, struct bytes *out, struct reply *p);
bool request_json(struct request *q, size_t limit, json_t **out, struct reply *p);

/* A handler works in no transaction of its caller's and leaves none open (what it leaves is rolled back). Any error becomes 507 "full"
 * (ERR_STORE_FULL, ERR_HUB_FULL) or 503 "fault"; the sentence goes to the log, never to the site. */
typedef enum err handler(struct hub *hub, struct request *q, struct reply *p, struct error *e);

enum route_needs { NEEDS_SITE, NEEDS_NOTHING };
struct route {
	const char *method, *path; /* ends with "/": a prefix */
	enum route_needs needs;
	handler *run;
};
/* Tables ended by a row without a method. */
extern const struct route routes_base[]; /* root, join, renew, time, health */
extern const struct route routes_data[]; /* h_data.c: head, journal, feed, files */

/* Answers one request: looks the site up by its certificate, finds the route, runs it. `verified` is nginx's word
 * ("SUCCESS", "NONE", "FAILED:why"), `serial` and `subject` those of the client certificate. */
void hub_answer(struct hub *hub, struct request *q, const char *verified, const char *serial, const char *subject, struct reply *p);

/* sitechange.c, within the caller's transaction: a site has joined, or was revoked; its kind says what that means for others (is there
 * a review site?). */
enum err data_site_changed(struct hub *hub, const char *site, struct error *e);

#endif
