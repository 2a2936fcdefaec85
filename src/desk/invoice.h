/* Invoices. One is asked for by itself when an order with an amount is paid and the customer wants one; it goes to the tax
 * system in a list, comes back as number and PDF, and is sent to the customer. What was issued for money that went back needs
 * a red invoice (红冲) before the refund; what wasn't is cancelled with the order.
 *
 * requested 待开票 → exported 已导出 → issued 已开票 → sent 已发送; aside: red 已红冲, cancelled 已取消.
 *
 * As JSON: {"order","name","kind","kind_title","state","state_title","amount","number","issued_date","pdf" (it is here),
 * "size","batch","red_due" (issued, and the order's money has gone or changed),"red_number","red_date","red_pdf" (it is here),"red_sent_at","requested_at",
 * "exported_at","filed_at","sent_at","ended_at","staff"}; inside of order_show without order and name.
 *
 * Errors besides: ERR_DESK_INVOICE_NONE, ERR_DESK_INVOICE_STATE, ERR_DESK_INVOICE_NUMBER (8 to 20 digits, each once, red ones
 * too), ERR_DESK_DATE, ERR_DESK_INVOICE_DATE. Full width is folded. */
#ifndef CERTDESK_DESK_INVOICE_H
#define CERTDESK_DESK_INVOICE_H

#include "desk/desk.h"

/* Filter: {"state" (a state; "open": not sent yet, or red due; "red-due"),"date" (asked for or issued that day),"before" (id),
 * "limit" (default 50, at most 1000)}, each optional. Newest first, with "id" to page on. ERR_DESK_FILTER, ERR_DESK_DATE. */
enum err invoice_list(struct desk *d, const json_t *filter, json_t **out, struct error *e);
/* The order's newest invoice, with "title","tax_number","address_phone","bank_account","to" (masked address),"lines" (what the
 * list said: [{"title","tax_code","unit","rate" (hundredths of a percent),"net","tax","amount"}]) and "earlier" (others of
 * the order, newest first). */
enum err invoice_show(struct desk *d, const char *no, json_t **out, struct error *e);
/* Asks for one by hand: of an order from before there were invoices, or where the customer wanted none. `kind` may be NULL (as
 * in the application). ERR_DESK_INVOICE_UNWANTED (nothing paid, or there is one), ERR_DESK_INVOICE_PARTS. */
enum err invoice_request(struct desk *d, const char *no, const char *kind, json_t **out, struct error *e);
/* It isn't to be issued any more, and why: what never is issued keeps the order's data from being purged. One that is in a list already may
 * come back issued, and is filed then as ever. ERR_DESK_INVOICE_STATE, ERR_DESK_REASON. */
enum err invoice_withdraw(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);
/* The list for the tax system as a workbook; what is in it is exported from then on. With `again` also what was exported before
 * and has no number yet. *out: {"path","batch","invoices","rows","amount"}. ERR_DESK_INVOICE_EMPTY, ERR_DESK_INVOICE_TAX,
 * ERR_REPORT_*. */
enum err invoice_export(struct desk *d, const char *path, bool again, json_t **out, struct error *e);
/* Files number, date and PDF, and sends it where the order isn't dead. Number and date may be NULL where they are filed
 * already. A mail that can't go out doesn't undo the filing: then *out has "notice", the error's name, and
 * invoice_send tries again. ERR_DESK_PDF, ERR_FILE_*. */
enum err invoice_file(struct desk *d, const char *no, const char *number, const char *date, const char *path, json_t **out,
                      struct error *e);
/* Numbers from a CSV (UTF-8 or GBK) with the columns order or 备注, number or 发票号码, date or 开票日期, whole or not at all:
 * {"rows","new"}. What is filed already with the same number and date changes nothing. ERR_DESK_INVOICE_LIST names each line. */
enum err invoice_import(struct desk *d, const char *path, json_t **out, struct error *e);
/* Sends the PDF, again where it was sent: to the invoice address, else the agent's, else the holder's; or to `to`. */
enum err invoice_send(struct desk *d, const char *no, const char *to, json_t **out, struct error *e);
/* The issued invoice was taken back by a red one. An order that is still alive asks for a new one at once. The PDF (`path`, may
 * be NULL) is filed and sent, also for a dead order; "notice" as in invoice_file. With a path and no number, or the red one's
 * own, the PDF of what is red already is filed, or put in place of another and sent anew. */
enum err invoice_red(struct desk *d, const char *no, const char *number, const char *date, const char *path, json_t **out, struct error *e);
/* As invoice_send and invoice_save, of the red invoice `number` (NULL: the order's newest). ERR_DESK_INVOICE_NONE where there is
 * none, ERR_DESK_INVOICE_STATE without a PDF. */
enum err invoice_red_send(struct desk *d, const char *no, const char *number, const char *to, json_t **out, struct error *e);
enum err invoice_red_save(struct desk *d, const char *no, const char *number, const char *path, json_t **out, struct error *e);
/* The PDF as it was filed; to a file: {"order","path","size"}. */
enum err invoice_pdf(struct desk *d, const char *no, struct bytes *out, struct error *e);
enum err invoice_save(struct desk *d, const char *no, const char *path, json_t **out, struct error *e);

const char *invoice_state_title(const char *state);

#endif
