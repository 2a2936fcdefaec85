#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "rules/codes.h"

enum { NO_MATCH = 7, WORDS = 4, DEPTHS = 4 };

/* What was typed, folded and cut into words. */
struct typed {
	char *text;
	const char *words[WORDS];
	size_t count;
};

static bool typed_split(struct typed *t, const char *s)
{
	char *rest = NULL;
	*t = (struct typed){.text = text_fold_width(s)};
	if (!t->text)
		return false;
	for (char *at = t->text; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	for (char *w = strtok_r(t->text, " ", &rest); w && t->count < WORDS; w = strtok_r(NULL, " ", &rest))
		t->words[t->count++] = w;
	return true;
}

/* Initials are alternatives with a space between them: 2 for one as typed, 3 for a beginning. */
static int rank_initials(const char *initials, const char *word, size_t n)
{
	int rank = NO_MATCH;
	for (const char *at = initials; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		if (length >= n && strncmp(at, word, n) == 0) {
			if (length == n)
				return 2;
			rank = 3;
		}
		at += length;
	}
	return rank;
}

static int rank_word(const struct code_row *row, const char *word)
{
	size_t n = strlen(word);
	if (strcasecmp(row->code, word) == 0)
		return 0;
	if (strncasecmp(row->code, word, n) == 0)
		return 1;
	int rank = rank_initials(row->initials, word, n);
	if (rank < NO_MATCH)
		return rank;
	if (strncmp(row->zh, word, n) == 0 || strncasecmp(row->en, word, n) == 0)
		return 4;
	if (strstr(row->zh, word))
		return 5;
	return n >= 2 && strcasestr(row->en, word) ? 6 : NO_MATCH;
}

static int rank_row(const struct code_table *table, const struct code_row *row, const struct typed *t)
{
	if (t->count == 0)
		return 0;
	int rank = rank_word(row, t->words[t->count - 1]);
	size_t left = t->count - 1;
	for (int depth = 0; rank < NO_MATCH && left > 0 && depth < 8; depth++) {
		row = *row->parent ? codes_find(table, row->parent) : NULL;
		if (!row)
			break;
		if (rank_word(row, t->words[left - 1]) < NO_MATCH)
			left--;
	}
	return left ? NO_MATCH : rank;
}

/* Provinces before cities before counties where all else is equal. */
static int depth_of(const struct code_table *table, const struct code_row *row)
{
	int depth = 0;
	while (depth < DEPTHS - 1 && *row->parent && (row = codes_find(table, row->parent)))
		depth++;
	return depth;
}

size_t codes_search(const struct code_table *table, const char *typed, const struct code_row **rows, size_t limit)
{
	struct typed t;
	size_t count = codes_count(table), written = 0;
	unsigned char *ranks = malloc(count + 1);
	if (ranks && typed_split(&t, typed)) {
		for (size_t i = 0; i < count; i++) {
			const struct code_row *row = codes_at(table, i);
			int rank = rank_row(table, row, &t);
			ranks[i] = (unsigned char)(rank * DEPTHS + (rank < NO_MATCH && t.count ? depth_of(table, row) : 0));
		}
		for (int rank = 0; rank < NO_MATCH * DEPTHS; rank++)
			for (size_t i = 0; i < count && written < limit; i++)
				if (ranks[i] == rank)
					rows[written++] = codes_at(table, i);
		free(t.text);
	}
	free(ranks);
	return written;
}
