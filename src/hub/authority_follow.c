/* What sites' accepted entries do to the certificates that headquarters' authority has signed. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "hub/authority.h"
#include "hub/mainkey.h"

static bool state_known(const char *state)
{
	return strcmp(state, "active") == 0 || strcmp(state, "suspended") == 0 || strcmp(state, "revoked") == 0 || strcmp(state, "superseded") == 0;
}

static enum err set_state(struct hub *hub, const char *serial, const char *state, int64_t at, const char *reason, bool *changed, struct error *e)
{
	int64_t now = hub_now(hub);
	*changed = true;
	return db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_STATE, NULL, e, "ttit", serial, state, at > 0 && at <= now ? at : now, reason);
}

/* Who holds it by the accepted entries: it may have moved before it was lost here. */
static enum err adopt_holder(struct hub *hub, const char *issuer, const char *serial, struct error *e)
{
	json_t *held = NULL;
	enum err r = db_row(hub->db, HUB_SQL_HOLDING_GET, &held, e, "tt", issuer, serial);
	if (!r && held)
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_CUSTODIAN, NULL, e, "tt", serial, json_text(held, "custodian"));
	json_decref(held);
	return r;
}

static enum err adopt_main(const struct judging *j, const json_t *row, const char *key, struct error *e)
{
	struct view view = j->view; /* of which nothing is kept */
	struct mainkey m;
	enum err r = mainkey_find(&view, row_number(row, "order_id"), row_number(row, "item_id"), &m, e);
	return r ? r : mainkey_note(j->view.hub, &m, j->view.site, key, e);
}

/* A certificate that isn't here is of this authority all the same where it signed it: headquarters was restored from an older copy. */
static enum err adopt(const struct judging *j, const json_t *row, json_t **known, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *hex = json_text(row, "der"), *serial = json_text(row, "serial");
	struct cert_info info = {0};
	struct bytes sealed = {0};
	char key[CERT_SERIAL_SIZE + 16], no[64], pair[DIGEST_TEXT_SIZE];
	size_t n = strlen(hex) / 2;
	uint8_t *der = n && n <= CERT_DER_MAX ? malloc(n) : NULL;
	enum err r = authority_open(hub, e);
	bool own = !r && der && hex_decode(der, n, hex) && ca_signed(authority_ca(hub), der, n) && cert_info(der, n, &info, NULL) == OK &&
	           strcmp(info.serial, serial) == 0 && strlen(serial) <= 48;
	snprintf(key, sizeof key, "adopted-%s", serial);
	if (own && !(r = view_order_no(&j->view, row_number(row, "order_id"), no, e)) &&
	    !(r = authority_seal(hub, serial, der, n, &sealed)) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_REQUEST_INSERT, NULL, e, "ttttii", j->view.site, key, "", no, row_number(row, "item_id"), hub_now(hub))) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_INSERT, NULL, e, "ttttiiibt", serial, j->view.site, key, json_text(row, "product"),
	                 info.not_before, info.not_after, hub_now(hub), (const void *)sealed.data, sealed.length, authority_pair(&info, pair))) &&
	    !(r = adopt_holder(hub, json_text(row, "issuer"), serial, e)) && !(r = adopt_main(j, row, key, e)) && !(r = hub_alarm(hub, j->view.site, "adopted", serial, e)))
		r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, known, e, "t", serial);
	cert_info_free(&info);
	bytes_free(&sealed);
	free(der);
	return r;
}

/* Another site's word about a certificate doesn't count, and nothing brings a revoked one back: both are told. */
static enum err follow_certificate(const struct judging *j, const json_t *row, bool *changed, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *serial = json_text(row, "serial"), *state = json_text(row, "state"), *reason = json_text(row, "reason");
	json_t *known = NULL;
	enum err r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &known, e, "t", serial);
	if (!r && !known && authority_exists(hub))
		r = adopt(j, row, &known, e);
	if (!r && known && state_known(state)) {
		const char *was = json_text(known, "state");
		bool same = strcmp(was, state) == 0 && strcmp(json_text(known, "reason"), reason) == 0;
		if (!same && (strcmp(json_text(known, "custodian"), j->view.site) != 0 || (strcmp(was, "revoked") == 0 && strcmp(state, "revoked") != 0)))
			r = hub_alarm_once(hub, j->view.site, "certificate", serial, HUB_ALARMS_A_DAY, e);
		else if (!same)
			r = set_state(hub, serial, state, json_number(row, "state_at"), ca_reason_code(reason) >= 0 ? reason : "", changed, e);
	}
	json_decref(known);
	return r;
}

/* Empty where it isn't this authority's, or its body is destroyed. */
static enum err read_certificate(struct hub *hub, const char *serial, struct bytes *der, struct error *e)
{
	struct db_rows *rows = NULL;
	struct bytes sealed = {0};
	size_t n = 0;
	enum err r = db_query(hub->db, HUB_SQL_CA_CERTIFICATE_DER, &rows, e, "t", serial);
	if (!r && db_rows_next(rows)) {
		const void *blob = db_rows_blob(rows, 0, &n);
		r = bytes_add(&sealed, blob, n);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end) && sealed.length)
		r = authority_unseal(hub, serial, sealed.data, sealed.length, der, e);
	bytes_free(&sealed);
	return r;
}

enum err authority_given(struct hub *hub, const char *serial, const void *der, size_t length, const char *to, struct error *e)
{
	struct bytes mine = {0};
	enum err r = authority_exists(hub) ? read_certificate(hub, serial, &mine, e) : OK;
	if (!r && mine.length && mine.length == length && memcmp(mine.data, der, length) == 0) /* another issuer's may have the same number */
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_CUSTODIAN, NULL, e, "tt", serial, to);
	bytes_free(&mine);
	return r;
}

enum err authority_note_pair(struct hub *hub, const char *serial, struct error *e)
{
	struct bytes der = {0};
	struct cert_info info = {0};
	char pair[DIGEST_TEXT_SIZE];
	enum err r = read_certificate(hub, serial, &der, e);
	if (r == ERR_SEALED)
		r = OK; /* one that can't be read stays as it is */
	if (!r && der.length && cert_info(der.data, der.length, &info, NULL) == OK)
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_PAIR, NULL, e, "tt", serial, authority_pair(&info, pair));
	cert_info_free(&info);
	bytes_free(&der);
	return r;
}

/* What the site gave up: whatever was made under it, and never reached the site or is of no use there, counts no more. */
static enum err follow_request(const struct judging *j, const json_t *row, bool *changed, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *key = json_text(row, "key"), *site = j->view.site;
	json_t *made = NULL;
	if (strcmp(json_text(row, "state"), "void") != 0 || strlen(key) < 16 || strlen(key) > 64)
		return OK;
	enum err r = db_run(hub->db, HUB_SQL_CA_REQUEST_VOID, NULL, e, "ttii", site, key, json_number(row, "item_id"), hub_now(hub));
	if (!r)
		r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_OF_KEY, &made, e, "tt", site, key);
	if (!r && made && strcmp(json_text(made, "custodian"), site) != 0) /* it is another's since */
		r = hub_alarm_once(hub, site, "certificate", json_text(made, "serial"), HUB_ALARMS_A_DAY, e);
	else if (!r && made && strcmp(json_text(made, "state"), "revoked") != 0)
		r = set_state(hub, json_text(made, "serial"), "revoked", json_number(row, "state_at"), "cessation-of-operation", changed, e);
	json_decref(made);
	return r;
}

enum err authority_follow(const struct judging *j, bool *changed, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < j->entry->state_count; i++) {
		const json_t *row = j->view.opened[i];
		if (!json_is_object(row))
			continue;
		if (strcmp(j->entry->states[i].kind, "certificate") == 0)
			r = follow_certificate(j, row, changed, e);
		else if (strcmp(j->entry->states[i].kind, "ca_request") == 0)
			r = follow_request(j, row, changed, e);
	}
	return r;
}
