/* 领取 and 寄出. */
#ifndef CERTDESK_DESK_HANDOVER_H
#define CERTDESK_DESK_HANDOVER_H

#include "desk/desk.h"

/* What the customer accepts: {"order","key_serial" (read from the key that is in, or
 * null),"expected_serial","certificate":{…cert_show…},"takers":[{"to","title"}] (who may take it),
 * "old_key": the serial of the key to collect, or null,"old_inserted": it is in,"old_waits": by the application
 * files wait that only the old key decrypts} */
enum err handover_preview(struct desk *d, const char *no, json_t **out, struct error *e);
/* Who takes it (to: agent, legal; a person has no legal: ERR_DESK_TAKER). The order knows its agent and its legal representative; of another (to: other) the name and an identity document,
 * kind as in id_kinds and number, are given, checked like those of a form and kept sealed. */
struct handover_taker {
	const char *to, *name, *document, *number; /* NULL or "": not given */
	/* The old key that they give back where the replacement collects it: its serial, scanned or typed (of a visit several, separated by
	 * commas), where it isn't in a reader; or why it can't be read: of a visit all that are neither in nor named, or with `old_unread_of` only
	 * those that it names. */
	const char *old_key, *old_unread, *old_unread_of;
};
/* Reads the serial of the key that is in (it must be `serial` and the order's; ERR_DESK_OTHER_KEY), records who took it and the receipt
 * number; the order is done. ERR_HANDOVER_STATE: its certificate may not be used, or the key was reported lost or damaged. A replacement under warranty, or of our mistake, collects the old key: it is in, or given
 * (ERR_HANDOVER_OLD_KEY, _OLD_OTHER, _OLD_NONE: nothing is to be collected). ERR_HANDOVER_RECEIPT (somebody else signed it). ERR_HANDOVER_TAKER (other: name or document missing or wrong),
 * ERR_HANDOVER_TAKER_KNOWN (given for one whom the order knows). */
enum err handover_take_by(struct desk *d, const char *no, const char *serial, const struct handover_taker *taker, const char *receipt,
                          json_t **out, struct error *e);
/* A mistaken hand-over is undone by a manager, with a reason: of the key `serial`, or of all of the order's where that is NULL.
 * The order is issued again, the key made, and its certificate suspended (CRL at once) until the right hand-over, which
 * resumes it. The customer is told of both. ERR_HANDOVER_NONE (nothing was handed over, or it was mailed), ERR_HANDOVER_OVER (the
 * certificate was renewed, replaced or revoked since), ERR_DESK_REASON. */
enum err handover_undo(struct desk *d, const char *no, const char *serial, const char *reason, json_t **out, struct error *e);
/* Mailed: recipient and address are the order's; what an undone hand-over suspended is resumed. As at the counter nothing goes out whose
 * certificate is suspended, revoked or superseded, or whose key was reported lost or damaged (ERR_HANDOVER_STATE). A key that the replacement collects must have come
 * back before. ERR_DESK_TRACKING, ERR_HANDOVER_OLD_MAIL. */
enum err handover_mail(struct desk *d, const char *no, const char *tracking, json_t **out, struct error *e);
/* 签收: the parcel arrived, on `date` ("2026-11-22"; NULL: today). Its keys are handed over (one that was reported lost or damaged
 * meanwhile stays so), the order is done. ERR_DESK_STATUS, ERR_DELIVERED_DATE. */
enum err handover_delivered(struct desk *d, const char *no, const char *date, json_t **out, struct error *e);
/* 退件: the parcel came back, and why. The keys that were in it count as made, in this station's drawer; the order is issued, and they are
 * mailed again or fetched. ERR_DESK_STATUS, ERR_DESK_REASON, ERR_DESK_KEY_MOVE (a key that was taken back or reported lost meanwhile). */
enum err handover_came_back(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);

#endif
