/* A list being judged. Private to src/desk. */
#ifndef CERTDESK_DESK_LISTING_H
#define CERTDESK_DESK_LISTING_H

#include "desk/import.h"
#include "rules/form_list.h"
#include "sheet/sheet.h"

struct listing_line {
	size_t number; /* of the file */
	bool good;
	json_t *values; /* of the draft it becomes, where it is good */
};

struct listing {
	struct desk *d;
	const struct form *form;
	struct sheet sheet;
	char digest[DIGEST_TEXT_SIZE];
	json_t *base; /* defaults and common values */
	size_t head;  /* its index in the sheet's rows */
	const struct form_field *columns[SHEET_COLUMNS_MAX];
	bool counts[SHEET_COLUMNS_MAX]; /* columns of line numbers */
	const struct form_field *missing[SHEET_COLUMNS_MAX]; /* required columns that aren't there */
	size_t missing_count;
	bool spoiled; /* the head leaves it open what the lines say: none is good */
	struct form_words *words;
	json_t *numbers; /* {customer's number: line} */
	json_t *drafts;  /* {customer's number: order} */
	struct listing_line *lines;
	size_t count;
	json_t *mistakes, *warnings;
};

/* The form, if a list can be of it: it is about nothing but its data. ERR_DESK_NO_FORM, ERR_DESK_LIST_FORM. */
enum err import_form(struct desk *d, const char *name, const struct form **form, struct error *e);
/* Reads the file and its head, and puts `common` over the form's defaults; what import_list says. */
enum err listing_read(struct listing *l, const struct import *what, struct error *e);
/* Judges the lines against form, list and store. ERR_STORE_*, ERR_MEMORY. */
enum err listing_judge(struct listing *l, struct error *e);
void listing_free(struct listing *l);
size_t listing_good(const struct listing *l);
/* Adds a mistake or a warning to one of the two lists. */
void listing_say(json_t *list, size_t line, const struct form_field *field, const char *label, const char *message);

#endif
