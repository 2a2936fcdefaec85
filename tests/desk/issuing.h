/* What the tests of issuing share: one site with one approved order, copied for each try, and keys through a pcscd of
 * their own. */
#ifndef CERTDESK_TESTS_ISSUING_H
#define CERTDESK_TESTS_ISSUING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/pcscd.h"
#include "../lib/site.h"
#include "base/file.h"
#include "base/json.h"
#include "desk/admin.h"
#include "desk/cert.h"
#include "desk/handover.h"
#include "base/text.h"
#include "desk/issue.h"
#include "desk/keys.h"

#define KEY   "10000001"
#define OTHER "10000002"

static struct site base;
static struct pcscd readers;
static char order[ORDER_NO_SIZE];

/* One try: a copy of the site, open, with the issuer at work. */
struct
try {
	struct site site;
	struct desk *d;
};

static inline void try_begin(struct try *t)
{
	static int count;
	char name[32];
	snprintf(name, sizeof name, "try-%d", ++count);
	site_copy(&base, name, &t->site);
	t->d = site_open(&t->site);
	site_as(&t->site, t->d, "is1");
}

static inline void try_end(struct try *t)
{
	desk_close(&t->d);
}

/* A key as it comes from the factory. */
static inline void fresh_key(const char *serial)
{
	char path[128];
	snprintf(path, sizeof path, "%s/key-%s", readers.dir, serial);
	unlink(path);
}

static inline enum err issue(struct try *t, const char *serial, struct error *e)
{
	json_t *out = NULL;
	enum err r = issue_run(t->d, order, serial, NULL, NULL, &out, e);
	if (!r)
		assert_string_equal(json_text(out, "status"), "issued");
	json_decref(out);
	return r;
}

/* Runs a shell command; its output (cut) goes to `out`. Returns its exit status. */
static inline int shell(char *out, size_t size, const char *format, ...)
{
	char command[2048];
	va_list ap;
	va_start(ap, format);
	vsnprintf(command, sizeof command, format, ap);
	va_end(ap);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	char rest[512];
	while (fread(rest, 1, sizeof rest, f) > 0)
		;
	int status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The states of the order's certificates, newest first: "active revoked". */
static inline void certificate_states(struct try *t, char *out, size_t size)
{
	json_t *list = NULL, *row;
	size_t i;
	struct error e = {0};
	out[0] = '\0';
	site_is(OK, certs_list(t->d, order, NULL, &list, &e), &e);
	json_array_foreach(list, i, row)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", json_text(row, "status"));
	json_decref(list);
}

static inline void check_states(struct try *t, const char *wanted)
{
	char states[128];
	certificate_states(t, states, sizeof states);
	assert_string_equal(states, wanted);
}

static inline void check_key(struct try *t, const char *serial, const char *state)
{
	json_t *key = NULL;
	struct error e = {0};
	site_is(OK, keys_info(t->d, serial, &key, &e), &e);
	assert_string_equal(json_text(key, "state"), state);
	json_decref(key);
}

static inline void check_item_step(struct try *t, const char *step)
{
	json_t *o = NULL;
	struct error e = {0};
	site_is(OK, order_show(t->d, order, &o, &e), &e);
	assert_string_equal(json_text(json_array_get(json_object_get(o, "items"), 0), "step"), step);
	json_decref(o);
}

/* Issued, by the word of the key: it holds the order's one active certificate, the pair belongs to it, and the PIN sent
 * opens it. */
static inline void check_issued(struct try *t, const char *active)
{
	struct bytes pem = {0};
	struct error e = {0};
	char out[4096], pin[32];
	check_states(t, active);
	site_is(OK, cert_export(t->d, order, NULL, &pem, &e), &e);
	const char *store = site_file(&t->site, "store.pem", (char *)pem.data);
	bytes_free(&pem);
	site_message(&t->site, "sms", "证书密码", pin);
	assert_int_equal(strlen(pin), 8);
	assert_int_equal(shell(out, sizeof out,
	                       "yubico-piv-tool -r '' -a verify-pin -P %s -s 9a -a read-certificate 2>/dev/null >%s.key && "
	                       "openssl x509 -in %s.key -outform der | sha256sum | cut -c-64 >%s.a && "
	                       "openssl x509 -in %s -outform der | sha256sum | cut -c-64 >%s.b && cmp %s.a %s.b && "
	                       "yubico-piv-tool -r '' -a verify-pin -P %s -a test-signature -s 9a <%s 2>&1",
	                       pin, store, store, store, store, store, store, store, pin, store),
	                 0);
}

static inline void check_journal(struct try *t)
{
	json_t *out = NULL;
	struct error e = {0};
	site_as(&t->site, t->d, "au1");
	site_is(OK, audit_verify(t->d, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_as(&t->site, t->d, "is1");
}

static inline int group_setup(void **state)
{
	(void)state;
	site_make(&base);
	struct desk *d = site_open(&base);
	site_approved(&base, d, "new-unit", NULL, order);
	desk_close(&d);
	return pcscd_start(&readers) ? 0 : -1;
}

static inline int group_teardown(void **state)
{
	(void)state;
	pcscd_stop(&readers);
	site_end(&base);
	return 0;
}

/* No test leaves a key in a reader for the next one. */
static inline int pull_all(void **state)
{
	(void)state;
	for (int i = 0; i < PCSCD_READERS; i++)
		if (readers.keys[i] > 0)
			pcscd_pull(&readers, i);
	fresh_key(KEY);
	fresh_key(OTHER);
	return 0;
}

#endif
