/* 人员: who works here, for administrators. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/staff.h"
#include "desk/staffkey.h"
#include "desk/staffnumber.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_password.h"
#include "ui/scr_table.h"

static const struct table_column columns[] = {
	{"用户名", "User", "login", 12, 0, AS_TEXT, NULL},
	{"姓名", "Name", "name", 10, 0, AS_TEXT, NULL},
	{"工号", "Number", "number", 10, 100, AS_TEXT, NULL},
	{"介质", "Key", "key_serial", 10, 100, AS_TEXT, NULL},
	{"岗位", "Roles", "roles", 0, 0, AS_LIST, role_title_of},
	{"停用", "Disabled", "disabled", 8, 0, AS_FLAG, NULL},
	{"锁定到", "Locked until", "locked_until", 16, 0, AS_TIME, NULL},
	{0},
};

static enum err read_staff(struct ui *ui, struct table *t, struct error *e)
{
	json_t *rows = NULL;
	enum err rc = staff_list(app_desk(ui), &rows, e);
	if (rc == OK)
		table_set(t, rows);
	return rc;
}

static enum err open_staff(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct table *t = calloc(1, sizeof *t);
	(void)arg;
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(t, columns, "没有人员", "Nobody");
	enum err rc = read_staff(ui, t, e);
	if (rc != OK)
		free(t);
	else
		*data = t;
	return rc;
}

static void close_staff(struct ui *ui, void *data)
{
	(void)ui;
	table_end(data);
	free(data);
}

static void draw_staff(struct ui *ui, void *data, struct pane *pane)
{
	struct table *t = data;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	list_draw(&t->list, pane);
}

struct person {
	char login[40], name[200], roles[128];
};

static enum err call_add(struct desk *d, struct call *c, struct error *e)
{
	const struct person *p = c->more;
	return staff_add(d, p->login, p->name, p->roles, c->secret, e);
}

static enum err call_disable(struct desk *d, struct call *c, struct error *e)
{
	return staff_disable(d, c->a, e);
}

static enum err call_unlock(struct desk *d, struct call *c, struct error *e)
{
	return staff_unlock(d, c->a, &c->flag, e);
}

static enum err call_roles(struct desk *d, struct call *c, struct error *e)
{
	return staff_roles(d, c->a, c->b, e);
}

static enum err call_number(struct desk *d, struct call *c, struct error *e)
{
	return staff_number(d, c->a, c->b, e);
}

static enum err call_key(struct desk *d, struct call *c, struct error *e)
{
	return staff_key(d, c->a, c->b, e);
}

static enum err call_password(struct desk *d, struct call *c, struct error *e)
{
	return staff_password(d, c->a, c->secret, e);
}

/* One role after another until none is added; the ones given are marked. */
static bool ask_roles(struct ui *ui, const char *login, char *roles, size_t size)
{
	char title[120];
	char lines[ROLES_ALL + 1][80];
	const char *pointers[ROLES_ALL + 1];
	unsigned have = roles_parse(roles);
	int chosen = 0;
	snprintf(title, sizeof title, tr("%s 的岗位（回车选中或取消）", "Roles of %s (Enter marks)"), login);
	for (;;) {
		for (int i = 0; i < ROLES_ALL; i++) {
			snprintf(lines[i], sizeof lines[i], "%s %s", have & (1u << i) ? "✓" : "  ", role_title((size_t)i));
			pointers[i] = lines[i];
		}
		snprintf(lines[ROLES_ALL], sizeof lines[0], "%s", tr("确定", "That's all"));
		pointers[ROLES_ALL] = lines[ROLES_ALL];
		chosen = dialog_choose(ui, title, pointers, ROLES_ALL + 1, (size_t)chosen);
		if (chosen < 0)
			return false;
		if (chosen == ROLES_ALL)
			break;
		have ^= 1u << chosen;
		chosen = ROLES_ALL;
	}
	roles_text(have, roles, size);
	return have != 0;
}

static void add(struct ui *ui)
{
	struct person p = {0};
	struct secret password = {0};
	struct dialog_ask login = {.title = tr("增加人员", "Add staff"),
		.text = tr("小写字母、数字、点或连字符", "a-z 0-9 . _ -"),
		.label = tr("用户名", "User"),
		.limit = 32,
		.input = TERM_INPUT_LATIN};
	struct dialog_ask name = {.title = tr("增加人员", "Add staff"),
		.text = "",
		.label = tr("姓名", "Name"),
		.check = "name",
		.limit = 40,
		.input = TERM_INPUT_CHINESE};
	if (dialog_ask(ui, &login, p.login, sizeof p.login) && dialog_ask(ui, &name, p.name, sizeof p.name) &&
		ask_roles(ui, p.login, p.roles, sizeof p.roles) && scr_new_password(ui, p.login, &password)) {
		struct call c = {.more = &p, .secret = &password};
		if (app_do(ui, call_add, &c))
			ui_good(ui, tr("已增加 %s", "%s is added"), p.login);
	}
	secret_wipe(&password);
}

static void change_password(struct ui *ui, const char *login)
{
	struct secret password = {0};
	struct call c = {.a = login, .secret = &password};
	if (strcmp(login, app_desk(ui)->actor.login) == 0)
		scr_own_password(ui);
	else if (scr_new_password(ui, login, &password) && app_do(ui, call_password, &c))
		ui_good(ui, tr("%s 的口令已重设", "The password of %s is set"), login);
	secret_wipe(&password);
}

static void change_roles(struct ui *ui, struct table *t, const char *login)
{
	char roles[128];
	unsigned have = 0;
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(table_row(t), "roles"), i, each)
		have |= roles_parse(json_is_string(each) ? json_string_value(each) : "");
	roles_text(have, roles, sizeof roles);
	struct call c = {.a = login, .b = roles};
	if (ask_roles(ui, login, roles, sizeof roles) && app_do(ui, call_roles, &c))
		ui_good(ui, tr("%s 的岗位已改", "The roles of %s are changed"), login);
}

static void change_number(struct ui *ui, struct table *t, const char *login)
{
	char number[40], title[120];
	struct dialog_ask ask = {.title = title,
		.text = tr("同一人在几个受理点的用户登记同一工号；可以留空。", "One person's logins at several sites have the same; it may be left empty."),
		.label = tr("工号", "Number"), .limit = 20, .may_be_empty = true, .input = TERM_INPUT_LATIN};
	struct call c = {.a = login, .b = number};
	text_copy(number, sizeof number, table_text(t, "number"));
	snprintf(title, sizeof title, tr("%s 的工号", "Staff number of %s"), login);
	if (dialog_ask(ui, &ask, number, sizeof number) && app_do(ui, call_number, &c))
		ui_good(ui, tr("%s 的工号已登记", "The number of %s is set"), login);
}

/* The one that is in now is proposed to who has none. */
static void propose_key(const char *has, char *out, size_t size)
{
	struct token_info *list = NULL;
	size_t n = 0;
	text_copy(out, size, has);
	if (!*has && token_list(&list, &n, NULL) == OK && n == 1)
		text_copy(out, size, list[0].serial);
	free(list);
}

static void change_key(struct ui *ui, struct table *t, const char *login)
{
	char serial[TOKEN_SERIAL_SIZE], title[120];
	struct dialog_ask ask = {.title = title,
		.text = tr("此人自己的介质：办理客户业务时不算在内，也不能写入客户证书；可以留空。",
			"This person's own key: it doesn't count beside a customer's, and nothing is written onto it; it may be left empty."),
		.label = tr("序列号", "Serial"), .limit = TOKEN_SERIAL_SIZE - 1, .may_be_empty = true, .input = TERM_INPUT_LATIN};
	struct call c = {.a = login, .b = serial};
	propose_key(table_text(t, "key_serial"), serial, sizeof serial);
	snprintf(title, sizeof title, tr("%s 的人员介质", "Staff key of %s"), login);
	if (dialog_ask(ui, &ask, serial, sizeof serial) && app_do(ui, call_key, &c))
		ui_good(ui, *serial ? tr("%s 的介质已登记", "The key of %s is enrolled") : tr("%s 的介质已取消", "The key of %s is taken away"), login);
}

static void disable(struct ui *ui, const char *login)
{
	char text[200];
	struct call c = {.a = login};
	snprintf(text, sizeof text, tr("停用 %s？停用后不能登录。要恢复，用 F4 岗位。", "Disable %s? No login afterwards. F4 Roles lets it in again."), login);
	if (dialog_confirm(ui, tr("停用", "Disable"), text, tr("停用", "disable")) && app_do(ui, call_disable, &c))
		ui_good(ui, tr("%s 已停用", "%s is disabled"), login);
}

static void unlock(struct ui *ui, const char *login)
{
	struct call c = {.a = login};
	if (!app_do(ui, call_unlock, &c))
		return;
	if (c.flag)
		ui_warn(ui, tr("%s 已解锁，但仍是停用的，不能登录。要恢复，用 F4 岗位", "%s is unlocked but stays disabled and can't log in; F4 Roles lets it in again"), login);
	else
		ui_good(ui, tr("%s 已解锁", "%s is unlocked"), login);
}

enum { DO_ADD = 1, DO_ROLES, DO_NUMBER, DO_PASSWORD, DO_UNLOCK, DO_DISABLE, DO_KEY };

static unsigned handle_staff(struct ui *ui, void *data, const struct event *event)
{
	struct table *t = data;
	struct error e = {0};
	char login[40];
	text_copy(login, sizeof login, table_text(t, "login"));
	switch (event->action) {
	case DO_ADD: add(ui); break;
	case DO_ROLES: change_roles(ui, t, login); break;
	case DO_NUMBER: change_number(ui, t, login); break;
	case DO_KEY: change_key(ui, t, login); break;
	case DO_PASSWORD: change_password(ui, login); break;
	case DO_DISABLE: disable(ui, login); break;
	case DO_UNLOCK: unlock(ui, login); break;
	default:
		return list_handle(&t->list, event) == LIST_IGNORED ? UI_PASS : UI_DRAW;
	}
	if (read_staff(ui, t, &e) != OK)
		ui_fail(ui, &e);
	return UI_DRAW;
}

static const struct action actions[] = {
	{DO_ADD, UI_KEY_F(2), "增加", "Add", "人员", "Staff", "增加一个用户", "A new login", ACTION_FIRST | ACTION_NEEDS(MAY_STAFF)},
	{DO_ROLES, UI_KEY_F(4), "岗位", "Roles", NULL, NULL, "变更岗位；停用的人员由此恢复登录", "Change roles; lets a disabled login in again", ACTION_NEEDS(MAY_STAFF)},
	{DO_PASSWORD, UI_KEY_F(5), "重设口令", "Password", NULL, NULL, "忘了口令：设一个新的", "A new password for one that was forgotten", ACTION_NEEDS(MAY_STAFF)},
	{DO_UNLOCK, UI_KEY_F(6), "解锁", "Unlock", NULL, NULL, "口令输错被锁定后解锁", "After too many wrong passwords", ACTION_NEEDS(MAY_STAFF)},
	{DO_NUMBER, UI_KEY_F(7), "工号", "Number", NULL, NULL, "登记或取消工号", "Give a staff number, or take it away", ACTION_NEEDS(MAY_STAFF)},
	{DO_KEY, UI_KEY_F(8), "介质", "Key", NULL, NULL, "登记人员自己的介质，与客户的分开", "Enrol a person's own key, apart from customers'", ACTION_NEEDS(MAY_STAFF)},
	{DO_DISABLE, UI_KEY_DELETE, "停用", "Disable", NULL, NULL, "不能再登录，正在用的也随即结束", "No login any more; one that is open ends", ACTION_NEEDS(MAY_STAFF)},
	{0},
};

const struct screen_class scr_staff = {.zh = "人员",
	.en = "Staff",
	.actions = actions,
	.open = open_staff,
	.draw = draw_staff,
	.handle = handle_staff,
	.close = close_staff};
