#include "cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"

enum word_kind { WORD_PLAIN, WORD_MONEY, WORD_TIME };

static const struct word {
	const char *member;
	enum word_kind kind;
	const char *zh, *en;
} words[] = {
#define WORD(member, kind, zh, en) {#member, WORD_##kind, zh, en},
#include "cli/words.def"
#undef WORD
};

enum { COLUMNS_MOST = 24, CELL_SIZE = 1024, INDENT = 2 /* between columns too */ };

static const struct word *find_word(const char *member)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].member, member) == 0)
			return &words[i];
	return NULL;
}

const char *output_label(const char *member)
{
	const struct word *w = find_word(member);
	return w ? tr(w->zh, w->en) : member;
}

void output_json(FILE *f, const json_t *value)
{
	char *line = json_line(value);
	for (const char *s = line; s && *s;) {
		uint32_t code;
		size_t n = text_decode(s, &code);
		if (text_char_hidden(code)) /* terminals obey some that JSON lets stand */
			fprintf(f, "\\u%04X", (unsigned)code);
		else
			fwrite(s, 1, n, f);
		s += n;
	}
	fputc('\n', f);
	free(line);
}

static void time_cell(const char *text, char *out, size_t size)
{
	struct tm tm = {0};
	char minute[17];
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end && !*end) {
		civil_minute_text(timegm(&tm), minute);
		text = minute;
	}
	text_printable(out, size, text);
}

static void cell(const char *member, const json_t *value, char *out, size_t size);

static void list_cell(const json_t *list, char *out, size_t size)
{
	size_t i, used = 0;
	json_t *item;
	out[0] = '\0';
	json_array_foreach(list, i, item) {
		if (used && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s", tr("、", ", "));
		if (used < size) {
			cell("", item, out + used, size - used);
			used += strlen(out + used);
		}
	}
}

/* A plain value as text of one line. */
static void cell(const char *member, const json_t *value, char *out, size_t size)
{
	const struct word *w = find_word(member);
	char money[MONEY_TEXT_SIZE];
	out[0] = '\0';
	if (json_is_string(value) && w && w->kind == WORD_TIME)
		time_cell(json_string_value(value), out, size);
	else if (json_is_string(value))
		text_printable(out, size, json_string_value(value));
	else if (json_is_integer(value) && w && w->kind == WORD_MONEY) {
		money_text(json_integer_value(value), money);
		snprintf(out, size, "%s", money);
	} else if (json_is_integer(value))
		snprintf(out, size, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(out, size, "%s", json_is_true(value) ? tr("是", "yes") : tr("否", "no"));
	else if (json_is_array(value))
		list_cell(value, out, size);
	else if (json_is_object(value)) {
		char *line = json_line(value);
		text_printable(out, size, line ? line : "");
		free(line);
	}
}

static void put_padded(FILE *f, const char *text, int columns)
{
	int width = text_width(text);
	fprintf(f, "%s%*s", text, columns > width ? columns - width : 0, "");
}

/* One line of a table; no spaces at its end. */
static void put_row(FILE *f, const char *const *cells, const int *widths, size_t count, int indent)
{
	int gap = indent;
	for (size_t i = 0; i < count; i++) {
		if (*cells[i])
			fprintf(f, "%*s%s", gap, "", cells[i]);
		gap = (*cells[i] ? 0 : gap) + widths[i] + INDENT - text_width(cells[i]);
	}
	fputc('\n', f);
}

static bool is_plain(const json_t *value)
{
	return !json_is_object(value) && !(json_is_array(value) && json_is_object(json_array_get(value, 0)));
}

struct table {
	char names[COLUMNS_MOST][40];
	int width[COLUMNS_MOST];
	size_t count;
};

static void add_column(struct table *t, const char *name, size_t length)
{
	for (size_t i = 0; i < t->count; i++)
		if (strlen(t->names[i]) == length && memcmp(t->names[i], name, length) == 0)
			return;
	if (t->count < COLUMNS_MOST && length < sizeof t->names[0])
		snprintf(t->names[t->count++], sizeof t->names[0], "%.*s", (int)length, name);
}

static void choose_columns(struct table *t, const json_t *rows, const char *columns)
{
	size_t i;
	json_t *row, *value;
	const char *name;
	if (columns)
		for (const char *at = columns; *at;) {
			size_t n = strcspn(at, ",");
			add_column(t, at, n);
			at += n + (at[n] == ',');
		}
	else
		json_array_foreach(rows, i, row)
			json_object_foreach(row, name, value)
				if (is_plain(value))
					add_column(t, name, strlen(name));
}

static void put_table(FILE *f, const json_t *rows, const char *columns, int indent)
{
	struct table t = {.count = 0};
	char text[CELL_SIZE];
	size_t i;
	json_t *row;
	choose_columns(&t, rows, columns);
	for (size_t c = 0; c < t.count; c++)
		t.width[c] = text_width(output_label(t.names[c]));
	json_array_foreach(rows, i, row)
		for (size_t c = 0; c < t.count; c++) {
			cell(t.names[c], json_object_get(row, t.names[c]), text, sizeof text);
			int width = text_width(text);
			t.width[c] = width > t.width[c] ? width : t.width[c];
		}
	const char *cells[COLUMNS_MOST];
	for (size_t c = 0; c < t.count; c++)
		cells[c] = output_label(t.names[c]);
	put_row(f, cells, t.width, t.count, indent);
	json_array_foreach(rows, i, row) {
		char texts[COLUMNS_MOST][CELL_SIZE];
		for (size_t c = 0; c < t.count; c++) {
			cell(t.names[c], json_object_get(row, t.names[c]), texts[c], sizeof texts[c]);
			cells[c] = texts[c];
		}
		put_row(f, cells, t.width, t.count, indent);
	}
}

/* Plain members first, aligned; then what has an inside of its own. */
static void put_object(FILE *f, const json_t *object, int indent)
{
	char text[CELL_SIZE];
	const char *name;
	json_t *value;
	int width = 0;
	json_object_foreach((json_t *)object, name, value)
		if (is_plain(value) && text_width(output_label(name)) > width)
			width = text_width(output_label(name));
	json_object_foreach((json_t *)object, name, value)
		if (is_plain(value)) {
			cell(name, value, text, sizeof text);
			if (!*text)
				continue;
			fprintf(f, "%*s", indent, "");
			put_padded(f, output_label(name), width);
			fprintf(f, "  %s\n", text);
		}
	json_object_foreach((json_t *)object, name, value) {
		if (is_plain(value))
			continue;
		fprintf(f, "%*s%s\n", indent, "", output_label(name));
		if (json_is_array(value))
			put_table(f, value, NULL, indent + INDENT);
		else
			put_object(f, value, indent + INDENT);
	}
}

void output_text(FILE *f, const json_t *value, const char *columns)
{
	if (json_is_object(value))
		put_object(f, value, 0);
	else if (json_array_size(value) == 0)
		fprintf(f, "%s\n", tr("（没有记录）", "(none)"));
	else
		put_table(f, value, columns, 0);
}

static void put_option(FILE *f, const struct option *o)
{
	char name[128];
	snprintf(name, sizeof name, "  %s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
	put_padded(f, name, 30);
	fprintf(f, "%s%s\n", text_width(name) >= 30 ? "  " : "", tr(o->zh, o->en));
}

static void put_command(FILE *f, const struct command *c)
{
	char line[256];
	snprintf(line, sizeof line, "  %s%s%s", c->words, *c->arguments ? " " : "", c->arguments);
	put_padded(f, line, 42);
	fprintf(f, " %s\n", tr(c->zh, c->en));
}

void output_help(FILE *f, const struct command *const *table, const char *words, const struct command *command)
{
	size_t n = strlen(words);
	if (command) {
		fprintf(f, "%s\n", tr("用法：", "Usage:"));
		put_command(f, command);
		for (const struct option *o = command->options; o && o->name; o++)
			put_option(f, o);
	} else
		fprintf(f, "%s\n", tr("用法：certdesk [选项] 命令 …（没有命令时打开界面）",
			"Usage: certdesk [options] command … (the screens without one)"));
	for (; *table; table++)
		for (const struct command *c = *table; c->words; c++)
			if (c != command && strncmp(c->words, words, n) == 0 && (!n || c->words[n] == ' '))
				put_command(f, c);
	fprintf(f, "%s\n", tr("通用选项：", "Options of every command:"));
	for (const struct option *o = args_globals; o->name; o++)
		put_option(f, o);
	fprintf(f, "%s\n", tr("详见 certdesk(1)。", "See certdesk(1)."));
}

enum err output_result(const struct bytes *raw, const json_t *result, bool json, const char *columns, struct error *e)
{
	errno = 0;
	if (raw->length)
		fwrite(raw->data, 1, raw->length, stdout);
	else if (result && json)
		output_json(stdout, result);
	else if (result)
		output_text(stdout, result, columns);
	bool good = fflush(stdout) == 0 && !ferror(stdout);
	return good || errno == EPIPE ? OK : error_set(e, ERR_FILE_WRITE, "%s", tr("标准输出", "standard output"));
}

int output_error(enum err r, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	error_complete(e, r);
	fprintf(stderr, "%s\n", error_sentence(e, sentence, sizeof sentence));
	return (int)error_exit(r);
}
