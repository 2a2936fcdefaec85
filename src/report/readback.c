#include "report/readback.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { END_SIZE = 22, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, WINDOW = 16 * 1024, STEP = 64 * 1024 };

struct archive {
	const uint8_t *data;
	size_t length;
};

/* A part's first and last bytes, as they come out. */
struct ends {
	uint64_t total;
	size_t first_length;
	char first[WINDOW + 1], last[WINDOW + 1];
};

static uint64_t number(const uint8_t *p, int bytes)
{
	uint64_t n = 0;
	for (int i = bytes; i-- > 0;)
		n = n << 8 | p[i];
	return n;
}

static void keep(struct ends *ends, const uint8_t *data, size_t n)
{
	if (ends->first_length < WINDOW) {
		size_t take = n < WINDOW - ends->first_length ? n : WINDOW - ends->first_length;
		memcpy(ends->first + ends->first_length, data, take);
		ends->first_length += take;
		ends->first[ends->first_length] = '\0';
	}
	size_t had = ends->total < WINDOW ? (size_t)ends->total : WINDOW, take = n < WINDOW ? n : WINDOW;
	size_t left = had + take > WINDOW ? WINDOW - take : had;
	memmove(ends->last, ends->last + had - left, left);
	memcpy(ends->last + left, data + n - take, take);
	ends->last[left + take] = '\0';
	ends->total += n;
}

static bool inflate_part(const uint8_t *data, size_t length, uint32_t crc, struct ends *ends)
{
	static const uint8_t nothing[1];
	uint8_t *out = malloc(STEP);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)(length ? data : nothing), .avail_in = (uInt)length};
	uLong sum = crc32(0, NULL, 0);
	int rc = out ? inflateInit2(&z, -MAX_WBITS) : Z_MEM_ERROR;
	bool open = rc == Z_OK;
	while (rc == Z_OK) {
		z.next_out = out;
		z.avail_out = STEP;
		rc = inflate(&z, Z_NO_FLUSH);
		size_t n = STEP - z.avail_out;
		sum = crc32(sum, out, (uInt)n);
		keep(ends, out, n);
	}
	if (open)
		inflateEnd(&z);
	free(out);
	return rc == Z_STREAM_END && sum == crc;
}

/* The bytes between <sheetData> and </sheetData>. */
static bool rows_fit(const struct ends *ends, uint64_t rows)
{
	const char *begin = strstr(ends->first, "<sheetData>"), *end = ends->last, *found = NULL;
	size_t last_length = strlen(ends->last);
	if (!begin)
		return rows == 0 && strstr(ends->first, "<sheetData/>");
	while ((end = strstr(end, "</sheetData>")))
		found = end++;
	uint64_t head = (uint64_t)(begin - ends->first) + strlen("<sheetData>");
	return found && ends->total - (last_length - (uint64_t)(found - ends->last)) - head == rows;
}

static bool part_right(const struct archive *a, const uint8_t *entry, const char *name, const uint64_t *row_bytes, size_t sheets)
{
	uint64_t at = number(entry + 42, 4), packed = number(entry + 20, 4), length = number(entry + 24, 4);
	unsigned sheet;
	if (number(entry + 10, 2) != Z_DEFLATED || at + LOCAL_SIZE > a->length)
		return false;
	at += LOCAL_SIZE + number(a->data + at + 26, 2) + number(a->data + at + 28, 2);
	if (at + packed > a->length)
		return false;
	struct ends *ends = calloc(1, sizeof *ends);
	bool good = ends && inflate_part(a->data + at, packed, (uint32_t)number(entry + 16, 4), ends) && ends->total == length;
	if (good) {
		const char *end = ends->last + strlen(ends->last);
		while (end > ends->last && (end[-1] == '\n' || end[-1] == '\r'))
			end--;
		good = end > ends->last && end[-1] == '>';
	}
	if (good && sscanf(name, "xl/worksheets/sheet%u.xml", &sheet) == 1)
		good = sheet >= 1 && sheet <= sheets && rows_fit(ends, row_bytes[sheet - 1]);
	free(ends);
	return good;
}

static enum err check_parts(const struct archive *a, const char *path, const uint64_t *row_bytes, size_t sheets, struct error *e)
{
	/* libxlsxwriter writes no comment behind the end record */
	const uint8_t *end = a->length >= END_SIZE ? a->data + a->length - END_SIZE : NULL;
	if (!end || memcmp(end, "PK\5\6", 4) != 0)
		return error_set(e, ERR_REPORT_WRITE, "%s", path);
	uint64_t at = number(end + 16, 4), found = 0;
	for (uint64_t i = number(end + 10, 2); i > 0; i--) {
		char name[128];
		const uint8_t *entry = a->data + at;
		if (at + CENTRAL_SIZE > a->length || memcmp(entry, "PK\1\2", 4) != 0 || at + CENTRAL_SIZE + number(entry + 28, 2) > a->length)
			return error_set(e, ERR_REPORT_WRITE, "%s", path);
		snprintf(name, sizeof name, "%.*s", (int)number(entry + 28, 2), (const char *)entry + CENTRAL_SIZE);
		if (!part_right(a, entry, name, row_bytes, sheets))
			return error_set(e, ERR_REPORT_WRITE, "%s: %s", path, name);
		found += strncmp(name, "xl/worksheets/sheet", strlen("xl/worksheets/sheet")) == 0;
		at += CENTRAL_SIZE + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2);
	}
	return found == sheets ? OK : error_set(e, ERR_REPORT_WRITE, "%s", path);
}

enum err readback_check(const char *path, const uint64_t *row_bytes, size_t sheets, struct error *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data = MAP_FAILED;
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (data == MAP_FAILED)
		return error_set(e, ERR_REPORT_WRITE, "%s", path);
	enum err r = check_parts(&(struct archive){data, (size_t)st.st_size}, path, row_bytes, sheets, e);
	munmap(data, (size_t)st.st_size);
	return r;
}
