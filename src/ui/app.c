#include "sync/sync.h"
#include "ui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/thread.h"
#include "desk/admin.h"
#include "desk/staff.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_password.h"

enum { ACT_DESK = 1000, ACT_KEYS, ACT_CERTS, ACT_REPORT, ACT_AUDIT, ACT_STAFF, ACT_STAFF_LOOK, ACT_DOCTOR, ACT_LINE, ACT_PASSWORD, ACT_LOCK, ACT_LOGOUT };

static const struct action everywhere[] = {
	{ACT_DESK, 0, "工作台", "Desk", "全部", "Elsewhere", "回到工作台", "Back to the desk", ACTION_HIDDEN},
	{ACT_KEYS, 0, "介质库存", "Key stock", NULL, NULL, "介质入库与库存", "Receive keys, see the stock",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_KEY_VIEW)},
	{ACT_CERTS, 0, "证书", "Certificates", NULL, NULL, "本受理点签发的证书", "Certificates issued here",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_CERT_VIEW)},
	{ACT_REPORT, 0, "日报与报表", "Reports", NULL, NULL, "导出 Excel：日报、办理时限", "A day's report, deadlines, as a workbook",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_REPORT)},
	{ACT_AUDIT, 0, "审计校验", "Audit", NULL, NULL, "从第一条起校验全部记录", "Prove the journal from its first entry",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_AUDIT)},
	{ACT_STAFF, 0, "人员", "Staff", NULL, NULL, "增加、停用、解锁人员", "Add, disable, unlock staff", ACTION_HIDDEN | ACTION_NEEDS(MAY_STAFF)},
	{ACT_STAFF_LOOK, 0, "人员", "Staff", NULL, NULL, "查看人员和岗位", "See staff and their roles", ACTION_HIDDEN | ACTION_NEEDS(MAY_STAFF_VIEW)},
	{ACT_DOCTOR, 0, "自检", "Check-up", NULL, NULL, "检查读卡器、时钟、磁盘等", "Reader, clock, disk and the rest",
		ACTION_HIDDEN},
	{ACT_LINE, 0, "总部", "Headquarters", NULL, NULL, "与总部的线路、还没有上传的记录", "The line to headquarters, what waits to be sent",
		ACTION_HIDDEN},
	{ACT_PASSWORD, 0, "修改口令", "Password", NULL, NULL, "修改自己的口令", "Change your own password", ACTION_HIDDEN},
	{ACT_LOCK, UI_CTRL('x'), "锁屏", "Lock", NULL, NULL, "离开工位时锁住屏幕", "Lock the screen while you are away",
		ACTION_HIDDEN},
	{ACT_LOGOUT, 0, "退出登录", "Log out", NULL, NULL, "结束登录，换人办理", "End the session", ACTION_HIDDEN},
	{0},
};

struct locked {
	struct desk *desk;
	struct staff who;
};

static bool unlock(void *arg, const struct secret *password, char *why, size_t size)
{
	const struct locked *l = arg;
	struct error e = {0};
	if (staff_login(l->desk, l->who.login, password, &e) == OK)
		return true;
	l->desk->actor = l->who; /* what lies under the lock goes on saving */
	error_sentence(&e, why, size);
	return false;
}

/* From here on nobody is logged in; forms that close may still save what was keyed (app_save_draft). */
static void log_out(struct app *app)
{
	app->leaving = true;
	app->left = app->desk->actor.id ? app->desk->actor : app->here;
	app->here = (struct staff){0};
	staff_logout(app->desk);
	ui_pop_to(app->ui, &scr_login);
	ui_abandon(app->ui);
}

static void lock(struct ui *ui, void *arg)
{
	struct app *app = arg;
	char text[400];
	if (!app->desk->actor.id)
		return;
	struct locked here = {app->desk, app->desk->actor};
	snprintf(text, sizeof text,
		tr("%s（%s）的工位已锁定。请本人输入口令解锁，或按 F10 结束登录（已录入的内容都已保存）。",
			"The window of %s (%s) is locked. Give your password, or press F10 to end the session (all that was keyed is kept)."),
		here.who.name, here.who.login);
	struct dialog_lock d = {
		.title = tr("屏幕已锁定", "Screen locked"), .text = text, .unlock = unlock, .arg = &here, .may_leave = true};
	if (!dialog_lock(ui, &d) && !ui_ending(ui))
		log_out(app);
}

static void show_doctor(struct ui *ui)
{
	struct error e = {0};
	json_t *list = NULL, *each;
	struct bytes text = {0};
	size_t i;
	if (doctor_run(app_desk(ui), &list, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	json_array_foreach(list, i, each) {
		const char *state = json_text(each, "state"), *mend = json_text(each, "mend");
		const char *word = tr("缺少", "missing");
		if (strcmp(state, "good") == 0)
			word = tr("正常", "good");
		else if (strcmp(state, "warning") == 0)
			word = tr("注意", "warning");
		bytes_format(&text, tr("%s  %s：%s\n", "%s  %s: %s\n"), word, json_text(each, "what"), json_text(each, "detail"));
		if (*mend && strcmp(state, "good") != 0)
			bytes_format(&text, "      → %s\n", mend);
	}
	dialog_text(ui, tr("自检", "Check-up"), text.data ? (char *)text.data : "", NULL);
	bytes_free(&text);
	json_decref(list);
}

static unsigned act(struct ui *ui, void *arg, int action)
{
	static const struct {
		int action;
		const struct screen_class *class;
	} screens[] = {{ACT_KEYS, &scr_keys}, {ACT_CERTS, &scr_certs}, {ACT_REPORT, &scr_report}, {ACT_AUDIT, &scr_audit},
		{ACT_STAFF, &scr_staff}, {ACT_STAFF_LOOK, &scr_staff}};
	struct app *app = arg;
	if (!app->desk || !app->desk->actor.id) {
		ui_warn(ui, "%s", tr("请先登录", "Log in first"));
		return UI_NONE;
	}
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
		if (screens[i].action == action)
			ui_push(ui, screens[i].class, NULL);
	if (action == ACT_DESK)
		ui_pop_to(ui, &scr_desk);
	else if (action == ACT_DOCTOR)
		show_doctor(ui);
	else if (action == ACT_LINE)
		line_show(ui, app->desk);
	else if (action == ACT_PASSWORD)
		scr_own_password(ui);
	else if (action == ACT_LOCK)
		lock(ui, app);
	else if (action == ACT_LOGOUT)
		log_out(app);
	return UI_DRAW | UI_BARS;
}

static bool offered(struct ui *ui, void *arg, int action)
{
	const struct app *app = arg;
	if (action == ACT_STAFF_LOOK && app_may(ui, MAY_STAFF)) /* has the other line */
		return false;
	return app->desk && app->desk->actor.id != 0 && (action != ACT_LINE || app->line.joined);
}

static bool may(struct ui *ui, void *arg, int right)
{
	const struct app *app = arg;
	return right == APP_JOINED ? app->line.joined : app_may(ui, (enum permission)right);
}

static void every(struct ui *ui, void *arg)
{
	struct app *app = arg;
	if (app->desk->actor.id)
		app->here = app->desk->actor;
	else if (app->here.id) { /* disabled: whatever they do next is refused (desk_allow), and the screens go */
		text_copy(app->ended, sizeof app->ended, app->here.name);
		log_out(app);
	}
	line_tick(ui, &app->line, app->desk);
	if (app->desk->actor.id)
		watch_tick(ui, &app->watch);
}

/* The two commands of "COMMAND|COMMAND" in a copy that the caller frees. */
static char *input_commands(const struct config *c, struct term_options *o)
{
	char *copy = NULL, *bar;
	if (!c->input_method || strcmp(c->input_method, "auto") == 0)
		return NULL;
	o->no_switch = true;
	if (strcmp(c->input_method, "none") != 0 && (copy = strdup(c->input_method)) && (bar = strchr(copy, '|'))) {
		*bar = '\0';
		o->no_switch = false;
		o->latin_command = copy;
		o->chinese_command = bar + 1;
	}
	return copy;
}

/* The store is opened while the first screen is drawn. */
struct opening {
	const char *dir;
	struct app *app;
	char *commands; /* what the options point into */
	pthread_t thread;
	bool beside;
	enum err rc;
	struct error e;
};

static void *open_desk(void *arg)
{
	struct opening *o = arg;
	o->rc = desk_open_unproven(o->dir, &o->app->desk, &o->e);
	return NULL;
}

static void wait_opened(struct opening *o)
{
	if (o->beside)
		pthread_join(o->thread, NULL);
	o->beside = false;
}

static struct ui_options options_of(struct app *app)
{
	return (struct ui_options){.clock = CLOCK_SYSTEM, .idle = lock, .actions = everywhere, .act = act, .offered = offered, .may = may,
		.every = every, .arg = app};
}

/* From here on there is a desk, or an end. */
static void opened(struct ui *ui, void *arg)
{
	struct app *app = arg;
	struct opening *o = app->opening;
	struct ui_options options = options_of(app);
	wait_opened(o);
	if (o->rc != OK) {
		ui_quit(ui);
		return;
	}
	app->desk->ask_ca = sync_ask_ca;
	app->desk->reach_ca = sync_reach_ca;
	options.clock = app->desk->clock;
	options.idle_seconds = app->desk->config.idle_seconds;
	options.term.escape_ms = app->desk->config.escape_ms;
	o->commands = input_commands(&app->desk->config, &options.term);
	ui_configure(ui, &options);
	app_show_person(ui);
	if (app->desk->demonstration)
		ui_set_mark(ui, tr("演示·短信写入 outbox", "Demo: outbox"));
	else if (strcmp(notify_driver_name(app->desk->notify), "outbox") == 0)
		ui_set_mark(ui, tr("短信写入 outbox", "To outbox"));
}

static enum err run_screens(struct app *app, struct error *e)
{
	struct ui_options options = options_of(app);
	options.shown = opened;
	enum err rc = ui_start(&options, &app->ui, e);
	if (rc != OK)
		return rc;
	rc = ui_run(app->ui, &scr_login, NULL, e);
	if (app->unproven.code) {
		*e = app->unproven;
		rc = e->code;
	}
	return rc;
}

enum err app_run(const char *dir, struct error *e)
{
	struct app app = {0};
	struct opening o = {.dir = dir, .app = &app};
	enum err rc = desk_there(dir, e);
	if (rc != OK) /* the terminal sees nothing of it but the sentence */
		return rc;
	app.opening = &o;
	if (!(o.beside = thread_start(&o.thread, open_desk, &o)))
		open_desk(&o);
	rc = run_screens(&app, e);
	wait_opened(&o);
	if (app.ui)
		ui_end(&app.ui);
	if (o.rc != OK) { /* said before what the terminal lacks */
		*e = o.e;
		rc = o.rc;
	}
	watch_end(&app.watch);
	line_end(&app.line);
	json_decref(app.scans);
	desk_close(&app.desk);
	free(o.commands);
	return rc;
}
