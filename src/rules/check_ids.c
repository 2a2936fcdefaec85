#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "rules/check_kinds.h"
#include "rules/codes.h"

static int number(const char *s, size_t digits)
{
	int v = 0;
	for (size_t i = 0; i < digits; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static bool all_digits(const char *s, size_t n)
{
	return strspn(s, "0123456789") >= n;
}

/* GB 11714: the organisation part, 8 characters and a check character. */
static bool organisation_right(const char *s)
{
	static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;
	for (int i = 0; i < 8; i++)
		sum += weights[i] * (s[i] <= '9' ? s[i] - '0' : s[i] - 'A' + 10);
	return s[8] == "0123456789X0"[11 - sum % 11];
}

/* GB 32100: weights 3^i mod 31 over 17 characters. */
static bool uscc_right(const char *s)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	int sum = 0, weight = 1;
	for (int i = 0; i < 17; i++, weight = weight * 3 % 31)
		sum += weight * (int)(strchr(letters, s[i]) - letters);
	return s[17] == letters[(31 - sum % 31) % 31];
}

bool stuck_uscc(const char *v, const struct check_context *context, struct check_result *out)
{
	(void)context;
	size_t bad = strcspn(v, "IOSVZ");
	if (v[bad])
		return check_say(out, VERDICT_INVALID,
		                 tr("信用代码里没有字母 %c，看看是不是数字 %c", "there is no letter %c in a credit code; is %c meant?"), v[bad],
		                 v[bad] == 'I' ? '1' : v[bad] == 'O' ? '0' : v[bad] == 'S' ? '5' : v[bad] == 'V' ? 'U' : '2');
	for (size_t i = 2; i < 8 && i < strlen(v); i++)
		if (v[i] > '9')
			return check_say(out, VERDICT_INVALID,
			                 tr("信用代码第 3 到 8 位是数字，请核对第 %zu 位",
			                    "characters 3 to 8 of a credit code are digits; check number %zu"),
			                 i + 1);
	return false;
}

JUDGE(uscc)
{
	(void)check;
	if (stuck_uscc(value, context, out))
		return;
	if (!uscc_right(value))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("统一社会信用代码校验不对，请逐位核对", "the credit code's check character is wrong; compare each character"));
	else if (!organisation_right(value + 8))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("信用代码第 9 到 17 位校验不对，请逐位核对",
		             "characters 9 to 17 of the credit code don't check; compare each one"));
}

JUDGE(taxpayer)
{
	size_t n = strlen(value);
	if (n == 18)
		judge_uscc(check, value, context, out);
	else if (n != 15 && n != 17 && n != 20)
		check_say(out, VERDICT_INVALID,
		          tr("纳税人识别号应为 15、17、18 或 20 位，现在是 %zu 位",
		             "a taxpayer number has 15, 17, 18 or 20 characters, here are %zu"), n);
}

/* GB 11643, mod 11-2 over 17 digits. */
static bool resident_right(const char *s)
{
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * ((1 << (17 - i)) % 11);
	return s[17] == "10X98765432"[sum % 11];
}

/* Also used on unfinished numbers: looks at as much of the birth date as is there. */
static bool birth_wrong(const char *v, const struct check_context *context, struct check_result *out)
{
	size_t n = strlen(v);
	int year = n >= 10 ? number(v + 6, 4) : 0, month = n >= 12 ? number(v + 10, 2) : 1, day = n >= 14 ? number(v + 12,
	    2) : 1;
	if (n < 12)
		return false;
	if (year < 1800 || !civil_valid_date(year, month, day))
		return check_say(out, VERDICT_INVALID,
		                 tr("号码里的出生日期 %.8s 不存在，请核对",
		                    "the date of birth %.8s in the number doesn't exist; check it"), v + 6);
	if (civil_to_utc((struct civil){.year = year, .month = month, .day = day}) > context->today)
		return check_say(out, VERDICT_INVALID,
		                 tr("号码里的出生日期 %.8s 还没有到，请核对",
		                    "the date of birth %.8s in the number is in the future; check it"), v + 6);
	return false;
}

bool stuck_resident_id(const char *v, const struct check_context *context, struct check_result *out)
{
	size_t n = strlen(v), digits = strspn(v, "0123456789");
	if (digits < n && !(digits == 17 && n == 18 && v[17] == 'X'))
		return check_say(out, VERDICT_INVALID,
		                 tr("前 17 位是数字，末位是数字或 X，请核对第 %zu 位",
		                    "17 digits, then a digit or X; check number %zu"), digits + 1);
	return birth_wrong(v, context, out);
}

static bool resident_number(const char *v, const struct check_context *context, struct check_result *out)
{
	if (stuck_resident_id(v, context, out))
		return false;
	if (!resident_right(v)) {
		check_say(out, VERDICT_INVALID, "%s",
		          tr("号码校验不对，请逐位核对", "the number's check digit is wrong; compare each digit"));
		return false;
	}
	return true;
}

static bool is_permit_region(const char *v)
{
	return strncmp(v, "810000", 6) == 0 || strncmp(v, "820000", 6) == 0 || strncmp(v, "830000", 6) == 0;
}

JUDGE(resident_id)
{
	char region[7];
	(void)check;
	if (!resident_number(value, context, out))
		return;
	snprintf(region, sizeof region, "%.6s", value);
	if (is_permit_region(value))
		check_say(out, VERDICT_WARN, "%s",
		          tr("这像是港澳台居民居住证，请核对证件种类", "this looks like a residence permit; check the kind of document"));
	else if (context->regions && !codes_find(context->regions, region))
		check_say(out, VERDICT_WARN,
		          tr("前 6 位 %s 不在现行区划代码表里，请看原件核对", "region %s is not in today's list; check the original"),
		          region);
}

JUDGE(residence_permit)
{
	(void)check;
	if (resident_number(value, context, out) && !is_permit_region(value))
		check_say(out, VERDICT_WARN, "%s",
		          tr("居住证号应以 810000、820000 或 830000 开头，请看原件核对",
		             "a residence permit begins with 810000, 820000 or 830000; check the original"));
}

JUDGE(permanent_residence)
{
	(void)check;
	size_t n = strlen(value);
	bool old = n == 15 && strcspn(value, "0123456789") == 3 && all_digits(value + 3, 12);
	bool now = n == 18 && value[0] == '9' && all_digits(value, 17);
	if (now)
		resident_number(value, context, out);
	else if (!old)
		check_say(out, VERDICT_INVALID, "%s",
		          tr("永久居留证号是 3 个字母加 12 位数字，或 9 开头的 18 位，请核对",
		             "it is 3 letters and 12 digits, or 18 characters that begin with 9; check it"));
}

JUDGE(passport)
{
	(void)check;
	(void)context;
	size_t n = strlen(value);
	if (strcspn(value, "0123456789") == n)
		check_say(out, VERDICT_INVALID, "%s", tr("护照号里应有数字，请核对", "a passport number has digits; check it"));
	else if (n < 6 || n > 9)
		check_say(out, VERDICT_WARN,
		    tr("护照号多为 6 到 9 位，现在是 %zu 位，请看原件核对",
		       "most passport numbers have 6 to 9 characters, here are %zu; check the original"), n);
}

JUDGE(officer)
{
	(void)check;
	(void)context;
	if (!strstr(value, "字第") || strcspn(value, "0123456789") == strlen(value))
		check_say(out, VERDICT_WARN, "%s",
		          tr("军官证号多为“某字第…号”，请看原件核对", "most officer's cards read 某字第…号; check the original"));
}

JUDGE(taiwan_permit)
{
	(void)check;
	(void)context;
	size_t digits = strspn(value, "0123456789"), n = strlen(value);
	bool old = digits == 10 && (n == 10 || n == 11 || (n == 13 && value[10] == '(' && value[12] == ')'));
	if (!(digits == 8 && n == 8) && !old)
		check_say(out, VERDICT_INVALID, "%s",
		          tr("台胞证号是 8 位数字，旧证 10 位数字加一个字母，请核对",
		             "a Taiwan permit has 8 digits, an old one 10 and a letter; check it"));
}

JUDGE(home_return_permit)
{
	(void)check;
	(void)context;
	size_t digits = strspn(value + 1, "0123456789"), n = strlen(value);
	if ((value[0] != 'H' && value[0] != 'M') || digits + 1 != n || (digits != 8 && digits != 10))
		check_say(out, VERDICT_INVALID, "%s",
		          tr("回乡证号是 H 或 M 加 8 位或 10 位数字，请核对", "it is H or M and 8 or 10 digits; check it"));
}

JUDGE(other_id)
{
	(void)check;
	(void)value;
	(void)context;
	check_say(out, VERDICT_WARN, "%s",
	          tr("这类证件号不能自动核对，请看原件逐字核对", "this kind can't be checked; compare it with the original"));
}
