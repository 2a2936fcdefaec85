/* Identity checks on what is keyed: the table of DOMAIN.md, pure functions.
 * Each kind has a row: name, normaliser (folds full width, spaces, case), judge. */
#ifndef CERTDESK_RULES_CHECK_H
#define CERTDESK_RULES_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict { VERDICT_VALID, VERDICT_WARN, VERDICT_INVALID };

struct check_result {
	enum verdict verdict;
	char message[160]; /* one line in the program's language; "" when valid */
};

/* What a judgement needs from outside. Zeroed is allowed but for `today`. */
struct code_table; /* see codes.h */
struct check_context {
	int64_t today;                    /* the UTC second used for "not in the future" and "expired" */
	const struct code_table *regions; /* code table `regions`; NULL: an identity number's region isn't looked up */
};

/* Kinds: uscc, taxpayer, resident_id, residence_permit, passport, officer, taiwan_permit,
 * home_return_permit, permanent_residence, other_id, mobile, phone, bank_card, bank_account, email, name,
 * unit_name, text, date (YYYY-MM-DD), valid_until (a date not past, or 长期), count, receipt. NULL where there is no such
 * kind; an identity kind may also be written as in form data, resident-id or other for other_id. */
const struct check *check_find(const char *kind);
const char *check_name(const struct check *check);
/* The number of kinds and the i-th, for tests and `check` without a kind. */
size_t check_count(void);
const struct check *check_at(size_t i);

/* The value folded as the kind folds it, NFC, trimmed; new string, NULL when memory ends. */
char *check_normalise(const struct check *check, const char *value);
/* Judges a value (normalised or not). An empty value is invalid for every kind. */
void check_judge(const struct check *check, const char *value, const struct check_context *context,
                 struct check_result *out);
/* True when no longer value than this prefix of it could become valid by typing on:
 * used while typing, to complain at once about what can't be mended by more letters. */
bool check_hopeless(const struct check *check, const char *prefix, const struct check_context *context,
                    struct check_result *out);
/* The most characters a normalised value of this kind can have, 0 where it has no limit of its own. */
size_t check_most(const struct check *check);
/* Whether its values count something, and aren't digits that name something. */
bool check_is_number(const struct check *check);

#endif
