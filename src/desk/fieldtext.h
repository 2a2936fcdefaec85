/* How codes and a form's values read for people. */
#ifndef CERTDESK_DESK_FIELDTEXT_H
#define CERTDESK_DESK_FIELDTEXT_H

#include "desk/desk.h"

/* What a code of forms/codes/TABLE.tsv means, in the program's language; the code itself where the table has none. */
const char *code_text(struct desk *d, const char *table, const char *code);
/* A field's value as it reads: names of codes (regions with their parents'), yes and no, calculations. */
void field_text(struct desk *d, const struct form *form, const struct form_field *field, const json_t *values, char *out, size_t size);

/* Whether a field's value is masked where it is shown: numbers, phones, addresses of a person. Names aren't: they are what a reviewer compares,
 * what the customer signs and what stands in the certificate. */
bool field_hidden(const struct form *form, const struct form_field *field, const json_t *values);

#endif
