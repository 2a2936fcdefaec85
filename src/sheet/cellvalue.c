#include "sheet/cellvalue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { DAY = 86400, SERIAL_1970 = 25569, SERIAL_LAST = 2958465, DAYS_1904 = 1462 };

bool format_is_date(unsigned id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58);
}

bool format_code_is_date(const char *code)
{
	for (const char *s = code; *s && *s != ';'; s++) {
		if (*s == '"' || *s == '[') { /* words, colours and languages are no part of it */
			char end = *s == '"' ? '"' : ']';
			if (!(s = strchr(s + 1, end)))
				return false;
		} else if ((*s == '\\' || *s == '_' || *s == '*') && s[1])
			s++;
		else if (strchr("yYdD", *s))
			return true;
	}
	return false;
}

static enum sheet_kind serial_date(double serial, bool from_1904, char out[64])
{
	double day = floor(serial) + (from_1904 ? DAYS_1904 : 0);
	if (day < 1 || day > SERIAL_LAST)
		return SHEET_NUMBER;
	civil_date_text(civil_to_utc((struct civil){1970, 1, 1, 0, 0, 0}) + (int64_t)(day - SERIAL_1970) * DAY, out);
	return SHEET_DATE;
}

enum sheet_kind number_value(const char *stored, bool date, bool from_1904, char out[64])
{
	char *end;
	text_copy(out, 64, stored);
	double value = strtod(stored, &end);
	if (strspn(stored, "0123456789+-.eE") != strlen(stored) || end == stored || *end || !isfinite(value))
		return SHEET_ERROR;
	if (date && serial_date(value, from_1904, out) == SHEET_DATE)
		return SHEET_DATE;
	if (fabs(value) >= 1e15)
		return SHEET_LOST;
	snprintf(out, 64, value == floor(value) ? "%.0f" : "%.15g", value);
	return SHEET_NUMBER;
}
