#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "rules/check.h"
#include "rules/codes.h"

static struct code_tables *tables;
static struct check_context context;

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	if (codes_open("forms/codes", &tables, NULL) || codes_table(tables, "regions", &context.regions, NULL))
		return -1;
	context.today = civil_to_utc((struct civil){2026, 11, 22, 12, 0, 0});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	codes_free(&tables);
	return 0;
}

static struct check_result judge(const char *kind, const char *value)
{
	struct check_result r;
	const struct check *check = check_find(kind);
	assert_non_null(check);
	check_judge(check, value, &context, &r);
	assert_true((r.verdict == VERDICT_VALID) == (r.message[0] == '\0'));
	assert_null(strpbrk(r.message, "\n\r\x1b"));
	assert_true(text_valid(r.message, strlen(r.message)));
	return r;
}

static void is(const char *kind, const char *value, enum verdict verdict)
{
	struct check_result r = judge(kind, value);
	if (r.verdict != verdict)
		fail_msg("%s '%s': expected %d, got %d %s", kind, value, verdict, r.verdict, r.message);
}
#define VALID(kind, value) is(kind, value, VERDICT_VALID)
#define WARNS(kind, value) is(kind, value, VERDICT_WARN)
#define REFUSED(kind, value) is(kind, value, VERDICT_INVALID)

static void says(const char *kind, const char *value, const char *part)
{
	struct check_result r = judge(kind, value);
	if (!strstr(r.message, part))
		fail_msg("%s '%s': '%s' is not in '%s'", kind, value, part, r.message);
}

static void folds(const char *kind, const char *value, const char *expected)
{
	char *v = check_normalise(check_find(kind), value);
	assert_non_null(v);
	assert_string_equal(v, expected);
	free(v);
}

static bool hopeless(const char *kind, const char *prefix)
{
	struct check_result r;
	bool h = check_hopeless(check_find(kind), prefix, &context, &r);
	assert_true(h == (r.message[0] != '\0'));
	return h;
}

static void all_vectors(void **state)
{
	(void)state;
	struct bytes text = {0};
	struct csv csv = {0};
	assert_int_equal(file_read("tests/unit/rules/identity-checks.tsv", 1 << 20, &text, NULL), OK);
	assert_int_equal(csv_parse((char *)text.data, text.length, '\t', &csv, NULL), OK);
	assert_true(csv.count > 30);
	for (size_t i = 1; i < csv.count; i++) {
		const char *verdict = csv_field(&csv.rows[i], 2);
		is(csv_field(&csv.rows[i], 0), csv_field(&csv.rows[i], 1),
		   strcmp(verdict, "valid") == 0 ? VERDICT_VALID : strcmp(verdict,
		                                                          "warn") == 0 ? VERDICT_WARN : VERDICT_INVALID);
	}
	csv_free(&csv);
	bytes_free(&text);
}

static void kinds_are_found_as_in_form_data(void **state)
{
	(void)state;
	assert_string_equal(check_name(check_find("resident-id")), "resident_id");
	assert_string_equal(check_name(check_find("other")), "other_id");
	assert_null(check_find("nothing"));
	assert_null(check_find(""));
	assert_null(check_find("a-very-long-kind-that-is-not-in-the-table"));
	for (size_t i = 0; i < check_count(); i++)
		assert_ptr_equal(check_find(check_name(check_at(i))), check_at(i));
	assert_null(check_at(check_count()));
}

static void credit_code(void **state)
{
	(void)state;
	folds("uscc", " ９１35-0100 m0001 00y43 ", "91350100M000100Y43");
	says("uscc", "91350100I000100Y43", "数字 1");
	says("uscc", "91350100M000100Y4", "17 位");
	says("uscc", "9135010AM000100Y43", "第 8 位");
	says("uscc", "91350100M000101Y43", "校验不对");
	REFUSED("uscc", "");
	REFUSED("uscc", "91350100M000100Y433");
	REFUSED("uscc", "91350100M000100張43");
}

static void taxpayer_number(void **state)
{
	(void)state;
	VALID("taxpayer", "110105123456789");
	VALID("taxpayer", "11010512345678901");
	VALID("taxpayer", "91110105MA01ABCD5F");
	VALID("taxpayer", "11010519491231002X01");
	REFUSED("taxpayer", "91110105MA01ABCD5G");
	REFUSED("taxpayer", "1101051234567890");
	REFUSED("taxpayer", "1101051234567890123");
}

static void resident_identity_card(void **state)
{
	(void)state;
	says("resident_id", "110105202702280013", "还没有到");
	says("resident_id", "110105491231002", "18 位");
	says("resident_id", "440524188001010014", "440524");
	says("resident_id", "11010519491331002X", "19491331");
	REFUSED("resident_id", "1101051949123100XX");
	REFUSED("resident_id", "110105194X12310021");
	WARNS("resident_id", "810000199408230021");
	struct check_context plain = {.today = context.today};
	struct check_result r;
	check_judge(check_find("resident_id"), "440524188001010014", &plain, &r);
	assert_int_equal(r.verdict, VERDICT_VALID);
}

static void residence_permits(void **state)
{
	(void)state;
	WARNS("residence_permit", "11010519491231002X");
	REFUSED("residence_permit", "810000199408230022");
	VALID("permanent_residence", "abc110199001011");
	REFUSED("permanent_residence", "AB1110199001011");
	VALID("permanent_residence", "911124198108030024");
	REFUSED("permanent_residence", "911124198108030023");
}

static void other_identity_documents(void **state)
{
	(void)state;
	VALID("passport", "e12345678");
	VALID("passport", "G1234567");
	WARNS("passport", "A1234567890");
	REFUSED("passport", "ABCDEFGH");
	WARNS("passport", "E1234");
	REFUSED("passport", "E1234567；8");
	VALID("officer", "南字第01234567号");
	WARNS("officer", "12345678");
	VALID("taiwan_permit", "12345678");
	VALID("taiwan_permit", "1234567890（B）");
	REFUSED("taiwan_permit", "123456789");
	VALID("home_return_permit", "H12345678");
	VALID("home_return_permit", "m1234567890");
	REFUSED("home_return_permit", "K12345678");
	REFUSED("home_return_permit", "H123456789");
	WARNS("other_id", "第 12 号");
	REFUSED("other_id", "a\x1b[2J");
}

static void mobile_number(void **state)
{
	(void)state;
	folds("mobile", "＋８６－１３８ 0013—8000", "13800138000");
	folds("mobile", "008613800138000", "13800138000");
	folds("mobile", "8613800138000", "13800138000");
	folds("mobile", "\u202d138 0013 8000\u202c", "13800138000");
	says("mobile", "1380013800", "10 位");
	says("mobile", "12800138000", "13 到 19");
	REFUSED("mobile", "1380013800a");
	REFUSED("mobile", "+85291234567");
	REFUSED("mobile", "86138001380");
	REFUSED("mobile", "008");
}

static void phone_number(void **state)
{
	(void)state;
	VALID("phone", "010-58515511");
	folds("phone", "（010）5851 5511", "010-58515511");
	folds("phone", "010－58515511 转 12", "010-58515511-12");
	folds("phone", "5851 5511\n(\n", "58515511"); /* once folded it stays as it is */
	VALID("phone", "95588");
	VALID("phone", "+85229012345");
	REFUSED("phone", "110");
	REFUSED("phone", "见名片");
	REFUSED("phone", "01+058515511");
}

static void bank_numbers(void **state)
{
	(void)state;
	folds("bank_card", "6222 0212 3456 7890 128", "6222021234567890128");
	REFUSED("bank_card", "62220212345");
	REFUSED("bank_card", "62220212345678901288");
	VALID("bank_account", "20000012345678");
	VALID("bank_account", "NRA1101080000");
	REFUSED("bank_account", "1101A8000000016");
	REFUSED("bank_account", "1");
}

static void email_address(void **state)
{
	(void)state;
	folds("email", " Li.Si＠Example。COM ", "Li.Si@example.com");
	VALID("email", "a+b_c@mail-1.example.org");
	VALID("email", "δοκιμή@παράδειγμα.δοκιμή");
	VALID("email", "x@xn--fsqu00a.xn--fiqs8s");
	REFUSED("email", "example.com");
	REFUSED("email", "@example.com");
	REFUSED("email", "a@example");
	REFUSED("email", "a@-x.com");
	REFUSED("email", "a@x..com");
	REFUSED("email", "a@192.168.1.1");
	REFUSED("email", ".a@x.com");
	REFUSED("email", "a..b@x.com");
	REFUSED("email", "a b@x.com");
	REFUSED("email", "a@x.com,b@y.com");
	REFUSED("email", "a\r\nbcc:b@x.com");
	REFUSED("email", "a@x.com\x7f");
}

static void names(void **state)
{
	(void)state;
	folds("name", " 欧阳•建国 ", "欧阳·建国");
	folds("name", "阿不都・热合曼", "阿不都·热合曼");
	folds("name", "阿不都．热合曼", "阿不都·热合曼");
	folds("name", "e\u0301a", "\u00e9a");
	VALID("name", "李〇");
	VALID("name", "\U00030000\U0002A6D6");
	VALID("name", "Mary-Jane O'Neil Jr.");
	VALID("name", "Нурлан");
	WARNS("name", "张\ue000");
	REFUSED("name", "张\u202e三");
	REFUSED("name", "张\u200b三");
	REFUSED("name", "张\a三");
	REFUSED("name", "张3");
	REFUSED("name", "·建国");
	REFUSED("name", "建国·");
	REFUSED("name", "欧阳··建国");
	REFUSED("name", "---");
	REFUSED("name", "\xd5\xc5");
	REFUSED("name", "a\u0301\u0301\u0301\u0301\u0301\u0301");
}

static void unit_names(void **state)
{
	(void)state;
	folds("unit_name", "北京（集团）有限公司", "北京（集团）有限公司");
	VALID("unit_name", "A&B（北京）科技有限公司2部");
	REFUSED("unit_name", "123");
	REFUSED("unit_name", "北");
	REFUSED("unit_name", "北京\u2066公司");
}

static void texts_and_receipts(void **state)
{
	(void)state;
	VALID("text", "北京市昌平区示例路1号 010-58515511");
	REFUSED("text", "一\u202e二");
	REFUSED("text", "一\n二");
	folds("receipt", "ｒ0001 ", "R0001");
	VALID("receipt", "R0001");
	REFUSED("receipt", "-R1");
	REFUSED("receipt", "R1;");
}

static void dates(void **state)
{
	(void)state;
	folds("date", "2026/1/2", "2026-01-02");
	folds("date", "２０２６年１月２日", "2026-01-02");
	folds("date", "20260102", "2026-01-02");
	folds("date", "2026.01.02", "2026-01-02");
	VALID("date", "2028-2-29");
	REFUSED("date", "2027-02-29");
	REFUSED("date", "2026-13-01");
	REFUSED("date", "昨天");
	VALID("valid_until", "长期");
	VALID("valid_until", "2026-11-22");
	says("valid_until", "2026-11-21", "过期");
	REFUSED("valid_until", "永远");
}

static void says_early_what_typing_on_cannot_mend(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *prefix;
		bool hopeless;
	} rows[] = {
		{"uscc", "", false},          {"uscc", "9135", false},          {"uscc", "9135010A", true},
		{"uscc", "91I", true},        {"uscc", "91350100M000100Y43", false}, {"uscc", "91350100M000100Y44", true},
		{"resident_id", "110105", false},  {"resident_id", "11010519491", false}, {"resident_id", "110105194913", true},
		{"resident_id", "110105194912", false}, {"resident_id", "11010519491231002", false}, {"resident_id", "11X",
		    true},
		{"resident_id", "110105194912310021", true}, {"mobile", "1", false}, {"mobile", "+", false}, {"mobile", "+86",
		    false},
		{"mobile", "8613", false},    {"mobile", "12", true},           {"mobile", "138001380001", true},
		{"bank_card", "6222", false}, {"bank_card", "62x", true},       {"email", "a@b", false}, {"email", "a@b@",
		    true},
		{"email", "a..b@", true},     {"name", "欧阳·", false},         {"name", "张3", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (hopeless(rows[i].kind, rows[i].prefix) != rows[i].hopeless)
			fail_msg("%s '%s'", rows[i].kind, rows[i].prefix);
}

static void no_beginning_of_a_valid_value_is_hopeless(void **state)
{
	(void)state;
	static const char *const values[][2] = {
		{"uscc", "91110105MA01ABCD5F"}, {"resident_id", "11010519491231002X"}, {"mobile", "+86 138-0013-8000"},
		{"mobile", "008613800138000"},  {"mobile", "8613800138000"},           {"email", "经办@例子.中国"},
		{"name", "欧阳·阿不都"},        {"bank_card", "6222021234567890128"},  {"valid_until", "长期"},
		{"taxpayer", "91110105MA01ABCD5F"}, {"phone", "+86-010-58515511"},     {"date", "2026年1月2日"},
		{"home_return_permit", "H1234567890"}, {"taiwan_permit", "1234567890(B)"}, {"officer", "南字第01234567号"},
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char prefix[64] = "";
		size_t length = 0;
		VALID(values[i][0], values[i][1]);
		for (uint32_t code; values[i][1][length];) {
			length += text_decode(values[i][1] + length, &code);
			memcpy(prefix, values[i][1], length);
			prefix[length] = '\0';
			if (hopeless(values[i][0], prefix))
				fail_msg("%s '%s'", values[i][0], prefix);
		}
	}
}

static void anything_gets_a_verdict(void **state)
{
	(void)state;
	static const char *const values[] = {"", " ", "\xff", "\xf0\x9f", "\u202e", "　", "-", "·", "@", "X", "长", "年",
	                                     "٣", "0",
	                                     "𠮷", "%s%n", "\x01", "－－", "(((((((((((((((((((((((((((((((((((((((("};
	for (size_t k = 0; k < check_count(); k++)
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			judge(check_name(check_at(k)), values[i]);
			hopeless(check_name(check_at(k)), values[i]);
		}
	char *huge = malloc(100001);
	memset(huge, '1', 100000);
	huge[100000] = '\0';
	for (size_t k = 0; k < check_count(); k++)
		if (check_most(check_at(k)))
			REFUSED(check_name(check_at(k)), huge);
	free(huge);
}

static void every_sentence_has_english(void **state)
{
	(void)state;
	static const char *const bad[][2] = {{"uscc", "91350100M000101Y43"}, {"uscc", "I"},
	                                     {"resident_id", "110105194912310021"},
	                                     {"mobile", "12800138000"}, {"email", "a@b@c"}, {"name", "张3"}, {"date", "x"}};
	lang_set(LANG_EN);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct check_result r = judge(bad[i][0], bad[i][1]);
		assert_true(strlen(r.message) > 20);
	}
	says("name", "张3", "no “3” in the name");
	lang_set(LANG_ZH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_vectors),
		cmocka_unit_test(kinds_are_found_as_in_form_data),
		cmocka_unit_test(credit_code),
		cmocka_unit_test(taxpayer_number),
		cmocka_unit_test(resident_identity_card),
		cmocka_unit_test(residence_permits),
		cmocka_unit_test(other_identity_documents),
		cmocka_unit_test(mobile_number),
		cmocka_unit_test(phone_number),
		cmocka_unit_test(bank_numbers),
		cmocka_unit_test(email_address),
		cmocka_unit_test(names),
		cmocka_unit_test(unit_names),
		cmocka_unit_test(texts_and_receipts),
		cmocka_unit_test(dates),
		cmocka_unit_test(says_early_what_typing_on_cannot_mend),
		cmocka_unit_test(no_beginning_of_a_valid_value_is_hopeless),
		cmocka_unit_test(anything_gets_a_verdict),
		cmocka_unit_test(every_sentence_has_english),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
