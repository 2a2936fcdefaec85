#include "report/readback.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { END_SIZE = 22, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, WINDOW = 16 * 1024, STEP = 64 * 1024 };

/* Read piece by piece: mapped, the whole file would count as the program's memory. */
struct archive {
	int fd;
	uint64_t length;
	const uint64_t *row_bytes; /* of each sheet, as wanted */
	size_t sheets;
	char part[128]; /* being looked at */
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

static bool read_at(const struct archive *a, uint64_t at, uint8_t *out, size_t n)
{
	for (ssize_t got; n > 0; out += got, at += (uint64_t)got, n -= (size_t)got)
		if ((got = pread(a->fd, out, n, (off_t)at)) <= 0)
			return false;
	return true;
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

static bool inflate_part(const struct archive *a, uint64_t at, uint64_t packed, uint32_t crc, struct ends *ends)
{
	uint8_t *in = malloc(2 * STEP), *out = in ? in + STEP : NULL;
	z_stream z = {0};
	uLong sum = crc32(0, NULL, 0);
	int rc = in ? inflateInit2(&z, -MAX_WBITS) : Z_MEM_ERROR;
	bool open = rc == Z_OK;
	while (rc == Z_OK) {
		if (z.avail_in == 0) { /* nothing left gives Z_BUF_ERROR */
			size_t n = packed < STEP ? (size_t)packed : STEP;
			if (!read_at(a, at, in, n))
				break;
			z.next_in = in;
			z.avail_in = (uInt)n;
			at += n;
			packed -= n;
		}
		z.next_out = out;
		z.avail_out = STEP;
		rc = inflate(&z, Z_NO_FLUSH);
		size_t n = STEP - z.avail_out;
		sum = crc32(sum, out, (uInt)n);
		keep(ends, out, n);
	}
	if (open)
		inflateEnd(&z);
	free(in);
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

static bool part_right(const struct archive *a, const uint8_t *entry)
{
	uint64_t at = number(entry + 42, 4), packed = number(entry + 20, 4), length = number(entry + 24, 4);
	unsigned sheet;
	uint8_t local[LOCAL_SIZE];
	if (number(entry + 10, 2) != Z_DEFLATED || at + LOCAL_SIZE > a->length)
		return false;
	if (!read_at(a, at, local, sizeof local))
		return false;
	at += LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
	if (at + packed > a->length)
		return false;
	struct ends *ends = calloc(1, sizeof *ends);
	bool good = ends && inflate_part(a, at, packed, (uint32_t)number(entry + 16, 4), ends) && ends->total == length;
	if (good) {
		const char *end = ends->last + strlen(ends->last);
		while (end > ends->last && (end[-1] == '\n' || end[-1] == '\r'))
			end--;
		good = end > ends->last && end[-1] == '>';
	}
	if (good && sscanf(a->part, "xl/worksheets/sheet%u.xml", &sheet) == 1)
		good = sheet >= 1 && sheet <= a->sheets && (!a->row_bytes || rows_fit(ends, a->row_bytes[sheet - 1]));
	free(ends);
	return good;
}

static bool check_parts(struct archive *a, const uint8_t *entry, uint64_t left, uint64_t parts)
{
	uint64_t found = 0;
	for (; parts > 0; parts--) {
		if (left < CENTRAL_SIZE || memcmp(entry, "PK\1\2", 4) != 0 || left < CENTRAL_SIZE + number(entry + 28, 2))
			return false;
		snprintf(a->part, sizeof a->part, "%.*s", (int)number(entry + 28, 2), (const char *)entry + CENTRAL_SIZE);
		if (!part_right(a, entry))
			return false;
		found += strncmp(a->part, "xl/worksheets/sheet", strlen("xl/worksheets/sheet")) == 0;
		uint64_t size = CENTRAL_SIZE + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2);
		if (size > left)
			return false;
		entry += size;
		left -= size;
	}
	return found == a->sheets;
}

/* libxlsxwriter writes no comment behind the end record. */
static bool check_archive(struct archive *a)
{
	uint8_t end[END_SIZE];
	if (a->length < END_SIZE || !read_at(a, a->length - END_SIZE, end, END_SIZE) || memcmp(end, "PK\5\6", 4) != 0)
		return false;
	uint64_t size = number(end + 12, 4), at = number(end + 16, 4);
	if (at + size > a->length)
		return false;
	uint8_t *directory = malloc(size + 1);
	bool good = directory && read_at(a, at, directory, size) && check_parts(a, directory, size, number(end + 10, 2));
	free(directory);
	return good;
}

enum err readback_check(const char *path, const uint64_t *row_bytes, size_t sheets, struct error *e)
{
	struct stat st;
	struct archive a = {.fd = open(path, O_RDONLY | O_CLOEXEC), .row_bytes = row_bytes, .sheets = sheets};
	bool good = a.fd >= 0 && fstat(a.fd, &st) == 0;
	if (good) {
		a.length = (uint64_t)st.st_size;
		good = check_archive(&a);
	}
	if (a.fd >= 0)
		close(a.fd);
	return good ? OK : error_set(e, ERR_REPORT_WRITE, "%s: %s", path, a.part);
}
