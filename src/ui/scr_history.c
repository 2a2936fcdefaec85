#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "desk/staff.h"
#include "rules/codeword.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_table.h"

struct history_screen {
	char no[ORDER_NO_SIZE], name[PAGE_NAME_SIZE];
	struct table table;
};

static const struct table_column columns[] = {
	{"序号", "No", "seq", 6, 0, AS_NUMBER, NULL},
	{"时间", "Time", "time", 16, 0, AS_TIME, NULL},
	{"操作", "Action", "action_title", 0, 0, AS_TEXT, NULL},
	{"人员", "By", "actor_name", 14, 0, AS_TEXT, NULL},
	{"第二人", "Second", "second_name", 14, 90, AS_TEXT, NULL},
	{"工位", "Window", "station", 6, 0, AS_TEXT, NULL},
	{0},
};

/* "110114-01/op1": one of this site's staff by name, as everywhere else; who is of another site, or nobody on the list, as journalled. */
static void name_person(struct desk *d, json_t *row, const char *key, const char *name_key)
{
	const char *who = json_text(row, key), *slash = strchr(who, '/');
	struct staff staff = {0};
	bool ours = slash && strncmp(who, d->site, (size_t)(slash - who)) == 0 && d->site[slash - who] == '\0';
	bool known = ours && staff_named(d, slash + 1, &staff, NULL) == OK;
	json_object_set_new(row, name_key, json_string(known ? staff.name : ours ? slash + 1 : who));
}

static enum err open_history(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct history_screen *s = calloc(1, sizeof *s);
	json_t *rows = NULL, *row;
	size_t i;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	table_start(&s->table, columns, "还没有记录：草稿在签名时才记入", "Nothing yet: a draft is journalled when it is signed");
	enum err rc = order_history(app_desk(ui), s->no, &rows, e);
	if (rc != OK) {
		free(s);
		return rc;
	}
	json_array_foreach(rows, i, row) {
		name_person(app_desk(ui), row, "actor", "actor_name");
		name_person(app_desk(ui), row, "second", "second_name");
	}
	table_set(&s->table, rows);
	json_t *order = app_order(ui, s->no);
	text_copy(s->name, sizeof s->name, json_text(order, "name"));
	json_decref(order);
	*data = s;
	return OK;
}

static void close_history(struct ui *ui, void *data)
{
	struct history_screen *s = data;
	(void)ui;
	table_end(&s->table);
	free(s);
}

static void draw_history(struct ui *ui, void *data, struct pane *pane)
{
	struct history_screen *s = data;
	struct pane below = pane_part(pane, 1, 0, pane->rows - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	page_head(pane, s->no, s->name, "");
	list_draw(&s->table.list, &below);
}

static const char *fact(const char *name, const char *value)
{
	return strcmp(name, "method") == 0                       ? codeword_method(value)
		: strcmp(name, "to") == 0 || strcmp(name, "of") == 0 ? codeword_person(value)
		: strcmp(name, "result") == 0                        ? codeword_result(value)
		: strcmp(name, "reason") == 0                        ? codeword_failure(value)
															 : value;
}

static void format_list(struct bytes *text, const json_t *list)
{
	const json_t *each;
	size_t i;
	json_array_foreach(list, i, each)
		bytes_format(text, "%s%s", i ? tr("、", ", ") : "", json_is_string(each) ? json_string_value(each) : "");
	bytes_format(text, "\n");
}

/* What the entry says besides, a line each. */
static void show_facts(struct ui *ui, const struct table *t)
{
	struct bytes text = {0};
	const char *name, *second = table_text(t, "second");
	char when[SCR_TIME_SIZE], money[SCR_MONEY_SIZE];
	json_t *value;
	bytes_format(&text, "%s  %s %s%s%s %s\n", scr_time(table_text(t, "time"), when), table_text(t, "actor_name"), table_text(t, "actor"),
		*second ? tr("  当场授权：", "  authorised by ") : "", table_text(t, "second_name"), second);
	json_object_foreach(json_object_get(table_row(t), "facts"), name, value) {
		bytes_format(&text, "%s%s", scr_word(WORD_FACT, name), tr("：", ": "));
		if (json_is_boolean(value))
			bytes_format(&text, "%s\n", json_is_true(value) ? tr("是", "yes") : tr("否", "no"));
		else if (json_is_integer(value) && strcmp(name, "amount") == 0)
			bytes_format(&text, "%s\n", scr_money(json_integer_value(value), money));
		else if (json_is_integer(value))
			bytes_format(&text, "%lld\n", (long long)json_integer_value(value));
		else if (json_is_array(value))
			format_list(&text, value);
		else
			bytes_format(&text, "%s\n", fact(name, json_is_string(value) ? json_string_value(value) : ""));
	}
	dialog_message(ui, table_text(t, "action_title"), text.data ? (const char *)text.data : "");
	bytes_free(&text);
}

enum { DO_FACTS = 1 };

static bool offered(struct ui *ui, void *data, int action)
{
	struct history_screen *s = data;
	(void)ui;
	(void)action;
	return s->table.list.count > 0;
}

static unsigned handle_history(struct ui *ui, void *data, const struct event *event)
{
	struct history_screen *s = data;
	enum list_result result = event->action == DO_FACTS ? LIST_CHOSEN : list_handle(&s->table.list, event);
	if (result == LIST_CHOSEN)
		show_facts(ui, &s->table);
	return result == LIST_IGNORED ? UI_PASS : UI_DRAW;
}

static const struct action actions[] = {
	{DO_FACTS, UI_KEY_ENTER, "详情", "Details", "历史", "History", "这一步记下了什么：谁、怎样、理由、金额", "What was recorded of the step: who, how, why, how much",
		ACTION_FIRST},
	{0},
};

const struct screen_class scr_history = {.zh = "订单历史", .en = "History", .actions = actions, .offered = offered, .open = open_history, .draw = draw_history,
	.handle = handle_history, .close = close_history, .token = scr_about_token};
