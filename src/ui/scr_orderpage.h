/* An order's data as pages to read: used by the order's screen, the review and the acceptance at hand-over. */
#ifndef CERTDESK_UI_SCR_ORDERPAGE_H
#define CERTDESK_UI_SCR_ORDERPAGE_H

#include <jansson.h>

#include "base/lang.h"
#include "desk/desk.h"
#include "ui/scr_sheet.h"

/* The rule above what is done with an order: its number, whose it is, and `what` where that isn't the screen's own title. */
void page_head(const struct pane *p, const char *no, const char *name, const char *what);
enum { PAGE_NAME_SIZE = 200 };
#define PAGE_LABELS (lang_now() == LANG_EN ? 30 : 24) /* columns of labels */

void page_summary(struct sheet *s, struct desk *d, const json_t *order); /* number, status, times, people */
void page_about(struct sheet *s, struct desk *d, const json_t *order);   /* the certificate concerned, the old key's fate */
void page_changes(struct sheet *s, struct desk *d, const json_t *order); /* before and after, side by side */
void page_amounts(struct sheet *s, const json_t *order);  /* lines, payments */
void page_documents(struct sheet *s, const json_t *order);
size_t page_missing(const json_t *documents); /* how many that are required */
/* Of those that are attached, in their order; NULL behind the last. */
const json_t *page_attached(const json_t *order, size_t index);
struct ui;
void page_look(struct ui *ui, const json_t *order, size_t index); /* that one, large; nothing where there is none */
/* The certificate that it made, or else the one that it is about; "" where there is none. */
const char *page_certificate_of(const json_t *order);
/* Whether a key with that serial is one of its items' or the one that it is about. */
bool page_has_key(const json_t *order, const char *serial);
bool page_is_made(const json_t *order); /* it has a certificate of its own */
void page_items(struct sheet *s, struct desk *d, const json_t *order); /* products, keys, certificates, hand-over */
void page_signature(struct sheet *s, const json_t *order);/* signature, identity checks, texts */
void page_fields(struct sheet *s, struct desk *d, const json_t *order); /* data by the form's sections */
void page_invoice(struct sheet *s, const json_t *invoice); /* what order_show or invoice_show says of it */
/* 已吊销 自 2026-11-26 11:55 起，密钥泄露: of cert_show's object. */
void page_cert_state(struct desk *d, const json_t *c, char *out, size_t size);
void page_certificate(struct sheet *s, struct desk *d, const json_t *certificate);

#endif
