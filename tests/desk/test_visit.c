/* Visits: several orders of one agent, signed together, and what one takes over from another. */
#include "visit.h"

static void test_one_code_signs_all_drafts_of_a_visit(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char code[32];
	size_t before = site_messages(&c->site, "sms");
	assert_int_equal(sum_of(c, v.visit, "to_sign"), 2);
	assert_int_equal(sum_of(c, v.visit, "signable"), 2);
	send_code(c, &v, code);
	assert_int_equal(site_messages(&c->site, "sms"), before + 1);
	EXPECT(ERR_DESK_CODE, visit_sign_code(c->d, v.visit, strcmp(code, "000000") ? "000000" : "000001", &out, &c->e));
	order_is(c, v.no[0], "draft");
	EXPECT(OK, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	order_is(c, v.no[0], "awaiting-payment");
	order_is(c, v.no[1], "awaiting-payment");
	assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE), 1);
	assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE_ORDER), 2);
	assert_int_equal(rows_in(c, SQL_ALL_VISIT), 1);
	EXPECT(ERR_VISIT_EMPTY, visit_sign_code(c->d, v.visit, code, &out, &c->e));
}

static void test_the_entry_of_a_visit_names_its_orders(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	json_t *rows = NULL, *entry = NULL;
	sign_all(c, &v);
	site_is(OK, store_rows(c->d->store, SQL_JOURNAL_OF_SUBJECT, &rows, &c->e, "t", v.visit), &c->e);
	assert_int_equal(json_array_size(rows), 2); /* opened, signed */
	const char *text = json_text(json_array_get(rows, 1), "entry");
	assert_int_equal(json_parse(text, strlen(text), &entry, NULL), OK);
	const json_t *orders = json_object_get(json_object_get(entry, "facts"), "orders");
	assert_string_equal(json_text(entry, "action"), "visit.sign");
	assert_string_equal(json_string_value(json_array_get(orders, 0)), v.no[0]);
	assert_string_equal(json_string_value(json_array_get(orders, 1)), v.no[1]);
	json_decref(entry);
	json_decref(rows);
	assert_int_equal(entries_of(c, v.no[0], "visit.sign"), 1);
	assert_int_equal(entries_of(c, v.no[1], "visit.sign"), 1);
	assert_int_equal(entries_of(c, v.no[1], "visit.open"), 0); /* it names no order */
}

static void test_an_order_alone_is_the_case_of_one(void **state)
{
	struct unit_case *c = *state;
	char visit[VISIT_NO_SIZE];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	assert_int_equal(entries_of(c, c->no, "order.sign"), 1);
	assert_int_equal(entries_of(c, c->no, "visit.sign"), 0);
	assert_int_equal(rows_in(c, SQL_ALL_VISIT), 1); /* of its own */
	site_is(OK, visit_of(c->d, c->no, visit, &c->e), &c->e);
	assert_int_equal(sum_of(c, visit, "to_pay"), 1);
}

static void test_a_draft_that_isnt_ready_is_named_and_none_is_signed(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char sentence[ERROR_DETAIL_SIZE * 2], code[32];
	send_code(c, &v, code);
	site_is(OK, draft_new_in(c->d, "new-unit", NULL, &(struct draft_in){.visit = v.visit}, NULL, v.no[2], &c->e), &c->e);
	assert_int_equal(sum_of(c, v.visit, "to_sign"), 3);
	assert_int_equal(sum_of(c, v.visit, "signable"), 2);
	EXPECT(ERR_VISIT_NOT_READY, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	assert_non_null(strstr(error_sentence(&c->e, sentence, sizeof sentence), v.no[2]));
	EXPECT(ERR_VISIT_NOT_READY, visit_sign_send(c->d, v.visit, &out, &c->e));
	order_is(c, v.no[0], "draft");
	order_is(c, v.no[1], "draft");
	assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE), 0);
	site_is(OK, visit_leave(c->d, v.no[2], &c->e), &c->e); /* taken out, the code is for the others again */
	EXPECT(OK, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	order_is(c, v.no[2], "draft");
}

static void test_a_code_is_for_the_drafts_it_was_sent_for(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char code[32];
	send_code(c, &v, code);
	json_t *change = quoted("{'department':'财务部'}");
	site_is(OK, draft_edit(c->d, v.no[1], change, &c->e), &c->e);
	json_decref(change);
	EXPECT(ERR_DESK_CHANGED, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	order_is(c, v.no[0], "draft");
	later(c, 61);
	send_code(c, &v, code);
	draft_in(c, &v, "new-unit", SECONDARY);
	EXPECT(ERR_DESK_CHANGED, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	EXPECT(ERR_DESK_RESEND, visit_sign_send(c->d, v.visit, &out, &c->e));
	later(c, 61);
	sign_all(c, &v);
	order_is(c, v.no[2], "awaiting-payment");
}

static void test_only_orders_of_one_agent_share_a_signature(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char sentence[ERROR_DETAIL_SIZE * 2];
	draft_in(c, &v, "new-person", "{'delivery':'counter'}"); /* who is their own agent */
	EXPECT(ERR_VISIT_AGENT, visit_sign_send(c->d, v.visit, &out, &c->e));
	assert_non_null(strstr(error_sentence(&c->e, sentence, sizeof sentence), v.no[2]));
	site_is(OK, visit_leave(c->d, v.no[2], &c->e), &c->e);
	/* the same person with another phone: whose code would it be? */
	draft_in(c, &v, "new-unit", "{'key_role':'secondary','agent_mobile':'13900139001'}");
	EXPECT(ERR_VISIT_AGENT, visit_sign_send(c->d, v.visit, &out, &c->e));
	site_is(OK, visit_leave(c->d, v.no[3], &c->e), &c->e);
	sign_all(c, &v);
	order_is(c, v.no[2], "draft");
}

static void test_a_visit_names_each_agent_once(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	json_t *visit = NULL;
	site_is(OK, visit_show(c->d, v.visit, &visit, &c->e), &c->e);
	assert_string_equal(json_text(visit, "agent"), "李*"); /* of both orders */
	json_decref(visit);
	draft_in(c, &v, "new-unit", "{'key_role':'secondary','agent_name':'张伟'}");
	draft_in(c, &v, "new-unit", "{'key_role':'secondary'}");
	site_is(OK, visit_show(c->d, v.visit, &visit, &c->e), &c->e);
	assert_string_equal(json_text(visit, "agent"), "李*、张*");
	json_decref(visit);
}

static void test_two_main_keys_of_one_unit_are_not_signed_together(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char sentence[ERROR_DETAIL_SIZE * 2];
	draft_in(c, &v, "new-unit", NULL);
	EXPECT(ERR_VISIT_MAIN, visit_sign_send(c->d, v.visit, &out, &c->e));
	error_sentence(&c->e, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, v.no[0]));
	assert_non_null(strstr(sentence, v.no[2]));
	json_t *secondary = quoted(SECONDARY);
	site_is(OK, draft_edit(c->d, v.no[2], secondary, &c->e), &c->e);
	json_decref(secondary);
	sign_all(c, &v);
	order_is(c, v.no[2], "awaiting-payment");
}

static void test_a_person_with_the_units_agent_shares_the_signature(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	draft_in(c, &v, "new-person", "{'agent_is_holder':false,'agent_name':'李四','agent_id_kind':'resident-id',"
	                              "'agent_id_number':'110101199003071233','agent_id_valid_until':'长期','agent_mobile':'13900139000'}");
	sign_all(c, &v);
	order_is(c, v.no[2], "awaiting-payment");
}

/* The second person on the spot. */
static void with_reviewer(struct unit_case *c)
{
	site_as(&c->site, c->d, "rv1");
	struct staff second = c->d->actor;
	site_as(&c->site, c->d, "op1");
	c->d->second = second;
}

static void test_paper_needs_every_scan_and_a_second_person(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	EXPECT(ERR_VISIT_NOT_READY, visit_sign_paper(c->d, v.visit, &out, &c->e)); /* nobody is called in vain */
	for (size_t i = 0; i < 2; i++) {
		with_reviewer(c);
		EXPECT(ERR_VISIT_NOT_READY, visit_sign_paper(c->d, v.visit, &out, &c->e)); /* a scan is missing */
		order_is(c, v.no[0], "draft");
		EXPECT(OK, attach_add(c->d, v.no[i], "signed-form", site_picture(&c->site, "scan.jpg"), false, &out, &c->e));
	}
	c->d->second = (struct staff){0};
	EXPECT(ERR_DESK_TWO_PERSONS, visit_sign_paper(c->d, v.visit, &out, &c->e));
	with_reviewer(c);
	EXPECT(OK, visit_sign_paper(c->d, v.visit, &out, &c->e));
	order_is(c, v.no[1], "awaiting-payment");
	assert_int_equal(c->d->second.id, 0);
}

static void test_an_order_returned_leaves_the_others_signature_valid(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", sum_of(c, v.visit, "due"), &out, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, v.no[0], &out, &c->e));
	EXPECT(OK, review_return(c->d, v.no[0], "印章不清", &out, &c->e));
	site_as(&c->site, c->d, "op1");
	json_t *kept = order_of(c, v.no[1]);
	assert_string_equal(json_text(json_object_get(kept, "signature"), "state"), "valid");
	json_decref(kept);
	assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE_VOID), 1);
	order_is(c, v.no[0], "returned");
	later(c, 61);
	sign_all(c, &v); /* it is the visit's one draft again */
	order_is(c, v.no[0], "in-review"); /* paid already */
	json_t *again = order_of(c, v.no[0]);
	assert_string_equal(json_text(json_object_get(again, "signature"), "state"), "valid");
	json_decref(again);
}

static void test_a_returned_order_can_join_a_later_visit(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c), w = {0};
	sign_all(c, &v);
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", sum_of(c, v.visit, "due"), &out, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, v.no[0], &out, &c->e));
	EXPECT(OK, review_return(c->d, v.no[0], "印章不清", &out, &c->e));
	site_as(&c->site, c->d, "op1");
	later(c, 61);
	site_is(OK, visit_open(c->d, NULL, w.visit, &c->e), &c->e);
	site_is(ERR_VISIT_SIGNED, visit_add(c->d, w.visit, v.no[1], &c->e), &c->e);
	site_is(OK, visit_add(c->d, w.visit, v.no[0], &c->e), &c->e);
	assert_int_equal(sum_of(c, v.visit, "to_sign"), 0);
	draft_in(c, &w, "new-unit", SECONDARY);
	assert_int_equal(sum_of(c, w.visit, "to_sign"), 2);
	sign_all(c, &w);
	order_is(c, v.no[0], "in-review");
	char visit[VISIT_NO_SIZE];
	site_is(OK, visit_of(c->d, v.no[0], visit, &c->e), &c->e);
	assert_string_equal(visit, w.visit);
	assert_int_equal(entries_of(c, v.no[0], "visit.sign"), 2); /* of both visits */
	assert_int_equal(entries_of(c, v.no[0], "visit.pay"), 1);
}

static json_t *fields_of(struct unit_case *c, const char *no)
{
	json_t *out = NULL, *values;
	site_is(OK, draft_load(c->d, no, &out, &c->e), &c->e);
	values = json_incref(json_object_get(out, "values"));
	json_decref(out);
	return values;
}

static void test_same_agent_takes_over_the_agent_alone(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char next[ORDER_NO_SIZE], visit[VISIT_NO_SIZE];
	site_is(OK, visit_next(c->d, v.no[1], NULL, VISIT_SAME_AGENT, next, &c->e), &c->e);
	json_t *values = fields_of(c, next);
	assert_string_equal(json_text(values, "agent_id_number"), "110101199003071233");
	assert_string_equal(json_text(values, "agent_mobile"), "13900139000");
	assert_string_equal(json_text(values, "agent_email"), "lisi@example.com");
	assert_string_equal(json_text(values, "unit_name"), "");
	assert_string_equal(json_text(values, "uscc"), "");
	json_decref(values);
	site_is(OK, visit_of(c->d, next, visit, &c->e), &c->e);
	assert_string_equal(visit, v.visit);
	/* by the visit alone, for another kind of customer: its last order's agent */
	site_is(OK, draft_new_in(c->d, "new-person", NULL, &(struct draft_in){v.visit, VISIT_SAME_AGENT, NULL}, NULL, next, &c->e), &c->e);
	values = fields_of(c, next);
	assert_string_equal(json_text(values, "agent_name"), "李四");
	assert_false(json_flag(values, "agent_is_holder"));
	assert_string_equal(json_text(values, "person_name"), "");
	json_decref(values);
}

static void test_a_person_who_came_in_person_is_the_next_units_agent(void **state)
{
	struct unit_case *c = *state;
	char person[ORDER_NO_SIZE], next[ORDER_NO_SIZE];
	site_draft(&c->site, c->d, "new-person", NULL, person);
	site_is(OK, visit_next(c->d, person, "new-unit", VISIT_SAME_AGENT, next, &c->e), &c->e);
	json_t *values = fields_of(c, next);
	assert_string_equal(json_text(values, "agent_name"), "𠮷田·李");
	assert_string_equal(json_text(values, "agent_mobile"), "13700137000");
	json_decref(values);
}

static void test_next_business_takes_over_all_of_the_customer(void **state)
{
	struct unit_case *c = *state;
	char next[ORDER_NO_SIZE], first[VISIT_NO_SIZE], second[VISIT_NO_SIZE];
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, visit_of(c->d, c->no, first, &c->e), &c->e);
	assert_string_equal(first, ""); /* a draft alone is in none … */
	site_is(OK, visit_next(c->d, c->no, NULL, VISIT_SAME_CUSTOMER, next, &c->e), &c->e);
	site_is(OK, visit_of(c->d, c->no, first, &c->e), &c->e);
	site_is(OK, visit_of(c->d, next, second, &c->e), &c->e);
	assert_string_equal(first, second); /* … and then begins one */
	json_t *values = fields_of(c, next);
	assert_string_equal(json_text(values, "unit_name"), "北京示例科技有限公司");
	assert_string_equal(json_text(values, "agent_name"), "李四");
	assert_string_equal(json_text(values, "key_role"), "secondary"); /* a unit has one main key */
	assert_false(json_flag(values, "identity_seen"));               /* asked anew each time */
	assert_false(json_flag(values, "consent"));
	json_decref(values);
	site_is(ERR_VISIT_CUSTOMER, visit_next(c->d, c->no, "new-person", VISIT_SAME_CUSTOMER, next, &c->e), &c->e);
}

static void test_an_order_of_another_day_begins_a_visit_of_today(void **state)
{
	struct unit_case *c = *state;
	char next[ORDER_NO_SIZE], old[VISIT_NO_SIZE], new[VISIT_NO_SIZE];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, visit_of(c->d, c->no, old, &c->e), &c->e);
	later(c, 2 * 86400);
	site_is(OK, visit_next(c->d, c->no, NULL, VISIT_SAME_CUSTOMER, next, &c->e), &c->e);
	site_is(OK, visit_of(c->d, next, new, &c->e), &c->e);
	assert_string_not_equal(old, new);
	site_is(OK, visit_of(c->d, c->no, new, &c->e), &c->e);
	assert_string_equal(old, new);
}

static void test_what_each_order_needs_next_is_shown(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	json_t *out = NULL, *rows;
	char bare[ORDER_NO_SIZE];
	sign_all(c, &v);
	site_is(OK, draft_new_in(c->d, "new-unit", NULL, &(struct draft_in){.visit = v.visit}, NULL, bare, &c->e), &c->e);
	json_t *sample = site_sample("new-unit", NULL);
	json_object_set_new(sample, "key_role", json_string("secondary"));
	site_is(OK, draft_new_in(c->d, "new-unit", NULL, &(struct draft_in){.visit = v.visit}, sample, bare, &c->e), &c->e);
	json_decref(sample);
	site_is(OK, visit_show(c->d, v.visit, &out, &c->e), &c->e);
	rows = json_object_get(out, "orders");
	assert_int_equal(json_array_size(rows), 4);
	static const char *const next[] = {"pay", "pay", "form", "attach"};
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(json_text(json_array_get(rows, i), "next"), next[i]);
	assert_string_equal(json_text(json_array_get(rows, 0), "why"), "");
	assert_string_not_equal(json_text(json_array_get(rows, 3), "why"), "");
	assert_int_equal(json_number(out, "to_sign"), 2);
	assert_int_equal(json_number(out, "to_pay"), 2);
	assert_string_equal(json_text(out, "queue_no"), "A17");
	json_decref(out);
	site_is(OK, visit_list(c->d, NULL, &out, &c->e), &c->e);
	assert_int_equal(json_array_size(out), 1);
	assert_int_equal(json_number(json_array_get(out, 0), "orders"), 2);
	assert_int_equal(json_number(json_array_get(out, 0), "drafts"), 2);
	json_decref(out);
	EXPECT(ERR_DESK_DATE, visit_list(c->d, "2026-13-01", &out, &c->e));
}

static void test_refusals_of_visits(void **state)
{
	struct unit_case *c = *state;
	char visit[VISIT_NO_SIZE], no[ORDER_NO_SIZE];
	site_is(ERR_VISIT_QUEUE, visit_open(c->d, "A 1\x1b[31m", visit, &c->e), &c->e);
	site_is(ERR_VISIT_QUEUE, visit_open(c->d, "A\u202e17", visit, &c->e), &c->e);
	site_is(ERR_VISIT_QUEUE, visit_open(c->d, "12345678901234567", visit, &c->e), &c->e);
	site_is(OK, visit_open(c->d, " Ａ１７ ", visit, &c->e), &c->e);
	EXPECT(ERR_VISIT_EMPTY, visit_sign_send(c->d, visit, &out, &c->e));
	EXPECT(ERR_VISIT_EMPTY, visit_pay(c->d, visit, "cash", "R1", 0, &out, &c->e));
	EXPECT(ERR_VISIT_EMPTY, visit_handover(c->d, visit, NULL, 0, "agent", "H1", &out, &c->e));
	EXPECT(ERR_VISIT_NONE, visit_show(c->d, "V2026-01-01-0001", &out, &c->e));
	EXPECT(ERR_VISIT_NONE, visit_sign_send(c->d, "V1", &out, &c->e));
	site_is(ERR_VISIT_NONE, draft_new_in(c->d, "new-unit", NULL, &(struct draft_in){.visit = "V1"}, NULL, no, &c->e), &c->e);
	site_is(ERR_VISIT_NONE, draft_new_in(c->d, "new-unit", NULL, &(struct draft_in){"V1", VISIT_SAME_AGENT, NULL}, NULL, no, &c->e), &c->e);
	site_is(OK, draft_new(c->d, "new-unit", NULL, no, &c->e), &c->e);
	site_is(ERR_VISIT_NOT_IN, visit_leave(c->d, no, &c->e), &c->e);
	site_is(ERR_DESK_NO_ORDER, visit_add(c->d, visit, "1", &c->e), &c->e);
	site_as(&c->site, c->d, "rv1");
	site_is(ERR_DESK_FORBIDDEN, visit_open(c->d, NULL, visit, &c->e), &c->e);
	EXPECT(ERR_DESK_FORBIDDEN, visit_sign_send(c->d, visit, &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, visit_pay(c->d, visit, "cash", "R1", 0, &out, &c->e));
	EXPECT(OK, visit_show(c->d, visit, &out, &c->e));
}

/* Two windows with the same right code: the second finds nothing left. */
static void test_two_windows_sign_one_visit_once(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char code[32];
	send_code(c, &v, code);
	struct desk *other = site_open(&c->site);
	other->clock = c->d->clock;
	other->actor = c->d->actor;
	EXPECT(OK, visit_sign_code(c->d, v.visit, code, &out, &c->e));
	EXPECT(ERR_VISIT_EMPTY, visit_sign_code(other, v.visit, code, &out, &c->e));
	desk_close(&other);
	assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE), 1);
	assert_int_equal(entries_of(c, v.no[0], "visit.sign"), 1);
}

/* The store has no room for the last of them. */
static void test_a_failure_at_the_last_one_leaves_none_signed(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	char code[32];
	draft_in(c, &v, "new-unit", SECONDARY);
	send_code(c, &v, code);
	bool failed = false;
	for (int pages = 0; !failed || pages < 200; pages++) {
		json_t *out = NULL;
		struct error e = {0};
		store_limit_pages(c->d->store, pages);
		enum err r = visit_sign_code(c->d, v.visit, code, &out, &e);
		store_limit_pages(c->d->store, 100000);
		json_decref(out);
		if (r == OK)
			break;
		site_is(ERR_STORE_FULL, r, &e);
		failed = true;
		assert_int_equal(rows_in(c, SQL_ALL_SIGNATURE), 0);
		assert_int_equal(rows_in(c, SQL_ALL_ORDERS), 0);
		for (size_t i = 0; i < 3; i++)
			order_is(c, v.no[i], "draft");
	}
	assert_true(failed);
	for (size_t i = 0; i < 3; i++)
		order_is(c, v.no[i], "awaiting-payment");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_code_signs_all_drafts_of_a_visit),
		CASE(test_the_entry_of_a_visit_names_its_orders),
		CASE(test_an_order_alone_is_the_case_of_one),
		CASE(test_a_draft_that_isnt_ready_is_named_and_none_is_signed),
		CASE(test_a_code_is_for_the_drafts_it_was_sent_for),
		CASE(test_only_orders_of_one_agent_share_a_signature),
		CASE(test_two_main_keys_of_one_unit_are_not_signed_together),
		CASE(test_a_person_with_the_units_agent_shares_the_signature),
		CASE(test_a_visit_names_each_agent_once),
		CASE(test_paper_needs_every_scan_and_a_second_person),
		CASE(test_an_order_returned_leaves_the_others_signature_valid),
		CASE(test_a_returned_order_can_join_a_later_visit),
		CASE(test_same_agent_takes_over_the_agent_alone),
		CASE(test_a_person_who_came_in_person_is_the_next_units_agent),
		CASE(test_next_business_takes_over_all_of_the_customer),
		CASE(test_an_order_of_another_day_begins_a_visit_of_today),
		CASE(test_what_each_order_needs_next_is_shown),
		CASE(test_refusals_of_visits),
		CASE(test_two_windows_sign_one_visit_once),
		CASE(test_a_failure_at_the_last_one_leaves_none_signed),
	};
	return RUN(tests);
}
