/* The revocation list: one row of table crl for each that was made; its id is its number. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "desk/cert.h"
#include "desk/hubca.h"
#include "desk/keyrow.h"

enum { DAY = 86400, CERTIFICATE_HOLD = 6 };

/* Where headquarters' CA issues, the local list goes on with what the local CA has issued, and with nothing else. "": with all. */
static enum err own_issuer(struct desk *d, const char **issuer, struct error *e)
{
	struct ca *ca = NULL;
	*issuer = "";
	enum err r = hubca_chosen(d) ? desk_own_ca(d, &ca, e) : OK;
	if (!r && ca)
		*issuer = ca_info(ca)->subject;
	return r;
}

static enum err is_due(struct desk *d, const char *issuer, bool *due, int64_t *number, struct error *e)
{
	json_t *row = NULL;
	int64_t changed = 0, now = desk_now(d);
	enum err r = store_row(d->store, SQL_CERT_CRL_NEWEST, &row, e, "");
	int64_t made = json_number(row, "this_update"), next = json_number(row, "next_update");
	*number = json_number(row, "id") + 1;
	*due = !row || now - made > (next - made) / 2 || now < made;
	json_decref(row);
	if (!r && !*due)
		r = store_int(d->store, SQL_CERT_CHANGED_SINCE, 0, &changed, e, "it", made, issuer);
	*due = *due || changed;
	return r;
}

static enum err make(struct desk *d, const json_t *rows, int64_t number, int64_t next, struct bytes *der,
                     struct error *e)
{
	struct ca *ca = NULL;
	size_t n = json_array_size(rows);
	struct ca_revoked *list = calloc(n ? n : 1, sizeof *list);
	enum err r = list ? desk_own_ca(d, &ca, e) : error_set(e, ERR_MEMORY, "crl");
	for (size_t i = 0; !r && i < n; i++) {
		const json_t *row = json_array_get(rows, i);
		bool held = strcmp(json_text(row, "state"), "suspended") == 0;
		int code = ca_reason_code(json_text(row, "reason"));
		list[i] = (struct ca_revoked){json_text(row, "serial"), json_number(row, "state_at"),
		                              held                                   ? CERTIFICATE_HOLD
		                              : code < 0 || code == CERTIFICATE_HOLD ? 0
		                                                                     : code,
		                              0};
	}
	if (!r)
		r = ca_crl(ca, list, n, desk_now(d), next, (uint64_t)number, der, e);
	free(list);
	return r;
}

/* An ended certificate stays on the list for one validity more, so that nobody misses it. */
static enum err renew(struct desk *d, const char *issuer, int64_t number, struct error *e)
{
	json_t *rows = NULL, *facts = NULL;
	struct bytes der = {0};
	int64_t now = desk_now(d), validity = (int64_t)(d->config.crl_days > 0 ? d->config.crl_days : 1) * DAY;
	enum err r = store_rows(d->store, SQL_CERT_REVOKED, &rows, e, "it", now - validity, issuer);
	if (!r && !(r = make(d, rows, number, now + validity, &der, e)) &&
	    !(r = store_insert(d->store, SQL_CERT_CRL_INSERT, NULL, e, "iiib", number, now, now + validity,
	                       (const void *)der.data, der.length))) {
		facts = json_pack("{sI sI}", "number", (json_int_t)number, "entries", (json_int_t)json_array_size(rows));
		r = desk_commit(d, MAY_CRL, NULL, "crl", NULL, facts, e);
	}
	json_decref(facts);
	json_decref(rows);
	bytes_free(&der);
	return r;
}

/* Empty where there is none yet, or nobody wants it in a file. */
static enum err newest(struct desk *d, struct bytes *der, struct error *e)
{
	json_t *row = NULL;
	enum err r = *d->config.crl_file ? store_row(d->store, SQL_CERT_CRL_NEWEST, &row, e, "") : OK;
	if (!r && row)
		r = blob_load(d, SQL_CERT_CRL_DER, json_number(row, "id"), der, e);
	json_decref(row);
	return r;
}

enum err crl_place(struct desk *d, struct error *e)
{
	struct ca *ca = NULL;
	struct bytes der = {0};
	enum err r = newest(d, &der, e);
	if (!r && der.length && !(r = desk_own_ca(d, &ca, e)))
		r = crl_put(ca, d->config.crl_file, &der, desk_now(d), e);
	bytes_free(&der);
	return r;
}

enum err crl_placed(struct desk *d, struct error *e)
{
	struct ca *ca = NULL;
	struct bytes der = {0};
	enum err r = newest(d, &der, e);
	if (!r && der.length && !(r = desk_own_ca(d, &ca, e)))
		r = crl_lies(ca, d->config.crl_file, &der, desk_now(d), e);
	bytes_free(&der);
	return r;
}

enum err crl_refresh(struct desk *d, struct error *e)
{
	bool due = false;
	int64_t number = 0;
	const char *issuer = "";
	enum err r = own_issuer(d, &issuer, e);
	if (!r)
		r = is_due(d, issuer, &due, &number, e);
	if (r || !due || (r = store_begin(d->store, e)))
		return r;
	if (!(r = is_due(d, issuer, &due, &number, e)) && due) /* another session may have made it since */
		r = renew(d, issuer, number, e);
	store_rollback(d->store);
	if (!r && due)
		crl_place(d, NULL); /* the list stands; the timer says what is wrong with the file */
	return r;
}

enum err crl_publish(struct desk *d, struct error *e)
{
	struct error why = {0};
	char sentence[ERROR_DETAIL_SIZE];
	return crl_refresh(d, &why) ? error_set(e, ERR_DESK_CRL_WAITS, "%s", error_sentence(&why, sentence, sizeof sentence)) : OK;
}

enum err cert_crl(struct desk *d, struct bytes *pem, struct error *e)
{
	enum err r = hubca_chosen(d) ? desk_allow(d, MAY_CRL, NULL, e) : OK;
	return r ? r : hubca_chosen(d) ? hubca_crl(d, pem, e) : cert_crl_local(d, pem, e);
}

enum err cert_crl_local(struct desk *d, struct bytes *pem, struct error *e)
{
	json_t *row = NULL;
	struct bytes der = {0};
	enum err r = desk_allow(d, MAY_CRL, NULL, e);
	if (!r && !(r = crl_refresh(d, e)) && !(r = store_row(d->store, SQL_CERT_CRL_NEWEST, &row, e, "")) &&
	    !(r = blob_load(d, SQL_CERT_CRL_DER, json_number(row, "id"), &der, e)))
		r = crl_pem(der.data, der.length, pem, e);
	json_decref(row);
	bytes_free(&der);
	return r;
}
