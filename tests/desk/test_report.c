/* The daily report from the store to the file, judged by openpyxl and by SQLite alone (report_sums.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/site.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/keys.h"
#include "desk/pay.h"
#include "desk/refund.h"
#include "desk/report.h"
#include "desk/till.h"
#include "desk/reportfeed.h"
#include "store/adhoc.h"

static struct site site;
static char book[160], date[11], tomorrow[11];

static void move(struct desk *d, const char *serial, const char *state)
{
	struct error e = {0};
	site_is(OK, store_begin(d->store, &e), &e);
	site_is(OK, key_move(d, serial, state, 0, "", NULL, &e), &e);
	site_is(OK, desk_commit(d, MAY_KEY_STOCK, NULL, serial, NULL, NULL, &e), &e);
}

static void pay(struct desk *d, const char *no, const char *method, const char *receipt)
{
	struct error e = {0};
	json_t *out = NULL;
	int64_t amount = 0;
	site_is(OK, order_show(d, no, &out, &e), &e);
	amount = json_number(out, "amount");
	json_decref(out);
	out = NULL;
	site_is(OK, pay_take(d, no, method, receipt, amount, &out, &e), &e);
	json_decref(out);
}

/* Counted 10 yuan short and closed; a payment of it voided after that goes out of the next shift. */
static void end_shift(struct desk *d, const char *no, const char *receipt)
{
	struct till_where here = {0};
	struct error e = {0};
	json_t *pieces = NULL, *out = NULL, *shown = NULL;
	char notes[40];
	site_as(&site, d, "op1");
	site_is(OK, till_show(d, &here, &shown, &e), &e);
	const json_t *shift = json_array_get(shown, 0);
	snprintf(notes, sizeof notes, "10x%lld", (long long)json_number(shift, "expected_cash") / 1000 - 1);
	site_is(OK, till_pieces(notes, &pieces, &e), &e);
	struct till_counted counted = {pieces, json_number(shift, "expected_pos"), json_number(shift, "expected_cheques")};
	site_is(OK, till_count(d, &here, &counted, &out, &e), &e);
	json_decref(out);
	site_is(OK, till_close(d, &here, "找零多给", &out, &e), &e);
	json_decref(out);
	site_is(OK, till_open(d, 50000, &out, &e), &e);
	json_decref(out);
	site_as(&site, d, "mg1");
	site_is(OK, pay_void(d, no, receipt, "客户改为转账", &out, &e), &e);
	json_decref(out);
	json_decref(pieces);
	json_decref(shown);
}

static void ask_back(struct desk *d, const char *no)
{
	struct error e = {0};
	json_t *out = NULL;
	site_is(OK, refund_ask(d, no, "客户不办了", &out, &e), &e);
	json_decref(out);
}

/* A day of everything: paid in three ways, one of them paid back and one to be paid back, one void, one waiting for the
 * bank, one unpaid, keys that came, went and broke. */
static int make_day(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE], csv[512];
	struct error e = {0};
	json_t *out = NULL;
	lang_start();
	site_make(&site);
	struct desk *d = site_open(&site);
	civil_date_text(desk_now(d), date);
	civil_date_text(desk_now(d) + 86400, tomorrow);
	snprintf(book, sizeof book, "%s/day.xlsx", site.root);
	site_paid(&site, d, "new-unit", NULL, no);
	site_signed(&site, d, "new-unit", NULL, no);
	pay(d, no, "pos", "P-1");
	ask_back(d, no);
	site_as(&site, d, "mg1");
	site_is(OK, refund_approve(d, no, &out, &e), &e);
	json_decref(out);
	site_is(OK, refund_pay(d, no, NULL, "X-1", &out, &e), &e);
	json_decref(out);
	site_signed(&site, d, "new-unit", NULL, no);
	pay(d, no, "cheque", "Q-1");
	ask_back(d, no);
	site_signed(&site, d, "new-unit", NULL, no);
	pay(d, no, "transfer", "T-1");
	site_signed(&site, d, "new-unit", NULL, no);
	pay(d, no, "cash", "V-1");
	site_as(&site, d, "mg1");
	site_is(OK, pay_void(d, no, "V-1", "记错", &out, &e), &e);
	json_decref(out);
	site_as(&site, d, "op1");
	pay(d, no, "cash", "V-2");
	end_shift(d, no, "V-2");
	site_as(&site, d, "op1");
	site_signed(&site, d, "new-unit", NULL, no);
	snprintf(csv, sizeof csv, "交易日期,收入金额,支出金额,对方户名,对方账号,流水号,摘要\n%s,77.70,,某公司,6222000000000001,S-1,不明\n"
	         "2026-01-04,66.60,,另一公司,6222000000000002,S-2,不明\n", date);
	site_is(OK, statement_import(d, site_file(&site, "s.csv", csv), &out, &e), &e);
	json_decref(out);
	site_as(&site, d, "is1");
	move(d, "10000002", "damaged");
	move(d, "10000003", "reserved");
	move(d, "10000003", "made");
	move(d, "10000003", "handed-over");
	move(d, "10000004", "reserved");
	move(d, "10000004", "made");
	move(d, "10000005", "in-transit");
	desk_close(&d);
	return 0;
}

static int end_day(void **state)
{
	(void)state;
	site_end(&site);
	return 0;
}

static enum err run(const char *as, const char *from, const char *to, const char *path, json_t **out, struct error *e)
{
	struct desk *d = site_open(&site);
	site_as(&site, d, as);
	*out = NULL;
	enum err r = report_run(d, "daily", from, to, path, NULL, NULL, out, e);
	desk_close(&d);
	return r;
}

static int judge(const char *path)
{
	char command[512];
	snprintf(command, sizeof command, "/usr/bin/python3 tests/desk/report_sums.py %s %s/certdesk.db %s >&2", path, site.dir, date);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t files_like(const char *pattern)
{
	glob_t found = {0};
	size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void sums_are_the_stores(void **state)
{
	(void)state;
	struct error e = {0};
	struct stat st;
	json_t *out = NULL;
	site_is(OK, run("mg1", date, NULL, book, &out, &e), &e);
	assert_string_equal(json_text(out, "path"), book);
	assert_int_equal(json_number(out, "sheets"), 5);
	assert_true(json_number(out, "rows") > 12);
	assert_non_null(strstr(json_text(out, "head"), " sha256:"));
	json_decref(out);
	assert_int_equal(stat(book, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(judge(book), 0);
}

static void no_personal_number(void **state)
{
	(void)state;
	char command[512];
	json_t *sample = site_sample("new-unit", NULL), *value;
	const char *name;
	snprintf(command, sizeof command, "cd %s && rm -rf x && mkdir x && cd x && /usr/bin/python3 -m zipfile -e %s .", site.root, book);
	assert_int_equal(system(command), 0);
	json_object_foreach(sample, name, value)
	{
		bool personal = strstr(name, "mobile") || strstr(name, "id_number") || strstr(name, "email") || strcmp(name, "legal_name") == 0 ||
		                strcmp(name, "agent_name") == 0;
		if (!personal || !json_is_string(value))
			continue;
		snprintf(command, sizeof command, "grep -rqF '%s' %s/x", json_string_value(value), site.root);
		assert_int_equal(WEXITSTATUS(system(command)), 1);
	}
	json_decref(sample);
}

static void empty_days(void **state)
{
	(void)state;
	struct error e = {0};
	json_t *out = NULL;
	char path[160];
	snprintf(path, sizeof path, "%s/empty.xlsx", site.root);
	site_is(OK, run("au1", "2001-01-01", "2001-01-03", path, &out, &e), &e);
	json_decref(out);
	char command[512];
	snprintf(command, sizeof command, "/usr/bin/python3 -c 'import openpyxl, sys; b = openpyxl.load_workbook(sys.argv[1]); "
	                                  "assert len(b.sheetnames) == 5' %s", path);
	assert_int_equal(system(command), 0);
}

static void what_the_next_day_opens_with(void **state)
{
	(void)state;
	struct error e = {0};
	json_t *out = NULL;
	char path[160], command[700];
	snprintf(path, sizeof path, "%s/next.xlsx", site.root);
	site_is(OK, run("mg1", tomorrow, NULL, path, &out, &e), &e);
	json_decref(out);
	/* 8 UKEY-RS and a card came; damaged, handed over, in transit: 6 are left, one of them made */
	snprintf(command, sizeof command,
	         "/usr/bin/python3 -c 'import openpyxl, sys; s = openpyxl.load_workbook(sys.argv[1], data_only=True)[\"证书与介质\"]; "
	         "r = [[c.value for c in r][:13] for r in s.iter_rows()]; t = [x for x in r if x[0] == \"合计\"][0]; print(t, file=sys.stderr); "
	         "assert t[2:13] == [6, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0], t' %s", path);
	assert_int_equal(system(command), 0);
}

static void refusals(void **state)
{
	(void)state;
	struct error e = {0};
	json_t *out = NULL;
	char path[160], pattern[160];
	site_is(ERR_DESK_FORBIDDEN, run("op1", date, NULL, book, &out, &e), &e);
	site_is(ERR_DESK_DATE, run("mg1", "2026-13-01", NULL, book, &out, &e), &e);
	site_is(ERR_DESK_PERIOD, run("mg1", "2026-11-02", "2026-11-01", book, &out, &e), &e);
	site_is(ERR_REPORT_PATH, run("mg1", date, NULL, site.root, &out, &e), &e);
	snprintf(path, sizeof path, "%s/nowhere/day.xlsx", site.root);
	site_is(ERR_REPORT_PATH, run("mg1", date, NULL, path, &out, &e), &e);
	site_is(ERR_REPORT_PATH, run("mg1", date, NULL, "/proc/day.xlsx", &out, &e), &e);
	struct desk *d = site_open(&site);
	site_as(&site, d, "mg1");
	site_is(ERR_REPORT_UNKNOWN, report_run(d, "weekly", date, NULL, book, NULL, NULL, &out, &e), &e);
	site_is(ERR_REPORT_UNKNOWN, report_run(d, "../daily", date, NULL, book, NULL, NULL, &out, &e), &e);
	desk_close(&d);
	snprintf(pattern, sizeof pattern, "%s/*.xlsx.*", site.root);
	assert_int_equal(files_like(pattern), 0);
	assert_int_equal(judge(book), 0); /* what stood there stays */
}

/* A limit on file size ends every write as a full disk would: the library's temporary files and its zip. */
static void full_disk(void **state)
{
	(void)state;
	char pattern[160];
	static const rlim_t limits[] = {0, 512, 3000, 6000, 9000};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		pid_t child = fork();
		if (child == 0) {
			struct error e = {0};
			json_t *out = NULL;
			struct desk *d = site_open(&site);
			site_as(&site, d, "mg1");
			struct rlimit limit = {limits[i], limits[i]};
			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &limit);
			enum err r = report_run(d, "daily", date, NULL, book, NULL, NULL, &out, &e);
			_exit(error_exit(r) == EXIT_FAULT ? 0 : 1);
		}
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
		snprintf(pattern, sizeof pattern, "%s/*.xlsx.*", site.root);
		assert_int_equal(files_like(pattern), 0);
		assert_int_equal(judge(book), 0);
	}
}

static void a_gap_is_named(void **state)
{
	(void)state;
	struct site other;
	char command[700];
	site_copy(&site, "gap", &other);
	snprintf(command, sizeof command, "sqlite3 %s/certdesk.db \"DELETE FROM key_move WHERE to_state = 'damaged'\"", other.dir);
	assert_int_equal(system(command), 0);
	struct error e = {0};
	json_t *out = NULL;
	struct desk *d = site_open(&other);
	site_as(&other, d, "mg1");
	site_is(OK, report_run(d, "daily", date, NULL, book, NULL, NULL, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
	snprintf(command, sizeof command, "/usr/bin/python3 -c 'import openpyxl, sys; s = openpyxl.load_workbook(sys.argv[1])[\"证书与介质\"]; "
	                                  "r = [[c.value for c in r] for r in s.iter_rows()]; "
	                                  "assert any(x[12] == 1 and x[13] == \"10000002\" for x in r), r' %s", book);
	assert_int_equal(system(command), 0);
}

/* Definitions can read what reports need and nothing else. */
static void definitions_are_kept_in(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"DELETE FROM orders",
		"SELECT data FROM orders",
		"SELECT * FROM orders",
		"SELECT password FROM staff",
		"SELECT number_digest FROM customer",
		"SELECT 1; SELECT 2",
		"SELECT no FROM orders WHERE no = :unknown",
		"SELECT no FROM orders WHERE no = ?",
		"ATTACH '/tmp/x' AS x",
		"PRAGMA table_info(orders)",
		"INSERT INTO counter VALUES ('x', 1) RETURNING value",
		"COMMIT",
		"SELECT wrong FROM orders",
		"",
	};
	struct adhoc_value values[] = {{":from", date, 0}};
	struct desk *d = site_open(&site);
	struct rows *rows = NULL;
	struct error e = {0};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		site_is(ERR_STORE_QUERY, store_query_text(d->store, "bad.sql", bad[i], values, 1, &rows, &e), &e);
		assert_null(rows);
	}
	site_is(OK, store_query_text(d->store, "good.sql", "SELECT count(*) AS n, :from AS day FROM orders; -- all", values, 1, &rows, &e), &e);
	assert_true(rows_next(rows));
	assert_int_equal(rows_column(rows, "day"), 1);
	assert_int_equal(rows_column(rows, "other"), -1);
	assert_true(rows_integer(rows, 0) && rows_int(rows, 0) == 6);
	assert_string_equal(rows_text(rows, 1), date);
	site_is(OK, rows_end(&rows, &e), &e);
	desk_close(&d);
}

static int64_t rows_of(struct report_source *source, const char *sql, enum err wanted)
{
	struct error e = {0};
	int64_t n = 0;
	enum err r = source->open(source->arg, "test.sql", sql, &e);
	int column = r ? -1 : source->column(source->arg, "n");
	while (!r && source->next(source->arg))
		assert_int_equal(source->cell(source->arg, column).number, ++n);
	enum err end = source->close(source->arg, r ? NULL : &e);
	site_is(wanted, r ? r : end, &e);
	return n;
}

/* Few rows come from the other connection; many, and mistakes, as without it. */
static void rows_run_ahead(void **state)
{
	(void)state;
	static const char many[] = "WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c LIMIT 20000) SELECT 'x' AS text, n FROM c",
	                  few[] = "WITH c (n) AS (VALUES (1), (2), (3)) SELECT 'x' AS text, n FROM c",
	                  none[] = "WITH c (n) AS (VALUES (1)) SELECT n FROM c WHERE n > 1", wrong[] = "SELECT wrong", late[] = "SELECT 1 AS n";
	static const char *const announced[] = {wrong, many, few, none};
	struct desk *d = site_open(&site);
	struct error e = {0};
	for (int with = 0; with < 2; with++) {
		struct store *twin = NULL;
		struct feed *feed = NULL;
		site_is(OK, store_read_begin_twin(d->store, &twin, &e), &e);
		assert_non_null(twin);
		site_is(OK, feed_make(d->store, with ? twin : NULL, NULL, 0, &feed, &e), &e);
		struct report_source source = feed_source(feed);
		for (size_t i = 0; i < sizeof announced / sizeof *announced; i++)
			source.ahead(source.arg, "test.sql", announced[i]);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(rows_of(&source, few, OK), 3);
			assert_int_equal(rows_of(&source, none, OK), 0);
			assert_int_equal(rows_of(&source, late, OK), 1);
			assert_int_equal(rows_of(&source, many, OK), 20000);
			assert_int_equal(rows_of(&source, wrong, ERR_STORE_QUERY), 0);
		}
		feed_free(&feed);
		store_close(&twin);
		store_read_end(d->store);
	}
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_the_stores), cmocka_unit_test(no_personal_number),
		cmocka_unit_test(empty_days),          cmocka_unit_test(what_the_next_day_opens_with),
		cmocka_unit_test(refusals),            cmocka_unit_test(full_disk),
		cmocka_unit_test(a_gap_is_named),      cmocka_unit_test(definitions_are_kept_in),
		cmocka_unit_test(rows_run_ahead),
	};
	return cmocka_run_group_tests(tests, make_day, end_day);
}
