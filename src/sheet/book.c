/* An Excel workbook: which part is the first visible sheet, the shared texts, the date formats, then the cells. Runs in the
 * child: no files, no terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "sheet/archive.h"
#include "sheet/cellvalue.h"
#include "sheet/internal.h"

enum { PART_SIZE = 256, FORMATS_MAX = 4096, STYLES_MAX = 65536, STRINGS_MAX = 500000, VALUE_MAX = 64 };

struct book {
	struct reader reader; /* first: what the callbacks are given */
	struct archive *archive;
	char part[PART_SIZE], sheet[PART_SIZE], strings[PART_SIZE], styles[PART_SIZE]; /* parts, "" where there is none */
	char id[64];                                                                   /* of the sheet's relationship */
	bool macros, from_1904;
	/* shared texts */
	struct bytes texts;
	size_t *starts, string_count, string_room;
	/* formats */
	unsigned date_formats[FORMATS_MAX];
	size_t date_format_count;
	bool *date_styles;
	size_t style_count;
	/* where the reading is */
	bool in_text, in_phonetic, in_value, in_formats, formula;
	size_t row, column;
	char type[16], value[VALUE_MAX + 1];
	size_t style, value_length;
	struct bytes text;
	struct bytes *out;
};

static void fail(struct book *b, enum err why, const char *what)
{
	b->reader.stop = error_set(b->reader.e, why, "%s", what);
}

static enum err read_part(struct book *b, const char *part, void (*start)(struct reader *, const char *, const char **),
	void (*end)(struct reader *, const char *), void (*text)(struct reader *, const char *, size_t), struct error *e)
{
	b->reader = (struct reader){start, end, text, OK, e};
	return archive_read(b->archive, part, &b->reader, e);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && strcmp(s + n - k, end) == 0;
}

static void types_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	(void)name;
	b->macros = b->macros || strstr(attribute(attributes, "ContentType"), "macroEnabled");
}

/* A target beside the part that names it, or from the root. False where it leads out of the archive. */
static bool resolve(const char *from, const char *target, char out[PART_SIZE])
{
	char base[PART_SIZE];
	text_copy(base, sizeof base, from);
	if (*target == '/') {
		base[0] = '\0';
		target++;
	}
	char *slash = strrchr(base, '/');
	base[slash ? slash + 1 - base : 0] = '\0';
	while (strncmp(target, "../", 3) == 0 || strncmp(target, "./", 2) == 0) {
		if (target[1] == '/') {
			target += 2;
			continue;
		}
		target += 3;
		if (!*base)
			return false;
		base[strlen(base) - 1] = '\0';
		slash = strrchr(base, '/');
		base[slash ? slash + 1 - base : 0] = '\0';
	}
	return snprintf(out, PART_SIZE, "%s%s", base, target) < PART_SIZE;
}

static void root_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	if (strcmp(name, "Relationship") == 0 && ends_with(attribute(attributes, "Type"), "/officeDocument"))
		resolve("", attribute(attributes, "Target"), b->part);
}

static void book_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	if (strcmp(name, "workbookPr") == 0) {
		const char *flag = attribute(attributes, "date1904");
		b->from_1904 = strcmp(flag, "1") == 0 || strcmp(flag, "true") == 0;
	}
	const char *state = attribute(attributes, "state");
	if (strcmp(name, "sheet") == 0 && !*b->id && strcmp(state, "hidden") != 0 && strcmp(state, "veryHidden") != 0)
		text_copy(b->id, sizeof b->id, attribute(attributes, "id"));
}

static void relation_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	const char *type = attribute(attributes, "Type"), *target = attribute(attributes, "Target");
	if (strcmp(name, "Relationship") != 0 || strcmp(attribute(attributes, "TargetMode"), "External") == 0)
		return;
	if (ends_with(type, "/sharedStrings"))
		resolve(b->part, target, b->strings);
	else if (ends_with(type, "/styles"))
		resolve(b->part, target, b->styles);
	else if (ends_with(type, "/worksheet") && strcmp(attribute(attributes, "Id"), b->id) == 0)
		resolve(b->part, target, b->sheet);
}

/* Text of <t>, but not the reading aids (<rPh>) beside it. */
static void text_start(struct book *b, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		b->in_phonetic = true;
	b->in_text = strcmp(name, "t") == 0 && !b->in_phonetic;
}

static void text_end(struct book *b, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		b->in_phonetic = false;
	b->in_text = false;
}

static void strings_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	(void)attributes;
	text_start(b, name);
	if (strcmp(name, "si") != 0)
		return;
	if (b->string_count == STRINGS_MAX) {
		fail(b, ERR_SHEET_LIMIT, tr("文字太多", "too many texts"));
		return;
	}
	if (b->string_count == b->string_room) {
		size_t room = b->string_room ? b->string_room * 2 : 256;
		size_t *starts = realloc(b->starts, room * sizeof *starts);
		if (!starts) {
			fail(b, ERR_MEMORY, "xlsx");
			return;
		}
		b->starts = starts;
		b->string_room = room;
	}
	b->starts[b->string_count++] = b->texts.length;
}

static void strings_end(struct reader *r, const char *name)
{
	struct book *b = (struct book *)r;
	text_end(b, name);
	if (strcmp(name, "si") == 0 && bytes_add(&b->texts, "", 1))
		fail(b, ERR_MEMORY, "xlsx");
}

static void strings_text(struct reader *r, const char *text, size_t length)
{
	struct book *b = (struct book *)r;
	if (b->in_text && b->string_count && bytes_add(&b->texts, text, length))
		fail(b, ERR_MEMORY, "xlsx");
}

static void styles_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	unsigned id = (unsigned)strtoul(attribute(attributes, "numFmtId"), NULL, 10);
	if (strcmp(name, "cellXfs") == 0)
		b->in_formats = true;
	if (strcmp(name, "numFmt") == 0 && b->date_format_count < FORMATS_MAX &&
		format_code_is_date(attribute(attributes, "formatCode")))
		b->date_formats[b->date_format_count++] = id;
	if (strcmp(name, "xf") != 0 || !b->in_formats || b->style_count == STYLES_MAX)
		return;
	bool date = format_is_date(id);
	for (size_t i = 0; i < b->date_format_count && !date; i++)
		date = b->date_formats[i] == id;
	b->date_styles[b->style_count++] = date;
}

static void styles_end(struct reader *r, const char *name)
{
	if (strcmp(name, "cellXfs") == 0)
		((struct book *)r)->in_formats = false;
}

/* "AB12" to its column and row, from 1; what is missing stays as counted. */
static void read_place(struct book *b, const char *place)
{
	size_t column = 0;
	for (; *place >= 'A' && *place <= 'Z' && column < 100000; place++)
		column = column * 26 + (size_t)(*place - 'A' + 1);
	b->column = column ? column : b->column + 1;
}

static void sheet_start(struct reader *r, const char *name, const char **attributes)
{
	struct book *b = (struct book *)r;
	text_start(b, name);
	b->in_value = strcmp(name, "v") == 0;
	if (strcmp(name, "f") == 0)
		b->formula = true;
	else if (strcmp(name, "row") == 0) {
		unsigned long row = strtoul(attribute(attributes, "r"), NULL, 10);
		b->row = row && row <= UINT32_MAX ? row : b->row + 1;
		b->column = 0;
	} else if (strcmp(name, "c") == 0) {
		read_place(b, attribute(attributes, "r"));
		text_copy(b->type, sizeof b->type, attribute(attributes, "t"));
		b->style = strtoul(attribute(attributes, "s"), NULL, 10);
		b->formula = false;
		b->value_length = 0;
		b->text.length = 0;
	}
}

static void sheet_text(struct reader *r, const char *text, size_t length)
{
	struct book *b = (struct book *)r;
	if (b->in_text || (b->in_value && strcmp(b->type, "str") == 0)) {
		if (bytes_add(&b->text, text, length))
			fail(b, ERR_MEMORY, "xlsx");
	} else if (b->in_value) {
		size_t n = length < VALUE_MAX - b->value_length ? length : VALUE_MAX - b->value_length;
		memcpy(b->value + b->value_length, text, n);
		b->value_length += n;
	}
}

/* Trimmed, cut at a whole character. */
static void emit(struct book *b, enum sheet_kind kind, const char *text)
{
	char copy[SHEET_TEXT_MAX + 1];
	while (*text && strchr(" \t\r\n", *text))
		text++;
	text_copy(copy, sizeof copy, text);
	text_trim(copy);
	uint32_t head[4] = {(uint32_t)b->row, (uint32_t)(b->column - 1), kind, (uint32_t)strlen(copy)};
	if (!*copy && kind != SHEET_FORMULA)
		return;
	if (b->column > SHEET_COLUMNS_MAX) {
		snprintf(copy, sizeof copy, tr("第 %zu 行超过 %d 列", "row %zu has more than %d columns"), b->row, SHEET_COLUMNS_MAX);
		fail(b, ERR_SHEET_LIMIT, copy);
	} else if (bytes_add(b->out, head, sizeof head) || bytes_add(b->out, copy, head[3]))
		fail(b, ERR_MEMORY, "xlsx");
}

static void emit_stored(struct book *b)
{
	char number[64];
	b->value[b->value_length] = '\0';
	text_trim(b->value);
	if (strcmp(b->type, "s") == 0) {
		char *end;
		size_t i = strtoul(b->value, &end, 10);
		if (*end || end == b->value || i >= b->string_count)
			fail(b, ERR_SHEET_BROKEN, b->sheet);
		else
			emit(b, SHEET_TEXT, (char *)b->texts.data + b->starts[i]);
	} else if (strcmp(b->type, "b") == 0)
		emit(b, SHEET_BOOLEAN, strcmp(b->value, "1") == 0 ? "true" : "false");
	else if (strcmp(b->type, "e") == 0)
		emit(b, SHEET_ERROR, b->value);
	else if (strcmp(b->type, "d") == 0) {
		b->value[strcspn(b->value, "T")] = '\0';
		emit(b, SHEET_DATE, b->value);
	} else {
		bool date = b->style < b->style_count && b->date_styles[b->style];
		enum sheet_kind kind = number_value(b->value, date, b->from_1904, number);
		emit(b, kind, number);
	}
}

static void sheet_end(struct reader *r, const char *name)
{
	struct book *b = (struct book *)r;
	text_end(b, name);
	b->in_value = false;
	if (strcmp(name, "c") != 0)
		return;
	if (b->row == 0)
		fail(b, ERR_SHEET_BROKEN, b->sheet);
	else if (b->text.length)
		emit(b, SHEET_TEXT, (char *)b->text.data);
	else if (b->value_length)
		emit_stored(b);
	else if (b->formula)
		emit(b, SHEET_FORMULA, "");
}

static enum err find_parts(struct book *b, struct error *e)
{
	char relations[PART_SIZE + 16];
	if (!archive_has(b->archive, "[Content_Types].xml") || !archive_has(b->archive, "_rels/.rels"))
		return error_set(e, ERR_SHEET_KIND, "%s", "");
	enum err r = read_part(b, "[Content_Types].xml", types_start, NULL, NULL, e);
	if (!r && b->macros)
		r = error_set(e, ERR_SHEET_MACROS, "%s", "");
	if (!r)
		r = read_part(b, "_rels/.rels", root_start, NULL, NULL, e);
	if (!r && !*b->part)
		r = error_set(e, ERR_SHEET_KIND, "%s", "");
	if (!r)
		r = read_part(b, b->part, book_start, NULL, NULL, e);
	if (!r && !*b->id) /* a Word document is such an archive too */
		r = error_set(e, ERR_SHEET_KIND, "%s", "");
	if (r)
		return r;
	const char *slash = strrchr(b->part, '/');
	int n = slash ? (int)(slash - b->part + 1) : 0;
	snprintf(relations, sizeof relations, "%.*s_rels/%s.rels", n, b->part, b->part + n);
	r = read_part(b, relations, relation_start, NULL, NULL, e);
	return r || *b->sheet ? r : error_set(e, ERR_SHEET_BROKEN, "%s", relations);
}

enum err book_read(const void *data, size_t length, struct bytes *out, struct error *e)
{
	struct book *b = calloc(1, sizeof *b);
	if (!b || !(b->date_styles = calloc(STYLES_MAX, sizeof *b->date_styles))) {
		free(b);
		return error_set(e, ERR_MEMORY, "xlsx");
	}
	b->out = out;
	enum err r = archive_open(data, length, &b->archive, e);
	if (!r)
		r = find_parts(b, e);
	if (!r && *b->strings)
		r = read_part(b, b->strings, strings_start, strings_end, strings_text, e);
	if (!r && *b->styles)
		r = read_part(b, b->styles, styles_start, styles_end, NULL, e);
	if (!r)
		r = read_part(b, b->sheet, sheet_start, sheet_end, sheet_text, e);
	if (!r && !out->length)
		r = error_set(e, ERR_SHEET_EMPTY, "%s", "");
	archive_close(&b->archive);
	bytes_free(&b->texts);
	bytes_free(&b->text);
	free(b->starts);
	free(b->date_styles);
	free(b);
	return r;
}
