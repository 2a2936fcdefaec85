#include "sheet/sheet.h"

#include <string.h>

#include "base/child.h"
#include "base/text.h"
#include "sheet/internal.h"

enum { ANSWER_MAX = 48 << 20 };

struct job {
	const void *data;
	size_t length;
	struct bytes cells;
};

/* In the child. */
static enum err work(void *context, struct child_answer *answer, struct error *e)
{
	struct job *job = context;
	enum err r = book_read(job->data, job->length, &job->cells, e);
	answer->data = r ? NULL : job->cells.data;
	answer->length = r ? 0 : job->cells.length;
	return r;
}

/* The child's word counts for nothing but its form: what doesn't fit is a damaged workbook. */
static enum err take_cells(const struct bytes *cells, struct sheet *out, struct error *e)
{
	enum err r = OK;
	for (size_t at = 0; !r && at < cells->length;) {
		uint32_t head[4];
		if (cells->length - at < sizeof head)
			return error_set(e, ERR_SHEET_BROKEN, "%zu", at);
		memcpy(head, cells->data + at, sizeof head);
		at += sizeof head;
		const char *text = (const char *)cells->data + at;
		if (cells->length - at < head[3] || head[3] > SHEET_TEXT_MAX || head[2] >= SHEET_KINDS || !head[0] ||
			memchr(text, 0, head[3]) || !text_valid(text, head[3]))
			return error_set(e, ERR_SHEET_BROKEN, "%zu", at);
		at += head[3];
		r = sheet_add(out, head[0], head[1], (enum sheet_kind)head[2], text, head[3], e);
	}
	return r;
}

static enum err from_book(const void *data, size_t length, struct sheet *out, struct error *e)
{
	static const struct child_errors errors = {"xlsx", ERR_SHEET_BROKEN, ERR_SHEET_SLOW};
	struct job job = {.data = data, .length = length};
	struct child_answer answer;
	struct bytes cells = {0};
	enum err r = child_run(work, &job, ANSWER_MAX, &errors, &answer, &cells, e);
	if (!r)
		r = take_cells(&cells, out, e);
	bytes_free(&cells);
	return r;
}

/* Excel keeps a workbook with a password, and every old one, in another kind of file. */
static enum err compound(const void *data, size_t length, struct error *e)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	return error_set(e, memmem(data, length, name, sizeof name) ? ERR_SHEET_ENCRYPTED : ERR_SHEET_OLD, "%s", "");
}

enum err sheet_read(const void *data, size_t length, struct sheet *out, struct error *e)
{
	*out = (struct sheet){0};
	enum err r;
	if (length == 0)
		r = error_set(e, ERR_SHEET_EMPTY, "%s", "");
	else if (length > SHEET_FILE_MAX)
		r = error_set(e, ERR_FILE_TOO_BIG, "%zu > %d", length, SHEET_FILE_MAX);
	else if (length >= 8 && memcmp(data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
		r = compound(data, length, e);
	else if (length >= 4 && (memcmp(data, "PK\3\4", 4) == 0 || memcmp(data, "PK\5\6", 4) == 0))
		r = from_book(data, length, out, e);
	else
		r = sheet_from_text(data, length, out, e);
	if (r)
		sheet_free(out);
	else
		sheet_finish(out);
	return r;
}
