/* The one table of an order's statuses, walked whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/lang.h"
#include "rules/business.h"
#include "rules/transition.h"

static const char *const events[] = {"sign", "ask-payment", "pay", "submit", "void", "skip-review", "approve", "return", "reject", "edit",
	"take-effect", "start-issue", "issue", "undo-issue", "accept", "hand-over", "mail", "finish", "come-back", "undo-hand-over", "cancel", "unpaid",
	"refund", "refunded", "keep-in-review", "keep-approved"};
enum { EVENTS = sizeof events / sizeof *events };

/* Event and status by turns, from a draft on. */
static void walk(const char *business, const char *const *steps)
{
	const char *status = "draft";
	for (; *steps; steps += 2) {
		const char *to = transition_to(business, status, steps[0]);
		if (!to || strcmp(to, steps[1]) != 0)
			fail_msg("%s: %s at %s leads to %s", business, steps[0], status, to ? to : "nothing");
		status = to;
	}
}

static void every_status_of_an_orders_life_is_reached(void **state)
{
	(void)state;
	static const char *const counter[] = {"sign", "signed", "ask-payment", "awaiting-payment", "pay", "paid", "submit", "in-review", "approve",
		"approved", "start-issue", "issuing", "issue", "issued", "hand-over", "handed-over", "finish", "done", NULL};
	static const char *const mail[] = {"sign", "signed", "pay", "paid", "submit", "in-review", "approve", "approved", "start-issue", "issuing",
		"issue", "issued", "mail", "mailed", "finish", "done", NULL};
	static const char *const returned[] = {"sign", "signed", "pay", "paid", "submit", "in-review", "return", "returned", "sign", "signed", NULL};
	static const char *const rejected[] = {"sign", "signed", "pay", "paid", "submit", "in-review", "reject", "rejected", "refund", "refunding",
		"refunded", "refunded", NULL};
	static const char *const unpaid[] = {"sign", "signed", "ask-payment", "awaiting-payment", "unpaid", "cancelled", NULL};
	static const char *const again[] = {"sign", "signed", "pay", "paid", "skip-review", "approved", "start-issue", "issuing", "issue", "issued",
		"accept", "done", NULL};
	static const char *const at_once[] = {"sign", "signed", "pay", "paid", "skip-review", "approved", "take-effect", "done", NULL};
	walk("new", counter);
	walk("replace", mail);
	walk("new", returned);
	walk("new", rejected);
	walk("new", unpaid);
	walk("renew", again);
	walk("change", again);
	walk("suspend", at_once);
	walk("change", at_once);
}

/* Nothing is made for what ends or suspends a certificate, and a renewed key is handed over to nobody: it never left. */
static void what_makes_nothing_is_never_issued(void **state)
{
	(void)state;
	static const char *const nothing[] = {"unlock", "revoke", "suspend", "resume"};
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		assert_int_equal(business_find(nothing[i])->makes, MAKES_NOTHING);
		assert_null(transition_to(nothing[i], "approved", "start-issue"));
	}
	for (const struct business *b = business_at(0); b; b = business_at((size_t)(b - business_at(0)) + 1))
		if (b->makes == MAKES_AGAIN) {
			assert_null(transition_to(b->name, "issued", "hand-over"));
			assert_null(transition_to(b->name, "issued", "mail"));
		} else
			assert_null(transition_to(b->name, "issued", "accept"));
}

/* Out of an end leads only the money's way back, and a manager's undo of a hand-over. */
static void an_end_is_an_end(void **state)
{
	(void)state;
	for (size_t s = 0; s < status_count(); s++)
		for (size_t i = 0; status_ended(status_at(s)) && i < EVENTS; i++) {
			bool back = (strcmp(events[i], "refund") == 0 && strcmp(status_at(s), "done") != 0) ||
			            (strcmp(events[i], "undo-hand-over") == 0 && strcmp(status_at(s), "done") == 0);
			if ((transition_to("new", status_at(s), events[i]) != NULL) != back)
				fail_msg("%s at %s", events[i], status_at(s));
		}
}

static void whatever_happens_leads_to_a_status(void **state)
{
	(void)state;
	for (size_t s = 0; s < status_count(); s++)
		for (size_t i = 0; i < EVENTS; i++) {
			const char *to = transition_to("new", status_at(s), events[i]);
			size_t k = 0;
			while (to && k < status_count() && strcmp(status_at(k), to) != 0)
				k++;
			assert_true(k < status_count());
		}
	assert_null(transition_to("new", "draft", "approve"));
	assert_null(transition_to("new", "draft", "issue"));
	assert_null(transition_to("new", "paid", "approve")); /* not past the review */
	assert_null(transition_to("new", "approved", "hand-over"));
	assert_null(transition_to("new", "nowhere", "sign"));
	assert_null(transition_to("new", "draft", ""));
}

static void statuses_have_titles_in_both_languages(void **state)
{
	(void)state;
	static const char *const words[] = {"草稿", "已签名", "待支付", "已支付", "审核中", "退回补正", "已通过", "制证中", "已制证", "已领取",
		"已寄出", "已完成", "不予受理", "已取消", "退款中", "已退款"};
	assert_int_equal(status_count(), sizeof words / sizeof *words);
	for (size_t i = 0; i < status_count(); i++) {
		lang_set(LANG_ZH);
		assert_string_equal(status_title(status_at(i)), words[i]);
		lang_set(LANG_EN);
		assert_string_not_equal(status_title(status_at(i)), words[i]);
	}
	assert_string_equal(status_title("nowhere"), "nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_of_an_orders_life_is_reached),
		cmocka_unit_test(what_makes_nothing_is_never_issued),
		cmocka_unit_test(an_end_is_an_end),
		cmocka_unit_test(whatever_happens_leads_to_a_status),
		cmocka_unit_test(statuses_have_titles_in_both_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
