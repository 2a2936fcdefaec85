/* A workbook to be filled in: one sheet with a head row, every cell text; choices as drop-downs; a sheet that explains. */
#ifndef CERTDESK_REPORT_TEMPLATE_H
#define CERTDESK_REPORT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct template_column {
	const char *heading, *note; /* note: shown beside the selected cell, "" is none */
	int width;
	bool required;              /* marked with * */
	bool several;               /* of the choices; spreadsheets offer one, so they are only named */
	const char **choices;
	size_t choice_count;
};
struct template {
	const char *sheet, *explanation, *choices; /* names of the sheets */
	const struct template_column *columns;
	size_t count, rows; /* so many rows are made ready */
	const char *const *lines; /* of the explanation */
	size_t line_count;
};

/* Whole or not at all: ERR_REPORT_PATH, ERR_REPORT_FULL, ERR_REPORT_WRITE, ERR_MEMORY. */
enum err template_write(const struct template *t, const char *path, struct error *e);

#endif
