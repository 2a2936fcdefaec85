/* What is signed, and what goes with it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "desk/submit.h"
#include "desk/tables.h"
#include "rules/contact.h"

static enum err signed_documents(struct desk *d, const struct order *o, json_t **out, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_DRAFT_DOCUMENT_ALL, &rows, e, "i", o->id);
	*out = json_array();
	json_array_foreach(rows, i, row)
		if (strcmp(json_text(row, "kind"), "signed-form") != 0) /* the paper's own scan can't be part of what it signs */
			json_array_append_new(*out, json_pack("{ssss}", "kind", json_text(row, "kind"), "digest", json_text(row, "digest")));
	json_decref(rows);
	return r;
}

enum err application_complete(struct desk *d, struct application *a, struct error *e)
{
	const struct texts *texts = NULL;
	struct bytes canonical = {0};
	json_t *documents = NULL, *named = json_array();
	enum err r = tables_price(d, a->order.business, a->order.values, a->order.reason, &a->lines, &a->amount, e);
	if (!r)
		r = desk_texts(d, &texts, e);
	if (!r) {
		a->text_count = texts_current(texts, a->order.channel, a->texts, APPLICATION_TEXTS);
		r = signed_documents(d, &a->order, &documents, e);
	}
	for (size_t i = 0; !r && i < a->text_count; i++)
		json_array_append_new(named, json_pack("{ssssss}", "id", a->texts[i]->id, "version", a->texts[i]->version, "digest",
		                                       a->texts[i]->digest));
	if (!r) {
		a->content = json_pack("{ss ss ss so sO sO sI}", "order", a->order.no, "form", a->form->name, "form_digest", a->form->digest,
		                       "fields", form_signed_values(a->form, a->order.values), "documents", documents, "texts", named,
		                       "amount", (json_int_t)a->amount);
		if (a->subject.id) /* which certificate it is about is signed too */
			json_object_set_new(a->content, "certificate", json_string(a->subject.serial));
		if (!a->content || json_canonical(a->content, &canonical))
			r = ERR_MEMORY;
		else
			digest_text(canonical.data, canonical.length, a->digest);
	}
	json_decref(documents);
	json_decref(named);
	bytes_free(&canonical);
	return r;
}

void application_free(struct application *a)
{
	order_free(&a->order);
	subject_free(&a->subject);
	free(a->changed);
	json_decref(a->lines);
	json_decref(a->content);
	*a = (struct application){0};
}

bool application_phone_on_file(const struct application *a)
{
	const char *to = contact_value(a->order.values, "mobile");
	return strcmp(to, contact_value(a->subject.before, "mobile")) == 0 || strcmp(to, json_text(a->subject.before, "person_mobile")) == 0;
}
