#include "desk/customer.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

enum err number_fold(const struct desk *d, const struct check *check, const char *number, char **out, struct error *e)
{
	struct check_result judged = {0};
	if (!(*out = check_normalise(check, number)))
		return error_set(e, ERR_MEMORY, "%s", "");
	if (!**out)
		return error_set(e, ERR_DESK_NUMBER, "%s", tr("还没有填写，请填写", "it is empty; fill it in"));
	check_judge(check, *out, &(struct check_context){.today = desk_now(d)}, &judged);
	return judged.verdict != VERDICT_INVALID ? OK : error_set(e, ERR_DESK_NUMBER, "%s", judged.message);
}

void number_digest(const struct desk *d, const char *number, char out[DIGEST_TEXT_SIZE])
{
	digest_keyed(store_key(d->store), "number", number, strlen(number), out);
}

/* Two neighbouring characters make one word of the index: a search of two characters finds, which trigrams can't. */
static char *pairs_of(const char *name, bool query)
{
	struct bytes out = {0};
	size_t n = text_cluster(name), m;
	if (n && !name[n]) {
		bytes_format(&out, query ? "\"%.*s\" *" : "%.*s", (int)n, name);
		return (char *)out.data;
	}
	for (; n && (m = text_cluster(name + n)) > 0; name += n, n = m)
		bytes_format(&out, query ? "\"%.*s\" " : "%.*s ", (int)(n + m), name);
	return (char *)out.data;
}

char *name_index_query(const char *text)
{
	/* quotes would end the phrase, and the tokenizer drops them in names too */
	char *clean = strdup(text);
	for (char *at = clean; at && *at; at++)
		if (*at == '"' || (unsigned char)*at < 0x20)
			*at = ' ';
	char *out = clean ? pairs_of(clean, true) : NULL;
	free(clean);
	return out;
}

enum err name_index_set(struct desk *d, int64_t order_id, const char *old, const char *name, struct error *e)
{
	enum err r = OK;
	char *pairs = old ? pairs_of(old, false) : NULL;
	if (pairs)
		r = store_run(d->store, SQL_NAME_INDEX_REMOVE, NULL, e, "it", order_id, pairs);
	free(pairs);
	pairs = pairs_of(name, false);
	if (!r && pairs)
		r = store_run(d->store, SQL_NAME_INDEX_ADD, NULL, e, "it", order_id, pairs);
	free(pairs);
	return r;
}
