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
	const struct screen_class *class;
	bool (*run)(struct ui *ui, const char *no); /* where no screen is pushed */
} rows[] = {
	{"form", NULL, edit_form},
	{"attach", &scr_attach, NULL},
	{"sign", &scr_sign, NULL},
	{"pay", &scr_pay, NULL},
	{"review", &scr_review, NULL},
	{"fetch", NULL, scr_fetch_order},
	{"unlock", &scr_unlock, NULL},
	{"issue", &scr_issue, NULL},
	{"accept", &scr_issue, NULL},
	{"handover", &scr_handover, NULL},
	{"mail", NULL, scr_mail},
	{"refund", &scr_refunds, NULL},
};

static int find(const json_t *order)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, json_text(order, "next")) == 0)
			return (int)i;
	return -1;
}

struct next_step scr_next(const json_t *order)
{
	int i = find(order);
	return (struct next_step){.name = i < 0 ? "none" : rows[i].name, .mine = i >= 0 && !*json_text(order, "next_who")};
}

const char *scr_next_text(const json_t *order, char out[SCR_NEXT_SIZE])
{
	const char *who = json_text(order, "next_who");
	if (*who)
		snprintf(out, SCR_NEXT_SIZE, tr("%s，等%s", "%s (%s)"), json_text(order, "next_title"), who);
	else
		text_copy(out, SCR_NEXT_SIZE, json_text(order, "next_title"));
	return out;
}

bool scr_go(struct ui *ui, const json_t *order)
{
	int i = find(order);
	char no[ORDER_NO_SIZE];
	if (!scr_next(order).mine)
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
	struct next_step next = scr_next(order);
	bool reviews = next.mine && strcmp(next.name, "review") == 0;
	text_copy(no, sizeof no, json_text(order, "order"));
	if (reviews && open_in(ui, &scr_review, no, instead) == OK)
		return;
	if (open_in(ui, &scr_order, no, instead) == OK && on && !reviews)
		scr_go(ui, order);
}
