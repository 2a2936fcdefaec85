#include "ui/form_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/wrap.h"

#define LABEL_MOST 30 /* what has to be confirmed is a short sentence */
#define WIDTH_USUAL 30

static int label_columns(const struct form *form)
{
	int most = 8;
	for (size_t i = 0; i < form->field_count; i++) {
		int width = form->fields[i].type == FIELD_NOTE ? 0 : text_width(text2_tr(&form->fields[i].label));
		if (width > most)
			most = width;
	}
	return most < LABEL_MOST ? most : LABEL_MOST;
}

static int field_width(const struct form_field *field, int room)
{
	int width = room;
	if (field->type == FIELD_TEXT)
		width = (field->width > 0 ? field->width : WIDTH_USUAL) + field->fixed; /* one more for the cursor behind a full field */
	return width < room ? width : room;
}

/* Selects show their options side by side; they want the whole row. */
static bool wants_row(const struct form_field *field, int half_room)
{
	return (field->type == FIELD_TEXT && field->width > half_room) || field->type == FIELD_SELECT_MANY;
}

/* What has nothing beside it has the whole row: options are seen all at once, and hints whole. */
static void widen(struct form_layout *out)
{
	for (size_t i = 0; i < out->count; i++) {
		struct form_item *item = &out->items[i];
		bool alone = i + 1 == out->count || out->items[i + 1].row != item->row;
		if (item->kind == ITEM_FIELD && item->left == 0 && alone)
			item->room = out->columns - item->field - 3;
	}
}

struct laying {
	struct form_layout *out;
	bool two, right; /* the next field goes to the right half */
};

static void place(struct laying *l, struct form_item item, bool whole, const struct form_field *field)
{
	struct form_layout *out = l->out;
	int half = l->two ? out->columns / 2 : out->columns;
	if (whole && l->right) {
		out->rows++;
		l->right = false;
	}
	item.left = l->right ? half : 0;
	item.row = out->rows;
	item.field = item.left + 1 + out->label_columns + 3;
	item.room = (whole ? out->columns : item.left + half) - item.field - 3;
	item.width = field ? field_width(field, item.room) : 0;
	out->items[out->count++] = item;
	if (l->two && !whole && !l->right) {
		l->right = true;
	} else {
		out->rows += item.rows;
		l->right = false;
	}
}

static void place_field(struct laying *l, const struct form *form, size_t index)
{
	const struct form_field *field = &form->fields[index];
	int half_room = l->out->columns / 2 - l->out->label_columns - 7;
	if (field->type == FIELD_NOTE) {
		int rows = wrap_count(text2_tr(&field->label), l->out->columns - 4);
		place(l, (struct form_item){.kind = ITEM_NOTE, .index = index, .rows = rows}, true, NULL);
		return;
	}
	place(l, (struct form_item){.kind = ITEM_FIELD, .index = index, .rows = 1}, !l->two || wants_row(field, half_room),
		  field);
}

enum err form_layout_make(const struct form *form, const json_t *values, int columns, struct form_layout *out)
{
	struct laying l = {.out = out, .two = columns >= FORM_TWO_COLUMNS};
	form_layout_free(out);
	out->items = calloc(form->section_count + form->field_count + 1, sizeof *out->items);
	if (!out->items)
		return ERR_MEMORY;
	out->columns = columns;
	out->label_columns = label_columns(form);
	for (size_t s = 0; s < form->section_count; s++) {
		const struct form_section *section = &form->sections[s];
		bool headed = false;
		for (size_t i = section->first; i < section->first + section->count; i++) {
			if (form->fields[i].type == FIELD_HIDDEN || !form_relevant(form, &form->fields[i], values))
				continue;
			if (!headed)
				place(&l, (struct form_item){.kind = ITEM_SECTION, .index = s, .rows = 1}, true, NULL);
			headed = true;
			place_field(&l, form, i);
		}
	}
	out->rows += l.right;
	widen(out);
	return OK;
}

void form_layout_free(struct form_layout *layout)
{
	free(layout->items);
	*layout = (struct form_layout){0};
}

const struct form_item *form_layout_of(const struct form_layout *layout, size_t field)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->items[i].kind != ITEM_SECTION && layout->items[i].index == field)
			return &layout->items[i];
	return NULL;
}

bool form_can_focus(const struct form *form, const json_t *values, size_t field)
{
	const struct form_field *f = &form->fields[field];
	return f->type != FIELD_NOTE && f->type != FIELD_CALCULATE && form_relevant(form, f, values) &&
		   !form_readonly(form, f, values);
}

size_t form_step(const struct form *form, const json_t *values, size_t from, int by)
{
	size_t i = from;
	if (from == FORM_NO_FIELD && by < 0)
		i = form->field_count;
	for (i += (size_t)by; i < form->field_count; i += (size_t)by)
		if (form_can_focus(form, values, i))
			return i;
	return FORM_NO_FIELD;
}

bool form_is_empty(const struct form_field *field, const json_t *values)
{
	const json_t *v = json_object_get(values, field->name);
	if (!v || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0) ||
		(json_is_array(v) && json_array_size(v) == 0))
		return true;
	return field->type == FIELD_BOOLEAN && !field->either && !json_is_true(v);
}

static bool is_missing(const struct form *form, const json_t *values, size_t i)
{
	return form_can_focus(form, values, i) && form_required(form, &form->fields[i], values) &&
	       form_is_empty(&form->fields[i], values);
}

size_t form_next_missing(const struct form *form, const json_t *values, size_t from)
{
	size_t start = from == FORM_NO_FIELD ? form->field_count - 1 : from;
	for (size_t k = 1; k <= form->field_count; k++) {
		size_t i = (start + k) % form->field_count;
		if (i != from && is_missing(form, values, i))
			return i;
	}
	return FORM_NO_FIELD;
}

size_t form_count_missing(const struct form *form, const json_t *values)
{
	size_t count = 0;
	for (size_t i = 0; i < form->field_count; i++)
		count += is_missing(form, values, i);
	return count;
}

size_t form_step_section(const struct form *form, const json_t *values, size_t from, int by)
{
	if (from == FORM_NO_FIELD)
		return form_step(form, values, from, 1);
	size_t section = form->fields[from].section;
	for (section += (size_t)by; section < form->section_count; section += (size_t)by) {
		const struct form_section *s = &form->sections[section];
		for (size_t i = s->first; i < s->first + s->count; i++)
			if (form_can_focus(form, values, i))
				return i;
	}
	return FORM_NO_FIELD;
}
