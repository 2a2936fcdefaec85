/* Who does what comes next for an order, and on which screen. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_fetch.h"

static bool edit_form(struct ui *ui, const char *no)
{
	scr_form_edit(ui, no);
	return true;
}

static const struct {
	const char *name;
	enum permission may;
	const struct screen_class *class;
	bool (*run)(struct ui *ui, const char *no); /* where no screen is pushed */
} rows[] = {
	{"form", MAY_ORDER_NEW, NULL, edit_form},
	{"attach", MAY_ATTACH, &scr_attach, NULL},
	{"sign", MAY_SIGN, &scr_sign, NULL},
	{"pay", MAY_PAY, &scr_pay, NULL},
	{"review", MAY_REVIEW, &scr_review, NULL},
	{"fetch", MAY_ORDER_NEW, NULL, scr_fetch_order},
	{"unlock", MAY_UNLOCK, &scr_unlock, NULL},
	{"issue", MAY_ISSUE, &scr_issue, NULL},
	{"accept", MAY_ISSUE, &scr_issue, NULL},
	{"handover", MAY_HANDOVER, &scr_handover, NULL},
	{"mail", MAY_MAIL, NULL, scr_mail},
	{"refund", MAY_REFUND_DONE, &scr_refunds, NULL},
};

static int find(const json_t *order)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, json_text(order, "next")) == 0)
			return (int)i;
	return -1;
}

struct next_step scr_next(struct ui *ui, const json_t *order)
{
	int i = find(order);
	return (struct next_step){
		.name = i < 0 ? "none" : rows[i].name, .title = json_text(order, "next_title"), .mine = i >= 0 && app_may(ui, rows[i].may)};
}

bool scr_go(struct ui *ui, const json_t *order)
{
	int i = find(order);
	char no[ORDER_NO_SIZE];
	if (i < 0 || !app_may(ui, rows[i].may))
		return false;
	text_copy(no, sizeof no, json_text(order, "order"));
	return rows[i].class ? ui_push(ui, rows[i].class, no) == OK : rows[i].run(ui, no);
}

static enum err open_in(struct ui *ui, const struct screen_class *class, char *no, bool instead)
{
	return instead ? ui_replace(ui, class, no) : ui_push(ui, class, no);
}

void scr_open_order(struct ui *ui, const json_t *order, bool instead, bool on)
{
	char no[ORDER_NO_SIZE];
	bool reviews = strcmp(json_text(order, "status"), "in-review") == 0 && app_may(ui, MAY_REVIEW);
	text_copy(no, sizeof no, json_text(order, "order"));
	if (reviews && open_in(ui, &scr_review, no, instead) == OK)
		return;
	if (open_in(ui, &scr_order, no, instead) == OK && on && !reviews)
		scr_go(ui, order);
}
