#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pay/statement.h"

static bool is_filler(char c)
{
	return c == '-' || c == ' ' || c == '_';
}

/* Reads `order` at `s`, whatever fillers stand between its characters; what follows, or NULL. */
static const char *read_order(const char *s, const char *order)
{
	for (; *order; order++) {
		if (is_filler(*order))
			continue;
		while (is_filler(*s))
			s++;
		if (toupper((unsigned char)*s) != toupper((unsigned char)*order))
			return NULL;
		s++;
	}
	return s;
}

/* Whether the order number stands in the remark, not as a part of a longer number. */
static bool names_order(const char *remark, const char *order)
{
	char *text = text_fold_width(remark);
	bool found = false;
	for (const char *s = text; s && *s && *order && !found; s++) {
		const char *end = is_filler(*s) || (s > text && isalnum((unsigned char)s[-1])) ? NULL : read_order(s, order);
		found = end && !isalnum((unsigned char)*end);
	}
	free(text);
	return found;
}

/* A text without spaces and width, to compare names. */
static char *bare(const char *s)
{
	char *text = text_fold_width(s), *to = text;
	for (const char *from = text; from && *from; from++)
		if (*from != ' ' && *from != '\t')
			*to++ = *from;
	if (to)
		*to = '\0';
	return text;
}

static bool is_same_name(const char *a, const char *b)
{
	char *x = bare(a), *y = bare(b);
	bool same = x && y && *x && strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

enum account { ACCOUNT_UNKNOWN, ACCOUNT_SAME, ACCOUNT_OTHER };

static enum account compare_accounts(const char *a, const char *b)
{
	if (!*a || !*b)
		return ACCOUNT_UNKNOWN;
	while (*a || *b) {
		if (*a && !isdigit((unsigned char)*a))
			a++;
		else if (*b && !isdigit((unsigned char)*b))
			b++;
		else if (*a++ != *b++)
			return ACCOUNT_OTHER;
	}
	return ACCOUNT_SAME;
}

struct statement_score statement_match(
	const struct statement_entry *entry, const struct statement_candidate *candidate)
{
	bool amount = entry->amount_fen > 0 && entry->amount_fen == candidate->amount_fen;
	bool order = names_order(entry->remark, candidate->order),
		 name = is_same_name(entry->payer_name, candidate->unit_name);
	enum account account = compare_accounts(entry->payer_account, candidate->account);
	struct statement_score score = {STATEMENT_NONE, 0};
	score.points = 100 * order + 50 * amount + 20 * name + 20 * (account == ACCOUNT_SAME);
	if (amount && (order || (name && account != ACCOUNT_OTHER)))
		score.verdict = STATEMENT_EXACT;
	else if (order || name || account == ACCOUNT_SAME)
		score.verdict = STATEMENT_POSSIBLE;
	return score;
}

int statement_choose(const struct statement_entry *entry, const struct statement_candidate *candidates, size_t count)
{
	int chosen = -1, best = 0; /* 2: by order number, 1: by name */
	for (size_t i = 0; i < count; i++) {
		bool exact = statement_match(entry, &candidates[i]).verdict == STATEMENT_EXACT;
		int level = names_order(entry->remark, candidates[i].order) ? 2 : exact;
		/* an order that the customer names and that isn't paid by it speaks against all others of the same name */
		if (level > best)
			chosen = exact ? (int)i : -1;
		else if (level == best && level && !(exact && chosen >= 0 && candidates[i].together &&
		                                     candidates[i].together == candidates[chosen].together))
			chosen = -1;
		if (level > best)
			best = level;
	}
	return chosen;
}
