/* The bank's list 银行附言清单: 0.01 yuan to the account of each unit that proves itself by it, with the key's first PIN in the
 * remark. Two persons make it, only the bank can read it, and the PINs in it are then on their way. */
#ifndef CERTDESK_DESK_PINLIST_H
#define CERTDESK_DESK_PINLIST_H

#include "desk/desk.h"

/* What waits for a list: [{"order", "name", "key_serial", "since"}]. MAY_PIN_LIST, ERR_STORE_*. */
enum err pin_list_waiting(struct desk *d, json_t **out, struct error *e);
/* Whether a list can be sealed to `bank` (NULL or "": `bank_certificate` of certdesk.yaml), before anybody is called over for it.
 * MAY_PIN_LIST, ERR_DESK_BANK_CERTIFICATE, ERR_FILE_*. */
enum err pin_list_bank(struct desk *d, const char *bank, struct error *e);
/* Writes a list to `path`: CSV (RFC 4180, UTF-8) sealed to `bank`, a PEM certificate (NULL: `bank_certificate` of certdesk.yaml); see
 * base/recipient.h. `list` 0 takes all that waits; else that list is made once more with what is kept of it (seven days).
 * *out: {"path", "list", "pins", "amount"}. MAY_PIN_LIST with MAY_PIN_LIST_CONFIRM as second person (ERR_DESK_TWO_PERSONS),
 * what pin_list_bank says (judged first), ERR_DESK_PIN_LIST_EMPTY, ERR_FILE_*, ERR_STORE_*: then nothing is marked, and no list is left. */
enum err pin_list_make(struct desk *d, const char *bank, const char *path, int64_t list, json_t **out, struct error *e);

#endif
