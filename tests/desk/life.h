/* What the tests of a certificate's life share: one site whose first customer (a unit, where LIFE_FORM is no other) has a certificate on key 10000001, handed over,
 * and each test works on a copy of site and key, with a clock that stands where the test puts it. */
#ifndef CERTDESK_TESTS_LIFE_H
#define CERTDESK_TESTS_LIFE_H

#include "issuing.h"

#include "base/lang.h"
#include "desk/about.h"
#include "desk/attach.h"
#include "desk/pay.h"
#include "desk/review.h"
#include "desk/sign.h"

#ifndef LIFE_FORM /* whose certificate it is: another form, and changes of its sample */
#define LIFE_FORM    "new-unit"
#define LIFE_CHANGES NULL
#endif

enum { DAY = 86400 };

struct life {
	struct try t;
	struct desk *d;
	struct error e;
	char no[ORDER_NO_SIZE], certificate[CERT_SERIAL_SIZE];
	struct secret pin;
	int64_t end; /* of the first certificate */
};

static char first_pin[32], first_certificate[CERT_SERIAL_SIZE];
static int64_t first_end;

/* The call's error, without its result. */
#define IS(wanted, call)                                                                                                          \
	do {                                                                                                                       \
		json_t *out = NULL;                                                                                                \
		l->e = (struct error){0};                                                                                          \
		site_is(wanted, call, &l->e);                                                                                      \
		json_decref(out);                                                                                                  \
	} while (0)

static inline void as(struct life *l, const char *login)
{
	site_as(&l->t.site, l->d, login);
}

static inline int64_t time_of(const json_t *object, const char *name)
{
	struct civil c = {0};
	assert_int_equal(sscanf(json_text(object, name), "%d-%d-%dT%d:%d:%dZ", &c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second), 6);
	return civil_to_utc(c) + 8 * 3600;
}

/* The certificates on a key or of an order, as `status` words, newest first. */
static inline void certs_are(struct life *l, const char *order, const char *key, const char *wanted)
{
	char have[160] = "";
	json_t *list = NULL, *row;
	size_t i;
	IS(OK, certs_list(l->d, order, key, &list, &l->e));
	json_array_foreach(list, i, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", i ? " " : "", json_text(row, "status"));
	json_decref(list);
	assert_string_equal(have, wanted);
}

static inline void certificate_is(struct life *l, const char *serial, const char *status, const char *reason)
{
	json_t *c = NULL;
	IS(OK, cert_show(l->d, serial, &c, &l->e));
	assert_string_equal(json_text(c, "status"), status);
	assert_string_equal(json_text(c, "reason"), reason);
	json_decref(c);
}

/* The one active certificate of an order: its serial and end. */
static inline int64_t active_of(struct life *l, const char *order, char serial[CERT_SERIAL_SIZE])
{
	json_t *list = NULL;
	IS(OK, certs_list(l->d, order, NULL, &list, &l->e));
	const json_t *row = json_array_get(list, 0);
	assert_string_equal(json_text(row, "status"), "active");
	if (serial)
		snprintf(serial, CERT_SERIAL_SIZE, "%s", json_text(row, "serial"));
	int64_t end = time_of(row, "not_after");
	json_decref(list);
	return end;
}

static inline bool in_crl(struct life *l, const char *serial)
{
	struct bytes crl = {0};
	char out[16384];
	IS(OK, cert_crl(l->d, &crl, &l->e));
	const char *file = site_file(&l->t.site, "crl.pem", (char *)crl.data);
	bytes_free(&crl);
	assert_int_equal(shell(out, sizeof out, "openssl crl -in %s -noout -text", file), 0);
	return strstr(out, serial) != NULL;
}

static inline void status_of(struct life *l, const char *wanted)
{
	json_t *o = NULL;
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_string_equal(json_text(o, "status"), wanted);
	json_decref(o);
}

static inline json_t *data(const char *text)
{
	json_t *out = NULL;
	char copy[1024];
	snprintf(copy, sizeof copy, "%s", text);
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(json_parse(copy, strlen(copy), &out, NULL), OK);
	return out;
}

/* A draft about the key (with its PIN where `pin`) or the certificate, as op1. */
static inline enum err about(struct life *l, const char *form, const char *key, const struct secret *pin, const char *values)
{
	struct draft_about a = {.key = key, .certificate = key ? NULL : l->certificate, .pin = pin};
	json_t *v = values ? data(values) : NULL;
	as(l, "op1");
	l->e = (struct error){0};
	enum err r = draft_new_about(l->d, form, &a, v, l->no, &l->e);
	json_decref(v);
	return r;
}

static inline void documents(struct life *l)
{
	json_t *kinds = NULL, *kind;
	size_t i;
	IS(OK, attach_kinds(l->d, l->no, &kinds, &l->e));
	json_array_foreach(kinds, i, kind)
		if (json_flag(kind, "required") && !json_flag(kind, "attached"))
			IS(OK, attach_add(l->d, l->no, json_text(kind, "kind"), site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	json_decref(kinds);
}

static inline void sign(struct life *l)
{
	char code[32];
	as(l, "op1");
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
}

static inline void pay(struct life *l)
{
	json_t *o = NULL;
	char receipt[ORDER_NO_SIZE + 4];
	as(l, "op1");
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	int64_t due = json_number(o, "due");
	json_decref(o);
	snprintf(receipt, sizeof receipt, "R%s", l->no);
	if (due > 0)
		IS(OK, pay_take(l->d, l->no, "cash", receipt, due, &out, &l->e));
}

static inline void approve(struct life *l)
{
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	IS(OK, review_approve(l->d, l->no, &out, &l->e));
}

/* The second person on the spot. */
static inline void with(struct life *l, const char *login)
{
	l->d->second = (struct staff){0};
	for (size_t i = 0; i < l->t.site.count; i++)
		if (strcmp(l->t.site.people[i].login, login) == 0)
			l->d->second = l->t.site.people[i];
}

static inline void insert(const char *serial)
{
	assert_true(pcscd_insert(&readers, 0, serial, NULL));
}

static inline void pull(void)
{
	assert_true(pcscd_pull(&readers, 0));
}

#define SECOND_UNIT "{'unit_name':'上海示例有限公司','uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43'}"
/* Another unit's certificate, on the other key and handed over. */
static inline void second_holder(struct life *l, char serial[CERT_SERIAL_SIZE])
{
	json_t *changes = data(SECOND_UNIT);
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	insert(OTHER);
	as(l, "is1");
	IS(OK, issue_run(l->d, l->no, OTHER, NULL, NULL, &out, &l->e));
	as(l, "op1");
	IS(OK, handover_take(l->d, l->no, OTHER, "agent", "H2", &out, &l->e));
	active_of(l, l->no, serial);
	pull();
}

#define REPLACE(values) about(l, "replace-unit", NULL, NULL, values)
#define LOST "{'reason':'lost','identity_seen':true,'consent':true}"
/* Up to its approval. */
static inline void replaced(struct life *l, const char *values)
{
	site_is(OK, REPLACE(values), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
}

static inline enum err issue_again(struct life *l, const char *serial, const struct secret *pin)
{
	json_t *out = NULL;
	as(l, "is1");
	l->e = (struct error){0};
	enum err r = issue_with_pin(l->d, l->no, serial, pin, NULL, NULL, &out, &l->e);
	if (!r && pin) {
		assert_string_equal(json_text(out, "status"), "issued");
		json_decref(out);
		r = issue_accept(l->d, l->no, &out, &l->e);
	}
	json_decref(out);
	return r;
}

/* Puts the key in anew, to vanish at its command number `at`. */
static inline void insert_vanishing(int at)
{
	char n[16];
	snprintf(n, sizeof n, "%d", at);
	pull();
	assert_true(pcscd_insert(&readers, 0, KEY, "--vanish-at", n, NULL));
}

static inline void keep_key(const char *from, const char *to)
{
	char out[64];
	assert_int_equal(shell(out, sizeof out, "cp %s/%s %s/%s", readers.dir, from, readers.dir, to), 0);
}

/* Half an hour before China's midnight in a day's last half hour, else 0: what a test does in its first minutes is one day's. */
static inline int64_t before_midnight(void)
{
	int64_t now = clock_now(&CLOCK_SYSTEM), rest = DAY - (now + 8 * 3600) % DAY;
	return rest < 1800 ? now + rest - 1800 : 0;
}

static inline int life_setup(void **state)
{
	(void)state;
	struct life l = {0};
	lang_start();
	site_make_at(&base, before_midnight());
	if (!pcscd_start(&readers))
		return -1;
	l.d = site_open(&base);
	l.t.site = base;
	const char *text = LIFE_CHANGES;
	json_t *out = NULL, *changes = text ? data(text) : NULL;
	site_approved(&base, l.d, LIFE_FORM, changes, order);
	json_decref(changes);
	insert(KEY);
	as(&l, "is1");
	site_is(OK, issue_run(l.d, order, KEY, NULL, NULL, &out, &l.e), &l.e);
	json_decref(out);
	as(&l, "op1");
	site_is(OK, handover_take(l.d, order, KEY, "agent", "H1", &out, &l.e), &l.e);
	json_decref(out);
	site_message(&base, "sms", "证书密码", first_pin);
	first_end = active_of(&l, order, first_certificate);
	pull();
	keep_key("key-" KEY, "kept");
	desk_close(&l.d);
	return 0;
}

static inline int life_make(void **state)
{
	struct life *l = calloc(1, sizeof *l);
	pull_all(NULL);
	keep_key("kept", "key-" KEY);
	try_begin(&l->t);
	l->d = l->t.d;
	l->d->clock.fixed = (base.now ? base.now : clock_now(&CLOCK_SYSTEM)) + 600; /* past the minute in which no second code is sent */
	l->end = first_end;
	snprintf(l->certificate, sizeof l->certificate, "%s", first_certificate);
	secret_set(&l->pin, first_pin, strlen(first_pin));
	*state = l;
	return 0;
}

/* Whatever a test did, the journal must verify afterwards. */
static inline int life_end(void **state)
{
	struct life *l = *state;
	check_journal(&l->t);
	try_end(&l->t);
	free(l);
	return pull_all(NULL);
}

static inline void left(struct life *l, int64_t seconds)
{
	l->d->clock.fixed = l->end - seconds;
}

static inline void later(struct life *l, int64_t seconds)
{
	l->d->clock.fixed += seconds;
}

#define LIFE(name) cmocka_unit_test_setup_teardown(name, life_make, life_end)
#define RUN_LIFE(tests) cmocka_run_group_tests(tests, life_setup, group_teardown)

#endif
