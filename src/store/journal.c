#include "store/journal.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/keypair.h"
#include "store/internal.h"

#define T(name, NAME) {name, SQL_STATE_##NAME, SQL_ALL_##NAME}
const struct journal_table_row journal_tables[] = {
	T("agent", AGENT), T("backup_made", BACKUP_MADE), T("ca_request", CA_REQUEST), T("calendar_day", CALENDAR_DAY), T("certificate", CERTIFICATE), T("channel", CHANNEL),
	T("crl", CRL), T("customer", CUSTOMER), T("day_close", DAY_CLOSE), T("day_item", DAY_ITEM),
	T("deadline", DEADLINE), T("deadline_rule", DEADLINE_RULE), T("document", DOCUMENT),
	T("document_rule", DOCUMENT_RULE), T("expiry_notice", EXPIRY_NOTICE), T("handover", HANDOVER), T("handover_undo", HANDOVER_UNDO), T("headquarters", HEADQUARTERS),
	T("identity_check", IDENTITY_CHECK), T("identity_refusal", IDENTITY_REFUSAL), T("invoice", INVOICE), T("invoice_line", INVOICE_LINE), T("invoice_red", INVOICE_RED),
	T("item", ITEM), T("key_count", KEY_COUNT), T("key_count_difference", KEY_COUNT_DIFFERENCE),
	T("key_move", KEY_MOVE), T("late_notice", LATE_NOTICE), T("line", LINE), T("order_subject", ORDER_SUBJECT), T("orders", ORDERS),
	T("payment", PAYMENT), T("payment_order", PAYMENT_ORDER), T("pin_delivery", PIN_DELIVERY),
	T("price", PRICE), T("print_job", PRINT_JOB), T("product", PRODUCT), T("publication", PUBLICATION), T("qr_refund", QR_REFUND), T("qr_trade", QR_TRADE),
	T("qr_trade_order", QR_TRADE_ORDER), T("refund", REFUND), T("retention", RETENTION), T("review_passed", REVIEW_PASSED),
	T("shift", SHIFT), T("signature", SIGNATURE), T("signature_order", SIGNATURE_ORDER),
	T("signature_void", SIGNATURE_VOID), T("site", SITE),
	T("staff", STAFF), T("statement", STATEMENT), T("statement_debit", STATEMENT_DEBIT),
	T("statement_entry", STATEMENT_ENTRY), T("station", STATION), T("tax_class", TAX_CLASS),
	T("text_shown", TEXT_SHOWN), T("till_count", TILL_COUNT), T("till_end", TILL_END),
	T("till_float", TILL_FLOAT), T("till_move", TILL_MOVE), T("usb_key", USB_KEY), T("visit", VISIT),
};
const int journal_table_count = sizeof journal_tables / sizeof *journal_tables;

const char *journal_table(size_t i)
{
	return i < (size_t)journal_table_count ? journal_tables[i].name : NULL;
}

int journal_table_index(const char *name)
{
	int low = 0, high = journal_table_count - 1; /* the table is in order of names */
	while (low <= high) {
		int middle = (low + high) / 2, order = strcmp(name, journal_tables[middle].name);
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1;
}

bool journal_has_table(const char *name)
{
	return journal_table_index(name) >= 0;
}

static int by_table_and_id(const void *a, const void *b)
{
	const struct touched *x = a, *y = b;
	return x->table != y->table ? x->table - y->table : (x->id > y->id) - (x->id < y->id);
}

/* Reads the row as it stands now; *dk stays where the row is gone. */
static enum err current_state(struct store *s, int table, int64_t id, json_t **state, int64_t *dk, struct error *e)
{
	sqlite3_stmt *st = NULL;
	enum sql q = journal_tables[table].one;
	enum err r = statement_get(s, q, &st, e);
	*state = NULL;
	if (r)
		return r;
	sqlite3_bind_int64(st, 1, id);
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*state = row_state(st);
		*dk = json_number(*state, "dk");
	} else if (rc == SQLITE_DONE)
		*state = json_null();
	else
		r = store_fault(s, sql_queries[q].name, e);
	statement_done(s, q, st);
	return r;
}

static enum err last_version(struct store *s, const char *kind, int64_t id, int64_t *version, int64_t *dk, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(s, SQL_JOURNAL_LAST_STATE, &rows, e, "ti", kind, id);
	if (r)
		return r;
	if (rows_next(rows)) {
		*version = rows_int(rows, 0);
		*dk = rows_int(rows, 1);
	}
	return rows_end(&rows, e);
}

/* Seals a record's next state, stores it and adds [kind, id, version, digest] to `records`. */
static enum err add_state(struct store *s, const char *kind, int64_t id, int64_t version, int64_t dk, const json_t *state, int64_t seq,
                          json_t *records, struct error *e)
{
	struct bytes sealed = {0};
	char bind[96], digest[DIGEST_TEXT_SIZE];
	snprintf(bind, sizeof bind, "%s/%lld/%lld", kind, (long long)id, (long long)version);
	enum err r = datakey_seal_json(s, dk, bind, state, &sealed, e);
	if (!r) {
		digest_text(sealed.data, sealed.length, digest);
		r = store_run(s, SQL_JOURNAL_STATE_INSERT, NULL, e, "tiiiib", kind, id, version, seq, dk, (const void *)sealed.data,
		              sealed.length);
	}
	if (!r)
		json_array_append_new(records, json_pack("[sIIs]", kind, (json_int_t)id, (json_int_t)version, digest));
	bytes_free(&sealed);
	return r;
}

static enum err write_state(struct store *s, struct touched t, int64_t seq, json_t *records, struct error *e)
{
	const char *kind = journal_tables[t.table].name;
	json_t *state = NULL;
	int64_t version = 0, dk = 0;
	enum err r = last_version(s, kind, t.id, &version, &dk, e);
	if (!r)
		r = current_state(s, t.table, t.id, &state, &dk, e);
	if (!r && (!json_is_null(state) || version > 0)) /* else made and removed within the step */
		r = add_state(s, kind, t.id, version + 1, dk, state, seq, records, e);
	json_decref(state);
	return r;
}

/* The state without a row stands among the others by its kind's name. */
static enum err write_loose(struct store *s, const char *before, int64_t seq, json_t *records, struct error *e)
{
	int64_t version = 0, dk = 0;
	if (!s->loose.state || (before && strcmp(s->loose.kind, before) > 0))
		return OK;
	json_t *state = s->loose.state;
	s->loose.state = NULL;
	enum err r = last_version(s, s->loose.kind, s->loose.record, &version, &dk, e);
	if (!r)
		r = add_state(s, s->loose.kind, s->loose.record, version + 1, s->loose.dk, state, seq, records, e);
	json_decref(state);
	return r;
}

static enum err write_states(struct store *s, int64_t seq, json_t *records, struct error *e)
{
	enum err r = OK;
	if (s->touched_count)
		qsort(s->touched, s->touched_count, sizeof *s->touched, by_table_and_id);
	for (size_t i = 0; !r && i < s->touched_count; i++)
		if (i == 0 || by_table_and_id(&s->touched[i - 1], &s->touched[i]) != 0)
			if (!(r = write_loose(s, journal_tables[s->touched[i].table].name, seq, records, e)))
				r = write_state(s, s->touched[i], seq, records, e);
	return r ? r : write_loose(s, NULL, seq, records, e);
}

static enum err load_signer(struct store *s, struct error *e)
{
	struct rows *rows = NULL;
	struct bytes plain = {0};
	struct secret sub = {0};
	size_t length = 0;
	if (s->signer)
		return OK;
	enum err r = store_query(s, SQL_SITE_SIGNER, &rows, e, "");
	if (r)
		return r;
	const void *sealed = rows_next(rows) ? rows_blob(rows, 0, &length) : NULL;
	if (!sealed)
		r = error_set(e, ERR_STORE_BROKEN, "site");
	else if ((r = key_derive(&s->key, "site-sign", &sub)) ||
	         (r = unseal((uint8_t *)sub.data, "site.sign_private", sealed, length, &plain)))
		error_set(e, r, "site.sign_private");
	else {
		const unsigned char *p = plain.data;
		if (!(s->signer = d2i_AutoPrivateKey(NULL, &p, (long)plain.length)))
			r = error_set(e, ERR_SEALED, "site.sign_private");
	}
	rows_end(&rows, NULL);
	bytes_free(&plain);
	secret_wipe(&sub);
	return r;
}

enum err journal_make_keys(const struct secret *key, struct bytes *public_key, struct bytes *private_sealed, struct error *e)
{
	enum err r = ERR_CRYPTO;
	struct secret sub = {0};
	unsigned char *public_der = NULL, *private_der = NULL;
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	int n = pair ? i2d_PUBKEY(pair, &public_der) : -1, m = pair ? i2d_PrivateKey(pair, &private_der) : -1;
	if (n > 0 && m > 0 && !(r = bytes_add(public_key, public_der, (size_t)n)) && !(r = key_derive(key, "site-sign", &sub)))
		r = seal((uint8_t *)sub.data, "site.sign_private", private_der, (size_t)m, private_sealed);
	if (r)
		error_set(e, r, "site key");
	if (m > 0)
		OPENSSL_cleanse(private_der, (size_t)m);
	OPENSSL_free(public_der);
	OPENSSL_free(private_der);
	EVP_PKEY_free(pair);
	secret_wipe(&sub);
	return r;
}

enum err journal_request(struct store *s, const char *site, struct bytes *pem, struct error *e)
{
	enum err r = load_signer(s, e);
	return r ? r : request_pem(s->signer, site, pem, e);
}

static enum err sign_hash(struct store *s, const char *hash, struct bytes *out, struct error *e)
{
	unsigned char signature[160];
	size_t length = sizeof signature;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, s->signer) == 1 &&
	            EVP_DigestSign(c, signature, &length, (const unsigned char *)hash, strlen(hash)) == 1;
	EVP_MD_CTX_free(c);
	return good ? bytes_add(out, signature, length) : error_set(e, ERR_CRYPTO, "signature");
}

enum err journal_head(struct store *s, int64_t *seq, int64_t *time, char hash[DIGEST_TEXT_SIZE], struct error *e)
{
	struct rows *rows = NULL;
	*seq = *time = 0;
	hash[0] = '\0';
	enum err r = store_query(s, SQL_JOURNAL_HEAD, &rows, e, "");
	if (r)
		return r;
	if (rows_next(rows)) {
		*seq = rows_int(rows, 0);
		*time = rows_int(rows, 1);
		snprintf(hash, DIGEST_TEXT_SIZE, "%s", rows_text(rows, 2));
	}
	return rows_end(&rows, e);
}

static json_t *make_entry(const struct step *step, int64_t epoch, int64_t seq, int64_t time, const char *prev, json_t *records)
{
	return json_pack("{ss sI sI ss ss so si ss sO* sO* ss sI ss}", "action", step->action, "epoch", (json_int_t)epoch, "seq",
	                 (json_int_t)seq, "actor", step->actor, "prev", prev, "records", records, "format", 1, "program",
	                 step->program, "files", step->files, "facts", step->facts, "site", step->site, "time", (json_int_t)time,
	                 "subject", step->subject);
}

enum err journal_write(struct store *s, const struct step *step, char hash[DIGEST_TEXT_SIZE], int64_t *seq, struct error *e)
{
	json_t *records = json_array(), *entry = NULL;
	struct bytes text = {0}, signature = {0};
	char prev[DIGEST_TEXT_SIZE];
	int64_t time = 0, epoch = 0;
	enum err r = load_signer(s, e);
	if (!r)
		r = journal_head(s, seq, &time, prev, e);
	if (!r) /* another process may have begun one */
		r = store_int(s, SQL_SITE_EPOCH, 0, &epoch, e, "");
	if (r)
		goto out;
	++*seq;
	if ((r = write_states(s, *seq, records, e)))
		goto out;
	time = step->now > time ? step->now : time;
	entry = make_entry(step, epoch, *seq, time, prev, json_incref(records));
	if (entry) {
		json_object_set_new(entry, "second", json_string(step->second ? step->second : ""));
		json_object_set_new(entry, "station", json_string(step->station ? step->station : ""));
	}
	if (!entry || json_canonical(entry, &text)) {
		r = error_set(e, ERR_STORE_FAULT, "entry %s", step->action);
		goto out;
	}
	digest_text(text.data, text.length, hash);
	if (!(r = sign_hash(s, hash, &signature, e)))
		r = store_run(s, SQL_JOURNAL_INSERT, NULL, e, "ittbit", *seq, (const char *)text.data, hash,
		              (const void *)signature.data, signature.length, time, step->subject);
out:
	json_decref(entry);
	json_decref(records);
	bytes_free(&text);
	bytes_free(&signature);
	return r;
}
