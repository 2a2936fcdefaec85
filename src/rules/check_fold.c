#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "rules/check_kinds.h"

static bool is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS;
}

static bool is_dash(uint32_t c)
{
	return c == '-' || (c >= 0x2010 &&
	                    c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D || c == 0x2E3A || c == 0x30FC;
}

static bool is_dot(uint32_t c)
{
	static const uint32_t dots[] = {0x2022, 0x30FB, 0xFF0E, 0xFF65, 0x2027, 0x22C5, 0x2219, 0x25CF, 0x0387, 0x16EB,
	                                0x2E31, 0x2E33};
	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
		if (c == dots[i])
			return true;
	return false;
}

static bool is_hidden(uint32_t c)
{
	return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_CF || c == 0xFE0E || c == 0xFE0F;
}

/* One character as the kind folds it; 0 drops it. */
static uint32_t fold_one(uint32_t c, unsigned fold)
{
	if ((fold & FOLD_HIDDEN) && is_hidden(c))
		return 0;
	if ((fold & FOLD_SPACES) && is_space(c))
		return 0;
	if ((fold & FOLD_DASHES) && is_dash(c))
		return 0;
	if ((fold & FOLD_TO_DASH) && (is_dash(c) || c == '(' || c == ')' || c == 0x8F6C))
		return '-';
	if ((fold & FOLD_DOTS) && is_dot(c))
		return 0xB7;
	if ((fold & FOLD_WIDTH) && (c == 0xFF61 || c == 0x3002))
		return '.';
	if ((fold & FOLD_UPPER) && c >= 'a' && c <= 'z')
		return c - 'a' + 'A';
	return is_space(c) ? ' ' : c;
}

static void fold_all(char *s, unsigned fold)
{
	char *to = s;
	bool domain = false;
	uint32_t code, before = 0;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n) {
		if (code == TEXT_INVALID)
			continue;
		uint32_t c = fold_one(code, fold);
		if (c == 0 || (c == ' ' && before == ' ') || ((fold & FOLD_TO_DASH) && c == '-' && before == '-'))
			continue;
		domain = domain || c == '@';
		if ((fold & FOLD_DOMAIN) && domain && c >= 'A' && c <= 'Z')
			c = c - 'A' + 'a';
		to += text_encode(c, to); /* never longer than what it replaces */
		before = c;
	}
	*to = '\0';
}

/* A bracket at either end has left one, and what was trimmed outside of it may stand inside too. */
static void trim_dashes(char *s)
{
	static const char ends[] = "- \t\r\n\v\f";
	size_t head = strspn(s, ends), n = strlen(s);
	while (n > head && strchr(ends, s[n - 1]))
		n--;
	memmove(s, s + head, n - head);
	s[n - head] = '\0';
}

/* No mobile number begins with 8, 0 or +, so all of it goes, and what is typed of it so far. */
static void drop_country(char *s)
{
	static const char *const codes[] = {"+86", "0086", "86"};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (text_starts(s, codes[i])) {
			memmove(s, s + strlen(codes[i]), strlen(s + strlen(codes[i])) + 1);
			i = (size_t)-1; /* from the start again: folding once is folding for good */
		}
	if (strcmp(s, "+") == 0 || strcmp(s, "+8") == 0)
		*s = '\0';
}

/* Year, month and day in three numbers become ISO; anything else stays. */
static char *fold_date(char *s)
{
	unsigned y = 0, m = 0, d = 0;
	int end = 0;
	char *out = NULL;
	size_t n = strlen(s);
	if (n == 8 && strspn(s, "0123456789") == n)
		sscanf(s, "%4u%2u%2u%n", &y, &m, &d, &end);
	else if (sscanf(s, "%4u%*[-/.]%2u%*[-/.]%2u%n", &y, &m, &d, &end) != 3 || s[end])
		end = 0;
	if (end == 0 && (sscanf(s, "%4u年%2u月%2u日%n", &y, &m, &d, &end) != 3 || s[end]))
		end = 0;
	if (end == 0 || asprintf(&out, "%04u-%02u-%02u", y, m, d) < 0)
		return s;
	free(s);
	return out;
}

char *check_fold(const char *value, unsigned fold)
{
	char *wide = fold & FOLD_WIDTH ? text_fold_width(value) : NULL;
	char *s = text_nfc(wide ? wide : value);
	free(wide);
	if (!s)
		return NULL;
	fold_all(s, fold);
	text_trim(s);
	if (fold & FOLD_TO_DASH)
		trim_dashes(s);
	if (fold & FOLD_COUNTRY)
		drop_country(s);
	return fold & FOLD_DATE ? fold_date(s) : s;
}
