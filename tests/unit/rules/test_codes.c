#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "rules/codes.h"

static struct code_tables *shipped;

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	return codes_open("forms/codes", &shipped, NULL) ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	codes_free(&shipped);
	return 0;
}

static const struct code_table *table(const char *name)
{
	const struct code_table *t = NULL;
	struct error e = {0};
	if (codes_table(shipped, name, &t, &e))
		fail_msg("%s", e.detail);
	return t;
}

static void first_is(const char *name, const char *typed, const char *code)
{
	const struct code_row *rows[8];
	size_t n = codes_search(table(name), typed, rows, 8);
	if (n == 0 || strcmp(rows[0]->code, code) != 0)
		fail_msg("'%s': expected %s, got %s", typed, code, n ? rows[0]->code : "nothing");
}

static void finds(const char *name, const char *typed, const char *code)
{
	const struct code_row *rows[64];
	size_t n = codes_search(table(name), typed, rows, 64);
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->code, code) == 0)
			return;
	fail_msg("'%s' doesn't find %s", typed, code);
}

static void every_shipped_table_is_whole(void **state)
{
	(void)state;
	DIR *dir = opendir("forms/codes");
	assert_non_null(dir);
	size_t count = 0;
	for (struct dirent *d; (d = readdir(dir));) {
		char name[64];
		const char *dot = strstr(d->d_name, ".tsv");
		if (!dot)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(dot - d->d_name), d->d_name);
		assert_true(codes_count(table(name)) > 0);
		count++;
	}
	closedir(dir);
	assert_true(count >= 12);
}

static void regions_have_three_levels(void **state)
{
	(void)state;
	char name[128];
	const struct code_table *regions = table("regions");
	assert_true(codes_count(regions) > 3200);
	codes_full_name(regions, codes_find(regions, "110114"), name, sizeof name);
	assert_string_equal(name, "北京市 昌平区");
	codes_full_name(regions, codes_find(regions, "370102"), name, sizeof name);
	assert_string_equal(name, "山东省 济南市 历下区");
	lang_set(LANG_EN);
	codes_full_name(regions, codes_find(regions, "110114"), name, sizeof name);
	assert_string_equal(name, "Beijing Changping District");
	lang_set(LANG_ZH);
	codes_full_name(regions, codes_find(regions, "370102"), name, 8);
	assert_string_equal(name, "山东");
	assert_null(codes_find(regions, "440524"));
	assert_null(codes_find(regions, ""));
}

static void regions_are_found_by_code_name_and_initials(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"cq", "500000"}, {"xm", "350200"}, {"la", "341500"}, {"bb", "340300"}, {"110114", "110114"}, {"昌平", "110114"},
		{"cpq", "110114"}, {"bj cp", "110114"}, {"北京 昌平", "110114"}, {"BJ CP", "110114"}, {"１１０１１４", "110114"},
		{"　ｃｑ", "500000"}, {"sd jn", "370100"}, {"sd jn lx", "370102"}, {"浦东", "310115"}, {"Chongqing", "500000"},
		{"bj", "110000"}, {"北京市", "110000"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		first_is("regions", rows[i][0], rows[i][1]);
	finds("regions", "cs", "430100");
	finds("regions", "长子", "140428");
	const struct code_row *found[4];
	assert_int_equal(codes_search(table("regions"), "没有这个地方", found, 4), 0);
	assert_int_equal(codes_search(table("regions"), "", found, 4), 4);
	assert_string_equal(found[0]->code, "110000");
	assert_int_equal(codes_search(table("regions"), "广东 昌平", found, 4), 0);
}

static void banks_are_found_by_name_and_nickname(void **state)
{
	(void)state;
	first_is("banks", "bjyh", "北京银行");
	first_is("banks", "gh", "中国工商银行");
	first_is("banks", "工商", "中国工商银行");
	first_is("banks", "北京银行", "北京银行");
	assert_true(codes_count(table("banks")) >= 60);
}

static void offered_products_are_products(void **state)
{
	(void)state;
	static const char *const parts[] = {"products_unit", "products_person"};
	size_t offered = 0;
	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < codes_count(table(parts[p])); i++, offered++) {
			const struct code_row *row = codes_at(table(parts[p]), i), *same = codes_find(table("products"), row->code);
			assert_non_null(same);
			assert_string_equal(row->zh, same->zh);
			assert_string_equal(row->en, same->en);
		}
	assert_int_equal(offered, codes_count(table("products")));
}

static void codes_are_those_of_the_samples(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"channels", "public-resources general"}, {"enterprise_auth", "legal-mobile legal-bank-card bank-account"},
		{"agent_auth", "mobile bank-card"}, {"person_auth", "mobile bank-card"},
		{"id_kinds",
		 "resident-id passport officer taiwan-permit home-return-permit residence-permit permanent-residence other"},
		{"products", "unit-1y person-1y"}, {"media", "card UKEY-RS UKEY-G"}, {"seal_services",
		    "personal-seal handwritten-seal"},
		{"delivery", "counter mail"}, {"replacement_reasons", "lost stolen damaged defective our-mistake"},
		{"return_reasons", "not-legible differs no-seal expired authorisation"},
		{"reject_reasons", "not-entitled identity false-documents dissolved duplicate scope withdrawn"},
		{"revocation_reasons",
		 "unspecified key-compromise ca-compromise affiliation-changed superseded cessation-of-operation "
		                       "certificate-hold privilege-withdrawn aa-compromise"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char all[256] = "";
		const struct code_table *t = table(rows[i][0]);
		for (size_t k = 0; k < codes_count(t); k++) {
			strcat(all, k ? " " : "");
			strcat(all, codes_at(t, k)->code);
		}
		assert_string_equal(all, rows[i][1]);
	}
}

/* A directory of one table, written from `text`; the detail must have every part. */
static void wrong(const char *text, size_t length, const char *const *parts, size_t count)
{
	char dir[] = "/tmp/certdesk-codes-XXXXXX", path[64];
	struct code_tables *tables = NULL;
	const struct code_table *t = NULL;
	struct error e = {0};
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/x.tsv", dir);
	assert_int_equal(file_write(path, 0600, text, length, NULL), OK);
	assert_int_equal(codes_open(dir, &tables, NULL), OK);
	assert_int_equal(codes_table(tables, "x", &t, &e), ERR_RULES_CODES);
	assert_null(t);
	for (size_t i = 0; i < count; i++)
		if (!strstr(e.detail, parts[i]))
			fail_msg("'%s' is not in '%s'", parts[i], e.detail);
	codes_free(&tables);
	unlink(path);
	rmdir(dir);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define WRONG(text, ...) wrong(text, sizeof(text) - 1, LIST(__VA_ARGS__), sizeof LIST(__VA_ARGS__) / sizeof(char *))
#define HEAD "code\tzh\ten\tinitials\tparent\n"

static void mistakes_have_file_and_line(void **state)
{
	(void)state;
	WRONG(HEAD "a\t甲\tA\t\t\nb\t乙\t\t\t\na\t丙\tC\t\t\nd\t丁\tD\t\tz\n", "x.tsv:3: code、zh、en 三列都要填", "x.tsv:4: 代码“a”重复了",
	      "x.tsv:5: 上级代码“z”不在本表中");
	WRONG("code\tzh\ten\n", "x.tsv:1: 表头缺少“initials”列", "x.tsv:1: 表头缺少“parent”列");
	WRONG("", "x.tsv:1: 表头缺少“code”列");
	WRONG(HEAD "a\t甲\tA\t\tb\nb\t乙\tB\t\ta\n", "x.tsv:2: “a”的上级绕成了圈");
	WRONG(HEAD "a\t甲\tA\t\t\t\tmore\n", "x.tsv:2: 这一行的列比表头多");
	WRONG(HEAD "a\t\xd5\xc5\tA\t\t\n", "x.tsv: ");
	WRONG(HEAD "a\t\"甲\n", "x.tsv: ");
}

static void tables_that_are_not_there_are_named(void **state)
{
	(void)state;
	const struct code_table *t;
	struct error e = {0};
	assert_int_equal(codes_table(shipped, "nothing", &t, &e), ERR_RULES_CODES);
	assert_non_null(strstr(e.detail, "nothing.tsv"));
	assert_int_equal(codes_table(shipped, "../codes/banks", &t, &e), ERR_RULES_CODES);
	assert_int_equal(codes_table(shipped, "", &t, &e), ERR_RULES_CODES);
}

static double milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Bounds are several times what an ordinary machine takes, for slow ones and sanitizers. */
static void loads_and_searches_quickly(void **state)
{
	(void)state;
	struct code_tables *tables = NULL;
	const struct code_table *regions = NULL;
	const struct code_row *rows[50];
	double start = milliseconds();
	assert_int_equal(codes_open("forms/codes", &tables, NULL), OK);
	double opened = milliseconds();
	assert_int_equal(codes_table(tables, "regions", &regions, NULL), OK);
	double loaded = milliseconds();
	for (int i = 0; i < 20; i++)
		codes_search(regions, "bj cp", rows, 50);
	double searched = (milliseconds() - loaded) / 20;
	print_message("# open %.3f ms, regions %.3f ms, search %.3f ms\n", opened - start, loaded - opened, searched);
	assert_true(opened - start < 1);
	assert_true(loaded - opened < 50);
	assert_true(searched < 10);
	codes_free(&tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_table_is_whole),
		cmocka_unit_test(regions_have_three_levels),
		cmocka_unit_test(regions_are_found_by_code_name_and_initials),
		cmocka_unit_test(banks_are_found_by_name_and_nickname),
		cmocka_unit_test(offered_products_are_products),
		cmocka_unit_test(codes_are_those_of_the_samples),
		cmocka_unit_test(mistakes_have_file_and_line),
		cmocka_unit_test(tables_that_are_not_there_are_named),
		cmocka_unit_test(loads_and_searches_quickly),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
