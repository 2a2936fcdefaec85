/* 介质业务: what can be done with a certificate or the key it is on, and the customer's PIN. */
#ifndef CERTDESK_UI_SCR_ABOUT_H
#define CERTDESK_UI_SCR_ABOUT_H

#include <jansson.h>

#include "base/bytes.h"
#include "ui/screen.h"

/* The screen; copied. A key's is given by its serial, a certificate's by its own. */
struct about_arg {
	const char *key, *certificate; /* one of them, the other NULL */
	const char *visit;             /* what is begun belongs to this visit, or NULL */
};
extern const struct screen_class scr_about;

/* What a screen's `token` does with a key: one with a certificate of ours opens 介质业务, of others a line tells. */
unsigned scr_about_token(struct ui *ui, void *data, const char *serial, bool in);
/* The one key that is in, without its being put in again; what is begun belongs to `visit`, or with NULL to none. */
void scr_about_inserted(struct ui *ui, const char *visit);

/* Has the customer type the PIN of the key, tries left shown first, with `why` (may be NULL) above: what went wrong with the one
 * before. False where it wasn't given, none is left to try, or a second key is in. The caller wipes `out`. */
bool scr_ask_pin(struct ui *ui, const char *serial, const char *why, struct secret *out);
/* … or a new one, twice. */
bool scr_ask_new_pin(struct ui *ui, const char *serial, struct secret *out);
/* The PINs of an order once more, to where they went. True when it was done. */
bool scr_pin_resend(struct ui *ui, const char *no);
bool scr_pin_waits(const json_t *order); /* one was sent, and nobody has said yet that it came */
bool scr_pin_received(struct ui *ui, const char *no); /* the customer has it; true when recorded */
/* A new PIN for a key of the order, which isn't handed over yet, after its customer was checked again. */
bool scr_pin_new(struct ui *ui, const json_t *order);

#endif
