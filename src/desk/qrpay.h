/* 扫码支付: an order, or all of a visit that wait, paid by a code that the customer scans. Verified by asking the provider, never ticked.
 *
 * A code is recorded before the provider hears of it, and from then on each step asks before it sends again, so that a cut at any point
 * leaves nothing doubled and nothing forgotten: `tick` and whoever comes next ask on. asked (nobody has a code yet) → shown → paid, or
 * → ending (it is to be closed at the provider) → closed. Money of another amount, or for an order that may not go on, waits 待认领 under the
 * provider's number (unclaimed.h).
 *
 * A code as it is shown: {"trade" (our number),"subject" (the order or visit),"amount","state","state_title","code_text" (what is scanned,
 * "" before there is one),"receipt" (the provider's number, once paid),"late" (paid, and the money waits 待认领),"asked_at","expires_at"}.
 * Errors besides those of all use cases: those of provider.h; ERR_QR_NONE. */
#ifndef CERTDESK_DESK_QRPAY_H
#define CERTDESK_DESK_QRPAY_H

#include "desk/provider.h"

enum { QR_TRADE_SIZE = ALIPAY_NUMBER_SIZE };

/* Records a code for what is due of an order, or with `visit` of all its orders that wait. One that is open already is given back
 * ("resumed": true), whatever became of it: ask how it stands. MAY_PAY. ERR_VISIT_EMPTY; ERR_DESK_STATUS, also where a transfer is
 * announced; ERR_QR_OPEN where one of the orders has a code that isn't this subject's. */
enum err qr_start(struct desk *d, const char *subject, bool visit, json_t **out, struct error *e);

/* A conversation with the provider about one code: from qr_begin, or zeroed but for `trade`. End it with qr_talk_end. */
struct qr_talk {
	char trade[QR_TRADE_SIZE];
	bool fresh;   /* the caller has just recorded it: nothing was sent yet */
	bool looked;  /* just asked how it stands, and it isn't paid */
	bool resumed; /* it lay there from before: once it is found closed, a new one is recorded and `trade` is that one's. Who gives it up sets it false */
	bool visit;
	char subject[ORDER_NO_SIZE]; /* "" where the caller has only a trade */
	struct provider_call call;
};
/* qr_start, and a conversation about what it gives. */
enum err qr_begin(struct desk *d, const char *subject, bool visit, struct qr_talk *talk, json_t **out, struct error *e);
/* What is to be asked or sent now, made ready in talk->call; *more false where nothing is: it is paid or closed. MAY_PAY_VERIFY. */
enum err qr_next(struct desk *d, struct qr_talk *talk, bool *more, struct error *e);
/* Behind provider_send: books what was answered. *more: something is to be sent at once (qr_next). *out is the code as it is now, with
 * "returned": true where a payment crossed its closing and the provider gave it back. The provider's refusal and a missing line are
 * returned, and change nothing; ERR_PAY_PROVIDER_BUSY where it didn't say. What forbids a new code in place of one that lay there (qr_start)
 * is returned behind the closing. */
enum err qr_take(struct desk *d, struct qr_talk *talk, bool *more, json_t **out, struct error *e);
void qr_talk_end(struct qr_talk *talk);

/* Asks until nothing more is to be said now. As qr_take. */
enum err qr_talk_on(struct desk *d, struct qr_talk *talk, json_t **out, struct error *e);
/* The same about one code alone. */
enum err qr_ask(struct desk *d, const char *trade, bool fresh, json_t **out, struct error *e);
/* It is not to be paid any more: recorded, then closed at the provider by the next qr_ask. One that nobody has seen is closed at once.
 * MAY_PAY. */
enum err qr_give_up(struct desk *d, const char *trade, struct error *e);
/* One code by our number, open or not. */
enum err qr_show(struct desk *d, const char *trade, json_t **out, struct error *e);
/* The open code of an order or visit; *out NULL where there is none. */
enum err qr_of(struct desk *d, const char *subject, json_t **out, struct error *e);
/* Whether somebody can pay a code for this order: its visit's counts too. *subject (may be NULL) is whose; "" for none. One that was given up
 * (QR_ENDING) hinders no other way of paying, also while the provider can't be reached: what is paid by it all the same waits 待认领. */
enum qr_open { QR_NONE_OPEN, QR_SHOWN, QR_ENDING };
enum err qr_open_of_order(struct desk *d, int64_t order_id, enum qr_open *open, char subject[ORDER_NO_SIZE], struct error *e);
/* For `tick`: asks about all that are open, and closes what is over. What a missing line leaves is asked the next time. */
enum err qr_tick(struct desk *d, int64_t *concluded, struct error *e);
/* The code as text to be drawn black on white, two modules a row, quiet zone included: lines of '█', '▀', '▄' and spaces. *columns is their
 * width. ERR_MEMORY; ERR_PAY_PROVIDER_ANSWER for a text that is too long for a code. */
enum err qr_lines(const char *code, struct bytes *out, int *columns, struct error *e);

#endif
