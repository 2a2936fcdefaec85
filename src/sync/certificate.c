/* Getting a certificate of another counter: by its key, a code to the phone on file, or an approved review. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "desk/cert.h"
#include "desk/certcustody.h"
#include "desk/elsewhere.h"
#include "sync/internal.h"
#include "sync/possession.h"

enum { ROUNDS_MOST = 100 };

struct fetching {
	struct sync *s;
	const char *key_serial;
	const struct secret *pin;
	struct bytes der, pem, signature;
	struct cert_info info;
	int slot;
	char from[40];
};

static enum err sign(struct fetching *f, const char *challenge, struct error *e)
{
	struct bytes text = {0};
	enum err r = possession_text(f->s->d->site, challenge, &text);
	if (!r)
		r = certificate_sign(f->key_serial, f->slot, f->pin, &f->der, &text, &f->signature, e);
	bytes_free(&text);
	return r;
}

static enum err prove(struct fetching *f, struct error *e)
{
	json_t *asked = json_pack("{ss ss}", "serial", f->key_serial, "certificate", (char *)f->pem.data), *said = NULL, *given = NULL;
	enum err r = asked ? line_ask(f->s, "POST", "/v1/certificates/challenge", asked, 0, NULL, &said, e) : ERR_MEMORY;
	const char *challenge = json_text(said, "challenge");
	if (!r && (!*challenge || strlen(challenge) > 128))
		r = error_set(e, ERR_SYNC_ANSWER, "/v1/certificates/challenge");
	if (!r && !(r = sign(f, challenge, e)) && !(r = json_set_base64(asked, "signature", f->signature.data, f->signature.length, e))) {
		json_object_set_new(asked, "challenge", json_string(challenge));
		r = line_ask(f->s, "POST", "/v1/certificates/prove", asked, 0, NULL, &given, e);
	}
	snprintf(f->from, sizeof f->from, "%s", json_text(given, "from"));
	json_decref(asked);
	json_decref(said);
	json_decref(given);
	return line_refused(r, f->info.serial, e);
}

/* Headquarters has given it: the feed brings it, maybe to the process that follows. */
static enum err receive(struct fetching *f, struct error *e)
{
	struct desk *d = f->s->d;
	json_t *counts = json_object();
	bool moved = true, held = false, timer = d->timer;
	enum err r = OK;
	d->timer = true;
	for (int i = 0; !r && moved && i < ROUNDS_MOST; i++)
		r = sync_round(f->s, counts, &moved, e);
	d->timer = timer;
	json_decref(counts);
	if (!r)
		r = certificate_held(d, f->info.issuer, f->info.serial, &held, e);
	return r || held ? r : error_set(e, ERR_SYNC_CERT_WAITS, "%s", f->info.serial);
}

/* One whose issuer headquarters names. */
static enum err came(struct fetching *f, const json_t *given, json_t **out, struct error *e)
{
	const char *serial = json_text(given, "serial"), *issuer = json_text(given, "issuer");
	snprintf(f->from, sizeof f->from, "%s", json_text(given, "from"));
	snprintf(f->info.serial, sizeof f->info.serial, "%s", serial);
	if (!(f->info.issuer = strdup(issuer)))
		return ERR_MEMORY;
	enum err r = receive(f, e);
	if (!r && !(r = cert_show(f->s->d, serial, out, e)))
		json_object_set_new(*out, "from", json_string(f->from));
	return r;
}

enum err sync_fetch_by_code(struct desk *d, const char *serial, const char *code, json_t **out, struct error *e)
{
	struct fetching f = {0};
	char folded[CERT_SERIAL_SIZE];
	json_t *asked = NULL, *said = NULL;
	*out = NULL;
	cert_fold_serial(serial, folded);
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = sync_open(d, &f.s, e);
	if (!r && !(asked = code ? json_pack("{ss ss}", "serial", folded, "code", code) : json_pack("{ss}", "serial", folded)))
		r = ERR_MEMORY;
	if (!r)
		r = line_ask(f.s, "POST", code ? "/v1/certificates/prove" : "/v1/certificates/code", asked, 0, NULL, &said, e);
	r = line_refused(r, folded, e);
	if (!r && code)
		r = came(&f, said, out, e);
	else if (!r)
		*out = json_pack("{ss ss}", "certificate", folded, "sent_to", json_text(said, "sent_to"));
	sync_close(&f.s);
	json_decref(asked);
	json_decref(said);
	cert_info_free(&f.info);
	return r;
}

enum err sync_fetch_by_review(struct desk *d, const char *order, json_t **out, struct error *e)
{
	struct fetching f = {0};
	char serial[CERT_SERIAL_SIZE];
	json_t *said = NULL;
	bool timer = d->timer;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = elsewhere_order(d, order, serial, e);
	if (!r)
		r = sync_open(d, &f.s, e);
	d->timer = true;
	if (!r)
		r = sync_push(f.s, e);
	d->timer = timer;
	if (!r)
		r = reviewed_said(f.s, order, serial, &said, e);
	if (!r)
		r = came(&f, said, out, e);
	sync_close(&f.s);
	json_decref(said);
	cert_info_free(&f.info);
	return r;
}

enum err sync_fetch_certificate(struct desk *d, const char *key_serial, const struct secret *pin, json_t **out, struct error *e)
{
	struct fetching f = {.key_serial = key_serial, .pin = pin};
	*out = NULL;
	enum err r = certificate_on_key(d, key_serial, &f.der, &f.slot, e);
	if (!r && !(r = cert_info(f.der.data, f.der.length, &f.info, e)) && !(r = cert_pem(f.der.data, f.der.length, &f.pem, e)))
		r = sync_open(d, &f.s, e);
	if (!r && !(r = prove(&f, e)))
		r = receive(&f, e);
	if (!r && !(r = cert_show(d, f.info.serial, out, e)))
		json_object_set_new(*out, "from", json_string(f.from));
	sync_close(&f.s);
	bytes_free(&f.der);
	bytes_free(&f.pem);
	bytes_free(&f.signature);
	cert_info_free(&f.info);
	return r;
}
