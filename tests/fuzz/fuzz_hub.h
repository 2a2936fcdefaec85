/* Headquarters for fuzzers, on SQLite, with one site that has joined. */
#ifndef CERTDESK_TESTS_FUZZ_HUB_H
#define CERTDESK_TESTS_FUZZ_HUB_H

#include "fuzz.h"

#include <openssl/x509.h>

#include "hub/db_driver.h"
#include "hub/hub.h"
#include "hub/init.h"
#include "hub/pki.h"

#define SITE "110114-01"

static struct hub *hub;

static inline void add_certificate(const char *kind, EVP_PKEY *pair)
{
	struct bytes pem = {0};
	X509 *x = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1 << 30);
	X509_set_pubkey(x, pair);
	must(X509_sign(x, pair, EVP_sha256()) > 0 && pki_pem(x, &pem) == OK);
	must(db_run(hub->db, HUB_SQL_CERTIFICATE_INSERT, NULL, NULL, "ttttii", kind, SITE, kind, (char *)pem.data, (int64_t)1, (int64_t)1 << 40) == OK);
	X509_free(x);
	bytes_free(&pem);
}

/* Closed and removed before the next one, and in the end. */
static inline void hub_end(void)
{
	hub_close(&hub);
	scratch_remove();
}

/* The pair that the site signs by is the caller's. */
static inline void hub_begin(EVP_PKEY *signer)
{
	static bool ends;
	char dir[64];
	EVP_PKEY *other = EVP_EC_gen("P-256");
	scratch_make();
	if (!ends)
		atexit(hub_end);
	ends = true;
	snprintf(dir, sizeof dir, "%s/hub", scratch);
	struct hub_init o = {.dir = dir, .name = "总部", .url = "https://localhost", .now = 1};
	must(hub_init(&o, NULL) == OK && hub_open(dir, &hub, NULL) == OK);
	must(db_run(hub->db, HUB_SQL_SITE_ENROL, NULL, NULL, "tttttii", SITE, "counter", "昌平", "110000", "", (int64_t)0, (int64_t)1) == OK &&
	     db_run(hub->db, HUB_SQL_SITE_JOIN, NULL, NULL, "tittt", SITE, (int64_t)1, "", "", "") == OK);
	add_certificate("sign", signer);
	add_certificate("encrypt", other);
	EVP_PKEY_free(other);
}

#endif
