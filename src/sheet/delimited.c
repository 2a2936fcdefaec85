/* CSV and its relatives. */
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/gbk.h"
#include "base/lang.h"
#include "base/text.h"
#include "sheet/internal.h"

enum { LOOK_ROWS = 30 };

static bool scientific(const char *s)
{
	size_t digits = strspn(s, "0123456789");
	const char *at = s + digits;
	if (*at == '.') {
		at++;
		at += strspn(at, "0123456789");
	}
	if (!digits || (*at != 'E' && *at != 'e') || at[1] != '+')
		return false;
	at += 2;
	return *at && strspn(at, "0123456789") == strlen(at);
}

/* What a spreadsheet writes so that a number stays text: ="123", and '123. */
static char *without_marks(char *text)
{
	size_t n = strlen(text);
	if (n >= 3 && text[0] == '=' && text[1] == '"' && text[n - 1] == '"') {
		text[n - 1] = '\0';
		return text + 2;
	}
	return n > 1 && (text[0] == '\'' || text[0] == '`') && text[1] >= '0' && text[1] <= '9' ? text + 1 : text;
}

static enum err add_field(struct sheet *s, size_t line, size_t column, const char *field, struct error *e)
{
	char *copy = strdup(field);
	if (!copy)
		return error_set(e, ERR_MEMORY, "%zu", line);
	text_trim(copy);
	char *text = without_marks(copy);
	if (strlen(text) > SHEET_TEXT_MAX) {
		size_t n = 0, next;
		uint32_t code;
		while ((next = text_decode(text + n, &code)) > 0 && n + next <= SHEET_TEXT_MAX)
			n += next;
		text[n] = '\0';
	}
	enum sheet_kind kind = scientific(text) ? SHEET_LOST : SHEET_TEXT;
	enum err r = *text ? sheet_add(s, line, column, kind, text, strlen(text), e) : OK;
	free(copy);
	return r;
}

static enum err add_rows(const struct csv *csv, size_t first, struct sheet *out, struct error *e)
{
	enum err r = OK;
	for (size_t i = first; i < csv->count && !r; i++)
		for (size_t k = 0; k < csv->rows[i].count && !r; k++)
			r = add_field(out, csv->rows[i].line, k, csv->rows[i].fields[k], e);
	return r;
}

static size_t widest(const struct csv *csv)
{
	size_t most = 0;
	for (size_t i = 0; i < csv->count && i < LOOK_ROWS; i++)
		most = csv->rows[i].count > most ? csv->rows[i].count : most;
	return most;
}

/* The separator that makes the most columns; where the text says it ("sep=;", as Excel has it), that one. */
static enum err parse(const char *text, size_t length, struct sheet *out, struct error *e)
{
	static const char separators[] = ",;\t";
	const char *bare = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
	bool said = strncmp(bare, "sep=", 4) == 0 && bare[4] && strchr(separators, bare[4]) && strchr("\r\n", bare[5]);
	struct csv best = {0};
	struct error first = {0};
	size_t columns = 0;
	for (size_t i = 0; separators[i]; i++) {
		struct csv csv = {0};
		struct error why = {0};
		if (said && bare[4] != separators[i])
			continue;
		enum err r = csv_parse(text, length, separators[i], &csv, &why);
		if (r == ERR_MEMORY)
			return error_set(e, r, "%s", "csv");
		if (r && !first.code)
			first = why;
		if (!r && widest(&csv) > columns) {
			csv_free(&best);
			best = csv;
			columns = widest(&csv);
		} else
			csv_free(&csv);
	}
	enum err r = columns ? add_rows(&best, said, out, e) : OK;
	if (!columns && first.code)
		r = error_set(e, first.code, "%s", first.detail);
	csv_free(&best);
	return r ? r : out->count ? OK : error_set(e, ERR_SHEET_EMPTY, "%s", "");
}

/* UTF-8 as it is, UTF-16 by its mark, anything else as GBK. */
static bool decode(const char *data, size_t length, struct bytes *out)
{
	if (length >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0))
		return utf16_decode(data, length, out);
	return text_valid(data, length) ? bytes_add(out, data, length) == OK : gbk_decode(data, length, out);
}

enum err sheet_from_text(const void *data, size_t length, struct sheet *out, struct error *e)
{
	struct bytes text = {0};
	enum err r = OK;
	if (!decode(data, length, &text) || !text.data || memchr(text.data, 0, text.length)) /* a 0 would end the text early */
		r = error_set(e, ERR_SHEET_KIND, "%s", "");
	else
		r = parse((char *)text.data, text.length, out, e);
	bytes_free(&text);
	return r;
}
