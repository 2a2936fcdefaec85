/* Shared by the files of src/sync alone. */
#ifndef CERTDESK_SYNC_INTERNAL_H
#define CERTDESK_SYNC_INTERNAL_H

#include <openssl/x509.h>

#include "net/net.h"
#include "sync/protocol.h"
#include "sync/sync.h"

struct sync {
	struct desk *d;
	struct net *net;
	EVP_PKEY *encrypt;    /* opens what is sealed to this site */
	struct bytes hub_encrypt; /* DER of the certificate that data keys are sealed to */
	EVP_PKEY *hub_sign;   /* checks what headquarters says */
	int64_t acknowledged; /* the newest entry that it has */
	int64_t feed;         /* the newest item done with */
	int64_t clock_at;     /* when the clocks were compared last */
	bool files_asked;     /* it asked for files again, and has not taken the batch since */
	bool file_cut;        /* a file was: from then on headquarters keeps what came of each */
	bool raw;             /* it takes journals with their binary values behind them */
	bool head_known;      /* compared with the hub's in this line's life */
};

/* Asks and understands: 2xx gives *out (NULL where the answer has no body). The errors that the page names come back as ERR_SYNC_*;
 * *said (may be NULL) then holds the answer, for what the caller knows better: with `expect` set to that status, OK is returned. */
enum err line_ask(struct sync *s, const char *method, const char *path, const json_t *body, int expect, int *status, json_t **out,
                  struct error *e);
/* The same with a body of bytes as they are. */
enum err line_send(struct sync *s, const char *method, const char *path, const struct bytes *body, int expect, int *status, json_t **out,
                   struct error *e);
/* What an answer with this status means; ERR_SYNC_*. */
enum err line_refusal(int status, const json_t *answer, const char *what, struct error *e);
bool line_signed(EVP_PKEY *by, const char *text, size_t length, const char *signature);
/* PEM -> certificate; NULL where it is none. */
X509 *line_certificate(const char *pem);
/* PEM certificate -> its key and (der may be NULL) its DER; NULL where it is none. */
EVP_PKEY *line_certificate_key(const char *pem, struct bytes *der);
/* Is this certificate (PEM) from that root (PEM), and for this pair (its private key; NULL: headquarters' own, or the one that the store
 * keeps)? */
bool line_issued(const char *root, const char *pem, const struct bytes *own);

/* Names the certificate in place of the page that was asked for it, in an error `r`, which comes back. */
enum err line_refused(enum err r, const char *serial, struct error *e);
/* How the line is, for the title and status; NULL: it is up. */
void line_note(struct desk *d, const struct error *why);
/* A private key of the row that headquarters_get gives; bytes_free wipes it. It comes out of the store for as long as it takes to
 * hand it on. */
enum err line_private(struct desk *d, const struct rows *row, int column, const char *bind, struct bytes *out, struct error *e);
/* Has the pairs certified anew where a third of the certificate's life is left. What keeps that from working is no reason not to
 * sync: doctor tells. */
enum err renew_run(struct sync *s, bool *renewed, struct error *e);
/* Before anything is written here: has headquarters entries that this disk lost? Then they come back first. ERR_SYNC_FORK. */
enum err push_compare(struct sync *s, json_t *counts, struct error *e);
/* Sends entries until headquarters has all; counts. */
enum err push_run(struct sync *s, json_t *counts, bool *moved, struct error *e);
/* Takes its turn and sends all that headquarters hasn't got. */
enum err sync_push(struct sync *s, struct error *e);
/* Fetches and carries out what is addressed to this site. */
enum err pull_run(struct sync *s, json_t *counts, bool *moved, struct error *e);
/* Orders that a review site approved: asks for the certificates that they name (after what says so was sent), and has those that came be what
 * the orders are about. What headquarters refuses is noted with the order. */
enum err reviewed_ask(struct sync *s, bool *moved, struct error *e);
enum err reviewed_settle(struct sync *s, bool *moved, struct error *e);
/* Headquarters' answer to one order's certificate; the caller's. */
enum err reviewed_said(struct sync *s, const char *order, const char *serial, json_t **said, struct error *e);
/* Sends a stored file whole, from where an earlier try stopped. */
enum err file_push(struct sync *s, const char *digest, json_t *counts, struct error *e);
/* Gets back what a disk that was rolled back has lost, up to headquarters' newest entry. */
enum err back_run(struct sync *s, int64_t to, json_t *counts, struct error *e);
/* Fetches a file (this site's own, or of an order that came from another) where it isn't here yet; size 0: not known. */
enum err file_pull(struct sync *s, const char *site, const char *name, const char *digest, int64_t size, struct error *e);
/* Something came which could not be carried out; an entry of ours that headquarters did not accept (refusal.h). Both are named until
 * somebody says that they have seen to it. */
void notice_trouble(struct desk *d, const struct error *e);
void notice_refused(struct desk *d, int64_t seq, const char *why);
/* Tells headquarters, where it wouldn't know otherwise, by an entry. */
enum err notice_untaken(struct desk *d, const char *kind, int64_t n, const struct error *why, struct error *e);
/* [{"number","text","at"}], the oldest first. */
enum err notice_list(struct desk *d, json_t **out, struct error *e);
void count_add(json_t *counts, const char *name, int64_t n);

#endif
