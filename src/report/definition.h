/* Report definitions: reports/NAME.yaml with its statements in reports/NAME/. A report
 * has sheets, a sheet has blocks (a statement's rows as a table), a block has columns
 * and perhaps a chart. Read whole; every mistake is told with file and line. */
#ifndef CERTDESK_REPORT_DEFINITION_H
#define CERTDESK_REPORT_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/yaml.h"

enum { REPORT_CHART_VALUES = 8, REPORT_WIDTH_MOST = 60 };
/* Of a whole report, since its overview over several sites is one page. */
enum { REPORT_SUMS_MOST = 61, REPORT_CHARTS_MOST = 4 };

/* A text in both languages; the definition owns it. */
struct report_text {
	const char *zh, *en;
};
const char *report_say(const struct report_text *text); /* in the program's language */

enum report_type {
	REPORT_TEXT,
	REPORT_MONEY,    /* fen, shown as ¥#,##0.00 */
	REPORT_DATE,     /* "2026-11-22" in the row, a real date in the sheet */
	REPORT_DATETIME, /* UTC seconds in the row, China time in the sheet */
	REPORT_INTEGER,
	REPORT_PERCENT, /* hundredths of a percent in the row, shown as 0% or 0.00% */
};

/* Codes and what they are called; `title` (else NULL) is asked for the others: the program's own names ("status", "business"). */
struct report_words {
	const char *name;
	size_t count;
	const char **codes;
	struct report_text *texts;
	const char *(*title)(const char *code);
};

struct report_column {
	const char *key; /* the statement's column */
	struct report_text title;
	enum report_type type;
	int width; /* in columns of the terminal kind, a wide character is two; 0: as wide as its cells */
	bool total;
	struct report_text sums; /* what its sum is called where a report is over several sites; "" where it isn't shown there */
	const struct report_words *words; /* NULL: as it is */
	struct yaml_at at;
};

struct report_chart {
	const char *kind; /* column, stacked-column, bar, line, pie; NULL: no chart */
	struct report_text title;
	struct report_text places; /* what the one by site is called where a report is over several; "" for none */
	size_t categories, values[REPORT_CHART_VALUES], value_count; /* columns of the block */
};

struct report_block {
	struct report_text title; /* "" for none */
	char *query, *sql;        /* file name for errors, text */
	char *count_sql;          /* how many rows there are, for the progress bar; NULL: a few */
	struct report_column *columns;
	size_t column_count;
	bool filter;
	struct report_chart chart;
	struct yaml_at at;
};

struct report_sheet {
	struct report_text title;
	bool facts;  /* begins with what the report is about: site, days, print date, journal head */
	bool frozen; /* a heading stays in view and is repeated on paper: the filtered block's, else the first */
	struct report_block *blocks;
	size_t block_count;
};

struct report {
	struct yaml *doc;
	struct report_text title;
	struct report_words *words;
	size_t word_count;
	struct report_sheet *sheets;
	size_t sheet_count;
};

/* Reads `dir`/NAME.yaml. ERR_REPORT_UNKNOWN (no such file, or a name with other than a-z, 0-9 and -),
 * ERR_REPORT_DEFINITION with the mistakes. Free with report_free. */
enum err report_load(const char *dir, const char *name, struct report **out, struct error *e);
void report_free(struct report **report);
/* The names of what lies in `dir`, in order; each and the array are freed with free. -1: it can't be read. */
int report_names(const char *dir, char ***names);

#endif
