/* Where on a key a product's certificate lies: 9A unless the product says otherwise. Private to src/desk. */
#ifndef CERTDESK_DESK_SLOT_H
#define CERTDESK_DESK_SLOT_H

#include "desk/desk.h"
#include "token/token.h"

enum { SLOTS_MOST = 4 };

/* Of a product's row; 9A where it names none. */
enum token_slot slot_in(const json_t *product);
/* A product that is no longer sold has its certificates in 9A. */
enum err slot_of(struct desk *d, const char *product, enum token_slot *out, struct error *e);
/* Those that any product names, 9A first: where to look for a certificate before it is known whose it is. */
enum err slots_known(struct desk *d, enum token_slot out[SLOTS_MOST], size_t *count, struct error *e);

#endif
