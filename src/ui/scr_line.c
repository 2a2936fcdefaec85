#include "ui/scr_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "desk/publication.h"
#include "sync/sync.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"

enum { LOOK_MS = 1000, STALE_SECONDS = 60 }; /* whoever follows notes each answer, at least every ten seconds */

/* "14:05" of today, "11-24 14:05" of another day, "" for never. */
static void contact_text(const json_t *status, int64_t now, char out[SCR_TIME_SIZE])
{
	char today[SCR_TIME_SIZE], when[SCR_TIME_SIZE];
	civil_minute_text(now, today);
	scr_time(json_text(status, "last_contact"), when);
	snprintf(out, SCR_TIME_SIZE, "%s", !*when ? "" : strncmp(when, today, 10) == 0 ? when + 11 : when + 5);
}

static bool is_up(const json_t *status, int64_t now)
{
	int64_t contact = 0;
	return strcmp(json_text(status, "line"), "up") == 0 && rfc3339_parse(json_text(status, "last_contact"), &contact) &&
	       now - contact < STALE_SECONDS;
}

bool line_is_up(struct ui *ui, struct desk *d)
{
	json_t *status = NULL;
	bool up = sync_status(d, &status, NULL) == OK && is_up(status, ui_now(ui));
	json_decref(status);
	return up;
}

/* Words, so that it reads without colours too. */
static void tell(struct ui *ui, const json_t *status, bool restart)
{
	char forms[UI_LINE_FORMS][UI_LINE_SIZE], waits[48] = "", few[24] = "", when[SCR_TIME_SIZE];
	int64_t now = ui_now(ui), backlog = json_number(status, "backlog");
	size_t notices = json_array_size(json_object_get(status, "notices"));
	bool up = is_up(status, now), trouble = *json_text(status, "trouble") || notices;
	char what[48];
	snprintf(what, sizeof what, notices ? tr("，%zu 件事待处理", ", %zu to see to") : tr("，有问题", ", trouble"), notices);
	const char *word = up                                        ? tr("总部通", "HQ up")
	                   : json_flag(status, "site_revoked")        ? tr("总部已停用本点", "HQ revoked us")
	                   : json_flag(status, "declaration_awaited") ? tr("等总部登记恢复", "HQ not declared yet")
	                                                              : tr("总部断", "HQ down");
	if (backlog > 0) {
		snprintf(waits, sizeof waits, tr(" 待传 %lld", " %lld to send"), (long long)backlog);
		snprintf(few, sizeof few, " %lld", (long long)backlog);
	}
	contact_text(status, now, when);
	if (!*when)
		snprintf(when, sizeof when, "%s", tr("从未", "never"));
	if (up) {
		snprintf(forms[0], UI_LINE_SIZE, "● %s%s%s%s", word, trouble ? what : "", waits,
			restart ? tr("，重启后用新定义", ", new forms: restart") : "");
		snprintf(forms[1], UI_LINE_SIZE, "%s%s%s", word, trouble ? "!" : "", waits);
	} else {
		snprintf(forms[0], UI_LINE_SIZE, tr("○ %s%s%s 上次 %s", "○ %s%s%s, last %s"), word, notices ? what : "", waits, when);
		snprintf(forms[1], UI_LINE_SIZE, "%s%s%s · %.*s", word, notices ? "!" : "", few, when[2] == '-' ? 5 : SCR_TIME_SIZE, when); /* the day is enough then */
	}
	snprintf(forms[2], UI_LINE_SIZE, "%s%s%s", word, trouble && (up || notices) ? "!" : "", few);
	ui_set_line(ui, up && !trouble ? ROLE_TITLE : ROLE_MARK, forms);
}

void line_tick(struct ui *ui, struct line_watch *w, struct desk *d)
{
	json_t *status = NULL;
	int64_t now = clock_monotonic_ms();
	if (now < w->look_at || store_in_step(d->store))
		return;
	w->look_at = now + LOOK_MS;
	if (sync_status(d, &status, NULL) != OK)
		return;
	w->joined = json_is_true(json_object_get(status, "joined"));
	if (w->joined) {
		tell(ui, status, publication_waits(d));
		follow_screen_opens(&w->follow, d->dir);
	}
	json_decref(status);
}

static void add(struct bytes *text, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(struct bytes *text, const char *name, const char *format, ...)
{
	char value[2000];
	va_list args;
	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	bytes_format(text, "%s%s%s\n", name, tr("：", ": "), value);
}

static enum err call_seen(struct desk *d, struct call *c, struct error *e)
{
	return sync_seen(d, json_number(c->data, "number"), &c->out, e);
}

/* Those that were shown: what came meanwhile nobody has read. */
static void see_to(struct ui *ui, const json_t *notices)
{
	struct error e = {0};
	json_t *notice;
	size_t i;
	json_array_foreach((json_t *)notices, i, notice) {
		struct call c = {.data = notice};
		enum err rc = app_attempt(ui, call_seen, &c, &e);
		json_decref(c.out);
		if (rc != OK && rc != ERR_SYNC_NOTICE) { /* that one somebody else has seen to */
			ui_fail(ui, &e);
			return;
		}
	}
	ui_good(ui, "%s", tr("已登记处理", "seen to"));
}

void line_show(struct ui *ui, struct desk *d)
{
	json_t *status = NULL, *notice;
	size_t i = 0;
	struct error e = {0};
	struct bytes text = {0};
	char since[SCR_TIME_SIZE], contact[SCR_TIME_SIZE];
	if (sync_status(d, &status, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	const char *trouble = json_text(status, "trouble");
	scr_time(json_text(status, "line_since"), since);
	scr_time(json_text(status, "last_contact"), contact);
	add(&text, tr("总部", "Headquarters"), "%s  %s", json_text(status, "headquarters"), json_text(status, "url"));
	add(&text, tr("线路", "Line"), tr("%s，自 %s", "%s since %s"), is_up(status, ui_now(ui)) ? tr("通", "up") : tr("断", "down"),
	    *since ? since : "—");
	add(&text, tr("最近联系", "Last contact"), "%s", *contact ? contact : tr("从未", "never"));
	add(&text, tr("待上传", "To send"), tr("%lld 条记录（最新第 %lld 条，总部已有到第 %lld 条）", "%lld entries (newest %lld, headquarters has up to %lld)"),
	    (long long)json_number(status, "backlog"), (long long)json_number(status, "seq"), (long long)json_number(status, "acknowledged"));
	if (json_number(status, "refused") > 0)
		add(&text, tr("总部未接收", "Not taken"), tr("%lld 张订单，需要人工处理", "%lld orders, somebody has to look"),
		    (long long)json_number(status, "refused"));
	if (publication_waits(d))
		add(&text, tr("新定义", "New definitions"), "%s", tr("总部下发了新的申请表和模板，重新打开 certdesk 后采用",
			"headquarters laid down new forms and templates: they count when certdesk is started again"));
	if (*trouble)
		add(&text, tr("原因", "Why"), "%s", trouble);
	json_array_foreach(json_object_get(status, "notices"), i, notice) {
		scr_time(json_text(notice, "at"), since);
		add(&text, tr("待处理", "To see to"), "%s  %s", since, json_text(notice, "text"));
	}
	bytes_format(&text, "\n%s\n", tr("线路断开时可以继续办理；恢复后自动补传，什么也不会丢失。",
		"Work goes on while the line is down; what waits is sent by itself when it is back, and nothing is lost."));
	bool may = i > 0 && app_may(ui, MAY_SYNC_SEEN);
	if (dialog_text(ui, tr("与总部的线路", "The line to headquarters"), text.data ? (char *)text.data : "", may ? tr("登记已处理", "seen to") : NULL) && may)
		see_to(ui, json_object_get(status, "notices"));
	bytes_free(&text);
	json_decref(status);
}

void line_end(struct line_watch *w)
{
	follow_screen_closes(&w->follow);
}
