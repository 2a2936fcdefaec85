/* A unit's certificate, and a person's, that was issued 305 days ago and ends in two months, on key 10000001 in the customer's
 * hands: what the tests of its further life share. Each scenario runs for both, on a copy of the customer's site and key. */
#ifndef CERTDESK_TESTS_LIFE_CASE_H
#define CERTDESK_TESTS_LIFE_CASE_H

#include "desk_case.h"

#include <time.h>

#include "../lib/pcscd.h"
#include "desk/admin.h"
#include "desk/cert.h"
#include "desk/handover.h"
#include "desk/issue.h"
#include "desk/staff.h"
#include "token/token.h"

#define LIFE_KEY "10000001"
#define LIFE_DAYS_AGO 305

/* A kind of customer: what its forms are called, what the sample says, and where its businesses differ. */
struct life_customer {
	const char *kind, *form, *changes;      /* sample and what is different from it (JSON, or NULL) */
	const char *shown, *name, *mail, *new_mail, *new_name;
	const char *business, *product;         /* how titles begin: 单位证书更新; of the product */
	const char *first_field, *name_field, *phone_field, *name_document;
	const char *agent;                      /* who stands at the desk, as the hand-over names it */
	const char *number, *wrong_number, *query_kind; /* on the query's screen: the keys that choose the kind of number */
	int replacement_documents;
	struct site site;
	char order[ORDER_NO_SIZE], pin[32];
};

static struct life_customer life_unit = {
	.kind = "unit", .form = "new-unit", .shown = "北京示例科技", .name = "北京示例科技有限公司", .mail = "lisi@example.com",
	.new_mail = "wangwu@example.com", .new_name = "北京示例科技股份有限公司", .business = "单位证书", .product = "1年期单位证书",
	.first_field = "统一社会信用代码", .name_field = "单位名称", .phone_field = "经办人手机号", .name_document = "变更后的营业执照",
	.agent = "经办人", .number = "91110105MA01ABCD5F", .wrong_number = "91110105MA01ABCD5A", .query_kind = "",
	.replacement_documents = 5};
static struct life_customer life_person = {
	.kind = "person", .form = "new-person", .changes = "{\"own_medium\": false, \"delivery\": \"counter\"}", .shown = "𠮷田·李",
	.name = "𠮷田·李", .mail = "person@example.com", .new_mail = "new@example.com", .new_name = "𠮷田·李梅", .business = "个人证书",
	.product = "1年期个人证书", .first_field = "姓名", .name_field = "姓名", .phone_field = "手机号", .name_document = "变更后的证件",
	.agent = "本人", .number = "110105200002290013", .wrong_number = "110105200002290014", .query_kind = "<F4><Down><Enter>",
	.replacement_documents = 2};

static struct life_customer *customer;
static struct site site;
static struct pcscd pcscd;
static char *life_order, *life_pin; /* the customer's */
static size_t life_keys;

/* A member of staff who may do everything that isn't kept apart: operator and issuer. */
static inline void life_staff(const struct site *base, struct desk *d)
{
	struct secret password;
	struct error e = {0};
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(base, d, "root1");
	site_is(OK, staff_add(d, "oi1", "吴全能", "operator,issuer", &password, &e), &e);
}

/* By `how`: mv or cp. */
static inline void life_key(const char *how, const char *from, const char *to)
{
	char command[300];
	snprintf(command, sizeof command, "%s '%s/%s' '%s/%s'", how, pcscd.dir, from, pcscd.dir, to);
	assert_int_equal(system(command), 0);
}

/* The site with the customer's certificate on the key, which is kept under the customer's name. */
static inline void life_make(struct life_customer *c)
{
	struct error e = {0};
	json_t *out = NULL, *changes = c->changes ? json_loads(c->changes, 0, NULL) : NULL;
	char kept[40];
	site_make_at(&c->site, (int64_t)time(NULL) / 3600 * 3600 - LIFE_DAYS_AGO * 86400L); /* the same for an hour: made once in a run */
	struct desk *d = site_open(&c->site);
	life_staff(&c->site, d);
	site_approved(&c->site, d, c->form, changes, c->order);
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	site_as(&c->site, d, "is1");
	site_is(OK, issue_run(d, c->order, LIFE_KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_message(&c->site, "sms", "证书密码", c->pin);
	site_as(&c->site, d, "op1");
	site_is(OK, handover_take(d, c->order, LIFE_KEY, "agent", "H0001", &out, &e), &e);
	json_decref(out);
	json_decref(changes);
	desk_close(&d);
	assert_true(pcscd_pull(&pcscd, 0));
	snprintf(kept, sizeof kept, "kept-%s", c->kind);
	life_key("mv", "key-" LIFE_KEY, kept);
	c->site.now = 0;
}

static inline int life_start(void **state)
{
	(void)state;
	if (!pcscd_start(&pcscd))
		return -1;
	life_make(&life_unit);
	life_make(&life_person);
	return 0;
}

static inline int life_stop(void **state)
{
	(void)state;
	site_end(&life_unit.site);
	site_end(&life_person.site);
	pcscd_stop(&pcscd);
	return 0;
}

/* Before and after each test: both readers are empty, site and key as they were. */
static inline int life_begin(void **state)
{
	static int count;
	char name[32], kept[40], command[200];
	customer = *state;
	life_order = customer->order;
	life_pin = customer->pin;
	snprintf(name, sizeof name, "life-%d", ++count);
	site_copy(&customer->site, name, &site);
	snprintf(kept, sizeof kept, "kept-%s", customer->kind);
	snprintf(command, sizeof command, "rm -f '%s'/key-*", pcscd.dir); /* the last test's new ones */
	assert_int_equal(system(command), 0);
	life_key("cp", kept, "key-" LIFE_KEY);
	case_scans(&site);
	case_scan(&site, "licence-change.jpg");
	case_scan(&site, "revocation-form.jpg");
	life_keys = 0;
	return 0;
}

static inline int life_end(void **state)
{
	(void)state;
	for (int i = 0; i < PCSCD_READERS; i++)
		if (pcscd.keys[i] > 0)
			pcscd_pull(&pcscd, i);
	return 0;
}

/* One scenario, for each kind of customer. */
#define LIFE_FOR(test, who, of) {#test " (" who ")", test, life_begin, life_end, &(of)}
#define LIFE_TEST(test) LIFE_FOR(test, "unit", life_unit), LIFE_FOR(test, "person", life_person)

/* 单位证书更新 and such; valid until the next call. */
static inline const char *life_title(const char *business)
{
	static char title[100];
	snprintf(title, sizeof title, "%s%s ·", customer->business, business);
	return title;
}

/* Puts the customer's key in: 介质业务 opens by itself. */
static inline void life_insert(struct tui *t)
{
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	tui_wait_text(t, "介质业务");
	tui_wait_text(t, customer->shown);
	tui_settle(t);
}

/* The row of the panel that bears `title`: chosen by ↓. */
static inline void life_choose(struct tui *t, const char *title)
{
	tui_keys(t, "<Home>");
	tui_settle(t);
	for (int i = 0; i < 12; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		const char *text = tui_row(t, row) + strspn(tui_row(t, row), " ");
		if (strncmp(text, title, strlen(title)) == 0)
			return;
		tui_keys(t, "<Down>");
		tui_settle(t);
	}
	tui_dump(t);
	fail_msg("no business %s", title);
}

static inline void life_pin_in(struct tui *t, const char *pin, const char *seen)
{
	tui_wait_text(t, "由客户本人输入");
	tui_keys(t, pin);
	tui_settle(t);
	assert_false(tui_has(t, pin, 0)); /* never on the screen */
	case_step(t, "<Enter>", seen);
}

/* As tui_keys, counted: a name in brackets is one key. */
static inline void life_type(struct tui *t, const char *keys)
{
	for (const char *at = keys; *at; at++) {
		if (*at == '<')
			at = strchr(at, '>');
		life_keys++;
	}
	tui_keys(t, keys);
	tui_settle(t);
}

/* The number of the order on the screen, from its line. */
static inline void life_number(struct tui *t, char no[ORDER_NO_SIZE])
{
	char *all = tui_screen(t), *at = strstr(all, "11011401-");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "%31[0-9-]", no), 1);
	free(all);
}

/* The status of the newest certificate but `back`, by the store. */
static inline void life_states(const char *wanted)
{
	json_t *rows = NULL, *row;
	size_t i;
	char states[200] = "";
	struct desk *d = site_open(&site);
	site_as(&site, d, "au1");
	assert_int_equal(certs_list(d, NULL, NULL, &rows, NULL), OK);
	json_array_foreach(rows, i, row)
		snprintf(states + strlen(states), sizeof states - strlen(states), "%s%s", i ? " " : "", json_text(row, "status"));
	json_decref(rows);
	desk_close(&d);
	assert_string_equal(states, wanted);
}

static inline void life_code(struct tui *t, const char *seen)
{
	char code[32];
	tui_wait_text(t, "秒后可重发");
	site_message(&site, "sms", "验证码", code);
	case_step(t, code, seen);
}

static inline void life_pay(struct tui *t, const char *receipt, const char *seen)
{
	char keys[80];
	tui_wait_text(t, "应收");
	snprintf(keys, sizeof keys, "<Tab>%s<Enter>", receipt);
	tui_keys(t, keys);
	tui_settle(t);
	case_step(t, "<Enter>", "收款完成");
	tui_wait_text(t, seen);
}

static inline void life_review(struct tui **t, const char *no, const char *seen)
{
	case_change(t, &site, "rv1");
	case_find(*t, no);
	case_step(*t, "<Enter>", seen);
	case_step(*t, "a", "通过后不能撤回");
	tui_keys(*t, "y");
	tui_wait_row(*t, 0, "工作台");
	tui_settle(*t);
}

#endif
