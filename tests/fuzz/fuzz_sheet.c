/* libFuzzer on lists: text and workbooks as they come, and a workbook's parts behind a head that makes them whole. */
#include "fuzz.h"

#include <string.h>

#include "sheet/internal.h"

/* The workbook's reader without its child, which a fuzzer couldn't look into. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sheet s = {0};
	struct bytes cells = {0};
	if (sheet_from_text(data, size, &s, NULL) == OK) {
		sheet_finish(&s);
		for (size_t i = 0; i < s.count; i++)
			for (size_t k = 0; k < s.rows[i].count; k++)
				must(strlen(sheet_cell(&s.rows[i], k)->text) <= SHEET_TEXT_MAX);
	}
	sheet_free(&s);
	book_read(data, size, &cells, NULL);
	bytes_free(&cells);
	return 0;
}
