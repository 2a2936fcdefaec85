/* Invoices that come: number, date and PDF are filed, and it goes to the customer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/gbk.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/mistakes.h"
#include "base/text.h"
#include "desk/invoicerow.h"
#include "desk/output.h"
#include "rules/check.h"

enum { PDF_LIMIT = 5 << 20, PDF_TAIL = 1024, LIST_LIMIT = 4 << 20 };

/* By content, never by name: a PDF from its first to its last mark. What is inside stays the viewer's. */
static bool is_pdf(const struct bytes *b)
{
	static const char start[] = "%PDF-", table[] = "startxref", end[] = "%%EOF";
	if (b->length < 64 || memcmp(b->data, start, 5) != 0 || b->data[5] < '1' || b->data[5] > '2' || b->data[6] != '.')
		return false;
	size_t tail = b->length < PDF_TAIL ? b->length : PDF_TAIL;
	const uint8_t *from = b->data + b->length - tail, *at = memmem(from, tail, table, strlen(table));
	return at && memmem(at, (size_t)(b->data + b->length - at), end, strlen(end));
}

enum err invoice_read_pdf(const char *path, struct bytes *out, struct error *e)
{
	char shown[256];
	text_printable(shown, sizeof shown, path);
	enum err r = file_read(path, PDF_LIMIT, out, e);
	return !r && !is_pdf(out) ? error_set(e, ERR_DESK_PDF, "%s", shown) : r;
}

/* ---- sending ---- */

enum err invoice_mail(struct desk *d, const struct order *o, const struct invoice *i, const char *template, const char *to, struct error *e)
{
	struct bytes pdf = {0};
	char name[64], amount[MONEY_TEXT_SIZE];
	snprintf(name, sizeof name, tr("发票-%s.pdf", "invoice-%s.pdf"), i->number);
	money_text(i->amount, amount);
	const struct message_value values[] = {
		{"customer", customer_name(o->values)}, {"order", o->no}, {"number", i->number}, {"amount", amount}};
	enum err r = files_get(d, i->dk, i->file, i->digest, &pdf, e);
	const struct notify_attachment file = {name, pdf.data, pdf.length};
	if (!r)
		r = desk_mail(d, to, template, values, sizeof values / sizeof *values, &file, 1, e);
	bytes_free(&pdf);
	return r;
}

/* The mail first, then its record: after a cut it stands as not sent, and is sent again. */
static enum err deliver(struct desk *d, const char *no, const char *to, int64_t staff, struct error *e)
{
	struct order o = {0};
	struct invoice i = {0};
	int64_t changed = 0;
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = invoice_load(d, &o, &i, e);
	if (!r && !*i.file)
		r = error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 还没有登记 PDF", "%s has no PDF yet"), no);
	else if (!r && ((strcmp(i.state, "issued") != 0 && strcmp(i.state, "sent") != 0) || i.red_due))
		r = error_set(e, ERR_DESK_INVOICE_STATE, "%s %s", no, i.red_due ? tr("应红冲", "a red one is due") : invoice_state_title(i.state));
	if (!to)
		to = invoice_address(o.values);
	if (!r)
		r = invoice_mail(d, &o, &i, "invoice", to, e);
	if (!r && !(r = store_begin(d->store, e))) {
		char *masked = text_mask(to);
		json_t *facts = json_pack("{ssss}", "number", i.number, "sent_to", masked ? masked : "");
		json_t *files = json_pack("[s]", i.digest);
		r = store_run(d->store, SQL_INVOICE_SENT, &changed, e, "itii", i.id, (const char *)i.file, desk_now(d), staff);
		if (!r && changed) /* else it was replaced or taken back meanwhile */
			r = desk_commit(d, MAY_INVOICE_SEND, NULL, no, files, facts, e);
		store_rollback(d->store);
		json_decref(facts);
		json_decref(files);
		free(masked);
	}
	invoice_free(&i);
	order_free(&o);
	return r;
}

enum err invoice_clean_address(struct desk *d, const char *to, char **out, struct error *e)
{
	const struct check *email = check_find("email");
	const struct check_context today = {.today = desk_now(d)};
	struct check_result why = {0};
	*out = NULL;
	if (!to)
		return OK;
	if (!(*out = check_normalise(email, to)))
		return error_set(e, ERR_NOTIFY_RECIPIENT, "%s", "");
	check_judge(email, *out, &today, &why);
	return why.verdict == VERDICT_INVALID ? error_set(e, ERR_NOTIFY_RECIPIENT, "%s", to) : OK;
}

enum err invoice_send(struct desk *d, const char *no, const char *to, json_t **out, struct error *e)
{
	const struct staff *who;
	char *address = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_SEND, &who, e);
	if (!r && !(r = invoice_clean_address(d, to, &address, e)))
		r = deliver(d, no, address, who->id, e);
	free(address);
	return r ? r : invoice_shown(d, no, out, e);
}

/* ---- filing ---- */

static enum err put_file(struct desk *d, const struct invoice *i, const struct bytes *pdf, char file[FILE_NAME_SIZE],
                         char digest[DIGEST_TEXT_SIZE], struct error *e)
{
	enum err r = files_put(d, i->dk, pdf, file, digest, e);
	return r ? r : store_run(d->store, SQL_INVOICE_SET_FILE, NULL, e, "itti", i->id, (const char *)file, (const char *)digest,
	                         (int64_t)pdf->length);
}

struct filing {
	const char *no, *number, *date;
	struct bytes pdf;
	const struct staff *who;
	char file[FILE_NAME_SIZE], old[FILE_NAME_SIZE]; /* written by this step, and there before it */
	bool red_due;
};

/* Inside the step, which it commits. Another PDF for the same number is a correction, and is sent anew. */
static enum err file_step(struct desk *d, struct filing *f, struct error *e)
{
	struct order o = {0};
	struct invoice i = {0};
	char digest[DIGEST_TEXT_SIZE] = "";
	bool same = false;
	enum err r = order_load(d, f->no, &o, e);
	if (!r)
		r = invoice_load(d, &o, &i, e);
	if (!r)
		r = invoice_issue(d, &o, &i, f->number, f->date, f->who, &same, e);
	if (!r && same) /* numbered already */
		r = store_run(d->store, SQL_INVOICE_ISSUE, NULL, e, "ittii", i.id, i.number, i.date, desk_now(d), f->who->id);
	text_copy(f->old, sizeof f->old, i.file);
	if (!r)
		r = put_file(d, &i, &f->pdf, f->file, digest, e);
	json_t *facts = json_pack("{ssss}", "number", i.number, "date", i.date), *files = json_pack("[s]", digest);
	if (!r)
		r = desk_commit(d, MAY_INVOICE_FILE, NULL, f->no, files, facts, e);
	json_decref(facts);
	json_decref(files);
	invoice_free(&i);
	order_free(&o);
	return r;
}

/* Whether the filed one may go out: not where it has to be taken back. */
static bool to_be_sent(struct desk *d, const char *no)
{
	json_t *shown = NULL;
	bool yes = invoice_shown(d, no, &shown, NULL) == OK && !json_flag(shown, "red_due");
	json_decref(shown);
	return yes;
}

enum err invoice_file(struct desk *d, const char *no, const char *number, const char *date, const char *path, json_t **out,
                      struct error *e)
{
	struct filing f = {.no = no, .number = number, .date = date};
	struct error sending = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_FILE, &f.who, e);
	int64_t staff = r ? 0 : f.who->id; /* a second person's credential ends with the step */
	if (!r)
		r = invoice_read_pdf(path, &f.pdf, e);
	if (!r && !(r = store_begin(d->store, e))) {
		r = file_step(d, &f, e);
		store_rollback(d->store);
		if (r || strcmp(f.old, f.file) != 0)
			files_drop(d, r ? f.file : f.old);
	}
	bytes_free(&f.pdf);
	if (!r && to_be_sent(d, no))
		deliver(d, no, NULL, staff, &sending);
	if (!r)
		r = invoice_shown(d, no, out, e);
	if (!r && sending.code)
		json_object_set_new(*out, "notice", json_string(error_name(sending.code)));
	return r;
}

/* ---- numbers from a list ---- */

struct numbers {
	struct csv csv;
	int order, number, date;
};

static int column_of(const struct csv *csv, const char *a, const char *b)
{
	int at = csv_column(csv, a);
	return at >= 0 ? at : csv_column(csv, b);
}

static enum err read_numbers(const char *path, struct numbers *n, struct error *e)
{
	struct bytes raw = {0}, text = {0};
	enum err r = file_read(path, LIST_LIMIT, &raw, e);
	if (!r && (memchr(raw.data, 0, raw.length) || (!text_valid((char *)raw.data, raw.length) &&
	                                               !gbk_decode((char *)raw.data, raw.length, &text))))
		r = error_set(e, ERR_DESK_INVOICE_LIST, "%s", tr("既不是 UTF-8 也不是 GBK 文本", "it is neither UTF-8 nor GBK text"));
	const struct bytes *use = text.length ? &text : &raw;
	if (!r)
		r = csv_parse((char *)use->data, use->length, ',', &n->csv, e);
	n->order = column_of(&n->csv, "order", "备注");
	if (n->order < 0) /* what is keyed by hand */
		n->order = column_of(&n->csv, "order", "订单号");
	n->number = column_of(&n->csv, "number", "发票号码");
	n->date = column_of(&n->csv, "date", "开票日期");
	if (!r && (n->order < 0 || n->number < 0 || n->date < 0 || n->csv.count < 2))
		r = error_set(e, ERR_DESK_INVOICE_LIST, "%s", tr("应有备注（订单号）、发票号码、开票日期三列，和至少一行",
		                                                 "columns order, number and date are needed, and a row"));
	bytes_free(&raw);
	bytes_free(&text);
	return r;
}

/* One row that was judged, and is to be written. */
struct numbered {
	char no[ORDER_NO_SIZE], number[INVOICE_NUMBER_SIZE], date[11];
	int64_t order_id, signed_at;
	size_t line;
};

struct list {
	const char *path; /* as sentences show it */
	struct mistakes mistakes;
	json_t *numbers, *orders; /* what the list says so far: the order of a number, the number of an order */
	struct numbered *rows;
	size_t count;
};

static void list_free(struct list *l)
{
	mistakes_free(&l->mistakes);
	json_decref(l->numbers);
	json_decref(l->orders);
	free(l->rows);
}

/* A fault of ours ends it at once; what is wrong in the list is collected. */
static enum err collect(struct list *l, size_t line, const struct error *wrong, struct error *e)
{
	char sentence[700];
	if (!wrong->code)
		return OK;
	if (error_exit(wrong->code) != EXIT_REFUSED && error_exit(wrong->code) != EXIT_USAGE)
		return error_set(e, wrong->code, "%s", wrong->detail);
	mistakes_add(&l->mistakes, l->path, line, "%s", error_sentence(wrong, sentence, sizeof sentence));
	return OK;
}

/* One number is one order's invoice, in the list too. */
static enum err judge_among(struct list *l, const struct order *o, const struct invoice *i, struct error *e)
{
	const char *number = json_text(l->orders, o->no), *no = json_text(l->numbers, i->number);
	if (*no && strcmp(no, o->no) != 0)
		return error_set(e, ERR_DESK_INVOICE_NUMBER, "%s", i->number);
	if (*number && strcmp(number, i->number) != 0)
		return error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 已登记发票 %s（%s）", "%s has invoice %s (%s)"), o->no, number, i->date);
	json_object_set_new(l->numbers, i->number, json_string(o->no));
	json_object_set_new(l->orders, o->no, json_string(i->number));
	return OK;
}

/* Outside the step: loading an order takes its time. */
static enum err judge_row(struct desk *d, const struct numbers *n, const struct csv_row *row, struct list *l, struct error *e)
{
	struct order o = {0};
	struct invoice i = {0};
	bool same = false;
	char *no = text_fold_width(csv_field(row, n->order)), date[64];
	if (!no)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_trim(no);
	int64_t day;
	if (civil_read_date(csv_field(row, n->date), &day))
		civil_date_text(day, date);
	else
		text_copy(date, sizeof date, csv_field(row, n->date)); /* refused as it stands */
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = invoice_look(d, &o, &i, e);
	if (!r && !(r = invoice_judge(d, &o, &i, csv_field(row, n->number), date, &same, e)))
		r = judge_among(l, &o, &i, e);
	if (!r && !same) {
		struct numbered *to = &l->rows[l->count++];
		*to = (struct numbered){.order_id = o.order_id, .signed_at = o.signed_at, .line = row->line};
		text_copy(to->no, sizeof to->no, o.no);
		text_copy(to->number, sizeof to->number, i.number);
		text_copy(to->date, sizeof to->date, i.date);
	}
	invoice_free(&i);
	order_free(&o);
	free(no);
	return r;
}

static enum err judge_list(struct desk *d, const struct numbers *n, struct list *l, struct error *e)
{
	l->numbers = json_object();
	l->orders = json_object();
	l->rows = calloc(n->csv.count, sizeof *l->rows);
	enum err r = l->rows && l->numbers && l->orders ? OK : error_set(e, ERR_MEMORY, "%s", "");
	for (size_t k = 1; !r && k < n->csv.count; k++) {
		struct error wrong = {0};
		judge_row(d, n, &n->csv.rows[k], l, &wrong);
		r = collect(l, n->csv.rows[k].line, &wrong, e);
	}
	return r ? r : mistakes_error(&l->mistakes, ERR_DESK_INVOICE_LIST, e);
}

/* Inside the step: another window may have been at the invoice since. */
static enum err write_row(struct desk *d, const struct numbered *row, const struct staff *who, int64_t *fresh, struct error *e)
{
	struct order o = {.order_id = row->order_id, .signed_at = row->signed_at};
	struct invoice i = {0};
	bool same = false;
	text_copy(o.no, sizeof o.no, row->no);
	enum err r = invoice_look(d, &o, &i, e);
	if (!r)
		r = invoice_issue(d, &o, &i, row->number, row->date, who, &same, e);
	*fresh += !r && !same;
	invoice_free(&i);
	return r;
}

static enum err write_list(struct desk *d, struct list *l, const struct staff *who, int64_t *fresh, struct error *e)
{
	enum err r = OK;
	for (size_t k = 0; !r && k < l->count; k++) {
		struct error wrong = {0};
		write_row(d, &l->rows[k], who, fresh, &wrong);
		r = collect(l, l->rows[k].line, &wrong, e);
	}
	return r ? r : mistakes_error(&l->mistakes, ERR_DESK_INVOICE_LIST, e);
}

enum err invoice_import(struct desk *d, const char *path, json_t **out, struct error *e)
{
	struct numbers n = {0};
	const struct staff *who;
	int64_t fresh = 0;
	char shown[256];
	struct list l = {.path = shown};
	*out = NULL;
	text_printable(shown, sizeof shown, path);
	enum err r = desk_allow(d, MAY_INVOICE_FILE, &who, e);
	if (!r)
		r = read_numbers(path, &n, e);
	if (!r)
		r = judge_list(d, &n, &l, e);
	if (!r && l.count && !(r = store_begin(d->store, e))) {
		r = write_list(d, &l, who, &fresh, e);
		json_t *facts = json_pack("{sIsI}", "rows", (json_int_t)n.csv.count - 1, "new", (json_int_t)fresh);
		if (!r && fresh)
			r = desk_commit(d, MAY_INVOICE_FILE, "invoice.import", "invoices", NULL, facts, e);
		store_rollback(d->store);
		json_decref(facts);
	}
	if (!r)
		*out = json_pack("{sIsI}", "rows", (json_int_t)n.csv.count - 1, "new", (json_int_t)fresh);
	list_free(&l);
	csv_free(&n.csv);
	return r;
}

/* ---- looking ---- */

enum err invoice_pdf(struct desk *d, const char *no, struct bytes *out, struct error *e)
{
	struct order o = {0};
	struct invoice i = {0};
	enum err r = desk_allow(d, MAY_INVOICE_VIEW, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r)
		r = invoice_load(d, &o, &i, e);
	if (!r && !*i.file)
		r = error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 还没有登记 PDF", "%s has no PDF yet"), no);
	if (!r)
		r = files_get(d, i.dk, i.file, i.digest, out, e);
	invoice_free(&i);
	order_free(&o);
	return r;
}

enum err invoice_write_pdf(const char *no, const struct bytes *pdf, const char *path, json_t **out, struct error *e)
{
	char shown[256];
	text_printable(shown, sizeof shown, path);
	enum err r = file_write_out(path, 0600, pdf->data, pdf->length, e);
	if (!r)
		*out = json_pack("{ssss sI}", "order", no, "path", shown, "size", (json_int_t)pdf->length);
	return r;
}

enum err invoice_save(struct desk *d, const char *no, const char *path, json_t **out, struct error *e)
{
	struct bytes pdf = {0};
	*out = NULL;
	enum err r = invoice_pdf(d, no, &pdf, e);
	if (!r)
		r = output_place(d, path, e);
	if (!r)
		r = invoice_write_pdf(no, &pdf, path, out, e);
	bytes_free(&pdf);
	return r;
}
