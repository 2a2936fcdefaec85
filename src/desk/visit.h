/* 来访: several orders for one agent in one go; signed, paid and handed over together. An order that was begun alone has a
 * visit of its own. ERR_VISIT_NONE (no such visit) wherever one is named. */
#ifndef CERTDESK_DESK_VISIT_H
#define CERTDESK_DESK_VISIT_H

#include "desk/handover.h"
#include "desk/order.h"

enum { VISIT_NO_SIZE = 32, VISIT_QUEUE_SIZE = 33 };

/* Opens one; `queue` is the number on the customer's slip, or NULL. ERR_VISIT_QUEUE. */
enum err visit_open(struct desk *d, const char *queue, char no[VISIT_NO_SIZE], struct error *e);
/* Puts a draft into a visit, out of any other; takes it out again. ERR_VISIT_SIGNED, ERR_VISIT_NOT_IN. */
enum err visit_add(struct desk *d, const char *visit, const char *order, struct error *e);
enum err visit_leave(struct desk *d, const char *order, struct error *e);
/* {"visit","queue_no","station","came_at","business_date","agent" (masked name of who comes for it, of each where they differ, "" before there is one),
 * "orders":[{"order","name","business","business_title","status","status_title","amount","paid","due","role" (of a unit's key that it
 * makes, else ""),"more" (secondary keys besides),"next","next_title","next_who" (nextstep.h; of a draft the first thing that its signature lacks),"why" (what a draft still needs, else "")}],"keys":[{"order",
 * "key_serial","role","handed_at"}],"to_sign" (drafts),"signable" (those of them that can be signed),"to_pay","due" (fen, of those
 * to pay),"to_hand_over" (keys),"amount" (fen, of all),"qr" (the code that it can be paid by now, as qrpay.h says, or null)}. */
enum err visit_show(struct desk *d, const char *visit, json_t **out, struct error *e);
/* Of one business date (NULL: the one of now), newest first: [{"visit","queue_no","station","came_at","name","drafts","orders",
 * "unfinished"}]. ERR_DESK_DATE. */
enum err visit_list(struct desk *d, const char *date, json_t **out, struct error *e);
/* The number of the visit that a draft or order is in, "" for a draft that is in none. */
enum err visit_of(struct desk *d, const char *order, char visit[VISIT_NO_SIZE], struct error *e);

/* 同一经办人: a new draft, in the same visit, with the agent of `order`; 该客户下一笔业务: with all that is known of its customer.
 * `form` NULL is a new application for the same kind of customer. An order of another day begins a visit of today; a draft that
 * is in none begins one, and is in it. ERR_VISIT_CUSTOMER. */
enum err visit_next(struct desk *d, const char *order, const char *form, enum visit_same same, char no[ORDER_NO_SIZE], struct error *e);

/* Whether the visit's drafts can be signed together, before the customer reads what is signed. All of them must be ready:
 * ERR_VISIT_NOT_READY names one that isn't, ERR_VISIT_AGENT one of another agent, ERR_VISIT_TWO_CODES one whose phone changes,
 * ERR_VISIT_MAIN two that ask for one unit's main key. ERR_VISIT_EMPTY. */
enum err visit_sign_check(struct desk *d, const char *visit, struct error *e);
/* One code to the agent over all of them; what it confirms is the digest over all their digests. As visit_sign_check.
 * *out: {"visit","orders":[number],"sent_to","expires_at"}. */
enum err visit_sign_send(struct desk *d, const char *visit, json_t **out, struct error *e);
/* Signs all of them in one step, or none. *out is visit_show's object. As sign_codes. */
enum err visit_sign_code(struct desk *d, const char *visit, const char *code, json_t **out, struct error *e);
/* The same on paper, each with its scan, confirmed by the second person. As sign_paper. */
enum err visit_sign_paper(struct desk *d, const char *visit, json_t **out, struct error *e);

/* One payment over all orders that wait for theirs, in one step; `amount` is the sum of what is due. As pay_take.
 * ERR_VISIT_EMPTY. *out is visit_show's object. */
enum err visit_pay(struct desk *d, const char *visit, const char *method, const char *receipt, int64_t amount, json_t **out,
                   struct error *e);

/* The visit's keys that were made and are to be fetched: {"takers" (as in handover_preview: who may take all of those that are in, none
 * where nothing is),"keys":[{"order","name","key_serial","role","inserted","handed_at",
 * "certificate":{…cert_show…}|null,"takers","old_key","old_inserted","old_waits" (as in handover_preview)}]}. */
enum err visit_handover_preview(struct desk *d, const char *visit, json_t **out, struct error *e);
/* Hands the named keys over in one step, each read and compared; with NULL those of the visit that are in. One receipt for all of
 * them, and for others of the visit later. As handover_take_by, and ERR_VISIT_TAKER (who takes them isn't one person). *out is visit_show's
 * object. */
enum err visit_handover_by(struct desk *d, const char *visit, const char *const *serials, size_t count,
                           const struct handover_taker *taker, const char *receipt, json_t **out, struct error *e);

#endif
