/* For tests of payment by a code: a site of its own, and the provider of qr_provider.h. */
#ifndef CERTDESK_TESTS_QR_CASE_H
#define CERTDESK_TESTS_QR_CASE_H

#include "case.h"
#include "qr_provider.h"

#include "desk/unclaimed.h"

enum { HOUR = 3600, DAY = 24 * HOUR, FEN = 28000 };

/* The desk as it is open now. */
static inline void qr_connect(struct unit_case *c)
{
	provider_connect(c->d, base_site.root);
}

static int qr_base_make(void **state)
{
	base_make(state);
	provider_keys(base_site.root);
	return 0;
}

static int qr_base_end(void **state)
{
	provider_end();
	return base_end(state);
}

static int qr_make(void **state)
{
	EVP_PKEY *key = provider.key;
	provider = (struct provider){.key = key};
	case_make(state);
	qr_connect(*state);
	return 0;
}

static inline void signed_order(struct unit_case *c)
{
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	status_is(c, "awaiting-payment");
}

/* A code of the case's order, shown. */
static inline void shown(struct unit_case *c, char trade[QR_TRADE_SIZE])
{
	json_t *code = NULL, *now = NULL;
	site_is(OK, qr_start(c->d, c->no, false, &code, &c->e), &c->e);
	snprintf(trade, QR_TRADE_SIZE, "%s", json_text(code, "trade"));
	site_is(OK, qr_ask(c->d, trade, !json_is_true(json_object_get(code, "resumed")), &now, &c->e), &c->e);
	assert_string_equal(json_text(now, "state"), "shown");
	json_decref(code);
	json_decref(now);
}

static inline void ask_is(struct unit_case *c, const char *trade, const char *state)
{
	json_t *now = NULL;
	site_is(OK, qr_ask(c->d, trade, false, &now, &c->e), &c->e);
	assert_string_equal(json_text(now, "state"), state);
	json_decref(now);
}

static inline void paid(struct unit_case *c)
{
	char trade[QR_TRADE_SIZE];
	signed_order(c);
	shown(c, trade);
	customer_pays();
	ask_is(c, trade, "paid");
	status_is(c, "in-review");
}

/* What the provider has of us, less what it gave back. */
static inline int64_t provider_has(void)
{
	int64_t sum = 0;
	for (size_t i = 0; i < provider.count; i++)
		sum += provider.trades[i].scanned && !provider.trades[i].returned ? fen_of(provider.trades[i].amount) : 0;
	for (size_t i = 0; i < provider.refund_count; i++)
		sum -= provider.refunds[i].fen;
	return sum;
}

static inline size_t unclaimed(struct unit_case *c, char reference[64])
{
	json_t *list = NULL;
	site_is(OK, unclaimed_list(c->d, NULL, &list, &c->e), &c->e);
	size_t n = json_array_size(list);
	snprintf(reference, 64, "%s", json_text(json_array_get(list, 0), "reference"));
	json_decref(list);
	return n;
}

static inline void tick(struct unit_case *c)
{
	EXPECT(OK, tick_run(c->d, &out, &c->e));
}

static inline void open_again(struct unit_case *c)
{
	int64_t now = c->d->clock.fixed;
	desk_close(&c->d);
	c->d = site_open(&c->site);
	c->d->clock.fixed = now;
	site_as(&c->site, c->d, "op1");
	qr_connect(c);
}

#define QR_CASE(name) cmocka_unit_test_setup_teardown(name, qr_make, case_end)

#endif
