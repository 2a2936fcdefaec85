/* The file and its head. */
#include "desk/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"

enum { HEAD_ROWS = 20, SHOWN = 120 };

void listing_say(json_t *list, size_t line, const struct form_field *field, const char *label, const char *message)
{
	char shown[SHOWN * 2];
	text_printable(shown, sizeof shown, label ? label : field ? text2_tr(&field->label) : "");
	json_array_append_new(list, json_pack("{sI ss ss ss}", "line", (json_int_t)line, "field", field ? field->name : "", "label", shown,
	                                      "message", message));
}

void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->count; i++)
		json_decref(l->lines[i].values);
	free(l->lines);
	sheet_free(&l->sheet);
	form_words_free(&l->words);
	json_decref(l->base);
	json_decref(l->numbers);
	json_decref(l->drafts);
	json_decref(l->mistakes);
	json_decref(l->warnings);
	*l = (struct listing){0};
}

size_t listing_good(const struct listing *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->count; i++)
		n += l->lines[i].good;
	return n;
}

/* How many of the row's cells name a field; 0 also where too little speaks for a head row. */
static size_t heading_count(const struct listing *l, const struct sheet_row *row)
{
	size_t named = 0, all = 0;
	for (size_t i = 0; i < row->count; i++) {
		all += row->cells[i].kind != SHEET_NOTHING;
		named += row->cells[i].kind == SHEET_TEXT && form_list_field(l->form, row->cells[i].text);
	}
	return named >= 2 || named == all ? named : 0;
}

static enum err find_head(struct listing *l, struct error *e)
{
	size_t most = 0, n;
	char some[SHOWN * 2] = "";
	for (size_t i = 0; i < l->sheet.count && i < HEAD_ROWS; i++)
		if ((n = heading_count(l, &l->sheet.rows[i])) > most) {
			most = n;
			l->head = i;
		}
	if (most)
		return OK;
	for (size_t i = 0; i < l->form->field_count; i++)
		if (l->form->fields[i].required && form_list_takes(&l->form->fields[i]) && strlen(some) < SHOWN)
			lang_list_add(some, sizeof some, text2_tr(&l->form->fields[i].label));
	return error_set(e, ERR_DESK_LIST_HEAD, "%s", some);
}

static bool column_filled(const struct listing *l, size_t column)
{
	for (size_t i = l->head + 1; i < l->sheet.count; i++)
		if (sheet_cell(&l->sheet.rows[i], column)->kind != SHEET_NOTHING)
			return true;
	return false;
}

static void unknown_column(struct listing *l, size_t line, const char *heading)
{
	char message[SHOWN * 3];
	const struct form_field *near = form_list_near(l->form, heading);
	if (near)
		snprintf(message, sizeof message, tr("申请表没有这一栏，是不是“%s”？请改表头，或删去这一列", "the form has no such field; is “%s” meant? Correct the heading or delete the column"),
		         text2_tr(&near->label));
	else
		snprintf(message, sizeof message, "%s", tr("申请表没有这一栏，请改表头，或删去这一列", "the form has no such field; correct the heading or delete the column"));
	listing_say(l->mistakes, line, NULL, heading, message);
}

static void read_heading(struct listing *l, size_t line, size_t column, const char *heading)
{
	const struct form_field *f = form_list_field(l->form, heading);
	if (!f && form_list_counts(heading)) {
		l->counts[column] = true;
		return;
	}
	if (!f) {
		unknown_column(l, line, heading);
		return;
	}
	if (!form_list_takes(f)) {
		listing_say(l->mistakes, line, f, heading, f->type == FIELD_BOOLEAN
			? tr("要由每位客户当面确认，不能写在名单里，请删去这一列", "is confirmed with each customer at the counter and can't be in a list; delete the column")
			: tr("由程序得出，不用填写，请删去这一列", "follows from other fields; delete the column"));
		return;
	}
	for (size_t i = 0; i < column; i++)
		if (l->columns[i] == f) {
			listing_say(l->mistakes, line, f, heading, tr("这一栏有两列，不知道用哪一列，请删去一列", "two columns are called so; delete one of them"));
			l->spoiled = true;
			return;
		}
	l->columns[column] = f;
}

static bool has_column(const struct listing *l, const struct form_field *field)
{
	for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
		if (l->columns[i] == field)
			return true;
	return false;
}

/* What a condition on a line asks for is the line's mistake; what every line lacks is the head's. */
static void miss_columns(struct listing *l, size_t line)
{
	for (size_t i = 0; i < l->form->field_count; i++) {
		const struct form_field *f = &l->form->fields[i];
		if (!form_list_takes(f) || !form_required(l->form, f, l->base) || json_object_get(l->base, f->name) || has_column(l, f) ||
			l->missing_count == SHEET_COLUMNS_MAX)
			continue;
		l->missing[l->missing_count++] = f;
		listing_say(l->mistakes, line, f, NULL, tr("名单缺少这一列，请加上", "the list lacks this column; add it"));
		l->spoiled = true;
	}
}

static void read_head(struct listing *l)
{
	const struct sheet_row *row = &l->sheet.rows[l->head];
	size_t widest = 0;
	char name[8], label[32];
	for (size_t i = 0; i < l->sheet.count; i++)
		widest = l->sheet.rows[i].count > widest ? l->sheet.rows[i].count : widest;
	for (size_t i = 0; i < widest; i++) {
		const struct sheet_cell *cell = sheet_cell(row, i);
		if (cell->kind != SHEET_NOTHING && *cell->text)
			read_heading(l, row->line, i, cell->text);
		else if (column_filled(l, i)) {
			sheet_column_name(i, name);
			snprintf(label, sizeof label, tr("%s 列", "column %s"), name);
			listing_say(l->mistakes, row->line, NULL, label, tr("有内容但没有表头，请写上表头，或删去这一列", "has values but no heading; write one, or delete the column"));
		}
	}
	miss_columns(l, row->line);
}

static enum err take_common(struct listing *l, const json_t *common, struct error *e)
{
	const char *name;
	json_t *value;
	l->base = form_defaults(l->form);
	json_object_foreach((json_t *)common, name, value) {
		const struct form_field *f = form_field(l->form, name);
		if (f && f->type == FIELD_BOOLEAN && !form_list_takes(f))
			return error_set(e, ERR_DESK_LIST_COMMON, "%s", text2_tr(&f->label));
	}
	return common ? form_merge(l->form, l->d->codes, common, true, desk_now(l->d), l->base, e) : OK;
}

static enum err read_file(struct listing *l, const struct import *what, struct error *e)
{
	struct bytes data = {0};
	enum err r = file_read(what->path, SHEET_FILE_MAX, &data, e);
	if (!r) {
		digest_text(data.data, data.length, l->digest);
		if (what->digest && strcmp(what->digest, l->digest) != 0)
			r = error_set(e, ERR_DESK_LIST_CHANGED, "%s", what->path);
	}
	if (!r)
		r = sheet_read(data.data, data.length, &l->sheet, e);
	bytes_free(&data);
	return r;
}

enum err listing_read(struct listing *l, const struct import *what, struct error *e)
{
	l->mistakes = json_array();
	l->warnings = json_array();
	l->numbers = json_object();
	l->drafts = json_object();
	if (!(l->words = form_words_new(l->d->codes)))
		return error_set(e, ERR_MEMORY, "%s", what->path);
	enum err r = take_common(l, what->common, e);
	if (!r)
		r = read_file(l, what, e);
	if (!r)
		r = find_head(l, e);
	if (!r)
		read_head(l);
	return r;
}
