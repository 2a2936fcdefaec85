#include "desk/admin.h"

#include "base/json.h"
#include "desk/attach.h"
#include "desk/cert.h"
#include "desk/duedate.h"
#include "desk/effect.h"
#include "desk/expiry.h"
#include "desk/issue.h"
#include "desk/latenotice.h"
#include "desk/order.h"
#include "desk/pay.h"
#include "desk/print.h"
#include "desk/backup.h"
#include "desk/publication.h"
#include "desk/purge.h"
#include "desk/qrpay.h"
#include "desk/qrrefund.h"
#include "desk/refund.h"
#include "store/journal.h"

enum err audit_verify(struct desk *d, void (*progress)(void *arg, int64_t done), void *arg, json_t **out, struct error *e)
{
	struct journal_report report;
	json_t *gaps = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_AUDIT, NULL, e);
	if (!r)
		r = journal_verify(d->store, &report, progress, arg, e);
	if (!r)
		r = refund_gaps(d, &gaps, e);
	if (!r)
		*out = json_pack("{sI sI sI ss sO}", "entries", (json_int_t)report.entries, "records", (json_int_t)report.records, "unjudged",
		                 (json_int_t)report.unjudged, "head", report.head, "unsettled", gaps);
	json_decref(gaps);
	return r;
}

enum err tick_run(struct desk *d, json_t **out, struct error *e)
{
	int64_t cancelled = 0, purged = 0, expired = 0, pins = 0, swept = 0, revoked = 0, late = 0, prints = 0, notices = 0, ending = 0, backups = 0, codes = 0, refunds = 0;
	bool timer = d->timer;
	*out = NULL;
	d->timer = true;
	enum err r = qr_tick(d, &codes, e); /* before the unpaid are cancelled: what was paid counts */
	if (!r)
		r = qr_refund_all(d, NULL, &refunds, NULL, e);
	if (!r)
		r = pay_cancel_unpaid(d, &cancelled, e);
	if (!r)
		r = draft_purge(d, &purged, e);
	if (!r)
		r = pin_purge(d, &pins, e);
	if (!r)
		r = purge_run(d, &expired, e);
	if (!r)
		r = backup_old_count(d, &backups, e);
	if (!r)
		r = publication_sweep(d, e);
	if (!r)
		r = attach_sweep(d, &swept, e);
	if (!r) /* before the lists: what keeps them from being made may be why it is late */
		r = late_notice_tick(d, &notices, e);
	if (!r)
		r = effect_tick(d, &revoked, e);
	if (!r)
		print_purge(d, &prints);
	if (!r)
		r = crl_refresh(d, e);
	if (!r)
		r = duedate_late(d, &late, e);
	if (!r)
		r = expiry_notice_tick(d, &ending, e);
	d->timer = timer;
	if (!r)
		*out = json_pack("{sIsIsIsIsIsIsIsIsIsIsIsI}", "codes", (json_int_t)codes, "refunds", (json_int_t)refunds, "expired", (json_int_t)expired, "old_backups", (json_int_t)backups, "cancelled", (json_int_t)cancelled, "purged", (json_int_t)purged, "pins", (json_int_t)pins,
		                 "swept", (json_int_t)(swept + prints), "revoked", (json_int_t)revoked, "late", (json_int_t)late, "late_notices",
		                 (json_int_t)notices, "expiry_notices", (json_int_t)ending);
	return r;
}

