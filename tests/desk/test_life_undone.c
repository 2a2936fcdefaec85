/* What an undone hand-over suspended waits for the right one: what the CA suspends besides changes nothing about it. */
#include "life.h"

#include "desk/handoverundo.h"

#define FORM_VALUES "{'identity_seen':true,'consent':true}"

static void undone(struct life *l)
{
	as(l, "mg1");
	IS(OK, handover_undo(l->d, order, NULL, "交错了人", &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "handover-undone");
}

static void own_ground(struct life *l, const char *change)
{
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, change, NULL, "法院协查", &out, &l->e));
}

static enum err taken(struct life *l)
{
	json_t *out = NULL;
	as(l, "op1");
	l->e = (struct error){0};
	enum err r = handover_take(l->d, order, KEY, "agent", "H2", &out, &l->e);
	json_decref(out);
	return r;
}

static void test_the_ca_suspends_what_an_undone_hand_over_suspended_too(void **state)
{
	struct life *l = *state;
	insert(KEY);
	undone(l);
	size_t told = site_messages(&l->t.site, "sms");
	later(l, 60);
	own_ground(l, "suspend");
	certificate_is(l, l->certificate, "suspended", "own-ground-undone");
	with(l, "rv1"); /* not twice */
	IS(ERR_DESK_CERT_STATE, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	site_is(ERR_HANDOVER_STATE, taken(l), &l->e);
	site_is(ERR_DESK_OWN_GROUND, about(l, "resume", NULL, NULL, FORM_VALUES), &l->e);
	certificate_is(l, l->certificate, "suspended", "own-ground-undone");
	later(l, 60);
	own_ground(l, "resume");
	certificate_is(l, l->certificate, "suspended", "handover-undone"); /* nobody reported a loss */
	assert_true(in_crl(l, l->certificate));
	assert_int_equal(told, site_messages(&l->t.site, "sms")); /* to its holder nothing has changed */
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
}

/* Undone in the same second, and once more: the reason decides, not the time. */
static void test_the_right_hand_over_lifts_whatever_the_clock_says(void **state)
{
	struct life *l = *state;
	insert(KEY);
	undone(l);
	own_ground(l, "suspend");
	own_ground(l, "resume");
	site_is(OK, taken(l), &l->e);
	later(l, 60);
	undone(l);
	later(l, 60);
	own_ground(l, "suspend");
	later(l, 60);
	own_ground(l, "resume");
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_the_ca_suspends_what_an_undone_hand_over_suspended_too),
		LIFE(test_the_right_hand_over_lifts_whatever_the_clock_says),
	};
	return RUN_LIFE(tests);
}
