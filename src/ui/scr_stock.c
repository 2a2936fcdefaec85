#include "ui/scr_stock.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/stock.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"

/* The two sides of the balance, as the rule has them. */
static const struct figure {
	const char *key, *zh, *en;
} ins[] = {{"opening", "期初", "opening"}, {"received", "入库", "received"}, {"transferred_in", "调入", "in"}, {"returned", "收回", "returned"}},
  outs[] = {{"handed_over", "领取", "handed over"}, {"mailed", "寄出", "mailed"}, {"transferred_out", "调出", "out"},
	  {"spoiled", "报损", "spoiled"}, {"made", "已制未领", "made"}, {"remaining", "结存", "left"}};

static void add_side(struct bytes *text, const struct figure *figures, size_t count, const json_t *line)
{
	for (size_t i = 0; i < count; i++)
		bytes_format(text, "%s%s %lld", i ? " + " : "", tr(figures[i].zh, figures[i].en), (long long)json_number(line, figures[i].key));
}

static void add_line(struct bytes *text, const char *title, const json_t *line)
{
	long long difference = (long long)json_number(line, "difference");
	bytes_format(text, "%s · %s\n  ", title, scr_medium(json_text(line, "medium")));
	add_side(text, ins, sizeof ins / sizeof *ins, line);
	bytes_text(text, "\n= ");
	add_side(text, outs, sizeof outs / sizeof *outs, line);
	if (difference || *json_text(line, "reason"))
		bytes_format(text, tr("\n  差额 %lld：%s", "\n  difference %lld: %s"), difference, json_text(line, "reason"));
	bytes_text(text, "\n\n");
}

static void show(struct ui *ui, const json_t *balance)
{
	struct bytes text = {0};
	const json_t *line;
	size_t i;
	char title[100];
	json_array_foreach(json_object_get(balance, "drawers"), i, line) {
		snprintf(title, sizeof title, tr("抽屉 %s", "Drawer %s"), json_text(line, "drawer"));
		add_line(&text, title, line);
	}
	json_array_foreach(json_object_get(balance, "point"), i, line)
		add_line(&text, tr("全受理点", "The whole point"), line);
	if (json_array_size(json_object_get(balance, "drawers")) == 0)
		bytes_text(&text, tr("这一天没有介质", "There were no keys on this day"));
	snprintf(title, sizeof title, tr("库存平衡 %s：%s", "Balance of %s: %s"), json_text(balance, "date"),
		json_flag(balance, "balanced") ? tr("相符", "right") : tr("有差额", "it differs"));
	dialog_text(ui, title, text.data ? (char *)text.data : "", NULL);
	bytes_free(&text);
}

void stock_show_balance(struct ui *ui)
{
	struct dialog_ask ask = {.title = tr("库存平衡", "Balance"), .text = tr("哪一天的（2026-11-22 这样的日期）", "Of which day (as 2026-11-22)"),
		.label = tr("日期", "date"), .limit = 12, .check = "date", .input = TERM_INPUT_LATIN};
	struct error e = {0};
	json_t *balance = NULL;
	char date[44];
	desk_business_date(app_desk(ui), date);
	if (!dialog_ask(ui, &ask, date, sizeof date))
		return;
	if (stock_balance(app_desk(ui), date, NULL, &balance, &e) != OK)
		ui_fail(ui, &e);
	else
		show(ui, balance);
	json_decref(balance);
}

static void add_count(struct bytes *text, const json_t *count)
{
	const json_t *each;
	size_t i;
	char when[SCR_TIME_SIZE];
	bytes_format(text, tr("%s  抽屉 %s  账面 %lld  实盘 %lld  %s  %s\n", "%s  drawer %s  by the book %lld  counted %lld  %s  %s\n"),
		scr_time(json_text(count, "counted_at"), when), json_text(count, "drawer"), (long long)json_number(count, "expected"),
		(long long)json_number(count, "counted"), json_text(count, "staff"), json_text(count, "reason"));
	json_array_foreach(json_object_get(count, "differences"), i, each)
		bytes_format(text, "    %s  %s  %s  %s\n", strcmp(json_text(each, "kind"), "missing") == 0 ? tr("缺少", "missing") : tr("多出", "surplus"),
			json_text(each, "serial"), *json_text(each, "state") ? scr_key_state(json_text(each, "state")) : tr("没有记录", "unknown"),
			json_text(each, "drawer"));
}

void stock_show_counts(struct ui *ui)
{
	struct error e = {0};
	struct bytes text = {0};
	json_t *counts = NULL;
	const json_t *each;
	size_t i;
	if (stock_counts(app_desk(ui), NULL, &counts, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	json_array_foreach(counts, i, each)
		add_count(&text, each);
	dialog_text(ui, tr("盘点记录", "Counts"), text.data ? (char *)text.data : tr("还没有盘点过", "Nothing was counted yet"), NULL);
	bytes_free(&text);
	json_decref(counts);
}
