/* For tests of the third proof of a certificate: a replacement at OTHER that the review site approves. */
#ifndef CERTDESK_TESTS_PROOF_CASE_H
#define CERTDESK_TESTS_PROOF_CASE_H

#include "certcase.h"
#include "desk/elsewhere.h"
#include "desk/review.h"
#include "desk/staff.h"
#include "hub/holding.h"

/* The certificate is at COUNTER, there is a review site, and both others know. */
static inline void ready(struct hub_case *c)
{
	done(c);
	site_at(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, OTHER);
}

/* A replacement at OTHER of the certificate with this number, in review; its number is left in c->no. */
static inline void in_review(struct hub_case *c, const char *serial, const json_t *changes)
{
	struct desk *d = site_at(c, OTHER);
	json_t *data = site_sample("new-unit", changes);
	json_object_del(data, "key_role");
	json_object_set_new(data, "reason", json_string("lost"));
	site_as(&c->site[OTHER], d, "op1");
	site_is(OK, draft_new_about(d, "replace-unit", &(struct draft_about){.certificate = serial, .elsewhere = true}, data, c->no, &c->e), &c->e);
	site_attach(&c->site[OTHER], d, c->no);
	site_sign(&c->site[OTHER], d, c->no);
	site_pay(d, c->no);
	SYNC(c, OTHER);
	SYNC(c, REVIEW);
	json_decref(data);
}

static inline void claim(struct hub_case *c, const char *login)
{
	json_t *out = NULL;
	site_as(&c->site[REVIEW], c->d[REVIEW], login);
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
}

static inline void approve_as(struct hub_case *c, const char *login)
{
	json_t *out = NULL;
	claim(c, login);
	site_is(OK, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
}

/* The counter hears the decision and tells so, without asking for the certificate by itself. */
static inline void hears(struct hub_case *c)
{
	site_is(OK, elsewhere_said(c->d[OTHER], c->no, "-", &c->e), &c->e);
	SYNC(c, OTHER);
	SYNC(c, OTHER);
	assert_string_equal("", holder_at(c, OTHER));
}

static inline void approved(struct hub_case *c, const char *serial, const json_t *changes)
{
	in_review(c, serial, changes);
	approve_as(c, "rv1");
	hears(c);
}

static inline int asks_for(struct hub_case *c, int i, const char *serial)
{
	json_decref(answer);
	answer = NULL;
	int status = say(c, i, "/v1/certificates/prove", json_pack("{ss ss}", "serial", serial, "order", c->no), &answer);
	snprintf(why, sizeof why, "%s", json_text(answer, "error"));
	return status;
}

static inline int asks(struct hub_case *c, int i)
{
	return asks_for(c, i, info.serial);
}

static inline void nobody_refused(void)
{
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s: %s", codes[i], why_refused(i));
}

static inline const char *text_of(struct hub_case *c, int i, const char *part, const char *member)
{
	static char text[400];
	json_t *out = NULL;
	site_as(&c->site[i], c->d[i], "op1");
	site_is(OK, order_show(c->d[i], c->no, &out, &c->e), &c->e);
	const json_t *whole = part ? json_object_get(out, part) : out;
	snprintf(text, sizeof text, "%s", json_text(whole, member));
	json_decref(out);
	return text;
}

/* An order's row changed by hand. */
static inline void alter(struct hub_case *c, int i, json_t *row, const char *action, const char *actor)
{
	int64_t id = order_id(c, i, c->no);
	site_is(OK, store_begin(c->d[i]->store, &c->e), &c->e);
	site_is(OK, replica_put(c->d[i]->store, "orders", row, &id, &c->e), &c->e);
	rogue_commit(c, i, action, actor, c->no, NULL);
	json_decref(row);
}

#endif
