/* Many customers at once: a list, a person or unit a line, becomes drafts of a form of a new application. */
#ifndef CERTDESK_DESK_IMPORT_H
#define CERTDESK_DESK_IMPORT_H

#include "desk/desk.h"

enum { IMPORT_LINES_MAX = 2000 };

struct import {
	const char *form, *path;
	const json_t *common; /* values that every line has unless it says otherwise; NULL: none but the form's defaults */
	bool check;           /* judges and makes nothing */
	bool good_part;       /* imports the lines without a mistake although others have one */
	const char *digest;   /* what import_list said of this file; NULL: any content will do */
};

/* Judges every line of a list (sheet/sheet.h: CSV or .xlsx) as if it had been keyed into the form, and makes drafts of all
 * of it, or of its good part, in one transaction; or none. What is confirmed with each customer at the counter can't be in a
 * list. Mistakes besides the form's: a column that names no field, stands twice or is missing although required; a cell whose
 * digits are lost, or without a value; a number that stands on an earlier line or in an unfinished draft. Warnings: an order
 * of the same business that isn't over; what a choice on the line makes needless, which isn't taken.
 * *out, also with ERR_DESK_LIST: {"file","digest","lines","good","drafts":[order number, …],"mistakes":[{"line","field","label",
 * "message"}],"warnings":[…the same]}; a line is the file's, "field" is "" where a column names none.
 * ERR_DESK_LIST (mistakes; or good_part and no line is good): nothing was made. ERR_DESK_NO_FORM, ERR_DESK_LIST_FORM, _HEAD,
 * _LINES, _COMMON, _CHANGED, ERR_RULES_FIELD (`common`), ERR_SHEET_*, ERR_CSV, ERR_FILE_*. */
enum err import_list(struct desk *d, const struct import *what, json_t **out, struct error *e);

/* Writes a workbook to fill in: a column for each field that a list can have, its choices as drop-downs, everything as text.
 * *out: {"path","columns"}. ERR_DESK_NO_FORM, ERR_DESK_LIST_FORM, ERR_REPORT_*. */
enum err import_template(struct desk *d, const char *form, const char *path, json_t **out, struct error *e);

#endif
