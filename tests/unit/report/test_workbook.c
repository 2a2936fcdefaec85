/* The writer over rows of the test's own: hostile text, types, many rows, and what happens to the file. */
#include <fcntl.h>

#include "book_case.h"
#include "report/readback.h"

/* Rows of (text, money, date, time). */
struct sample {
	const char *text;
	int64_t fen;
	const char *date;
	int64_t utc;
};
struct feed {
	const struct sample *rows;
	size_t count, at;
	enum err fault; /* told by close after half of the rows */
	bool lacks;
};

static enum err feed_open(void *arg, const char *name, const char *sql, struct error *e)
{
	(void)name, (void)sql, (void)e;
	((struct feed *)arg)->at = 0;
	return OK;
}

static int feed_column(void *arg, const char *key)
{
	static const char *const keys[] = {"text", "money", "date", "time"};
	for (int i = 0; i < 4; i++)
		if (strcmp(keys[i], key) == 0)
			return ((struct feed *)arg)->lacks && i == 2 ? -1 : i;
	return -1;
}

static bool feed_next(void *arg)
{
	struct feed *f = arg;
	return f->at++ < (f->fault ? f->count / 2 : f->count);
}

static struct report_cell feed_cell(void *arg, int column)
{
	const struct sample *s = &((struct feed *)arg)->rows[((struct feed *)arg)->at - 1];
	switch (column) {
	case 0:
		return (struct report_cell){.kind = REPORT_CELL_TEXT, .text = s->text};
	case 1:
		return (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = s->fen};
	case 2:
		return (struct report_cell){.kind = REPORT_CELL_TEXT, .text = s->date};
	default:
		return s->utc ? (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = s->utc} : (struct report_cell){.kind = REPORT_CELL_NONE};
	}
}

static enum err feed_close(void *arg, struct error *e)
{
	struct feed *f = arg;
	return f->fault ? error_set(e, f->fault, "row") : OK;
}

static int64_t told, told_of, tells;
static void tell(void *arg, int64_t done, int64_t of)
{
	(void)arg;
	assert_true(done <= of && done >= told);
	told = done;
	told_of = of;
	tells++;
}

static enum err write_feed(struct feed *feed, const char *to, struct report_result *out, struct error *e)
{
	struct report_facts facts = {.site = "1", .site_name = "甲 & 乙", .by = "孙主管", .from = "2026-11-22", .to = "2026-11-23",
	                             .printed_at = 1795300000, .head = "17 sha256:00", .demonstration = true};
	struct report_source source = {feed, NULL, feed_open, feed_column, feed_next, feed_cell, feed_close};
	told = tells = 0;
	return report_write(report, &facts, &source, &(struct report_progress){tell, NULL}, to, out, e);
}

static int begin(void **state)
{
	(void)state;
	static const char text[] =
		"title: {zh: 表&页, en: T}\nsheets:\n"
		"  - title: {zh: 甲, en: A}\n    facts: true\n    frozen: true\n    blocks:\n"
		"      - query: q.sql\n        filter: true\n        columns:\n"
		"          - {key: text, title: {zh: 文字, en: text}, type: text}\n"
		"          - {key: money, title: {zh: 金额, en: money}, type: money, total: true}\n"
		"          - {key: date, title: {zh: 日期, en: date}, type: date}\n"
		"          - {key: time, title: {zh: 时间, en: time}, type: datetime}\n"
		"        chart: {type: pie, title: {zh: 图, en: C}, categories: text, values: [money]}\n";
	return book_start(text);
}

static int python(const char *program)
{
	char command[4096];
	snprintf(command, sizeof command,
	         "/usr/bin/python3 - %s >&2 <<'EOF'\nimport openpyxl, sys, datetime\n"
	         "sheet = openpyxl.load_workbook(sys.argv[1])['甲']\nrows = [[c for c in r] for r in sheet.iter_rows()]\n"
	         "values = [[c.value for c in r] for r in rows]\nhead = values.index(['文字', '金额', '日期', '时间'])\nbody = rows[head + 1:]\n%s\nEOF\n",
	         path, program);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void hostile_text(void **state)
{
	(void)state;
	static const char long_name[5000] = {[0 ... 4998] = 'x'};
	static const struct sample rows[] = {
		{"=1+1", 1, "2026-11-22", 1795300000},       {"+cmd|' /C calc'!A0", -250, "not a date", 0},
		{"@SUM(A1)", 123456789, "", 0},              {"a\x1b[31mb\tc\x01", 0, "2028-02-29", 1},
		{"<b>&\"'</b>", 5, "1999-12-31", 0},         {"bad \xff\xfe bytes \xEF\xBF\xBF", 5, "2026-02-30", 0},
		{"𠮷野家·北京示例科技有限公司", 7, "2026-11-22", 0}, {long_name, 9, "2026-11-22", 0},
		{"http://example.invalid/", 0, "2026-11-22", 0},
	};
	struct feed feed = {.rows = rows, .count = sizeof rows / sizeof *rows};
	struct report_result out;
	struct error e = {0};
	assert_int_equal(write_feed(&feed, path, &out, &e), OK);
	assert_int_equal(out.rows, 9);
	assert_int_equal(told, 9);
	assert_int_equal(told_of, 9);
	assert_int_equal(python("assert [r[0].value for r in body[:5]] == ['=1+1', \"+cmd|' /C calc'!A0\", '@SUM(A1)', body[3][0].value, '<b>&\"\\'</b>']\n"
	                        "assert all(r[0].data_type == 's' for r in body[:9]), [r[0].data_type for r in body]\n"
	                        "assert '\\x1b' not in body[3][0].value and '\\x01' not in body[3][0].value\n"
	                        "assert body[6][0].value == '𠮷野家·北京示例科技有限公司' and len(body[7][0].value) <= 1000\n"
	                        "assert not body[8][0].hyperlink\n"
	                        "assert [r[1].value for r in body[:3]] == [0.01, -2.5, 1234567.89] and body[0][1].number_format == '¥#,##0.00'\n"
	                        "assert body[0][2].value == datetime.datetime(2026, 11, 22) and body[0][2].number_format == 'yyyy-mm-dd'\n"
	                        "assert body[1][2].value == 'not a date' and body[5][2].value == '2026-02-30' and body[3][2].value.day == 29\n"
	                        "utc = datetime.datetime.utcfromtimestamp(1795300000) + datetime.timedelta(hours=8)\n"
	                        "assert abs(body[0][3].value - utc) < datetime.timedelta(seconds=1), body[0][3].value\n"
	                        "assert body[1][3].value is None\n"
	                        "assert body[9][1].value == f'=SUBTOTAL(109,B{head + 2}:B{head + 10})'\n"
	                        "assert sheet.auto_filter.ref == f'A{head + 1}:D{head + 10}' and sheet.freeze_panes == f'A{head + 2}'\n"
	                        "assert '甲 && 乙' in sheet.oddHeader.left.text or '甲 & 乙' in sheet.oddHeader.left.text, sheet.oddHeader.left.text\n"
	                        "import zipfile; raw = zipfile.ZipFile(sys.argv[1]).read('xl/worksheets/sheet1.xml').decode()\n"
	                        "assert '表&amp;&amp;页&amp;R' in raw, raw[-600:]\n"
	                        "assert any('演示' in str(v[0]) for v in values[:3]) and any('17 sha256:00' in v for v in values[:10])"),
	                 0);
}

static void total_has_the_stores_sum(void **state)
{
	(void)state;
	struct sample rows[1000];
	struct feed feed = {.rows = rows, .count = 1000};
	struct report_result out;
	struct error e = {0};
	for (int i = 0; i < 1000; i++)
		rows[i] = (struct sample){"行", 10 + i, "2026-11-22", 1795300000 + i};
	assert_int_equal(write_feed(&feed, path, &out, &e), OK);
	assert_true(tells >= 2 && tells < 1200);
	assert_int_equal(python("b = openpyxl.load_workbook(sys.argv[1], data_only=True)['甲']\n"
	                        "assert abs([r for r in b.iter_rows(values_only=True) if r[0] == '合计'][0][1] - 5095.0) < 1e-6"),
	                 0);
}

static uint64_t file_sum(void)
{
	struct bytes b = {0};
	uint64_t sum = 0;
	assert_int_equal(file_read(path, 1 << 24, &b, NULL), OK);
	for (size_t i = 0; i < b.length; i++)
		sum = sum * 31 + b.data[i];
	bytes_free(&b);
	return sum;
}

static void old_stays_on_error(void **state)
{
	(void)state;
	static const struct sample rows[] = {{"a", 1, "2026-11-22", 0}, {"b", 1, "2026-11-22", 0}};
	struct feed feed = {.rows = rows, .count = 2};
	struct report_result out;
	struct error e = {0};
	char command[128];
	assert_int_equal(write_feed(&feed, path, &out, &e), OK);
	uint64_t before = file_sum();
	feed.fault = ERR_STORE_BROKEN;
	assert_int_equal(write_feed(&feed, path, &out, &e), ERR_STORE_BROKEN);
	feed = (struct feed){.rows = rows, .count = 2, .lacks = true};
	assert_int_equal(write_feed(&feed, path, &out, &e), ERR_REPORT_DEFINITION);
	assert_non_null(strstr(e.detail, "x.yaml:12"));
	assert_int_equal(file_sum(), before);
	snprintf(command, sizeof command, "test $(ls -A %s | wc -l) = 3", dir);
	assert_int_equal(system(command), 0);
}

/* Whatever byte of the finished file is wrong, or missing, reading back notices or the file says the same. */
static void read_back(void **state)
{
	(void)state;
	static const struct sample rows[] = {{"a", 1, "2026-11-22", 0}, {"b", 1, "2026-11-22", 0}};
	struct feed feed = {.rows = rows, .count = 2};
	struct report_result out;
	struct error e = {0};
	struct bytes whole = {0};
	assert_int_equal(write_feed(&feed, path, &out, &e), OK);
	assert_int_equal(readback_check(path, (uint64_t[]){7}, 1, &e), ERR_REPORT_WRITE); /* other rows than were written */
	assert_int_equal(file_read(path, 1 << 24, &whole, NULL), OK);
	for (size_t cut = 0; cut < whole.length; cut += whole.length / 200 + 1) {
		file_write(path, 0600, whole.data, cut, NULL);
		assert_int_equal(readback_check(path, (uint64_t[]){7}, 1, &e), ERR_REPORT_WRITE);
	}
	unsigned long random = 1;
	for (int i = 0; i < 2000; i++) { /* nothing may read past the end either: the sanitizers look on */
		random = random * 6364136223846793005UL + 1442695040888963407UL;
		size_t at = i % 2 ? random >> 20 % 64 : whole.length - 1 - (random >> 24) % 900;
		uint8_t *p = &whole.data[at % whole.length], old = *p;
		*p ^= (uint8_t)(1u << (random >> 40) % 8);
		file_write(path, 0600, whole.data, whole.length, NULL);
		readback_check(path, (uint64_t[]){7}, 1, &e);
		*p = old;
	}
	bytes_free(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(total_has_the_stores_sum),
		cmocka_unit_test(old_stays_on_error),
		cmocka_unit_test(read_back),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
