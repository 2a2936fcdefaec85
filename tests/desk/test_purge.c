/* Five years after a certificate ends: what is destroyed, what stays, and that the chain still verifies. */
#include "life.h"
#include "desk/backup.h"
#include "desk/invoice.h"
#include "desk/purge.h"
#include "desk/refund.h"
#include "desk/unclaimed.h"
#include "notify/notify.h"
#include "rules/retention.h"
#include "store/store.h"

static void five_years_after(struct life *l, int64_t end, int64_t seconds)
{
	struct civil c = civil_from_utc(end);
	c.year += RETENTION_LEAST;
	l->d->clock.fixed = civil_to_utc(c) + seconds;
}

/* Until then the order has something open. */
static void invoiced(struct life *l, const char *no, const char *number)
{
	static const char pdf[] = "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n";
	char date[11];
	civil_date_text(desk_now(l->d), date);
	as(l, "op1");
	IS(OK, invoice_file(l->d, no, number, date, site_file(&l->t.site, "invoice.pdf", pdf), &out, &l->e));
}

static int64_t tick(struct life *l)
{
	json_t *out = NULL;
	site_is(OK, tick_run(l->d, &out, &l->e), &l->e);
	int64_t n = json_number(out, "expired");
	json_decref(out);
	return n;
}

static int files_of_order(struct life *l)
{
	char out[32];
	assert_int_equal(shell(out, sizeof out, "find '%s/files' -type f ! -name '.*' | wc -l", l->t.site.dir), 0);
	return atoi(out);
}

/* In the database and what lies beside it. */
static bool lies_in_file(struct life *l, const char *text)
{
	char out[64];
	return shell(out, sizeof out, "cat '%s'/certdesk.db* | grep -qaF '%s'", l->t.site.dir, text) == 0;
}

static void verifies(struct life *l)
{
	as(l, "au1");
	IS(OK, audit_verify(l->d, NULL, NULL, &out, &l->e));
}

static void test_five_years_after_its_end_a_certificate_is_nobodys(void **state)
{
	struct life *l = *state;
	json_t *sample = site_sample("new-unit", NULL), *list = NULL;
	const char *name = json_text(sample, "unit_name");
	assert_true(strlen(name) > 6);
	assert_true(lies_in_file(l, name));
	assert_true(files_of_order(l) > 0);
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 0);
	assert_int_equal(tick(l), 0); /* not a second before */
	as(l, "op1");
	IS(OK, order_show(l->d, order, &out, &l->e));
	later(l, 1);
	assert_int_equal(tick(l), 1);
	IS(ERR_DESK_PURGED, order_show(l->d, order, &out, &l->e));
	site_is(ERR_DESK_PURGED, about(l, "new-unit", NULL, NULL, NULL), &l->e); /* nothing is left to begin with */
	IS(ERR_DESK_PURGED, about_certificate(l->d, l->certificate, &out, &l->e));
	verifies(l);
	assert_false(lies_in_file(l, name));
	static const char *const fields[] = {"uscc", "legal_name", "legal_mobile", "legal_id_number", "agent_name", "agent_id_number", "agent_mobile",
	                                     "agent_email", "invoice_bank_account", "mail_address"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		assert_false(lies_in_file(l, json_text(sample, fields[i])));
	assert_int_equal(files_of_order(l), 0);
	as(l, "op1");
	IS(OK, certs_list(l->d, order, NULL, &list, &l->e)); /* numbers and dates stay */
	json_decref(list);
	list = NULL;
	site_is(OK, store_rows(l->d->store, SQL_PURGE_ORDERS, &list, &l->e, "itii", desk_now(l->d), l->d->site, (int64_t)10, desk_now(l->d)), &l->e);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	assert_int_equal(tick(l), 0); /* once */
	json_decref(sample);
}

static void test_a_customer_with_a_later_certificate_is_kept(void **state)
{
	struct life *l = *state;
	int64_t customers = 0;
	json_t *sample = site_sample("new-unit", NULL);
	insert(KEY);
	left(l, 10 * DAY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	char renewal[ORDER_NO_SIZE];
	snprintf(renewal, sizeof renewal, "%s", l->no);
	int64_t end = active_of(l, renewal, NULL);
	assert_true(end > l->end + 300 * DAY);
	invoiced(l, order, "26112000000012345678");
	invoiced(l, renewal, "26112000000012345679");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1); /* the first order */
	IS(ERR_DESK_PURGED, order_show(l->d, order, &out, &l->e));
	as(l, "op1");
	IS(OK, order_show(l->d, renewal, &out, &l->e));
	verifies(l);
	assert_true(lies_in_file(l, json_text(sample, "unit_name")));
	five_years_after(l, end, 1);
	assert_int_equal(tick(l), 1);
	verifies(l);
	assert_false(lies_in_file(l, json_text(sample, "unit_name")));
	site_is(OK, store_int(l->d->store, SQL_PURGE_DUE, 0, &customers, &l->e, ""), &l->e);
	assert_int_equal(customers, 0);
	json_decref(sample);
}

static void test_the_same_customer_begins_anew_after_a_purge(void **state)
{
	struct life *l = *state;
	char no[ORDER_NO_SIZE];
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1);
	site_signed(&l->t.site, l->d, "new-unit", NULL, no);
	verifies(l);
}

static void test_what_is_open_is_not_purged(void **state)
{
	struct life *l = *state;
	char no[ORDER_NO_SIZE];
	json_t *other = json_pack("{ss}", "key_role", "secondary");
	site_paid(&l->t.site, l->d, "new-unit", other, no); /* in review, and forgotten */
	json_decref(other);
	five_years_after(l, l->end, DAY);
	assert_int_equal(tick(l), 0); /* an invoice that nobody has filed */
	as(l, "op1");
	IS(OK, order_show(l->d, order, &out, &l->e));
	l->d->clock.fixed = l->end;
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, DAY);
	assert_int_equal(tick(l), 1);
	as(l, "op1");
	IS(OK, order_show(l->d, no, &out, &l->e));
	verifies(l);
}

/* In anything that lies in the site's directory or beside it. */
static bool lies_anywhere(struct life *l, const char *text)
{
	char out[64];
	return shell(out, sizeof out, "grep -rqaF '%s' '%s'", text, l->t.site.dir) == 0;
}

static const char *bank(struct life *l, const char *name, const char *reference, const char *out_reference)
{
	char text[600];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,%s,123.45,,付款人甲某某,6222333344445555,货款\n"
	         "2026-11-20,%s,,67.89,收款人乙某某,6222555566667777,退回\n", reference, out_reference);
	return site_file(&l->t.site, name, text);
}

static bool payers_are_there(struct life *l)
{
	json_t *list = NULL;
	as(l, "op1");
	IS(OK, unclaimed_list(l->d, &(struct unclaimed_wish){0}, &list, &l->e));
	const char *name = json_text(json_array_get(list, 0), "payer_name");
	assert_int_equal(1, json_array_size(list));
	assert_string_equal("2026-11-20", json_text(json_array_get(list, 0), "booked_date"));
	bool there = strcmp(name, "付款人甲某某") == 0;
	json_decref(list);
	return there;
}

static void body_of(struct life *l, const char *kind, char hex[65])
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT substr(hex(body), 1, 64) FROM journal_state WHERE kind = '%s' ORDER BY seq LIMIT 1", kind);
	assert_int_equal(shell(hex, 65, "sqlite3 '%s/certdesk.db' \"%s\"", l->t.site.dir, sql), 0);
	hex[strcspn(hex, "\n")] = '\0';
	assert_int_equal(64, strlen(hex));
}

static bool bytes_lie(struct life *l, const char *hex)
{
	char out[64];
	return shell(out, sizeof out, "cat '%s'/certdesk.db* | xxd -p | tr -d '\\n' | tr a-f A-F | grep -qF '%s'", l->t.site.dir, hex) == 0;
}

static void test_payers_in_a_statement_are_forgotten_after_five_years(void **state)
{
	struct life *l = *state;
	char entry[65], debit[65];
	as(l, "op1");
	IS(OK, statement_import(l->d, bank(l, "s.csv", "M1", "M2"), &out, &l->e));
	int64_t came = desk_now(l->d);
	assert_true(payers_are_there(l));
	body_of(l, "statement_entry", entry);
	body_of(l, "statement_debit", debit);
	assert_true(bytes_lie(l, entry) && bytes_lie(l, debit));
	five_years_after(l, came, 0);
	tick(l);
	assert_true(payers_are_there(l));
	later(l, 1);
	tick(l);
	assert_false(payers_are_there(l)); /* date, amount and reference stay: it is still somebody's money */
	assert_false(bytes_lie(l, entry) || bytes_lie(l, debit));
	verifies(l);
	as(l, "op1"); /* and the next one is matched as ever */
	IS(OK, statement_import(l->d, bank(l, "t.csv", "M3", "M4"), &out, &l->e));
	verifies(l);
}

static void test_a_statement_stays_as_long_as_an_order_that_it_paid_for(void **state)
{
	struct life *l = *state;
	char no[ORDER_NO_SIZE], text[500];
	json_t *other = json_pack("{ss}", "key_role", "secondary"), *shown = NULL;
	site_signed(&l->t.site, l->d, "new-unit", other, no);
	json_decref(other);
	IS(OK, order_show(l->d, no, &shown, &l->e));
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,M9,%lld.00,,付款人甲某某,6222333344445555,%s\n",
	         (long long)json_number(shown, "due") / 100, no);
	json_decref(shown);
	IS(OK, statement_import(l->d, site_file(&l->t.site, "s.csv", text), &out, &l->e));
	int64_t came = desk_now(l->d), dk = 0;
	five_years_after(l, came, DAY);
	tick(l); /* the order is in review, forgotten */
	site_is(OK, store_int(l->d->store, SQL_PURGE_DUE, 0, &dk, &l->e, ""), &l->e);
	char out[64];
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'SELECT min(length(data)) FROM statement_entry'", l->t.site.dir), 0);
	assert_true(atoi(out) > 0);
	as(l, "op1");
	IS(OK, order_cancel(l->d, no, &l->e));
	as(l, "mg1");
	IS(OK, refund_approve(l->d, no, &out, &l->e));
	as(l, "op1");
	IS(OK, refund_pay(l->d, no, NULL, "B77", &out, &l->e));
	five_years_after(l, desk_now(l->d), DAY);
	tick(l);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'SELECT max(length(data)) FROM statement_entry'", l->t.site.dir), 0);
	assert_int_equal(0, atoi(out));
	verifies(l);
}

static void test_messages_go_with_what_they_are_about(void **state)
{
	struct life *l = *state;
	char id[NOTIFY_ID_SIZE];
	json_t *sample = site_sample("new-unit", NULL);
	invoiced(l, order, "26112000000012345678");
	assert_true(lies_anywhere(l, json_text(sample, "agent_mobile")));
	assert_true(lies_anywhere(l, json_text(sample, "agent_email")));
	/* one of much later that names the order, and one that doesn't */
	five_years_after(l, l->end, 0);
	as(l, "op1");
	IS(OK, notify_send(l->d->notify, NOTIFY_SMS, "13999999999", "later", &(struct bytes){.data = (uint8_t *)order, .length = strlen(order)}, desk_now(l->d), id, &l->e));
	IS(OK, notify_send(l->d->notify, NOTIFY_SMS, "13999999998", "later", &(struct bytes){.data = (uint8_t *)"other", .length = 5}, desk_now(l->d), id, &l->e));
	later(l, 1);
	assert_int_equal(tick(l), 1);
	assert_false(lies_anywhere(l, json_text(sample, "agent_mobile")));
	assert_false(lies_anywhere(l, json_text(sample, "agent_email")));
	assert_false(lies_anywhere(l, json_text(sample, "legal_mobile")));
	assert_false(lies_anywhere(l, json_text(sample, "unit_name")));
	assert_false(lies_anywhere(l, "13999999999"));
	assert_true(lies_anywhere(l, "13999999998"));
	verifies(l);
	json_decref(sample);
}

static json_t *newest_backup(struct life *l)
{
	json_t *list = NULL;
	as(l, "root1");
	IS(OK, backup_list(l->d, &list, &l->e));
	json_t *row = json_incref(json_array_get(list, 0));
	json_decref(list);
	return row;
}

static void test_backups_from_before_a_purge_are_named_until_they_are_destroyed(void **state)
{
	struct life *l = *state;
	char path[120], copy[120], out[64];
	invoiced(l, order, "26112000000012345678");
	snprintf(path, sizeof path, "%s/old.backup", l->t.site.root);
	unlink(path);
	as(l, "root1");
	IS(OK, backup_write(l->d, path, &l->e));
	json_t *row = newest_backup(l);
	assert_string_equal(path, json_text(row, "file"));
	assert_true(json_is_false(json_object_get(row, "holds_purged")));
	int64_t number = json_number(row, "number"), old = 9;
	json_decref(row);
	snprintf(copy, sizeof copy, "%s/certdesk.db.before-9", l->t.site.dir);
	assert_int_equal(0, shell(out, sizeof out, "cp '%s/certdesk.db' '%s'", l->t.site.dir, copy));
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1);
	assert_int_equal(-1, access(copy, F_OK)); /* an upgrade's, of years ago */
	row = newest_backup(l);
	assert_true(json_is_true(json_object_get(row, "holds_purged")));
	json_decref(row);
	site_is(OK, backup_old_count(l->d, &old, &l->e), &l->e);
	assert_int_equal(1, old);
	as(l, "op1");
	IS(ERR_DESK_FORBIDDEN, backup_declare_destroyed(l->d, number, &l->e));
	as(l, "root1");
	IS(OK, backup_declare_destroyed(l->d, number, &l->e));
	IS(ERR_BACKUP_NONE, backup_declare_destroyed(l->d, number, &l->e));
	row = newest_backup(l);
	assert_true(json_is_false(json_object_get(row, "holds_purged")));
	assert_string_equal("root1", json_text(row, "destroyed_by"));
	json_decref(row);
	/* one that is made now holds nothing of it */
	unlink(path);
	IS(OK, backup_write(l->d, path, &l->e));
	site_is(OK, backup_old_count(l->d, &old, &l->e), &l->e);
	assert_int_equal(0, old);
	verifies(l);
}

/* A newer program may keep personal data where this one doesn't look: half a purge is none. */
static void test_on_a_newer_programs_store_nothing_is_purged(void **state)
{
	struct life *l = *state;
	char out[64];
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 1);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'PRAGMA user_version = %d'", l->t.site.dir, sql_migration_count + 1), 0);
	assert_int_equal(tick(l), 0);
	as(l, "op1");
	IS(OK, order_show(l->d, order, &out, &l->e));
	verifies(l);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'PRAGMA user_version = %d'", l->t.site.dir, sql_migration_count), 0);
	assert_int_equal(tick(l), 1); /* the program that knows the schema does it */
}

static void test_a_lost_journal_state_without_a_purge_is_found(void **state)
{
	struct life *l = *state;
	char out[64];
	invoiced(l, order, "26112000000012345678");
	five_years_after(l, l->end, 1);
	assert_int_equal(tick(l), 1);
	desk_close(&l->d);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'UPDATE journal_state SET body = NULL WHERE kind = \"staff\"'", l->t.site.dir), 0);
	l->d = l->t.d = site_open(&l->t.site);
	as(l, "au1");
	IS(ERR_STORE_ALTERED, audit_verify(l->d, NULL, NULL, &out, &l->e));
	/* life_end verifies: the site as it was */
	site_copy(&base, "again", &l->t.site);
	desk_close(&l->d);
	l->d = l->t.d = site_open(&l->t.site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_five_years_after_its_end_a_certificate_is_nobodys),
		LIFE(test_a_customer_with_a_later_certificate_is_kept),
		LIFE(test_the_same_customer_begins_anew_after_a_purge),
		LIFE(test_what_is_open_is_not_purged),
		LIFE(test_payers_in_a_statement_are_forgotten_after_five_years),
		LIFE(test_a_statement_stays_as_long_as_an_order_that_it_paid_for),
		LIFE(test_messages_go_with_what_they_are_about),
		LIFE(test_backups_from_before_a_purge_are_named_until_they_are_destroyed),
		LIFE(test_on_a_newer_programs_store_nothing_is_purged),
		LIFE(test_a_lost_journal_state_without_a_purge_is_found),
	};
	return RUN_LIFE(tests);
}
