#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

size_t text_decode(const char *s, uint32_t *code)
{
	utf8proc_int32_t c;
	if (!*s) {
		*code = 0;
		return 0;
	}
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)strnlen(s, 4), &c);
	if (n <= 0 || c < 0) {
		*code = TEXT_INVALID;
		return 1;
	}
	*code = (uint32_t)c;
	return (size_t)n;
}

size_t text_encode(uint32_t code, char out[4])
{
	if (!utf8proc_codepoint_valid((utf8proc_int32_t)code))
		code = TEXT_INVALID;
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

bool text_valid(const char *s, size_t length)
{
	for (size_t i = 0; i < length;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s + i, (utf8proc_ssize_t)(length - i), &c);
		if (n <= 0 || c <= 0)
			return false;
		i += (size_t)n;
	}
	return true;
}

bool text_copy(char *out, size_t size, const char *s)
{
	size_t length = strlen(s);
	if (size == 0)
		return length == 0;
	bool whole = length < size;
	if (!whole)
		length = size - 1;
	memcpy(out, s, length);
	out[length] = '\0';
	if (!whole) /* step back over a character that was cut */
		for (size_t i = length; i > 0 && length - i < 4; i--)
			if (((unsigned char)out[i - 1] & 0xC0) != 0x80) {
				if (!text_valid(out + i - 1, length - i + 1))
					out[i - 1] = '\0';
				break;
			}
	return whole;
}

int text_char_width(uint32_t code)
{
	int w = code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : wcwidth((wchar_t)code);
	return w < 0 ? 1 : w;
}

int text_width(const char *s)
{
	int width = 0;
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
		width += text_char_width(code);
	return width;
}

/* U+4E00 to U+9FFF and U+FF01 to U+FF5E in UTF-8. */
static bool plain_wide(const unsigned char *p)
{
	if (p[0] < 0xE4 || p[0] > 0xEF || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
		return false;
	uint32_t code = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xFF01 && code <= 0xFF5E);
}

int text_plain_width(const char *s, size_t most)
{
	int width = 0;
	const unsigned char *p = (const unsigned char *)s;
	while (*p && (size_t)(p - (const unsigned char *)s) <= most) {
		bool ascii = *p >= ' ' && *p < 0x7F;
		if (!ascii && !plain_wide(p))
			return -1;
		p += ascii ? 1 : 3;
		width += ascii ? 1 : 2;
	}
	return (size_t)(p - (const unsigned char *)s) <= most ? width : -1;
}

size_t text_cluster(const char *s)
{
	uint32_t code, next;
	utf8proc_int32_t state = 0;
	size_t n = text_decode(s, &code), m;
	if (n == 0)
		return 0;
	while ((m = text_decode(s + n, &next)) > 0) {
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)code, (utf8proc_int32_t)next, &state))
			break;
		n += m;
		code = next;
	}
	return n;
}

static int cluster_width(const char *s, size_t length)
{
	int width = 0;
	uint32_t code;
	for (size_t i = 0; i < length;) {
		i += text_decode(s + i, &code);
		width += text_char_width(code);
	}
	return width;
}

size_t text_fit(const char *s, int columns)
{
	size_t used = 0;
	for (size_t n; (n = text_cluster(s + used)) > 0; used += n) {
		int w = cluster_width(s + used, n);
		if (w > columns)
			break;
		columns -= w;
	}
	return used;
}

void text_pad(char *out, size_t size, const char *s, int columns)
{
	int width = text_width(s), used = width;
	size_t keep = strlen(s), at = 0;
	const char *mark = "";
	if (width > columns) {
		keep = text_fit(s, columns - 1);
		mark = columns > 0 ? "…" : "";
		used = cluster_width(s, keep) + (columns > 0);
	}
	for (size_t i = 0; i < keep && at + 1 < size; i++)
		out[at++] = s[i];
	for (; *mark && at + 1 < size; mark++)
		out[at++] = *mark;
	for (; used < columns && at + 1 < size; used++)
		out[at++] = ' ';
	if (size)
		out[at] = '\0';
}

bool text_char_hidden(uint32_t code)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
	bool bidi = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
	            (code >= 0x2066 && code <= 0x2069);
	return c == UTF8PROC_CATEGORY_CC || c == UTF8PROC_CATEGORY_CS || c == UTF8PROC_CATEGORY_ZL ||
	       c == UTF8PROC_CATEGORY_ZP || bidi || code == TEXT_INVALID;
}

static void printable(char *out, size_t size, const char *s, bool lines)
{
	size_t at = 0;
	uint32_t code;
	for (size_t n; size && (n = text_decode(s, &code)) > 0; s += n) {
		bool hide = text_char_hidden(code) && !(lines && code == '\n');
		const char *from = hide ? "·" : s;
		size_t length = hide ? strlen(from) : n;
		if (at + length >= size)
			break;
		memcpy(out + at, from, length);
		at += length;
	}
	if (size)
		out[at] = '\0';
}

void text_printable(char *out, size_t size, const char *s)
{
	printable(out, size, s, false);
}

void text_printable_lines(char *out, size_t size, const char *s)
{
	printable(out, size, s, true);
}

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

char *text_nfc(const char *s)
{
	if (is_ascii(s)) /* it is its own normal form */
		return strdup(s);
	return text_valid(s, strlen(s)) ? (char *)utf8proc_NFC((const utf8proc_uint8_t *)s) : NULL;
}

char *text_fold_width(const char *s)
{
	char *out = malloc(strlen(s) + 1), *to = out;
	uint32_t code;
	if (!out)
		return NULL;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n) {
		if (code >= 0xFF01 && code <= 0xFF5E)
			*to++ = (char)(code - 0xFF01 + '!');
		else if (code == 0x3000)
			*to++ = ' ';
		else if (code == 0x3002)
			*to++ = '.';
		else
			for (size_t i = 0; i < n; i++)
				*to++ = s[i];
	}
	*to = '\0';
	return out;
}

static bool is_space(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_ZS;
}

static bool is_seen(uint32_t code)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)code);
	return !text_char_hidden(code) && !p->ignorable && p->category != UTF8PROC_CATEGORY_CF && (code & 0xFFFE) != 0xFFFE;
}

static bool visible(const char *s, bool spaces)
{
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
		if (!is_seen(code) || (!spaces && is_space(code)))
			return false;
	return true;
}

bool text_visible(const char *s)
{
	return visible(s, true);
}

bool text_visible_word(const char *s)
{
	return visible(s, false);
}

bool text_blank(const char *s)
{
	uint32_t code;
	for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
		if (is_seen(code) && !is_space(code))
			return false;
	return true;
}

void text_trim(char *s)
{
	char *from = s, *end = s;
	uint32_t code;
	size_t n;
	while ((n = text_decode(from, &code)) > 0 && is_space(code))
		from += n;
	memmove(s, from, strlen(from) + 1);
	for (char *at = s; (n = text_decode(at, &code)) > 0; at += n)
		if (!is_space(code))
			end = at + n;
	*end = '\0';
}

bool text_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	if (!n || strchr(word, ' '))
		return false;
	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

char *text_mask(const char *s)
{
	size_t clusters = 0, length = strlen(s);
	for (size_t at = 0, n; (n = text_cluster(s + at)) > 0; at += n)
		clusters++;
	size_t head = clusters >= 15 ? 6 : clusters >= 8 ? 3 : 1, tail = clusters >= 8 ? 4 : 0, i = 0;
	char *out = malloc(length + clusters + 1), *to = out;
	for (size_t at = 0, n; out && (n = text_cluster(s + at)) > 0; at += n, i++) {
		if (i < head || i >= clusters - tail) {
			memcpy(to, s + at, n);
			to += n;
		} else
			*to++ = '*';
	}
	if (out)
		*to = '\0';
	return out;
}
