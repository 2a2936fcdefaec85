/* The payment provider, asked in three parts: a question is made (signed, with the desk), sent (by any thread: it takes no desk and no
 * store), and its answer read. Nothing here changes the store; who asks has recorded it before. Private to src/desk, but for screens, which
 * send from a thread of their own.
 *
 * Errors: ERR_PAY_PROVIDER_NONE (not configured), ERR_PAY_PROVIDER_KEY, ERR_PAY_PROVIDER_MODE (others can read the merchant's key),
 * ERR_FILE_READ, ERR_PAY_PROVIDER_LINE (not reached, or no answer came: it may have been done all the same), those of pay/alipay.h. */
#ifndef CERTDESK_DESK_PROVIDER_H
#define CERTDESK_DESK_PROVIDER_H

#include "desk/desk.h"
#include "pay/alipay.h"

struct provider_call { /* zeroed is none */
	enum alipay_method method;
	char *url, *path;
	struct bytes root, body, answer;
	enum err (*way)(struct provider_call *call, struct error *e); /* desk.provider_way, or the network */
	enum err sent; /* what provider_send came to */
	struct error error;
};

bool provider_configured(const struct desk *d);
/* Whether a question could be made: configuration and keys alone, nothing is sent. */
enum err provider_ready(struct desk *d, struct error *e);
/* The question, ready to be sent. Free with provider_free. */
enum err provider_make(struct desk *d, struct alipay_request *q, struct provider_call *out, struct error *e);
/* Sends it and waits, some 15 s at most. Keeps in the call what came of it. */
void provider_send(struct provider_call *call);
/* What sending came to, and the answer as far as it is proven. */
enum err provider_read(struct desk *d, const struct provider_call *call, struct alipay_answer *out, struct error *e);
/* All three. */
enum err provider_ask(struct desk *d, struct alipay_request *q, struct alipay_answer *out, struct error *e);
void provider_free(struct provider_call *call);
/* Asks for a trade that there never was: configuration, keys and line are right where the answer is proven. For doctor. */
enum err provider_try(struct desk *d, struct error *e);

#endif
