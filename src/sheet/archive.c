#include "sheet/archive.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unzip.h>

#include "base/lang.h"
#include "sheet/sheet.h"

enum { PARTS_MAX = 4000, DEPTH_MAX = 64, STEP = 64 * 1024, NAME_MAX_LENGTH = 256 };

struct archive {
	unzFile zip;
	const uint8_t *data;
	uint64_t length, at;
	uint64_t left; /* that may still be unpacked */
	uint8_t block[STEP];
};

struct parsing {
	XML_Parser parser;
	struct reader *reader;
	int depth;
	enum err why;
};

static voidpf mem_open(voidpf opaque, const void *name, int mode)
{
	(void)name, (void)mode;
	return opaque;
}

static uLong mem_read(voidpf opaque, voidpf stream, void *to, uLong size)
{
	struct archive *a = opaque;
	(void)stream;
	uint64_t n = a->length - a->at < size ? a->length - a->at : size;
	memcpy(to, a->data + a->at, n);
	a->at += n;
	return (uLong)n;
}

static uLong mem_write(voidpf opaque, voidpf stream, const void *from, uLong size)
{
	(void)opaque, (void)stream, (void)from, (void)size;
	return 0;
}

static ZPOS64_T mem_tell(voidpf opaque, voidpf stream)
{
	(void)stream;
	return ((struct archive *)opaque)->at;
}

static long mem_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct archive *a = opaque;
	(void)stream;
	uint64_t from = origin == ZLIB_FILEFUNC_SEEK_CUR ? a->at : origin == ZLIB_FILEFUNC_SEEK_END ? a->length : 0;
	if (offset > a->length - from)
		return -1;
	a->at = from + offset;
	return 0;
}

static int mem_close(voidpf opaque, voidpf stream)
{
	(void)opaque, (void)stream;
	return 0;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);
	return n >= k && strcasecmp(name + n - k, end) == 0;
}

/* What the directory alone tells, before anything is unpacked. */
static enum err look_through(struct archive *a, struct error *e)
{
	unz_global_info64 all;
	char name[NAME_MAX_LENGTH + 1] = "";
	if (unzGetGlobalInfo64(a->zip, &all) != UNZ_OK)
		return error_set(e, ERR_SHEET_BROKEN, "zip");
	if (all.number_entry > PARTS_MAX)
		return error_set(e, ERR_SHEET_LIMIT, tr("工作簿里有 %llu 个部分", "%llu parts in the workbook"), (unsigned long long)all.number_entry);
	int rc = unzGoToFirstFile(a->zip);
	for (; rc == UNZ_OK; rc = unzGoToNextFile(a->zip)) {
		unz_file_info64 info;
		if (unzGetCurrentFileInfo64(a->zip, &info, name, NAME_MAX_LENGTH, NULL, 0, NULL, 0) != UNZ_OK)
			return error_set(e, ERR_SHEET_BROKEN, "zip");
		if (info.flag & 1)
			return error_set(e, ERR_SHEET_ENCRYPTED, "%s", "");
		if (ends_with(name, "vbaProject.bin"))
			return error_set(e, ERR_SHEET_MACROS, "%s", "");
	}
	return rc == UNZ_END_OF_LIST_OF_FILE ? OK : error_set(e, ERR_SHEET_BROKEN, "zip");
}

enum err archive_open(const void *data, size_t length, struct archive **out, struct error *e)
{
	struct archive *a = calloc(1, sizeof *a);
	*out = a;
	if (!a)
		return error_set(e, ERR_MEMORY, "xlsx");
	a->data = data;
	a->length = length;
	a->left = SHEET_UNPACKED_MAX;
	zlib_filefunc64_def memory = {mem_open, mem_read, mem_write, mem_tell, mem_seek, mem_close, mem_close, a};
	if (!(a->zip = unzOpen2_64("", &memory)))
		return error_set(e, ERR_SHEET_BROKEN, "zip");
	return look_through(a, e);
}

void archive_close(struct archive **a)
{
	if (*a && (*a)->zip)
		unzClose((*a)->zip);
	free(*a);
	*a = NULL;
}

bool archive_has(struct archive *a, const char *part)
{
	return strlen(part) < NAME_MAX_LENGTH && unzLocateFile(a->zip, part, 2) == UNZ_OK;
}

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (strcmp(local(attributes[i]), name) == 0)
			return attributes[i + 1];
	return "";
}

static void stop(struct parsing *p, enum err why)
{
	if (!p->why)
		p->why = why;
	XML_StopParser(p->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const char *name, const char **attributes)
{
	struct parsing *p = data;
	if (++p->depth > DEPTH_MAX)
		stop(p, ERR_SHEET_BROKEN);
	else if (!p->why)
		p->reader->start(p->reader, local(name), attributes);
	if (p->reader->stop)
		stop(p, p->reader->stop);
}

static void XMLCALL on_end(void *data, const char *name)
{
	struct parsing *p = data;
	p->depth--;
	if (!p->why && p->reader->end)
		p->reader->end(p->reader, local(name));
	if (p->reader->stop)
		stop(p, p->reader->stop);
}

static void XMLCALL on_text(void *data, const char *text, int length)
{
	struct parsing *p = data;
	if (!p->why && p->reader->text)
		p->reader->text(p->reader, text, (size_t)length);
	if (p->reader->stop)
		stop(p, p->reader->stop);
}

/* No spreadsheet program writes one; entities that grow without end need one. */
static void XMLCALL on_doctype(void *data, const char *name, const char *system, const char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(data, ERR_SHEET_ENTITIES);
}

static enum err parse_part(struct archive *a, const char *part, struct parsing *p, struct error *e)
{
	int n;
	do {
		if ((n = unzReadCurrentFile(a->zip, a->block, STEP)) < 0)
			return error_set(e, ERR_SHEET_BROKEN, "%s", part);
		if ((uint64_t)n > a->left)
			return error_set(e, ERR_SHEET_SIZE, "%d MB", SHEET_UNPACKED_MAX >> 20);
		a->left -= (uint64_t)n;
		if (XML_Parse(p->parser, (char *)a->block, n, n == 0) != XML_STATUS_OK) {
			if (p->reader->stop)
				return p->reader->stop;
			enum err why = XML_GetErrorCode(p->parser) == XML_ERROR_NO_MEMORY ? ERR_MEMORY : p->why ? p->why : ERR_SHEET_BROKEN;
			return error_set(e, why, "%s", part);
		}
	} while (n > 0);
	return OK;
}

enum err archive_read(struct archive *a, const char *part, struct reader *r, struct error *e)
{
	struct parsing p = {.reader = r};
	unz_file_info64 info;
	if (!archive_has(a, part) || unzGetCurrentFileInfo64(a->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
		return error_set(e, ERR_SHEET_BROKEN, "%s", part);
	if (info.uncompressed_size > a->left)
		return error_set(e, ERR_SHEET_SIZE, "%d MB", SHEET_UNPACKED_MAX >> 20);
	if (unzOpenCurrentFile(a->zip) != UNZ_OK)
		return error_set(e, ERR_SHEET_BROKEN, "%s", part);
	r->stop = OK;
	r->e = e;
	enum err rc = (p.parser = XML_ParserCreate(NULL)) ? OK : error_set(e, ERR_MEMORY, "%s", part);
	if (!rc) {
		XML_SetUserData(p.parser, &p);
		XML_SetElementHandler(p.parser, on_start, on_end);
		XML_SetCharacterDataHandler(p.parser, on_text);
		XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
		rc = parse_part(a, part, &p, e);
		XML_ParserFree(p.parser);
	}
	if (unzCloseCurrentFile(a->zip) != UNZ_OK && !rc)
		rc = error_set(e, ERR_SHEET_BROKEN, "%s", part);
	return rc;
}
