/* What merging and judging a form share; for src/rules/form_*.c alone. */
#ifndef CERTDESK_RULES_FORM_VALUES_H
#define CERTDESK_RULES_FORM_VALUES_H

#include "rules/form.h"

/* False with the reason in `out` where a code of the value (one or a list) isn't in the field's table. */
bool form_codes_known(struct code_tables *codes, const struct form_field *field, const json_t *value,
                      struct check_result *out);
/* Limit, check and constraint of a value that is there. */
void form_judge_value(const struct form *form, struct code_tables *codes, const struct form_field *field,
                      const json_t *values, int64_t today, struct check_result *out);
size_t form_characters(const char *text);

#endif
