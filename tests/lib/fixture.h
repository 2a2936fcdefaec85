/* For tests: a new site costs a second (the keys of its CA), so those that are the same are made once in a run and copied. tests/run
 * names the place in CERTDESK_FIXTURES; without it each is made anew. */
#ifndef CERTDESK_TESTS_FIXTURE_H
#define CERTDESK_TESTS_FIXTURE_H

#include "base/bytes.h"

/* A new site at `dir`, its store key at `dir`.keys; root1 is its administrator. `now` 0: the system's clock. Failures end the test. */
void fixture_site(const char *dir, const char *code, const char *name, const struct secret *password, int64_t now);

#endif
