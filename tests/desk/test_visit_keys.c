/* Visits with keys: drafts about a certificate, and one receipt for all keys. */
#include "life.h"

#include "desk/visit.h"

static char visit[VISIT_NO_SIZE];

static void put(struct life *l)
{
	IS(OK, visit_add(l->d, visit, l->no, &l->e));
}

static void begin(struct life *l)
{
	as(l, "op1");
	IS(OK, visit_open(l->d, NULL, visit, &l->e));
}

static void new_draft(struct life *l, const char *changes, char no[ORDER_NO_SIZE])
{
	json_t *more = data(changes);
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", more, l->no);
	json_decref(more);
	snprintf(no, ORDER_NO_SIZE, "%s", l->no);
	put(l);
}

static void sign_visit(struct life *l)
{
	char code[32];
	as(l, "op1");
	IS(OK, visit_sign_send(l->d, visit, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	IS(OK, visit_sign_code(l->d, visit, code, &out, &l->e));
}

static void is_now(struct life *l, const char *no, const char *status)
{
	snprintf(l->no, sizeof l->no, "%s", no);
	as(l, "op1");
	status_of(l, status);
}

static void test_a_renewal_and_a_new_application_are_signed_together(void **state)
{
	struct life *l = *state;
	char renewal[ORDER_NO_SIZE], new[ORDER_NO_SIZE];
	left(l, 60 * DAY);
	insert(KEY);
	begin(l);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, "{'identity_seen':true}"), &l->e);
	snprintf(renewal, sizeof renewal, "%s", l->no);
	put(l);
	new_draft(l, "{'key_role':'secondary'}", new);
	sign_visit(l);
	is_now(l, renewal, "awaiting-payment");
	is_now(l, new, "awaiting-payment");
}

/* The second is ready until the first is signed: the step finds it, and neither is. */
static void test_what_the_first_makes_impossible_for_the_last_leaves_none_signed(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], last[ORDER_NO_SIZE], code[32];
	left(l, 60 * DAY);
	insert(KEY);
	begin(l);
	for (int i = 0; i < 2; i++) {
		site_is(OK, about(l, "renew-unit", KEY, &l->pin, "{'identity_seen':true}"), &l->e);
		snprintf(i ? last : first, ORDER_NO_SIZE, "%s", l->no);
		put(l);
	}
	IS(OK, visit_sign_send(l->d, visit, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	IS(ERR_VISIT_NOT_READY, visit_sign_code(l->d, visit, code, &out, &l->e));
	assert_non_null(strstr(l->e.detail, last));
	is_now(l, first, "draft");
	is_now(l, last, "draft");
	IS(OK, visit_leave(l->d, last, &l->e));
	later(l, 61);
	sign_visit(l);
	is_now(l, first, "awaiting-payment");
	is_now(l, last, "draft");
}

static void test_a_draft_whose_phone_changes_is_signed_alone(void **state)
{
	struct life *l = *state;
	char change[ORDER_NO_SIZE], new[ORDER_NO_SIZE];
	insert(KEY);
	begin(l);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'agent_mobile':'13900139001','consent':true}"), &l->e);
	snprintf(change, sizeof change, "%s", l->no);
	put(l);
	new_draft(l, "{'key_role':'secondary'}", new);
	IS(ERR_VISIT_TWO_CODES, visit_sign_send(l->d, visit, &out, &l->e));
	assert_non_null(strstr(l->e.detail, change));
	is_now(l, new, "draft");
	IS(OK, visit_leave(l->d, change, &l->e));
	sign_visit(l);
	is_now(l, new, "awaiting-payment");
}

/* Two orders of two units, each issued onto its own key; signed together, where `other` names nobody else for the second. */
static void two_issued_of(struct life *l, const char *other, char first[ORDER_NO_SIZE], char second[ORDER_NO_SIZE])
{
	json_t *o = NULL;
	char unit[512];
	snprintf(unit, sizeof unit, "{'uscc':'91350100M000100Y43','unit_name':'上海示例有限公司','invoice_tax_number':'91350100M000100Y43'%s}", other);
	fresh_key("10000003");
	fresh_key("10000004");
	fresh_key("10000005");
	begin(l);
	new_draft(l, "{'key_role':'secondary'}", first);
	if (*other)
		sign(l);
	new_draft(l, unit, second);
	if (*other)
		sign(l);
	else
		sign_visit(l);
	IS(OK, visit_show(l->d, visit, &o, &l->e));
	IS(OK, visit_pay(l->d, visit, "cash", "R-visit", json_number(o, "due"), &out, &l->e));
	json_decref(o);
	for (int i = 0; i < 2; i++) {
		snprintf(l->no, sizeof l->no, "%s", i ? second : first);
		approve(l);
		insert(i ? "10000004" : "10000003");
		site_is(OK, issue_again(l, NULL, NULL), &l->e);
		pull();
	}
	as(l, "op1");
}

static void two_issued(struct life *l, char first[ORDER_NO_SIZE], char second[ORDER_NO_SIZE])
{
	two_issued_of(l, "", first, second);
}

static size_t named_in(struct life *l, const char *no, const char *action)
{
	json_t *rows = NULL, *row;
	size_t i, n = 0;
	IS(OK, order_history(l->d, no, &rows, &l->e));
	json_array_foreach(rows, i, row)
		n += strcmp(json_text(row, "action"), action) == 0;
	json_decref(rows);
	return n;
}

static void test_all_keys_of_a_visit_are_handed_over_in_one_step(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	json_t *preview = NULL;
	two_issued(l, first, second);
	IS(OK, visit_handover_preview(l->d, visit, &preview, &l->e));
	assert_int_equal(json_array_size(json_object_get(preview, "takers")), 0); /* nothing is in */
	json_decref(preview);
	assert_true(pcscd_insert(&readers, 0, "10000003", NULL));
	assert_true(pcscd_insert(&readers, 1, "10000004", NULL));
	IS(OK, visit_handover_preview(l->d, visit, &preview, &l->e));
	const json_t *keys = json_object_get(preview, "keys"), *takers = json_object_get(preview, "takers");
	assert_int_equal(json_array_size(takers), 3);
	assert_string_equal(json_text(json_array_get(takers, 1), "to"), "legal");
	assert_int_equal(json_array_size(keys), 2);
	assert_true(json_flag(json_array_get(keys, 1), "inserted"));
	assert_string_equal(json_text(json_object_get(json_array_get(keys, 1), "certificate"), "status"), "active");
	json_decref(preview);
	IS(ERR_DESK_TAKER, visit_handover(l->d, visit, NULL, 0, "nobody", "H-visit", &out, &l->e));
	IS(ERR_DESK_RECEIPT, visit_handover(l->d, visit, NULL, 0, "agent", "H1", &out, &l->e)); /* another visit's */
	is_now(l, first, "issued");
	IS(OK, visit_handover(l->d, visit, NULL, 0, "agent", "H-visit", &out, &l->e));
	is_now(l, first, "done");
	is_now(l, second, "done");
	assert_int_equal(named_in(l, first, "visit.handover"), 1);
	assert_int_equal(named_in(l, second, "visit.handover"), 1);
	IS(ERR_DESK_OTHER_KEY, visit_handover(l->d, visit, NULL, 0, "agent", "H-visit", &out, &l->e)); /* nothing is left */
}

/* The record says who took each: one person is not two units' legal representatives, nor two agents. */
static void test_keys_that_different_people_fetch_are_not_taken_by_one(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	json_t *preview = NULL;
	two_issued_of(l, ",'legal_name':'张乙二','legal_id_number':'110101196203120147','agent_name':'王五','agent_id_number':'110101196304130213','agent_mobile':'13900139001'",
	              first, second);
	assert_true(pcscd_insert(&readers, 0, "10000003", NULL));
	IS(OK, visit_handover_preview(l->d, visit, &preview, &l->e));
	assert_int_equal(json_array_size(json_object_get(preview, "takers")), 3); /* one of them alone is anybody's of its own */
	json_decref(preview);
	assert_true(pcscd_insert(&readers, 1, "10000004", NULL));
	IS(OK, visit_handover_preview(l->d, visit, &preview, &l->e));
	const json_t *takers = json_object_get(preview, "takers");
	assert_int_equal(json_array_size(takers), 1);
	assert_string_equal(json_text(json_array_get(takers, 0), "to"), "other");
	json_decref(preview);
	IS(ERR_VISIT_TAKER, visit_handover(l->d, visit, NULL, 0, "agent", "H-visit", &out, &l->e));
	IS(ERR_VISIT_TAKER, visit_handover(l->d, visit, NULL, 0, "legal", "H-visit", &out, &l->e));
	is_now(l, first, "issued");
	is_now(l, second, "issued");
	const char *one[] = {"10000004"};
	IS(OK, visit_handover(l->d, visit, one, 1, "legal", "H-visit", &out, &l->e));
	is_now(l, second, "done");
	IS(ERR_HANDOVER_RECEIPT, visit_handover(l->d, visit, NULL, 0, "agent", "H-visit", &out, &l->e));
	is_now(l, first, "issued");
	IS(OK, visit_handover(l->d, visit, NULL, 0, "agent", "H-agent", &out, &l->e));
	is_now(l, first, "done");
}

static enum err taken_by_another(struct life *l, const char *no, const char *name, const char *receipt)
{
	json_t *out = NULL;
	const struct handover_taker by = {.to = "other", .name = name, .document = "passport", .number = "E12345678"};
	l->e = (struct error){0};
	enum err r = handover_take_by(l->d, no, NULL, &by, receipt, &out, &l->e);
	json_decref(out);
	return r;
}

static void taken_by_mistake(struct life *l, const char *no)
{
	as(l, "mg1");
	IS(OK, handover_undo(l->d, no, NULL, "交错了人", &out, &l->e));
	as(l, "op1");
}

/* The receipt is the paper that a person signs, be it as agent, as legal representative or by name, and whatever becomes of the hand-over. */
static void test_two_takers_do_not_sign_one_receipt(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], detail[100];
	two_issued_of(l, ",'legal_name':'李四','legal_id_number':'110101199003071233'", first, second);
	insert("10000003");
	IS(OK, handover_take(l->d, first, "10000003", "agent", "H-visit", &out, &l->e));
	pull();
	insert("10000004");
	site_is(ERR_HANDOVER_RECEIPT, taken_by_another(l, second, "王五", "H-visit"), &l->e);
	snprintf(detail, sizeof detail, "H-visit（订单 %s，经办人）", first);
	assert_string_equal(l->e.detail, detail);
	is_now(l, second, "issued");
	IS(OK, handover_take(l->d, second, "10000004", "legal", "H-visit", &out, &l->e)); /* the first unit's agent: one person */
	taken_by_mistake(l, second);
	site_is(OK, taken_by_another(l, second, "王五", "H-other"), &l->e);
	taken_by_mistake(l, second);
	site_is(ERR_HANDOVER_RECEIPT, taken_by_another(l, second, "赵六", "H-other"), &l->e);
	IS(ERR_HANDOVER_RECEIPT, handover_take(l->d, second, "10000004", "legal", "H-other", &out, &l->e));
	site_is(OK, taken_by_another(l, second, "王五", "H-other"), &l->e);
	is_now(l, second, "done");
}

static void test_one_receipt_serves_the_keys_of_one_visit_and_no_other(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], own[ORDER_NO_SIZE];
	two_issued(l, first, second);
	insert("10000003");
	IS(OK, handover_take(l->d, first, "10000003", "agent", "H-visit", &out, &l->e));
	pull();
	insert("10000004");
	IS(ERR_HANDOVER_RECEIPT, handover_take(l->d, second, "10000004", "legal", "H-visit", &out, &l->e));
	IS(OK, handover_take(l->d, second, "10000004", "agent", "H-visit", &out, &l->e));
	pull();
	is_now(l, second, "done");
	later(l, 61);
	begin(l);
	new_draft(l, "{'key_role':'secondary'}", own);
	sign_visit(l);
	pay(l);
	approve(l);
	insert("10000005");
	site_is(OK, issue_again(l, NULL, NULL), &l->e);
	as(l, "op1");
	IS(ERR_DESK_RECEIPT, handover_take(l->d, own, "10000005", "agent", "H-visit", &out, &l->e));
	IS(OK, handover_take(l->d, own, "10000005", "agent", "H-visit-2", &out, &l->e));
}

static void test_a_wrong_key_among_them_hands_none_over(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	two_issued(l, first, second);
	insert("10000003");
	const char *both[] = {"10000003", "10000004"}, *stranger[] = {"10000003", KEY};
	assert_int_not_equal(OK, visit_handover(l->d, visit, both, 2, "agent", "H-visit", &(json_t *){NULL}, &l->e)); /* one isn't in */
	is_now(l, first, "issued");
	IS(ERR_DESK_OTHER_KEY, visit_handover(l->d, visit, stranger, 2, "agent", "H-visit", &out, &l->e));
	is_now(l, first, "issued");
	IS(OK, visit_handover(l->d, visit, both, 1, "agent", "H-visit", &out, &l->e));
	is_now(l, first, "done");
	is_now(l, second, "issued");
}

/* A replacement of our mistake for each of the two, written onto new keys. */
static void two_replaced(struct life *l, char first[ORDER_NO_SIZE], char second[ORDER_NO_SIZE])
{
	char *const orders[] = {first, second};
	fresh_key("10000006");
	later(l, 61);
	begin(l);
	for (int i = 0; i < 2; i++) {
		active_of(l, orders[i], l->certificate);
		site_is(OK, REPLACE("{'reason':'our-mistake','identity_seen':true,'consent':true}"), &l->e);
		snprintf(orders[i], ORDER_NO_SIZE, "%s", l->no);
		documents(l);
		put(l);
	}
	sign_visit(l);
	for (int i = 0; i < 2; i++) {
		snprintf(l->no, sizeof l->no, "%s", orders[i]);
		pay(l);
		approve(l);
		insert(i ? "10000006" : "10000005");
		site_is(OK, issue_again(l, NULL, NULL), &l->e);
		pull();
	}
	as(l, "op1");
}

static enum err take_both(struct life *l, const char *old, const char *unread, const char *of)
{
	json_t *out = NULL;
	l->e = (struct error){0};
	enum err r = visit_handover_by(l->d, visit, NULL, 0, &(struct handover_taker){.to = "agent", .old_key = old, .old_unread = unread, .old_unread_of = of},
	                               "H-both", &out, &l->e);
	json_decref(out);
	return r;
}

/* One is read, the other can't be. */
static void test_a_visits_old_keys_are_collected_each_in_its_way(void **state)
{
	struct life *l = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	json_t *history = NULL;
	two_issued(l, first, second);
	assert_true(pcscd_insert(&readers, 0, "10000003", NULL));
	assert_true(pcscd_insert(&readers, 1, "10000004", NULL));
	IS(OK, visit_handover(l->d, visit, NULL, 0, "agent", "H-visit", &out, &l->e));
	pull();
	assert_true(pcscd_pull(&readers, 1));
	two_replaced(l, first, second);
	assert_true(pcscd_insert(&readers, 0, "10000005", NULL));
	assert_true(pcscd_insert(&readers, 1, "10000006", NULL));
	site_is(ERR_HANDOVER_OLD_KEY, take_both(l, NULL, NULL, NULL), &l->e);
	site_is(ERR_HANDOVER_OLD_OTHER, take_both(l, "10000003", NULL, NULL), &l->e);
	assert_string_equal(l->e.detail, "10000004");
	site_is(ERR_HANDOVER_OLD_OTHER, take_both(l, "10000003,10000009", "芯片不响应", NULL), &l->e); /* a third one */
	site_is(ERR_HANDOVER_OLD_OTHER, take_both(l, "10000003", "芯片不响应", "10000003"), &l->e);
	is_now(l, first, "issued");
	site_is(OK, take_both(l, "10000003", "芯片不响应，标签相符", "10000004"), &l->e);
	is_now(l, first, "done");
	is_now(l, second, "done");
	check_key(&l->t, "10000003", "returned");
	check_key(&l->t, "10000004", "returned");
	IS(OK, order_history(l->d, second, &history, &l->e));
	const json_t *facts = json_object_get(json_array_get(history, json_array_size(history) - 1), "facts");
	assert_int_equal(json_array_size(json_object_get(facts, "old_keys")), 2);
	assert_int_equal(json_array_size(json_object_get(facts, "unread")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(facts, "unread"), 0)), "10000004");
	json_decref(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_renewal_and_a_new_application_are_signed_together),
		LIFE(test_what_the_first_makes_impossible_for_the_last_leaves_none_signed),
		LIFE(test_a_draft_whose_phone_changes_is_signed_alone),
		LIFE(test_all_keys_of_a_visit_are_handed_over_in_one_step),
		LIFE(test_keys_that_different_people_fetch_are_not_taken_by_one),
		LIFE(test_two_takers_do_not_sign_one_receipt),
		LIFE(test_one_receipt_serves_the_keys_of_one_visit_and_no_other),
		LIFE(test_a_wrong_key_among_them_hands_none_over),
		LIFE(test_a_visits_old_keys_are_collected_each_in_its_way),
	};
	return RUN_LIFE(tests);
}
