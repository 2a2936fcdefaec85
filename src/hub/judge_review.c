#include "hub/judge_review.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/values.h"
#include "rules/business.h"

enum { STATUS_SIZE = 32 };

/* What follows from the business and what was applied for; whether data changed is the site's to say. */
static enum err is_reviewed(struct judging *j, const json_t *order, bool *is, struct error *e)
{
	const struct business *b = business_find(json_text(order, "business"));
	json_t *values = NULL;
	enum err r = OK;
	*is = !b || b->review == REVIEW_ALWAYS;
	if (b && b->review == REVIEW_FIRST && !(r = values_open(j->view.ring, order, &values, e)))
		*is = !values || strcmp(json_text(values, "verify_way"), "identity") == 0;
	json_decref(values);
	return r;
}

/* The newest status other than `but`; "" where none is near. */
static enum err stood_in(const struct judging *j, int64_t record, const char *but, char status[STATUS_SIZE], struct error *e)
{
	json_t *seqs = NULL, *one;
	size_t i;
	status[0] = '\0';
	enum err r = db_list(j->view.hub->db, HUB_SQL_STATE_SEQS, &seqs, e, "tti", j->view.site, "orders", record);
	json_array_foreach(seqs, i, one) {
		json_t *row = NULL;
		if (r || *status)
			break;
		r = view_at(&j->view, "orders", record, json_number(one, "seq"), &row, e);
		if (row && strcmp(json_text(row, "status"), but) != 0)
			text_copy(status, STATUS_SIZE, json_text(row, "status"));
		json_decref(row);
	}
	json_decref(seqs);
	return r;
}

enum err judge_past_review(struct judging *j, int64_t record, const char *from, const json_t *now, struct error *e)
{
	static const char before[] = "draft returned signed awaiting-payment paid";
	static const char behind[] = "approved issuing issued handed-over mailed done";
	static const char kept[] = "in-review approved";
	const char *to = json_text(now, "status");
	char status[STATUS_SIZE];
	bool is = false;
	enum err r = OK;
	if (text_has_word(before, from) && text_has_word(behind, to) && !(r = is_reviewed(j, now, &is, e)) && is)
		return judge_refuse(j, REFUSAL_UNREVIEWED, "%s", json_text(now, "no"));
	if (r || strcmp(from, "refunding") != 0 || !text_has_word(kept, to) || (r = stood_in(j, record, from, status, e)) || strcmp(status, to) == 0)
		return r;
	return judge_refuse(j, REFUSAL_UNREVIEWED, "%s: %s", json_text(now, "no"), status);
}
