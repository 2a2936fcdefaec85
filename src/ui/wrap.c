#include "ui/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Closing punctuation doesn't begin a line. */
static bool closes(uint32_t code)
{
	static const uint32_t marks[] = {0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF1F, 0xFF01, 0xFF09, 0x300B, 0x300D,
	                                 0x300F, 0x3011, 0x201D, 0x2019, 0x2026, ',',    '.',    ';',    ':',    ')',
	                                 ']',    '!',    '?'};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] == code)
			return true;
	return false;
}

static bool opens(uint32_t code)
{
	return code == 0x300A || code == 0x300C || code == 0xFF08 || code == 0x201C || code == 0x3010 || code == '(' ||
		   code == '[';
}

/* A line may break between `before` and `after`: at wide characters, never inside a word. */
static bool breaks(uint32_t before, uint32_t after)
{
	if (closes(after) || opens(before))
		return false;
	return before == ' ' || text_char_width(before) == 2 || text_char_width(after) == 2;
}

size_t wrap_line(const char *s, int columns, size_t *next)
{
	size_t at = 0, best = 0;
	int width = 0;
	uint32_t code, before = 0;
	*next = 0;
	if (!*s)
		return 0;
	if (columns < 2)
		columns = 2;
	while (s[at] && s[at] != '\n') {
		size_t n = text_cluster(s + at);
		char cluster[64] = {0};
		memcpy(cluster, s + at, n < sizeof cluster ? n : sizeof cluster - 1);
		text_decode(s + at, &code);
		if (at > 0 && breaks(before, code))
			best = at;
		if (width + text_width(cluster) > columns && (code != ' ' || n > 1))
			break;
		width += text_width(cluster);
		at += n;
		before = code;
	}
	if (!s[at] || s[at] == '\n')
		best = at;
	else if (best == 0)
		best = at > 0 ? at : text_cluster(s);
	size_t end = best;
	if (s[end] == '\n')
		*next = end + 1;
	else
		*next = end;
	while (end > 0 && s[end - 1] == ' ')
		end--;
	return end;
}

int wrap_count(const char *s, int columns)
{
	int count = 0;
	for (size_t next; *s; s += next, count++)
		wrap_line(s, columns, &next);
	return count;
}
