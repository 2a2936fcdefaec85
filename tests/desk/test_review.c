/* The queue, claims, decisions, and what separates people. */
#include "case.h"

#include "base/lang.h"

static void in_review(struct unit_case *c)
{
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
}

static void test_an_approval_needs_a_claim(void **state)
{
	struct unit_case *c = *state;
	in_review(c);
	EXPECT(ERR_DESK_FORBIDDEN, review_approve(c->d, c->no, &out, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(ERR_DESK_CLAIM_FIRST, review_approve(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_approve(c->d, c->no, &out, &c->e));
	status_is(c, "approved");
	EXPECT(ERR_DESK_STATUS, review_approve(c->d, c->no, &out, &c->e));
}

static void test_the_customer_is_told(void **state)
{
	struct unit_case *c = *state;
	in_review(c);
	size_t sms = site_messages(&c->site, "sms"), mail = site_messages(&c->site, "mail");
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, NULL, &out, &c->e));
	EXPECT(OK, review_approve(c->d, c->no, &out, &c->e));
	assert_int_equal(site_messages(&c->site, "sms"), sms + 1);
	assert_int_equal(site_messages(&c->site, "mail"), mail + 1);
}

/* A message is Chinese to its last word, in whatever language the reviewer works. */
static void test_the_customer_is_told_in_chinese(void **state)
{
	struct unit_case *c = *state;
	char number[32];
	in_review(c);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	lang_set(LANG_EN);
	json_t *approved = NULL;
	enum err r = review_approve(c->d, c->no, &approved, &c->e);
	lang_set(LANG_ZH);
	json_decref(approved);
	site_is(OK, r, &c->e);
	site_message(&c->site, "sms", "您的新办申请", number);
	site_message(&c->site, "mail", "您的新办申请", number);
}

static void test_a_claim_keeps_others_away_for_half_an_hour(void **state)
{
	struct unit_case *c = *state;
	struct secret password;
	in_review(c);
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "rv2", "孙审核", "reviewer", &password, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, staff_login(c->d, "rv2", &password, &c->e));
	EXPECT(ERR_DESK_CLAIMED, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_QUEUE_EMPTY, review_claim(c->d, NULL, &out, &c->e));
	EXPECT(ERR_DESK_CLAIMED, review_approve(c->d, c->no, &out, &c->e));
	later(c, 1800);
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
}

static void test_nobody_approves_what_they_keyed_in(void **state)
{
	struct unit_case *c = *state;
	struct secret password;
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "both", "多岗", "operator,reviewer,issuer", &password, &c->e));
	EXPECT(OK, staff_login(c->d, "both", &password, &c->e));
	json_t *sample = site_sample("new-unit", NULL);
	struct staff me = c->d->actor;
	EXPECT(OK, draft_new(c->d, "new-unit", sample, c->no, &c->e));
	static const char *const kinds[] = {"business-licence", "agent-id-head", "agent-id-emblem", "seal-sample", "legal-authorisation"};
	for (size_t i = 0; i < 5; i++)
		EXPECT(OK, attach_add(c->d, c->no, kinds[i], site_picture(&c->site, "p.jpg"), false, &out, &c->e));
	char code[32];
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	EXPECT(OK, pay_take(c->d, c->no, "cash", "S1", number_of(c, "due"), &out, &c->e));
	assert_int_equal(c->d->actor.id, me.id);
	EXPECT(ERR_DESK_SEPARATION, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_QUEUE_EMPTY, review_claim(c->d, NULL, &out, &c->e));
	/* a colleague at the same screen does it with a credential of their own */
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, staff_second(c->d, "rv1", &password, &c->e));
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, staff_second(c->d, "rv1", &password, &c->e));
	EXPECT(OK, review_approve(c->d, c->no, &out, &c->e));
	json_decref(sample);
}

static void test_a_second_person_counts_for_one_action(void **state)
{
	struct unit_case *c = *state;
	struct secret password;
	in_review(c);
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	EXPECT(OK, staff_second(c->d, "rv1", &password, &c->e));
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, review_approve(c->d, c->no, &out, &c->e));
	EXPECT(OK, staff_second(c->d, "rv1", &password, &c->e));
	EXPECT(OK, review_approve(c->d, c->no, &out, &c->e));
	status_is(c, "approved");
}

/* Whoever changed a draft keyed it in too, also where somebody else began it. */
static void test_nobody_approves_what_they_changed(void **state)
{
	struct unit_case *c = *state;
	struct secret password;
	json_t *change = json_pack("{ss}", "legal_name", "司马光");
	char code[32];
	secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&c->site, c->d, "root1");
	EXPECT(OK, staff_add(c->d, "both", "多岗", "operator,reviewer", &password, &c->e));
	site_as(&c->site, c->d, "op1");
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, staff_login(c->d, "both", &password, &c->e));
	struct staff both = c->d->actor;
	EXPECT(OK, draft_edit(c->d, c->no, change, &c->e)); /* voids the signature */
	site_as(&c->site, c->d, "op1");
	later(c, 61);
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	EXPECT(OK, pay_take(c->d, c->no, "cash", "K1", number_of(c, "due"), &out, &c->e));
	c->d->actor = both;
	EXPECT(ERR_DESK_SEPARATION, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_QUEUE_EMPTY, review_claim(c->d, NULL, &out, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	json_decref(change);
}

static void test_a_returned_order_keeps_everything(void **state)
{
	struct unit_case *c = *state;
	json_t *draft = NULL, *kinds = NULL, *row;
	size_t i;
	in_review(c);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(ERR_DESK_REASON, review_return(c->d, c->no, "", &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "营业执照不清晰", &out, &c->e));
	status_is(c, "returned");
	site_as(&c->site, c->d, "op1");
	site_is(OK, draft_load(c->d, c->no, &draft, &c->e), &c->e);
	assert_string_equal(json_text(draft, "reasons"), "营业执照不清晰");
	assert_string_equal(json_text(json_object_get(draft, "values"), "unit_name"), "北京示例科技有限公司");
	json_decref(draft);
	site_is(OK, attach_kinds(c->d, c->no, &kinds, &c->e), &c->e);
	json_array_foreach(kinds, i, row)
		assert_int_equal(json_flag(row, "attached"), json_flag(row, "required"));
	json_decref(kinds);
	/* signed again it goes straight to review: it is paid */
	later(c, 61);
	char code[32];
	EXPECT(OK, attach_add(c->d, c->no, "business-licence", site_picture(&c->site, "better.jpg"), false, &out, &c->e));
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	status_is(c, "in-review");
}

/* Eight o'clock of the next day in China: what happens within twenty minutes is one day's, whenever the test runs. */
static void in_the_morning(struct unit_case *c)
{
	enum { ZONE = 8 * 3600, DAY = 86400 };
	later(c, DAY - (c->d->clock.fixed + ZONE) % DAY + 8 * 3600);
}

/* What every list and the order itself say of a waiting customer. */
static void all_say_waits(struct unit_case *c, const char *no, const char *status, bool waits)
{
	struct {
		const char *name, *value;
	} filters[] = {{"status", status}, {"text", no}, {"business", "new"}, {"from", "2020-01-01"}};
	json_t *shown = NULL;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		json_t *filter = json_pack("{ss}", filters[i].name, filters[i].value), *list = NULL, *row;
		size_t k, found = 0;
		site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
		json_array_foreach(list, k, row)
			if (strcmp(json_text(row, "order"), no) == 0) {
				assert_int_equal(json_flag(row, "waiting"), waits);
				found++;
			}
		assert_int_equal(found, 1);
		json_decref(list);
		json_decref(filter);
	}
	site_is(OK, order_show(c->d, no, &shown, &c->e), &c->e);
	assert_int_equal(json_flag(shown, "waiting"), waits);
	json_decref(shown);
}

static void test_who_waits_is_said_alike_everywhere(void **state)
{
	struct unit_case *c = *state;
	char no[ORDER_NO_SIZE];
	in_the_morning(c);
	site_paid(&c->site, c->d, "new-unit", NULL, no);
	all_say_waits(c, no, "in-review", true);
	later(c, 86400);
	all_say_waits(c, no, "in-review", false);
}

/* A revocation has a day, an application three: the younger order is due first. */
static void test_what_is_due_first_is_reviewed_first(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], command[400];
	json_t *queue = NULL;
	in_the_morning(c);
	site_paid(&c->site, c->d, "new-unit", NULL, first);
	later(c, 600);
	site_paid(&c->site, c->d, "new-unit", NULL, second);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET review_due_at = submitted_at + 86400 WHERE no = '%s'\"", c->site.dir, second);
	assert_int_equal(system(command), 0);
	later(c, 86400 - 1200); /* nobody waits any more, and nothing is late */
	site_as(&c->site, c->d, "rv1");
	site_is(OK, review_list(c->d, &queue, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(queue, 0), "order"), second);
	assert_string_equal(json_text(json_array_get(queue, 1), "order"), first);
	json_decref(queue);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET review_due_at = (SELECT max(review_due_at) FROM orders)\"", c->site.dir);
	assert_int_equal(system(command), 0); /* for the journal: both were of one day */
}

static void test_waiting_customers_come_first(void **state)
{
	struct unit_case *c = *state;
	char mailed[ORDER_NO_SIZE], waiting[ORDER_NO_SIZE];
	json_t *changes = json_pack("{ss}", "delivery", "mail"), *queue = NULL;
	in_the_morning(c);
	site_paid(&c->site, c->d, "new-unit", changes, mailed);
	later(c, 600);
	site_paid(&c->site, c->d, "new-unit", NULL, waiting);
	later(c, 600);
	site_as(&c->site, c->d, "rv1");
	site_is(OK, review_list(c->d, &queue, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(queue, 0), "order"), waiting);
	assert_int_equal(json_number(json_array_get(queue, 0), "minutes"), 10);
	assert_string_equal(json_text(json_array_get(queue, 1), "order"), mailed);
	json_decref(queue);
	later(c, 86400); /* gone home: the older one is first again */
	site_is(OK, review_list(c->d, &queue, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(queue, 0), "order"), mailed);
	assert_false(json_flag(json_array_get(queue, 1), "waiting"));
	json_decref(queue);
	json_t *shown = NULL;
	site_is(OK, order_show(c->d, waiting, &shown, &c->e), &c->e);
	assert_false(json_flag(shown, "waiting"));
	json_decref(shown);
	json_decref(changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_an_approval_needs_a_claim), CASE(test_the_customer_is_told), CASE(test_the_customer_is_told_in_chinese),
		CASE(test_a_claim_keeps_others_away_for_half_an_hour), CASE(test_nobody_approves_what_they_keyed_in),
		CASE(test_a_second_person_counts_for_one_action), CASE(test_nobody_approves_what_they_changed), CASE(test_a_returned_order_keeps_everything), CASE(test_waiting_customers_come_first),
		CASE(test_who_waits_is_said_alike_everywhere), CASE(test_what_is_due_first_is_reviewed_first),
	};
	return RUN(tests);
}
