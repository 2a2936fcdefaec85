/* 工作台: on the left what there is to do, by status; on the right the orders of the chosen line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "desk/print.h"
#include "desk/review.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

enum {
	O = ROLE_OPERATOR,
	R = ROLE_REVIEWER,
	I = ROLE_ISSUER,
	M = ROLE_MANAGER,
	A = ROLE_ADMIN,
	U = ROLE_AUDITOR,
	ORDERS = O | R | I | M | U
};
enum { FROM_DRAFTS = 1, FROM_QUEUE, FROM_STATUS, FROM_SCREEN };
enum { PAGE = 100, SIDE = 17, LINES_MOST = 24, AGAIN_SECONDS = 15, SOON_SECONDS = 1 };

/* What can stand on the left. Whose `first` has one of the actor's roles comes first, then the others whose `who` has. */
static const struct line {
	const char *status;
	int from;
	unsigned first, who;
	const char *zh, *en;
	const struct screen_class *class;
} lines[] = {
	{"draft returned", FROM_DRAFTS, O, ORDERS, "继续办理", "To go on", NULL},
	{"returned", FROM_DRAFTS, O, ORDERS, "退回补正", "Returned", NULL},
	{"in-review", FROM_QUEUE, R, ORDERS, "待审核", "To review", NULL},
	{"awaiting-payment", FROM_STATUS, O, ORDERS, "待支付", "To pay", NULL},
	{"approved", FROM_STATUS, I, ORDERS, "待制证", "To issue", NULL},
	{"to-unlock", FROM_STATUS, I, ORDERS, "待解锁", "To unlock", NULL},
	{"issuing", FROM_STATUS, I, ORDERS, "制证中", "Issuing", NULL},
	{"issued", FROM_STATUS, O, ORDERS, "待领取", "To hand over", NULL},
	{"to-mail", FROM_STATUS, O, ORDERS, "待寄出", "To mail", NULL},
	{"bank-pins", FROM_SCREEN, I, I | M, "密码待送银行", "PINs for bank", &scr_pinlist},
	{"visits", FROM_SCREEN, O, ORDERS, "来访", "Visits", &scr_visits},
	{"report", FROM_SCREEN, M | U, M | U, "日报与报表", "Reports", &scr_report},
	{"day", FROM_SCREEN, M, M | U, "日结", "Day's end", &scr_day},
	{"till", FROM_SCREEN, O, O | M | U, "班次与钱箱", "Shifts", &scr_till},
	{"invoices", FROM_SCREEN, M, O | M | U, "发票", "Invoices", &scr_invoices},
	{"refunds", FROM_SCREEN, M, M | O | U, "退款与认领", "Refunds", &scr_refunds},
	{"done", FROM_STATUS, 0, ORDERS, "已完成", "Done", NULL},
	{"rejected", FROM_STATUS, 0, ORDERS, "不予受理", "Rejected", NULL},
	{"cancelled", FROM_STATUS, 0, ORDERS, "已取消", "Cancelled", NULL},
	{"audit", FROM_SCREEN, U, M | U, "审计校验", "Audit", &scr_audit},
	{"keys", FROM_SCREEN, I, ORDERS, "介质库存", "Key stock", &scr_keys},
	{"certs", FROM_SCREEN, U, ORDERS, "证书", "Certificates", &scr_certs},
	{"staff", FROM_SCREEN, A, A | U, "人员", "Staff", &scr_staff},
};

struct desk_screen {
	const struct line *lines[LINES_MOST];
	size_t count, line, top; /* top: the first one shown */
	json_t *counts;
	struct table table;
	int64_t read_at, others; /* when, and what store_others said then */
	bool right;     /* the orders have the focus */
	bool stale;     /* rows are to be read before the next drawing */
	bool more;      /* older ones can be read */
	char text[200]; /* searched for, "" */
	size_t imported; /* drafts that a list has just become */
};

static enum role row_role(const json_t *row)
{
	if (json_flag(row, "late"))
		return ROLE_ERROR;
	return json_flag(row, "waiting") ? ROLE_WARN : ROLE_NORMAL;
}

/* As the columns below are: which of them a narrow screen has room for depends on what is listed. */
enum {
	COLUMN_SITE = 2,
	COLUMN_BUSINESS = 4,
	COLUMN_STATUS,
	COLUMN_DUE,
	COLUMN_WAITS = 8,
	NARROW_AWAY = 100,
	ALWAYS_AWAY = 10000
};
static const struct table_column columns[] = {
	{"订单号", "Order", "order", 21, NARROW_AWAY, AS_TEXT, NULL},
	{"订单号", "Order", "order", 12, -NARROW_AWAY, AS_TEXT, scr_order_short}, /* names need the room */
	{"受理点", "Site", "site", 9, 0, AS_TEXT, NULL},
	{"名称", "Name", "name", 0, 0, AS_TEXT, NULL},
	{"业务", "Business", "business_title", 4, 0, AS_TEXT, scr_brief},
	{"状态", "Status", "status_title", 8, 0, AS_TEXT, scr_brief},
	{"期限", "Due", "due_at", 7, 0, AS_DUE, NULL},
	{"金额", "Amount", "amount", 9, 110, AS_MONEY, NULL},
	{"等候", "Waits", "waits", 6, 100, AS_TEXT, NULL},
	{"分钟", "Min", "minutes", 5, 150, AS_NUMBER, NULL},
	{"经手人", "By", "staff", 8, 120, AS_TEXT, NULL},
	{"领取人", "Claimed", "claimed_by", 8, 150, AS_TEXT, NULL},
	{"时间", "Time", "when", 16, 100, AS_TIME, NULL},
	{0},
};

static const struct line *line_now(const struct desk_screen *s)
{
	return s->count ? s->lines[s->line] : NULL;
}

static void collect_lines(struct ui *ui, struct desk_screen *s)
{
	size_t n = sizeof lines / sizeof *lines;
	for (size_t i = 0; i < n; i++)
		if (app_is(ui, lines[i].first))
			s->lines[s->count++] = &lines[i];
	for (size_t i = 0; i < n; i++)
		if (!app_is(ui, lines[i].first) && app_is(ui, lines[i].who))
			s->lines[s->count++] = &lines[i];
}

/* Who waits at the desk: for how long, where that is known. Another site's order says here too that it is late: a narrow screen
 * has no room for its day beside its site. */
static json_t *waits_text(const json_t *row)
{
	char text[40] = "";
	const char *late = json_flag(row, "late") && *json_text(row, "site") ? "!" : "";
	long long minutes = (long long)json_number(row, "minutes");
	if (!json_flag(row, "waiting"))
		return json_string(*late ? tr("!逾期", "!late") : "");
	if (!json_object_get(row, "minutes"))
		return json_string(tr("是", "yes"));
	if (minutes > 99 * 60)
		snprintf(text, sizeof text, "%s%s", late, tr("很久", "long"));
	else if (minutes > 99)
		snprintf(text, sizeof text, tr("%s%lld小时", "%s%lldh"), late, minutes / 60);
	else
		snprintf(text, sizeof text, tr("%s%lld分", "%s%lldm"), late, minutes);
	return json_string(text);
}

/* One column for the time, whatever the list calls it; and a draft that has no name yet says so. */
static void name_all(json_t *rows)
{
	static const char *const names[] = {"submitted_at", "touched_at", "created_at"};
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row) {
		json_object_set_new(row, "waits", waits_text(row));
		for (size_t k = 0; k < sizeof names / sizeof *names && !json_object_get(row, "when"); k++)
			if (json_is_string(json_object_get(row, names[k])))
				json_object_set(row, "when", json_object_get(row, names[k]));
		if (json_flag(row, "alarm")) {
			char name[400];
			snprintf(name, sizeof name, "%s%.300s", tr("【吊销超24小时】", "[late revocation] "), json_text(row, "name"));
			json_object_set_new(row, "name", json_string(name));
		}
		if (!*json_text(row, "name"))
			json_object_set_new(row, "name", json_string(status_is_draft(json_text(row, "status")) ? tr("（还没有名称）", "(no name yet)") : scr_destroyed()));
	}
}

/* `status`: one, or several with spaces between them. */
static void keep_status(json_t *rows, const char *status)
{
	for (size_t i = json_array_size(rows); i-- > 0;)
		if (!text_has_word(status, json_text(json_array_get(rows, i), "status")))
			json_array_remove(rows, i);
}

/* An approved unlock waits for the key and its customer, and nothing is made; what was made is handed over or mailed. */
static void filter_line(json_t *filter, const struct line *line)
{
	bool unlock = strcmp(line->status, "to-unlock") == 0, issue = strcmp(line->status, "approved") == 0;
	bool mail = strcmp(line->status, "to-mail") == 0, hand_over = strcmp(line->status, "issued") == 0;
	json_object_set_new(filter, "status", json_string(unlock ? "approved" : mail ? "issued" : line->status));
	if (mail || hand_over)
		json_object_set_new(filter, "delivery", json_string(mail ? "mail" : "counter"));
	if (unlock || issue)
		json_object_set_new(filter, "business", json_string(unlock ? "unlock" : "!unlock"));
}

static enum err read_page(struct ui *ui, struct desk_screen *s, json_t **out, struct error *e)
{
	struct desk *d = app_desk(ui);
	const struct line *line = line_now(s);
	size_t have = json_array_size(s->table.rows);
	*out = NULL;
	if (!*s->text && line->from == FROM_DRAFTS) {
		enum err rc = draft_list(d, out, e);
		if (rc == OK)
			keep_status(*out, line->status);
		return rc;
	}
	if (!*s->text && line->from == FROM_QUEUE && app_may(ui, MAY_REVIEW))
		return review_list(d, out, e);
	bool queue = !*s->text && !status_ended(line->status);
	json_t *filter = json_pack("{si}", "limit", PAGE);
	if (*s->text)
		json_object_set_new(filter, "text", json_string(s->text));
	else
		filter_line(filter, line);
	if (queue) {
		json_object_set_new(filter, "queue", json_true());
		json_object_set_new(filter, "skip", json_integer((json_int_t)have));
	} else if (have > 0)
		json_object_set(filter, "before", json_object_get(json_array_get(s->table.rows, have - 1), "id"));
	enum err rc = order_list(d, filter, out, e);
	s->more = json_array_size(*out) >= PAGE; /* the drafts come besides */
	json_decref(filter);
	return rc;
}

static void read_more(struct ui *ui, struct desk_screen *s)
{
	struct error e = {0};
	json_t *rows = NULL;
	s->more = false;
	if (read_page(ui, s, &rows, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	name_all(rows);
	table_add(&s->table, rows);
}

static void read_all(struct ui *ui, struct desk_screen *s)
{
	size_t selected = s->table.list.selected, i;
	const struct line *line = line_now(s);
	const json_t *row;
	char no[ORDER_NO_SIZE]; /* the selection follows its order, whatever came before it */
	text_copy(no, sizeof no, s->right || selected > 0 ? table_text(&s->table, "order") : ""); /* one that somebody chose */
	s->stale = false;
	s->read_at = ui_now(ui);
	s->others = store_others(app_desk(ui)->store);
	if (!line)
		return;
	if (app_may(ui, MAY_ORDER_VIEW)) {
		json_decref(s->counts);
		s->counts = NULL;
		order_counts(app_desk(ui), &s->counts, NULL);
	}
	table_set(&s->table, NULL);
	if (*s->text || line->from != FROM_SCREEN)
		read_more(ui, s);
	while (s->more && selected >= s->table.list.count)
		read_more(ui, s);
	list_select(&s->table.list, selected);
	json_array_foreach(s->table.rows, i, row)
		if (*no && strcmp(json_text(row, "order"), no) == 0)
			list_select(&s->table.list, i);
}

static enum err open_desk(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct desk_screen *s = calloc(1, sizeof *s);
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "这里没有订单", "no orders here");
	s->table.role = row_role;
	collect_lines(ui, s);
	s->stale = true;
	*data = s;
	return OK;
}

static void close_desk(struct ui *ui, void *data)
{
	struct desk_screen *s = data;
	(void)ui;
	table_end(&s->table);
	json_decref(s->counts);
	free(s);
}

/* How many orders a line holds, or -1 where nothing is counted. */
static long long count_of(const struct desk_screen *s, const struct line *line)
{
	long long n = -1;
	const char *status;
	json_t *value;
	json_object_foreach(s->counts, status, value)
		if (text_has_word(line->status, status))
			n = (n < 0 ? 0 : n) + (long long)json_integer_value(value);
	return n;
}

/* With more lines than rows the chosen one is kept in sight. */
static void draw_lines(struct desk_screen *s, const struct pane *p)
{
	char text[120];
	size_t rows = p->rows > 1 ? (size_t)p->rows - 1 : 1;
	s->top = s->line < rows ? 0 : s->line - rows + 1;
	for (size_t i = s->top; i < s->count; i++) {
		int row = (int)(i - s->top) + 1;
		const struct line *line = s->lines[i];
		enum role role = i != s->line || *s->text ? ROLE_NORMAL : s->right ? ROLE_STRONG : ROLE_SELECTED;
		long long n = count_of(s, line);
		pane_cell(p, row, 0, p->columns - 4, role, tr(line->zh, line->en), false);
		snprintf(text, sizeof text, "%lld", n);
		if (n < 0 || n > 9999)
			text_copy(text, sizeof text, n < 0 ? "" : tr("很多", "many"));
		pane_cell(p, row, p->columns - 4, 4, n > 0 && role == ROLE_NORMAL ? ROLE_STRONG : role, text, true);
	}
	if (!s->right)
		pane_cursor(p, (int)(s->line - s->top) + 1, 0);
}

/* A line of one status needs no column for it; what was found, and what is to go on, does rather than when it is due. */
static void choose_columns(struct desk_screen *s, const struct line *line)
{
	bool mixed = *s->text || (line && strchr(line->status, ' '));
	bool sites = false, timed = false, due = false;
	size_t waiting = 0;
	const json_t *row;
	size_t i;
	json_array_foreach(s->table.rows, i, row) {
		sites = sites || *json_text(row, "site");
		timed = timed || (json_object_get(row, "minutes") && *json_text(row, "waits"));
		due = due || *json_text(row, "due_at");
		waiting += *json_text(row, "waits") != '\0';
	}
	/* for how long, where that is known; else only where it tells one from another */
	bool waits = timed || (!mixed && waiting > 0 && waiting < i);
	/* other sites' orders: whose they are, and who waits there, go before what they are for */
	s->table.heads[COLUMN_SITE].from = sites ? 0 : ALWAYS_AWAY;
	s->table.heads[COLUMN_WAITS].from = waits ? 0 : NARROW_AWAY;
	s->table.heads[COLUMN_BUSINESS].from = sites && waits ? NARROW_AWAY : 0;
	s->table.heads[COLUMN_BUSINESS].width = lang_now() == LANG_EN ? SCR_BRIEF - 1 : 4;
	s->table.heads[COLUMN_STATUS].width = lang_now() == LANG_EN ? SCR_BRIEF : 8;
	s->table.heads[COLUMN_STATUS].from = mixed ? 0 : NARROW_AWAY;
	s->table.heads[COLUMN_DUE].from = mixed || !due || (sites && waits) ? NARROW_AWAY : 0;
}

static void draw_desk(struct ui *ui, void *data, struct pane *pane)
{
	struct desk_screen *s = data;
	const struct line *line = line_now(s);
	struct pane side = pane_part(pane, 0, 0, pane->rows, SIDE);
	struct pane main = pane_part(pane, 0, SIDE + 1, pane->rows, pane->columns - SIDE - 1);
	struct pane below = pane_part(&main, 1, 0, main.rows - 1, main.columns);
	char title[300];
	ui_typing(ui, false, TERM_INPUT_LATIN);
	if (s->stale)
		read_all(ui, s);
	if (*s->text)
		snprintf(title, sizeof title, tr("查询：%s（Esc 清除）", "Found: %s (Esc clears)"), s->text);
	else
		snprintf(title, sizeof title, "%s%s", line ? tr(line->zh, line->en) : "",
			line && strcmp(line->status, "to-mail") == 0 && app_may(ui, MAY_PRINT) ? tr("（p 打印交寄清单）", " (p prints the courier list)") : "");
	pane_line(&side, 0, tr("待办", "To do"));
	pane_line(&main, 0, title);
	if (!line || (line->from == FROM_SCREEN && !*s->text))
		pane_wrapped(&below, 1, 1, below.columns - 2, 3, ROLE_HINT, tr("按回车打开", "Press Enter to open"));
	else {
		choose_columns(s, line);
		list_draw(&s->table.list, &below);
	}
	draw_lines(s, &side); /* after the list: the cursor stands where the focus is */
	if (s->top > 0)
		pane_text(pane, 1, SIDE, ROLE_HINT, "▲");
	if (s->count - s->top > (size_t)(side.rows - 1))
		pane_text(pane, side.rows - 1, SIDE, ROLE_HINT, "▼");
}

static void search(struct ui *ui, struct desk_screen *s)
{
	struct dialog_ask ask = {.title = tr("查询订单", "Search"),
		.text = tr("订单号（或末几位）、单位或个人名称、证件号码、介质序列号", "Order (or its last digits), name, number, key serial"),
		.label = tr("查询", "Search"),
		.limit = 60,
		.may_be_empty = true,
		.input = TERM_INPUT_ANY};
	char text[sizeof s->text] = "";
	if (!dialog_ask(ui, &ask, text, sizeof text))
		return;
	text_copy(s->text, sizeof s->text, text);
	table_set(&s->table, NULL);
	read_all(ui, s);
	s->right = s->table.list.count > 0;
	if (*text && !s->right)
		ui_warn(ui, strlen(text) < 6 && strspn(text, "0123456789") == strlen(text)
				? tr("今天没有“%s”号订单。以前的请加日期，如 261126-00134；F3 再查，Esc 回到列表", "No order %s of today. An earlier one wants its date, as 261126-00134; F3 again, Esc leads back")
				: tr("没有找到“%s”。核对后按 F3 再查，Esc 回到列表", "Nothing found for \"%s\". Check it and press F3 again; Esc leads back"), text);
}

/* Opens the order; where the next step is this person's usual work, that at once. */
static void open_order(struct ui *ui, const char *order)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, order);
	json_t *shown = *no ? app_order(ui, no) : NULL;
	if (!shown)
		return;
	scr_open_order(ui, shown, false, strcmp(json_text(shown, "status"), "draft") == 0);
	json_decref(shown);
}

/* To the orders, where there are any: true where that is where one is then. */
static bool go_right(struct ui *ui, struct desk_screen *s)
{
	if (s->stale) /* typed ahead of the drawing that would have read it */
		read_all(ui, s);
	return s->right = s->table.list.count > 0;
}

static unsigned choose_line(struct ui *ui, struct desk_screen *s)
{
	const struct line *line = line_now(s);
	if (line && line->from == FROM_SCREEN)
		ui_push(ui, line->class, NULL);
	else if (!go_right(ui, s))
		ui_say(ui, "%s", app_may(ui, MAY_ORDER_NEW)
			? tr("这里没有订单。F2 单位新办，F4 个人新办，F3 查询", "No orders here. F2 and F4 begin one, F3 searches")
			: tr("这里没有订单。F3 查询", "No orders here. F3 searches"));
	return UI_DRAW;
}

static unsigned handle_side(struct ui *ui, struct desk_screen *s, const struct event *event)
{
	size_t line = s->line;
	if (event->kind != EVENT_KEY && event->kind != EVENT_WHEEL)
		return UI_PASS;
	switch (event->key) {
	case UI_KEY_UP: line -= line > 0; break;
	case UI_KEY_DOWN: line += line + 1 < s->count; break;
	case UI_KEY_HOME: line = 0; break;
	case UI_KEY_END: line = s->count ? s->count - 1 : 0; break;
	case UI_KEY_ENTER: return choose_line(ui, s);
	default: return UI_PASS;
	}
	if (line != s->line || *s->text) {
		s->line = line;
		s->text[0] = '\0';
		table_set(&s->table, NULL);
		s->table.list.selected = s->table.list.top = 0;
		s->stale = true;
	}
	return UI_DRAW;
}

static unsigned handle_orders(struct ui *ui, struct desk_screen *s, const struct event *event)
{
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN:
		open_order(ui, table_text(&s->table, "order"));
		return UI_DRAW;
	case LIST_MOVED:
		if (s->more && s->table.list.selected + 10 > s->table.list.count)
			read_more(ui, s);
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

enum { DO_NEW = 1, DO_NEW_PERSON, DO_IMPORT, DO_SEARCH, DO_AGAIN, DO_KEY, DO_QUERY, DO_PRINT, DO_SWITCH, DO_LEAVE };

static unsigned leave(struct ui *ui, struct desk_screen *s, const struct event *event)
{
	if (*s->text && event->key == UI_KEY_ESC) {
		s->text[0] = '\0';
		s->stale = true;
		s->right = false;
	} else if (s->right && event->key == UI_KEY_ESC) {
		s->right = false;
	} else if (event->key == UI_KEY_F(10) &&
		dialog_yes(ui, tr("退出登录", "Log out"), tr("结束登录，回到登录屏？", "End the session?"))) {
		ui_pop(ui);
		return UI_DRAW | UI_BARS;
	}
	return UI_DRAW;
}

/* False where it is none of the actions. */
static bool act(struct ui *ui, struct desk_screen *s, int action)
{
	switch (action) {
	case DO_NEW: scr_form_new(ui, scr_form_name(ui, "new", "unit")); break; /* may outlive this screen */
	case DO_NEW_PERSON: scr_form_new(ui, scr_form_name(ui, "new", "person")); break; /* this too */
	case DO_IMPORT:
		s->imported = 0;
		ui_push(ui, &scr_import, &s->imported);
		break;
	case DO_SEARCH: search(ui, s); break;
	case DO_AGAIN: s->stale = true; break;
	case DO_KEY: scr_about_inserted(ui, NULL); break;
	case DO_QUERY: ui_push(ui, &scr_query, NULL); break;
	case DO_PRINT: scr_print(ui, PRINT_NO_ORDER); break;
	case DO_SWITCH: s->right = !s->right && go_right(ui, s); break;
	default: return false;
	}
	return true;
}

static unsigned handle_desk(struct ui *ui, void *data, const struct event *event)
{
	struct desk_screen *s = data;
	int pane_row = event->row - 1, pane_column = event->column;
	if (act(ui, s, event->action))
		return UI_DRAW;
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_ESC || event->key == UI_KEY_F(10)))
		return leave(ui, s, event);
	if (event->kind == EVENT_CLICK && pane_column < SIDE && pane_row >= 1 && s->top + (size_t)pane_row <= s->count) {
		s->line = s->top + (size_t)pane_row - 1;
		s->right = false;
		s->text[0] = '\0';
		s->stale = true;
		return UI_DRAW;
	}
	if (event->kind == EVENT_CLICK || s->right)
		s->right = true;
	if (event->kind == EVENT_KEY && (event->key == UI_KEY_LEFT || event->key == UI_KEY_RIGHT)) {
		s->right = event->key == UI_KEY_RIGHT && go_right(ui, s);
		return UI_DRAW;
	}
	return s->right ? handle_orders(ui, s, event) : handle_side(ui, s, event);
}

/* What a list has become, to go on with. */
static void show_drafts(struct desk_screen *s)
{
	s->imported = 0;
	s->text[0] = '\0';
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->lines[i]->status, "draft returned") == 0)
			s->line = i;
	table_set(&s->table, NULL);
	s->table.list.selected = s->table.list.top = 0;
	s->right = true;
}

static unsigned back_desk(struct ui *ui, void *data)
{
	struct desk_screen *s = data;
	(void)ui;
	s->stale = true;
	if (s->imported)
		show_drafts(s);
	return UI_DRAW | UI_BARS;
}

/* Others work on the same orders, and decisions come from headquarters: the lists are read again as soon as somebody has written
 * something, and every while for what time does, as long as the newest are shown. */
static unsigned tick_desk(struct ui *ui, void *data)
{
	struct desk_screen *s = data;
	int64_t now = ui_now(ui), seconds = now - s->read_at;
	if (seconds < SOON_SECONDS || s->table.list.count > PAGE || !app_desk(ui)->actor.id ||
	    ((*s->text || seconds < AGAIN_SECONDS) && store_others(app_desk(ui)->store) == s->others))
		return UI_NONE;
	s->stale = true;
	return UI_DRAW;
}

static const struct action actions[] = {
	{DO_NEW, UI_KEY_F(2), "单位新办", "New unit", "订单", "Orders", "单位证书新办：填申请表",
		"A new certificate for a unit: fill in the form", ACTION_FIRST | ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_NEW_PERSON, UI_KEY_F(4), "个人新办", "New person", NULL, NULL, "个人证书新办：填申请表",
		"A new certificate for a person: fill in the form", ACTION_FIRST | ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_IMPORT, UI_KEY_F(8), "名单导入", "List", NULL, NULL, "多人一次办理：从名单（CSV、xlsx）导入草稿",
		"Many at once: drafts from a list (CSV, xlsx)", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_SEARCH, UI_KEY_F(3), "查询", "Search", NULL, NULL, "按订单号、名称、证件号码或介质查询",
		"By number, name or key", ACTION_FIRST | ACTION_NEEDS(MAY_ORDER_VIEW)},
	{DO_KEY, UI_KEY_F(6), "介质", "Key", NULL, NULL, "已插入的介质可以办什么（更新、解锁、变更、补办……）",
		"What can be done with the key that is in", ACTION_FIRST | ACTION_NEEDS(MAY_CERT_VIEW)},
	{DO_QUERY, UI_KEY_F(7), "订单查询", "Query", NULL, NULL, "客户凭证件号码和验证码查询订单、继续办理",
		"A customer's orders, by number and a code", ACTION_NEEDS(MAY_QUERY) | ACTION_OR(MAY_QUERY_LOOK)},
	{DO_PRINT, 'p', "打印", "Print", NULL, NULL, "当日交寄清单、空白表", "The day's courier list, blank forms", ACTION_NEEDS(MAY_PRINT)},
	{DO_AGAIN, UI_KEY_F(5), "刷新", "Refresh", NULL, NULL, "重新读取列表", "Read the lists again", 0},
	{DO_SWITCH, UI_KEY_TAB, "切换", "Switch", NULL, NULL, "在待办和订单之间切换（也可用 ← →）",
		"Between the two panes", 0},
	{DO_LEAVE, UI_KEY_F(10), "退出", "Log out", NULL, NULL, "结束登录", "End the session", ACTION_FIRST},
	{0},
};

const struct screen_class scr_desk = {.zh = "工作台",
	.en = "Desk",
	.actions = actions,
	.open = open_desk,
	.draw = draw_desk,
	.handle = handle_desk,
	.tick = tick_desk,
	.back = back_desk,
	.close = close_desk,
	.token = scr_about_token};
