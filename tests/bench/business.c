/* What a step of a later business costs beside the same step of the new application: business ROUNDS prints, for each step,
 * its name and the two times in milliseconds, a line a round. The steps take turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/site.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/attach.h"
#include "desk/orderrow.h"
#include "desk/pay.h"
#include "desk/review.h"
#include "desk/sign.h"

enum { DRAFT, SIGN, PAY, APPROVE, STEPS };
static const char *const names[STEPS] = {"draft", "sign", "pay", "approve"};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Times one call that must succeed. */
#define TIMED(step, call)                                                                                                         \
	do {                                                                                                                       \
		json_t *out = NULL;                                                                                                \
		struct error e = {0};                                                                                              \
		double from = now_ms();                                                                                            \
		enum err r = call;                                                                                                 \
		if ((step) < STEPS)                                                                                                \
			times[(step) < STEPS ? (step) : 0] = now_ms() - from;                                                      \
		site_is(OK, r, &e);                                                                                                \
		json_decref(out);                                                                                                  \
	} while (0)

/* The whole way of one order to its approval; the times of its steps. */
static void walk(const struct site *s, struct desk *d, const char *form, const struct draft_about *about, const json_t *data,
                 char no[ORDER_NO_SIZE], double times[STEPS])
{
	json_t *kinds = NULL, *kind, *o = NULL;
	struct error e = {0};
	char code[32], receipt[ORDER_NO_SIZE + 2];
	size_t i;
	site_as(s, d, "op1");
	TIMED(DRAFT, draft_new_about(d, form, about, data, no, &e));
	site_is(OK, attach_kinds(d, no, &kinds, &e), &e);
	json_array_foreach(kinds, i, kind)
		if (json_flag(kind, "required"))
			TIMED(STEPS, attach_add(d, no, json_text(kind, "kind"), site_picture(s, "scan.jpg"), false, &out, &e));
	json_decref(kinds);
	TIMED(STEPS, sign_send(d, no, &out, &e));
	site_message(s, "sms", "验证码", code);
	TIMED(SIGN, sign_code(d, no, code, &out, &e));
	site_is(OK, order_show(d, no, &o, &e), &e);
	snprintf(receipt, sizeof receipt, "R%s", no);
	TIMED(PAY, pay_take(d, no, "cash", receipt, json_number(o, "due"), &out, &e));
	json_decref(o);
	site_as(s, d, "rv1");
	TIMED(STEPS, review_claim(d, no, &out, &e));
	TIMED(APPROVE, review_approve(d, no, &out, &e));
}

/* A certificate of that order, as if it had been issued. */
static void give_certificate(struct desk *d, const char *no, int round, char serial[CERT_SERIAL_SIZE])
{
	struct order o = {0};
	struct error e = {0};
	json_t *items = NULL;
	int64_t now = desk_now(d);
	site_is(OK, order_load(d, no, &o, &e), &e);
	site_is(OK, store_rows(d->store, SQL_ITEM_OF_ORDER, &items, &e, "i", o.id), &e);
	snprintf(serial, CERT_SERIAL_SIZE, "5A%030X", (unsigned)round);
	site_is(OK, store_begin(d->store, &e), &e);
	site_is(OK, store_insert(d->store, SQL_CERT_INSERT, NULL, &e, "ittiiittt" "iiitb", o.dk, "CN=CA", serial, o.id,
	                         json_number(json_array_get(items, 0), "id"), o.customer_id, "99999999", "unit-1y", "CN=x", now,
	                         now + 300 * 86400, now, d->site, (const void *)"x", (size_t)1), &e);
	site_is(OK, desk_commit(d, MAY_ISSUE, "bench.certificate", no, NULL, NULL, &e), &e);
	json_decref(items);
	order_free(&o);
}

int main(int argc, char **argv)
{
	struct site s;
	int rounds = argc == 2 ? atoi(argv[1]) : 20;
	lang_start();
	site_make(&s);
	struct desk *d = site_open(&s);
	json_t *fresh = site_sample("new-unit", NULL), *again = json_pack("{sssbsb}", "reason", "damaged", "identity_seen", 1, "consent", 1);
	json_object_set_new(fresh, "key_role", json_string("secondary"));
	d->clock.fixed = clock_now(&(struct clock){-1});
	for (int i = 0; i < rounds; i++) {
		char no[ORDER_NO_SIZE], serial[CERT_SERIAL_SIZE];
		double first[STEPS], second[STEPS];
		walk(&s, d, "new-unit", NULL, fresh, no, first);
		give_certificate(d, no, i, serial);
		d->clock.fixed += 100; /* so that each code is the newest */
		const struct draft_about about = {.certificate = serial};
		walk(&s, d, "replace-unit", &about, again, no, second);
		d->clock.fixed += 100;
		for (int k = 0; k < STEPS; k++)
			printf("%s %.3f %.3f\n", names[k], second[k], first[k]);
	}
	json_decref(fresh);
	json_decref(again);
	desk_close(&d);
	site_end(&s);
	return 0;
}
