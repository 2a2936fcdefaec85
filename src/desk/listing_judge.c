/* The lines: each as if it had been keyed, against each other and against what is in the store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/listing.h"
#include "desk/orderrow.h"
#include "rules/transition.h"

enum { MESSAGE = 400 };

/* One line on the way: what its cells say, field by field, and which fields have had their mistake. */
struct judging {
	struct listing *l;
	struct listing_line *line;
	json_t *data, *told;
};

static void mistake(struct judging *j, const struct form_field *f, const char *message)
{
	if (json_object_get(j->told, f->name))
		return;
	listing_say(j->l->mistakes, j->line->number, f, NULL, message);
	json_object_set_new(j->told, f->name, json_true());
	j->line->good = false;
}

static const char *cell_mistake(enum sheet_kind kind)
{
	switch (kind) {
	case SHEET_LOST:
		return tr("被当作数字保存，丢了后几位（表格只保留 15 位）。请把这一列的格式设为“文本”后重新填写",
			"was stored as a number, of which only 15 digits are kept; format the column as text and key it in again");
	case SHEET_FORMULA:
		return tr("是没有结果的公式。请在 Excel 或 WPS 里打开后保存，或粘贴为数值", "is a formula without a value; open and save it in a spreadsheet program, or paste the value");
	case SHEET_ERROR:
		return tr("是错误值。请改成内容本身", "is an error value; write the value itself");
	default:
		return NULL;
	}
}

static void read_cell(struct judging *j, const struct form_field *f, const struct sheet_cell *cell)
{
	struct check_result why;
	const char *bad = cell_mistake(cell->kind);
	if (bad) {
		mistake(j, f, bad);
		return;
	}
	if (!*cell->text)
		return;
	json_t *value = form_words_value(j->l->words, f, cell->text, &why);
	if (value)
		json_object_set_new(j->data, f->name, value);
	else
		mistake(j, f, *why.message ? why.message : tr("读不懂", "can't be read"));
}

static bool has_content(const struct listing *l, const struct sheet_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->cells[i].kind != SHEET_NOTHING && !l->counts[i])
			return true;
	return false;
}

/* The values as keyed: folded by the form, not yet judged. Choices first: numbers are judged by them. */
static json_t *keyed(struct judging *j)
{
	const struct form *form = j->l->form;
	json_t *values = json_deep_copy(j->l->base);
	for (int texts = 0; texts <= 1; texts++)
		for (size_t i = 0; i < form->field_count; i++) {
			const struct form_field *f = &form->fields[i];
			json_t *value = json_object_get(j->data, f->name);
			if (!value || (f->type == FIELD_TEXT) != texts)
				continue;
			if (texts && form_set(form, f, json_string_value(value), values))
				mistake(j, f, tr("不是有效的文字", "is no valid text"));
			else if (!texts)
				json_object_set(values, f->name, value);
		}
	form_prefill(form, NULL, values);
	return values;
}

/* What a choice on the line leaves out isn't taken, and said. */
static void drop_needless(struct judging *j, const json_t *values)
{
	const struct form *form = j->l->form;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		const json_t *own = json_object_get(j->data, f->name);
		if (!own || form_relevant(form, f, values))
			continue;
		if (!json_equal(own, json_object_get(j->l->base, f->name)))
			listing_say(j->l->warnings, j->line->number, f, NULL, tr("按这一行的选择用不上，不导入", "isn't needed by what the line chooses and isn't taken"));
		json_object_del(j->data, f->name);
	}
}

static bool is_missing(const struct listing *l, const struct form_field *f)
{
	for (size_t i = 0; i < l->missing_count; i++)
		if (l->missing[i] == f)
			return true;
	return false;
}

static void judge_fields(struct judging *j, const json_t *values)
{
	const struct form *form = j->l->form;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		struct check_result why;
		if (!form_list_takes(f) || is_missing(j->l, f))
			continue;
		form_judge(form, j->l->d->codes, f, values, desk_now(j->l->d), &why);
		if (why.verdict == VERDICT_INVALID)
			mistake(j, f, why.message);
		else if (why.verdict == VERDICT_WARN)
			listing_say(j->l->warnings, j->line->number, f, NULL, why.message);
	}
}

static const struct form_field *number_field(const struct form *form)
{
	const struct form_field *f = form_field(form, "uscc");
	return f ? f : form_field(form, "person_id_number");
}

/* Customers of this business who aren't through with it. Several orders may be right, so it is said and no mistake. */
static enum err warn_of_orders(struct judging *j, const struct form_field *f, const char *number, struct error *e)
{
	struct listing *l = j->l;
	char digest[DIGEST_TEXT_SIZE], message[MESSAGE];
	struct rows *rows = NULL;
	number_digest(l->d, number, digest);
	enum err r = store_query(l->d->store, SQL_LIST_ORDERS_OF_NUMBER, &rows, e, "tt", digest, l->form->business);
	bool said = false;
	while (!r && !said && rows_next(rows))
		if (!status_ended(rows_text(rows, 1))) {
			snprintf(message, sizeof message, tr("已有没办完的订单 %s（%s）", "has order %s that isn't over (%s)"), rows_text(rows, 0), status_title(rows_text(rows, 1)));
			listing_say(l->warnings, j->line->number, f, NULL, message);
			said = true;
		}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err judge_number(struct judging *j, const json_t *values, struct error *e)
{
	struct listing *l = j->l;
	const struct form_field *f = number_field(l->form);
	const char *number = customer_number(values);
	char message[MESSAGE];
	if (!f || !*number || json_object_get(j->told, f->name))
		return OK;
	const json_t *before = json_object_get(l->numbers, number), *draft = json_object_get(l->drafts, number);
	if (before) {
		snprintf(message, sizeof message, tr("与第 %lld 行重复", "stands on line %lld already"), (long long)json_integer_value(before));
		mistake(j, f, message);
		return OK;
	}
	json_object_set_new(l->numbers, number, json_integer((json_int_t)j->line->number));
	if (draft) {
		snprintf(message, sizeof message, tr("已有没办完的草稿 %s，请继续办理那一张", "has an unfinished draft %s; go on with that one"), json_string_value(draft));
		mistake(j, f, message);
		return OK;
	}
	return warn_of_orders(j, f, number, e);
}

/* The draft's values, merged strictly as keyed data are. */
static enum err settle(struct judging *j)
{
	struct error why = {0};
	json_t *values = json_deep_copy(j->l->base);
	enum err r = form_merge(j->l->form, j->l->d->codes, j->data, true, desk_now(j->l->d), values, &why);
	if (r == ERR_RULES_FIELD) {
		listing_say(j->l->mistakes, j->line->number, NULL, "", why.detail);
		j->line->good = false;
	} else if (!r) {
		form_prefill(j->l->form, NULL, values);
		j->line->values = json_incref(values);
	}
	json_decref(values);
	return r == ERR_RULES_FIELD ? OK : r;
}

static enum err judge_line(struct listing *l, const struct sheet_row *row, struct error *e)
{
	struct listing_line *line = &l->lines[l->count++];
	struct judging j = {l, line, json_object(), json_object()};
	*line = (struct listing_line){.number = row->line, .good = true};
	for (size_t i = 0; i < row->count; i++)
		if (l->columns[i] && row->cells[i].kind != SHEET_NOTHING)
			read_cell(&j, l->columns[i], &row->cells[i]);
	json_t *values = keyed(&j);
	drop_needless(&j, values);
	judge_fields(&j, values);
	enum err r = judge_number(&j, values, e);
	if (l->spoiled)
		line->good = false;
	if (!r && line->good && settle(&j))
		r = error_set(e, ERR_MEMORY, "%zu", row->line);
	json_decref(values);
	json_decref(j.data);
	json_decref(j.told);
	return r;
}

/* Who has an unfinished draft of the form. Drafts keep no digest of the number, so each is opened once. */
static enum err load_drafts(struct listing *l, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(l->d->store, SQL_LIST_DRAFTS_OF_FORM, &rows, e, "t", l->form->name);
	while (!r && rows_next(rows)) {
		size_t length;
		json_t *values = NULL;
		const void *blob = rows_blob(rows, 2, &length);
		r = datakey_open_json(l->d->store, rows_int(rows, 1), "draft.data", blob, length, &values, e);
		if (!r && *customer_number(values))
			json_object_set_new(l->drafts, customer_number(values), json_string(rows_text(rows, 0)));
		json_decref(values);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err listing_judge(struct listing *l, struct error *e)
{
	size_t lines = 0;
	char count[32];
	for (size_t i = l->head + 1; i < l->sheet.count; i++)
		lines += has_content(l, &l->sheet.rows[i]);
	snprintf(count, sizeof count, "%zu", lines);
	if (lines > IMPORT_LINES_MAX)
		return error_set(e, ERR_DESK_LIST_LINES, "%s", count);
	if (lines == 0)
		listing_say(l->mistakes, l->sheet.rows[l->head].line, NULL, tr("名单", "the list"), tr("表头下面没有内容", "there is nothing below the head row"));
	if (!(l->lines = calloc(lines + 1, sizeof *l->lines)))
		return error_set(e, ERR_MEMORY, "%s", count);
	enum err r = load_drafts(l, e);
	for (size_t i = l->head + 1; i < l->sheet.count && !r; i++)
		if (has_content(l, &l->sheet.rows[i]))
			r = judge_line(l, &l->sheet.rows[i], e);
	return r;
}
