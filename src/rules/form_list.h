/* A list whose lines are values of a form, a person or unit a line: what a heading means and what a cell says. Pure. */
#ifndef CERTDESK_RULES_FORM_LIST_H
#define CERTDESK_RULES_FORM_LIST_H

#include "rules/form.h"

/* Whether a list can hold the field: it is keyed, and not confirmed with each customer at the counter. */
bool form_list_takes(const struct form_field *field);
/* The field that a heading names: by its name, or its label in either language, alone or behind its section's; spaces, case,
 * width, "*" and a remark in brackets at the end don't count. Of equal labels the first field's. NULL where there is none. */
const struct form_field *form_list_field(const struct form *form, const char *heading);
/* A field whose label holds the heading, or is held by it: what may have been meant. NULL. */
const struct form_field *form_list_near(const struct form *form, const char *heading);
/* 序号, No., #: a column that only counts. */
bool form_list_counts(const char *heading);
/* The field's heading in the program's language, with its section where the label alone means another field. */
void form_list_heading(const struct form *form, const struct form_field *field, char *out, size_t size);

/* Choices by code and by every name, gathered when first asked for. */
struct form_words;
struct form_words *form_words_new(struct code_tables *codes); /* NULL when memory ends */
void form_words_free(struct form_words **words);
/* The cell as the field's JSON value: codes by code or by name in either language (a region with its parents), several of them
 * with 、 between; 是 and 否, yes and no; text as it stands. NULL with the reason in `out`, which names the line's mistake. */
json_t *form_words_value(struct form_words *words, const struct form_field *field, const char *text, struct check_result *out);

#endif
