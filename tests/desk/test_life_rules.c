/* Rules of an order's life where two things happen at once: money and a dead certificate, two main keys, codes that end. */
#include "life.h"

#include "desk/pay.h"
#include "desk/tables.h"
#include "desk/unclaimed.h"

#define CHANGE(values) about(l, "change-unit", KEY, &l->pin, values)

/* Who acts on the spot besides. */
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
	IS(OK, unclaimed_list(l->d, NULL, &list, &l->e));
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_text(json_array_get(list, 0), "reference"), "two-columns:D1");
	json_decref(list);
}

/* The products of the site, units' certificates in slot 9D. */
static void products_in_9d(struct life *l)
{
	const char *csv = site_file(&l->t.site, "products.csv", "code,zh,en,customer,term_months,profile,slot,rekey\n"
		"unit-1y,1年期单位证书,unit certificate for 1 year,unit,12,unit-1y,9d,0\n"
		"person-1y,1年期个人证书,personal certificate for 1 year,person,12,person-1y,9a,0\n");
	as(l, "mg1");
	IS(OK, table_import(l->d, "products", csv, "2026-01-01", &out, &l->e));
	later(l, 1);
}

/* The key goes away when the new certificate is written and isn't proven yet. */
static void pull_before_proof(void *arg, const struct issue_progress *p)
{
	(void)arg;
	if (strcmp(p->step, "proven") == 0)
		pull();
}

static void test_a_certificate_in_another_slot_is_put_back_there(void **state)
{
	struct life *l = *state;
	char out[256], digits[32], made[ORDER_NO_SIZE];
	struct secret pin;
	struct bytes pem = {0};
	json_t *changes = data("{'unit_name':'上海示例有限公司','uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43'}"), *o = NULL;
	products_in_9d(l);
	site_approved(&l->t.site, l->d, "new-unit", changes, made);
	json_decref(changes);
	insert(OTHER);
	snprintf(l->no, sizeof l->no, "%s", made);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	as(l, "op1");
	IS(OK, handover_take(l->d, made, OTHER, "agent", "H2", &out, &l->e));
	site_message(&l->t.site, "sms", "证书密码", digits);
	secret_set(&pin, digits, strlen(digits));
	site_is(OK, cert_export(l->d, made, NULL, &pem, &l->e), &l->e);
	const char *old = site_file(&l->t.site, "old.pem", (char *)pem.data);
	bytes_free(&pem);
	later(l, 300 * DAY);
	site_is(OK, about(l, "renew-unit", OTHER, &pin, NULL), &l->e); /* found and proven in its slot */
	IS(OK, sign_key(l->d, l->no, OTHER, &pin, &out, &l->e));
	pay(l);
	as(l, "is1");
	assert_int_equal(error_exit(issue_with_pin(l->d, l->no, OTHER, &pin, pull_before_proof, NULL, &o, &l->e)), EXIT_RETRY);
	insert(OTHER);
	assert_int_not_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9d -a read-certificate 2>/dev/null | openssl x509 | cmp -s - %s", old), 0);
	as(l, "mg1");
	IS(OK, issue_undo(l->d, l->no, "客户改期", &out, &l->e));
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9d -a read-certificate 2>/dev/null | openssl x509 | cmp - %s", old), 0);
	assert_int_not_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | grep BEGIN"), 0);
	as(l, "op1");
	site_is(OK, keys_inserted(l->d, &o, &l->e), &l->e);
	assert_non_null(json_object_get(json_object_get(json_array_get(o, 0), "certificate"), "serial"));
	json_decref(o);
}

/* No revocation list can be made while the CA's key is away. */
static void ca_away(struct life *l, bool away)
{
	char ca[128], aside[128];
	snprintf(ca, sizeof ca, "%s/ca", l->t.site.dir);
	snprintf(aside, sizeof aside, "%s/ca-away", l->t.site.dir);
	assert_int_equal(away ? rename(ca, aside) : rename(aside, ca), 0);
	int64_t now = l->d->clock.fixed;
	desk_close(&l->d);
	l->d = l->t.d = site_open(&l->t.site);
	l->d->clock.fixed = now;
}

static void heard(struct life *l, const char *words)
{
	char command[400], out[64];
	snprintf(command, sizeof command, "cat %s/outbox/sms/*.json | grep -c '%s'", l->t.site.dir, words);
	shell(out, sizeof out, "%s", command);
	assert_int_equal(atoi(out), 1);
}

static void test_the_holder_hears_of_a_revocation_whose_list_waits(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'cessation-of-operation','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	ca_away(l, true);
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	json_t *decided = NULL;
	site_is(OK, review_approve(l->d, l->no, &decided, &l->e), &l->e);
	assert_string_equal(json_text(decided, "notice"), "DESK_CRL_WAITS"); /* what waits is said beside it */
	json_decref(decided);
	status_of(l, "done"); /* decided, and not to be done again */
	heard(l, "已吊销，不能再使用");
	heard(l, "您的吊销申请");
	ca_away(l, false);
	IS(OK, tick_run(l->d, &out, &l->e));
	as(l, "is1");
	assert_true(in_crl(l, l->certificate));
}

static void test_the_holder_hears_of_a_loss_report_whose_list_waits(void **state)
{
	struct life *l = *state;
	char code[32];
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	ca_away(l, true);
	as(l, "op1");
	IS(ERR_DESK_CRL_WAITS, sign_code(l->d, l->no, code, &out, &l->e));
	status_of(l, "done");
	heard(l, "已挂失，暂停使用");
	ca_away(l, false);
}

/* "Not you? Call" is no word for what the authority did itself. */
static void test_the_holder_hears_that_the_ca_did_it(void **state)
{
	struct life *l = *state;
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	heard(l, "由本机构依规定暂停使用");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "resume", NULL, "协查结束", &out, &l->e));
	heard(l, "由本机构恢复使用");
}

static void test_the_cas_own_revocation_is_told_though_its_list_waits(void **state)
{
	struct life *l = *state;
	ca_away(l, true);
	as(l, "rv1");
	with(l, "mg1");
	IS(ERR_DESK_CRL_WAITS, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "密钥外泄", &out, &l->e));
	heard(l, "已吊销，不能再使用");
	ca_away(l, false);
	as(l, "is1");
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

static void test_a_revocation_by_the_clock_is_told_to_the_holder(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "replace-unit", NULL, NULL, "{'reason':'lost','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	pay(l);
	later(l, 25 * 3600);
	size_t mails = site_messages(&l->t.site, "mail");
	IS(OK, tick_run(l->d, &out, &l->e));
	as(l, "is1");
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	heard(l, "介质10000001的证书已吊销");
	assert_int_equal(site_messages(&l->t.site, "mail"), mails + 1);
	IS(OK, tick_run(l->d, &out, &l->e)); /* once */
	heard(l, "介质10000001的证书已吊销");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_money_for_a_dead_certificate_stays_unclaimed_and_the_rest_is_imported),
		LIFE(test_a_certificate_in_another_slot_is_put_back_there),
		LIFE(test_the_holder_hears_of_a_revocation_whose_list_waits),
		LIFE(test_the_holder_hears_of_a_loss_report_whose_list_waits),
		LIFE(test_the_holder_hears_that_the_ca_did_it),
		LIFE(test_the_cas_own_revocation_is_told_though_its_list_waits),
		LIFE(test_a_revocation_by_the_clock_is_told_to_the_holder),
	};
	return RUN_LIFE(tests);
}
