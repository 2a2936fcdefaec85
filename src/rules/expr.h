/* Expressions in form definitions. Grammar: `${field}`, 'literals', numbers, true, false,
 * = != < > <= >=, and, or, not(), selected(${field}, 'code'), parentheses. An empty or absent
 * value is ''. A bare ${field} is true when it has a value that isn't false. Against
 * a number numbers are compared as such, anything else as text (dates in ISO form order
 * themselves so); with true or false the truth is compared, so that an absent value equals false. */
#ifndef CERTDESK_RULES_EXPR_H
#define CERTDESK_RULES_EXPR_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

struct expr;

/* ERR_RULES_EXPR: the detail says what was expected and where. Nesting is bounded to 32, the text to 4 KiB. */
enum err expr_parse(const char *text, struct expr **out, struct error *e);
void expr_free(struct expr **x);
bool expr_true(const struct expr *x, const json_t *values);
char *expr_text(const struct expr *x, const json_t *values); /* for calculation: ${unit_name}; new string */
/* Calls `visit` for each field that is named, as often as it is. */
void expr_fields(const struct expr *x, void (*visit)(const char *name, void *arg), void *arg);

#endif
