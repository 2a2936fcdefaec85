/* Who takes keys: the order knows agent and legal representative; of another, name and document are given and checked. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/fieldtext.h"
#include "desk/handrow.h"
#include "rules/check.h"
#include "rules/codeword.h"
#include "rules/contact.h"

static const char *const takers[] = {"agent", "legal", "other"};
enum { TAKERS = sizeof takers / sizeof *takers };

const char *handing_title(const struct order *o, const char *to)
{
	bool person = strcmp(o->customer, "person") == 0;
	if (person && strcmp(to, "legal") == 0)
		return NULL;
	if (person && strcmp(to, "agent") == 0)
		return contact_is_agent(o->values) ? tr("代办人", "agent") : codeword_person("person");
	return strcmp(to, "other") == 0 ? tr("其他人（凭证件）", "other, with document") : codeword_person(to);
}

/* A person, whatever they take a key as; borrowed. */
struct person {
	const char *name, *kind, *number;
};

/* `named` is another, by the members of handing_record. */
static struct person person_of(const struct order *o, const char *to, const json_t *named)
{
	if (strcmp(to, "agent") == 0)
		return (struct person){contact_value(o->values, "name"), contact_value(o->values, "id_kind"), contact_value(o->values, "id_number")};
	if (strcmp(to, "legal") == 0)
		return (struct person){json_text(o->values, "legal_name"), json_text(o->values, "legal_id_kind"), json_text(o->values, "legal_id_number")};
	return (struct person){json_text(named, "name"), json_text(named, "document"), json_text(named, "number")};
}

static bool same_person(struct person a, struct person b)
{
	return strcmp(a.name, b.name) == 0 && strcmp(a.kind, b.kind) == 0 && strcmp(a.number, b.number) == 0;
}

bool handing_same_taker(const struct order *a, const struct order *b, const char *to)
{
	return same_person(person_of(a, to, NULL), person_of(b, to, NULL));
}

json_t *handing_takers(const struct order *o)
{
	json_t *out = json_array();
	for (size_t i = 0; i < TAKERS; i++)
		if (handing_title(o, takers[i]))
			json_array_append_new(out, json_pack("{ss ss}", "to", takers[i], "title", handing_title(o, takers[i])));
	return out;
}

/* One value as forms keep it; new string, NULL with why where it isn't any. */
static char *folded(struct desk *d, const struct check *check, const char *value, struct error *e)
{
	struct check_context context = {.today = desk_now(d)};
	struct check_result judged = {0};
	char *out = check_normalise(check, value);
	codes_table(d->codes, "regions", &context.regions, NULL);
	if (out)
		check_judge(check, out, &context, &judged);
	if (out && judged.verdict != VERDICT_INVALID)
		return out;
	free(out);
	error_set(e, ERR_HANDOVER_TAKER, "%s", judged.message);
	return NULL;
}

static enum err fold_other(struct desk *d, const struct handover_taker *given, struct handing_taker *out, struct error *e)
{
	const struct code_table *kinds = NULL;
	const struct check *check = check_find(given->document ? given->document : "");
	if (!given->name || !*given->name || !given->number || !*given->number || !given->document || !*given->document)
		return error_set(e, ERR_HANDOVER_TAKER, "%s", tr("有缺项", "something is missing"));
	if (codes_table(d->codes, "id_kinds", &kinds, NULL) || !codes_find(kinds, given->document) || !check)
		return error_set(e, ERR_HANDOVER_TAKER, "%s", given->document);
	text_copy(out->document, sizeof out->document, given->document);
	if (!(out->name = folded(d, check_find("name"), given->name, e)) || !(out->number = folded(d, check, given->number, e)))
		return ERR_HANDOVER_TAKER;
	return OK;
}

enum err handing_taker(struct desk *d, const struct handover_taker *given, struct handing_taker *out, struct error *e)
{
	size_t i = 0;
	*out = (struct handing_taker){0};
	while (i < TAKERS && strcmp(takers[i], given->to ? given->to : "") != 0)
		i++;
	if (i == TAKERS)
		return error_set(e, ERR_DESK_TAKER, "%s", given->to ? given->to : "");
	out->to = takers[i];
	out->given = given;
	if (strcmp(out->to, "other") == 0)
		return fold_other(d, given, out, e);
	bool more = (given->name && *given->name) || (given->document && *given->document) || (given->number && *given->number);
	return more ? error_set(e, ERR_HANDOVER_TAKER_KNOWN, "%s", out->to) : OK;
}

void handing_taker_free(struct handing_taker *t)
{
	free(t->name);
	free(t->number);
	*t = (struct handing_taker){0};
}

json_t *handing_record(const struct order *o, const struct handing_taker *t)
{
	const char *known = strcmp(t->to, "agent") == 0 ? contact_value(o->values, "name") : json_text(o->values, "legal_name");
	if (strcmp(t->to, "other") != 0)
		return json_pack("{ss ss}", "name", known, "address", "");
	return json_pack("{ss ss ss ss}", "name", t->name, "address", "", "document", t->document, "number", t->number);
}

/* The newest hand-over on this receipt, NULL where there is none, and who signed it. */
static enum err load_on_receipt(struct desk *d, const struct order *o, const char *receipt, json_t **row, json_t **data, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, SQL_HANDOVER_ON_RECEIPT, &rows, e, "ti", receipt, o->id);
	if (r)
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 1, &length);
		*row = json_pack("{ss ss sb}", "to", rows_text(rows, 2), "order", rows_text(rows, 3), "here", rows_int(rows, 4) != 0);
		if (!*row)
			r = error_set(e, ERR_MEMORY, "handover");
		else if (length > 0) /* as in handing_show */
			r = datakey_open_json(d->store, rows_int(rows, 0), "handover.data", blob, length, data, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* … is the one who takes it now. */
static enum err check_signer(struct desk *d, const struct order *o, const struct handing_taker *by, const char *receipt, const json_t *row,
                             const json_t *signed_by, struct error *e)
{
	struct order before = {0};
	const char *to = json_text(row, "to");
	json_t *now = handing_record(o, by);
	enum err r = now ? order_load(d, json_text(row, "order"), &before, e) : error_set(e, ERR_MEMORY, "handover");
	if (!r && !same_person(person_of(&before, to, signed_by), person_of(o, by->to, now)))
		r = error_set(e, ERR_HANDOVER_RECEIPT, tr("%s（订单 %s，%s）", "%s (order %s, %s)"), receipt, before.no, handing_title(&before, to));
	order_free(&before);
	json_decref(now);
	return r;
}

enum err handing_receipt(struct desk *d, const struct order *o, const struct handing_taker *by, const char *receipt, struct error *e)
{
	json_t *row = NULL, *signed_by = NULL;
	if (!receipt || !*receipt || strlen(receipt) > 64 || !text_visible(receipt))
		return error_set(e, ERR_DESK_RECEIPT, "%s", receipt && *receipt ? tr("太长，或里面有看不见的字符", "it is too long, or has invisible characters")
		                                                                : tr("还没有填", "it is empty"));
	enum err r = load_on_receipt(d, o, receipt, &row, &signed_by, e);
	if (!r && row)
		r = json_flag(row, "here") ? check_signer(d, o, by, receipt, row, signed_by, e)
		                           : error_set(e, ERR_DESK_RECEIPT, tr("%s 已用于别的来访", "%s is used already, for another visit"), receipt);
	json_decref(signed_by);
	json_decref(row);
	return r;
}

static void show_text(json_t *out, const char *member, const char *value, bool whole)
{
	char *masked = whole ? NULL : text_mask(value);
	json_object_set_new(out, member, json_string(masked ? masked : whole ? value : ""));
	free(masked);
}

enum err handing_show(struct desk *d, const struct order *o, bool whole, json_t **out, struct error *e)
{
	struct rows *rows = NULL;
	json_t *data = NULL;
	size_t length;
	*out = NULL;
	enum err r = store_row(d->store, SQL_HANDOVER_OF_ORDER, out, e, "i", o->order_id);
	if (r || !*out)
		return r;
	if ((r = store_query(d->store, SQL_HANDOVER_TAKEN_BY, &rows, e, "i", o->order_id)))
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 1, &length);
		if (length > 0) /* personal data may be gone by now */
			r = datakey_open_json(d->store, rows_int(rows, 0), "handover.data", blob, length, &data, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	const char *title = handing_title(o, json_text(*out, "to_whom")), *document = json_text(data, "document");
	desk_time(*out, "handed_at", json_number(*out, "handed_at"));
	json_object_set_new(*out, "taker", json_string(title ? title : ""));
	show_text(*out, "taker_name", json_text(data, "name"), whole);
	json_object_set_new(*out, "taker_document", json_string(*document ? code_text(d, "id_kinds", document) : ""));
	show_text(*out, "taker_number", json_text(data, "number"), whole);
	json_decref(data);
	return r ? r : end;
}
