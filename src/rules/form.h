/* Form definitions: what is keyed in for a business, read from forms/NAME.yaml and
 * checked whole. Words as in XLSForm: type, name, label, hint, required, relevant,
 * constraint, readonly, calculation, choices. Values are one JSON object
 * {field: string | true/false | [string, …]}; a field without a value is left out.
 * Everything here is pure: no screen, no store. */
#ifndef CERTDESK_RULES_FORM_H
#define CERTDESK_RULES_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypt.h"
#include "base/error.h"
#include "rules/check.h"
#include "rules/codes.h"

enum field_type {
	FIELD_TEXT,       /* keyed text, judged by `check` */
	FIELD_SELECT_ONE, /* a code of `choices` */
	FIELD_SELECT_MANY,/* codes of `choices` */
	FIELD_BOOLEAN,    /* acknowledge: yes or no, and required is yes; yes_no: required is an answer (`either`) */
	FIELD_NOTE,       /* text shown, nothing keyed */
	FIELD_HIDDEN,     /* set by the program, for conditions: neither shown nor keyed */
	FIELD_CALCULATE   /* shown, follows its calculation, never keyed or stored */
};
/* Whose a value is: it is the customer's and on file for the next order, where another value is a change of data; or this
 * order's, only proposed the next time; or it is asked anew each time. */
enum field_keep { KEEP_CUSTOMER, KEEP_ORDER, KEEP_NEVER };
enum field_input { INPUT_ANY, INPUT_LATIN, INPUT_CHINESE }; /* what the input method is switched to */

struct text2 {
	char *zh, *en;
};
const char *text2_tr(const struct text2 *t); /* "" where there is none */

struct expr; /* see expr.h */

struct form_field {
	char *name;
	enum field_type type;
	struct text2 label, hint, help; /* hint: one line beside the field; help: F1 */
	const struct check *check;      /* FIELD_TEXT; `text` where the definition names none and no check_by */
	char *check_by;                 /* the check's kind comes from this field's value (…_id_kind), or NULL */
	char *choices;                  /* code table, or NULL; of a FIELD_TEXT only suggestions,
		whose names are the values */
	struct expr *required, *relevant, *readonly, *constraint, *calculation; /* NULL: no, yes, no, none, none */
	struct text2 constraint_message;
	char *preset;    /* default value, or NULL; "${field}" follows that field while it is empty itself */
	int width;       /* columns on the screen */
	int limit;       /* most characters (code points) */
	bool fixed;      /* of fixed length `limit`: the form goes on by itself when it is full */
	bool either;     /* of a FIELD_BOOLEAN: no is an answer as good as yes */
	bool is_signed;  /* a later change voids the signature */
	bool personal;   /* masked on lists */
	enum field_input input;
	enum field_keep keep;
	size_t section;
	int line; /* in its file */
};

struct form_section {
	char *name;
	struct text2 label;
	struct expr *relevant;
	size_t first, count; /* of form->fields */
};

struct form {
	char *name;     /* new-unit */
	char *business; /* new */
	char *customer; /* unit | person | any */
	struct text2 title;
	int version;
	char digest[DIGEST_TEXT_SIZE]; /* of the file, and of those whose sections it uses */
	size_t section_count, field_count;
	struct form_section *sections;
	struct form_field *fields;
};

/* Reads and checks a definition, with the sections that it uses of other forms beside it: schema, unique names, expressions that name fields, code tables that exist,
 * both languages. Every mistake is one line "FILE:LINE: what" of ERR_RULES_FORM's detail. */
enum err form_load(const char *path, struct code_tables *codes, struct form **out, struct error *e);
void form_free(struct form **form);
/* The same with every mistake in `m`; NULL where there is one (none there: memory ended). */
struct form *form_read(const char *path, struct code_tables *codes, struct mistakes *m);
/* Checks all of a forms/ directory (forms, code tables, texts): adds every mistake to `m`. ERR_MEMORY. */
enum err forms_examine(const char *dir, struct mistakes *m);
/* The same as an error, ERR_RULES_FORM, whose detail has as many lines as fit. */
enum err forms_check(const char *dir, struct error *e);

/* The check that holds for a field as its values stand: its own, or that of its check_by. NULL for other types. */
const struct check *form_check(const struct form *form, const struct form_field *field, const json_t *values);
/* Most characters the field takes just now: its limit, or the check's where that is less. */
int form_limit(const struct form *form, const struct form_field *field, const json_t *values);

const struct form_field *form_field(const struct form *form, const char *name); /* NULL */

/* States that follow from the values. A field of a section that isn't relevant isn't either. */
bool form_relevant(const struct form *form, const struct form_field *field, const json_t *values);
/* Whether it stands where an order's data are shown: a question that was asked, no note and nothing that the program keeps for itself. */
bool form_shown(const struct form *form, const struct form_field *field, const json_t *values);
bool form_required(const struct form *form, const struct form_field *field, const json_t *values);
bool form_readonly(const struct form *form, const struct form_field *field, const json_t *values);
/* What the field shows: its value, its calculation, or "". Select fields give the code. New string. */
char *form_value_text(const struct form *form, const struct form_field *field, const json_t *values);

/* What the form starts with: every `default` that is a value. New object. */
json_t *form_defaults(const struct form *form);
/* Answers every question with no that nobody was asked: FIELD_BOOLEANs with `either` that have no value. */
void form_answer_no(const struct form *form, json_t *values);
/* Whether the field's default is another field's value: that of `source`, or with NULL of any. */
bool form_follows(const struct form_field *field, const char *source);
/* Gives empty fields that follow `source` (NULL: any field) its value. */
void form_prefill(const struct form *form, const char *source, json_t *values);
/* Puts data from outside into `values`, each normalised: unknown fields, wrong JSON types, codes that aren't in
 * their table and values over their limit are ERR_RULES_FIELD (detail "label (name): why"); with `strict` also
 * relevant values that fail their check. What a choice leaves out is kept. Read-only and calculated fields are
 * refused. A number may be a JSON integer. `values` is unchanged on error. */
enum err form_merge(const struct form *form, struct code_tables *codes, const json_t *data, bool strict, int64_t today,
                    json_t *values, struct error *e);
/* Sets one field from what was typed (normalised); no judgement. A select takes its code. */
enum err form_set(const struct form *form, const struct form_field *field, const char *typed, json_t *values);

/* What a screen keeps: `typed` as it stands, right or wrong, over `kept`. Of it counts what the form lets one key: fields that it
 * has, and neither hidden, calculated nor read-only ones, which stay as they are in `kept`. New object; NULL: memory. */
json_t *form_keep_typed(const struct form *form, const json_t *kept, const json_t *typed);
/* Whether an acknowledgement is given and asked for: what a choice left out says nothing. */
bool form_says(const struct form *form, const json_t *values, const char *name);

/* Judges one field as it stands: required and empty, check, constraint, code known. */
void form_judge(const struct form *form, struct code_tables *codes, const struct form_field *field,
                const json_t *values,
                int64_t today, struct check_result *out);
/* Judges all relevant fields. Returns the first mistake's field or NULL; `mistakes` (may be NULL) gets
 * [{"field":…, "label":…, "message":…, "verdict":"invalid"|"warn"}, …]; only "invalid" counts. */
const struct form_field *form_judge_all(const struct form *form, struct code_tables *codes, const json_t *values,
                                        int64_t today,
                                        json_t **mistakes);

/* Names, ", " between them, of the customer's data that differ between two sets of values: "" where none. Fields that aren't
 * relevant in `after` don't count, nor with `only_signed` those that aren't signed. New string. */
char *form_changes(const struct form *form, const json_t *before, const json_t *after, bool only_signed);
/* Takes what is asked anew each time out of the values. */
void form_forget(const struct form *form, json_t *values);

/* The canonical object of signed, relevant fields: what a signature is over. New object. */
json_t *form_signed_values(const struct form *form, const json_t *values);

#endif
