#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "rules/codeword.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

/* "110114-01/op1": the site is the same for all. */
static const char *without_site(const char *who)
{
	const char *slash = strchr(who, '/');
	return slash ? slash + 1 : who;
}

static const struct table_column columns[] = {
	{"序号", "No", "seq", 6, 0, AS_NUMBER, NULL},
	{"时间", "Time", "time", 16, 0, AS_TIME, NULL},
	{"操作", "Action", "action_title", 0, 0, AS_TEXT, NULL},
	{"人员", "By", "actor", 12, 0, AS_TEXT, without_site},
	{"第二人", "Second", "second", 12, 90, AS_TEXT, without_site},
	{"工位", "Window", "station", 6, 0, AS_TEXT, NULL},
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
	bytes_format(&text, "%s  %s%s%s\n", scr_time(table_text(t, "time"), when), table_text(t, "actor"),
		*second ? tr("  当场授权：", "  authorised by ") : "", second);
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

static unsigned handle_history(struct ui *ui, void *data, const struct event *event)
{
	struct table *t = data;
	enum list_result result = list_handle(&t->list, event);
	if (result == LIST_CHOSEN)
		show_facts(ui, t);
	return result == LIST_IGNORED ? UI_PASS : UI_DRAW;
}

const struct screen_class scr_history = {.zh = "订单历史", .en = "History", .open = open_history, .draw = draw_history,
	.handle = handle_history, .close = close_history, .token = scr_about_token};
