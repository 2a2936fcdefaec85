#include "base/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void money_text(int64_t fen, char out[MONEY_TEXT_SIZE])
{
	uint64_t value = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
	char digits[24], *to = out;
	int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(value / 100));
	if (fen < 0)
		*to++ = '-';
	for (int i = 0; i < n; i++) {
		*to++ = digits[i];
		if ((n - i - 1) % 3 == 0 && i + 1 < n)
			*to++ = ',';
	}
	snprintf(to, 4, ".%02u", (unsigned)(value % 100));
}

static const char *after(const char *s, const char *prefix)
{
	return text_starts(s, prefix) ? s + strlen(prefix) : s;
}

bool money_parse(const char *text, int64_t *fen)
{
	char *folded = text_fold_width(text);
	bool good = false;
	if (!folded)
		return false;
	text_trim(folded);
	const char *s = folded;
	int sign = *s == '-' ? -1 : 1, digits = 0, decimals = -1;
	s = after(after(s + (sign < 0), "¥"), "￥");
	int64_t value = 0;
	for (; (*s >= '0' && *s <= '9') || *s == ',' || *s == '.'; s++) {
		if (*s == ',' && decimals < 0 && digits > 0)
			continue;
		if (*s == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*s < '0' || *s > '9' || ++digits > 15 || (decimals >= 0 && ++decimals > 2))
			goto out;
		value = value * 10 + (*s - '0');
	}
	s = after(s, "元");
	good = digits > 0 && *s == '\0';
	for (int i = decimals < 0 ? 0 : decimals; good && i < 2; i++)
		value *= 10;
	if (good)
		*fen = sign * value;
out:
	free(folded);
	return good;
}

static const char *const numerals[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

static void say(char *out, const char *word)
{
	size_t n = strlen(out);
	text_copy(out + n, MONEY_WORDS_SIZE - n, word);
}

/* A whole number above zero: what stands before a unit, the unit, and what follows it, by the same rule at every unit. */
static void say_number(char *out, uint64_t n)
{
	static const struct {
		uint64_t value;
		const char *unit;
	} units[] = {{100000000, "亿"}, {10000, "万"}, {1000, "仟"}, {100, "佰"}, {10, "拾"}};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (n >= units[i].value) {
			say_number(out, n / units[i].value);
			say(out, units[i].unit);
			n %= units[i].value;
			if (n == 0)
				return;
			if (n < units[i].value / 10) /* places were skipped */
				say(out, numerals[0]);
			say_number(out, n);
			return;
		}
	say(out, numerals[n]);
}

void money_words(int64_t fen, char out[MONEY_WORDS_SIZE])
{
	uint64_t value = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen, yuan = value / 100;
	unsigned jiao = (unsigned)(value / 10 % 10), last = (unsigned)(value % 10);
	out[0] = '\0';
	say(out, fen < 0 ? "人民币负" : "人民币");
	if (yuan > 0 || value == 0) {
		if (yuan > 0)
			say_number(out, yuan);
		else
			say(out, numerals[0]);
		say(out, "元");
		if ((jiao > 0 && yuan % 10 == 0) || (jiao == 0 && last > 0))
			say(out, numerals[0]);
	}
	if (jiao > 0) {
		say(out, numerals[jiao]);
		say(out, "角");
	}
	if (last > 0) {
		say(out, numerals[last]);
		say(out, "分");
	} else
		say(out, "整");
}
