/* The second proof: a code that headquarters sends to the phone on file of a certificate's holder. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/h_data.h"
#include "hub/holding.h"
#include "notify/messages.h"
#include "notify/notify.h"
#include "sync/possession.h"

enum { TRIES = 5, RESEND_SECONDS = 60, A_DAY = 10, DAY = 86400, DIGITS = 6 };

struct asking {
	struct hub *hub;
	const char *site;
	char issuer[1024], serial[CERT_SERIAL_SIZE];
};

static enum err name(struct asking *a, const json_t *body, bool *known, struct error *e)
{
	text_copy(a->serial, sizeof a->serial, json_text(body, "serial"));
	return holding_name(a->hub, a->serial, a->issuer, known, e);
}

static void digest_code(const struct asking *a, int64_t sent_at, const char *code, char out[DIGEST_TEXT_SIZE])
{
	char text[256];
	snprintf(text, sizeof text, "%s/%s/%lld/%.16s", a->site, a->serial, (long long)sent_at, code);
	digest_text(text, strlen(text), out);
	OPENSSL_cleanse(text, sizeof text);
}

static enum err too_soon(struct asking *a, int64_t now, bool *soon, struct error *e)
{
	int64_t minute = 0, day = 0;
	enum err r = db_int(a->hub->db, HUB_SQL_HOLDER_CODE_SINCE, 0, &minute, e, "ti", (const char *)a->serial, now - RESEND_SECONDS);
	if (!r)
		r = db_int(a->hub->db, HUB_SQL_HOLDER_CODE_SINCE, 0, &day, e, "ti", (const char *)a->serial, now - DAY);
	*soon = minute > 0 || day >= A_DAY;
	return r;
}

static enum err text_of(const char *site, const char *code, struct bytes *out, struct error *e)
{
	struct messages *messages = NULL;
	char minutes[16], *share = share_dir(), *path = share ? path_join(share, "forms/texts/messages.tsv") : NULL;
	snprintf(minutes, sizeof minutes, "%d", HOLDER_CODE_SECONDS / 60);
	const struct message_value values[] = {{"site", site}, {"code", code}, {"minutes", minutes}};
	enum err r = path ? messages_load(path, &messages, e) : error_set(e, ERR_MEMORY, "messages");
	if (!r)
		r = messages_fill(messages, "certificate-code", LANG_ZH, values, 3, out, e);
	messages_free(&messages);
	free(path);
	free(share);
	return r;
}

/* As customers know it. */
static enum err name_of(const struct asking *a, char out[256], struct error *e)
{
	json_t *row = NULL;
	enum err r = db_row(a->hub->db, HUB_SQL_SITE_GET, &row, e, "t", a->site);
	const char *name = json_text(row, "name");
	snprintf(out, 256, "%s%.240s", *name ? "" : "受理点", *name ? name : a->site);
	json_decref(row);
	return r;
}

static enum err send(struct asking *a, const char *phone, const char *code, int64_t now, struct error *e)
{
	struct notify *notify = NULL;
	struct bytes text = {0};
	char id[NOTIFY_ID_SIZE], name[256];
	enum err r = name_of(a, name, e);
	if (!r)
		r = text_of(name, code, &text, e);
	if (!r)
		r = notify_open_outbox(a->hub->dir, &notify, e);
	if (!r)
		r = notify_send(notify, NOTIFY_SMS, phone, "certificate-code", &text, now, id, e);
	notify_close(&notify);
	bytes_free(&text);
	return r;
}

static enum err note_and_send(struct asking *a, const char *phone, struct error *e)
{
	char code[DIGITS + 1], digest[DIGEST_TEXT_SIZE];
	int64_t now = hub_now(a->hub);
	random_digits(code, DIGITS);
	digest_code(a, now, code, digest);
	enum err r = db_run(a->hub->db, HUB_SQL_HOLDER_CODE_ADD, NULL, e, "ttt" "ti", a->site, (const char *)a->issuer, (const char *)a->serial,
	                    (const char *)digest, now);
	if (!r)
		r = send(a, phone, code, now, e);
	if (!r)
		r = db_commit(a->hub->db, e);
	OPENSSL_cleanse(code, sizeof code);
	return r;
}

static enum err ask_code(struct asking *a, struct reply *p, struct error *e)
{
	struct holding_given given = {0};
	char phone[64] = "";
	bool soon = false;
	enum err r = too_soon(a, hub_now(a->hub), &soon, e);
	if (r)
		return r;
	if (soon)
		return reply_say(p, 429, SAY_SLOW, json_pack("{si}", "retry", RESEND_SECONDS));
	if ((r = holding_phone(a->hub, &(struct holding_asked){.to = a->site, .issuer = a->issuer, .serial = a->serial}, &given, phone, e)))
		return r;
	if (given.why)
		return certificate_refuse(p, &given);
	if (!*phone)
		return reply_say(p, 409, SAY_NO_PHONE, NULL);
	char *masked = text_mask(phone);
	if (!(r = note_and_send(a, phone, e)))
		r = reply_json(p, json_pack("{ss}", "sent_to", masked ? masked : ""));
	free(masked);
	return r;
}

enum err h_certificate_code(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct asking a = {.hub = hub, .site = q->site};
	json_t *body = NULL;
	bool known = false;
	if (strcmp(q->kind, "counter") != 0)
		return reply_say(p, 403, SAY_COUNTER, NULL);
	if (!request_json(q, 4096, &body, p))
		return OK;
	enum err r = name(&a, body, &known, e);
	json_decref(body);
	if (!r && !known)
		return reply_say(p, 404, SAY_CERTIFICATE_UNKNOWN, NULL);
	if (!r && !(r = db_begin(hub->db, e)) && !(r = db_lock(hub->db, "certificate", a.serial, e)))
		r = ask_code(&a, p, e);
	db_rollback(hub->db);
	return r;
}

/* Whether it is the code that was sent last; what a wrong one costs is kept whatever follows. */
static enum err check(struct asking *a, const char *code, struct reply *p, bool *good, struct error *e)
{
	struct db_rows *rows = NULL;
	char digest[DIGEST_TEXT_SIZE] = "", mine[DIGEST_TEXT_SIZE] = "";
	int64_t id = 0, sent_at = 0, tries = TRIES, changed = 0;
	*good = false;
	enum err r = db_query(a->hub->db, HUB_SQL_HOLDER_CODE_NEWEST, &rows, e, "tt", a->site, (const char *)a->serial);
	if (!r && db_rows_next(rows)) {
		id = db_rows_int(rows, 0);
		text_copy(digest, sizeof digest, db_rows_text(rows, 2));
		sent_at = db_rows_int(rows, 3);
		tries = db_rows_int(rows, 5) ? TRIES : db_rows_int(rows, 4);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (r || (r = end))
		return r;
	if (!id || tries >= TRIES || hub_now(a->hub) > sent_at + HOLDER_CODE_SECONDS)
		return reply_say(p, 403, SAY_CODE_ENDED, NULL);
	digest_code(a, sent_at, code, mine);
	if (CRYPTO_memcmp(mine, digest, sizeof mine) == 0)
		r = db_run(a->hub->db, HUB_SQL_HOLDER_CODE_USE, &changed, e, "i", id);
	else if (!(r = db_run(a->hub->db, HUB_SQL_HOLDER_CODE_TRIED, NULL, e, "i", id)))
		r = reply_say(p, 403, SAY_WRONG_CODE, json_pack("{sI}", "left", (json_int_t)(TRIES - tries - 1)));
	*good = changed == 1;
	if (!r && !*good && !p->status)
		r = reply_say(p, 403, SAY_CODE_ENDED, NULL);
	return r;
}

/* Tries at one code wait for each other. */
static enum err check_alone(struct asking *a, const char *code, struct reply *p, bool *good, struct error *e)
{
	enum err r = db_begin(a->hub->db, e);
	if (!r)
		r = db_lock(a->hub->db, "certificate", a->serial, e);
	if (!r)
		r = check(a, code, p, good, e);
	return r ? r : db_commit(a->hub->db, e);
}

enum err certificate_prove_by_code(struct hub *hub, const char *site, const json_t *body, struct reply *p, struct error *e)
{
	struct asking a = {.hub = hub, .site = site};
	struct holding_given given = {0};
	bool known = false, good = false;
	enum err r = name(&a, body, &known, e);
	if (!r && !known)
		return reply_say(p, 403, SAY_CODE_ENDED, NULL);
	if (!r)
		r = check_alone(&a, json_text(body, "code"), p, &good, e);
	if (r || !good)
		return r;
	if ((r = db_begin(hub->db, e)) || (r = holding_give(hub, &(struct holding_asked){.to = site, .issuer = a.issuer, .serial = a.serial}, &given, e)))
		return r;
	if (given.why) {
		db_rollback(hub->db);
		return certificate_refuse(p, &given);
	}
	if ((r = db_commit(hub->db, e)))
		return r;
	return reply_json(p, json_pack("{ss ss ss}", "from", given.from, "serial", a.serial, "issuer", a.issuer));
}
