/* What the CA suspends on its own ground while an order about it is under way. */
#include "life.h"

#include "cli/cli.h"
#include "desk/order.h"
#include "desk/refund.h"
#include "rules/codeword.h"
#include "rules/permission.h"

static void own_ground(struct life *l, const char *change)
{
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, change, NULL, "法院协查", &out, &l->e));
}

static void test_an_approved_replacement_waits_for_what_the_ca_suspended_since(void **state)
{
	struct life *l = *state;
	replaced(l, "{'reason':'damaged','identity_seen':true,'consent':true}");
	own_ground(l, "suspend");
	insert(OTHER);
	site_is(ERR_DESK_OWN_GROUND_ISSUE, issue_again(l, OTHER, NULL), &l->e);
	assert_non_null(strstr(l->e.detail, l->certificate));
	status_of(l, "approved"); /* nothing was begun */
	check_key(&l->t, OTHER, "in-stock");
	certs_are(l, NULL, OTHER, "");
	own_ground(l, "resume");
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certs_are(l, NULL, OTHER, "active");
}

/* … or it is paid back. */
static void test_what_the_ca_suspended_since_can_be_refunded(void **state)
{
	struct life *l = *state;
	replaced(l, "{'reason':'damaged','identity_seen':true,'consent':true}");
	own_ground(l, "suspend");
	as(l, "op1");
	IS(OK, refund_ask(l->d, l->no, "证书已被暂停", &out, &l->e));
	status_of(l, "refunding");
}

/* What was reported lost is suspended already: the CA's own suspension goes over it, and the time of the report goes on to count afterwards. */
static void test_the_ca_suspends_what_was_reported_lost_too(void **state)
{
	struct life *l = *state;
	replaced(l, LOST);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	size_t told = site_messages(&l->t.site, "sms");
	own_ground(l, "suspend");
	certificate_is(l, l->certificate, "suspended", "own-ground-held");
	with(l, "rv1");
	IS(ERR_DESK_CERT_STATE, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	insert(OTHER);
	site_is(ERR_DESK_OWN_GROUND_ISSUE, issue_again(l, OTHER, NULL), &l->e);
	later(l, 3 * DAY); /* nor does the timer make an end of it, after which it could be replaced */
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "own-ground-held");
	site_is(ERR_DESK_OWN_GROUND_ISSUE, issue_again(l, OTHER, NULL), &l->e);
	own_ground(l, "resume");
	certificate_is(l, l->certificate, "suspended", "certificate-hold"); /* it is lost still */
	assert_true(in_crl(l, l->certificate));
	assert_int_equal(told, site_messages(&l->t.site, "sms")); /* to its holder nothing has changed */
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

/* A lifting that was begun before the CA suspended it too. */
static void test_a_lifting_begun_before_lifts_nothing_of_the_cas(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	site_is(OK, about(l, "resume", NULL, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	own_ground(l, "suspend");
	as(l, "op1");
	char code[32];
	json_t *out = NULL;
	enum err r = sign_send(l->d, l->no, &out, &l->e);
	json_decref(out);
	out = NULL;
	if (!r) {
		site_message(&l->t.site, "sms", "验证码", code);
		r = sign_code(l->d, l->no, code, &out, &l->e);
		json_decref(out);
	}
	site_is(ERR_DESK_OWN_GROUND, r, &l->e);
	certificate_is(l, l->certificate, "suspended", "own-ground-held");
}

/* What speaks of it speaks of no loss: that is the customer's to report. */
static void no_loss(const char *text)
{
	assert_non_null(strstr(text, "暂停"));
	assert_non_null(strstr(text, "恢复"));
	assert_null(strstr(text, "挂"));
}

static void test_the_cas_own_suspension_is_called_no_loss_report(void **state)
{
	struct life *l = *state;
	char told[2000], titles[400] = "";
	size_t commands = 0;
	own_ground(l, "suspend");
	own_ground(l, "resume");
	shell(told, sizeof told, "cat %s/outbox/sms/*.json | grep '由本机构'", l->t.site.dir);
	no_loss(told);
	no_loss(permission_title(MAY_CERT_OWN));
	for (const struct command *c = commands_cert; c->words; c++)
		if (strcmp(c->words, "cert suspend") == 0 || strcmp(c->words, "cert resume") == 0)
			commands += strlen(strcat(strcat(titles, c->zh), " ")) > 0;
	assert_int_equal(commands, 2);
	no_loss(titles);
	snprintf(titles, sizeof titles, "%s %s", codeword_action("cert.suspend"), codeword_action("cert.resume"));
	no_loss(titles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_an_approved_replacement_waits_for_what_the_ca_suspended_since),
		LIFE(test_what_the_ca_suspended_since_can_be_refunded),
		LIFE(test_the_ca_suspends_what_was_reported_lost_too),
		LIFE(test_a_lifting_begun_before_lifts_nothing_of_the_cas),
		LIFE(test_the_cas_own_suspension_is_called_no_loss_report),
	};
	return RUN_LIFE(tests);
}
