/* For tests: a virtual key without pcscd. The test plays vpcd, so that a key starts
 * in milliseconds and can be cut at every single command. */
#ifndef TESTS_LIB_WIRE_H
#define TESTS_LIB_WIRE_H

#include <sys/types.h>

#include "token/apdu.h"

struct wire {
	int fd;
	pid_t pid;
	int commands; /* sent so far */
};

/* Starts vkey on a state file; further arguments end with NULL. False after a message. */
bool wire_start(struct wire *w, const char *state, const char *serial, ...) __attribute__((sentinel));
void wire_stop(struct wire *w);
/* The way for drivers: a key that has vanished is ERR_TOKEN_REMOVED. */
struct apdu_transport wire_transport(struct wire *w);

#endif
