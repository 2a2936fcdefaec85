#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

static const struct table_column columns[] = {
	{"序号", "No", "seq", 8, 0, AS_NUMBER, NULL},
	{"时间", "Time", "time", 16, 0, AS_TIME, NULL},
	{"操作", "Action", "action_title", 0, 0, AS_TEXT, NULL},
	{"人员", "By", "actor", 14, 0, AS_TEXT, NULL},
	{"第二人", "Second", "second", 14, 100, AS_TEXT, NULL},
	{"工位", "Window", "station", 8, 0, AS_TEXT, NULL},
	{0},
};

static enum err open_history(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct table *t = calloc(1, sizeof *t);
	json_t *rows = NULL;
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(t, columns, "还没有记录：草稿在签名时才记入", "Nothing yet: a draft is journalled when it is signed");
	enum err rc = order_history(app_desk(ui), arg, &rows, e);
	if (rc != OK) {
		free(t);
		return rc;
	}
	table_set(t, rows);
	*data = t;
	return OK;
}

static void close_history(struct ui *ui, void *data)
{
	(void)ui;
	table_end(data);
	free(data);
}

static void draw_history(struct ui *ui, void *data, struct pane *pane)
{
	struct table *t = data;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	list_draw(&t->list, pane);
}

/* What the entry says besides, a line each. */
static void show_facts(struct ui *ui, const struct table *t)
{
	struct bytes text = {0};
	const char *name;
	json_t *value;
	bytes_format(&text, "%s  %s\n", table_text(t, "actor"), table_text(t, "second"));
	json_object_foreach(json_object_get(table_row(t), "facts"), name, value) {
		char *line = json_is_string(value) ? NULL : json_line(value);
		bytes_format(&text, "%s: %s\n", name, line ? line : json_string_value(value));
		free(line);
	}
	dialog_message(ui, table_text(t, "action_title"), text.data ? (const char *)text.data : "");
	bytes_free(&text);
}

static unsigned handle_history(struct ui *ui, void *data, const struct event *event)
{
	struct table *t = data;
	enum list_result result = list_handle(&t->list, event);
	if (result == LIST_CHOSEN)
		show_facts(ui, t);
	return result == LIST_IGNORED ? UI_PASS : UI_DRAW;
}

const struct screen_class scr_history = {.zh = "订单历史", .en = "History", .open = open_history, .draw = draw_history,
	.handle = handle_history, .close = close_history};
