/* For tests of use cases: one site is made, each test works on a copy of it with a clock that stands still. */
#ifndef CERTDESK_TESTS_CASE_H
#define CERTDESK_TESTS_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/site.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/admin.h"
#include "desk/attach.h"
#include "desk/order.h"
#include "desk/pay.h"
#include "desk/review.h"
#include "desk/sign.h"
#include "desk/staff.h"
#include "store/journal.h"

struct unit_case {
	struct site site;
	struct desk *d;
	struct error e;
	char no[ORDER_NO_SIZE];
};

static struct site base_site;
static int case_number;

static int base_make(void **state)
{
	(void)state;
	lang_start();
	site_make(&base_site);
	return 0;
}

static int base_end(void **state)
{
	(void)state;
	site_end(&base_site);
	return 0;
}

static int case_make(void **state)
{
	struct unit_case *c = calloc(1, sizeof *c);
	char name[16];
	snprintf(name, sizeof name, "c%d", ++case_number);
	site_copy(&base_site, name, &c->site);
	c->d = site_open(&c->site);
	c->d->clock.fixed = clock_now(&(struct clock){-1});
	site_as(&c->site, c->d, "op1");
	*state = c;
	return 0;
}

/* Whatever a test did, the journal must verify afterwards. */
static int case_end(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	struct error e = {0};
	site_as(&c->site, c->d, "au1");
	site_is(OK, audit_verify(c->d, NULL, NULL, &out, &e), &e);
	json_decref(out);
	desk_close(&c->d);
	free(c);
	return 0;
}

/* The order's status as interfaces see it. */
static inline void status_is(struct unit_case *c, const char *status)
{
	json_t *out = NULL;
	struct error e = {0};
	site_is(OK, order_show(c->d, c->no, &out, &e), &e);
	assert_string_equal(json_text(out, "status"), status);
	json_decref(out);
}

static inline int64_t number_of(struct unit_case *c, const char *name)
{
	json_t *out = NULL;
	struct error e = {0};
	site_is(OK, order_show(c->d, c->no, &out, &e), &e);
	int64_t n = json_number(out, name);
	json_decref(out);
	return n;
}

static inline void later(struct unit_case *c, int64_t seconds)
{
	c->d->clock.fixed += seconds;
}

/* Calls a use case whose result isn't looked at; `out` is what it fills. */
#define EXPECT(wanted, call)                                                                                                      \
	do {                                                                                                                       \
		json_t *out = NULL;                                                                                               \
		c->e = (struct error){0};                                                                                         \
		site_is(wanted, call, &c->e);                                                                                     \
		json_decref(out);                                                                                                 \
	} while (0)

/* By code, past the minute in which no second one is sent. */
static inline void sign_again(struct unit_case *c)
{
	char code[32];
	later(c, 61);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, case_make, case_end)
#define RUN(tests) cmocka_run_group_tests(tests, base_make, base_end)

#endif
