/* For tests: sites that are costly to make (keys of a CA, passwords) are made once in a run and copied by whoever needs the same.
 * tests/run names the place in CERTDESK_FIXTURES; without it each is made anew. */
#ifndef CERTDESK_TESTS_FIXTURE_H
#define CERTDESK_TESTS_FIXTURE_H

#include <stdbool.h>

/* Puts the site that was given under `what` (all that makes it different from others) at `dir`, its store key at `dir`.keys. False
 * where there is none: the caller makes it there and gives it; until then others who want the same wait. */
bool fixture_take(const char *what, const char *dir);
/* Keeps a copy of the closed site at `dir`. */
void fixture_give(const char *what, const char *dir);

#endif
