/* Shifts 班次 and the till 钱箱 of a window: opened, counted, handed over, closed. A shift opens by itself with the first
 * money; once closed it takes no more, and a new one at the same window on the same day is opened by hand.
 *
 * A shift as it is shown: {"station","date","state" (open; counted: nothing came since the count; closed),"staff","login",
 * "opened_at","closed_at","float" (null: nobody said),"expected_cash","expected_pos","expected_cheques" (sheets),"pieces",
 * "cash","pos","cheques","difference_cash","difference_pos","difference_cheques" (these seven null until counted; a closed
 * shift's are those of its closing count),"counted_at","counted_by","explanation","closed_by","taken_by"}. */
#ifndef CERTDESK_DESK_TILL_H
#define CERTDESK_DESK_TILL_H

#include "desk/desk.h"

/* Which shift is meant: NULL station is this window, NULL date its newest open one. */
struct till_where {
	const char *station, *date;
};

/* An array: the shifts of `date` (NULL: the business date of now), all windows' or one's, and those before it that are
 * still open. MAY_TILL_VIEW. */
enum err till_show(struct desk *d, const struct till_where *at, json_t **out, struct error *e);
/* Opens this window's shift with so many fen in the till. One that opened by itself and has no float yet gets it.
 * MAY_TILL. ERR_TILL_OPEN. */
enum err till_open(struct desk *d, int64_t fen, json_t **out, struct error *e);
/* "100x3,50x2,0.5x4" to {"100": 3, …}; "0" is an empty till. ERR_TILL_PIECES. */
enum err till_pieces(const char *text, json_t **out, struct error *e);
struct till_counted {
	const json_t *pieces; /* {"100": 3}: codes of forms/codes/denominations.tsv */
	int64_t pos;          /* total of the POS slips in fen */
	int64_t cheques;      /* sheets */
};
/* What lies in the till against what should. Again as often as wanted; the last count holds.
 * MAY_TILL, another's shift MAY_TILL_OTHERS. ERR_TILL_NONE, ERR_TILL_PIECES. */
enum err till_count(struct desk *d, const struct till_where *at, const struct till_counted *counted, json_t **out, struct error *e);
/* Ends the shift with its last count; a difference needs its explanation. Who may: as till_count.
 * ERR_TILL_UNCOUNTED (never, or money moved since), ERR_TILL_EXPLAIN, ERR_DESK_CLOCK. */
enum err till_close(struct desk *d, const struct till_where *at, const char *explanation, json_t **out, struct error *e);
/* The same with today's shift of this window, and the second person on the spot takes over: a new shift of theirs begins
 * with the cash as counted. They must be another person and be allowed to take money. ERR_DESK_TWO_PERSONS (nobody there),
 * ERR_DESK_SEPARATION. */
enum err till_handover(struct desk *d, const char *explanation, json_t **out, struct error *e);
/* What a shown shift's count differs by: "现金 -10.00，支票张数 +1"; false, and "", where it doesn't. */
#define TILL_DIFFERENCES_SIZE 128
bool till_differences(const json_t *shift, char out[TILL_DIFFERENCES_SIZE]);
/* Shifts of earlier dates that are still open: [{"station","date","staff"}], newest first. */
enum err till_late(struct desk *d, json_t **out, struct error *e);

/* For use cases that move money, inside their step ----------------------------------------------------------------- */

/* The shift that takes money at this window now; opens it with the first. With `must` false (money that comes by the bank)
 * *shift is 0 where none is open. ERR_TILL_CLOSED, ERR_DAY_FROZEN. */
enum err till_shift(struct desk *d, const struct staff *who, bool must, int64_t *shift, struct error *e);
/* Voids a payment. One whose shift is closed goes out of this window's shift, as a correction; money of a frozen
 * business date can't be voided, an announced transfer can. ERR_DAY_FROZEN, ERR_TILL_CLOSED. */
enum err till_void(struct desk *d, const struct staff *who, int64_t payment, const char *reason, struct error *e);
/* Money of a payment by cash, POS or cheque goes out of this window's shift ("refund"). `fen` is positive.
 * ERR_TILL_CLOSED. */
enum err till_pay_out(struct desk *d, const struct staff *who, int64_t payment, const char *kind, const char *method, int64_t fen,
                      const char *reason, struct error *e);

#endif
