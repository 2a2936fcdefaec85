/* An order moves on. */
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/identityrow.h"
#include "desk/invoicerow.h"
#include "desk/subject.h"

enum err order_advance(struct desk *d, struct order *o, const char *event, struct error *e)
{
	const char *to;
	int64_t changed = 0;
	enum err r = order_next(o, event, &to, e);
	if (!r)
		r = store_run(d->store, SQL_ORDER_SET_STATUS, &changed, e, "itt", o->order_id, to, o->status);
	if (!r && changed != 1) /* another window was quicker */
		r = error_set(e, ERR_DESK_STATUS, "%s", o->no);
	if (r)
		return r;
	char from[sizeof o->status];
	text_copy(from, sizeof from, o->status);
	text_copy(o->status, sizeof o->status, to);
	enum err follow = duedate_follow(d, o, from, e);
	return follow ? follow : invoice_follow(d, o, e);
}

enum err order_to_draft(struct desk *d, struct order *o, struct error *e)
{
	struct bytes sealed = {0};
	const struct form *form = NULL;
	int64_t draft = 0;
	enum err r = desk_form(d, o->form, &form, e);
	if (!r)
		r = datakey_seal_json(d->store, o->dk, "draft.data", o->values, &sealed, e);
	if (!r)
		r = store_insert(d->store, SQL_DRAFT_INSERT, &draft, e, "itittttti" "tbi", o->dk, o->no, o->order_id, o->form, form->digest,
		                 o->business, o->customer, o->name, o->staff_id, d->station, (const void *)sealed.data, sealed.length,
		                 desk_now(d));
	if (!r)
		r = store_run(d->store, SQL_DRAFT_DOCUMENT_FROM_ORDER, NULL, e, "ii", draft, o->order_id);
	if (!r && o->about)
		r = subject_back_to_draft(d, o, draft, e);
	bytes_free(&sealed);
	return r;
}

enum err order_reopen(struct desk *d, struct order *o, const char *event, struct error *e)
{
	enum err r = order_advance(d, o, event, e);
	if (!r)
		r = identity_again(d, o, e);
	if (!r)
		r = order_to_draft(d, o, e);
	if (!r)
		r = store_run(d->store, SQL_SIGNATURE_VOID, NULL, e, "i", o->order_id);
	if (!r)
		r = store_run(d->store, SQL_SIGNATURE_LEAVE, NULL, e, "ii", o->order_id, desk_now(d));
	return r;
}
