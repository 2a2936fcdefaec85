/* Where the fields of a form stand, and in what order they are gone through. No screen in it. */
#ifndef CERTDESK_UI_FORM_LAYOUT_H
#define CERTDESK_UI_FORM_LAYOUT_H

#include "rules/form.h"

#define FORM_TWO_COLUMNS 120 /* from this width on two fields stand beside each other */
#define FORM_NO_FIELD ((size_t)-1)

enum form_item_kind { ITEM_SECTION, ITEM_FIELD, ITEM_NOTE };

struct form_item {
	enum form_item_kind kind;
	size_t index;     /* of form->sections or form->fields */
	int row, rows;    /* from the form's top */
	int left;         /* column where the label's space begins */
	int field, width; /* column and columns of the field; `room` is all there is for it */
	int room;
};

struct form_layout {
	struct form_item *items;
	size_t count;
	int rows, columns, label_columns;
};

/* Lays out what is relevant for these values. ERR_MEMORY. */
enum err form_layout_make(const struct form *form, const json_t *values, int columns, struct form_layout *out);
void form_layout_free(struct form_layout *layout);
const struct form_item *form_layout_of(const struct form_layout *layout, size_t field); /* NULL */

/* The field can have the focus: relevant, no note, not locked. */
bool form_can_focus(const struct form *form, const json_t *values, size_t field);
/* The next (by 1) or previous (by -1) such field after `from`; FORM_NO_FIELD at the form's end. */
size_t form_step(const struct form *form, const json_t *values, size_t from, int by);
/* The next field that is required and empty, going round; FORM_NO_FIELD where there is none but `from`. */
size_t form_next_missing(const struct form *form, const json_t *values, size_t from);
/* The first field of the next or previous section that has one. */
size_t form_step_section(const struct form *form, const json_t *values, size_t from, int by);
bool form_is_empty(const struct form_field *field, const json_t *values);
size_t form_count_missing(const struct form *form, const json_t *values);

#endif
