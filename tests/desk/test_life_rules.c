/* Rules of an order's life where two things happen at once: money and a dead certificate, two main keys, codes that end. */
#include "life.h"

#include "desk/pay.h"
#include "desk/tables.h"
#include "desk/unclaimed.h"

#define CHANGE(values) about(l, "change-unit", KEY, &l->pin, values)

/* Who acts on the spot besides. */
static void with(struct life *l, const char *login)
{
	l->d->second = (struct staff){0};
	for (size_t i = 0; i < l->t.site.count; i++)
		if (strcmp(l->t.site.people[i].login, login) == 0)
			l->d->second = l->t.site.people[i];
}

static void import(struct life *l, const char *rows)
{
	char text[1200];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n%s", rows);
	as(l, "op1");
	IS(OK, statement_import(l->d, site_file(&l->t.site, "statement.csv", text), &out, &l->e));
}

/* Each change of data costs 20 yuan. */
static void changes_cost(struct life *l)
{
	char path[300], out[64];
	snprintf(path, sizeof path, "%s/prices.csv", l->t.site.root);
	assert_int_equal(shell(out, sizeof out, "sed 's/^change,certificate,,,,,,0,/change,certificate,,,,,,2000,/' %s/forms/tables/prices.csv >%s",
		l->d->share, path), 0);
	as(l, "mg1");
	IS(OK, table_import(l->d, "prices", path, "2026-01-01", &out, &l->e));
	later(l, 1);
}

static void test_money_for_a_dead_certificate_stays_unclaimed_and_the_rest_is_imported(void **state)
{
	struct life *l = *state;
	char rows[600], other[ORDER_NO_SIZE];
	json_t *list = NULL;
	changes_cost(l);
	insert(KEY);
	site_is(OK, CHANGE("{'agent_email':'wangwu@example.com','consent':true}"), &l->e);
	sign(l);
	status_of(l, "awaiting-payment");
	site_signed(&l->t.site, l->d, "new-person", NULL, other);
	as(l, "rv1");
	with(l, "mg1");
	IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "密钥外泄", &out, &l->e));
	json_t *o = NULL;
	IS(OK, order_show(l->d, other, &o, &l->e));
	long long due = (long long)json_number(o, "due");
	json_decref(o);
	snprintf(rows, sizeof rows, "2026-11-20,D1,20.00,,北京示例科技有限公司,,%s\n2026-11-20,D2,%lld.%02lld,,某人,,%s\n", l->no, due / 100, due % 100,
	         other);
	import(l, rows);
	status_of(l, "awaiting-payment");
	IS(OK, unclaimed_list(l->d, &list, &l->e));
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_text(json_array_get(list, 0), "reference"), "two-columns:D1");
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_money_for_a_dead_certificate_stays_unclaimed_and_the_rest_is_imported),
	};
	return RUN_LIFE(tests);
}
