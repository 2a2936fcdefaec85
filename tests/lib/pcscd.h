/* For tests: a private pcscd with two virtual readers, without root, and virtual
 * keys in them. One for each test program (libpcsclite remembers the socket's name).
 * All that was started ends with pcscd_stop, or with the test itself. */
#ifndef TESTS_LIB_PCSCD_H
#define TESTS_LIB_PCSCD_H

#include <stdbool.h>
#include <sys/types.h>

enum { PCSCD_READERS = 2 };

struct pcscd {
	char dir[64]; /* its own temporary directory; a key's state is DIR/key-SERIAL and outlives pulling it out */
	int port;     /* of the first reader */
	pid_t daemon, keys[PCSCD_READERS];
};

/* Makes the directory, starts pcscd and sets PCSCLITE_CSOCK_NAME. False after a message on standard error. */
bool pcscd_start(struct pcscd *p);
void pcscd_stop(struct pcscd *p); /* and removes the directory */

/* Puts a key into a reader and waits until pcscd sees it. Further arguments for vkey end with NULL:
 * pcscd_insert(&p, 0, "10000001", "--fail-at", "7", NULL). */
bool pcscd_insert(struct pcscd *p, int reader, const char *serial, ...) __attribute__((sentinel));
/* Pulls it out and waits until pcscd has noticed. */
bool pcscd_pull(struct pcscd *p, int reader);
/* The same for a key that was told to vanish by itself: waits for both. */
bool pcscd_vanished(struct pcscd *p, int reader);

#endif
