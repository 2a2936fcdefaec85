/* Keys of staff: known by their serials, so that they aren't taken for a customer's. Private to src/desk, but for staff_key and
 * staff_key_owner. */
#ifndef CERTDESK_DESK_STAFFKEY_H
#define CERTDESK_DESK_STAFFKEY_H

#include "desk/desk.h"
#include "token/token.h"

/* Enrols the key of a login of this site; "" takes it away. A person has one. MAY_STAFF. ERR_DESK_NO_STAFF, ERR_DESK_SERIAL,
 * ERR_DESK_STAFF_KEY (another login's, or of the stock or a customer). */
enum err staff_key(struct desk *d, const char *login, const char *serial, struct error *e);
/* Whose key that is: a login, or "" where it is nobody's of staff. `out` may be NULL. */
enum err staff_key_owner(struct desk *d, const char *serial, char out[33], bool *is, struct error *e);

/* The keys that are in, as token_list, without staff's. */
enum err customer_keys(struct desk *d, struct token_info **list, size_t *count, struct error *e);
/* Their serials, for a sentence; that of one that another program holds is its reader. */
void keys_text(const struct token_info *list, size_t count, char *out, size_t size);
/* token_open_begun for a customer's key, `ahead` (NULL: none) taken over alike: staff's are passed over, and refused by name. ERR_DESK_STAFF_KEY. */
enum err customer_key_open(struct desk *d, const char *serial, struct token *ahead, struct token **out, struct error *e);

#endif
