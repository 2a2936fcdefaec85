/* A purge at headquarters: what a site may have destroyed, what it may not, and that both chains verify afterwards. */
#include "custody_case.h"
#include "desk/admin.h"
#include "desk/order.h"
#include "desk/invoice.h"
#include "desk/pay.h"
#include "desk/refund.h"
#include "desk/sign.h"
#include "hub/backups.h"
#include "hub/verify.h"
#include "rules/retention.h"
#include "store/replica.h"

enum { DAY = 86400 };

static void years_later(struct hub_case *c, int i, int64_t more)
{
	int64_t now = clock_now(&CLOCK_SYSTEM) + (int64_t)(RETENTION_LEAST * 366) * DAY + more;
	hub->clock.fixed = now;
	c->d[i]->clock.fixed = now;
}

static int64_t tick(struct hub_case *c, int i)
{
	json_t *out = NULL;
	site_is(OK, tick_run(c->d[i], &out, &c->e), &c->e);
	int64_t n = json_number(out, "expired");
	json_decref(out);
	return n;
}

static void whole(struct hub_case *c, int i)
{
	struct hub_report report;
	json_t *out = NULL;
	site_is(OK, hub_verify_all(hub, &report, NULL, NULL, &c->e), &c->e);
	site_as(&c->site[i], c->d[i], "au1");
	site_is(OK, audit_verify(c->d[i], NULL, NULL, &out, &c->e), &c->e);
	json_decref(out);
}

/* Signed, cancelled before it was paid, and at headquarters with its files. */
static void cancelled_order(struct hub_case *c)
{
	struct desk *d = site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, order_cancel(d, c->no, &c->e), &c->e);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static int64_t order_key(struct hub_case *c, int i)
{
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[i]->store, SQL_ORDER_GET, &rows, &c->e, "t", c->no), &c->e);
	assert_true(rows_next(rows));
	int64_t dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	return dk;
}

static bool key_gone(struct hub_case *c, int i, int64_t dk)
{
	int64_t n = 0;
	site_is(OK, db_int(hub->db, HUB_SQL_PURGE_KEY_GONE, 0, &n, &c->e, "ti", codes[i], dk), &c->e);
	return n == 1;
}

static int files_there(struct hub_case *c, int i)
{
	char command[300], out[32] = "";
	snprintf(command, sizeof command, "find '%s/files/%s' -type f 2>/dev/null | wc -l", c->dir, codes[i]);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, sizeof out, f));
	pclose(f);
	return atoi(out);
}

static void headquarters_follows_a_purge(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	assert_true(files_there(c, COUNTER) > 0);
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	assert_false(key_gone(c, COUNTER, dk));
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	assert_true(key_gone(c, COUNTER, dk));
	assert_int_equal(0, files_there(c, COUNTER));
	whole(c, COUNTER);
	tick(c, COUNTER); /* now that headquarters has it, the site's own go */
	site_is(ERR_DESK_PURGED, order_show(c->d[COUNTER], c->no, &(json_t *){NULL}, &c->e), &c->e);
	int64_t left = 1;
	site_is(OK, store_int(c->d[COUNTER]->store, SQL_PURGE_DUE, 0, &left, &c->e, ""), &c->e);
	assert_int_equal(0, left);
	whole(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

/* The beginning of some bytes that the database has, in hex. */
static void bytes_of(struct hub_case *c, const char *sql, char hex[65])
{
	char command[500];
	snprintf(command, sizeof command, "sqlite3 '%s/hub.db' \"%s\"", c->dir, sql);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(hex, 65, f));
	pclose(f);
	hex[strcspn(hex, "\n")] = '\0';
	assert_true(strlen(hex) >= 48);
}

/* In the raw bytes of the database and what lies beside it. */
static bool lie_in_files(struct hub_case *c, const char *hex)
{
	char command[500];
	snprintf(command, sizeof command, "cat '%s'/hub.db* | xxd -p | tr -d '\n' | tr a-f A-F | grep -qF '%s'", c->dir, hex);
	return system(command) == 0;
}

static void import_lines(struct hub_case *c)
{
	json_t *out = NULL;
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	site_is(OK, statement_import(c->d[COUNTER], site_file(&c->site[COUNTER], "s.csv",
	        "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,M1,123.45,,付款人甲某某,6222333344445555,货款\n"
	        "2026-11-20,M2,,67.89,收款人乙某某,6222555566667777,退回\n"), &out, &c->e), &c->e);
	json_decref(out);
}

static void nothing_of_it_lies_in_the_database_any_more(void **state)
{
	struct hub_case *c = *state;
	char order[65], entry[65], debit[65], key[65];
	if (!db_is_sqlite(hub->db))
		skip();
	cancelled_order(c);
	import_lines(c);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	bytes_of(c, "SELECT substr(hex(body), 1, 60) FROM state WHERE kind = 'orders' ORDER BY seq LIMIT 1", order);
	bytes_of(c, "SELECT substr(hex(body), 1, 60) FROM state WHERE kind = 'statement_entry'", entry);
	bytes_of(c, "SELECT substr(hex(body), 1, 60) FROM state WHERE kind = 'statement_debit'", debit);
	bytes_of(c, "SELECT substr(hex(k.cms), length(hex(k.cms)) - 59, 60) FROM data_key k JOIN state s ON s.site = k.site AND s.dk = k.dk WHERE s.kind = 'orders' LIMIT 1", key);
	assert_true(lie_in_files(c, order) && lie_in_files(c, entry) && lie_in_files(c, debit) && lie_in_files(c, key));
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	SYNC(c, COUNTER);
	assert_string_equal("", why_refused(COUNTER));
	assert_false(lie_in_files(c, order) || lie_in_files(c, entry) || lie_in_files(c, debit) || lie_in_files(c, key));
	whole(c, COUNTER);
	tick(c, COUNTER);
	whole(c, COUNTER);
}

static void a_statement_that_paid_for_something_kept_is_not_destroyed(void **state)
{
	struct hub_case *c = *state;
	json_t *row = NULL, *facts;
	struct rows *rows = NULL;
	int64_t dk = 0, entry = 0;
	site_at(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	import_lines(c);
	/* the line is what paid for it */
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_ALL_STATEMENT_ENTRY, &rows, &c->e, ""), &c->e);
	assert_true(rows_next(rows));
	entry = rows_int(rows, 0);
	dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	row = json_pack("{si}", "payment_id", 1);
	site_is(OK, replica_put(c->d[COUNTER]->store, "statement_entry", row, &entry, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, COUNTER, "statement.match", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	years_later(c, COUNTER, 2 * DAY);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	row = json_pack("{ss}", "data", "");
	site_is(OK, replica_put(c->d[COUNTER]->store, "statement_entry", row, &entry, &c->e), &c->e);
	json_decref(row);
	facts = json_pack("{s{si s[I]}}", "purge", "orders", 0, "keys", (json_int_t)dk);
	rogue_commit(c, COUNTER, "purge", "system", codes[COUNTER], facts);
	json_decref(facts);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "PURGE: statement");
	assert_false(key_gone(c, COUNTER, dk));
	whole(c, COUNTER);
}

static void backups_from_before_a_purge_are_named(void **state)
{
	struct hub_case *c = *state;
	int64_t old = 9;
	json_t *list = NULL;
	char path[120];
	cancelled_order(c);
	snprintf(path, sizeof path, "%s/hub.copy", c->root);
	site_is(OK, db_backup(hub->db, path, &c->e), &c->e);
	site_is(OK, backups_note(hub, path, &c->e), &c->e);
	site_is(OK, backups_old(hub, &old, &c->e), &c->e);
	assert_int_equal(0, old);
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	SYNC(c, COUNTER);
	site_is(OK, backups_list(hub, &list, &c->e), &c->e);
	assert_true(json_is_true(json_object_get(json_array_get(list, 0), "holds_purged")));
	assert_string_equal(path, json_text(json_array_get(list, 0), "file"));
	int64_t number = json_number(json_array_get(list, 0), "number");
	json_decref(list);
	/* an upgrade's copy goes by itself */
	char command[300];
	snprintf(command, sizeof command, "cp '%s' '%s/hub.db.before-3'", path, c->dir);
	assert_int_equal(0, system(command));
	site_is(OK, backups_tick(hub, &c->e), &c->e);
	snprintf(path, sizeof path, "%s/hub.db.before-3", c->dir);
	assert_int_equal(db_is_sqlite(hub->db) ? -1 : 0, access(path, F_OK));
	site_is(OK, backups_destroyed(hub, number, &c->e), &c->e);
	site_is(ERR_BACKUP_NONE, backups_destroyed(hub, number, &c->e), &c->e);
	site_is(OK, backups_old(hub, &old, &c->e), &c->e);
	assert_int_equal(0, old);
}

/* Both of an order that was given back: the invoice's, and that of the red one that took it back. */
static void the_pdfs_of_invoices_go_too(void **state)
{
	static const char one[] = "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n";
	static const char red[] = "%PDF-1.7\n1 0 obj <<>> endobj yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\nstartxref\n9\n%%EOF\n";
	struct hub_case *c = *state;
	struct desk *d = site_at(c, COUNTER);
	char date[11];
	json_t *out = NULL;
	civil_date_text(desk_now(d), date);
	site_paid(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, invoice_file(d, c->no, "26112000000012345678", date, site_file(&c->site[COUNTER], "i.pdf", one), &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, order_cancel(d, c->no, &c->e), &c->e);
	site_as(&c->site[COUNTER], d, "mg1");
	site_is(OK, invoice_red(d, c->no, "26112000000012345679", date, site_file(&c->site[COUNTER], "r.pdf", red), &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, refund_approve(d, c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, refund_pay(d, c->no, NULL, "B77", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	int before = files_there(c, COUNTER);
	assert_int_equal(3, before); /* the scans are one picture */
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	SYNC(c, COUNTER);
	assert_string_equal("", why_refused(COUNTER));
	assert_int_equal(0, files_there(c, COUNTER));
	whole(c, COUNTER);
}

static void keys_stay_at_the_site_until_headquarters_has_the_entry(void **state)
{
	struct hub_case *c = *state;
	uint8_t key[DATA_KEY_SIZE];
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	tick(c, COUNTER);
	site_is(OK, datakey_show(c->d[COUNTER]->store, dk, key, &c->e), &c->e);
	whole(c, COUNTER);
	SYNC(c, COUNTER);
	tick(c, COUNTER);
	desk_close(&c->d[COUNTER]);
	c->d[COUNTER] = site_open(&c->site[COUNTER]);
	site_is(ERR_SEALED, datakey_show(c->d[COUNTER]->store, dk, key, &c->e), &c->e);
}

static void a_purge_before_its_time_is_refused(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	years_later(c, COUNTER, 2 * DAY);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 2 * DAY; /* the site's clock is wrong, or it has something to hide */
	assert_int_equal(1, tick(c, COUNTER));
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	assert_false(key_gone(c, COUNTER, dk));
	assert_true(files_there(c, COUNTER) > 0);
	assert_true(alarmed(COUNTER, "refused", "PURGE") || alarmed(COUNTER, "refused", "purge"));
}

static void no_purge_takes_a_key_that_guards_other_things(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	years_later(c, COUNTER, 2 * DAY);
	json_t *facts = json_pack("{s{si s[i]}}", "purge", "orders", 0, "keys", 1); /* tables and staff */
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	rogue_commit(c, COUNTER, "purge", "system", codes[COUNTER], facts);
	json_decref(facts);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	assert_false(key_gone(c, COUNTER, 1));
	whole(c, COUNTER);
}

static void a_review_site_purges_the_copy_that_it_had(void **state)
{
	struct hub_case *c = *state;
	away(c);
	approved(c, REVIEW);
	int64_t there = order_key(c, REVIEW), home = order_key(c, COUNTER);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	years_later(c, REVIEW, 2 * DAY);
	assert_int_equal(1, tick(c, REVIEW));
	SYNC(c, REVIEW);
	tick(c, REVIEW);
	assert_int_equal(0, refused_at(REVIEW));
	assert_true(key_gone(c, REVIEW, there));
	assert_false(key_gone(c, COUNTER, home)); /* its own site still has something open */
	whole(c, REVIEW);
	whole(c, COUNTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(headquarters_follows_a_purge),
		HUB_TEST(nothing_of_it_lies_in_the_database_any_more),
		HUB_TEST(a_statement_that_paid_for_something_kept_is_not_destroyed),
		HUB_TEST(backups_from_before_a_purge_are_named),
		HUB_TEST(the_pdfs_of_invoices_go_too),
		HUB_TEST(keys_stay_at_the_site_until_headquarters_has_the_entry),
		HUB_TEST(a_purge_before_its_time_is_refused),
		HUB_TEST(no_purge_takes_a_key_that_guards_other_things),
		HUB_TEST(a_review_site_purges_the_copy_that_it_had),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
