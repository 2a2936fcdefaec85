/* Red invoices: number and date take an issued one back, the PDF is filed and goes to the customer as an ordinary one's does. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/invoicerow.h"
#include "desk/output.h"

/* The order's red invoice of that number, or its newest, as an invoice of its own: number, date, file. ERR_DESK_INVOICE_NONE. */
static enum err red_load(struct desk *d, const struct order *o, const char *number, struct invoice *out, struct error *e)
{
	json_t *row = NULL;
	*out = (struct invoice){.dk = o->dk, .state = "red"};
	enum err r = store_row(d->store, SQL_INVOICE_RED_OF_ORDER, &row, e, "it", o->order_id, number ? number : "");
	if (!r && !row)
		r = error_set(e, ERR_DESK_INVOICE_NONE, tr("%s 没有红字发票", "%s: no red one"), o->no);
	out->id = json_number(row, "id");
	out->amount = json_number(row, "amount");
	text_copy(out->number, sizeof out->number, json_text(row, "number"));
	text_copy(out->date, sizeof out->date, json_text(row, "date"));
	text_copy(out->file, sizeof out->file, json_text(row, "file"));
	text_copy(out->digest, sizeof out->digest, json_text(row, "digest"));
	json_decref(row);
	return r;
}

struct reddening {
	const char *no, *number, *date, *path;
	const struct staff *who;
	struct bytes pdf;
	char clean[INVOICE_NUMBER_SIZE]; /* the number that it has in the end */
	char file[FILE_NAME_SIZE], old[FILE_NAME_SIZE]; /* written by this step, and there before it */
};

/* Takes the issued invoice back. Inside the step. */
static enum err redden(struct desk *d, const struct order *o, const struct reddening *s, char of[INVOICE_NUMBER_SIZE], struct error *e)
{
	struct invoice i = {0};
	char clean[INVOICE_NUMBER_SIZE] = "";
	bool made;
	enum err r = invoice_load(d, o, &i, e);
	if (!r && strcmp(i.state, "issued") != 0 && strcmp(i.state, "sent") != 0)
		r = error_set(e, ERR_DESK_INVOICE_STATE, "%s %s", o->no, invoice_state_title(i.state));
	if (!r && (!s->number || !s->date))
		r = error_set(e, ERR_DESK_INVOICE_NUMBER, "%s", s->number ? s->number : tr("没有写", "none given"));
	if (!r)
		r = invoice_clean_number(d, s->number, 0, clean, e);
	if (!r)
		r = invoice_check_date(d, o, s->date, e);
	if (!r && strcmp(s->date, i.date) < 0)
		r = error_set(e, ERR_DESK_INVOICE_DATE, "%s < %s", s->date, i.date);
	if (!r)
		r = store_run(d->store, SQL_INVOICE_REDDEN, NULL, e, "ittii", i.id, clean, s->date, desk_now(d), s->who->id);
	if (!r && invoice_earns(o))
		r = invoice_ask(d, o, NULL, NULL, &made, e);
	text_copy(of, INVOICE_NUMBER_SIZE, i.number);
	invoice_free(&i);
	return r;
}

static enum err put_pdf(struct desk *d, struct reddening *s, const struct invoice *red, char digest[DIGEST_TEXT_SIZE], struct error *e)
{
	text_copy(s->old, sizeof s->old, red->file);
	enum err r = files_put(d, red->dk, &s->pdf, s->file, digest, e);
	return r ? r : store_run(d->store, SQL_INVOICE_RED_FILE, NULL, e, "ittiii", red->id, (const char *)s->file, (const char *)digest,
	                         (int64_t)s->pdf.length, desk_now(d), s->who->id);
}

/* Where it is red already under that number, the PDF alone is filed, or put in place of another. */
static enum err step(struct desk *d, struct reddening *s, struct error *e)
{
	struct order o = {0};
	struct invoice red = {0};
	char digest[DIGEST_TEXT_SIZE] = "", of[INVOICE_NUMBER_SIZE] = "";
	enum err r = order_load(d, s->no, &o, e);
	bool there = !r && s->path && red_load(d, &o, s->number, &red, NULL) == OK;
	if (there && s->date && strcmp(s->date, red.date) != 0)
		r = error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 已登记红字发票 %s（%s）", "%s has red invoice %s (%s)"), s->no, red.number, red.date);
	if (!r && !there && !(r = redden(d, &o, s, of, e)))
		r = red_load(d, &o, NULL, &red, e);
	text_copy(s->clean, sizeof s->clean, red.number);
	if (!r && s->path)
		r = put_pdf(d, s, &red, digest, e);
	json_t *facts = json_pack("{ssss}", "number", red.number, "of", of), *files = s->path ? json_pack("[s]", digest) : NULL;
	if (!r)
		r = desk_commit(d, MAY_INVOICE_RED, NULL, s->no, files, facts, e);
	json_decref(facts);
	json_decref(files);
	order_free(&o);
	return r;
}

/* The mail first, then its record, as for every invoice; also of an order that is dead: its customer has to book it. */
static enum err deliver(struct desk *d, const char *no, const char *number, const char *to, int64_t staff, struct error *e)
{
	struct order o = {0};
	struct invoice red = {0};
	int64_t changed = 0;
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = red_load(d, &o, number, &red, e);
	if (!r && !*red.file)
		r = error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 的红字发票还没有登记 PDF", "%s: the red invoice has no PDF yet"), no);
	if (!to)
		to = invoice_address(o.values);
	if (!r)
		r = invoice_mail(d, &o, &red, "invoice-red", to, e);
	if (!r && !(r = store_begin(d->store, e))) {
		char *masked = text_mask(to);
		json_t *facts = json_pack("{ssss}", "number", red.number, "sent_to", masked ? masked : ""), *files = json_pack("[s]", red.digest);
		r = store_run(d->store, SQL_INVOICE_RED_SENT, &changed, e, "itii", red.id, (const char *)red.file, desk_now(d), staff);
		if (!r && changed) /* else it was replaced meanwhile */
			r = desk_commit(d, MAY_INVOICE_SEND, NULL, no, files, facts, e);
		store_rollback(d->store);
		json_decref(facts);
		json_decref(files);
		free(masked);
	}
	order_free(&o);
	return r;
}

enum err invoice_red(struct desk *d, const char *no, const char *number, const char *date, const char *path, json_t **out, struct error *e)
{
	struct reddening s = {.no = no, .number = number, .date = date, .path = path};
	struct error sending = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_RED, &s.who, e);
	int64_t staff = r ? 0 : s.who->id; /* a second person's credential ends with the step */
	if (!r && path)
		r = invoice_read_pdf(path, &s.pdf, e);
	if (!r && !(r = store_begin(d->store, e))) {
		r = step(d, &s, e);
		store_rollback(d->store);
		if (path && (r || strcmp(s.old, s.file) != 0))
			files_drop(d, r ? s.file : s.old);
	}
	bytes_free(&s.pdf);
	if (!r && path)
		deliver(d, no, s.clean, NULL, staff, &sending);
	if (!r)
		r = invoice_shown(d, no, out, e);
	if (!r && sending.code)
		json_object_set_new(*out, "notice", json_string(error_name(sending.code)));
	return r;
}

enum err invoice_red_send(struct desk *d, const char *no, const char *number, const char *to, json_t **out, struct error *e)
{
	const struct staff *who;
	char *address = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_SEND, &who, e);
	if (!r && !(r = invoice_clean_address(d, to, &address, e)))
		r = deliver(d, no, number, address, who->id, e);
	free(address);
	return r ? r : invoice_shown(d, no, out, e);
}

enum err invoice_red_save(struct desk *d, const char *no, const char *number, const char *path, json_t **out, struct error *e)
{
	struct order o = {0};
	struct invoice red = {0};
	struct bytes pdf = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_VIEW, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r)
		r = red_load(d, &o, number, &red, e);
	if (!r && !*red.file)
		r = error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 的红字发票还没有登记 PDF", "%s: the red invoice has no PDF yet"), no);
	if (!r)
		r = output_place(d, path, e);
	if (!r && !(r = files_get(d, red.dk, red.file, red.digest, &pdf, e)))
		r = invoice_write_pdf(no, &pdf, path, out, e);
	bytes_free(&pdf);
	order_free(&o);
	return r;
}
