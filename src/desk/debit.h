/* Money that left the account, by the bank's statement: it proves transfers back. Private to src/desk. */
#ifndef CERTDESK_DESK_DEBIT_H
#define CERTDESK_DESK_DEBIT_H

#include "desk/desk.h"
#include "pay/statement.h"

/* Keeps a statement's debits; known ones are left as they are. Inside the import's step. */
enum err debit_import(struct desk *d, int64_t dk, int64_t statement, const struct statement *s, struct error *e);
/* Goes through the debits that prove nothing yet: one that has the reference of a refund that was paid proves it, and one
 * that pays exactly one approved refund (the order's number in the remark, or the payee's name, and the amount) is that
 * refund's payment. Steps of their own; `proven` gets [{"refund_of","amount"}]. */
enum err debit_match_all(struct desk *d, const struct staff *who, json_t *proven, struct error *e);

#endif
