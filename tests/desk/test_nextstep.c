/* Whose work an order's next step is: by the roles, by what is kept apart, by who has claimed it, by where it is. */
#include "case.h"
#include "away.h"
#include "desk/refund.h"
#include "desk/visit.h"

/* As the actor sees it: "" where it is theirs to do. */
static void waits_for(struct unit_case *c, const char *next, const char *who)
{
	json_t *shown = NULL;
	site_is(OK, order_show(c->d, c->no, &shown, &c->e), &c->e);
	assert_string_equal(json_text(shown, "next"), next);
	assert_string_equal(json_text(shown, "next_who"), who);
	json_decref(shown);
}

/* One who keys in, reviews and issues. */
static void becomes_everything(struct unit_case *c, const char *login)
{
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_roles(c->d, login, "operator,reviewer,issuer", &c->e));
	site_as(&c->site, c->d, login);
}

static void test_the_next_step_waits_for_a_role(void **state)
{
	struct unit_case *c = *state;
	site_draft(&c->site, c->d, "new-unit", NULL, c->no);
	waits_for(c, "sign", "");
	site_as(&c->site, c->d, "rv1");
	waits_for(c, "sign", "受理员");
	site_as(&c->site, c->d, "op1");
	site_sign(&c->site, c->d, c->no);
	site_as(&c->site, c->d, "is1");
	waits_for(c, "pay", "受理员");
	site_as(&c->site, c->d, "op1");
	site_pay(c->d, c->no);
	waits_for(c, "review", "审核员");
	lang_set(LANG_EN);
	waits_for(c, "review", "reviewer");
	lang_set(LANG_ZH);
	site_as(&c->site, c->d, "rv1");
	waits_for(c, "review", "");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_reject(c->d, c->no, "单位已注销", &out, &c->e));
	waits_for(c, "refund", "主管"); /* who has to approve it first */
	site_as(&c->site, c->d, "op1");
	waits_for(c, "refund", "主管");
	site_as(&c->site, c->d, "mg1");
	waits_for(c, "refund", "");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	waits_for(c, "refund", "");
	site_as(&c->site, c->d, "op1");
	waits_for(c, "refund", "");
	site_as(&c->site, c->d, "au1");
	waits_for(c, "refund", "受理员、主管");
}

/* Neither who took the money nor who asked for it is sent to approve it. */
static void test_who_took_the_money_is_not_sent_to_approve_its_refund(void **state)
{
	struct unit_case *c = *state;
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_roles(c->d, "op1", "operator,manager", &c->e));
	site_as(&c->site, c->d, "op1");
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	waits_for(c, "refund", "另一位主管（收款或申请退款的人不能批准）");
	EXPECT(ERR_DESK_SEPARATION, refund_approve(c->d, c->no, &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	waits_for(c, "refund", "");
}

static void test_nothing_waits_for_nobody(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	waits_for(c, "none", "");
}

/* The rule that refuses it says so before. */
static void test_who_keyed_it_in_is_not_sent_to_review_it(void **state)
{
	struct unit_case *c = *state;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	becomes_everything(c, "op1");
	waits_for(c, "review", "另一位审核员（录入的人不能审核）");
	EXPECT(ERR_DESK_SEPARATION, review_claim(c->d, c->no, &out, &c->e));
	lang_set(LANG_EN);
	waits_for(c, "review", "another reviewer: who keyed it in may not review");
	lang_set(LANG_ZH);
	becomes_everything(c, "is1");
	waits_for(c, "review", "");
}

static void test_the_visits_rows_say_it_too(void **state)
{
	struct unit_case *c = *state;
	char visit[VISIT_NO_SIZE];
	json_t *shown = NULL;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, visit_of(c->d, c->no, visit, &c->e));
	becomes_everything(c, "op1");
	site_is(OK, visit_show(c->d, visit, &shown, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(json_object_get(shown, "orders"), 0), "next_who"), "另一位审核员（录入的人不能审核）");
	json_decref(shown);
}

static void test_a_claimed_one_waits_for_who_has_it(void **state)
{
	struct unit_case *c = *state;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	waits_for(c, "review", "");
	becomes_everything(c, "is1");
	waits_for(c, "review", "赵审核（已领取任务）");
	later(c, 1800);
	waits_for(c, "review", "");
}

static void test_who_keyed_it_in_issues_it_where_the_site_lets_them(void **state)
{
	struct unit_case *c = *state;
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "op1");
	waits_for(c, "issue", "制证员");
	becomes_everything(c, "op1");
	waits_for(c, "issue", "");
	c->d->config.issue_own_forbidden = true;
	waits_for(c, "issue", "另一位制证员（录入的人不能制证）");
	becomes_everything(c, "is1");
	waits_for(c, "issue", "");
}

static void test_what_is_at_headquarters_waits_for_headquarters(void **state)
{
	struct unit_case *c = *state;
	int64_t count = 0;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	joined(c->d, &c->e);
	c->d->timer = true;
	EXPECT(OK, custody_give(c->d, &count, &c->e));
	c->d->timer = false;
	assert_int_equal(count, 1);
	waits_for(c, "review", "总部");
	site_as(&c->site, c->d, "rv1");
	waits_for(c, "review", "总部");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_next_step_waits_for_a_role), CASE(test_who_took_the_money_is_not_sent_to_approve_its_refund),
		CASE(test_nothing_waits_for_nobody), CASE(test_who_keyed_it_in_is_not_sent_to_review_it),
		CASE(test_the_visits_rows_say_it_too), CASE(test_a_claimed_one_waits_for_who_has_it),
		CASE(test_who_keyed_it_in_issues_it_where_the_site_lets_them), CASE(test_what_is_at_headquarters_waits_for_headquarters),
	};
	return RUN(tests);
}
