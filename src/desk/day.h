/* The day's end 日结: a checklist of rows, each with its own check; when none is open the report is written and the business
 * date 班次日 is frozen. Money after that counts to the next date; there is no way back, corrections go to the next day.
 *
 * A checklist: {"date","frozen","ready" (nothing blocks),"checklist":[{"item","title","state" (done, warn, open),"detail","mend",
 * "blocks" (an open one keeps the day from ending),"confirm","waive" (what can be said of it)}; that
 * of the keys, where there is a stock, "count": true,"drawer" (the next to count, or null),"expected","counted","difference" (null
 * where nothing was counted) too],"report","report_digest",
 * "head","closed_at","closed_by" (these null until it is frozen; report is the file's path)}. */
#ifndef CERTDESK_DESK_DAY_H
#define CERTDESK_DESK_DAY_H

#include "desk/desk.h"

/* ERR_DAY_FROZEN where nothing can be taken or changed at this business date any more; ERR_DESK_DATE. */
enum err day_not_frozen(struct desk *d, const char *date, struct error *e);
/* The day that is to be ended: the first with money that isn't, else the business date of now. */
enum err day_due(struct desk *d, char out[11], struct error *e);

/* `date` may be NULL here and below: the business date of now. Of a frozen day the list as it was. MAY_DAY_VIEW. */
enum err day_show(struct desk *d, const char *date, json_t **out, struct error *e);
/* What was counted or read off: item "pos" (the terminal's total, fen), "keys" (pieces; only at a point without a stock:
 * ERR_DAY_COUNTED, for a stock is counted, stock_count). Another figure than expected needs a reason: ERR_DESK_REASON. MAY_DAY_CLOSE. ERR_DAY_ITEM, ERR_DAY_FROZEN. *out is day_show's. */
enum err day_confirm(struct desk *d, const char *date, const char *item, int64_t figure, const char *reason, json_t **out,
                     struct error *e);
/* A manager goes without it, for a reason. Errors as above. */
enum err day_waive(struct desk *d, const char *date, const char *item, const char *reason, json_t **out, struct error *e);
/* Writes DIR/reports/daily-DATE.xlsx and freezes the date. MAY_DAY_CLOSE. ERR_DAY_OPEN names what is open; ERR_DAY_FROZEN,
 * ERR_DAY_FUTURE, ERR_DESK_CLOCK, ERR_REPORT_*; ERR_STORE_BUSY where others write too much while the report is made. */
enum err day_close(struct desk *d, const char *date, json_t **out, struct error *e);

#endif
