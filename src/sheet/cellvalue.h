/* What a cell of a workbook says: numbers, dates by their format, and digits that are lost. Pure; private to src/sheet. */
#ifndef CERTDESK_SHEET_CELLVALUE_H
#define CERTDESK_SHEET_CELLVALUE_H

#include <stdbool.h>

#include "sheet/sheet.h"

/* Whether a number format shows a date, by its built-in id or its code ("yyyy-mm-dd", `yyyy"年"m"月"`, `[$-804]d`). */
bool format_is_date(unsigned id);
bool format_code_is_date(const char *code);

/* A stored number as `out`. A spreadsheet keeps 15 digits, so a longer whole number is SHEET_LOST. SHEET_ERROR where it is no
 * number. With `date` a serial day becomes its date (`from_1904`: as old Macs count). */
enum sheet_kind number_value(const char *stored, bool date, bool from_1904, char out[64]);

#endif
