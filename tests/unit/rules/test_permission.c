/* Who may do what, whole: the tables of roles, permissions and separations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/lang.h"
#include "rules/permission.h"

static bool among(enum permission p, const enum permission *list, size_t count)
{
	size_t i = 0;
	while (i < count && list[i] != p)
		i++;
	return i < count;
}

static void an_admin_has_no_customer_business_at_all(void **state)
{
	(void)state;
	static const enum permission own[] = {MAY_STAFF, MAY_STAFF_VIEW, MAY_TABLES_VIEW, MAY_BACKUP, MAY_RESTORE, MAY_HUB_JOIN, MAY_SYNC, MAY_SYNC_SEEN};
	for (int p = 0; p < MAY_COUNT; p++)
		if (permission_roles((enum permission)p) & ROLE_ADMIN && !among((enum permission)p, own, sizeof own / sizeof *own))
			fail_msg("an admin may %s", permission_name((enum permission)p));
}

/* Read everything, verify the journal; change nothing. */
static void an_auditor_reads_everything_and_changes_nothing(void **state)
{
	(void)state;
	static const enum permission reads[] = {MAY_ORDER_VIEW, MAY_ORDER_REVEAL, MAY_ATTACH_EXPORT, MAY_TILL_VIEW, MAY_DAY_VIEW, MAY_INVOICE_VIEW,
		MAY_QUERY_LOOK, MAY_KEY_VIEW, MAY_CERT_VIEW, MAY_CRL, MAY_REPORT, MAY_STAFF_VIEW, MAY_TABLES_VIEW, MAY_AUDIT, MAY_SYNC};
	for (int p = 0; p < MAY_COUNT; p++) {
		bool may = permission_roles((enum permission)p) & ROLE_AUDITOR;
		if (may != among((enum permission)p, reads, sizeof reads / sizeof *reads))
			fail_msg("an auditor %s %s", may ? "may" : "may not", permission_name((enum permission)p));
		if (strstr(permission_name((enum permission)p), ".view")) /* nothing to see is kept from them */
			assert_true(may);
	}
}

static void each_role_may_what_its_row_says(void **state)
{
	(void)state;
	static const struct {
		enum permission may;
		unsigned who;
	} rows[] = {
		{MAY_ORDER_NEW, ROLE_OPERATOR}, {MAY_ATTACH, ROLE_OPERATOR}, {MAY_SIGN, ROLE_OPERATOR}, {MAY_PAY, ROLE_OPERATOR}, {MAY_HANDOVER, ROLE_OPERATOR},
		{MAY_REVIEW, ROLE_REVIEWER}, {MAY_ISSUE, ROLE_ISSUER}, {MAY_UNLOCK, ROLE_ISSUER}, {MAY_KEY_STOCK, ROLE_ISSUER},
		{MAY_REFUND_APPROVE, ROLE_MANAGER}, {MAY_TABLES, ROLE_MANAGER}, {MAY_HANDOVER_UNDO, ROLE_MANAGER}, {MAY_STAFF, ROLE_ADMIN},
		{MAY_REPORT, ROLE_MANAGER | ROLE_AUDITOR}, {MAY_AUDIT, ROLE_MANAGER | ROLE_AUDITOR},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(permission_roles(rows[i].may), rows[i].who);
}

static void admin_and_auditor_combine_with_nothing(void **state)
{
	(void)state;
	char list[64];
	for (size_t i = 0; role_name(i); i++)
		for (size_t j = 0; role_name(j); j++) {
			snprintf(list, sizeof list, "%s,%s", role_name(i), role_name(j));
			bool alone = 1u << i & (ROLE_ADMIN | ROLE_AUDITOR) || 1u << j & (ROLE_ADMIN | ROLE_AUDITOR);
			assert_int_equal(roles_parse(list), i != j && alone ? 0 : 1u << i | 1u << j);
		}
	assert_int_equal(roles_parse(""), 0);
	assert_int_equal(roles_parse("operator,wizard"), 0);
}

static void who_keyed_an_order_in_never_approves_it(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_false(separation_allows(MAY_ORDER_NEW, MAY_REVIEW, i & 1, i & 2));
		assert_false(separation_allows(MAY_ORDER_NEW, MAY_SIGN_CONFIRM, i & 1, i & 2));
	}
}

static void who_keyed_it_in_issues_it_only_where_another_approved_or_none_was_needed(void **state)
{
	(void)state;
	assert_false(separation_allows(MAY_ORDER_NEW, MAY_ISSUE, false, false));
	assert_true(separation_allows(MAY_ORDER_NEW, MAY_ISSUE, true, false));
}

static void a_site_can_forbid_that_too(void **state)
{
	(void)state;
	assert_false(separation_allows(MAY_ORDER_NEW, MAY_ISSUE, true, true));
	assert_false(separation_allows(MAY_ORDER_NEW, MAY_ISSUE, false, true));
	assert_true(separation_allows(MAY_REVIEW, MAY_ISSUE, false, true)); /* who approved it may */
}

static void what_the_table_does_not_name_is_not_kept_apart(void **state)
{
	(void)state;
	assert_true(separation_allows(MAY_ORDER_NEW, MAY_PAY, false, true));
	assert_true(separation_allows(MAY_ORDER_NEW, MAY_HANDOVER, false, true));
	assert_false(separation_allows(MAY_REFUND_ASK, MAY_REFUND_APPROVE, true, false));
	assert_false(separation_allows(MAY_PAY, MAY_REFUND_APPROVE, true, false));
}

static void each_has_a_name_of_its_own_and_words_in_both_languages(void **state)
{
	(void)state;
	for (int p = 0; p < MAY_COUNT; p++) {
		lang_set(LANG_ZH);
		const char *zh = permission_title((enum permission)p);
		lang_set(LANG_EN);
		assert_string_not_equal(zh, permission_title((enum permission)p));
		for (int other = 0; other < p; other++)
			assert_string_not_equal(permission_name((enum permission)p), permission_name((enum permission)other));
	}
}

static void two_persons_are_two_by_what_each_may_alone(void **state)
{
	(void)state;
	unsigned seconds = ROLE_ADMIN | ROLE_MANAGER;
	assert_true(permission_two(MAY_STAFF, ROLE_ADMIN, ROLE_ADMIN, ROLE_ADMIN));
	assert_true(permission_two(MAY_STAFF, ROLE_MANAGER, ROLE_ADMIN, seconds));
	assert_false(permission_two(MAY_STAFF, ROLE_OPERATOR, ROLE_ADMIN, ROLE_ADMIN));
	assert_false(permission_two(MAY_STAFF, ROLE_MANAGER, ROLE_ADMIN, ROLE_ADMIN));
	assert_false(permission_two(MAY_STAFF, ROLE_ADMIN, ROLE_OPERATOR, seconds));
	assert_false(permission_two(MAY_STAFF, ROLE_ADMIN, 0, seconds));
	assert_true(permission_two(MAY_TABLES, ROLE_MANAGER, ROLE_ADMIN, ROLE_ADMIN)); /* what the action asks for is enough for the first */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_admin_has_no_customer_business_at_all),
		cmocka_unit_test(an_auditor_reads_everything_and_changes_nothing),
		cmocka_unit_test(each_role_may_what_its_row_says),
		cmocka_unit_test(admin_and_auditor_combine_with_nothing),
		cmocka_unit_test(who_keyed_an_order_in_never_approves_it),
		cmocka_unit_test(who_keyed_it_in_issues_it_only_where_another_approved_or_none_was_needed),
		cmocka_unit_test(a_site_can_forbid_that_too),
		cmocka_unit_test(what_the_table_does_not_name_is_not_kept_apart),
		cmocka_unit_test(two_persons_are_two_by_what_each_may_alone),
		cmocka_unit_test(each_has_a_name_of_its_own_and_words_in_both_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
