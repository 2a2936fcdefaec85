#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

enum { FIELDS_MAX = 4096 };

struct parser {
	char *at, *to; /* reading and writing place in the same text */
	size_t line;
	char separator;
};

/* Reads one field; *end is what stopped it (separator, '\n' or 0). False on an open quote. */
static bool read_field(struct parser *p, char **field, char *end)
{
	*field = p->to;
	bool quoted = *p->at == '"';
	if (quoted)
		p->at++;
	for (;; p->at++) {
		char c = *p->at;
		if (quoted && c == '"' && p->at[1] == '"')
			p->at++;
		else if (quoted && c == '"') {
			quoted = false;
			continue;
		} else if (!quoted && (c == p->separator || c == '\n' || c == '\0')) {
			*end = c;
			if (c)
				p->at++;
			break;
		} else if (!quoted && c == '\r' && (p->at[1] == '\n' || p->at[1] == '\0'))
			continue;
		if (c == '\0')
			return false;
		if (c == '\n')
			p->line++;
		*p->to++ = *p->at;
	}
	*p->to++ = '\0';
	if (*end == '\n')
		p->line++;
	return true;
}

static bool control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t' && *s != '\r')
			return true;
	return false;
}

static enum err add_row(struct csv *c, struct csv_row row, size_t *room)
{
	if (c->count == *room) {
		*room = *room ? *room * 2 : 64;
		struct csv_row *rows = realloc(c->rows, *room * sizeof *rows);
		if (!rows)
			return ERR_MEMORY;
		c->rows = rows;
	}
	c->rows[c->count++] = row;
	return OK;
}

static enum err read_row(struct parser *p, struct csv_row *row, struct error *e)
{
	size_t room = 0;
	char end = p->separator;
	*row = (struct csv_row){.line = p->line};
	while (end == p->separator) {
		char *field;
		if (row->count == FIELDS_MAX)
			return error_set(e, ERR_CSV, tr("第 %zu 行超过 %d 列", "line %zu has more than %d columns"), row->line, FIELDS_MAX);
		if (!read_field(p, &field, &end))
			return error_set(e, ERR_CSV, tr("第 %zu 行的引号没有成对", "a quote of line %zu isn't closed"), row->line);
		if (control(field))
			return error_set(e, ERR_CSV, tr("第 %zu 行里有控制字符", "line %zu has control characters"), row->line);
		if (row->count == room) {
			room = room ? room * 2 : 16;
			char **fields = realloc(row->fields, room * sizeof *fields);
			if (!fields)
				return ERR_MEMORY;
			row->fields = fields;
		}
		row->fields[row->count++] = field;
	}
	return OK;
}

enum err csv_parse(const char *data, size_t length, char separator, struct csv *out, struct error *e)
{
	enum err r = OK;
	size_t room = 0;
	*out = (struct csv){0};
	if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		length -= 3;
	}
	if (!text_valid(data, length))
		return error_set(e, ERR_CSV, "%s", tr("不是 UTF-8 文本", "it is not UTF-8 text"));
	/* one byte spare: a text that ends inside the last field writes its own terminator */
	if (!(out->text = malloc(length + 2)))
		return ERR_MEMORY;
	memcpy(out->text, data, length);
	out->text[length] = out->text[length + 1] = '\0';
	/* fields are written over the text already read: a field is never longer than its source */
	struct parser p = {out->text, out->text, 1, separator};
	while (*p.at && !r) {
		struct csv_row row;
		p.to = p.at;
		r = read_row(&p, &row, e);
		bool kept = !r && !(row.count == 1 && row.fields[0][0] == '\0') && !(r = add_row(out, row, &room));
		if (!kept)
			free(row.fields);
	}
	if (r)
		csv_free(out);
	return r;
}

void csv_free(struct csv *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->rows[i].fields);
	free(c->rows);
	free(c->text);
	*c = (struct csv){0};
}

int csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; c->count && i < c->rows[0].count; i++)
		if (strcmp(c->rows[0].fields[i], name) == 0)
			return (int)i;
	return -1;
}

const char *csv_field(const struct csv_row *row, int column)
{
	return column >= 0 && (size_t)column < row->count ? row->fields[column] : "";
}

enum err csv_cell(struct bytes *out, const char *text, bool first)
{
	bool quote = strpbrk(text, ",\"\r\n") != NULL;
	enum err r = bytes_text(out, first ? "" : ",");
	if (!r && quote)
		r = bytes_text(out, "\"");
	for (; !r && *text; text++)
		r = bytes_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	return !r && quote ? bytes_text(out, "\"") : r;
}

/* Half and full width, also behind blanks, which some programs leave out. */
static bool is_formula(const char *text)
{
	static const char *const begins[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "−"};
	static const char wide_blank[] = "　";
	while (*text == ' ' || strncmp(text, wide_blank, sizeof wide_blank - 1) == 0)
		text += *text == ' ' ? 1 : sizeof wide_blank - 1;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

enum err csv_text_cell(struct bytes *out, const char *text, bool first)
{
	struct bytes plain = {0};
	if (!is_formula(text))
		return csv_cell(out, text, first);
	enum err r = bytes_format(&plain, "'%s", text);
	if (!r)
		r = csv_cell(out, (const char *)plain.data, first);
	bytes_free(&plain);
	return r;
}

const char *csv_plain(const char *field)
{
	return *field == '\'' && is_formula(field + 1) ? field + 1 : field;
}
