#include "ui/scr_table.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ui/scr_common.h"

static void write_value(const struct table_column *c, const json_t *value, char *out)
{
	char text[SCR_MONEY_SIZE];
	const json_t *each;
	size_t i;
	if (c->as == AS_MONEY && json_is_integer(value)) {
		text_copy(out, LIST_CELL_SIZE, scr_money(json_integer_value(value), text));
	} else if (c->as == AS_FLAG) {
		text_copy(out, LIST_CELL_SIZE, json_is_true(value) ? tr("是", "yes") : "");
	} else if (c->as == AS_LIST && json_is_array(value)) {
		json_array_foreach(value, i, each) {
			const char *name = json_is_string(each) ? json_string_value(each) : "";
			lang_list_add(out, LIST_CELL_SIZE, c->word ? c->word(name) : name);
		}
	} else if (json_is_integer(value)) {
		snprintf(out, LIST_CELL_SIZE, "%lld", (long long)json_integer_value(value));
	} else if (json_is_string(value) && (c->as == AS_TIME || c->as == AS_DAY)) {
		text_copy(out, LIST_CELL_SIZE, scr_time(json_string_value(value), text));
		if (c->as == AS_DAY)
			out[strlen(out) > 10 ? 10 : strlen(out)] = '\0';
	} else if (json_is_string(value)) {
		text_copy(out, LIST_CELL_SIZE,
			c->word && *json_string_value(value) ? c->word(json_string_value(value)) : json_string_value(value));
	}
}

static void write_due(const json_t *row, const char *due, char *out)
{
	char text[SCR_TIME_SIZE];
	scr_time(due, text);
	if (strlen(text) >= 10)
		snprintf(out, LIST_CELL_SIZE, "%s%.5s", json_flag(row, "late") ? tr("逾", "! ") : "", text + 5);
}

static void cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	struct table *t = arg;
	const json_t *object = json_array_get(t->rows, row);
	out[0] = '\0';
	const struct table_column *c = &t->columns[column];
	if (c->as == AS_DUE)
		write_due(object, json_text(object, c->key), out);
	else
		write_value(c, json_object_get(object, c->key), out);
	if (t->role && t->role(object) != ROLE_NORMAL)
		*role = t->role(object);
}

void table_start(struct table *t, const struct table_column *columns, const char *empty_zh, const char *empty_en)
{
	*t = (struct table){.columns = columns};
	for (int i = 0; columns[i].zh && i < TABLE_COLUMNS - 1; i++)
		t->heads[i] = (struct list_column){.zh = columns[i].zh, .en = columns[i].en, .width = columns[i].width,
			.right = columns[i].as == AS_MONEY || columns[i].as == AS_NUMBER, .from = columns[i].from};
	t->list = (struct list){.columns = t->heads, .cell = cell, .arg = t, .empty_zh = empty_zh, .empty_en = empty_en};
}

void table_end(struct table *t)
{
	json_decref(t->rows);
	t->rows = NULL;
}

void table_set(struct table *t, json_t *rows)
{
	json_decref(t->rows);
	t->rows = rows;
	list_set_count(&t->list, json_array_size(rows));
}

void table_add(struct table *t, json_t *rows)
{
	if (!t->rows)
		t->rows = json_array();
	json_array_extend(t->rows, rows);
	json_decref(rows);
	list_set_count(&t->list, json_array_size(t->rows));
}

const json_t *table_row(const struct table *t)
{
	return json_array_get(t->rows, t->list.selected);
}

const char *table_text(const struct table *t, const char *key)
{
	const json_t *row = table_row(t);
	return row ? json_text(row, key) : "";
}
