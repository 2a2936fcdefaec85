/* Code tables (regions, banks, channels, …): forms/codes/NAME.tsv with a head row
 * code, zh, en, initials, parent. Loaded when first asked for and kept; rows keep the
 * file's order. Typing a code, a part of the name or pinyin initials finds rows. */
#ifndef CERTDESK_RULES_CODES_H
#define CERTDESK_RULES_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct code_row {
	const char *code, *zh, *en, *initials, *parent; /* "" where the table has none */
};

struct code_table;
struct code_tables; /* all tables of one forms/ directory */

/* `dir` is forms/codes. Tables are read when asked for. */
enum err codes_open(const char *dir, struct code_tables **out, struct error *e);
void codes_free(struct code_tables **tables);
/* ERR_RULES_CODES names file and line of each mistake (missing column, duplicate code, unknown parent). */
enum err codes_table(struct code_tables *tables, const char *name, const struct code_table **out, struct error *e);

size_t codes_count(const struct code_table *table);
const struct code_row *codes_at(const struct code_table *table, size_t i);
const struct code_row *codes_find(const struct code_table *table, const char *code); /* NULL */
/* Rows that fit what was typed, best first: exact code, code prefix, exact initials, initials prefix,
 * name prefix, name part. "" finds all. Returns how many were written to `rows`. */
size_t codes_search(const struct code_table *table, const char *typed, const struct code_row **rows, size_t limit);
/* "北京市 昌平区": the row's name with its parents', in the program's language. */
void codes_full_name(const struct code_table *table, const struct code_row *row, char *out, size_t size);

#endif
