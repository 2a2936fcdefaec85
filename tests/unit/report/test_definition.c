/* Report definitions: the shipped one, and every mistake by file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "report/definition.h"

static char dir[] = "/tmp/certdesk-report-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
}

static int make_dir(void **state)
{
	(void)state;
	char path[64];
	lang_set(LANG_EN);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/bad", dir);
	mkdir(path, 0700);
	put("bad/q.sql", "SELECT 1 AS a;\n");
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	static const char *const names[] = {"bad/q.sql", "bad.yaml", "bad", ""};
	for (size_t i = 0; i < 4; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		remove(path);
	}
	return 0;
}

static void shipped(void **state)
{
	(void)state;
	struct report *r = NULL;
	struct error e = {0};
	enum err got = report_load("reports", "daily", &r, &e);
	if (got)
		fail_msg("%s", e.detail);
	assert_true(r->sheet_count >= 4);
	for (size_t i = 0; i < r->sheet_count; i++)
		for (size_t k = 0; k < r->sheets[i].block_count; k++) {
			const struct report_block *b = &r->sheets[i].blocks[k];
			assert_true(b->column_count > 0);
			assert_non_null(strstr(b->sql, "SELECT"));
		}
	assert_string_equal(report_say(&r->title), "Daily report");
	assert_string_equal(r->sheets[0].blocks[0].chart.kind, "stacked-column");
	report_free(&r);
	assert_null(r);
}

#define HEAD "title: {zh: 表, en: T}\nsheets:\n  - title: {zh: 甲, en: A}\n    blocks:\n      - query: q.sql\n        columns:\n"
#define COLUMN "          - {key: a, title: {zh: 一, en: one}, type: integer}\n"

/* Each must be found, and told with its line. */
static const struct {
	const char *text, *said;
} bad[] = {
	{"", "bad.yaml"},
	{"title: {zh: 表, en: T}\n", "bad.yaml:1"},
	{"title: {zh: 表}\nsheets: []\n", "bad.yaml:1"},
	{"title: {zh: 表, en: T}\nsheets: []\n", "bad.yaml:2"},
	{"title: {zh: 表, en: T}\ntitel: x\nsheets: []\n", "bad.yaml:2"},
	{"title: {zh: 表, en: T}\nsheets:\n  - title: {zh: 'a/b', en: A}\n    blocks:\n      - {query: q.sql, columns: [{key: a, title: {zh: 一, en: 1}, type: text}]}\n", "bad.yaml:3"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: number}\n", "bad.yaml:7"},
	{HEAD COLUMN COLUMN, "bad.yaml:8"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: text, total: true}\n", "bad.yaml:7"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: integer, sums: {zh: 一, en: one}}\n", "bad.yaml:7"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: integer, total: true, sums: {zh: 一}}\n", "bad.yaml:7"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: text, words: nothing}\n", "bad.yaml:7"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: text, width: 400}\n", "bad.yaml:7"},
	{HEAD COLUMN "        chart: {type: column, title: {zh: 图, en: C}, categories: a, values: [b]}\n", "bad.yaml:8"},
	{HEAD COLUMN "        chart: {type: column, title: {zh: 图, en: C}, categories: a, values: []}\n", "bad.yaml:8"},
	{HEAD COLUMN "        chart: {type: cube, title: {zh: 图, en: C}, categories: a, values: [a]}\n", "bad.yaml:8"},
	{HEAD "          - {key: a, title: {zh: 一, en: one}, type: integer}\n        chart: {type: column, title: {zh: 图, en: C}, categories: a, values: [a]}\n", "bad.yaml:8"},
	{HEAD COLUMN "        count: ../../secret\n", "bad.yaml:8"},
	{HEAD COLUMN "        count: missing.sql\n", "bad.yaml:8"},
	{HEAD COLUMN "        filter: true\n      - query: q.sql\n        filter: true\n        columns:\n" COLUMN, "bad.yaml:5"},
	{HEAD COLUMN "        filter: 1\n", "bad.yaml:8"},
	{HEAD COLUMN "     x: [", "bad.yaml:"},
};

static void mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct report *r = NULL;
		struct error e = {0};
		put("bad.yaml", bad[i].text);
		assert_int_equal(report_load(dir, "bad", &r, &e), ERR_REPORT_DEFINITION);
		assert_null(r);
		if (!strstr(e.detail, bad[i].said))
			fail_msg("%zu: %s", i, e.detail);
	}
	put("bad.yaml", HEAD COLUMN);
	struct report *r = NULL;
	struct error e = {0};
	assert_int_equal(report_load(dir, "bad", &r, &e), OK);
	report_free(&r);
}

static void all_at_once(void **state)
{
	(void)state;
	struct report *r = NULL;
	struct error e = {0};
	put("bad.yaml", HEAD "          - {key: a, title: {zh: 一, en: one}, type: text, total: true}\n" COLUMN);
	assert_int_equal(report_load(dir, "bad", &r, &e), ERR_REPORT_DEFINITION);
	assert_non_null(strstr(e.detail, "bad.yaml:7"));
	assert_non_null(strstr(e.detail, "bad.yaml:8"));
}

/* Loads "bad"; `said` is what is said of it, NULL for nothing. */
static void expect_loaded(const char *said)
{
	struct report *r = NULL;
	struct error e = {0};
	assert_int_equal(report_load(dir, "bad", &r, &e), said ? ERR_REPORT_DEFINITION : OK);
	if (said && !strstr(e.detail, said))
		fail_msg("%s", e.detail);
	report_free(&r);
}

/* One page is over all sites, and has room for so much; the first that is too many is named. */
static void no_more_than_the_overview_holds(void **state)
{
	enum { SIZE = 16384 };
	char *text = malloc(SIZE);
	size_t n, at = 0;
	(void)state;
	for (n = 0, at = (size_t)snprintf(text, SIZE, "%s", HEAD); n < REPORT_SUMS_MOST + 1; n++) {
		if (n == REPORT_SUMS_MOST) {
			put("bad.yaml", text);
			expect_loaded(NULL);
		}
		at += (size_t)snprintf(text + at, SIZE - at, "          - {key: a%zu, title: {zh: 一, en: one}, type: integer, total: true, sums: {zh: 一, en: one}}\n", n);
	}
	put("bad.yaml", text);
	expect_loaded("bad.yaml:68"); /* 6 lines of head, 62 columns */
	for (n = 0, at = (size_t)snprintf(text, SIZE, "title: {zh: 表, en: T}\nsheets:\n  - title: {zh: 甲, en: A}\n    blocks:\n"); n < REPORT_CHARTS_MOST + 1; n++) {
		if (n == REPORT_CHARTS_MOST) {
			put("bad.yaml", text);
			expect_loaded(NULL);
		}
		at += (size_t)snprintf(text + at, SIZE - at,
		                       "      - query: q.sql\n        columns: [{key: a, title: {zh: 一, en: one}, type: text}, {key: b, title: {zh: 二, en: two}, type: integer}]\n"
		                       "        chart: {type: pie, title: {zh: 图, en: C}, categories: a, values: [b]}\n");
	}
	put("bad.yaml", text);
	expect_loaded("bad.yaml:19"); /* 4 lines of head, 5 blocks of 3 */
	free(text);
}

static void names(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "none", "../daily", "Daily", "daily.yaml", "a/b", "abcdefghijklmnopqrstuvwxyz-0123456789"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct report *r = NULL;
		struct error e = {0};
		assert_int_equal(report_load("reports", wrong[i], &r, &e), ERR_REPORT_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(no_more_than_the_overview_holds),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
