/* Code tables (regions, banks, channels, …): forms/codes/NAME.tsv with a head row
 * code, zh, en, initials, parent. Loaded when first asked for and kept; rows keep the
 * file's order. Typing a code, a part of the name or pinyin initials finds rows. */
#ifndef CERTDESK_RULES_CODES_H
#define CERTDESK_RULES_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/mistakes.h"

struct code_row {
	/* "" where the table has none; initials are small letters, alternatives with a space between: "cp cpq" */
	const char *code, *zh, *en, *initials, *parent;
};

struct code_table;
struct code_tables; /* all tables of one forms/ directory */

/* `dir` is forms/codes. Tables are read when asked for. */
enum err codes_open(const char *dir, struct code_tables **out, struct error *e);
void codes_free(struct code_tables **tables);
/* The table; NULL where it is wrong, with each mistake in `m` by file and line (none there: memory ended). */
const struct code_table *codes_read(struct code_tables *tables, const char *name, struct mistakes *m);
/* The same as an error, ERR_RULES_CODES: mistakes such as a missing column, a duplicate code, an unknown parent. */
enum err codes_table(struct code_tables *tables, const char *name, const struct code_table **out, struct error *e);
/* Whether there is a file for the table; it isn't read. */
bool codes_exist(const struct code_tables *tables, const char *name);

size_t codes_count(const struct code_table *table);
const struct code_row *codes_at(const struct code_table *table, size_t i);
const struct code_row *codes_find(const struct code_table *table, const char *code); /* NULL */
/* Rows that fit what was typed, best first: exact code, code prefix, exact initials, initials prefix,
 * name prefix, name part. "" finds all. Of several words the last means the row and the ones before
 * its parents: "bj cp", "北京 昌平". Returns how many were written to `rows`. */
size_t codes_search(const struct code_table *table, const char *typed, const struct code_row **rows, size_t limit);
/* "北京市 昌平区": the row's name with its parents', in the program's language. */
void codes_full_name(const struct code_table *table, const struct code_row *row, char *out, size_t size);
/* … in Chinese whatever the screens speak: for what leaves the house, a bank's list, a parcel's address. */
void codes_full_name_zh(const struct code_table *table, const struct code_row *row, char *out, size_t size);

#endif
