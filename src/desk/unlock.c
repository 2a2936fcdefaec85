#include "desk/unlock.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/challenge.h"
#include "desk/effect.h"
#include "desk/identityrow.h"
#include "desk/puk.h"
#include "desk/slot.h"

enum { PUK_DIGITS = 8, LAST_TRY = 1 };

struct unlocking {
	struct desk *d;
	int lock; /* on the key: two windows would each set a PUK that the other doesn't know */
	struct order o;
	struct subject about;
	struct key_row key;
	struct key_secrets secrets;
	struct token *token;
	bool new_made; /* this run made secrets.puk_next */
	int64_t challenge;
};

/* Inside a step, before anything is changed in it. */
static enum err check_code(struct unlocking *u, const char *code, struct error *e)
{
	char evidence[DIGEST_TEXT_SIZE];
	bool needed = false;
	int64_t until = 0;
	enum err r = effect_unlock_until(u->d, &u->o, &u->about, &needed, &until, e);
	if (r || !needed)
		return r;
	if (!code || !*code)
		return error_set(e, u->about.review ? ERR_DESK_UNLOCK_CODE : ERR_DESK_UNLOCK_ENDED, "%s", u->o.no);
	return challenge_check(u->d, u->o.no, "unlock", u->about.key_serial, code, &u->challenge, evidence, e);
}

static enum err load(struct unlocking *u, const char *no, struct error *e)
{
	const char *to;
	enum err r = order_load(u->d, no, &u->o, e);
	if (!r && strcmp(u->o.business, "unlock") != 0)
		r = error_set(e, ERR_DESK_STATUS, "%s", no);
	if (!r)
		r = order_next(&u->o, "take-effect", &to, e);
	if (!r)
		r = identity_settled(u->d, &u->o, e);
	if (!r)
		r = subject_load(u->d, &u->o, &u->about, e);
	if (!r)
		r = subject_fit(u->d, business_find("unlock"), &u->about, e);
	return r ? r : subject_phone_now(u->d, &u->about, e);
}

/* The lock is taken where the order is looked at: whoever has it has finished with the order, or has it still. */
static enum err begin(struct unlocking *u, const char *no, const char *code, bool lock, struct error *e)
{
	const struct staff *who = NULL;
	enum err r = desk_allow(u->d, MAY_UNLOCK, &who, e);
	if (!r)
		r = desk_clock_right(u->d, e);
	if (r || (r = store_begin(u->d->store, e)))
		return r;
	if (!(r = load(u, no, e)) && !(r = order_separate(u->d, &u->o, who, MAY_UNLOCK, e)) && lock &&
	    !(r = key_load(u->d, u->about.key_serial, &u->key, e)))
		r = key_lock(u->d, &u->lock, LOCK_KEY, u->key.id, key_busy(), e);
	if (!r)
		r = check_code(u, code, e);
	store_rollback(u->d->store);
	return r;
}

/* The last try isn't ours to lose. */
static enum err puk_left(struct token *t, struct error *e)
{
	int tries = TOKEN_TRIES_UNKNOWN;
	enum err r = token_tries_left(t, TOKEN_PUK, &tries, e);
	return !r && tries != TOKEN_TRIES_UNKNOWN && tries <= LAST_TRY ? error_set(e, ERR_DESK_UNLOCK_DEAD, "%s", token_serial(t)) : r;
}

enum err unlock_possible(const char *serial, struct error *e)
{
	struct token *t = NULL;
	enum err r = token_open(serial, &t, e);
	if (!r)
		r = puk_left(t, e);
	token_close(&t);
	return r;
}

static enum err open_key(struct unlocking *u, struct error *e)
{
	struct bytes there = {0};
	struct cert_info info = {0};
	enum token_slot slot = TOKEN_SLOT_SIGN;
	enum err r = subject_only_key(u->d, e);
	if (!r)
		r = slot_of(u->d, u->about.product, &slot, e);
	if (!r && !(r = token_open(u->about.key_serial, &u->token, e)) && !(r = token_read_certificate(u->token, slot, &there, e)))
		r = cert_info(there.data, there.length, &info, e);
	if (!r && strcmp(info.serial, u->about.serial) != 0)
		r = error_set(e, ERR_DESK_CERT_GONE, "%s", u->about.serial);
	if (!r && !(r = puk_left(u->token, e)))
		r = key_secrets_load(u->d, &u->key, &u->secrets, e);
	cert_info_free(&info);
	bytes_free(&there);
	return r;
}

/* The next PUK is in the store before it is on the key. */
static enum err record_next(struct unlocking *u, struct error *e)
{
	char digits[PUK_DIGITS + 1];
	if (u->secrets.puk_next.length)
		return OK;
	random_digits(digits, PUK_DIGITS);
	secret_set(&u->secrets.puk_next, digits, PUK_DIGITS);
	OPENSSL_cleanse(digits, sizeof digits);
	u->new_made = true;
	enum err r = store_begin(u->d->store, e);
	if (!r && !(r = key_secrets_save(u->d, &u->key, &u->secrets, e)))
		r = desk_commit(u->d, MAY_UNLOCK, "key.secrets", u->o.no, NULL, NULL, e);
	store_rollback(u->d->store);
	return r;
}

static enum err set_pin(struct unlocking *u, const struct secret *pin, struct error *e)
{
	bool next = false;
	enum err r = token_begin(u->token, e);
	if (r)
		return r;
	if (!(r = puk_try(u->token, &u->secrets, u->new_made, token_unblock, pin, &next, e)) && !(r = token_verify_pin(u->token, pin, e)) && !next)
		r = token_set_puk(u->token, &u->secrets.puk, &u->secrets.puk_next, e);
	token_end(u->token);
	if (r == ERR_DESK_KEY_BLOCKED || r == ERR_TOKEN_PUK_BLOCKED) /* it isn't one of the stock to be changed for another */
		r = error_set(e, ERR_DESK_UNLOCK_DEAD, "%s", u->about.key_serial);
	return r;
}

static enum err finish(struct unlocking *u, struct error *e)
{
	enum err r = store_begin(u->d->store, e);
	if (r)
		return r;
	u->secrets.puk = u->secrets.puk_next;
	secret_wipe(&u->secrets.puk_next);
	json_t *facts = json_pack("{ss}", "key", u->about.key_serial);
	if (!(r = key_secrets_save(u->d, &u->key, &u->secrets, e)) && !(r = challenge_use(u->d, u->challenge, e)) &&
	    !(r = effect_unlocked(u->d, &u->o, e)))
		r = desk_commit(u->d, MAY_UNLOCK, NULL, u->o.no, NULL, facts, e);
	json_decref(facts);
	store_rollback(u->d->store);
	return r;
}

enum err key_unlock(struct desk *d, const char *no, const char *code, const struct secret *pin, json_t **out, struct error *e)
{
	struct unlocking u = {.d = d, .lock = -1};
	*out = NULL;
	enum err r = begin(&u, no, code, true, e);
	struct staff second = d->second; /* for all the steps of this one action */
	if (!r && !(r = open_key(&u, e)) && !(r = record_next(&u, e)) && !(r = set_pin(&u, pin, e))) {
		d->second = second;
		r = finish(&u, e);
	}
	token_close(&u.token);
	key_secrets_wipe(&u.secrets);
	subject_free(&u.about);
	order_free(&u.o);
	if (u.lock >= 0)
		close(u.lock);
	return r ? r : order_show(d, no, out, e);
}

enum err key_unlock_ready(struct desk *d, const char *no, const char *code, struct error *e)
{
	struct unlocking u = {.d = d};
	enum err r = begin(&u, no, code, false, e);
	subject_free(&u.about);
	order_free(&u.o);
	return r;
}

enum err key_unlock_send(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct unlocking u = {.d = d};
	char *to = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_UNLOCK, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = load(&u, no, e)) && !(r = effect_unlock_code(d, &u.o, &u.about, &to, e)))
			r = store_commit_plain(d->store, e);
		store_rollback(d->store);
	}
	if (!r)
		*out = json_pack("{ssss}", "order", no, "sent_to", to);
	free(to);
	subject_free(&u.about);
	order_free(&u.o);
	return r;
}
