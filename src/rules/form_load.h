/* What reading a form and examining it share; for src/rules/form_*.c alone. */
#ifndef CERTDESK_RULES_FORM_LOAD_H
#define CERTDESK_RULES_FORM_LOAD_H

#include "base/yaml.h"
#include "rules/form.h"

struct loader {
	struct form *form;
	struct code_tables *codes;
	struct mistakes *m;
	struct yaml_at *places; /* of each field */
	bool memory_ended;
};

/* Adds every mistake that the schema can't see: names, references, tables, what fits a type. */
void form_examine(struct loader *l, struct yaml_at root);

#endif
