#include "hub/grant.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "ca/cert.h"
#include "ca/request.h"
#include "hub/values.h"
#include "rules/business.h"
#include "rules/term.h"

enum { TABLE_LIMIT = 4 << 20, CLOCKS_APART = 600 };

static void refuse(struct grant *g, const char *why)
{
	if (!g->why)
		g->why = why;
}

/* --- the product ------------------------------------------------------------------------------------------------------ */

/* The row that the site worked by: of the newest version that had begun at this second, as its tables were with this entry (two versions
 * may begin in one second, and one may take the other's place). NULL: none. */
static enum err product_at(const struct view *v, const char *code, int64_t at, int64_t seq, json_t **out, struct error *e)
{
	json_t *records = NULL, *row;
	size_t i;
	int64_t newest = -1;
	*out = NULL;
	enum err r = db_list(v->hub->db, HUB_SQL_CA_RECORDS, &records, e, "tt", v->site, "product");
	json_array_foreach(records, i, row) {
		json_t *product = NULL;
		if (r || (r = view_at(v, "product", json_number(row, "record"), seq, &product, e)) || !product)
			continue;
		int64_t from = json_number(product, "valid_from");
		if (from <= at && from > newest) { /* another version: what was found doesn't count any more */
			newest = from;
			json_decref(*out);
			*out = NULL;
		}
		if (from == newest && from <= at && !*out && strcmp(json_text(product, "code"), code) == 0)
			*out = json_incref(product);
		json_decref(product);
	}
	json_decref(records);
	return r;
}

static bool csv_has(const char *text, size_t length, const json_t *product)
{
	static const char *const words[] = {"code", "customer", "profile", "slot"}, *const numbers[] = {"term_months", "rekey"};
	struct csv csv = {0};
	bool found = false;
	if (csv_parse(text, length, ',', &csv, NULL) == OK)
		for (size_t i = 1; !found && i < csv.count; i++) {
			found = true;
			for (size_t k = 0; k < sizeof words / sizeof *words; k++)
				found &= strcmp(csv_field(&csv.rows[i], csv_column(&csv, words[k])), json_text(product, words[k])) == 0;
			for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
				found &= strtoll(csv_field(&csv.rows[i], csv_column(&csv, numbers[k])), NULL, 10) == json_number(product, numbers[k]);
		}
	csv_free(&csv);
	return found;
}

static enum err shipped_has(const json_t *product, bool *found, struct error *e)
{
	struct bytes text = {0};
	char *share = share_dir(), *path = share ? path_join(share, "forms/tables/products.csv") : NULL;
	enum err r = path ? file_read(path, TABLE_LIMIT, &text, e) : error_set(e, ERR_DESK_SHARE, "forms/");
	*found = !r && csv_has((char *)text.data, text.length, product);
	bytes_free(&text);
	free(path);
	free(share);
	return r;
}

static const char *products_of(const json_t *body)
{
	const json_t *table;
	size_t i;
	json_array_foreach(json_object_get(body, "tables"), i, table)
		if (strcmp(json_text(table, "name"), "products") == 0)
			return json_text(table, "csv");
	return NULL;
}

/* Whether headquarters ever laid the row down for this site; what is shipped counts until the site took another table:
 * what was recorded before then is right. */
static enum err laid_down(const struct view *v, const json_t *product, int64_t at, bool *found, struct error *e)
{
	struct db_rows *rows = NULL;
	int64_t taken = 0;
	size_t i;
	json_t *numbers = json_array(), *number;
	*found = false;
	enum err r = db_query(v->hub->db, HUB_SQL_PUBLICATION_FOR, &rows, e, "t", v->site);
	while (!r && db_rows_next(rows)) {
		json_t *body = json_of_line(db_rows_text(rows, 1));
		const char *csv = products_of(body);
		if (csv)
			json_array_append_new(numbers, json_integer(db_rows_int(rows, 0)));
		*found |= csv && csv_has(csv, strlen(csv), product);
		json_decref(body);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	json_array_foreach(numbers, i, number)
		if (!r && !*found && !taken)
			r = db_int(v->hub->db, HUB_SQL_CA_PUBLICATION_TAKEN, 0, &taken, e, "iti", (int64_t)json_integer_value(number), v->site, at - CLOCKS_APART);
	json_decref(numbers);
	return r || *found || taken ? r : shipped_has(product, found, e);
}

/* The product that was applied for, which is the item's. */
static enum err find_product(struct grant *g, const json_t *order, const json_t *item, json_t **product, struct error *e)
{
	json_t *values = NULL;
	bool good = false;
	const char *code = json_text(item, "product");
	enum err r = values_open(g->view->ring, order, &values, e);
	if (!r && (!values || strcmp(json_text(values, "product"), code) != 0))
		refuse(g, values ? "product" : "data");
	json_decref(values);
	if (r || g->why || (r = product_at(g->view, code, g->not_before, g->seq, product, e)))
		return r;
	if (*product && !(r = laid_down(g->view, *product, g->not_before, &good, e)) && good)
		good = strcmp(json_text(*product, "customer"), json_text(order, "customer")) == 0;
	if (!r && !good)
		refuse(g, "product");
	if (g->profile && *product && strcmp(g->profile, json_text(*product, "profile")) != 0)
		refuse(g, "profile");
	return r;
}

/* --- the certificate that it is about ---------------------------------------------------------------------------------- */

static enum err find_about(struct grant *g, json_t **certificate, struct error *e)
{
	json_t *parts = NULL, *subject = NULL;
	enum err r = view_parts(g->view, g->order, "order_subject", &parts, e);
	for (size_t i = json_array_size(parts); !r && !subject && i-- > 0;)
		r = view_now(g->view, "order_subject", json_integer_value(json_array_get(parts, i)), &subject, e);
	if (!r && subject)
		r = view_now(g->view, "certificate", row_number(subject, "certificate_id"), certificate, e);
	json_decref(subject);
	json_decref(parts);
	return r;
}

static bool counts(const struct business *b, const char *state, const char *reason)
{
	if (strcmp(state, "active") == 0)
		return true;
	if (strcmp(state, "suspended") == 0 && cert_own_reason(reason))
		return false;
	return b->makes == MAKES_NEW && (strcmp(state, "suspended") == 0 || strcmp(state, "revoked") == 0);
}

/* A renewal and a change are for the pair that the old certificate is for, unless the product asks for a new one. */
static void judge_pair(struct grant *g, const uint8_t *der, size_t length)
{
	struct bytes spki = {0};
	if (request_check(g->request->data, g->request->length, &spki, NULL) == OK && !cert_matches_key(der, length, spki.data, spki.length))
		refuse(g, "pair");
	bytes_free(&spki);
}

/* What its row says is what is written in it, and what headquarters wrote. */
static enum err judge_about(struct grant *g, const struct business *b, const json_t *about, bool rekey, struct error *e)
{
	struct cert_info info = {0};
	const char *hex = json_text(about, "der"), *serial = json_text(about, "serial");
	size_t n = strlen(hex) / 2;
	int64_t end = json_number(about, "not_after"), known = 0;
	uint8_t *der = n && n <= CERT_DER_MAX ? malloc(n) : NULL;
	bool right = der && hex_decode(der, n, hex) && cert_info(der, n, &info, NULL) == OK && strcmp(info.serial, serial) == 0 && info.not_after == end;
	enum err r = db_int(g->view->hub->db, HUB_SQL_CA_CERTIFICATE_END, 0, &known, e, "t", serial);
	if (!right || (!r && known && known != end) || !counts(b, json_text(about, "state"), json_text(about, "reason")))
		refuse(g, "about");
	if (right && g->request && b->makes == MAKES_AGAIN && !rekey)
		judge_pair(g, der, n);
	cert_info_free(&info);
	free(der);
	return r;
}

static int64_t end_of(const struct grant *g, const struct business *b, const json_t *product, const json_t *about)
{
	int months = (int)json_number(product, "term_months");
	int64_t old = json_number(about, "not_after");
	switch (b->end) {
	case END_NEW:
		break;
	case END_RENEWED:
		return term_renewed(g->not_before, old, months);
	case END_KEPT:
		return old;
	}
	return term_last(g->not_before, months);
}

/* The window was open when the order was signed, or is now. */
static bool window_open(const struct grant *g, const struct business *b, const json_t *order, const json_t *about)
{
	int64_t end = json_number(about, "not_after");
	return b->end != END_RENEWED || term_renewal_open(json_number(order, "signed_at"), end) || term_renewal_open(g->not_before, end);
}

static enum err judge_end(struct grant *g, const json_t *order, const json_t *product, struct error *e)
{
	const struct business *b = business_find(json_text(order, "business"));
	json_t *about = NULL;
	if (!b || b->makes == MAKES_NOTHING) {
		refuse(g, "business");
		return OK;
	}
	enum err r = b->about == ABOUT_NOTHING ? OK : find_about(g, &about, e);
	if (!r && b->about != ABOUT_NOTHING && !about)
		refuse(g, "about");
	text_copy(g->about, sizeof g->about, json_text(about, "serial"));
	if (!r && about)
		r = judge_about(g, b, about, json_number(product, "rekey") != 0, e);
	if (!r && !g->why && about && !window_open(g, b, order, about))
		refuse(g, "window");
	if (!r && g->not_after != end_of(g, b, product, about))
		refuse(g, "term");
	json_decref(about);
	return r;
}

enum err grant_judge(struct grant *g, struct error *e)
{
	json_t *order = NULL, *item = NULL, *product = NULL;
	enum err r = view_now(g->view, "orders", g->order, &order, e);
	if (!r)
		r = view_now(g->view, "item", g->item, &item, e);
	if (!r && (!order || !item || json_number(item, "order_id") != g->order))
		refuse(g, "item");
	if (!r && !g->why)
		r = find_product(g, order, item, &product, e);
	if (!r && !g->why)
		r = judge_end(g, order, product, e);
	json_decref(product);
	json_decref(item);
	json_decref(order);
	return r;
}

enum err grant_judge_recorded(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	struct grant g = {.view = &j->view, .item = row_number(now, "item_id"), .not_before = row_number(now, "not_before"),
	                  .not_after = row_number(now, "not_after")};
	json_t *before = NULL;
	char no[64] = "";
	enum err r = view_before(&j->view, "ca_request", record, &before, e);
	bool same = before && row_number(before, "not_before") == g.not_before && row_number(before, "not_after") == g.not_after &&
	            row_number(before, "item_id") == g.item;
	bool asked = now && strcmp(json_text(now, "state"), "asked") == 0 && !same && !*j->taken && !*j->fetched;
	json_decref(before);
	if (r || !asked || (r = view_order_of(&j->view, "ca_request", record, now, &g.order, e)) || (r = grant_judge(&g, e)) || !g.why)
		return r;
	r = view_order_no(&j->view, g.order, no, e);
	return r ? r : judge_refuse(j, REFUSAL_GRANT, "%s: %s", no, g.why);
}
