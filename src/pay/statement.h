/* Bank statements as CSV, and which order an entry pays for. Columns differ by bank: a
 * map for each (forms/tables/statements.tsv) is data; which one a file needs is seen by its header row. */
#ifndef CERTDESK_PAY_STATEMENT_H
#define CERTDESK_PAY_STATEMENT_H

#include <stdint.h>

#include "base/bytes.h"

#define STATEMENT_SIZE_MAX (16u << 20)
#define STATEMENT_ID_MOST 100 /* bytes */

struct statement_entry { /* one credit, or one debit with its payee for a payer */
	char *id;     /* the bank's reference ("sha256:…" of a longer one), else of the row: the same for the same entry in every file */
	int64_t date; /* UTC second at which its day begins in China */
	int64_t amount_fen;               /* > 0 */
	char *payer_name, *payer_account; /* NFC, width folded, spaces trimmed; "" where missing */
	char *remark;
	size_t line; /* in the file, from 1 */
};
struct statement {
	char *bank; /* the map's id: "generic", "icbc", … */
	struct statement_entry *entries; /* credits, without those that the same file takes back */
	size_t count;
	size_t debits; /* rows in which money went out or was taken back */
	struct statement_entry *outgoing; /* those in which it went out, in their order; an id may stand twice */
	size_t outgoing_count;
	struct statement_entry *reversed; /* credits that the bank took back (冲正), with the amount above 0 */
	size_t reversed_count;
};

struct statement_maps;
/* ERR_FILE_READ, ERR_PAY_MAP (file and line of each mistake). */
enum err statement_maps_load(const char *path, struct statement_maps **out, struct error *e);
void statement_maps_free(struct statement_maps **m);

/* Reads a statement, whole or not at all: UTF-8 or GBK, comma or tab. ERR_PAY_STATEMENT names the line: no header row
 * of a known bank, a date or an amount that can't be read, a short row, two entries with one reference, or over 16
 * MiB. */
enum err statement_parse(
	const struct statement_maps *maps, const void *data, size_t length, struct statement *out, struct error *e);
/* The same from a file. ERR_FILE_READ, ERR_PAY_STATEMENT. */
enum err statement_read_file(
	const struct statement_maps *maps, const char *path, struct statement *out, struct error *e);
void statement_free(struct statement *s);

/* What waits for money. */
struct statement_candidate {
	const char *order; /* order number */
	int64_t amount_fen;
	const char *unit_name;
	const char *account; /* "" where not known */
	int64_t together;    /* candidates of the same number, not 0, are paid by one entry: any of them stands for all */
};
enum statement_verdict {
	STATEMENT_NONE,     /* nothing speaks for it */
	STATEMENT_POSSIBLE, /* something does: a person decides */
	STATEMENT_EXACT,    /* the amount is equal and the order number stands in the remark, or the payer is the unit */
};
struct statement_score {
	enum statement_verdict verdict;
	int points; /* to order a list of candidates, higher is better */
};

/* Pure. Exact: equal amount, and either the order number whole in the remark, or the payer's name is the unit's and
 * the account is the unit's or one of the two is not known. The name alone with another account is possible only. */
struct statement_score statement_match(
	const struct statement_entry *entry, const struct statement_candidate *candidate);
/* The index of the only candidate that the entry pays exactly (an order number in the remark beats a name), or -1
 * where none does, several do equally well, or the remark names an order that has another amount: that stays for a
 * person. */
int statement_choose(const struct statement_entry *entry, const struct statement_candidate *candidates, size_t count);

#endif
