/* 审核: the order is claimed as it is opened; data and documents side by side, or one after the other with Tab. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/order.h"
#include "desk/review.h"
#include "rules/codes.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_thumb.h"

enum { WIDE = 120 };

struct review_screen {
	char no[ORDER_NO_SIZE];
	json_t *order;
	struct sheet sheet;
	struct thumb thumb;
	size_t document;
	bool pictures, revealed; /* pictures: shown instead of the data where there isn't room for both */
};

static void take_order(struct ui *ui, struct review_screen *s, json_t *order)
{
	json_decref(s->order);
	s->order = order;
	sheet_clear(&s->sheet);
	page_summary(&s->sheet, app_desk(ui), order);
	page_about(&s->sheet, app_desk(ui), order);
	page_changes(&s->sheet, app_desk(ui), order);
	page_fields(&s->sheet, app_desk(ui), order);
	page_documents(&s->sheet, order);
	page_amounts(&s->sheet, order);
	page_signature(&s->sheet, order);
	page_items(&s->sheet, app_desk(ui), order);
}

static void close_review(struct ui *ui, void *data)
{
	struct review_screen *s = data;
	(void)ui;
	sheet_clear(&s->sheet);
	thumb_clear(&s->thumb);
	json_decref(s->order);
	free(s);
}

static enum err open_review(struct ui *ui, void *arg, void **data, struct error *e)
{
	json_t *order = NULL;
	struct review_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	enum err rc = review_claim(app_desk(ui), s->no, &order, e);
	if (rc != OK) {
		close_review(ui, s);
		return rc;
	}
	take_order(ui, s, order);
	*data = s;
	return OK;
}

static void draw_documents(struct ui *ui, struct review_screen *s, const struct pane *p)
{
	const json_t *each;
	size_t i, index = 0;
	int row = 0;
	char size[32];
	json_array_foreach(json_object_get(s->order, "documents"), i, each) {
		if (!json_flag(each, "attached"))
			continue;
		enum role role = index == s->document ? ROLE_SELECTED : ROLE_NORMAL;
		pane_cell(p, row, 0, p->columns - 22, role, json_text(each, "title"), false);
		char text[64];
		snprintf(text, sizeof text, "%lld×%lld %s", (long long)json_number(each, "width"),
			(long long)json_number(each, "height"), scr_size(json_number(each, "size"), size));
		pane_cell(p, row++, p->columns - 22, 22, role, text, true);
		index++;
	}
	struct pane below = pane_part(p, row + 1, 0, p->rows - row - 1, p->columns);
	thumb_draw(ui, &s->thumb, &below);
}

static void draw_review(struct ui *ui, void *data, struct pane *pane)
{
	struct review_screen *s = data;
	bool wide = pane->columns >= WIDE;
	int left = wide ? pane->columns / 2 : pane->columns;
	struct pane body = pane_part(pane, 1, 0, pane->rows - 1, left - (wide ? 1 : 0));
	ui_typing(ui, false, TERM_INPUT_LATIN);
	page_head(pane, s->no, json_text(s->order, "name"), s->revealed ? tr("完整号码（已记录）", "whole numbers (journalled)") : "");
	if (wide || !s->pictures)
		sheet_draw(&s->sheet, &body, PAGE_LABELS);
	if (wide) {
		struct pane right = pane_part(pane, 1, left + 1, pane->rows - 1, pane->columns - left - 1);
		draw_documents(ui, s, &right);
	} else if (s->pictures) {
		draw_documents(ui, s, &body);
	}
	pane_cursor(pane, 0, 0);
}

static unsigned tick_review(struct ui *ui, void *data)
{
	struct review_screen *s = data;
	const json_t *document = page_attached(s->order, s->document);
	return thumb_follow(ui, &s->thumb, s->no, document ? json_text(document, "kind") : "") ? UI_DRAW : UI_NONE;
}

static enum err call_approve(struct desk *d, struct call *c, struct error *e)
{
	return review_approve(d, c->no, &c->out, e);
}

static enum err call_return(struct desk *d, struct call *c, struct error *e)
{
	return review_return(d, c->no, c->a, &c->out, e);
}

static enum err call_reject(struct desk *d, struct call *c, struct error *e)
{
	return review_reject(d, c->no, c->a, &c->out, e);
}

static enum err call_reveal(struct desk *d, struct call *c, struct error *e)
{
	return order_reveal(d, c->no, &c->out, e);
}

static void decide(struct ui *ui, struct review_screen *s, use_case *what, const char *reason)
{
	struct call c = {.no = s->no, .a = reason};
	if (!app_do(ui, what, &c))
		return;
	ui_good(ui, "%s %s", s->no, json_text(c.out, "status_title"));
	json_decref(c.out);
	ui_pop(ui);
}

static void approve(struct ui *ui, struct review_screen *s)
{
	char text[400];
	bool revokes = strcmp(json_text(s->order, "business"), "revoke") == 0; /* carried out with the decision */
	snprintf(text, sizeof text,
		tr("审核通过 %s %s？\n%s通过后不能撤回，客户会收到通知。",
			"Approve %s %s?\n%sThis can't be taken back; the customer is told."),
		s->no, json_text(s->order, "name"), revokes ? tr("证书随即吊销，不能恢复。", "The certificate is revoked at once and for good. ") : "");
	if (dialog_confirm(ui, tr("审核通过", "Approve"), text, tr("通过", "approve")))
		decide(ui, s, call_approve, NULL);
}

/* A usual reason from the table of the decision, or one in the reviewer's own words. */
static bool ask_reason(struct ui *ui, const char *title, const char *table, char *out, size_t size)
{
	enum { MOST = 20 };
	const char *reasons[MOST + 1];
	const struct code_table *t = NULL;
	struct error e = {0};
	if (codes_table(app_desk(ui)->codes, table, &t, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	size_t count = codes_count(t) < MOST ? codes_count(t) : MOST;
	for (size_t i = 0; i < count; i++)
		reasons[i] = tr(codes_at(t, i)->zh, codes_at(t, i)->en);
	reasons[count] = tr("其他（自己填写）", "Other (in your own words)");
	int chosen = dialog_choose(ui, title, reasons, count + 1, 0);
	if (chosen < 0)
		return false;
	text_copy(out, size, (size_t)chosen == count ? "" : codes_at(t, (size_t)chosen)->zh); /* for a message in Chinese */
	struct dialog_ask ask = {.title = title,
		.text = tr("客户会看到这句话，可以补充具体内容。", "The customer reads this; add what is needed."),
		.label = tr("理由", "Reason"),
		.limit = 100,
		.input = TERM_INPUT_CHINESE};
	return dialog_ask(ui, &ask, out, size);
}

static void refuse(struct ui *ui, struct review_screen *s, bool reject)
{
	char reason[500] = "", text[900];
	const char *title = reject ? tr("不予受理", "Reject") : tr("退回补正", "Return for correction");
	if (!ask_reason(ui, title, reject ? "reject_reasons" : "return_reasons", reason, sizeof reason))
		return;
	snprintf(text, sizeof text,
		tr("不予受理 %s？不能撤回，款项将退回。\n理由：%s",
			"Reject %s? This can't be taken back; the money goes back.\n%s"),
		s->no, reason);
	if (!reject || dialog_confirm(ui, title, text, tr("不予受理", "reject")))
		decide(ui, s, reject ? call_reject : call_return, reason);
}

static enum err call_pass(struct desk *d, struct call *c, struct error *e)
{
	return review_pass(d, c->no, c->a, c->b, &c->out, e);
}

static enum err call_sites(struct desk *d, struct call *c, struct error *e)
{
	return review_sites(d, &c->out, e);
}

/* One of those that headquarters has named. */
static bool ask_site(struct ui *ui, const char *title, char *site, size_t size)
{
	enum { MOST = 64 };
	const char *lines[MOST];
	char text[MOST][200];
	size_t n = 0;
	struct call c = {0};
	if (!app_do(ui, call_sites, &c))
		return false;
	for (; n < MOST && n < json_array_size(c.out); n++) {
		const json_t *row = json_array_get(c.out, n);
		snprintf(text[n], sizeof text[n], "%s  %s", json_text(row, "site"), json_text(row, "name"));
		lines[n] = text[n];
	}
	int chosen = n ? dialog_choose(ui, title, lines, n, 0) : -1;
	if (!n)
		ui_warn(ui, "%s", tr("总部没有别的审核点。刚接入的要等下一次同步", "Headquarters has named no other review site; one that just joined comes with the next sync"));
	bool good = chosen >= 0 && text_copy(site, size, json_text(json_array_get(c.out, (size_t)chosen), "site"));
	json_decref(c.out);
	return good;
}

static void pass(struct ui *ui, struct review_screen *s)
{
	char site[40] = "", reason[400] = "";
	struct dialog_ask why = {.title = tr("转交另一审核点", "Hand over to another review site"),
		.text = tr("订单连同资料转交，由对方审核，结论直接回到受理点。理由对方审核员会看到，也记入日志；可以不填。",
			"The order goes with its documents; the other site decides, and the decision goes straight to the counter. Whoever reviews it there reads the reason, and the journal keeps it; it may be left empty."),
		.label = tr("理由", "Reason"), .limit = 100, .may_be_empty = true, .input = TERM_INPUT_CHINESE};
	struct call c = {.no = s->no, .a = site, .b = reason};
	if (!ask_site(ui, why.title, site, sizeof site) || !dialog_ask(ui, &why, reason, sizeof reason) || !app_do(ui, call_pass, &c))
		return;
	ui_good(ui, tr("%s 已转交 %s", "%s goes to %s"), s->no, site);
	json_decref(c.out);
	ui_pop(ui);
}

enum { DO_APPROVE = 1, DO_RETURN, DO_REJECT, DO_LOOK, DO_SWITCH, DO_REVEAL, DO_LEFT, DO_RIGHT, DO_PASS };

static unsigned handle_review(struct ui *ui, void *data, const struct event *event)
{
	struct review_screen *s = data;
	struct call c = {.no = s->no};
	switch (event->action) {
	case DO_APPROVE: approve(ui, s); return UI_DRAW;
	case DO_RETURN: refuse(ui, s, false); return UI_DRAW;
	case DO_REJECT: refuse(ui, s, true); return UI_DRAW;
	case DO_PASS: pass(ui, s); return UI_DRAW;
	case DO_LOOK: page_look(ui, s->order, s->document); return UI_DRAW;
	case DO_SWITCH: s->pictures = !s->pictures; return UI_DRAW;
	case DO_LEFT: s->document -= s->document > 0; return UI_DRAW;
	case DO_RIGHT: s->document += page_attached(s->order, s->document + 1) != NULL; return UI_DRAW;
	case DO_REVEAL:
		if (app_do(ui, call_reveal, &c)) {
			take_order(ui, s, c.out);
			s->revealed = true;
		}
		return UI_DRAW;
	default: break;
	}
	if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER) {
		approve(ui, s);
		return UI_DRAW;
	}
	return sheet_handle(&s->sheet, event) ? UI_DRAW : UI_PASS;
}

static const struct action actions[] = {
	{DO_APPROVE, 'a', "通过", "Approve", "审核", "Review", "审核通过（回车也可）", "Approve (or Enter)", ACTION_FIRST},
	{DO_RETURN, 'r', "退回", "Return", NULL, NULL, "退回补正，写明理由", "Return for correction, with a reason", ACTION_FIRST},
	{DO_REJECT, 'x', "不予受理", "Reject", NULL, NULL, "不予受理，写明理由", "Reject, with a reason", ACTION_FIRST},
	{DO_LOOK, ' ', "看图", "Look", NULL, NULL, "放大查看当前资料", "See the document large", 0},
	{DO_SWITCH, UI_KEY_TAB, "资料/数据", "Pictures", NULL, NULL, "窄屏上在数据和图片之间切换", "Data or pictures on a narrow screen", ACTION_FIRST},
	{DO_RIGHT, UI_KEY_RIGHT, "下一份", "Next", NULL, NULL, "下一份资料（← 上一份）", "Next document (← the one before)", 0},
	{DO_PASS, 'p', "转交", "Hand over", NULL, NULL, "转交另一审核点", "Hand over to another review site", ACTION_NEEDS(APP_JOINED)},
	{DO_LEFT, UI_KEY_LEFT, "上一份", "Before", NULL, NULL, NULL, NULL, ACTION_HIDDEN},
	{DO_REVEAL, 'v', "显示号码", "Numbers", NULL, NULL, "显示完整证件号码（会记录）", "Show whole numbers (journalled)", 0},
	{0},
};

const struct screen_class scr_review = {.zh = "审核",
	.en = "Review",
	.actions = actions,
	.open = open_review,
	.draw = draw_review,
	.handle = handle_review,
	.tick = tick_review,
	.close = close_review};
