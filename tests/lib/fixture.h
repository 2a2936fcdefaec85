/* For tests: a new site costs a second, most of it the key pair of its CA. So sites that are the same are made once in a run and copied, and
 * those of one code share the pair. tests/run names the place in CERTDESK_FIXTURES; without it each is made anew. */
#ifndef CERTDESK_TESTS_FIXTURE_H
#define CERTDESK_TESTS_FIXTURE_H

#include "base/bytes.h"

/* A new site at `dir`, its store key at `dir`.keys; root1 is its administrator. `now` 0: the system's clock. Failures end the test. */
void fixture_site(const char *dir, const char *code, const char *name, const struct secret *password, int64_t now);

/* Until the next call (NULL: each its own), EVP_RSA_gen makes the same pair again, once in a run, for all who say `name`. */
void fixture_pair(const char *name);

#endif
