#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/visit.h"
#include "rules/business.h"
#include "ui/dialog.h"
#include "ui/form_layout.h"
#include "ui/form_view.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

struct editing {
	struct ui *ui;
	const struct form *form;
	const char *no;
	struct draft_seen seen;
	bool about; /* a certificate: the customer is on file */
	int next; /* asked for: what comes after this form */
};

enum { DO_SAME_AGENT = 100, DO_SAME_CUSTOMER, DO_AGENT };
static const struct action actions[] = {
	{DO_AGENT, UI_KEY_F(5), "经办人", "Agent", "经办人", "Agent", "换成另一位在册经办人：带入其资料，验证码发到其手机",
		"Another agent on file: their data, and the code to their phone", 0}, /* only where there is one */
	{DO_SAME_AGENT, UI_KEY_F(7), "同一经办人", "Same agent", "来访", "Visit",
		"再办一笔：同一经办人，另一个客户", "One more, by the same agent for another customer", 0},
	{DO_SAME_CUSTOMER, UI_KEY_F(8), "该客户下一笔", "Next for it", NULL, NULL,
		"再办一笔：同一客户，带入全部资料", "One more for the same customer, with all its data", 0},
	{0},
};

static enum err save(void *arg, const json_t *values, const char *focus, size_t cursor, struct error *e)
{
	struct editing *editing = arg;
	return app_save_draft(editing->ui, editing->no, &editing->seen, values, focus, cursor, e);
}

/* Another agent on file: the draft is kept as it stands, and read again with theirs. */
static void change_agent(struct ui *ui, const char *no, json_t *values)
{
	json_t *draft = NULL;
	struct error e = {0};
	if (!scr_agent_of(ui, no))
		return;
	if (draft_load(app_desk(ui), no, &draft, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	json_object_clear(values);
	json_object_update(values, json_object_get(draft, "values"));
	json_decref(draft);
}

/* What was keyed is kept, right or wrong, and the next one begun. */
static bool leave_for_next(void *arg, struct ui *ui, int action, const char *field, json_t *values)
{
	struct editing *editing = arg;
	struct error e = {0};
	if (app_save_draft(ui, editing->no, &editing->seen, values, field, 0, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	if (action == DO_AGENT) {
		change_agent(ui, editing->no, values);
		return false;
	}
	editing->next = action;
	return true;
}

/* Said while the number is keyed, and not at the signature. */
static void number_taken(struct editing *editing, const char *field, const char *value)
{
	struct error e = {0};
	json_t *values = json_pack("{ss}", field, value);
	if (draft_number_free(app_desk(editing->ui), editing->no, values, &e) == ERR_DESK_CUSTOMER_TAKEN)
		ui_fail(editing->ui, &e);
	json_decref(values);
}

static json_t *advice(void *arg, const json_t *values)
{
	struct editing *editing = arg;
	json_t *out = NULL;
	draft_advice(app_desk(editing->ui), editing->no, values, &out, NULL); /* what stops it is said when the form is saved */
	return out;
}

/* What the signature would refuse is said where it can be put right. */
static bool may_finish(void *arg, struct ui *ui)
{
	struct editing *editing = arg;
	struct error e = {0};
	if (draft_filled(app_desk(ui), editing->no, &e) == OK)
		return true;
	ui_fail(ui, &e);
	return false;
}

/* A customer known by number: what was signed last time is offered. */
static json_t *known(void *arg, const char *field, const char *value, char *question, size_t size)
{
	struct editing *editing = arg;
	json_t *values = NULL;
	bool unit = strcmp(editing->form->customer, "unit") == 0;
	if (editing->about) { /* it is known already, and another one's data have no place here */
		if (strcmp(field, "uscc") == 0 || strcmp(field, "person_id_number") == 0)
			number_taken(editing, field, value);
		return NULL;
	}
	if (strcmp(field, unit ? "uscc" : "person_id_number") != 0 ||
	    customer_known(app_desk(editing->ui), editing->form->customer, value, &values, NULL) != OK || !values)
		return NULL;
	const char *name = json_text(values, unit ? "unit_name" : "person_name");
	snprintf(question, size,
		tr("%s 在本受理点办理过。带入上次的资料吗？（可以再改）",
			"%s was here before. Take over the last data? (can be changed)"),
		*name ? name : value);
	return values;
}

/* In a form that is filled already: what changes where data change, else what is asked anew each time. NULL: the first that is
 * missing. */
static const char *first_to_decide(const struct form *form, const struct business *b, const json_t *values)
{
	bool change = b->makes == MAKES_AGAIN && b->end == END_KEPT;
	if (!change && form_next_missing(form, values, FORM_NO_FIELD) != FORM_NO_FIELD)
		return NULL;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		if (form_can_focus(form, values, i) && !form_readonly(form, f, values) && f->keep == (change ? KEEP_CUSTOMER : KEEP_NEVER))
			return f->name;
	}
	return NULL;
}

/* On to the documents, or where none is asked for to the signature. */
static void finished(struct ui *ui, const char *no)
{
	json_t *order = app_order(ui, no), *each;
	size_t i;
	bool documents = false;
	json_array_foreach(json_object_get(order, "documents"), i, each)
		documents |= json_flag(each, "required");
	if (order)
		ui_push(ui, documents ? &scr_attach : &scr_sign, (void *)no);
	json_decref(order);
}

/* False where it was left without a change. */
static bool run(struct ui *ui, const char *no, const json_t *draft)
{
	struct editing editing = {.ui = ui, .no = no, .seen = {.values = json_deep_copy(json_object_get(draft, "values"))}};
	struct error e = {0};
	struct desk *d = app_desk(ui);
	if (desk_form(d, json_text(draft, "form"), &editing.form, &e) != OK) {
		json_decref(editing.seen.values);
		ui_fail(ui, &e);
		return true;
	}
	const struct business *b = business_find(editing.form->business);
	editing.about = b && b->about != ABOUT_NOTHING;
	json_t *values = json_deep_copy(json_object_get(draft, "values"));
	const char *focus = json_text(draft, "focus");
	char title[200];
	snprintf(title, sizeof title, "%s · %s", text2_tr(&editing.form->title), no);
	struct form_view_options view = {.form = editing.form,
		.codes = d->codes,
		.values = values,
		.title = title,
		.finish = tr("完成填写", "Finish"),
		.focus = *focus || !editing.about ? focus : first_to_decide(editing.form, b, values),
		.cursor = (size_t)json_number(draft, "cursor"),
		.save = save,
		.known = known,
		.advice = advice,
		.may_finish = may_finish,
		.actions = actions + (scr_agents_of(ui, no) < 2),
		.act = leave_for_next,
		.arg = &editing};
	const char *reason = json_text(draft, "reasons");
	if (*reason)
		ui_warn(ui, tr("退回意见：%s", "Returned: %s"), reason);
	enum form_end end = form_view_run(ui, &view);
	json_decref(editing.seen.values);
	bool changed = end != FORM_BACK || !json_equal(values, json_object_get(draft, "values"));
	json_decref(values);
	if (end == FORM_FINISHED)
		finished(ui, no);
	else if (end == FORM_ACTION)
		scr_form_next(ui, no, editing.next == DO_SAME_AGENT);
	return changed;
}

/* False where the form was left as it was. */
static bool edit(struct ui *ui, const char *order)
{
	bool changed = true;
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	json_t *draft = NULL;
	text_copy(no, sizeof no, order);
	if (draft_load(app_desk(ui), no, &draft, &e) != OK)
		ui_fail(ui, &e);
	else
		changed = run(ui, no, draft);
	json_decref(draft);
	return changed;
}

void scr_form_edit(struct ui *ui, const char *order)
{
	edit(ui, order);
}

struct making {
	const char *form;
	const struct draft_about *about; /* NULL: nothing */
	char *no;
};

static enum err make(struct desk *d, struct call *c, struct error *e)
{
	struct making *m = c->more;
	return draft_new_about(d, m->form, m->about, NULL, m->no, e);
}

static enum err make_in(struct desk *d, struct call *c, struct error *e)
{
	struct making *m = c->more;
	return draft_new_in(d, m->form, m->about, &(struct draft_in){.visit = c->a}, NULL, m->no, e);
}

static enum err call_cancel(struct desk *d, struct call *c, struct error *e)
{
	return order_cancel(d, c->no, e);
}

/* The form on the order's screen; an empty draft would only be in the way. */
static void begin(struct ui *ui, const char *no)
{
	struct call away = {.no = no};
	if (!edit(ui, no) && app_do(ui, call_cancel, &away)) {
		ui_pop(ui);
		ui_say(ui, "%s", tr("没有填写内容，草稿没有保留", "Nothing was keyed, so no draft is kept"));
	}
}

void scr_form_new(struct ui *ui, const char *form)
{
	char no[ORDER_NO_SIZE] = "";
	struct making m = {.form = form, .no = no};
	struct call c = {.more = &m};
	if (app_do(ui, make, &c) && ui_push(ui, &scr_order, no) == OK)
		begin(ui, no);
}

enum err scr_form_about(struct ui *ui, const char *form, const struct draft_about *about, const char *visit, struct error *e)
{
	char no[ORDER_NO_SIZE] = "";
	struct making m = {.form = form, .about = about, .no = no};
	struct call c = {.a = visit, .more = &m};
	enum err rc = app_attempt(ui, visit ? make_in : make, &c, e);
	ui_hint(ui, ROLE_NORMAL, NULL); /* what the caller said to wait for */
	if (rc == OK && ui_replace(ui, &scr_order, no) == OK)
		begin(ui, no);
	return rc;
}

enum err scr_form_elsewhere(struct ui *ui, const char *form, const char *certificate, struct error *e)
{
	char no[ORDER_NO_SIZE] = "";
	const struct draft_about about = {.certificate = certificate, .asked = true, .elsewhere = true};
	struct making m = {.form = form, .about = &about, .no = no};
	struct call c = {.more = &m};
	enum err rc = app_attempt(ui, make, &c, e);
	if (rc == OK && ui_push(ui, &scr_order, no) == OK)
		begin(ui, no);
	return rc;
}

void scr_form_in(struct ui *ui, const char *form, const char *visit)
{
	char no[ORDER_NO_SIZE] = "";
	struct making m = {.form = form, .no = no};
	struct call c = {.a = visit, .more = &m};
	if (app_do(ui, make_in, &c) && ui_push(ui, &scr_order, no) == OK)
		begin(ui, no);
}

static enum err make_next(struct desk *d, struct call *c, struct error *e)
{
	struct making *m = c->more;
	return visit_next(d, c->no, NULL, c->flag ? VISIT_SAME_AGENT : VISIT_SAME_CUSTOMER, m->no, e);
}

void scr_form_next(struct ui *ui, const char *order, bool agent)
{
	char no[ORDER_NO_SIZE] = "", from[ORDER_NO_SIZE];
	struct making m = {.no = no};
	struct call c = {.no = from, .flag = agent, .more = &m};
	text_copy(from, sizeof from, order);
	if (app_do(ui, make_next, &c) && ui_push(ui, &scr_order, no) == OK)
		begin(ui, no);
}
