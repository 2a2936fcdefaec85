/* 导入对账单: from the payment and from the day's end. */
#include <stdio.h>

#include "base/json.h"
#include "desk/pay.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

static enum err call_import(struct desk *d, struct call *c, struct error *e)
{
	return statement_import(d, c->a, &c->out, e);
}

/* Money that came for orders that may not go on, and why: it waits to be claimed. What the bank took back may have paid for one. */
static void show_troubles(struct ui *ui, const json_t *result)
{
	struct bytes text = {0};
	const json_t *each;
	size_t i;
	char money[SCR_MONEY_SIZE];
	json_array_foreach(json_object_get(result, "refused"), i, each)
		bytes_format(&text, "%s  %s  %s\n  %s\n", json_text(each, "order"), scr_money(json_number(each, "amount"), money),
			json_text(each, "reference"), json_text(each, "why"));
	if (text.length)
		dialog_text(ui, tr("到账，但订单不能继续：待认领", "Come, but the order can't go on: unclaimed"), (const char *)text.data, NULL);
	bytes_free(&text);
	json_array_foreach(json_object_get(result, "taken_back"), i, each)
		bytes_format(&text, "%s  %s  %s\n", scr_money(json_number(each, "amount"), money), json_text(each, "payer_name"), json_text(each, "reference"));
	if (text.length)
		bytes_text(&text, tr("\n银行把这些到账冲回了。请查这些付款人的订单：款不在账上的，作废收款或请主管处理。",
			"\nThe bank has booked these back. Look at the orders of who paid: where the money is gone, void the payment or ask a manager."));
	if (text.length)
		dialog_text(ui, tr("银行冲正", "Taken back by the bank"), (const char *)text.data, NULL);
	bytes_free(&text);
}

bool scr_statement(struct ui *ui, char told[SCR_TOLD_SIZE])
{
	char path[1700] = "";
	struct call c = {.a = path};
	if (!app_ask_file(ui, tr("导入对账单", "Import a statement"), tr("银行对账单 CSV 文件", "The bank's CSV"), path, sizeof path) ||
		!app_do(ui, call_import, &c))
		return false;
	show_troubles(ui, c.out);
	snprintf(told, SCR_TOLD_SIZE, tr("对账单：%lld 条，新 %lld 条，匹配 %zu 条；还有 %lld 条未匹配", "Statement: %lld entries, %lld new, %zu matched; %lld unmatched in all"),
		(long long)json_number(c.out, "entries"), (long long)json_number(c.out, "new"), json_array_size(json_object_get(c.out, "matched")),
		(long long)json_number(c.out, "unmatched"));
	ui_good(ui, "%s", told);
	json_decref(c.out);
	return true;
}
