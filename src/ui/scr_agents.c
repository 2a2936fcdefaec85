/* 在册经办人: which of a unit's agents stands at the desk, and who comes off file. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/agents.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_refund.h"

enum { MOST = 32 };

bool scr_choose_agent(struct ui *ui, const json_t *agents, const char *title, int64_t *agent)
{
	char lines[MOST][300];
	const char *pointers[MOST];
	const json_t *each;
	size_t i, n = 0, now = 0;
	json_array_foreach((json_t *)agents, i, each) {
		if (n == MOST)
			break;
		if (json_flag(each, "chosen"))
			now = n;
		snprintf(lines[n], sizeof lines[n], "%s  %s  %s%s", json_text(each, "name"), json_text(each, "id_number"), json_text(each, "mobile"),
			json_flag(each, "contact") ? tr("  联系人", "  contact") : "");
		pointers[n] = lines[n];
		n++;
	}
	int chosen = n ? dialog_choose(ui, title, pointers, n, now) : -1;
	if (chosen >= 0)
		*agent = json_number(json_array_get(agents, (size_t)chosen), "agent");
	return chosen >= 0;
}

size_t scr_agents_of(struct ui *ui, const char *order)
{
	json_t *all = NULL;
	size_t n = draft_agents(app_desk(ui), order, &all, NULL) == OK ? json_array_size(all) : 0;
	json_decref(all);
	return n;
}

static enum err call_take(struct desk *d, struct call *c, struct error *e)
{
	return draft_agent(d, c->no, c->amount, e);
}

bool scr_agent_of(struct ui *ui, const char *order)
{
	json_t *all = NULL;
	struct error e = {0};
	int64_t agent = 0;
	bool done = false;
	if (draft_agents(app_desk(ui), order, &all, &e) != OK)
		ui_fail(ui, &e);
	else if (scr_choose_agent(ui, all, tr("由哪位在册经办人办理", "Which agent on file stands here"), &agent)) {
		struct call c = {.no = order, .amount = agent};
		done = app_do(ui, call_take, &c);
		if (done)
			ui_good(ui, "%s", tr("已带入这位经办人，验证码发到其在册手机", "Taken over; the code goes to that agent's phone on file"));
	}
	json_decref(all);
	return done;
}

static enum err call_remove(struct desk *d, struct call *c, struct error *e)
{
	return agent_remove(d, c->a, c->amount, c->b, &c->out, e);
}

void scr_agents(struct ui *ui, const char *uscc)
{
	json_t *all = NULL;
	struct error e = {0};
	int64_t agent = 0;
	char reason[500] = "";
	if (agents_list(app_desk(ui), uscc, &all, &e) != OK)
		ui_fail(ui, &e);
	else if (scr_choose_agent(ui, all, tr("在册经办人（回车：移出在册）", "Agents on file (Enter: take off)"), &agent) &&
		refund_ask_reason(ui, tr("经办人移出在册", "Take an agent off file"),
			tr("此人不再能凭在册手机为该单位办理。写明理由，会留在记录里。", "This agent's phone counts no more for the unit. Say why; it is journalled."),
			reason, sizeof reason)) {
		struct call c = {.a = uscc, .b = reason, .amount = agent};
		if (app_do(ui, call_remove, &c))
			ui_good(ui, "%s", tr("已移出在册", "Off file"));
		json_decref(c.out);
	}
	json_decref(all);
}
