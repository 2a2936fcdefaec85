/* What can happen to a key 介质: its states and the one table of moves between them. Pure. */
#ifndef CERTDESK_RULES_KEYSTATE_H
#define CERTDESK_RULES_KEYSTATE_H

#include <stdbool.h>
#include <stddef.h>

/* The state that `event` leads to from `state` ("" is a key that nobody knows yet), or NULL where it isn't allowed.
 * Of the stock: receive, expect, arrive, transfer, send, spoil, lose, find, find-returned, return, destroy.
 * Of orders: own, reserve, release, give-up, make, hand-over, mail, deliver, undo, report-lost, report-damaged,
 * collect, resume, lock, unlock. */
const char *key_event_to(const char *event, const char *state);
/* Some event leads from one to the other. */
bool key_may_move(const char *from, const char *to);

/* The key lies in a drawer of the service point, so that it is counted there. */
bool key_in_drawer(const char *state);
/* Lost, damaged, destroyed: nobody can use it. */
bool key_out_of_use(const char *state);
bool key_state_known(const char *state);
const char *key_state_title(const char *state); /* 在库; the state itself where unknown */
size_t key_state_count(void);
const char *key_state_at(size_t i); /* in the order of a key's life, in-stock first */

/* The rows of the table, for tests: false after the last. */
bool key_move_at(size_t i, const char **event, const char **from, const char **to);

#endif
