#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "rules/check_kinds.h"

enum { COUNT_MOST = 20 };

bool stuck_mobile(const char *v, const struct check_context *context, struct check_result *out)
{
	(void)context;
	bool code_begun = *v && v[1] ? text_starts("0086", v) : *v == '0' || *v == '8';
	if (code_begun || (v[0] == '1' && (!v[1] || (v[1] >= '3' && v[1] <= '9'))))
		return false;
	return check_say(out, VERDICT_INVALID, "%s",
	                 tr("手机号以 13 到 19 开头，请核对", "a mobile number begins with 13 to 19; check it"));
}

JUDGE(mobile)
{
	(void)check;
	stuck_mobile(value, context, out);
}

JUDGE(phone)
{
	(void)check;
	(void)context;
	size_t digits = 0;
	for (const char *at = value; *at; at++)
		digits += *at >= '0' && *at <= '9';
	if (digits < 5 || digits > 20 || strchr(value + 1, '+'))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("电话号码不完整，请写成 区号-号码，如 010-58515511", "the phone number isn't whole; write it as 010-58515511"));
}

JUDGE(bank_card)
{
	(void)check;
	(void)context;
	int sum = 0;
	size_t n = strlen(value);
	for (size_t i = 0; i < n; i++) {
		int d = value[n - 1 - i] - '0';
		sum += i % 2 == 0 ? d : d * 2 - (d > 4 ? 9 : 0);
	}
	if (sum % 10 != 0)
		check_say(out, VERDICT_INVALID, "%s",
		          tr("银行卡号校验不对，请逐位核对", "the card number's check digit is wrong; compare each digit"));
}

JUDGE(bank_account)
{
	(void)check;
	(void)context;
	const char *digits = text_starts(value, "NRA") || text_starts(value, "OSA") || text_starts(value,
	    "FTE") ? value + 3 : value;
	if (strspn(digits, "0123456789") != strlen(digits))
		check_say(out, VERDICT_INVALID, "%s", tr("账号只有数字，请核对", "an account number has digits only; check it"));
}

static bool dots_wrong(const char *s, size_t length)
{
	return length == 0 || s[0] == '.' || s[length - 1] == '.' || memmem(s, length, "..", 2);
}

static bool local_wrong(const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strchr("()<>[]:;,\\\"", s[i]))
			return true;
	return length > 64 || dots_wrong(s, length);
}

static bool label_wrong(const char *s, size_t length)
{
	uint32_t code;
	if (length == 0 || length > 63 || s[0] == '-' || s[length - 1] == '-')
		return true;
	for (size_t i = 0; i < length;) {
		i += text_decode(s + i, &code);
		utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
		bool ascii = code < 0x80 && ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code == '-');
		bool other = code >= 0x80 && ((k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_ND) || code == 0xB7 ||
		                              code == 0x3007);
		if (!ascii && !other)
			return true;
	}
	return false;
}

static bool domain_wrong(const char *domain)
{
	size_t labels = 0, length = 0;
	const char *last = domain;
	for (const char *at = domain;; at += length + 1) {
		length = strcspn(at, ".");
		if (label_wrong(at, length))
			return true;
		labels++;
		last = at;
		if (!at[length])
			break;
	}
	return labels < 2 || strspn(last, "0123456789") == strlen(last) || strlen(last) < 2;
}

bool stuck_email(const char *v, const struct check_context *context, struct check_result *out)
{
	(void)context;
	const char *at = strchr(v, '@');
	if (at && strchr(at + 1, '@'))
		return check_say(out, VERDICT_INVALID, "%s",
		                 tr("只填一个邮箱，里面只有一个 @", "one address only, with one @ in it"));
	if (at && local_wrong(v, (size_t)(at - v)))
		return check_say(out, VERDICT_INVALID, "%s", tr("邮箱 @ 前面的部分不对，请核对", "what is before the @ is wrong; check it"));
	return false;
}

JUDGE(email)
{
	(void)check;
	const char *at = strchr(value, '@');
	if (stuck_email(value, context, out))
		return;
	if (!at)
		check_say(out, VERDICT_INVALID, "%s", tr("邮箱里没有 @，请核对", "there is no @ in the address; check it"));
	else if (domain_wrong(at + 1))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("邮箱 @ 后面的域名不对，请核对，如 example.com", "what is after the @ is wrong; it reads like example.com"));
}

static bool has_letter(const char *s)
{
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n) {
		utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
		if ((k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || k == UTF8PROC_CATEGORY_CO || code >= 0x20000)
			return true;
	}
	return false;
}

/* Marks pile up over the lines above and below. */
static bool has_pile_of_marks(const char *s)
{
	uint32_t code;
	int marks = 0;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n) {
		utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
		marks = k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME ? marks + 1 : 0;
		if (marks > 4)
			return true;
	}
	return false;
}

static bool has_private(const char *s)
{
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
		if (utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_CO)
			return true;
	return false;
}

static void judge_writing(const char *value, struct check_result *out)
{
	if (has_pile_of_marks(value))
		check_say(out, VERDICT_INVALID, "%s", tr("叠加符号太多，请改正", "too many combining marks; correct it"));
	else if (has_private(value))
		check_say(out, VERDICT_WARN, "%s",
		          tr("有自造字，别的电脑上显示不出来，请换成标准汉字", "a private character won't show elsewhere; use the standard one"));
}

JUDGE(name)
{
	(void)check;
	(void)context;
	size_t n = strlen(value);
	if (!has_letter(value))
		check_say(out, VERDICT_INVALID, "%s", tr("姓名里没有文字，请核对", "there are no letters in the name; check it"));
	else if (text_starts(value, "·") || (n >= 2 && strcmp(value + n - 2, "·") == 0) || strstr(value, "··"))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("间隔点“·”只能单个用在两部分名字中间", "the dot · stands once between two parts of a name"));
	else
		judge_writing(value, out);
}

JUDGE(unit_name)
{
	(void)check;
	(void)context;
	if (!has_letter(value))
		check_say(out, VERDICT_INVALID, "%s", tr("单位名称里没有文字，请核对", "there are no letters in the unit's name; check it"));
	else
		judge_writing(value, out);
}

JUDGE(text)
{
	(void)check;
	(void)context;
	if (has_pile_of_marks(value))
		judge_writing(value, out);
}

JUDGE(date)
{
	int64_t day;
	(void)check;
	(void)context;
	if (!civil_parse_date(value, &day))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("日期不对，请写成 年-月-日，如 2026-01-31", "the date is wrong; write it as 2026-01-31"));
}

JUDGE(valid_until)
{
	int64_t day;
	if (strcmp(value, "长期") == 0)
		return;
	if (!civil_parse_date(value, &day))
		judge_date(check, value, context, out);
	else if (day + 86400 <= context->today)
		check_say(out, VERDICT_INVALID, tr("证件已于 %s 过期，请换用有效证件", "the document expired on %s; a valid one is needed"),
		          value);
}

JUDGE(receipt)
{
	(void)check;
	(void)context;
	if (strcspn(value, "-_/.") == 0)
		check_say(out, VERDICT_INVALID, "%s",
		          tr("票据号以字母或数字开头，请核对", "a receipt number begins with a letter or digit; check it"));
}

JUDGE(count)
{
	(void)check;
	(void)context;
	if (atoi(value) > COUNT_MOST)
		check_say(out, VERDICT_INVALID, tr("最多 %d 个，更多请另开一张订单", "at most %d; open another order for more"), COUNT_MOST);
}
