/* 来访列表: the visits of a business date. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/visit.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

struct visits_screen {
	struct table table;
	char date[11]; /* asked for; "" is the business date of now */
};

static const struct table_column columns[] = {
	{"来访编号", "Visit", "visit", 16, 0, AS_TEXT, NULL},
	{"排队号", "Number", "queue_no", 7, 0, AS_TEXT, NULL},
	{"客户", "Customers", "name", 0, 0, AS_TEXT, NULL},
	{"草稿", "Drafts", "drafts", 6, 0, AS_NUMBER, NULL},
	{"订单", "Orders", "orders", 6, 0, AS_NUMBER, NULL},
	{"未办完", "Open", "unfinished", 6, 0, AS_NUMBER, NULL},
	{"工位", "Window", "station", 6, 100, AS_TEXT, NULL},
	{"来访时间", "Came", "came_at", 16, 100, AS_TIME, NULL},
	{0},
};

static enum err read_visits(struct ui *ui, struct visits_screen *s, struct error *e)
{
	json_t *rows = NULL;
	enum err rc = visit_list(app_desk(ui), *s->date ? s->date : NULL, &rows, e);
	if (rc == OK)
		table_set(&s->table, rows);
	return rc;
}

static void close_visits(struct ui *ui, void *data)
{
	struct visits_screen *s = data;
	(void)ui;
	table_end(&s->table);
	free(s);
}

static enum err open_visits(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct visits_screen *s = calloc(1, sizeof *s);
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "这一天还没有来访。F2 开始一次", "No visit on this day; F2 begins one");
	enum err rc = read_visits(ui, s, e);
	if (rc != OK) {
		close_visits(ui, s);
		return rc;
	}
	*data = s;
	return OK;
}

static void draw_visits(struct ui *ui, void *data, struct pane *pane)
{
	struct visits_screen *s = data;
	struct pane list = pane_part(pane, 1, 0, pane->rows - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_line(pane, 0, *s->date ? s->date : tr("今天的来访", "Today's visits"));
	list_draw(&s->table.list, &list);
}

static unsigned back_visits(struct ui *ui, void *data)
{
	struct error e = {0};
	if (read_visits(ui, data, &e) != OK)
		ui_fail(ui, &e);
	return UI_DRAW | UI_BARS;
}

static enum err call_open(struct desk *d, struct call *c, struct error *e)
{
	return visit_open(d, c->a, c->more, e);
}

static void begin(struct ui *ui)
{
	const struct dialog_ask ask = {.title = tr("开始来访", "Begin a visit"),
		.text = tr("客户的排队号，没有可不填", "The number on the customer's slip; empty where there is none"),
		.label = tr("排队号", "Number"),
		.limit = 16,
		.may_be_empty = true,
		.input = TERM_INPUT_LATIN};
	char queue[100] = "", no[VISIT_NO_SIZE] = "";
	struct call c = {.a = queue, .more = no};
	if (dialog_ask(ui, &ask, queue, sizeof queue) && app_do(ui, call_open, &c))
		ui_push(ui, &scr_visit, no);
}

enum { DO_NEW = 1, DO_DATE };

static unsigned handle_visits(struct ui *ui, void *data, const struct event *event)
{
	struct visits_screen *s = data;
	char no[VISIT_NO_SIZE];
	if (event->action == DO_NEW) {
		begin(ui);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_DATE)
		return scr_ask_date(ui, s->date) ? back_visits(ui, s) : UI_DRAW;
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN:
		text_copy(no, sizeof no, table_text(&s->table, "visit"));
		ui_push(ui, &scr_visit, no);
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static const struct action actions[] = {
	{DO_NEW, UI_KEY_F(2), "开始来访", "Begin", "来访", "Visits", "给客户开始一次来访，几笔业务一并办理", "Begin a visit: several orders together", ACTION_FIRST | ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_DATE, UI_KEY_F(7), "日期", "Date", NULL, NULL, "看另一天的来访", "The visits of another day", 0},
	{0},
};

const struct screen_class scr_visits = {.zh = "来访列表", .en = "Visits", .actions = actions, .open = open_visits, .draw = draw_visits,
	.handle = handle_visits, .back = back_visits, .close = close_visits};
