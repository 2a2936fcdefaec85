/* What the tests of invoices share: an order that is paid, its invoice's state, a PDF to file. */
#ifndef CERTDESK_TESTS_INVOICING_H
#define CERTDESK_TESTS_INVOICING_H

#include "case.h"

#include "desk/invoice.h"
#include "desk/orderrow.h"

#define PDF "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n"
#define NUMBER "26112000000012345678"

static inline void paid(struct unit_case *c, const char *form, const json_t *changes)
{
	site_paid(&c->site, c->d, form, changes, c->no);
}

static inline json_t *shown(struct unit_case *c)
{
	json_t *out = NULL;
	c->e = (struct error){0};
	site_is(OK, invoice_show(c->d, c->no, &out, &c->e), &c->e);
	return out;
}

static inline void state_is(struct unit_case *c, const char *state)
{
	json_t *out = shown(c);
	assert_string_equal(json_text(out, "state"), state);
	json_decref(out);
}

static inline const char *today(struct unit_case *c)
{
	static char date[11];
	civil_date_text(desk_now(c->d), date);
	return date;
}

static inline const char *pdf(struct unit_case *c)
{
	return site_file(&c->site, "invoice.pdf", PDF);
}

static inline const char *book(struct unit_case *c)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/list-%d.xlsx", c->site.root, case_number);
	return path;
}

static inline void filed(struct unit_case *c, const char *number)
{
	EXPECT(OK, invoice_file(c->d, c->no, number, today(c), pdf(c), &out, &c->e));
	state_is(c, "sent");
}

/* Moves the order as the use case of another module does. */
static inline enum err move(struct unit_case *c, const char *event)
{
	struct order o = {0};
	c->e = (struct error){0};
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, order_load(c->d, c->no, &o, &c->e), &c->e);
	enum err r = order_advance(c->d, &o, event, &c->e);
	if (!r)
		r = desk_commit(c->d, MAY_PAY_VOID, "test.move", c->no, NULL, NULL, &c->e);
	store_rollback(c->d->store);
	order_free(&o);
	return r;
}

#endif
