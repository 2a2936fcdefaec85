/* The screens in English at 80×24: what is longer than its Chinese isn't cut where it matters. */
#include "site_case.h"

#include "base/lang.h"
#include "rules/business.h"
#include "rules/transition.h"
#include "ui/scr_common.h"

static struct tui *start(const char *who)
{
	static const char *const env[] = {"LANG=en_US.UTF-8", "LC_ALL", "LC_MESSAGES", NULL};
	char program[4096];
	const char *build = getenv("CERTDESK_BUILD");
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	const char *argv[] = {program, "-C", site.dir, NULL};
	struct tui *t = tui_start(&(struct tui_options){.argv = argv, .env = env});
	tui_wait_text(t, "Password");
	if (who) {
		tui_keys(t, who);
		tui_keys(t, "<Enter>" SITE_PASSWORD "<Enter>");
		tui_wait_row(t, 0, "Desk");
		tui_settle(t);
	}
	return t;
}

static void test_a_form_says_how_much_is_left(void **state)
{
	int row, column;
	(void)state;
	struct tui *t = start("op1");
	case_step(t, "<F2>", "1/3");
	assert_non_null(strstr(tui_row(t, 1), "required left"));
	assert_true(tui_find(t, "1/3 ", &row, &column));
	assert_non_null(strstr(tui_row(t, row), "›"));
	case_step(t, "<F1>", "under To go on");
	case_step(t, "<Esc>", "required left");
	case_step(t, "<C-End>", "Originals seen, face matches*"); /* the star behind its label */
	tui_end(&t);
}

/* A site of its own has no other counter to ask. */
static void test_nothing_is_fetched_without_a_headquarters(void **state)
{
	(void)state;
	struct tui *t = start("op1");
	tui_keys(t, "<End>");
	tui_settle(t);
	case_step(t, "<Enter>", "Certificate ──");
	assert_null(strstr(tui_row(t, 23), "Elsewhere"));
	tui_keys(t, "q");
	tui_settle(t);
	assert_false(tui_has(t, "of another counter", 0));
	tui_end(&t);
}

static void test_a_report_is_told_whole(void **state)
{
	(void)state;
	struct tui *t = start("mg1");
	case_step(t, "<Enter>", "the first chooses it");
	tui_end(&t);
}

/* What the selected row does stands whole below the list. */
static void test_the_menu_explains_itself(void **state)
{
	(void)state;
	struct tui *t = start("op1");
	case_step(t, "<F9>", "A new certificate for a unit: fill in the form");
	case_step(t, "<Down>", "A new certificate for a person: fill in the form");
	tui_wait_text(t, "Reader, clock, disk and the rest");
	tui_end(&t);
}

/* What each order was for, under its heading. */
static void test_a_query_names_the_business(void **state)
{
	char no[ORDER_NO_SIZE], code[32];
	(void)state;
	struct desk *d = site_open(&site);
	site_paid(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = start("op1");
	case_step(t, "<F7>", "Number");
	case_step(t, "91110105MA01ABCD5F<Enter>", "A code was sent to the agent's mobile");
	site_message(&site, "sms", "验证码", code);
	case_step(t, code, "Orders of");
	assert_non_null(strstr(tui_row(t, 2), " Business "));
	assert_true(tui_has(t, no, 0));
	tui_end(&t);
}

/* Every status and every business has its word in a list's column. */
static void test_a_list_cuts_no_status_and_no_business(void **state)
{
	static const char *const names[] = {"draft", "signed", "awaiting-payment", "paid", "in-review", "returned", "approved", "issuing", "issued", "handed-over",
		"mailed", "done", "rejected", "cancelled", "refunding", "refunded"};
	static const char *const kinds[] = {"new", "renew", "unlock", "replace", "change", "revoke", "suspend", "resume"};
	char no[ORDER_NO_SIZE];
	(void)state;
	lang_set(LANG_EN);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_in_range(strlen(scr_brief(status_title(names[i]))), 4, SCR_BRIEF);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		assert_in_range(strlen(scr_brief(business_title(kinds[i]))), 3, SCR_BRIEF - 1); /* the names need the room */
	lang_set(LANG_ZH);
	assert_string_equal(scr_brief("待支付"), "待支付");
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = start("op1");
	case_step(t, "<F3>", "Search");
	tui_keys(t, no);
	case_step(t, "<Enter>", "Found:");
	tui_wait_text(t, "to pay");
	case_step(t, "<Enter>", "Next: payment");
	case_step(t, "<F1>", "Do the next step"); /* what goes on stands below what it goes on from */
	int row, column, key_row, key_column;
	assert_true(tui_find(t, "Do the next step", &key_row, &key_column));
	assert_true(tui_find(t, "mailed or fetched", &row, &column));
	assert_int_equal(column, key_column);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_form_says_how_much_is_left),
		cmocka_unit_test(test_nothing_is_fetched_without_a_headquarters),
		cmocka_unit_test(test_the_menu_explains_itself),
		cmocka_unit_test(test_a_report_is_told_whole),
		cmocka_unit_test(test_a_query_names_the_business),
		cmocka_unit_test(test_a_list_cuts_no_status_and_no_business),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
