/* The old keys that a replacement collects, at the hand-over's screens. */
#include "life_case.h"

#include "desk/attach.h"
#include "desk/keys.h"
#include "desk/review.h"
#include "desk/visit.h"

#define IS(wanted, call)                                                                                                          \
	do {                                                                                                                       \
		json_t *out = NULL;                                                                                                \
		struct error e = {0};                                                                                              \
		site_is(wanted, call, &e);                                                                                         \
		json_decref(out);                                                                                                  \
	} while (0)

static void attach_required(struct desk *d, const char *no)
{
	json_t *kinds = NULL, *kind;
	struct error e = {0};
	size_t i;
	site_is(OK, attach_kinds(d, no, &kinds, &e), &e);
	json_array_foreach(kinds, i, kind)
		if (json_flag(kind, "required"))
			IS(OK, attach_add(d, no, json_text(kind, "kind"), site_picture(&site, "scan.jpg"), false, &out, &e));
	json_decref(kinds);
}

/* Issued onto key 10000003, which stays in; the old one is with the customer. */
static void replaced_where(char no[ORDER_NO_SIZE], bool waits)
{
	struct error e = {0};
	json_t *certificates = NULL, *values = json_pack("{ss sb sb sb}", "reason", "defective", "identity_seen", 1, "consent", 1, "waits_to_decrypt", waits);
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	site_is(OK, certs_list(d, NULL, LIFE_KEY, &certificates, &e), &e);
	const struct draft_about about = {.certificate = json_text(json_array_get(certificates, 0), "serial")};
	site_is(OK, draft_new_about(d, "replace-unit", &about, values, no, &e), &e);
	attach_required(d, no);
	site_sign(&site, d, no);
	site_as(&site, d, "rv1");
	IS(OK, review_claim(d, no, &out, &e));
	IS(OK, review_approve(d, no, &out, &e));
	site_as(&site, d, "is1");
	assert_true(pcscd_insert(&pcscd, 0, "10000003", NULL));
	IS(OK, issue_run(d, no, "10000003", NULL, NULL, &out, &e));
	json_decref(certificates);
	json_decref(values);
	desk_close(&d);
}

static void replaced(char no[ORDER_NO_SIZE])
{
	replaced_where(no, false);
}

static struct tui *at_the_hand_over(const char *no)
{
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：领取");
	case_step(t, "<Enter>", "就是这张订单的");
	return t;
}

static void old_key_is(const char *state)
{
	json_t *key = NULL;
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_as(&site, d, "is1");
	site_is(OK, keys_info(d, LIFE_KEY, &key, &e), &e);
	assert_string_equal(json_text(key, "state"), state);
	json_decref(key);
	desk_close(&d);
}

static void test_the_old_key_is_scanned_at_the_hand_over(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	replaced(no);
	struct tui *t = at_the_hand_over(no);
	assert_true(tui_has(t, "收回旧介质 10000001：请插入", 0));
	case_step(t, "H0301<Enter>", "应收回 10000001");
	case_step(t, "<Enter>", "旧介质读不出序列号");
	case_step(t, "<Esc>", "就是这张订单的"); /* left: nothing is handed over */
	old_key_is("handed-over");
	case_step(t, "<Enter>", "应收回 10000001");
	case_step(t, "10000009<Enter>", "应为 10000001");
	old_key_is("handed-over");
	case_step(t, "<Bs>1<Enter>", "已领取，订单已完成");
	old_key_is("returned");
	tui_end(&t);
}

static void test_an_old_key_that_files_wait_for_is_collected_after_them(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	replaced_where(no, true);
	struct tui *t = at_the_hand_over(no);
	assert_true(tui_has(t, "收回旧介质 10000001：客户有文件待解密，先解密再收", 0));
	assert_true(pcscd_insert(&pcscd, 1, LIFE_KEY, NULL));
	tui_wait_text(t, "收回旧介质 10000001：已插入。客户有文件待解密，请先解密");
	tui_end(&t);
}

static void test_an_old_key_that_is_in_is_read(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	replaced(no);
	struct tui *t = at_the_hand_over(no);
	case_step(t, "<F10>", "下一步：领取");
	case_step(t, "<C-g>", "客户确认已收到证书密码？");
	case_step(t, "y", "证书密码已送达");
	tui_keys(t, "<C-g>"); /* not offered again */
	tui_settle(t);
	assert_false(tui_has(t, "客户确认已收到", 0));
	case_step(t, "<Enter>", "就是这张订单的");
	assert_true(pcscd_insert(&pcscd, 1, LIFE_KEY, NULL));
	tui_wait_text(t, "收回旧介质 10000001：已插入");
	tui_wait_text(t, "插入的介质 10000003 就是这张订单的");
	case_step(t, "H0302<Enter>", "已领取，订单已完成");
	old_key_is("returned");
	tui_end(&t);
}

/* Of the visit's two replacements; both new keys are in, both old ones with their customers. */
static void both_replaced(char visit[VISIT_NO_SIZE])
{
	static const char *const old[] = {LIFE_KEY, "10000002"}, *const new[] = {"10000003", "10000004"};
	char no[2][ORDER_NO_SIZE], code[32];
	struct error e = {0};
	struct desk *d = site_open(&site);
	json_t *other = json_pack("{ss ss ss}", "uscc", "91350100M000100Y43", "unit_name", "上海示例有限公司", "invoice_tax_number", "91350100M000100Y43");
	site_approved(&site, d, "new-unit", other, no[0]);
	json_decref(other);
	site_as(&site, d, "is1");
	assert_true(pcscd_insert(&pcscd, 0, old[1], NULL));
	IS(OK, issue_run(d, no[0], old[1], NULL, NULL, &out, &e));
	site_as(&site, d, "op1");
	IS(OK, handover_take(d, no[0], old[1], "agent", "H0002", &out, &e));
	assert_true(pcscd_pull(&pcscd, 0));
	d->clock.fixed = desk_now(d) + 65; /* past the minute in which no second code is sent */
	site_is(OK, visit_open(d, NULL, visit, &e), &e);
	for (int i = 0; i < 2; i++) {
		json_t *certificates = NULL, *values = json_pack("{ss sb sb}", "reason", "our-mistake", "identity_seen", 1, "consent", 1);
		site_is(OK, certs_list(d, NULL, old[i], &certificates, &e), &e);
		const struct draft_about about = {.certificate = json_text(json_array_get(certificates, 0), "serial")};
		site_is(OK, draft_new_about(d, "replace-unit", &about, values, no[i], &e), &e);
		attach_required(d, no[i]);
		site_is(OK, visit_add(d, visit, no[i], &e), &e);
		json_decref(certificates);
		json_decref(values);
	}
	IS(OK, visit_sign_send(d, visit, &out, &e));
	site_message(&site, "sms", "验证码", code);
	IS(OK, visit_sign_code(d, visit, code, &out, &e));
	for (int i = 0; i < 2; i++) {
		site_as(&site, d, "rv1");
		IS(OK, review_claim(d, no[i], &out, &e));
		IS(OK, review_approve(d, no[i], &out, &e));
		site_as(&site, d, "is1");
		assert_true(pcscd_insert(&pcscd, 0, new[i], NULL));
		IS(OK, issue_run(d, no[i], new[i], NULL, NULL, &out, &e));
		assert_true(pcscd_pull(&pcscd, 0));
	}
	desk_close(&d);
	assert_true(pcscd_insert(&pcscd, 0, new[0], NULL));
	assert_true(pcscd_insert(&pcscd, 1, new[1], NULL));
}

/* They are asked for one after the other: one is read, the other can't be. */
static void test_a_visits_old_keys_are_asked_for_one_by_one(void **state)
{
	(void)state;
	char visit[VISIT_NO_SIZE];
	both_replaced(visit);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", visit);
	case_step(t, "<Enter>", "待领取介质 2");
	case_step(t, "<F6>", "收回旧介质 10000002");
	case_step(t, "<End><Enter>", "领取人");
	case_step(t, "<Enter>", "回执号");
	case_step(t, "H0303<Enter>", "应收回 10000001");
	case_step(t, "10000009<Enter>", "应为 10000001"); /* another one */
	case_step(t, "<Bs>1<Enter>", "应收回 10000002");
	case_step(t, "<Enter>", "旧介质读不出序列号");
	case_step(t, "芯片不响应，标签相符<Enter>", "已领取");
	tui_end(&t);
	old_key_is("returned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE_FOR(test_the_old_key_is_scanned_at_the_hand_over, "unit", life_unit),
		LIFE_FOR(test_an_old_key_that_is_in_is_read, "unit", life_unit),
		LIFE_FOR(test_an_old_key_that_files_wait_for_is_collected_after_them, "unit", life_unit),
		LIFE_FOR(test_a_visits_old_keys_are_asked_for_one_by_one, "unit", life_unit),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
