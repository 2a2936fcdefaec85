#include "ui/scr_common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/money.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/order.h"
#include "desk/fieldtext.h"
#include "desk/staff.h"
#include "ui/dialog.h"

struct desk *app_desk(struct ui *ui)
{
	return ((struct app *)ui_arg(ui))->desk;
}

bool app_prove(struct ui *ui)
{
	struct app *app = ui_arg(ui);
	if (!app->proven && !app->unproven.code)
		app->proven = desk_prove(app->desk, &app->unproven) == OK;
	if (!app->proven)
		ui_quit(ui);
	return app->proven;
}

bool app_is(struct ui *ui, unsigned roles)
{
	return app_desk(ui) && (app_desk(ui)->actor.roles & roles) != 0;
}

bool app_may(struct ui *ui, enum permission permission)
{
	return app_is(ui, permission_roles(permission));
}

void app_log_out(struct ui *ui)
{
	struct app *app = ui_arg(ui);
	staff_logout(app->desk);
	app->leaving = false;
	app->left = app->here = (struct staff){0};
	watch_forget(&app->watch);
	memset(app->receipts, 0, sizeof app->receipts);
	app_show_person(ui);
	ui_hint(ui, ROLE_NORMAL, NULL);
	if (*app->ended)
		ui_error(ui, tr("%s 的账号已停用，登录已结束。请联系系统管理员", "The login of %s was disabled and has ended: ask an administrator"), app->ended);
	app->ended[0] = '\0';
}

static void tell_of_another_window(struct ui *ui, struct draft_seen *seen, const json_t *theirs)
{
	char names[sizeof seen->told] = "";
	const json_t *label;
	size_t i;
	json_array_foreach(theirs, i, label)
		lang_list_add(names, sizeof names, json_string_value(label));
	if (*names && strcmp(names, seen->told) != 0)
		ui_warn(ui, tr("另一个窗口也在填这张草稿，已改：%s。离开后再打开可看到", "Another window is at this draft too and changed: %s. Leave and open it again to see that"), names);
	text_copy(seen->told, sizeof seen->told, names);
}

enum err app_save_draft(struct ui *ui, const char *no, struct draft_seen *seen, const json_t *values, const char *focus, size_t cursor,
	struct error *e)
{
	struct app *app = ui_arg(ui);
	struct staff now = app->desk->actor;
	json_t *theirs = NULL;
	if (app->leaving)
		app->desk->actor = app->left;
	enum err rc = draft_save_over(app->desk, no, seen->values, values, focus, (int)cursor, &theirs, e);
	app->desk->actor = now;
	if (rc == OK) {
		json_decref(seen->values);
		seen->values = json_deep_copy(values);
		tell_of_another_window(ui, seen, theirs);
	}
	json_decref(theirs);
	return rc;
}

void app_show_person(struct ui *ui)
{
	struct desk *d = app_desk(ui);
	char person[200] = "", roles[128];
	if (d->actor.id) {
		roles_titles(d->actor.roles, roles, sizeof roles);
		snprintf(person, sizeof person, "%.60s %.100s", d->actor.name, roles);
	}
	ui_set_place(ui, d->site_name, d->station, person);
}

/* ---- use cases, and the second person ---- */

/* `login` holds who was asked before, "" the first time, and gets who it was. */
static bool ask_second(struct ui *ui, const struct error *refused, char login[LOGIN_SIZE])
{
	char why[700], text[900], unfit[120] = "";
	struct secret password = {0};
	struct error e = {0};
	bool given = false;
	error_sentence(refused, why, sizeof why);
	if (*login)
		snprintf(unfit, sizeof unfit, tr("%s 不能授权：没有这项权限，或不是第二个人。\n", "%s can't authorise it: without the right, or not a second person.\n"), login);
	snprintf(text, sizeof text, "%s%s\n%s", unfit, why,
		tr("可请有权限的同事在此当场授权，仅此一次。", "A colleague who may can authorise it here, once."));
	login[0] = '\0';
	struct dialog_ask ask = {.title = tr("当场授权", "Authorise on the spot"),
		.text = text,
		.label = tr("授权人用户名", "Their user name"),
		.limit = LOGIN_SIZE - 1,
		.input = TERM_INPUT_LATIN};
	while (!given && dialog_ask(ui, &ask, login, LOGIN_SIZE)) {
		struct dialog_secret secret = {.title = tr("当场授权", "Authorise on the spot"),
			.text = login,
			.label = tr("授权人口令", "Their password")};
		if (!dialog_secret(ui, &secret, &password))
			break;
		given = staff_second(app_desk(ui), login, &password, &e) == OK;
		secret_wipe(&password);
		if (!given)
			dialog_error(ui, &e);
	}
	secret_wipe(&password);
	return given;
}

enum err app_attempt(struct ui *ui, use_case *run, struct call *c, struct error *e)
{
	char second[LOGIN_SIZE] = "";
	*e = (struct error){0};
	if (((struct app *)ui_arg(ui))->leaving)
		return error_set(e, ERR_UI_ENDED, "%s", "");
	enum err rc = run(app_desk(ui), c, e);
	while ((rc == ERR_DESK_FORBIDDEN || rc == ERR_DESK_TWO_PERSONS) && app_desk(ui)->actor.id && ask_second(ui, e, second)) {
		*e = (struct error){0};
		rc = run(app_desk(ui), c, e);
	}
	app_desk(ui)->second = (struct staff){0}; /* what was refused or only looked at used it up too */
	return error_complete(e, rc);
}

bool app_do(struct ui *ui, use_case *run, struct call *c)
{
	struct error e;
	if (app_attempt(ui, run, c, &e) == OK)
		return true;
	ui_fail(ui, &e);
	return false;
}

json_t *app_order(struct ui *ui, const char *no)
{
	struct error e = {0};
	json_t *order = NULL;
	if (order_show(app_desk(ui), no, &order, &e) != OK)
		ui_fail(ui, &e);
	return order;
}

void app_home_path(char *out, size_t size, const char *name)
{
	const char *home = getenv("HOME");
	snprintf(out, size, "%s/%s", home && *home ? home : ".", name);
}

enum { TYPED_SIZE = 1700 };

static bool at_home(const char *typed, char *out, size_t size)
{
	const char *home = getenv("HOME");
	if (typed[0] == '~' && typed[1] == '/' && home)
		return snprintf(out, size, "%s%s", home, typed + 1) < (int)size;
	return text_copy(out, size, typed);
}

/* Whether it can be read, and is what it should be, its use says. */
static bool is_there(void *arg, const char *typed, char *why, size_t size)
{
	char path[TYPED_SIZE + 200];
	(void)arg;
	bool there = at_home(typed, path, sizeof path) && (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR));
	if (!there)
		snprintf(why, size, "%s", tr("没有这个文件。请改正路径后再按回车。", "There is no such file. Mend the path, then press Enter."));
	return there;
}

static bool is_file(void *arg, const char *typed, char *why, size_t size)
{
	char path[TYPED_SIZE + 200];
	struct stat st;
	if (!is_there(arg, typed, why, size))
		return false;
	bool folder = at_home(typed, path, sizeof path) && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	if (folder)
		snprintf(why, size, "%s", tr("这是一个文件夹。请接着写文件名。", "That is a folder. Go on with the file's name."));
	return !folder;
}

static bool ask_path(struct ui *ui, struct dialog_ask ask, char *out, size_t size)
{
	char typed[TYPED_SIZE];
	ask.label = tr("路径", "Path");
	ask.limit = 400;
	ask.input = TERM_INPUT_LATIN;
	text_copy(typed, sizeof typed, out);
	return dialog_ask(ui, &ask, typed, sizeof typed) && at_home(typed, out, size);
}

bool app_ask_path(struct ui *ui, const char *title, const char *text, char *out, size_t size)
{
	return ask_path(ui, (struct dialog_ask){.title = title, .text = text}, out, size);
}

bool app_ask_file_or_none(struct ui *ui, const char *title, const char *text, bool none, char *out, size_t size)
{
	return ask_path(ui, (struct dialog_ask){.title = title, .text = text, .may_be_empty = none, .judge = is_file}, out, size);
}

bool app_ask_file_or_folder(struct ui *ui, const char *title, const char *text, char *out, size_t size)
{
	return ask_path(ui, (struct dialog_ask){.title = title, .text = text, .judge = is_there}, out, size);
}

bool app_ask_file(struct ui *ui, const char *title, const char *text, char *out, size_t size)
{
	return app_ask_file_or_none(ui, title, text, false, out, size);
}

/* ---- how values read ---- */

const char *scr_time(const char *rfc3339, char out[SCR_TIME_SIZE])
{
	int64_t utc;
	out[0] = '\0';
	if (rfc3339_parse(rfc3339, &utc))
		civil_minute_text(utc, out);
	return out;
}

const char *scr_money(int64_t fen, char out[SCR_MONEY_SIZE])
{
	char text[MONEY_TEXT_SIZE];
	money_text(fen, text);
	snprintf(out, SCR_MONEY_SIZE, "%s¥%s", fen < 0 ? "-" : "", text + (fen < 0));
	return out;
}

const char *scr_money_below(int64_t fen, char out[SCR_MONEY_SIZE])
{
	char text[SCR_MONEY_SIZE];
	int width = text_width(scr_money(fen, text));
	snprintf(out, SCR_MONEY_SIZE, "%.*s", width < 10 ? 10 - width : 0, "          ");
	strncat(out, text, SCR_MONEY_SIZE - strlen(out) - 1);
	return out;
}

const char *scr_size(int64_t bytes, char out[32])
{
	if (bytes >= 1 << 20)
		snprintf(out, 32, "%.2f MB", (double)bytes / (1 << 20));
	else
		snprintf(out, 32, "%lld kB", (long long)((bytes + 1023) / 1024));
	return out;
}

void scr_field_value(struct desk *d, const struct form *form, const struct form_field *field, const json_t *values,
	char *out, size_t size)
{
	field_text(d, form, field, values, out, size);
}

void scr_draw_folder(struct ui *ui, const struct pane *list, const char *dir)
{
	enum { BELOW = 5 }; /* the heads, an empty row, the sentence in two rows, one of air */
	char path[1200], text[1300];
	text_printable(path, sizeof path, *dir ? dir : app_desk(ui)->config.inbox);
	snprintf(text, sizeof text, tr("文件夹：%s", "Folder: %s"), path);
	if (list->rows > BELOW)
		pane_wrapped(list, BELOW, 1, list->columns - 2, list->rows - BELOW, ROLE_NORMAL, text);
}

const char *scr_form_name(struct ui *ui, const char *business, const char *customer)
{
	const struct form *form = NULL;
	return desk_form_for(app_desk(ui), business, customer, &form, NULL) == OK ? form->name : business;
}
