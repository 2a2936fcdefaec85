#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "notify/messages.h"

/* Every other value is as misleading as it can be: a mobile number. */
static const struct message_value values[] = {
	{"site", "昌平受理点13900139000"},
	{"phone", "13900139000"},
	{"customer", "北京示例科技有限公司"},
	{"business", "13900139000"},
	{"order", "110114-01-20261122-00012"},
	{"code", "024680"},
	{"pin", "97531975"},
	{"minutes", "10"},
	{"serial", "10000001"},
	{"reason", "营业执照不清楚"},
	{"tracking", "SF13900139000"},
	{"until", "2027-11-22"},
	{"amount", "300.00"},
	{"number", "26112000000012345678"},
	{"count", "2"},
};
enum { VALUES = sizeof values / sizeof *values };

static struct messages *load_shipped(void)
{
	const char *build = getenv("CERTDESK_BUILD");
	char *share = build ? path_join(build, "share") : strdup("."),
		 *path = path_join(share, "forms/texts/messages.tsv");
	struct messages *m = NULL;
	struct error e = {0};
	if (messages_load(path, &m, &e))
		fail_msg("%s", e.detail);
	free(share);
	free(path);
	return m;
}

/* What grep -oE 'WORD[^0-9]*[0-9]{n}' | grep -oE '[0-9]{n}$' finds, and how many times the word with digits stands
 * there. */
static int said(const char *text, const char *word, int digits, char *out)
{
	char pattern[96];
	regex_t re;
	regmatch_t m;
	int count = 0;
	snprintf(pattern, sizeof pattern, "%s[^0-9]*[0-9]{%d}", word, digits);
	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED), 0);
	for (; regexec(&re, text, 1, &m, 0) == 0; text += m.rm_eo, count++)
		snprintf(out, 16, "%.*s", digits, text + m.rm_eo - digits);
	regfree(&re);
	return count;
}

static void each_code_follows_its_word_alone(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		int digits;
		const char *value, *placeholder;
	} words[] = {{"验证码", 6, "024680", "-code"}, {"证书密码", 8, "97531975", "pin"},
		{"解锁授权码", 6, "024680", "unlock-code"}};
	struct messages *m = load_shipped();
	for (size_t i = 0; i < messages_count(m); i++) {
		const char *id = messages_id(m, i);
		struct bytes text = {0};
		assert_int_equal(messages_fill(m, id, LANG_ZH, values, VALUES, &text, NULL), OK);
		for (size_t w = 0; w < 3; w++) {
			char found[16] = "";
			bool unlock = strstr(id, "unlock-code") != NULL;
			bool wanted = strstr(id, words[w].placeholder) && (w == 0 ? !unlock : true);
			int count = said((char *)text.data, words[w].word, words[w].digits, found);
			if (count != wanted || (wanted && strcmp(found, words[w].value) != 0))
				fail_msg("%s says %s %d times: %s", id, words[w].word, count, (char *)text.data);
		}
		if (strstr((char *)text.data, "${"))
			fail_msg("%s", (char *)text.data);
		bytes_free(&text);
		assert_int_equal(messages_fill(m, id, LANG_EN, values, VALUES, &text, NULL), OK);
		bytes_free(&text);
	}
	messages_free(&m);
}

static void needed_messages_are_there(void **state)
{
	(void)state;
	struct messages *m = load_shipped();
	static const char *const both[] = {"review-approved", "review-approved-key", "review-returned", "review-rejected", "issued", "mailed"};
	for (size_t i = 0; i < sizeof both / sizeof *both; i++)
		assert_true(messages_goes(m, both[i], NOTIFY_SMS) && messages_goes(m, both[i], NOTIFY_MAIL));
	assert_true(messages_goes(m, "sign-code", NOTIFY_SMS) && !messages_goes(m, "sign-code", NOTIFY_MAIL));
	assert_true(messages_goes(m, "unlock-code", NOTIFY_MAIL) && !messages_goes(m, "unlock-code", NOTIFY_SMS));
	assert_false(messages_goes(m, "nothing", NOTIFY_SMS));
	assert_null(messages_id(m, messages_count(m)));
	messages_free(&m);
}

static void missing_values_and_control_characters(void **state)
{
	(void)state;
	struct messages *m = load_shipped();
	struct bytes text = {0};
	struct error e = {0};
	assert_int_equal(messages_fill(m, "nothing", LANG_ZH, values, VALUES, &text, &e), ERR_NOTIFY_TEMPLATE);
	assert_int_equal(messages_fill(m, "pin", LANG_ZH, values, 3, &text, &e), ERR_NOTIFY_TEMPLATE);
	assert_non_null(strstr(e.detail, "serial"));
	bytes_free(&text);
	const struct message_value bad[] = {{"customer", "坏\x1b[2J\n名\xFF"}, {"serial", "1"}, {"pin", "12345678"}};
	assert_int_equal(messages_fill(m, "pin", LANG_ZH, bad, 3, &text, &e), OK);
	assert_null(strchr((char *)text.data, 0x1b));
	assert_null(strchr((char *)text.data, '\n'));
	assert_non_null(strstr((char *)text.data, "坏·"));
	bytes_free(&text);
	messages_free(&m);
}

static void mistakes_are_named_by_line(void **state)
{
	(void)state;
#define HEAD "# note\nid\tchannels\tzh\ten\n"
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", ":1:"},
		{HEAD, ":1:"},
		{"a\tsms\tx\ty\n", ":1:"},
		{HEAD "a\tsms\tx\n", ":3:"},
		{HEAD "a\tsms\t\ty\n", ":3:"},
		{HEAD "a\tfax\tx\ty\n", ":3:"},
		{HEAD "a\tsms\tx\ty\na\tsms\tx\ty\n", ":4:"},
		{HEAD "a\tsms\t${what}\t${what}\n", ":3:"},
		{HEAD "a\tsms\t${code\t${code}\n", ":3:"},
		{HEAD "a\tsms\t${code}\ty\n", ":3:"},
		{HEAD "a\tsms\t\xFF\ty\n", "UTF-8"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[] = "/tmp/certdesk-messages-XXXXXX";
		struct messages *m = NULL;
		struct error e = {0};
		int fd = mkstemp(path);
		assert_int_equal(write(fd, rows[i].text, strlen(rows[i].text)), (ssize_t)strlen(rows[i].text));
		close(fd);
		if (messages_load(path, &m, &e) != ERR_NOTIFY_TEMPLATE || !strstr(e.detail, rows[i].says))
			fail_msg("row %zu: %s", i, e.detail);
		assert_null(m);
		unlink(path);
	}
}

int main(void)
{
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_follows_its_word_alone),
		cmocka_unit_test(needed_messages_are_there),
		cmocka_unit_test(missing_values_and_control_characters),
		cmocka_unit_test(mistakes_are_named_by_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
