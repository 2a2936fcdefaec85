/* For tests: cards without readers, as the way that drivers take. A scripted one
 * answers what the test says; a random one answers anything at all. */
#ifndef TESTS_LIB_CARD_H
#define TESTS_LIB_CARD_H

#include "token/apdu.h"

/* One row of a script, ended by {NULL, NULL}: the command must begin with `command` (hex, spaces allowed);
 * `answer` is hex with the status word, or NULL: the key is pulled out. */
struct card_row {
	const char *command, *answer;
};

struct card_script {
	const struct card_row *rows;
	int next;	     /* rows used */
	char unexpected[80]; /* "" or the command that no row expected */
};

struct apdu_transport card_scripted(struct card_script *s);

/* Answers grow from `seed`: valid TLV now and then, all status words, any length. */
struct card_random {
	uint64_t seed;
};

struct apdu_transport card_anything(struct card_random *r);

#endif
