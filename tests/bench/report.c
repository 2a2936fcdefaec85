/* The daily report against libxlsxwriter alone. The linker wraps the library's functions so that a run can be taken down:
 *   report take DIR DATE BOOK CELLS   writes the report and every call that made a cell
 *   report ours DIR DATE BOOK         writes the report
 *   report bare CELLS BOOK            makes the same cells by the same calls, from CELLS in memory
 * The last two print seconds and the peak of resident memory in MB. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "desk/report.h"
#include "report/page.h"

enum { FORMATS = 64, SHEETS = 32 };
enum kind { KIND_SHEET, KIND_TEXT, KIND_NUMBER, KIND_FORMULA };

/* One call; a text of `length` bytes and a 0 follow. */
struct call {
	uint32_t row, length;
	double value;
	uint16_t column;
	uint8_t kind, sheet, format; /* format 0: none */
};

static FILE *cells;
static lxw_format *formats[FORMATS];
static lxw_worksheet *sheets[SHEETS];
static size_t format_count = 1, sheet_count;

lxw_format *__real_workbook_add_format(lxw_workbook *book);
lxw_worksheet *__real_workbook_add_worksheet(lxw_workbook *book, const char *name);
lxw_error __real_worksheet_write_string(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *f);
lxw_error __real_worksheet_write_number(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, double value, lxw_format *f);
lxw_error __real_worksheet_write_formula_num(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *f,
                                             double value);

static void take(enum kind kind, const lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const char *text, const lxw_format *f,
                 double value)
{
	struct call call;
	if (!cells)
		return;
	memset(&call, 0, sizeof call);
	call = (struct call){.row = row, .column = column, .value = value, .kind = (uint8_t)kind, .length = text ? (uint32_t)strlen(text) : 0};
	while (f && formats[call.format] != f)
		call.format++;
	while (s && sheets[call.sheet] != s)
		call.sheet++;
	fwrite(&call, sizeof call, 1, cells);
	fwrite(text ? text : "", 1, call.length + 1, cells);
}

lxw_format *__wrap_workbook_add_format(lxw_workbook *book)
{
	return formats[format_count++] = __real_workbook_add_format(book);
}

lxw_worksheet *__wrap_workbook_add_worksheet(lxw_workbook *book, const char *name)
{
	take(KIND_SHEET, NULL, 0, 0, name, NULL, 0);
	return sheets[sheet_count++] = __real_workbook_add_worksheet(book, name);
}

lxw_error __wrap_worksheet_write_string(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *f)
{
	take(KIND_TEXT, s, row, column, text, f, 0);
	return __real_worksheet_write_string(s, row, column, text, f);
}

lxw_error __wrap_worksheet_write_number(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, double value, lxw_format *f)
{
	take(KIND_NUMBER, s, row, column, NULL, f, value);
	return __real_worksheet_write_number(s, row, column, value, f);
}

lxw_error __wrap_worksheet_write_formula_num(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *f,
                                             double value)
{
	take(KIND_FORMULA, s, row, column, text, f, value);
	return __real_worksheet_write_formula_num(s, row, column, text, f, value);
}

static void die(const char *what)
{
	fprintf(stderr, "report: %s\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print(double seconds)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%.4f %.1f\n", seconds, (double)usage.ru_maxrss / 1024);
}

static double ours(const char *dir, const char *date, const char *book)
{
	struct desk *d = NULL;
	struct error e = {0};
	char text[1024];
	json_t *out = NULL;
	if (desk_open(dir, &d, &e))
		die(error_sentence(&e, text, sizeof text));
	d->timer = true; /* nobody's login: its scrypt alone takes the memory that is measured */
	double begin = now();
	if (report_run(d, "daily", date, NULL, book, NULL, NULL, &out, &e))
		die(error_sentence(&e, text, sizeof text));
	double end = now();
	json_decref(out);
	desk_close(&d);
	return end - begin;
}

static void replay(lxw_workbook *book, const char *data, size_t length)
{
	for (size_t at = 0; at < length;) {
		struct call c;
		memcpy(&c, data + at, sizeof c);
		const char *text = data + at + sizeof c;
		at += sizeof c + c.length + 1;
		if (c.kind == KIND_SHEET)
			sheets[sheet_count++] = __real_workbook_add_worksheet(book, text);
		else if (c.kind == KIND_TEXT)
			__real_worksheet_write_string(sheets[c.sheet], c.row, c.column, text, formats[c.format]);
		else if (c.kind == KIND_NUMBER)
			__real_worksheet_write_number(sheets[c.sheet], c.row, c.column, c.value, formats[c.format]);
		else
			__real_worksheet_write_formula_num(sheets[c.sheet], c.row, c.column, text, formats[c.format], c.value);
	}
}

static double bare(const char *from, const char *to)
{
	struct stat st;
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	lxw_format *unused[PAGE_FORMATS];
	if (fd < 0 || fstat(fd, &st) != 0)
		die(from);
	const char *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		die(from);
	double begin = now();
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	lxw_workbook *book = workbook_new_opt(to, &options);
	if (!page_formats(book, unused))
		die("formats");
	replay(book, data, (size_t)st.st_size);
	if (workbook_close(book))
		die(to);
	double end = now();
	close(fd);
	return end - begin;
}

int main(int argc, char **argv)
{
	lang_start();
	if (argc == 6 && strcmp(argv[1], "take") == 0) {
		if (!(cells = fopen(argv[5], "we")))
			die(argv[5]);
		ours(argv[2], argv[3], argv[4]);
		return fclose(cells) == 0 ? 0 : 1;
	}
	if (argc == 5 && strcmp(argv[1], "ours") == 0)
		print(ours(argv[2], argv[3], argv[4]));
	else if (argc == 4 && strcmp(argv[1], "bare") == 0)
		print(bare(argv[2], argv[3]));
	else
		die("take DIR DATE BOOK CELLS | ours DIR DATE BOOK | bare CELLS BOOK");
	return 0;
}
