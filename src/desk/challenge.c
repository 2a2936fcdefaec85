#include "desk/challenge.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { CODE_DIGITS = 6, CODE_TRIES = 5, RESEND_SECONDS = 60, CODES_A_DAY = 10, DAY = 86400, GIVEN = 3 };

struct row {
	int64_t id, sent_at, expires_at, tries;
	bool used;
	char code[DIGEST_TEXT_SIZE], content[DIGEST_TEXT_SIZE];
};

static enum err last(struct desk *d, const char *subject, const char *purpose, struct row *c, struct error *e)
{
	struct rows *rows = NULL;
	*c = (struct row){0};
	enum err r = store_query(d->store, SQL_CHALLENGE_LAST, &rows, e, "tt", subject, purpose);
	if (r)
		return r;
	if (rows_next(rows)) {
		c->id = rows_int(rows, 0);
		text_copy(c->code, sizeof c->code, rows_text(rows, 1));
		text_copy(c->content, sizeof c->content, rows_text(rows, 2));
		c->sent_at = rows_int(rows, 3);
		c->expires_at = rows_int(rows, 4);
		c->tries = rows_int(rows, 5);
		c->used = rows_int(rows, 6) != 0;
	}
	return rows_end(&rows, e);
}

/* Bound to the subject and the moment, so that an old code's digest is of no use. */
static void code_digest(const struct desk *d, const char *subject, int64_t sent_at, const char *code, char out[DIGEST_TEXT_SIZE])
{
	char text[160];
	snprintf(text, sizeof text, "%.100s/%lld/%.32s", subject, (long long)sent_at, code);
	digest_keyed(store_key(d->store), "code", text, strlen(text), out);
	OPENSSL_cleanse(text, sizeof text);
}

/* Five tries of each code: without a bound on the codes, a day of resending would be enough to guess one. */
static enum err may_send(struct desk *d, const struct challenge *c, struct error *e)
{
	struct row before;
	int64_t now = desk_now(d), sent = 0;
	enum err r = last(d, c->subject, c->purpose, &before, e);
	if (!r && before.id && now - before.sent_at < RESEND_SECONDS && now >= before.sent_at)
		return error_set(e, ERR_DESK_RESEND, "%lld", (long long)(RESEND_SECONDS - (now - before.sent_at)));
	if (!r)
		r = store_int(d->store, SQL_CHALLENGE_COUNT, 0, &sent, e, "tti", c->subject, c->purpose, now - DAY);
	return !r && sent >= CODES_A_DAY ? error_set(e, ERR_DESK_CODES, "%lld", (long long)sent) : r;
}

/* The code is kept as a digest, then sent. */
enum err challenge_send(struct desk *d, const struct challenge *c, struct error *e)
{
	char code[CODE_DIGITS + 1], digest[DIGEST_TEXT_SIZE], minutes[16], until[17], *masked;
	struct message_value values[CODE_VALUES + GIVEN];
	int64_t now = desk_now(d), end = now + (int64_t)c->minutes * 60;
	enum err r = may_send(d, c, e);
	if (r)
		return r;
	if (!(masked = text_mask(c->to)))
		return ERR_MEMORY;
	random_digits(code, CODE_DIGITS);
	code_digest(d, c->subject, now, code, digest);
	snprintf(minutes, sizeof minutes, "%d", c->minutes);
	civil_minute_text(end, until);
	memcpy(values, c->values, sizeof c->values);
	values[c->count] = (struct message_value){"code", code};
	values[c->count + 1] = (struct message_value){"minutes", minutes};
	values[c->count + 2] = (struct message_value){"until", until};
	if (!(r = store_insert(d->store, SQL_CHALLENGE_INSERT, NULL, e, "tttttii", c->subject, c->purpose, digest, c->content, masked, now,
	                       end)))
		r = desk_message(d, c->channel, c->to, c->template, values, c->count + GIVEN, NULL, e);
	OPENSSL_cleanse(code, sizeof code);
	free(masked);
	return r;
}

enum err challenge_check(struct desk *d, const char *subject, const char *purpose, const char *content, const char *code, int64_t *id,
                         char evidence[DIGEST_TEXT_SIZE], struct error *e)
{
	char digest[DIGEST_TEXT_SIZE], *folded = text_fold_width(code);
	struct row c;
	enum err r = folded ? last(d, subject, purpose, &c, e) : ERR_MEMORY;
	if (r)
		goto out;
	text_trim(folded);
	if (!c.id || c.used || c.tries >= CODE_TRIES || desk_now(d) > c.expires_at || desk_now(d) < c.sent_at) {
		r = error_set(e, ERR_DESK_CODE_ENDED, "%s", "");
		goto out;
	}
	code_digest(d, subject, c.sent_at, folded, digest);
	if (strcmp(digest, c.code) == 0) {
		*id = c.id;
		text_copy(evidence, DIGEST_TEXT_SIZE, digest);
		r = strcmp(content, c.content) == 0 ? OK : error_set(e, ERR_DESK_CHANGED, "%s", "");
	} else {
		if (!(r = store_run(d->store, SQL_CHALLENGE_TRIED, NULL, e, "ii", c.id, (int64_t)CODE_TRIES)))
			r = store_commit_plain(d->store, e);
		long long left = (long long)(CODE_TRIES - c.tries - 1);
		r = r ? r : error_set(e, left > 0 ? ERR_DESK_CODE : ERR_DESK_CODE_SPENT, "%lld", left);
	}
out:
	free(folded);
	return r;
}

enum err challenge_use(struct desk *d, int64_t id, struct error *e)
{
	return id ? store_run(d->store, SQL_CHALLENGE_USED, NULL, e, "i", id) : OK;
}
