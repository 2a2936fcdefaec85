/* 介质业务: the certificate above, below what is under way about it and what can be begun; what is due is chosen already. */
#include "desk/staffkey.h"
#include "ui/scr_about.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/about.h"
#include "desk/cert.h"
#include "desk/keys.h"
#include "desk/order.h"
#include "desk/sitename.h"
#include "desk/visit.h"
#include "token/token.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_fetch.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_own.h"
#include "ui/scr_table.h"

enum { DAY = 86400, ABOVE = 8, BELOW = 2, SERIAL_SIZE = 64 };

struct about_screen {
	char key[TOKEN_SERIAL_SIZE], certificate[SERIAL_SIZE]; /* key "": a certificate without its key */
	char visit[VISIT_NO_SIZE]; /* "": none */
	json_t *about;
	struct sheet sheet;
	struct table table;
	char why[700]; /* why the key can't be read now, "" */
};

static enum role row_role(const json_t *row)
{
	return json_flag(row, "allowed") ? ROLE_NORMAL : ROLE_HINT;
}

static const struct table_column columns[] = {
	{"业务", "Business", "title", 25, 0, AS_TEXT, NULL},
	{"说明", "Note", "note", 0, 0, AS_TEXT, NULL},
	{0},
};

static void add_end(struct about_screen *s, int64_t now)
{
	char until[SCR_TIME_SIZE], left[80];
	int64_t end;
	const char *text = json_text(s->about, "not_after");
	if (!rfc3339_parse(text, &end))
		return;
	if (end >= now)
		snprintf(left, sizeof left, tr("还有 %lld 天", "%lld days left"), (long long)((end - now) / DAY));
	else
		snprintf(left, sizeof left, tr("已过期 %lld 天", "over for %lld days"), (long long)((now - end) / DAY));
	sheet_format(&s->sheet, end >= now ? ROLE_NORMAL : ROLE_WARN, tr("到期", "Ends"), "%s  %s", scr_time(text, until), left);
}

static void fill_sheet(struct ui *ui, struct about_screen *s)
{
	const json_t *tries = json_object_get(s->about, "pin_tries");
	const char *status = json_text(s->about, "status");
	char state[200];
	json_t *certificate = NULL;
	sheet_clear(&s->sheet);
	text_copy(state, sizeof state, scr_cert_state(status));
	if (cert_show(app_desk(ui), json_text(s->about, "certificate"), &certificate, NULL) == OK) /* since when, and why */
		page_cert_state(app_desk(ui), certificate, state, sizeof state);
	json_decref(certificate);
	sheet_pair(&s->sheet, ROLE_STRONG, tr("持有人", "Owner"), json_text(s->about, "name"));
	sheet_pair(&s->sheet, strcmp(status, "active") == 0 ? ROLE_GOOD : ROLE_WARN, tr("证书状态", "Status"), state);
	add_end(s, ui_now(ui));
	sheet_format(&s->sheet, ROLE_NORMAL, tr("介质", "Key"), "%s  %s", json_text(s->about, "key_serial"),
		scr_key_state(json_text(s->about, "key_state")));
	if (json_is_integer(tries) && json_integer_value(tries) == 0)
		sheet_pair(&s->sheet, ROLE_ERROR, tr("证书密码", "PIN"), strcmp(json_text(s->about, "proposed"), "replace") == 0
			? tr("已锁死，解锁码也用尽了，请办补办", "blocked for good: replace the key") : tr("已锁死，请办理解锁", "blocked: unlock it"));
	else if (json_is_integer(tries))
		sheet_format(&s->sheet, ROLE_NORMAL, tr("证书密码", "PIN"), tr("还可以试 %lld 次", "%lld tries left"), (long long)json_integer_value(tries));
	sheet_pair(&s->sheet, ROLE_NORMAL, tr("证书序列号", "Certificate"), json_text(s->about, "certificate"));
	sheet_pair(&s->sheet, ROLE_NORMAL, tr("证书主体", "Subject"), json_text(s->about, "subject")); /* it may be long, and comes last */
}

/* Orders under way come first; each says what is next. Returns the row of one that this person can go on with, or -1. */
static long add_orders(struct ui *ui, struct about_screen *s, json_t *rows)
{
	const json_t *each;
	size_t i;
	long best = -1;
	char title[120], note[300], next[SCR_NEXT_SIZE];
	json_array_foreach(json_object_get(s->about, "orders"), i, each) {
		json_t *order = NULL;
		if (order_show(app_desk(ui), json_text(each, "order"), &order, NULL) != OK)
			continue;
		bool mine = scr_next(order).mine;
		snprintf(title, sizeof title, mine ? tr("继续办理：%s", "Go on: %s") : tr("办理中：%s", "Under way: %s"), json_text(each, "business_title"));
		snprintf(note, sizeof note, tr("%s %s，下一步：%s", "%s %s, next: %s"), json_text(each, "order"), json_text(each, "status_title"),
			json_text(order, "next_title"));
		if (mine && best < 0)
			best = (long)json_array_size(rows);
		json_array_append_new(rows, json_pack("{ss ss ss ss sb ss}", "title", title, "note", note, "order", json_text(each, "order"),
			"waits", mine ? "" : scr_next_text(order, next), "allowed", 1, "why", ""));
		json_decref(order);
	}
	return best;
}

/* What another site has taken over since is to be got back first. */
static void add_fetch(struct ui *ui, const struct about_screen *s, json_t *rows)
{
	char note[300], site[SITE_TITLE_SIZE];
	const char *at = json_text(s->about, "custodian");
	snprintf(note, sizeof note, tr("现在由受理点 %s 管理，持有人证明后可以取回", "held by site %s; its holder's proof brings it back"), site_title(app_desk(ui), at, site));
	if (*at)
		json_array_append_new(rows, json_pack("{ss ss ss sb ss}", "business", "fetch", "title", tr("取证书", "Get the certificate"), "note", note,
			"allowed", 1, "why", ""));
}

/* A new application begins with what is on file: what is left where a renewal isn't possible. */
static void add_new(const struct about_screen *s, json_t *rows, bool may)
{
	char form[32];
	snprintf(form, sizeof form, "new-%s", json_text(s->about, "customer"));
	json_array_append_new(rows, json_pack("{ss ss ss ss sb ss}", "business", "new", "title", tr("新办（带入资料）", "new, from its data"),
		"note", may ? tr("另申请一张，资料从这张证书带入", "another one, with the data of this one") : tr("可以办理（由受理员办）", "possible (by an operator)"),
		"form", form, "allowed", 1, "why", ""));
}

static void fill_table(struct ui *ui, struct about_screen *s)
{
	json_t *rows = json_array(), *each;
	size_t i;
	const char *proposed = json_text(s->about, "proposed");
	long chosen = add_orders(ui, s, rows);
	bool may = app_may(ui, MAY_ORDER_NEW);
	add_fetch(ui, s, rows);
	json_array_foreach(json_object_get(s->about, "businesses"), i, each) {
		bool allowed = json_flag(each, "allowed");
		json_t *row = json_deep_copy(each);
		json_object_set_new(row, "note", json_string(!allowed ? json_text(each, "why")
			: strcmp(json_text(each, "business"), proposed) == 0 ? may ? tr("可以办理，建议现在办", "possible, and due now")
				: tr("可以办理，建议现在办（由受理员办）", "possible, and due now (by an operator)")
			: may ? tr("可以办理", "possible") : tr("可以办理（由受理员办）", "possible (by an operator)")));
		if (chosen < 0 && allowed && strcmp(json_text(each, "business"), proposed) == 0)
			chosen = (long)json_array_size(rows);
		json_array_append_new(rows, row);
	}
	add_new(s, rows, may);
	/* nothing is due: with the key in, why not a renewal is the first thing to know */
	for (i = 0; !*s->key && chosen < 0 && i < json_array_size(rows); i++)
		if (json_flag(json_array_get(rows, i), "allowed"))
			chosen = (long)i;
	table_set(&s->table, rows);
	list_select(&s->table.list, chosen < 0 ? 0 : (size_t)chosen);
}

static enum err load(struct ui *ui, struct about_screen *s, struct error *e)
{
	json_t *about = NULL;
	enum err rc = *s->key ? about_key(app_desk(ui), s->key, &about, e) : about_certificate(app_desk(ui), s->certificate, &about, e);
	if (rc != OK)
		return rc;
	json_decref(s->about);
	s->about = about;
	s->why[0] = '\0';
	text_copy(s->certificate, sizeof s->certificate, json_text(about, "certificate"));
	fill_sheet(ui, s);
	fill_table(ui, s);
	return OK;
}

static void reload(struct ui *ui, struct about_screen *s)
{
	struct error e = {0};
	if (load(ui, s, &e) != OK)
		error_sentence(&e, s->why, sizeof s->why);
}

static void close_about(struct ui *ui, void *data)
{
	struct about_screen *s = data;
	(void)ui;
	sheet_clear(&s->sheet);
	table_end(&s->table);
	json_decref(s->about);
	free(s);
}

/* Come to by its certificate, with its key in the reader: what wants the key can be done as well. */
static void take_key(struct ui *ui, struct about_screen *s)
{
	struct token_info *list = NULL;
	size_t n = 0;
	json_t *about = NULL;
	if (customer_keys(app_desk(ui), &list, &n, NULL) == OK && n == 1 && strcmp(list[0].serial, json_text(s->about, "key_serial")) == 0 &&
		about_key(app_desk(ui), list[0].serial, &about, NULL) == OK && strcmp(json_text(about, "certificate"), s->certificate) == 0) {
		text_copy(s->key, sizeof s->key, list[0].serial);
		reload(ui, s);
	}
	json_decref(about);
	free(list);
}

static enum err open_about(struct ui *ui, void *arg, void **data, struct error *e)
{
	const struct about_arg *a = arg;
	struct about_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->key, sizeof s->key, a->key ? a->key : "");
	text_copy(s->certificate, sizeof s->certificate, a->certificate ? a->certificate : "");
	text_copy(s->visit, sizeof s->visit, a->visit ? a->visit : "");
	table_start(&s->table, columns, "没有可以办理的业务", "Nothing can be done with it");
	s->table.role = row_role;
	enum err rc = load(ui, s, e);
	if (rc != OK) {
		close_about(ui, s);
		return rc;
	}
	if (!*s->key)
		take_key(ui, s);
	*data = s;
	return OK;
}

static void draw_about(struct ui *ui, void *data, struct pane *pane)
{
	struct about_screen *s = data;
	const json_t *row = table_row(&s->table);
	struct pane head = pane_part(pane, 1, 0, ABOVE, pane->columns);
	struct pane list = pane_part(pane, ABOVE + 2, 0, pane->rows - ABOVE - 2 - BELOW, pane->columns);
	int below = pane->rows - BELOW;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_line(pane, 0, *s->key ? tr("介质业务", "What can be done with this key") : tr("证书业务", "What can be done with this certificate"));
	sheet_draw(&s->sheet, &head, PAGE_LABELS);
	pane_line(pane, ABOVE + 1, tr("可以办理", "Businesses"));
	if (*s->why)
		pane_wrapped(pane, below, 1, pane->columns - 2, BELOW, ROLE_ERROR, s->why);
	else if (row && !json_flag(row, "allowed"))
		pane_wrapped(pane, below, 1, pane->columns - 2, BELOW, ROLE_WARN, json_text(row, "why"));
	else if (row && *json_text(row, "waits")) /* for somebody else, which the table has no room for */
		pane_format(pane, below, 1, ROLE_HINT, tr("按回车查看订单。下一步：%s", "Enter shows the order. Next: %s"), json_text(row, "waits"));
	else if (row && *json_text(row, "order")) /* its title says already that it goes on */
		pane_format(pane, below, 1, ROLE_GOOD, tr("按回车%s", "Enter: %s"), json_text(row, "title"));
	else if (row && app_may(ui, MAY_ORDER_NEW))
		pane_format(pane, below, 1, ROLE_GOOD, tr("按回车办理：%s", "Enter begins: %s"), json_text(row, "title"));
	else if (row)
		pane_format(pane, below, 1, ROLE_HINT, tr("由受理员办理：%s", "An operator begins: %s"), json_text(row, "title"));
	list_draw(&s->table.list, &list);
}

static void go_on(struct ui *ui, const char *no)
{
	char order[ORDER_NO_SIZE];
	text_copy(order, sizeof order, no);
	json_t *shown = app_order(ui, order);
	if (!shown)
		return;
	scr_open_order(ui, shown, true, true);
	json_decref(shown);
}

/* The draft is made, with the PIN where the business asks for one; then its form. The screen is gone afterwards. */
static void begin(struct ui *ui, struct about_screen *s, const json_t *row)
{
	char form[64], key[TOKEN_SERIAL_SIZE], certificate[SERIAL_SIZE], visit[VISIT_NO_SIZE], why[500] = "";
	bool pin = json_flag(row, "needs_pin"), by_key = *s->key && json_flag(row, "needs_key");
	struct secret secret = {0};
	struct error e = {0};
	text_copy(form, sizeof form, json_text(row, "form"));
	text_copy(key, sizeof key, s->key);
	text_copy(certificate, sizeof certificate, s->certificate);
	text_copy(visit, sizeof visit, s->visit);
	const struct draft_about about = {.key = by_key ? key : NULL, .certificate = by_key ? NULL : certificate, .pin = pin ? &secret : NULL, .asked = true};
	while (!pin || scr_ask_pin(ui, key, *why ? why : NULL, &secret)) {
		ui_say(ui, "%s", by_key ? tr("正在核对介质，请勿拔出…", "Checking the key; do not remove it…") : tr("正在带入资料…", "Looking up the data…"));
		ui_draw_now(ui);
		enum err rc = scr_form_about(ui, form, &about, *visit ? visit : NULL, &e);
		secret_wipe(&secret);
		if (rc == OK)
			return; /* this screen may be gone */
		if (rc != ERR_TOKEN_PIN_WRONG) {
			ui_fail(ui, &e);
			break;
		}
		error_sentence(&e, why, sizeof why);
	}
	secret_wipe(&secret);
	reload(ui, s); /* nothing was begun; tries may have gone */
}

static void choose(struct ui *ui, struct about_screen *s)
{
	const json_t *row = table_row(&s->table);
	if (!row)
		return;
	if (*json_text(row, "order"))
		go_on(ui, json_text(row, "order"));
	else if (!json_flag(row, "allowed"))
		ui_warn(ui, "%s", json_text(row, "why"));
	else if (!app_may(ui, MAY_ORDER_NEW))
		ui_warn(ui, "%s", tr("请受理员登录后办理：填写申请表要受理员岗位", "An operator does this: the form is filled in by one"));
	else if (strcmp(json_text(row, "business"), "fetch") == 0) {
		scr_fetch(ui, *s->key ? s->key : NULL, s->certificate, NULL);
		reload(ui, s);
	} else
		begin(ui, s, row);
}

static void open_key(struct ui *ui, const char *serial, const char *visit);

/* The page goes with its key: where another one alone is in by now, that one's comes instead. */
static void read_again(struct ui *ui, struct about_screen *s)
{
	struct token_info *list = NULL;
	size_t n = 0;
	char visit[VISIT_NO_SIZE];
	bool swapped = *s->key && customer_keys(app_desk(ui), &list, &n, NULL) == OK && n == 1 && !list[0].busy && strcmp(list[0].serial, s->key) != 0;
	if (swapped) {
		text_copy(visit, sizeof visit, s->visit); /* the page's own, which goes */
		ui_pop(ui);
		open_key(ui, list[0].serial, *visit ? visit : NULL);
	} else
		reload(ui, s);
	free(list);
}

enum { DO_BEGIN = 1, DO_AGAIN, DO_OWN };

static unsigned handle_about(struct ui *ui, void *data, const struct event *event)
{
	struct about_screen *s = data;
	if (event->action == DO_AGAIN) {
		read_again(ui, s);
		return UI_DRAW;
	}
	if (event->action == DO_OWN) {
		if (scr_own(ui, s->certificate))
			reload(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_BEGIN) {
		choose(ui, s);
		return UI_DRAW | UI_BARS;
	}
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN:
		choose(ui, s);
		return UI_DRAW | UI_BARS;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static unsigned token_about(struct ui *ui, void *data, const char *serial, bool in)
{
	struct about_screen *s = data;
	if (!*s->key)
		return scr_about_token(ui, NULL, serial, in);
	if (!in && strcmp(serial, s->key) == 0) {
		ui_warn(ui, tr("介质 %s 已拔出", "Key %s was pulled out"), serial);
		ui_pop(ui);
	} else {
		read_again(ui, s); /* a second one came, or went, or took its place between two looks */
	}
	return UI_DRAW;
}

static unsigned back_about(struct ui *ui, void *data)
{
	reload(ui, data);
	return UI_DRAW | UI_BARS;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct about_screen *s = data;
	return action != DO_OWN || (!*json_text(s->about, "custodian") && scr_own_offered(ui, json_text(s->about, "status")));
}

static const struct action actions[] = {
	{DO_BEGIN, UI_KEY_ENTER, "办理", "Begin", "介质业务", "Key", "办理选中的业务；不能办的，下面说明原因", "Begin the chosen business; what can't be done says why below", ACTION_FIRST},
	{DO_OWN, 'x', "CA 主动办理", "CA's own", NULL, NULL, "CA 主动吊销、暂停、恢复（两人）", "Revoke, suspend or resume it on the CA's own ground (two persons)", ACTION_NEEDS(MAY_CERT_OWN)},
	{DO_AGAIN, UI_KEY_F(5), "重新读卡", "Read again", NULL, NULL, "重新读取介质和证书", "Read the key and its certificate again", 0},
	{0},
};

const struct screen_class scr_about = {.zh = "介质业务",
	.en = "Key",
	.actions = actions,
	.open = open_about,
	.draw = draw_about,
	.handle = handle_about,
	.back = back_about,
	.close = close_about,
	.token = token_about,
	.offered = offered};

/* A key without a certificate of ours is only told of. */
static void tell(struct ui *ui, const char *serial)
{
	json_t *key = NULL;
	if (keys_info(app_desk(ui), serial, &key, NULL) != OK || !*json_text(key, "state"))
		ui_say(ui, tr("介质 %s 已插入：不是本受理点的，里面没有本受理点签发的证书", "Key %s is in: not one of ours, no certificate issued here on it"), serial);
	else if (strcmp(json_text(key, "state"), "in-stock") != 0 && strcmp(json_text(key, "state"), "reserved") != 0) /* of whom nothing is kept any more */
		ui_say(ui, tr("介质 %s 已插入：%s，没有可以办理的证书", "Key %s is in: %s, no certificate that anything can be done with"), serial, scr_key_state(json_text(key, "state")));
	else
		ui_say(ui, tr("介质 %s 已插入：%s，还没有证书", "Key %s is in: %s, no certificate yet"), serial, scr_key_state(json_text(key, "state")));
	json_decref(key);
}

static void open_key(struct ui *ui, const char *serial, const char *visit)
{
	const struct about_arg arg = {.key = serial, .visit = visit};
	struct error e = {0};
	json_t *about = NULL;
	char why[700];
	enum err rc = about_key(app_desk(ui), serial, &about, &e);
	json_decref(about);
	if (rc == OK)
		ui_push(ui, &scr_about, (void *)&arg);
	else if (rc == ERR_DESK_KEY_FOREIGN)
		tell(ui, serial);
	else if (rc == ERR_DESK_STAFF_KEY)
		ui_say(ui, tr("介质 %s 已插入：是人员自己的", "Key %s is in: a member of staff's own"), serial);
	else if (rc == ERR_DESK_CERT_ELSEWHERE || rc == ERR_DESK_CERT_ELSEWHERE_DOWN) {
		if (scr_fetch(ui, serial, NULL, &e))
			ui_push(ui, &scr_about, (void *)&arg);
	}
	else
		ui_warn(ui, "%s", error_sentence(&e, why, sizeof why));
}

unsigned scr_about_token(struct ui *ui, void *data, const char *serial, bool in)
{
	(void)data;
	if (!in || !app_may(ui, MAY_CERT_VIEW))
		return UI_NONE;
	ui_hint(ui, ROLE_NORMAL, NULL); /* what was said of the last one */
	open_key(ui, serial, NULL);
	return UI_DRAW;
}

void scr_about_inserted(struct ui *ui, const char *visit)
{
	struct token_info *list = NULL;
	size_t n = 0;
	struct error e = {0};
	if (customer_keys(app_desk(ui), &list, &n, &e) != OK)
		ui_fail(ui, &e);
	else if (n == 0)
		ui_warn(ui, "%s", tr("还没有插入介质。插入客户的介质后会自动打开", "No key is in. It opens by itself when the customer's is put in"));
	else
		open_key(ui, list[0].serial, visit);
	free(list);
}
