/* A counter's payments by a code, and their refunds, are taken by headquarters: by a person, and by the timer that asks on. */
#include "hubcase.h"

#include "../desk/qr_provider.h"
#include "desk/admin.h"
#include "desk/pay.h"
#include "desk/refund.h"

static void shown(struct hub_case *c)
{
	struct desk *d = site_at(c, COUNTER);
	json_t *code = NULL, *now = NULL;
	site_signed(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	provider_connect(d, c->site[COUNTER].root);
	site_is(OK, qr_start(d, c->no, false, &code, &c->e), &c->e);
	site_is(OK, qr_ask(d, json_text(code, "trade"), true, &now, &c->e), &c->e);
	json_decref(code);
	json_decref(now);
}

static void tick(struct hub_case *c)
{
	json_t *out = NULL;
	site_is(OK, tick_run(c->d[COUNTER], &out, &c->e), &c->e);
	json_decref(out);
}

static void what_a_counter_was_paid_by_a_code_is_taken(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	provider_keys(base[COUNTER].root);
	shown(c);
	customer_pays();
	site_is(OK, pay_verify(c->d[COUNTER], c->no, &out, &c->e), &c->e); /* a person asks */
	json_decref(out);
	shown(c);
	customer_pays();
	tick(c); /* the timer does */
	site_is(OK, refund_ask(c->d[COUNTER], c->no, "客户改变主意", &out, &c->e), &c->e);
	json_decref(out);
	site_as(&c->site[COUNTER], c->d[COUNTER], "mg1");
	site_is(OK, refund_approve(c->d[COUNTER], c->no, &out, &c->e), &c->e);
	json_decref(out);
	tick(c);
	site_is(OK, order_show(c->d[COUNTER], c->no, &out, &c->e), &c->e);
	assert_string_equal(json_text(out, "status"), "refunded");
	json_decref(out);
	SYNC(c, COUNTER);
	if (refused_at(COUNTER))
		fail_msg("refused:%s", why_refused(COUNTER));
	provider_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(what_a_counter_was_paid_by_a_code_is_taken),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
