#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "ui/dialog.h"
#include "ui/form_view.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

struct editing {
	struct ui *ui;
	const struct form *form;
	const char *no;
};

static enum err save(void *arg, const json_t *values, const char *focus, size_t cursor, struct error *e)
{
	struct editing *editing = arg;
	return app_save_draft(editing->ui, editing->no, values, focus, cursor, e);
}

/* A customer known by number: what was signed last time is offered. */
static json_t *known(void *arg, const char *field, const char *value, char *question, size_t size)
{
	struct editing *editing = arg;
	json_t *values = NULL;
	bool unit = strcmp(editing->form->customer, "unit") == 0;
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

/* False where it was left without a change. */
static bool run(struct ui *ui, const char *no, const json_t *draft)
{
	struct editing editing = {.ui = ui, .no = no};
	struct error e = {0};
	struct desk *d = app_desk(ui);
	if (desk_form(d, json_text(draft, "form"), &editing.form, &e) != OK) {
		ui_fail(ui, &e);
		return true;
	}
	json_t *values = json_deep_copy(json_object_get(draft, "values"));
	char title[200];
	snprintf(title, sizeof title, "%s · %s", text2_tr(&editing.form->title), no);
	struct form_view_options view = {.form = editing.form,
		.codes = d->codes,
		.values = values,
		.title = title,
		.finish = tr("完成填写", "Finish"),
		.focus = json_text(draft, "focus"),
		.cursor = (size_t)json_number(draft, "cursor"),
		.save = save,
		.known = known,
		.arg = &editing};
	const char *reason = json_text(draft, "reasons");
	if (*reason)
		ui_warn(ui, tr("退回意见：%s", "Returned: %s"), reason);
	enum form_end end = form_view_run(ui, &view);
	bool changed = end != FORM_BACK || !json_equal(values, json_object_get(draft, "values"));
	if (end == FORM_FINISHED)
		ui_push(ui, &scr_attach, (void *)no);
	json_decref(values);
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
	char *no;
};

static enum err make(struct desk *d, struct call *c, struct error *e)
{
	struct making *m = c->more;
	return draft_new(d, m->form, NULL, m->no, e);
}

static enum err call_cancel(struct desk *d, struct call *c, struct error *e)
{
	return order_cancel(d, c->no, e);
}

void scr_form_new(struct ui *ui, const char *form)
{
	char no[ORDER_NO_SIZE] = "";
	struct making m = {.form = form, .no = no};
	struct call c = {.more = &m};
	if (!app_do(ui, make, &c))
		return;
	if (ui_push(ui, &scr_order, no) != OK || edit(ui, no))
		return;
	struct call away = {.no = no}; /* nothing was keyed: an empty draft would only be in the way */
	if (app_do(ui, call_cancel, &away)) {
		ui_pop(ui);
		ui_say(ui, "%s", tr("没有填写内容，草稿没有保留", "Nothing was keyed, so no draft is kept"));
	}
}
