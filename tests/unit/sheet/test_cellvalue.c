/* What cells of a workbook say, without a workbook around them; and text in its shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sheet/cellvalue.h"

static void formats_that_show_a_date(void **state)
{
	(void)state;
	static const char *const dates[] = {"yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]d/m/yy", "[Red]yyyy", "m/d;@"};
	static const char *const others[] = {"General", "0.00", "\"day\"0", "[Red]0", "#,##0", "\\d0", "@", "\"open", "0;[Red]d"};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		assert_true(format_code_is_date(dates[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(format_code_is_date(others[i]));
	assert_true(format_is_date(14) && format_is_date(22) && format_is_date(31));
	assert_false(format_is_date(0) || format_is_date(2) || format_is_date(49));
}

static void number_is(const char *stored, bool date, bool from_1904, enum sheet_kind kind, const char *text)
{
	char out[64];
	assert_int_equal(number_value(stored, date, from_1904, out), kind);
	assert_string_equal(out, text);
}

static void numbers_keep_their_digits_or_say_so(void **state)
{
	(void)state;
	number_is("13700137000", false, false, SHEET_NUMBER, "13700137000");
	number_is("1.3700137E10", false, false, SHEET_NUMBER, "13700137000");
	number_is("999999999999999", false, false, SHEET_NUMBER, "999999999999999");
	number_is("110105194912310000", false, false, SHEET_LOST, "110105194912310000");
	number_is("1.1010519491231E+17", false, false, SHEET_LOST, "1.1010519491231E+17");
	number_is("0.5", false, false, SHEET_NUMBER, "0.5");
	number_is("nan", false, false, SHEET_ERROR, "nan");
	number_is("0x10", false, false, SHEET_ERROR, "0x10");
	number_is("1e999", false, false, SHEET_ERROR, "1e999");
	number_is("--1", false, false, SHEET_ERROR, "--1");
}

static void serial_days_become_dates(void **state)
{
	(void)state;
	number_is("47514", true, false, SHEET_DATE, "2030-01-31");
	number_is("47514.75", true, false, SHEET_DATE, "2030-01-31");
	number_is("46052", true, true, SHEET_DATE, "2030-01-31");
	number_is("25569", true, false, SHEET_DATE, "1970-01-01");
	number_is("2958465", true, false, SHEET_DATE, "9999-12-31");
	number_is("99999999", true, false, SHEET_NUMBER, "99999999");
	number_is("0.25", true, false, SHEET_NUMBER, "0.25");
	number_is("-3", true, false, SHEET_NUMBER, "-3");
}

static void columns_have_spreadsheet_names(void **state)
{
	(void)state;
	char name[8];
	static const struct {
		size_t column;
		const char *name;
	} rows[] = {{0, "A"}, {25, "Z"}, {26, "AA"}, {51, "AZ"}, {255, "IV"}, {702, "AAA"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		sheet_column_name(rows[i].column, name);
		assert_string_equal(name, rows[i].name);
	}
}

static void text_is_rows_of_cells(void **state)
{
	(void)state;
	static const char text[] = "a;b,c;\" d \"\n;;\n\n'1;=\"007\";1.5e+17\n";
	struct sheet s;
	struct error e = {0};
	assert_int_equal(sheet_read(text, sizeof text - 1, &s, &e), OK);
	assert_int_equal(s.count, 2);
	assert_string_equal(sheet_cell(&s.rows[0], 1)->text, "b,c");
	assert_string_equal(sheet_cell(&s.rows[0], 2)->text, "d");
	assert_int_equal(s.rows[1].line, 4);
	assert_string_equal(sheet_cell(&s.rows[1], 0)->text, "1");
	assert_string_equal(sheet_cell(&s.rows[1], 1)->text, "007");
	assert_int_equal(sheet_cell(&s.rows[1], 2)->kind, SHEET_LOST);
	assert_int_equal(sheet_cell(&s.rows[1], 9)->kind, SHEET_NOTHING);
	sheet_free(&s);
	assert_int_equal(sheet_read("\n\n", 2, &s, &e), ERR_SHEET_EMPTY);
	assert_int_equal(sheet_read("", 0, &s, &e), ERR_SHEET_EMPTY);
	assert_int_equal(sheet_read("a\0b", 3, &s, &e), ERR_SHEET_KIND);
	assert_int_equal(sheet_read("PK\3\4", 4, &s, &e), ERR_SHEET_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_that_show_a_date), cmocka_unit_test(numbers_keep_their_digits_or_say_so),
		cmocka_unit_test(serial_days_become_dates), cmocka_unit_test(columns_have_spreadsheet_names), cmocka_unit_test(text_is_rows_of_cells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
