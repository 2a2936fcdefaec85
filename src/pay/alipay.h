/* Alipay's OpenAPI v2, as far as a counter needs it: what is sent, signed; what comes back, proven. Pure: it sends nothing.
 *
 * Errors:
 *   ERR_PAY_PROVIDER_KEY      a key that can't be used, or isn't RSA of 2048 bits at least
 *   ERR_PAY_PROVIDER_ANSWER   an answer that isn't signed by the provider, or makes no sense: it says nothing at all
 *   ERR_PAY_PROVIDER_REFUSED  an unsigned refusal of the whole request (our application, our key): nothing was done */
#ifndef CERTDESK_PAY_ALIPAY_H
#define CERTDESK_PAY_ALIPAY_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct alipay_merchant {
	char *app_id;
	EVP_PKEY *key;      /* ours, to sign with */
	EVP_PKEY *provider; /* theirs, to prove answers with */
	struct bytes app_sn, root_sn; /* empty: the application signs with a bare key */
};
/* What an application is known by. Files as they are; the caller wipes its own. */
struct alipay_keys {
	const char *app_id;
	const struct bytes *key;      /* ours: PEM, or the bare base64 that the provider's own tool hands out */
	const struct bytes *provider; /* theirs: the same, or their certificate (PEM) */
	const struct bytes *certificate, *roots; /* PEM: the application's certificate, and the provider's roots; NULL: it has none */
};
/* ERR_PAY_PROVIDER_KEY says which of them can't be used. */
enum err alipay_open(const struct alipay_keys *keys, struct alipay_merchant *out, struct error *e);
void alipay_close(struct alipay_merchant *m); /* zeroed is fine */

enum alipay_method {
	ALIPAY_PRECREATE,    /* a code to be scanned */
	ALIPAY_QUERY,        /* how a trade stands */
	ALIPAY_CANCEL,       /* ends it; one that was paid in this very moment goes back */
	ALIPAY_REFUND,
	ALIPAY_REFUND_QUERY, /* whether that refund was made */
	ALIPAY_METHODS
};

enum { ALIPAY_NUMBER_SIZE = 65, ALIPAY_CODE_SIZE = 257, ALIPAY_TEXT_SIZE = 160 };

/* What is asked. Members that a method doesn't name are not used. */
struct alipay_request {
	enum alipay_method method;
	const char *out_trade_no; /* ours: PRECREATE, QUERY, CANCEL */
	const char *trade_no;     /* theirs: REFUND, REFUND_QUERY */
	const char *request_no;   /* of a refund: the same one again is the same refund */
	const char *subject;      /* PRECREATE: what the customer reads */
	const char *reason;       /* REFUND */
	int64_t amount;           /* fen: PRECREATE, REFUND */
	int minutes;              /* PRECREATE: until nobody can pay any more */
	int64_t now;              /* UTC seconds */
};
/* The form-encoded body of the POST, signed, into the empty `body`; ALIPAY_CHARSET, which is signed too, goes into the address, so that
 * the body is read by it. ERR_CRYPTO, ERR_MEMORY. */
#define ALIPAY_CHARSET "charset=utf-8"
enum err alipay_request_make(const struct alipay_merchant *m, const struct alipay_request *q, struct bytes *body, struct error *e);

enum alipay_result {
	ALIPAY_DONE,    /* code 10000. Of a refund it doesn't say that money moved */
	ALIPAY_NONE,    /* there is no such trade: nobody has scanned the code */
	ALIPAY_REFUSED, /* `why` is theirs */
	ALIPAY_UNCLEAR  /* it may have been done: ask */
};
enum alipay_trade { ALIPAY_NO_TRADE, ALIPAY_WAITS, ALIPAY_PAID, ALIPAY_CLOSED };

/* What is proven to be said. Texts are printable, "" where nothing was. */
struct alipay_answer {
	enum alipay_result result;
	char why[ALIPAY_TEXT_SIZE]; /* "余额不足 (ACQ.SELLER_BALANCE_NOT_ENOUGH)" */
	char out_trade_no[ALIPAY_NUMBER_SIZE], trade_no[ALIPAY_NUMBER_SIZE], request_no[ALIPAY_NUMBER_SIZE];
	char code[ALIPAY_CODE_SIZE]; /* PRECREATE: the text of the code */
	enum alipay_trade trade;     /* QUERY */
	int64_t amount;              /* fen: of the trade; REFUND_QUERY: of the refund. -1: not said */
	bool refunded;               /* REFUND_QUERY: the money went back. CANCEL: it had been paid, and went back */
};
/* Reads an answer to `method`, of any bytes: the signature over the raw bytes of its one member is proven before anything else of it is
 * believed. */
enum err alipay_answer_read(const struct alipay_merchant *m, enum alipay_method method, const void *raw, size_t length,
                            struct alipay_answer *out, struct error *e);

#endif
