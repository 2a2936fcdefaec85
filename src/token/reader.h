/* Readers over PC/SC: the only module (with watch.c) that speaks to pcscd. */
#ifndef CERTDESK_TOKEN_READER_H
#define CERTDESK_TOKEN_READER_H

#include "token/apdu.h"

#define READERS_MOST 16
#define READER_NAME_SIZE 128

struct reader_context;
struct reader_card;

struct reader {
	char name[READER_NAME_SIZE];
	bool card; /* a card is in */
};

/* ERR_TOKEN_NO_SERVICE, ERR_TOKEN_REFUSED. reader_close takes NULL and sets NULL. */
enum err reader_open(struct reader_context **out, struct error *e);
void reader_close(struct reader_context **c);

/* All readers, asked anew; none is OK with *count 0. */
enum err reader_list(struct reader_context *c, struct reader list[READERS_MOST], size_t *count, struct error *e);

/* Connects, shared, and begins a transaction; over the context that *c names, which it takes over, or over one of its own where `c` or *c is NULL. Waits at most `patience_ms` for a program that holds the card:
 * ERR_TOKEN_BUSY (names the likely holder). ERR_TOKEN_REMOVED where no card answers. */
enum err reader_connect(struct reader_context **c, const char *name, int patience_ms, struct reader_card **out, struct error *e);
void reader_disconnect(struct reader_card **card);

/* One transaction; the same patience and errors (after ERR_TOKEN_BUSY connect anew).
 * With `reset` the card forgets what was verified. */
enum err reader_begin(struct reader_card *card, struct error *e);
void reader_end(struct reader_card *card, bool reset);

/* The way to the card, for drivers; valid as long as `card`. */
struct apdu_transport reader_transport(struct reader_card *card);

#endif
