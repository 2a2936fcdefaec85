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
#include "desk/round.h"
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

static enum err tick_refunds(struct desk *d, int64_t *refunds, struct error *e)
{
	return qr_refund_all(d, NULL, refunds, NULL, e);
}

static enum err tick_prints(struct desk *d, int64_t *gone, struct error *e)
{
	(void)e;
	print_purge(d, gone);
	return OK;
}

static enum err tick_publication(struct desk *d, int64_t *none, struct error *e)
{
	(void)none;
	return publication_sweep(d, e);
}

static enum err tick_list(struct desk *d, int64_t *none, struct error *e)
{
	(void)none;
	enum err r = crl_refresh(d, e);
	return r ? r : crl_place(d, e);
}

/* What is done, in this order; what is counted under one name is added up. `behind`: only where the work of this one was done whole. */
static const struct work {
	const char *count; /* NULL: nothing is counted */
	enum err (*run)(struct desk *d, int64_t *count, struct error *e);
	enum err (*behind)(struct desk *d, int64_t *count, struct error *e);
} works[] = {
	{"codes", qr_tick, NULL},
	{"refunds", tick_refunds, NULL},
	{"cancelled", pay_cancel_unpaid, qr_tick}, /* what was paid by a code counts */
	{"purged", draft_purge, NULL},
	{"pins", pin_purge, NULL},
	{"expired", purge_run, NULL},
	{"old_backups", backup_old_count, NULL},
	{NULL, tick_publication, NULL},
	{"swept", attach_sweep, NULL},
	{"late_notices", late_notice_tick, NULL}, /* before the lists: what keeps them from being made may be why it is late */
	{"revoked", effect_tick, NULL},
	{"swept", tick_prints, NULL},
	{NULL, tick_list, NULL},
	{"late", duedate_late, NULL},
	{"expiry_notices", expiry_notice_tick, NULL},
};
enum { WORKS = sizeof works / sizeof *works };

/* Whether what this one builds on failed before it. */
static bool waits(const struct work *w, const enum err results[WORKS])
{
	for (size_t i = 0; w->behind && i < WORKS && &works[i] < w; i++)
		if (works[i].run == w->behind && results[i])
			return true;
	return false;
}

enum err tick_run(struct desk *d, json_t **out, struct error *e)
{
	enum err results[WORKS] = {OK}, r = OK, one = OK;
	bool timer = d->timer;
	json_t *counts = json_object();
	*out = NULL;
	d->timer = true;
	for (size_t i = 0; i < WORKS && round_goes_on(one); i++) {
		int64_t n = 0;
		if (waits(&works[i], results))
			continue;
		one = results[i] = works[i].run(d, &n, r ? NULL : e);
		r = r ? r : one;
		if (works[i].count)
			json_object_set_new(counts, works[i].count, json_integer((json_int_t)(n + json_number(counts, works[i].count))));
	}
	d->timer = timer;
	if (!r)
		*out = json_incref(counts);
	json_decref(counts);
	return r;
}
