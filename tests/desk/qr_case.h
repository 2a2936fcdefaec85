/* For tests of payment by a code: a site of its own, and the provider of qr_provider.h. */
#ifndef CERTDESK_TESTS_QR_CASE_H
#define CERTDESK_TESTS_QR_CASE_H

#include "case.h"
#include "qr_provider.h"

/* The desk as it is open now. */
static inline void qr_connect(struct unit_case *c)
{
	provider_connect(c->d, base_site.root);
}

static int qr_base_make(void **state)
{
	base_make(state);
	provider_keys(base_site.root);
	return 0;
}

static int qr_base_end(void **state)
{
	provider_end();
	return base_end(state);
}

static int qr_make(void **state)
{
	EVP_PKEY *key = provider.key;
	provider = (struct provider){.key = key};
	case_make(state);
	qr_connect(*state);
	return 0;
}

#define QR_CASE(name) cmocka_unit_test_setup_teardown(name, qr_make, case_end)

#endif
