/* What the tests of refunds share: money in by statement, out again, and what is counted of it. */
#ifndef CERTDESK_TESTS_REFUNDING_H
#define CERTDESK_TESTS_REFUNDING_H

#include "case.h"

#include "desk/refund.h"
#include "desk/unclaimed.h"

static inline void as(struct unit_case *c, const char *who)
{
	site_as(&c->site, c->d, who);
}

/* Approved by mg1, paid back by op1. */
static inline void go_back(struct unit_case *c, const char *reference)
{
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	EXPECT(OK, refund_pay(c->d, c->no, NULL, reference, &out, &c->e));
}

static inline size_t rows_of(struct unit_case *c, bool all)
{
	json_t *out = NULL;
	site_is(OK, refund_list(c->d, all, &out, &c->e), &c->e);
	size_t n = json_array_size(out);
	json_decref(out);
	return n;
}

static inline int64_t cash_out(struct unit_case *c)
{
	int64_t shift = 0, cash = 0;
	char date[11];
	desk_business_date(c->d, date);
	site_is(OK, store_int(c->d->store, SQL_SHIFT_GET, 0, &shift, &c->e, "tt", c->d->station, date), &c->e);
	site_is(OK, store_int(c->d->store, SQL_REFUND_CASH_OF_SHIFT, 0, &cash, &c->e, "i", shift), &c->e);
	return cash;
}

/* A statement of one entry, money that came in. */
static inline const char *statement(struct unit_case *c, const char *name, const char *reference, int64_t fen,
	const char *payer, const char *remark)
{
	char text[600];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,%s,%lld.%02lld,,%s,6222000011112222,%s\n",
	         reference, (long long)fen / 100, (long long)fen % 100, payer, remark);
	return site_file(&c->site, name, text);
}

static inline void import(struct unit_case *c, const char *name, const char *reference, int64_t fen, const char *payer,
	const char *remark)
{
	EXPECT(OK, statement_import(c->d, statement(c, name, reference, fen, payer, remark), &out, &c->e));
}

#endif
