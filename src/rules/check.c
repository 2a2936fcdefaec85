#include "rules/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/check_kinds.h"

#define NUMBER (FOLD_WIDTH | FOLD_SPACES | FOLD_HIDDEN)

static const struct check kinds[] = {
	{"uscc", "统一社会信用代码", "the unified social credit code", NUMBER | FOLD_DASHES | FOLD_UPPER, 18, 18, letter_uscc,
	 judge_uscc, stuck_uscc},
	{"taxpayer", "纳税人识别号", "the taxpayer number", NUMBER | FOLD_DASHES | FOLD_UPPER, 15, 20, letter_id,
	 judge_taxpayer, NULL},
	{"resident_id", "身份证号", "the identity card number", NUMBER | FOLD_DASHES | FOLD_UPPER, 18, 18, letter_id,
	 judge_resident_id, stuck_resident_id},
	{"residence_permit", "港澳台居民居住证号", "the residence permit number", NUMBER | FOLD_DASHES | FOLD_UPPER, 18, 18,
	 letter_id, judge_residence_permit, stuck_resident_id},
	{"passport", "护照号", "the passport number", NUMBER | FOLD_DASHES | FOLD_UPPER, 5, 17, letter_id, judge_passport,
	 NULL},
	{"officer", "军官证号", "the officer's card number", NUMBER | FOLD_DASHES | FOLD_UPPER, 4, 24, letter_officer,
	 judge_officer, NULL},
	{"taiwan_permit", "台胞证号", "the Taiwan permit number", NUMBER | FOLD_DASHES | FOLD_UPPER, 8, 13, letter_permit,
	 judge_taiwan_permit, NULL},
	{"home_return_permit", "回乡证号", "the home-return permit number", NUMBER | FOLD_DASHES | FOLD_UPPER, 9, 11, letter_id,
	 judge_home_return_permit, NULL},
	{"permanent_residence", "永久居留证号", "the permanent residence card number", NUMBER | FOLD_DASHES | FOLD_UPPER, 15, 18,
	 letter_id, judge_permanent_residence, NULL},
	{"other_id", "证件号", "the document number", FOLD_WIDTH | FOLD_HIDDEN, 1, 40, letter_text, judge_other_id, NULL},
	{"mobile", "手机号", "the mobile number", NUMBER | FOLD_DASHES | FOLD_COUNTRY, 11, 11, letter_digit, judge_mobile,
	 stuck_mobile},
	{"phone", "电话号码", "the phone number", NUMBER | FOLD_TO_DASH, 5, 30, letter_phone, judge_phone, NULL},
	{"bank_card", "银行卡号", "the bank card number", NUMBER | FOLD_DASHES, 12, 19, letter_digit, judge_bank_card, NULL},
	{"bank_account", "账号", "the account number", NUMBER | FOLD_DASHES | FOLD_UPPER, 5, 32, letter_id,
	 judge_bank_account,
	 NULL},
	{"email", "电子邮箱", "the e-mail address", FOLD_WIDTH | FOLD_HIDDEN | FOLD_DOMAIN, 3, 254, letter_email, judge_email,
	 stuck_email},
	{"name", "姓名", "the name", FOLD_DOTS, 1, 60, letter_name, judge_name, NULL},
	{"unit_name", "单位名称", "the unit's name", 0, 2, 100, letter_unit, judge_unit_name, NULL},
	{"text", "内容", "the text", 0, 1, 0, letter_text, judge_text, NULL},
	{"date", "日期", "the date", NUMBER | FOLD_DATE, 10, 10, letter_date, judge_date, NULL},
	{"valid_until", "有效期", "the valid-until date", NUMBER | FOLD_DATE, 2, 10, letter_date, judge_valid_until, NULL},
	{"count", "数量", "the number", NUMBER, 1, 2, letter_digit, judge_count, NULL},
	{"receipt", "票据号", "the receipt number", NUMBER | FOLD_UPPER, 1, 32, letter_receipt, judge_receipt, NULL},
};

const struct check *check_find(const char *kind)
{
	char name[32];
	size_t length = strlen(kind);
	if (length >= sizeof name)
		return NULL;
	for (size_t i = 0; i <= length; i++)
		name[i] = kind[i] == '-' ? '_' : kind[i];
	if (strcmp(name, "other") == 0)
		text_copy(name, sizeof name, "other_id");
	for (size_t i = 0; i < check_count(); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *check_name(const struct check *check)
{
	return check->name;
}

size_t check_count(void)
{
	return sizeof kinds / sizeof *kinds;
}

const struct check *check_at(size_t i)
{
	return i < check_count() ? &kinds[i] : NULL;
}

size_t check_most(const struct check *check)
{
	return check->most;
}

bool check_is_number(const struct check *check)
{
	return check->judge == judge_count;
}

char *check_normalise(const struct check *check, const char *value)
{
	return check_fold(value, check->fold);
}

static size_t characters(const char *s)
{
	size_t count = 0;
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
		count++;
	return count;
}

static bool bad_letter(const struct check *check, const char *value, struct check_result *out)
{
	uint32_t code;
	for (size_t n; (n = text_decode(value, &code)) > 0; value += n)
		if (code == TEXT_INVALID || !check->letter(code)) {
			char shown[8] = {0};
			text_encode(code, shown);
			return check_say(out, VERDICT_INVALID, tr("%s里不能有“%s”，请改正", "there must be no “%2$s” in %1$s; correct it"),
			                 tr(check->zh, check->en), shown);
		}
	return false;
}

static bool bad_length(const struct check *check, size_t count, struct check_result *out)
{
	const char *what = tr(check->zh, check->en);
	if (count >= check->least && (check->most == 0 || count <= check->most))
		return false;
	if (check->least == check->most)
		return check_say(out, VERDICT_INVALID,
		                 tr("%s应为 %zu 位，现在是 %zu 位，请核对", "%s has %zu characters, here are %zu; check it"), what,
		                 check->most, count);
	if (count < check->least)
		return check_say(out, VERDICT_INVALID,
		                 tr("%s至少 %zu 位，现在是 %zu 位，请核对", "%s has at least %zu characters, here are %zu; check it"),
		                 what, check->least, count);
	return check_say(out, VERDICT_INVALID,
	                 tr("%s最多 %zu 位，现在是 %zu 位，请核对", "%s has at most %zu characters, here are %zu; check it"), what,
	                 check->most, count);
}

void check_judge(const struct check *check, const char *value, const struct check_context *context,
                 struct check_result *out)
{
	char *v = check_normalise(check, value);
	*out = (struct check_result){.verdict = VERDICT_VALID};
	if (!v)
		check_say(out, VERDICT_INVALID, "%s", tr("内容不是有效的文字，请重新输入", "this is no valid text; type it again"));
	else if (!*v)
		check_say(out, VERDICT_INVALID, tr("请填写%s", "fill in %s"), tr(check->zh, check->en));
	else if (!bad_letter(check, v, out) && !bad_length(check, characters(v), out))
		check->judge(check, v, context, out);
	free(v);
}

bool check_hopeless(const struct check *check, const char *prefix, const struct check_context *context,
                    struct check_result *out)
{
	char *v = check_normalise(check, prefix);
	bool hopeless = false;
	*out = (struct check_result){.verdict = VERDICT_VALID};
	if (v && *v) {
		size_t count = characters(v);
		hopeless = bad_letter(check, v, out) || (check->most && count > check->most && bad_length(check, count, out)) ||
		           (check->stuck && check->stuck(v, context, out));
		if (!hopeless && check->most && count == check->most && check->least == check->most) {
			check->judge(check, v, context, out);
			hopeless = out->verdict == VERDICT_INVALID;
		}
	}
	free(v);
	if (!hopeless)
		*out = (struct check_result){.verdict = VERDICT_VALID};
	return hopeless;
}
