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
