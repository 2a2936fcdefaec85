#include "desk/decide.h"

#include <string.h>

#include "desk/effect.h"
#include "desk/refundrow.h"
#include "desk/subject.h"
#include "desk/tell.h"

static const struct {
	const char *event, *template;
} events[] = {{"approve", "review-approved"}, {"return", "review-returned"}, {"reject", "review-rejected"}};

static const char *template_of(const char *event)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strcmp(events[i].event, event) == 0)
			return events[i].template;
	return NULL;
}

bool decide_known(const char *event)
{
	return template_of(event) != NULL;
}

enum err decide_apply(struct desk *d, struct order *o, const struct decided *how, struct error *e)
{
	enum err r = store_run(d->store, SQL_REVIEW_DECIDE, NULL, e, "iiit", o->id, how->by, how->at, how->reason);
	if (!r)
		r = strcmp(how->event, "return") == 0 ? order_reopen(d, o, "return", e) : order_advance(d, o, how->event, e);
	if (!r && strcmp(how->event, "approve") == 0)
		r = effect_approved(d, o, e);
	/* a rejected order's money goes back */
	if (!r && strcmp(how->event, "reject") == 0)
		r = refund_begin(d, o, how->by, how->reason, NULL, e);
	return r;
}

/* Approved, and next the customer's own key is unlocked or written to. */
static bool wants_key(const struct order *o)
{
	const struct business *b = business_find(o->business);
	return b && b->about == ABOUT_KEY && strcmp(o->status, "approved") == 0;
}

enum err decide_tell(struct desk *d, const struct order *o, const char *event, const char *reason)
{
	struct subject s = {0};
	struct error e = {0};
	enum err r = effect_published(d, o, &e);
	bool key = wants_key(o) && subject_load_changed(d, o, &s, NULL) == OK && s.id; /* without it nothing goes on */
	const struct message_value values[] = {{"reason", reason}, {"serial", s.key_serial}};
	enum err told = tell_customer(d, o, key ? "review-approved-key" : template_of(event), values, 2, &e);
	subject_free(&s);
	return r ? r : told;
}
