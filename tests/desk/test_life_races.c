/* What happens to a certificate while an order about it is being carried out, by another window or another site. */
#include "life.h"

#include <sqlite3.h>

#include "desk/certcustody.h"
#include "desk/handover.h"
#include "desk/unlock.h"

/* The CA acts in another window when the issue has come to a step. */
static struct acting {
	struct life *l;
	const char *step, *change, *reason;
} acting;

static void act(void *arg, const struct issue_progress *p)
{
	struct acting *a = arg;
	struct life other = {.t = a->l->t};
	if (strcmp(p->step, a->step) != 0)
		return;
	other.d = site_open(&other.t.site);
	other.d->clock = a->l->d->clock;
	struct life *l = &other;
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, a->l->certificate, a->change, a->reason, "密钥外泄", &out, &l->e));
	desk_close(&other.d);
}

static enum err issue_while(struct life *l, const char *serial, const struct secret *pin, const char *step, const char *change, const char *reason)
{
	json_t *out = NULL;
	acting = (struct acting){l, step, change, reason};
	as(l, "is1");
	l->e = (struct error){0};
	enum err r = issue_with_pin(l->d, l->no, serial, pin, act, &acting, &out, &l->e);
	json_decref(out);
	return r;
}

/* Up to its approval. */
static void renewal(struct life *l)
{
	left(l, 30 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	IS(OK, sign_key(l->d, l->no, KEY, &l->pin, &out, &l->e));
	pay(l);
	status_of(l, "approved");
}

static void test_what_is_revoked_during_its_renewal_stays_revoked(void **state)
{
	struct life *l = *state;
	renewal(l);
	site_is(ERR_DESK_CERT_GONE, issue_while(l, KEY, &l->pin, "written", "revoke", "key-compromise"), &l->e);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	assert_true(in_crl(l, l->certificate));
	as(l, "mg1");
	IS(OK, issue_undo(l->d, l->no, "证书已吊销", &out, &l->e));
	certs_are(l, l->no, NULL, "revoked"); /* nobody has one on a pair that leaked */
}

static void test_nothing_is_made_anew_of_what_is_revoked_meanwhile(void **state)
{
	struct life *l = *state;
	renewal(l);
	site_is(ERR_DESK_CERT_GONE, issue_while(l, KEY, &l->pin, "requested", "revoke", "key-compromise"), &l->e);
	certs_are(l, l->no, NULL, "");
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

static void test_a_renewal_waits_for_what_the_ca_suspends_meanwhile(void **state)
{
	struct life *l = *state;
	json_t *out = NULL;
	renewal(l);
	site_is(ERR_DESK_OWN_GROUND_ISSUE, issue_while(l, KEY, &l->pin, "proven", "suspend", NULL), &l->e);
	certificate_is(l, l->certificate, "suspended", "own-ground");
	as(l, "mg1");
	with(l, "rv1");
	site_is(OK, cert_own_ground(l->d, l->certificate, "resume", NULL, "协查结束", &out, &l->e), &l->e);
	json_decref(out);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	certs_are(l, NULL, KEY, "active superseded");
}

static void test_a_replacement_waits_for_what_the_ca_suspends_meanwhile(void **state)
{
	struct life *l = *state;
	replaced(l, "{'reason':'damaged','identity_seen':true,'consent':true}");
	insert(OTHER);
	site_is(ERR_DESK_OWN_GROUND_ISSUE, issue_while(l, OTHER, NULL, "sent", "suspend", NULL), &l->e);
	certificate_is(l, l->certificate, "suspended", "own-ground");
	status_of(l, "issuing");
}

static void given_away(struct life *l)
{
	json_t *c = NULL;
	IS(OK, cert_show(l->d, l->certificate, &c, &l->e));
	const struct certificate_left left = {.issuer = json_text(c, "issuer"), .serial = l->certificate, .key = KEY, .to = "110114-02", .order = "",
		.feed = 1};
	l->d->timer = true;
	site_is(OK, certificate_given(l->d, &left, &l->e), &l->e);
	l->d->timer = false;
	json_decref(c);
}

static void test_nothing_is_made_of_what_another_site_has_taken_over(void **state)
{
	struct life *l = *state;
	renewal(l);
	given_away(l);
	site_is(ERR_DESK_CERT_GIVEN, issue_again(l, KEY, &l->pin), &l->e);
	status_of(l, "approved"); /* it is paid back */
	certificate_is(l, l->certificate, "active", "");
}

static void test_what_another_site_has_taken_over_is_not_revoked_here(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'affiliation-changed','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	given_away(l);
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	IS(ERR_DESK_CERT_GIVEN, review_approve(l->d, l->no, &out, &l->e));
	certificate_is(l, l->certificate, "active", "");
}

static enum err unlock_at(struct desk *d, const char *no, const char *code, const char *pin, struct error *e)
{
	struct secret new;
	json_t *out = NULL;
	secret_set(&new, pin, strlen(pin));
	*e = (struct error){0};
	enum err r = key_unlock(d, no, code, &new, &out, e);
	json_decref(out);
	return r;
}

/* Another window does the same, or what `act` does, before this one's step number `at` begins. */
static struct between {
	void (*act)(struct between *b);
	struct life *l;
	struct desk *d;
	const char *no, *code;
	int at;
	enum err got;
	struct error e;
} between;

static int on_statement(unsigned what, void *arg, void *statement, void *text)
{
	(void)what, (void)arg, (void)statement;
	if (strcmp(text, "BEGIN IMMEDIATE") != 0 || --between.at != 0)
		return 0;
	if (between.act)
		between.act(&between);
	else
		between.got = unlock_at(between.d, between.no, between.code, "13572468", &between.e);
	return 0;
}

static int on_open(sqlite3 *db, const char **why, const void *api)
{
	(void)why, (void)api;
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
	return SQLITE_OK;
}

static struct desk *open_as(struct life *l, const char *login)
{
	struct desk *d = site_open(&l->t.site);
	d->clock = l->d->clock;
	site_as(&l->t.site, d, login);
	return d;
}

/* A window whose next step something comes before. */
static struct desk *open_behind(struct life *l, const char *login, void (*act)(struct between *b))
{
	sqlite3_auto_extension((void (*)(void))on_open);
	struct desk *d = open_as(l, login);
	sqlite3_reset_auto_extension();
	between = (struct between){.act = act, .l = l, .at = 1};
	return d;
}

/* Another unit's key, made and not handed over. */
static void made(struct life *l, bool mail)
{
	json_t *changes = data(SECOND_UNIT);
	if (mail)
		json_object_update_new(changes, data("{'delivery':'mail','mail_region':'110114','mail_address':'北京市昌平区某路1号'}"));
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	insert(OTHER);
	as(l, "is1");
	IS(OK, issue_run(l->d, l->no, OTHER, NULL, NULL, &out, &l->e));
	active_of(l, l->no, l->certificate);
}

static void revoke_between(struct between *b)
{
	struct acting ca = {b->l, "", "revoke", "key-compromise"};
	act(&ca, &(struct issue_progress){.step = ""});
}

static void custodian_is(struct life *l, const char *site)
{
	char out[64];
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET custodian = '%s' WHERE no = '%s'\"", l->t.site.dir, site, l->no), 0);
}

static void give_between(struct between *b)
{
	custodian_is(b->l, "110114-02");
}

static void goes_out(struct life *l, bool mail, void (*act)(struct between *b), enum err wanted)
{
	struct desk *one = open_behind(l, "op1", act);
	if (mail)
		IS(wanted, handover_mail(one, l->no, "SF1234567", &out, &l->e));
	else
		IS(wanted, handover_take(one, l->no, OTHER, "agent", "H-9", &out, &l->e));
	assert_true(between.at <= 0);
	desk_close(&one);
}

static void test_what_is_revoked_as_it_is_handed_over_stays(void **state)
{
	struct life *l = *state;
	made(l, false);
	goes_out(l, false, revoke_between, ERR_HANDOVER_STATE);
	status_of(l, "issued");
}

static void test_what_is_revoked_as_it_is_mailed_stays(void **state)
{
	struct life *l = *state;
	made(l, true);
	goes_out(l, true, revoke_between, ERR_HANDOVER_STATE);
	status_of(l, "issued");
}

static void test_what_another_site_takes_over_as_it_is_handed_over_stays(void **state)
{
	struct life *l = *state;
	made(l, false);
	goes_out(l, false, give_between, ERR_DESK_CUSTODY);
	custodian_is(l, l->d->site);
	status_of(l, "issued");
}

static void test_what_another_site_takes_over_as_it_is_mailed_stays(void **state)
{
	struct life *l = *state;
	made(l, true);
	goes_out(l, true, give_between, ERR_DESK_CUSTODY);
	custodian_is(l, l->d->site);
	status_of(l, "issued");
}

/* Each would set a PUK that the other doesn't know. */
static void test_a_key_is_unlocked_by_one_window_at_a_time(void **state)
{
	struct life *l = *state;
	struct error e = {0};
	char code[32];
	insert(KEY);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	approve(l);
	site_message(&l->t.site, "mail", "解锁授权码", code);
	sqlite3_auto_extension((void (*)(void))on_open);
	struct desk *one = open_as(l, "is1");
	sqlite3_reset_auto_extension();
	between = (struct between){.d = open_as(l, "is1"), .no = l->no, .code = code, .at = 2}; /* the new PUK is put into the store */
	site_is(OK, unlock_at(one, l->no, code, "24681357", &e), &e);
	assert_true(between.at <= 0);
	site_is(ERR_DESK_STATUS, between.got, &between.e);
	desk_close(&one);
	desk_close(&between.d);
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	sign(l);
	as(l, "is1");
	site_is(OK, unlock_at(l->d, l->no, NULL, "11223344", &e), &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_what_is_revoked_during_its_renewal_stays_revoked),
		LIFE(test_nothing_is_made_anew_of_what_is_revoked_meanwhile),
		LIFE(test_a_renewal_waits_for_what_the_ca_suspends_meanwhile),
		LIFE(test_a_replacement_waits_for_what_the_ca_suspends_meanwhile),
		LIFE(test_nothing_is_made_of_what_another_site_has_taken_over),
		LIFE(test_what_another_site_has_taken_over_is_not_revoked_here),
		LIFE(test_what_is_revoked_as_it_is_handed_over_stays),
		LIFE(test_what_is_revoked_as_it_is_mailed_stays),
		LIFE(test_what_another_site_takes_over_as_it_is_handed_over_stays),
		LIFE(test_what_another_site_takes_over_as_it_is_mailed_stays),
		LIFE(test_a_key_is_unlocked_by_one_window_at_a_time),
	};
	return RUN_LIFE(tests);
}
