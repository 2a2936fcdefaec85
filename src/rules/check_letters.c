#include <utf8proc.h>

#include "base/text.h"
#include "rules/check_kinds.h"

bool letter_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

bool letter_id(uint32_t c)
{
	return letter_digit(c) || (c >= 'A' && c <= 'Z');
}

bool letter_uscc(uint32_t c)
{
	return letter_id(c);
}

bool letter_phone(uint32_t c)
{
	return letter_digit(c) || c == '-' || c == '+';
}

static bool is_han(uint32_t c)
{
	return c == 0x3007 || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 &&
	    c <= 0x3FFFF);
}

bool letter_officer(uint32_t c)
{
	return letter_id(c) || is_han(c) || c == '(' || c == ')';
}

bool letter_permit(uint32_t c)
{
	return letter_id(c) || c == '(' || c == ')';
}

bool letter_date(uint32_t c)
{
	return letter_digit(c) || c == '-' || c == '/' || c == '.' || is_han(c);
}

bool letter_receipt(uint32_t c)
{
	return letter_id(c) || c == '-' || c == '_' || c == '/' || c == '.' || is_han(c);
}

/* What may stand in any text of one line: all that shows; nothing that controls, hides or turns direction. */
bool letter_text(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return c != TEXT_INVALID && (c & 0xFFFE) != 0xFFFE;
	}
}

static bool is_letter_or_mark(uint32_t c)
{
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
	return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_ME) || c == 0x3007;
}

bool letter_name(uint32_t c)
{
	return is_letter_or_mark(c) || c == 0xB7 || c == ' ' || c == '\'' || c == 0x2019 || c == '-' || c == '.' ||
	       utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_CO || (is_han(c) && letter_text(c));
}

bool letter_unit(uint32_t c)
{
	return letter_text(c);
}

bool letter_email(uint32_t c)
{
	return c > ' ' && letter_text(c) && utf8proc_category((utf8proc_int32_t)c) != UTF8PROC_CATEGORY_ZS;
}
