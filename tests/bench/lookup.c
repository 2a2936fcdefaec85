/* A customer with 200 past orders, looked up by number: lookup DIR prints the milliseconds of each look. DIR is a site of
 * `fill`; the customer is added to it once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/orderrow.h"
#include "desk/staff.h"

enum { PAST = 200, LOOKS = 60 };
#define NUMBER "91350100M000100Y43"

static void must(enum err r, const struct error *e)
{
	char text[1024];
	if (!r)
		return;
	fprintf(stderr, "lookup: %s\n", error_sentence(e, text, sizeof text));
	exit(1);
}

static void add_customer(struct desk *d, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE], date[11], no[64];
	int64_t there = 0, dk = 0, visit = 0, customer = 0, order = 0, now = desk_now(d);
	struct bytes sealed = {0};
	json_t *values = json_pack("{ssss}", "uscc", NUMBER, "unit_name", "北京常客科技有限公司");
	number_digest(d, NUMBER, digest);
	must(store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, &there, e, "t", digest), e);
	if (!there) {
		desk_business_date(d, date);
		must(store_begin(d->store, e), e);
		must(datakey_new(d->store, &dk, e), e);
		must(datakey_seal_json(d->store, dk, "customer.data", values, &sealed, e), e);
		must(store_insert(d->store, SQL_VISIT_INSERT, &visit, e, "itttit", dk, "V-lookup", "", "01", now, date), e);
		must(store_insert(d->store, SQL_CUSTOMER_INSERT, &customer, e, "itttbti", dk, "unit", digest, "北京常客科技有限公司",
		                  (const void *)sealed.data, sealed.length, "V-lookup", now), e);
		for (int i = 0; i < PAST; i++) {
			snprintf(no, sizeof no, "lookup-%04d", i);
			must(store_insert(d->store, SQL_ORDER_INSERT, &order, e, "itittti" "tttttt" "iititiit" "b", dk, no, visit, "new", "new-unit",
			                  "sha256:0", customer, "unit", "北京常客科技有限公司", "RS", "", "counter", "done", (int64_t)25000, (int64_t)0,
			                  d->site, d->actor.id, "01", now, now, date, (const void *)sealed.data, sealed.length), e);
		}
		must(desk_commit(d, MAY_SIGN, "bench.lookup", date, NULL, NULL, e), e);
	}
	bytes_free(&sealed);
	json_decref(values);
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	struct desk *d = NULL;
	struct error e = {0};
	struct secret password;
	lang_start();
	if (argc != 2)
		return 2;
	must(desk_open(argv[1], &d, &e), &e);
	secret_set(&password, "Correct-Horse-7!", 16);
	must(staff_login(d, "op1", &password, &e), &e);
	add_customer(d, &e);
	json_t *filter = json_pack("{sssi}", "text", NUMBER, "limit", PAST);
	for (int i = 0; i < LOOKS; i++) {
		json_t *rows = NULL;
		double from = now_ms();
		must(order_list(d, filter, &rows, &e), &e);
		printf("%.3f\n", now_ms() - from);
		if (json_array_size(rows) != PAST)
			return 1;
		json_decref(rows);
	}
	json_decref(filter);
	desk_close(&d);
	return 0;
}
