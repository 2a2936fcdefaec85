/* What reading a form and examining it share; for src/rules/form_*.c alone. */
#ifndef CERTDESK_RULES_FORM_LOAD_H
#define CERTDESK_RULES_FORM_LOAD_H

#include "base/bytes.h"
#include "base/yaml.h"
#include "rules/form.h"

struct loader {
	struct form *form;
	struct code_tables *codes;
	struct mistakes *m;
	struct yaml_at *places; /* of each field */
	struct yaml_at *heads;  /* of each section, as this form has it */
	struct used {           /* the forms whose sections this one uses */
		struct yaml *doc;
		struct bytes text;
		char *name;
	} used[4];
	size_t used_count;
	bool lost; /* one of them can't be read: what this form misses by that is no mistake of its own */
	bool memory_ended;
};

/* The fields of a section, in their order: those of the section `from` that it uses, without the ones left out and with its
 * own in place of those of the same name, then its own others. At most `most`; the count. */
size_t form_section_fields(struct loader *l, struct yaml_at section, struct yaml_at from, struct yaml_at *out, size_t most);
/* The section of another form that this one uses; nothing where it uses none. */
struct yaml_at form_section_used(struct loader *l, struct yaml_at section);
void form_used_free(struct loader *l);

/* Adds every mistake that the schema can't see: names, references, tables, what fits a type. */
void form_examine(struct loader *l, struct yaml_at root);

#endif
