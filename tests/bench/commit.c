/* A committed step: commit DIR STEPS prints how many steps a second the store makes (an order with item, line and payment, sealed
 * states, a signed journal entry, synchronous=FULL), and how many plain SQLite makes of the very same rows in the same tables,
 * those of the journal included. DIR is a site of its own and is changed: the rows are taken out again for the second half. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "desk/orderrow.h"

enum { STEPS_MOST = 2000, COLUMNS = 40, TABLES = 7 };

/* In the order in which foreign keys allow them; removed in the other. */
static const struct {
	const char *name, *by;
	int each; /* rows of a step */
} tables[TABLES] = {
	{"data_key", "id", 1}, {"orders", "id", 1},   {"item", "id", 1}, {"line", "id", 1},
	{"payment", "id", 1},  {"journal", "seq", 1}, {"journal_state", "seq", 4},
};

struct table {
	int64_t before; /* the newest row there was */
	int columns, rows;
	sqlite3_value **values;
};

static void die(const char *what)
{
	fprintf(stderr, "commit: %s\n", what);
	exit(1);
}

static void must(enum err r, const struct error *e)
{
	char text[1024];
	if (r)
		die(error_sentence(e, text, sizeof text));
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void step(struct desk *d, int64_t i, struct error *e)
{
	struct store *s = d->store;
	struct bytes sealed = {0};
	char no[ORDER_NO_SIZE], date[11];
	int64_t dk = 0, order = 0, item = 0, at = desk_now(d);
	json_t *values = json_pack("{ss ss ss}", "uscc", "91110114MA0000000X", "unit_name", "北京示例科技有限公司", "agent_name", "李经办");
	desk_business_date(d, date);
	snprintf(no, sizeof no, "b%lld-%d-%lld", (long long)at, (int)getpid(), (long long)i);
	must(store_begin(s, e), e);
	must(datakey_new(s, &dk, e), e);
	must(datakey_seal_json(s, dk, "orders.data", values, &sealed, e), e);
	must(store_insert(s, SQL_ORDER_INSERT, &order, e, "itittti" "tttttt" "iititiit" "b", dk, no, (int64_t)1, "new", "new-unit", "sha256:0",
	                  (int64_t)1, "unit", "北京示例科技有限公司", "RS", "", "counter", "signed", (int64_t)25000, (int64_t)1, d->site,
	                  (int64_t)1, "01", at, at, date, (const void *)sealed.data, sealed.length), e);
	must(store_insert(s, SQL_ITEM_INSERT, &item, e, "iiitttit", dk, order, (int64_t)1, "main", "unit-1y", "UKEY-RS", (int64_t)0,
	                  "rsa-2048"), e);
	must(store_insert(s, SQL_LINE_INSERT, NULL, e, "iiittii", dk, order, item, "certificate", "unit-1y", (int64_t)25000, (int64_t)1), e);
	must(store_insert(s, SQL_PAYMENT_INSERT, NULL, e, "ittitnitii", dk, "cash", no, (int64_t)25000, "verified", (int64_t)1, date, at, at),
	     e);
	must(desk_commit(d, MAY_SIGN, NULL, no, NULL, NULL, e), e);
	bytes_free(&sealed);
	json_decref(values);
}

static double ours(const char *dir, int steps)
{
	struct desk *d = NULL;
	struct error e = {0};
	must(desk_open(dir, &d, &e), &e);
	d->timer = true;
	step(d, steps, &e); /* statements are prepared once in a program's life */
	double begin = now();
	for (int i = 0; i < steps; i++)
		step(d, i, &e);
	double end = now();
	desk_close(&d);
	return end - begin;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	return st;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

static sqlite3 *open_bare(const char *dir)
{
	char path[512];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/certdesk.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(path);
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
	        "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;");
	return db;
}

static int64_t newest(sqlite3 *db, int i)
{
	char sql[128];
	snprintf(sql, sizeof sql, "SELECT max(%s) FROM %s", tables[i].by, tables[i].name);
	sqlite3_stmt *st = prepare(db, sql);
	int64_t id = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return id;
}

/* Keeps the rows of the last steps in memory and takes them out of the tables. */
static void keep(sqlite3 *db, int i, int steps, struct table *t)
{
	char sql[256];
	snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s > %lld ORDER BY %s", tables[i].name, tables[i].by,
	         (long long)t->before, tables[i].by);
	sqlite3_stmt *st = prepare(db, sql);
	t->columns = sqlite3_column_count(st);
	t->values = calloc((size_t)(steps * tables[i].each * t->columns), sizeof *t->values);
	if (!t->values || t->columns > COLUMNS)
		die("memory");
	for (; t->rows < steps * tables[i].each && sqlite3_step(st) == SQLITE_ROW; t->rows++)
		for (int c = 0; c < t->columns; c++)
			t->values[t->rows * t->columns + c] = sqlite3_value_dup(sqlite3_column_value(st, c));
	sqlite3_finalize(st);
	if (t->rows != steps * tables[i].each)
		die(tables[i].name);
}

static void insert(sqlite3_stmt *st, const struct table *t, int row)
{
	for (int c = 0; c < t->columns; c++)
		sqlite3_bind_value(st, c + 1, t->values[row * t->columns + c]);
	if (sqlite3_step(st) != SQLITE_DONE)
		die(sqlite3_errmsg(sqlite3_db_handle(st)));
	sqlite3_reset(st);
}

static double bare(sqlite3 *db, int steps, const struct table *kept)
{
	sqlite3_stmt *st[TABLES], *begin_st = prepare(db, "BEGIN IMMEDIATE"), *commit_st = prepare(db, "COMMIT");
	for (int i = 0; i < TABLES; i++) {
		char sql[512];
		int n = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", tables[i].name);
		for (int c = 1; c < kept[i].columns; c++)
			n += snprintf(sql + n, sizeof sql - (size_t)n, ", ?");
		snprintf(sql + n, sizeof sql - (size_t)n, ")");
		st[i] = prepare(db, sql);
	}
	double begin = now();
	for (int k = 0; k < steps; k++) {
		sqlite3_step(begin_st);
		sqlite3_reset(begin_st);
		for (int i = 0; i < TABLES; i++)
			for (int r = 0; r < tables[i].each; r++)
				insert(st[i], &kept[i], k * tables[i].each + r);
		if (sqlite3_step(commit_st) != SQLITE_DONE)
			die(sqlite3_errmsg(db));
		sqlite3_reset(commit_st);
	}
	double end = now();
	for (int i = 0; i < TABLES; i++)
		sqlite3_finalize(st[i]);
	sqlite3_finalize(begin_st);
	sqlite3_finalize(commit_st);
	return end - begin;
}

int main(int argc, char **argv)
{
	struct table kept[TABLES] = {0};
	int steps = argc == 3 ? atoi(argv[2]) : 0;
	lang_start();
	if (steps < 1 || steps > STEPS_MOST)
		die("commit DIR STEPS");
	double first = ours(argv[1], steps);
	sqlite3 *db = open_bare(argv[1]);
	for (int i = 0; i < TABLES; i++)
		kept[i].before = newest(db, i) - steps;
	for (int i = 0; i < TABLES; i++)
		keep(db, i, steps, &kept[i]);
	run(db, "PRAGMA foreign_keys = OFF");
	for (int i = 0; i < TABLES; i++) {
		char sql[128];
		snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s > %lld", tables[i].name, tables[i].by, (long long)kept[i].before);
		run(db, sql);
	}
	run(db, "PRAGMA foreign_keys = ON; PRAGMA wal_checkpoint(TRUNCATE)");
	double second = bare(db, steps, kept);
	for (int i = 0; i < TABLES; i++) {
		for (int k = 0; k < kept[i].rows * kept[i].columns; k++)
			sqlite3_value_free(kept[i].values[k]);
		free(kept[i].values);
	}
	sqlite3_close(db);
	printf("%.1f %.1f\n", steps / first, steps / second);
	return 0;
}
