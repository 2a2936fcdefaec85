/* What the timer, the day's end and the bank's statement ask reads no table from end to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sql.h"

static sqlite3 *model(void)
{
	sqlite3 *db = NULL;
	char *why = NULL;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (int i = 0; i < sql_migration_count; i++)
		if (sqlite3_exec(db, sql_migrations[i].text, NULL, NULL, &why) != SQLITE_OK)
			fail_msg("%s: %s", sql_migrations[i].name, why);
	return db;
}

/* A scan over an index that holds only what is open is none over a table. */
static bool reads_all(const char *step)
{
	static const char *const small[] = {"CONSTANT ROW", "payment_transfer_open", "payment_qr_unclaimed", "qr_trade_open", "refund_by_provider", "entry_unmatched", "debit_unmatched"};
	if (strncmp(step, "SCAN ", 5) != 0)
		return false;
	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		if (strstr(step, small[i]))
			return false;
	return true;
}

static void no_query_of_every_day_scans_a_table(void **state)
{
	static const enum sql queries[] = {
		SQL_PIN_LATE, SQL_PIN_LATE_COUNT, SQL_DAY_STATEMENT, SQL_DEBIT_BY_REFERENCE, SQL_REFUND_TRANSFERS, SQL_LATE_REVOCATIONS, SQL_LATE_REVOCATION_ONE,
		SQL_SUBJECT_MAIN, SQL_SUBJECT_MAIN_OTHER, SQL_SUBJECT_MAIN_ASKED, SQL_SUBJECT_UNLOCKED, SQL_ORDER_PROOF_COUNT,
		SQL_CERT_HELD_TOO_LONG, SQL_ORDERS_UNPAID, SQL_STATEMENT_OPEN_COUNT, SQL_DEADLINE_LATE_COUNT, SQL_CERT_CHANGED_SINCE, SQL_QR_TRADES_OPEN,
		SQL_QR_TRADE_OF, SQL_QR_TRADE_OF_ORDER, SQL_QR_TRADE_GET, SQL_QR_DAY, SQL_QR_REFUNDS_APPROVED,
	};
	(void)state;
	sqlite3 *db = model();
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		char text[4096];
		sqlite3_stmt *st = NULL;
		snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sql_queries[queries[i]].text);
		assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW)
			if (reads_all((const char *)sqlite3_column_text(st, 3)))
				fail_msg("%s: %s", sql_queries[queries[i]].name, (const char *)sqlite3_column_text(st, 3));
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
}

/* The check itself sees a scan. */
static void a_scan_is_seen(void **state)
{
	(void)state;
	assert_true(reads_all("SCAN payment"));
	assert_true(reads_all("SCAN refund USING INDEX refund_by_date"));
	assert_false(reads_all("SEARCH payment USING INDEX payment_by_date (business_date=?)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_query_of_every_day_scans_a_table),
		cmocka_unit_test(a_scan_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
