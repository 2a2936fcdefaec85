/* What headquarters has for this site, in its order: each item is signed, and done with in the transaction that carries it out. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/certcustody.h"
#include "desk/custody.h"
#include "desk/hubca.h"
#include "desk/publication.h"
#include "desk/sitename.h"
#include "sync/envelope.h"
#include "sync/internal.h"

static enum err bad(const char *what, int64_t n, struct error *e)
{
	return error_set(e, ERR_SYNC_ANSWER, "%s %lld", what, (long long)n);
}

static enum err done_with(struct sync *s, int64_t n, struct error *e)
{
	return store_run(s->d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", n);
}

static enum err open_key(struct sync *s, const json_t *body, uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	struct bytes cms = {0};
	const char *text = json_text(body, "cms");
	enum err r = base64_decode(text, strlen(text), &cms)
	                 ? envelope_open(s->encrypt, cms.data, cms.length, json_text(body, "from"), json_number(body, "dk"), key, e)
	                 : bad("cms", json_number(body, "seq"), e);
	bytes_free(&cms);
	return r;
}

static enum err open_bundle(const json_t *body, const uint8_t key[DATA_KEY_SIZE], json_t **out, struct error *e)
{
	struct bytes sealed = {0}, plain = {0};
	char bind[96];
	const char *text = json_text(body, "bundle");
	snprintf(bind, sizeof bind, "custody/%lld/%lld", (long long)json_number(body, "record"), (long long)json_number(body, "version"));
	enum err r = base64_decode(text, strlen(text), &sealed) ? unseal(key, bind, sealed.data, sealed.length, &plain)
	                                                        : bad("bundle", json_number(body, "seq"), e);
	if (!r)
		r = json_parse((char *)plain.data, plain.length, out, e);
	else
		error_set(e, r, "%s", bind);
	bytes_free(&sealed);
	bytes_free(&plain);
	return r;
}

static int64_t size_of(const json_t *body, const char *digest)
{
	json_t *file;
	size_t i;
	json_array_foreach(json_object_get(body, "files"), i, file)
		if (strcmp(json_text(file, "digest"), digest) == 0)
			return json_number(file, "size");
	return 0;
}

static enum err fetch_files(struct sync *s, const json_t *body, const json_t *bundle, struct error *e)
{
	json_t *record;
	size_t i;
	json_array_foreach(json_object_get(bundle, "records"), i, record)
	{
		const json_t *row = json_object_get(record, "row");
		const char *digest = json_text(row, "digest");
		if (strcmp(json_text(record, "kind"), "document") != 0)
			continue;
		enum err r = file_pull(s, json_text(body, "home"), json_text(row, "file"), digest, size_of(body, digest), e);
		if (r)
			return r;
	}
	return OK;
}

/* An item that can't be carried out must not hold up those behind it, unless trying again may help (no line, full disk). */
static bool stops(enum err r)
{
	return r != ERR_STORE_REPLICA && r != ERR_STORE_NO_PLACE && r != ERR_DESK_CUSTODY && r != ERR_DESK_NO_ORDER && r != ERR_SEALED && r != ERR_JSON && r != ERR_DESK_STATUS && r != ERR_DESK_PUBLICATION &&
	       r != ERR_SYNC_FILE && r != ERR_CA_LIST && r != ERR_CA_CERTIFICATE && r != ERR_DESK_CA_UNKNOWN;
}

/* An order that can't be carried out here must not be lost between two sites: it goes, or stays, where somebody looks at it. */
static enum err cannot_take(struct sync *s, const struct custody_item *item, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	struct error why = *e;
	error_sentence(&why, sentence, sizeof sentence);
	enum err r = *item->decision ? custody_refused(s->d, item->order, item->seq, sentence, item->feed, e)
	                             : custody_untaken(s->d, item, sentence, e);
	notice_trouble(s->d, &why);
	return r;
}

static enum err custody(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	json_t *bundle = NULL;
	struct custody_item item = {.order = json_text(body, "order"), .from = json_text(body, "from"), .home = json_text(body, "home"),
	                            .decision = json_text(body, "decision"), .seq = json_number(body, "seq"), .feed = n, .key = key};
	enum err r = open_key(s, body, key, e);
	if (!r)
		r = open_bundle(body, key, &bundle, e);
	item.bundle = bundle;
	if (!r && !*item.decision)
		r = fetch_files(s, body, bundle, e);
	if (!r)
		r = custody_take(s->d, &item, e);
	if (r && !stops(r))
		r = cannot_take(s, &item, e);
	OPENSSL_cleanse(key, sizeof key);
	json_decref(bundle);
	return r;
}

static enum err refused(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	const char *order = json_text(body, "order");
	if (!*order)
		notice_refused(s->d, json_number(body, "seq"), json_text(body, "why"));
	return *order ? custody_refused(s->d, order, json_number(body, "seq"), json_text(body, "why"), n, e) : done_with(s, n, e);
}

static enum err given(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	return custody_given(s->d, json_text(body, "order"), json_text(body, "to"), n, e);
}

static enum err entry_refused(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	const char *order = json_text(body, "order"), *why = json_text(body, "why");
	notice_refused(s->d, json_number(body, "seq"), why);
	return *order && text_starts(why, "CUSTODY") ? custody_given(s->d, order, "", n, e) : done_with(s, n, e);
}

static enum err route(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	enum err r = store_run(s->d->store, SQL_SYNC_STATE_REVIEW, NULL, e, "i", (int64_t)json_flag(body, "review"));
	return r ? r : done_with(s, n, e);
}

/* A site that can't be one is left out: it could only be chosen. */
static enum err review_sites(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	const json_t *site;
	size_t i;
	enum err r = store_begin(s->d->store, e);
	if (!r)
		r = store_run(s->d->store, SQL_REVIEW_SITE_CLEAR, NULL, e, "");
	json_array_foreach(json_object_get(body, "sites"), i, site) {
		const char *code = json_text(site, "code"), *name = json_text(site, "name");
		if (!r && site_code_good(code) && text_valid(name, strlen(name)))
			r = store_run(s->d->store, SQL_REVIEW_SITE_PUT, NULL, e, "tt", code, name);
	}
	if (!r && !(r = done_with(s, n, e)))
		r = store_commit_plain(s->d->store, e);
	store_rollback(s->d->store);
	return r;
}

static enum err publication(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	struct bytes text = {0};
	char digest[DIGEST_TEXT_SIZE];
	enum err r = json_canonical(body, &text);
	digest_text(text.data, text.length, digest);
	if (!r && (r = publication_take(s->d, body, digest, n, e)) == ERR_DESK_PUBLICATION)
		notice_trouble(s->d, e); /* its refusal is in the journal, and the feed goes on */
	bytes_free(&text);
	return r;
}

/* A certificate and its key, from whom held it. */
static enum err certificate(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	struct bytes cms = {0}, sealed = {0}, plain = {0};
	const char *text = json_text(body, "cms"), *bundle = json_text(body, "bundle"), *from = json_text(body, "from");
	json_t *rows = NULL;
	uint8_t key[DATA_KEY_SIZE];
	char bind[96];
	snprintf(bind, sizeof bind, "certificate/%.64s", json_text(body, "serial"));
	enum err r = base64_decode(text, strlen(text), &cms) && base64_decode(bundle, strlen(bundle), &sealed) ? OK : bad("bundle", n, e);
	if (!r)
		r = envelope_open(s->encrypt, cms.data, cms.length, from, json_number(body, "record"), key, e);
	if (!r && (r = unseal(key, bind, sealed.data, sealed.length, &plain)))
		error_set(e, r, "%s", bind);
	if (!r && !(r = json_parse((char *)plain.data, plain.length, &rows, e)))
		r = certificate_take(s->d, &(struct certificate_item){.serial = json_text(body, "serial"), .issuer = json_text(body, "issuer"),
		                                                      .from = from, .feed = n, .bundle = rows, .key = key}, e);
	OPENSSL_cleanse(key, sizeof key);
	json_decref(rows);
	bytes_free(&cms);
	bytes_free(&sealed);
	bytes_free(&plain);
	return r;
}

static enum err certificate_gone(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	const struct certificate_left left = {.issuer = json_text(body, "issuer"), .serial = json_text(body, "serial"), .key = json_text(body, "key"),
	                                      .to = json_text(body, "to"), .order = json_text(body, "review"), .feed = n};
	return certificate_given(s->d, &left, e);
}

static enum err authority(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	enum err r = hubca_take_chain(s->d, json_text(body, "chain"), e);
	return r ? r : done_with(s, n, e);
}

static enum err crl(struct sync *s, int64_t n, const json_t *body, struct error *e)
{
	struct bytes der = {0};
	const char *text = json_text(body, "der");
	enum err r = base64_decode(text, strlen(text), &der) ? hubca_take_crl(s->d, der.data, der.length, e) : error_set(e, ERR_JSON, "der");
	bytes_free(&der);
	return r ? r : done_with(s, n, e);
}

static const struct {
	const char *kind;
	enum err (*take)(struct sync *s, int64_t n, const json_t *body, struct error *e);
} kinds[] = {{"custody", custody}, {"given", given}, {"refused", refused}, {"entry-refused", entry_refused}, {"route", route}, {"review-sites", review_sites}, {"publication", publication},
             {"ca", authority}, {"crl", crl}, {"certificate", certificate}, {"certificate-given", certificate_gone}};

static enum err carry_out(struct sync *s, const json_t *item, json_t *counts, struct error *e)
{
	int64_t n = json_number(item, "n");
	const char *kind = json_text(item, "kind"), *text = json_text(item, "body");
	struct bytes said = {0};
	json_t *body = NULL;
	enum err r = n > s->feed ? bytes_format(&said, "%s %lld %s %s", s->d->site, (long long)n, kind, text) : bad("feed", n, e);
	if (!r && !line_signed(s->hub_sign, (char *)said.data, said.length, json_text(item, "signature")))
		r = error_set(e, ERR_SYNC_SIGNATURE, "%lld", (long long)n);
	if (!r && !(r = json_parse(text, strlen(text), &body, e)))
		r = site_names_keep(s->d, json_object_get(body, "names"), e);
	bool known = false;
	for (size_t i = 0; !r && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0) {
			known = true;
			if ((r = kinds[i].take(s, n, body, e)) && !stops(r)) {
				struct error why = *e;
				count_add(counts, "not_taken", 1);
				notice_trouble(s->d, e);
				r = strcmp(kind, "publication") == 0 ? OK : notice_untaken(s->d, kind, n, &why, e);
				r = r ? r : done_with(s, n, e);
			}
		}
	if (!r && !known)
		r = done_with(s, n, e);
	if (!r) {
		s->feed = n;
		count_add(counts, "received", 1);
	}
	json_decref(body);
	bytes_free(&said);
	return r;
}

enum err pull_run(struct sync *s, json_t *counts, bool *moved, struct error *e)
{
	enum err r = OK;
	for (bool more = true; !r && more;) {
		char path[64];
		json_t *answer = NULL, *item;
		size_t i;
		snprintf(path, sizeof path, "/v1/feed?after=%lld", (long long)s->feed);
		r = line_ask(s, "GET", path, NULL, 0, NULL, &answer, e);
		const json_t *items = json_object_get(answer, "items");
		more = !r && json_array_size(items) > 0;
		json_array_foreach(items, i, item)
			if (!r && !(r = carry_out(s, item, counts, e)))
				*moved = true;
		json_decref(answer);
	}
	return r;
}
