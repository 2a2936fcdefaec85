/* POST /v1/certificates/…: a counter proves that the holder of a certificate is with it, and gets its custody. */
#include <string.h>

#include "base/base64.h"
#include "base/crypt.h"
#include "base/json.h"
#include "hub/h_data.h"
#include "hub/holding.h"
#include "sync/possession.h"

enum { ASK_MOST = 256 << 10, OPEN_MOST = 20 };

/* Only counters ask; false where the reply says already what is wrong. */
static bool read_body(struct request *q, json_t **body, struct reply *p)
{
	if (strcmp(q->kind, "counter") == 0)
		return request_json(q, ASK_MOST, body, p);
	reply_say(p, 403, SAY_COUNTER, NULL);
	return false;
}

/* The certificate of a body. */
static bool read_certificate(const json_t *body, struct bytes *der, struct cert_info *info, struct reply *p)
{
	const char *pem = json_text(body, "certificate");
	if (cert_from_pem(pem, strlen(pem), der, NULL) == OK && cert_info(der->data, der->length, info, NULL) == OK)
		return true;
	reply_say(p, 400, SAY_REQUEST, NULL);
	return false;
}

static enum err add_challenge(struct hub *hub, const char *site, const struct bytes *der, const char *challenge, bool *full, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	int64_t open = 0, now = hub_now(hub);
	digest_text(der->data, der->length, digest);
	enum err r = db_begin(hub->db, e);
	if (!r)
		r = db_run(hub->db, HUB_SQL_POSSESSION_FORGET, NULL, e, "i", now);
	if (!r)
		r = db_int(hub->db, HUB_SQL_POSSESSION_OPEN, 0, &open, e, "t", site);
	*full = open >= OPEN_MOST;
	if (!r && !*full)
		r = db_run(hub->db, HUB_SQL_POSSESSION_ADD, NULL, e, "ttti", challenge, site, (const char *)digest, now + POSSESSION_SECONDS);
	return r ? r : db_commit(hub->db, e);
}

enum err h_certificate_challenge(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	json_t *body = NULL;
	struct bytes der = {0}, challenge = {0};
	struct cert_info info = {0};
	uint8_t raw[32];
	bool full = false;
	enum err r = OK;
	if (read_body(q, &body, p) && read_certificate(body, &der, &info, p)) {
		random_bytes(raw, sizeof raw);
		if (!(r = base64_encode(raw, sizeof raw, &challenge)) && !(r = add_challenge(hub, q->site, &der, (char *)challenge.data, &full, e)))
			r = full ? reply_say(p, 429, SAY_SLOW, json_pack("{si}", "retry", POSSESSION_SECONDS))
			         : reply_json(p, json_pack("{ss}", "challenge", (char *)challenge.data));
	}
	json_decref(body);
	bytes_free(&der);
	bytes_free(&challenge);
	cert_info_free(&info);
	return r;
}

/* Whatever comes of it, a challenge is used up by one try. */
static enum err use_challenge(struct hub *hub, const char *site, const struct bytes *der, const char *challenge, bool *good, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	int64_t changed = 0;
	digest_text(der->data, der->length, digest);
	enum err r = db_run(hub->db, HUB_SQL_POSSESSION_USE, &changed, e, "ttti", challenge, site, (const char *)digest, hub_now(hub));
	*good = changed == 1;
	return r;
}

static bool proven(const char *site, const json_t *body, const struct cert_info *info)
{
	struct bytes signature = {0}, text = {0};
	const char *coded = json_text(body, "signature");
	uint8_t digest[32];
	bool good = base64_decode(coded, strlen(coded), &signature) && possession_text(site, json_text(body, "challenge"), &text) == OK &&
	            spki_digest(info->spki.data, info->spki.length, text.data, text.length, digest, NULL) == OK &&
	            spki_verify(info->spki.data, info->spki.length, digest, signature.data, signature.length, NULL) == OK;
	bytes_free(&signature);
	bytes_free(&text);
	return good;
}

static enum err prove(struct hub *hub, struct request *q, const json_t *body, const struct bytes *der, const struct cert_info *info,
                      struct reply *p, struct error *e)
{
	struct holding_given given = {0};
	bool good = false;
	enum err r = use_challenge(hub, q->site, der, json_text(body, "challenge"), &good, e);
	if (r)
		return r;
	if (!good)
		return reply_say(p, 403, SAY_CHALLENGE, NULL);
	if (!proven(q->site, body, info))
		return reply_say(p, 403, SAY_PROOF, NULL);
	if ((r = db_begin(hub->db, e)) || (r = holding_give(hub, &(struct holding_asked){.to = q->site, .issuer = info->issuer, .serial = info->serial, .der = der}, &given, e)))
		return r;
	if (given.why) {
		db_rollback(hub->db);
		return certificate_refuse(p, &given);
	}
	if ((r = db_commit(hub->db, e)))
		return r;
	return reply_json(p, json_pack("{ss ss}", "from", given.from, "serial", info->serial));
}

enum err h_certificate_prove(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	json_t *body = NULL;
	struct bytes der = {0};
	struct cert_info info = {0};
	enum err r = OK;
	if (read_body(q, &body, p) && json_object_get(body, "code"))
		r = certificate_prove_by_code(hub, q->site, body, p, e);
	else if (body && json_object_get(body, "order"))
		r = certificate_prove_by_review(hub, q->site, body, p, e);
	else if (body && read_certificate(body, &der, &info, p))
		r = prove(hub, q, body, &der, &info, p, e);
	json_decref(body);
	bytes_free(&der);
	cert_info_free(&info);
	return r;
}
