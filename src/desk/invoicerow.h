/* One invoice as the use cases load and change it, and what an order's status does to it. Private to src/desk. */
#ifndef CERTDESK_DESK_INVOICEROW_H
#define CERTDESK_DESK_INVOICEROW_H

#include "desk/files.h"
#include "desk/invoice.h"
#include "desk/orderrow.h"

#define INVOICE_NUMBER_SIZE 21

struct invoice {
	int64_t id, dk, amount;
	char state[10], number[INVOICE_NUMBER_SIZE], date[11], file[FILE_NAME_SIZE], digest[DIGEST_TEXT_SIZE];
	bool exported, red_due;
	json_t *row;  /* of invoice_shown */
	json_t *data; /* title, tax_number, address_phone, bank_account */
};

/* Inside the step that brought the order to its status: asks for an invoice, or cancels what was asked for.
 * ERR_DESK_INVOICE_RED: the refund has to wait for a red invoice. */
enum err invoice_follow(struct desk *d, const struct order *o, struct error *e);
/* The order's invoice that is alive; else the newest that was cancelled after its list had gone out and may yet come back;
 * else the newest. ERR_DESK_INVOICE_NONE. Free with invoice_free. */
enum err invoice_load(struct desk *d, const struct order *o, struct invoice *out, struct error *e);
/* The same without what is sealed of it: its `data`, file and digest. */
enum err invoice_look(struct desk *d, const struct order *o, struct invoice *out, struct error *e);
void invoice_free(struct invoice *i);
/* Money is here and is to stay: the statuses of an order that may have a new invoice. */
bool invoice_earns(const struct order *o);
/* A PDF by its content. ERR_DESK_PDF, ERR_FILE_*. */
enum err invoice_read_pdf(const char *path, struct bytes *out, struct error *e);
/* Mails the PDF of `i` by the message `template`. */
enum err invoice_mail(struct desk *d, const struct order *o, const struct invoice *i, const char *template, const char *to, struct error *e);
/* An address that somebody gave, normalised; NULL where `to` is. ERR_NOTIFY_RECIPIENT. */
enum err invoice_clean_address(struct desk *d, const char *to, char **out, struct error *e);
/* Writes a stored PDF to a file: {"order","path","size"}. */
enum err invoice_write_pdf(const char *no, const struct bytes *pdf, const char *path, json_t **out, struct error *e);
/* Folds and judges; `out` may be the given one. */
enum err invoice_clean_number(struct desk *d, const char *number, int64_t own_id, char out[INVOICE_NUMBER_SIZE], struct error *e);
enum err invoice_check_date(struct desk *d, const struct order *o, const char *date, struct error *e);
/* The number and date become those of `i`. Refuses where it can't be issued (any more) or has another number; *same where all of it is
 * filed already. Neither this nor invoice_issue looks at what is sealed. */
enum err invoice_judge(struct desk *d, const struct order *o, struct invoice *i, const char *number, const char *date, bool *same, struct error *e);
/* Inside a step: judged, and from here on issued. */
enum err invoice_issue(struct desk *d, const struct order *o, struct invoice *i, const char *number, const char *date,
                       const struct staff *who, bool *same, struct error *e);
/* Where it goes unless somebody says otherwise: the invoice's address, else the agent's, else the holder's; "". */
const char *invoice_address(const json_t *values);
/* invoice_show for a use case that has asked for its own permission. */
enum err invoice_shown(struct desk *d, const char *no, json_t **out, struct error *e);
/* A row of invoice_shown becomes what interfaces see. */
void invoice_name_row(json_t *row);
/* What order_show says: the newest, or null. */
enum err invoice_of_order(struct desk *d, int64_t order_id, json_t **out, struct error *e);
/* Inside a step: a request as the application wants it, where it wants one (*made). `kind` may be NULL, `who` too. */
enum err invoice_ask(struct desk *d, const struct order *o, const char *kind, const struct staff *who, bool *made, struct error *e);

#endif
