#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/gbk.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "pay/maps.h"

enum { FIELD_MAX = 4096, HEAD_ROWS = 40 };

/* Rows that stand below the entries of some banks, and below each page's. */
static const char footers[] = "合计|总计|总笔数|借方合计|贷方合计|汇总", page_footers[] = "本页合计";

struct reading {
	struct layout layout;
	struct statement *out;
	size_t room, outgoing_room, reversed_room;
	struct error *e;
};

static enum err refuse(struct error *e, size_t line, const char *what)
{
	return line ? error_set(e, ERR_PAY_STATEMENT, tr("第 %zu 行：%s", "line %zu: %s"), line, what)
	            : error_set(e, ERR_PAY_STATEMENT, "%s", what);
}

static void entry_free(struct statement_entry *entry)
{
	free(entry->id);
	free(entry->payer_name);
	free(entry->payer_account);
	free(entry->remark);
}

void statement_free(struct statement *s)
{
	for (size_t i = 0; i < s->count; i++)
		entry_free(&s->entries[i]);
	for (size_t i = 0; i < s->outgoing_count; i++)
		entry_free(&s->outgoing[i]);
	for (size_t i = 0; i < s->reversed_count; i++)
		entry_free(&s->reversed[i]);
	free(s->reversed);
	free(s->entries);
	free(s->outgoing);
	free(s->bank);
	*s = (struct statement){0};
}

/* The text of a cell: narrow, NFC, trimmed, without the marks by which spreadsheets keep numbers as text
 * (="123" and '123). New string, NULL when memory ends. */
static char *cell_text(const struct csv_row *row, int column)
{
	const char *cell = csv_field(row, column);
	char *folded = text_fold_width(cell), *text = folded ? text_nfc(folded) : NULL;
	free(folded);
	if (!text)
		return NULL;
	text_trim(text);
	size_t n = strlen(text);
	if (n >= 3 && text[0] == '=' && text[1] == '"' && text[n - 1] == '"') {
		memmove(text, text + 2, n - 3);
		text[n - 3] = '\0';
	} else if (n > 1 && (text[0] == '\'' || text[0] == '`') && text[1] >= '0' && text[1] <= '9')
		memmove(text, text + 1, n);
	text_trim(text);
	return text;
}

/* An amount; an empty cell and dashes are 0. */
static bool read_amount(const char *s, int64_t *fen)
{
	*fen = 0;
	return strspn(s, "-") == strlen(s) || money_parse(*s == '+' ? s + 1 : s, fen);
}

/* The amount that came in, went out, or came in earlier and was taken back: the others are 0. False where the row doesn't say. */
static bool read_money(const struct layout *l, const struct csv_row *row, int64_t *in, int64_t *out, int64_t *back)
{
	const int *at = l->columns;
	char *first = cell_text(row, at[at[MAP_AMOUNT] >= 0 ? MAP_AMOUNT : MAP_CREDIT]);
	char *second = cell_text(row, at[MAP_AMOUNT] >= 0 ? at[MAP_DIRECTION] : at[MAP_DEBIT]);
	*out = *back = 0;
	bool good = first && second && read_amount(first, in);
	if (!good)
		goto end;
	if (at[MAP_AMOUNT] < 0) { /* a negative credit takes an earlier one back */
		good = read_amount(second, out) && (*in != 0) != (*out != 0);
	} else if (at[MAP_DIRECTION] >= 0) {
		bool out_word = map_has_word(l->map->cells[MAP_OUT_WORDS], second);
		good = *in != 0 && (out_word || map_has_word(l->map->cells[MAP_IN_WORDS], second));
		if (out_word) {
			*out = *in;
			*in = 0;
		}
	} else {
		good = *in != 0;
		*out = *in < 0 ? -*in : 0;
	}
	if (*in < 0 && *out == 0)
		*back = -*in;
	if (*in < 0)
		*in = 0;
end:
	free(first);
	free(second);
	return good;
}

static char *read_remark(const struct layout *l, const struct csv_row *row)
{
	struct bytes text = {0};
	enum err r = bytes_add(&text, "", 0);
	for (int i = 0; i < REMARKS_MAX && !r; i++) {
		char *part = cell_text(row, l->remarks[i]);
		r = !part ? ERR_MEMORY : *part ? bytes_format(&text, "%s%s", text.length ? " " : "", part) : OK;
		free(part);
	}
	char *out = r ? NULL : strdup((char *)text.data);
	bytes_free(&text);
	return out;
}

/* The bank's reference, or the digest of the whole row and of how many like it came before. */
static char *read_id(const struct reading *r, const struct csv_row *row, size_t twins)
{
	char *reference = cell_text(row, r->layout.columns[MAP_REFERENCE]), digest[DIGEST_TEXT_SIZE];
	size_t n = reference ? strlen(reference) : 0;
	if (!reference || (n && n <= STATEMENT_ID_MOST))
		return reference;
	digest_text(reference, n, digest);
	free(reference);
	if (n)
		return strdup(digest);
	struct bytes all = {0};
	enum err bad = bytes_format(&all, "%zu", twins);
	for (size_t i = 0; i < row->count && !bad; i++) {
		char *cell = cell_text(row, (int)i);
		bad = cell ? bytes_format(&all, "\x1f%s", cell) : ERR_MEMORY;
		free(cell);
	}
	digest_text(all.data, all.length, digest);
	bytes_free(&all);
	return bad ? NULL : strdup(digest);
}

static enum err push_to(struct statement_entry **list, size_t *count, size_t *room, const struct statement_entry *entry)
{
	if (*count == *room) {
		size_t more = *room ? *room * 2 : 64;
		struct statement_entry *entries = realloc(*list, more * sizeof *entries);
		if (!entries)
			return ERR_MEMORY;
		*list = entries;
		*room = more;
	}
	(*list)[(*count)++] = *entry;
	return OK;
}

enum kind { CREDIT, DEBIT, REVERSAL };

static enum err push(struct reading *r, const struct statement_entry *entry, enum kind kind)
{
	struct statement *s = r->out;
	return kind == CREDIT ? push_to(&s->entries, &s->count, &r->room, entry)
	     : kind == DEBIT  ? push_to(&s->outgoing, &s->outgoing_count, &r->outgoing_room, entry)
	                      : push_to(&s->reversed, &s->reversed_count, &r->reversed_room, entry);
}

static enum err read_row(struct reading *r, const struct csv_row *row)
{
	const struct layout *l = &r->layout;
	struct statement_entry entry = {.line = row->line};
	int64_t gone = 0, back = 0;
	if ((size_t)l->last >= row->count)
		return refuse(r->e, row->line, tr("这一行不完整", "the row is cut"));
	for (size_t i = 0; i < row->count; i++)
		if (strlen(row->fields[i]) > FIELD_MAX)
			return refuse(r->e, row->line, tr("内容太长", "a field is too long"));
	char *date = cell_text(row, l->columns[MAP_DATE]);
	bool dated = date && civil_read_date(date, &entry.date);
	free(date);
	if (!dated)
		return refuse(r->e, row->line, tr("日期读不懂", "the date can't be read"));
	if (!read_money(l, row, &entry.amount_fen, &gone, &back))
		return refuse(r->e, row->line, tr("金额读不懂", "the amount can't be read"));
	if (entry.amount_fen == 0) {
		r->out->debits++;
		if (gone <= 0 && back == 0)
			return OK;
	}
	entry.payer_name = cell_text(row, l->columns[MAP_PAYER_NAME]);
	entry.payer_account = cell_text(row, l->columns[MAP_PAYER_ACCOUNT]);
	entry.remark = read_remark(l, row);
	entry.id = read_id(r, row, 0);
	enum kind kind = entry.amount_fen ? CREDIT : back ? REVERSAL : DEBIT;
	if (kind != CREDIT)
		entry.amount_fen = back ? back : gone;
	enum err bad = entry.payer_name && entry.payer_account && entry.remark && entry.id ? push(r, &entry, kind) : ERR_MEMORY;
	if (bad) {
		entry_free(&entry);
		error_set(r->e, bad, "%zu", row->line);
	}
	return bad;
}

static int compare_ids(const void *a, const void *b)
{
	const struct statement_entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	return order ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static int compare_line(const void *line, const void *row)
{
	size_t a = *(const size_t *)line, b = ((const struct csv_row *)row)->line;
	return (a > b) - (a < b);
}

/* Gives the entry the id of a row with `twins` equal ones before it. */
static enum err rename_twin(struct reading *r, const struct csv *csv, struct statement_entry *entry, size_t twins)
{
	const struct csv_row *row = bsearch(&entry->line, csv->rows, csv->count, sizeof *csv->rows, compare_line);
	char *reference = cell_text(row, r->layout.columns[MAP_REFERENCE]);
	bool named = reference && *reference;
	free(reference);
	if (named)
		return refuse(r->e, entry->line, tr("流水号与前面的重复", "its reference stands twice"));
	char *id = read_id(r, row, twins);
	if (!id)
		return error_set(r->e, ERR_MEMORY, "%zu", entry->line);
	free(entry->id);
	entry->id = id;
	return OK;
}

/* Equal rows without a reference are entries of their own and get digests by their order; equal references are a
 * mistake. */
static enum err part_twins(struct reading *r, const struct csv *csv)
{
	size_t n = r->out->count, twins = 0;
	const char *first = NULL;
	struct statement_entry **sorted = malloc((n + 1) * sizeof *sorted);
	enum err bad = sorted ? OK : error_set(r->e, ERR_MEMORY, "%zu", n);
	for (size_t i = 0; i < n && !bad; i++)
		sorted[i] = &r->out->entries[i];
	if (!bad && n > 0)
		qsort(sorted, n, sizeof *sorted, compare_ids);
	for (size_t i = 0; i < n && !bad; i++) {
		if (first && strcmp(first, sorted[i]->id) == 0)
			bad = rename_twin(r, csv, sorted[i], ++twins);
		else {
			first = sorted[i]->id;
			twins = 0;
		}
	}
	free(sorted);
	return bad;
}

/* By which a reversal says which credit it takes back. */
enum { BY_ACCOUNT = 1, BY_NAME = 2, BY_REMARK = 4 };

/* What the entry says of `by`; of its payer always all that it has. */
static int named_by(const struct statement_entry *entry, int by)
{
	return (*entry->payer_account ? BY_ACCOUNT : 0) | (*entry->payer_name ? BY_NAME : 0) | (*entry->remark ? by & BY_REMARK : 0);
}

/* A row that brings money or takes it back. */
struct movement {
	struct statement_entry *entry;
	bool back;
	int by;
};

static int compare_payers(const struct movement *a, const struct movement *b)
{
	const struct statement_entry *x = a->entry, *y = b->entry;
	int order = (x->amount_fen > y->amount_fen) - (x->amount_fen < y->amount_fen);
	if (!order && a->by & BY_ACCOUNT)
		order = strcmp(x->payer_account, y->payer_account);
	if (!order && a->by & BY_NAME)
		order = strcmp(x->payer_name, y->payer_name);
	return order || !(a->by & BY_REMARK) ? order : strcmp(x->remark, y->remark);
}

static int compare_movements(const void *a, const void *b)
{
	const struct movement *m = a, *n = b;
	const struct statement_entry *x = m->entry, *y = n->entry;
	int order = compare_payers(m, n);
	if (!order)
		order = (x->date > y->date) - (x->date < y->date);
	if (!order)
		order = m->back - n->back;
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* The reversals that name their credit in this way, and have `taken` none yet, take the newest ones before them, whose amount becomes 0. */
static void take_back_by(struct statement *s, struct movement *all, bool *taken, int by)
{
	size_t n = 0, open = 0;
	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i].amount_fen)
			all[n++] = (struct movement){&s->entries[i], false, by};
	for (size_t i = 0; i < s->reversed_count; i++)
		if (!taken[i] && named_by(&s->reversed[i], by) == by)
			all[n++] = (struct movement){&s->reversed[i], true, by};
	if (n)
		qsort(all, n, sizeof *all, compare_movements);
	for (size_t i = 0; i < n; i++) { /* the first `open` are credits that none has taken yet */
		struct movement now = all[i];
		if (open && compare_payers(&all[open - 1], &now) != 0)
			open = 0;
		if (!now.back)
			all[open++] = now;
		else if (open) {
			taken[now.entry - s->reversed] = true;
			all[--open].entry->amount_fen = 0;
		}
	}
}

/* Credits that the same file takes back are no money: they leave the entries. */
static enum err take_back(struct reading *r)
{
	static const int ways[] = {BY_ACCOUNT | BY_NAME | BY_REMARK, BY_ACCOUNT | BY_REMARK, BY_NAME | BY_REMARK, BY_ACCOUNT | BY_NAME, BY_ACCOUNT, BY_NAME};
	struct statement *s = r->out;
	size_t kept = 0;
	struct movement *all = malloc((s->count + s->reversed_count + 1) * sizeof *all);
	bool *taken = calloc(s->reversed_count + 1, sizeof *taken);
	enum err bad = all && taken ? OK : error_set(r->e, ERR_MEMORY, "%zu", s->count);
	for (size_t i = 0; !bad && i < sizeof ways / sizeof *ways && s->reversed_count; i++)
		take_back_by(s, all, taken, ways[i]);
	for (size_t i = 0; !bad && i < s->count; i++)
		if (s->entries[i].amount_fen)
			s->entries[kept++] = s->entries[i];
		else
			entry_free(&s->entries[i]);
	if (!bad)
		s->count = kept;
	free(taken);
	free(all);
	return bad;
}

static bool is_footer(const struct csv_row *row, const char *words)
{
	char word[64];
	const char *first = "";
	for (size_t i = 0; i < row->count && !*first; i++)
		first = row->fields[i];
	text_copy(word, sizeof word, first);
	text_trim(word);
	word[strcspn(word, ":")] = '\0';
	char *colon = strstr(word, "：");
	if (colon)
		*colon = '\0';
	return map_has_word(words, word);
}

static bool is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->fields[i][strspn(row->fields[i], " \t\r\n")])
			return false;
	return true;
}

static bool find_head(const struct statement_maps *maps, const struct csv *csv, struct layout *out, size_t *at)
{
	for (*at = 0; *at < csv->count && *at < HEAD_ROWS; ++*at)
		for (size_t i = 0; i < maps->count; i++)
			if (map_fits(&maps->maps[i], &csv->rows[*at], out))
				return true;
	return false;
}

static enum err read_rows(struct reading *r, const struct csv *csv, size_t head)
{
	enum err bad = OK;
	struct layout again;
	for (size_t i = head + 1; i < csv->count && !bad; i++) {
		const struct csv_row *row = &csv->rows[i];
		if (is_footer(row, footers))
			break;
		if (!is_blank(row) && !is_footer(row, page_footers) && !map_fits(r->layout.map, row, &again)) /* the next page's head */
			bad = read_row(r, row);
	}
	if (!bad)
		bad = part_twins(r, csv);
	return bad ? bad : take_back(r);
}

static enum err parse_text(
	const struct statement_maps *maps, const char *text, size_t length, struct statement *out, struct error *e)
{
	static const char separators[] = {',', '\t'};
	struct csv csv = {0};
	struct reading r = {.out = out, .e = e};
	struct error why = {0}, first = {0};
	size_t head = 0;
	bool found = false;
	for (size_t i = 0; i < sizeof separators && !found; i++) {
		csv_free(&csv);
		if (csv_parse(text, length, separators[i], &csv, &why) == OK)
			found = find_head(maps, &csv, &r.layout, &head);
		if (i == 0)
			first = why;
	}
	enum err bad = OK;
	if (!found)
		bad = refuse(e, 0,
			first.code ? first.detail : tr("没有找到任何一家银行的表头", "no head row of a known bank was found"));
	else if (!(out->bank = strdup(r.layout.map->cells[MAP_ID])))
		bad = error_set(e, ERR_MEMORY, "%s", r.layout.map->cells[MAP_ID]);
	else
		bad = read_rows(&r, &csv, head);
	csv_free(&csv);
	return bad;
}

enum err statement_parse(
	const struct statement_maps *maps, const void *data, size_t length, struct statement *out, struct error *e)
{
	struct bytes text = {0};
	enum err r = OK;
	*out = (struct statement){0};
	if (length > STATEMENT_SIZE_MAX)
		return refuse(e, 0, tr("文件超过 16 MiB", "the file is over 16 MiB"));
	if (length == 0)
		return refuse(e, 0, tr("文件是空的", "the file is empty"));
	if (memchr(data, 0, length)) /* a 0 would end the text early */
		return refuse(e, 0, tr("不是文本文件", "it is no text file"));
	if (text_valid(data, length))
		r = parse_text(maps, data, length, out, e);
	else if (!gbk_decode(data, length, &text))
		r = refuse(e, 0, tr("既不是 UTF-8 也不是 GBK 文本", "it is neither UTF-8 nor GBK text"));
	else
		r = parse_text(maps, (char *)text.data, text.length, out, e);
	bytes_free(&text);
	if (r)
		statement_free(out);
	return r;
}

enum err statement_read_file(
	const struct statement_maps *maps, const char *path, struct statement *out, struct error *e)
{
	struct bytes data = {0};
	*out = (struct statement){0};
	enum err r = file_read(path, STATEMENT_SIZE_MAX, &data, e);
	if (r == ERR_FILE_TOO_BIG)
		r = refuse(e, 0, tr("文件超过 16 MiB", "the file is over 16 MiB"));
	if (!r)
		r = statement_parse(maps, data.data, data.length, out, e);
	bytes_free(&data);
	return r;
}
