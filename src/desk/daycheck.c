#include "desk/daycheck.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "rules/transition.h"

static const char *const state_names[] = {[DAY_DONE] = "done", [DAY_WARN] = "warn", [DAY_OPEN] = "open"};

__attribute__((format(printf, 3, 4))) static void found(struct day_finding *f, enum day_state state, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(f->detail, sizeof f->detail, format, ap);
	va_end(ap);
	f->state = state;
}

__attribute__((format(printf, 2, 3))) static void mend(struct day_finding *f, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(f->mend, sizeof f->mend, format, ap);
	va_end(ap);
}

/* Where no day was ever ended, the first one takes all before it along. */
static enum err ever_frozen(struct desk *d, bool *out, struct error *e)
{
	int64_t any = 0;
	enum err r = store_int(d->store, SQL_DAY_IS_FROZEN, 0, &any, e, "t", "");
	*out = any != 0;
	return r;
}

static enum err check_days(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	bool ever = false;
	enum err r = store_row(d->store, SQL_DAY_FIRST_OPEN, &row, e, "t", date);
	if (!r)
		r = ever_frozen(d, &ever, e);
	const char *first = json_text(row, "first");
	if (!r && !*first)
		found(f, DAY_DONE, "%s", tr("之前各日均已日结", "every day before is closed"));
	else if (!r && !ever) {
		found(f, DAY_WARN, tr("首次日结：自 %s 起的各日一并冻结", "the first day's end: all days from %s on are frozen with it"), first);
		mend(f, "%s", tr("核对以前各日的账后再日结", "look through the days before, then close"));
	} else if (!r) {
		found(f, DAY_OPEN, tr("%s 还没有日结", "%s isn't closed yet"), first);
		mend(f, tr("先日结这一天：day close --date %s", "close that day first: day close --date %s"), first);
	}
	json_decref(row);
	return r;
}

static enum err check_orders(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i, n = 0;
	enum err r = store_rows(d->store, SQL_DAY_ORDERS_UNFINISHED, &rows, e, "t", date);
	json_array_foreach(rows, i, row)
		if (n < sizeof f->detail)
			n += (size_t)snprintf(f->detail + n, sizeof f->detail - n, "%s%s %lld", n ? tr("，", ", ") : "", status_title(json_text(row, "status")),
			                      (long long)json_number(row, "n"));
	f->state = n ? DAY_WARN : DAY_DONE;
	if (n)
		mend(f, "%s", tr("不影响日结；能办完的先办完，其余留到次日", "doesn't keep the day from ending; finish what can be finished"));
	else
		found(f, DAY_DONE, "%s", tr("当日订单都已办完", "the day's orders are all finished"));
	json_decref(rows);
	return r;
}

static enum err check_shifts(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *rows = NULL;
	bool ever = false;
	enum err r = ever_frozen(d, &ever, e);
	if (!r)
		r = store_rows(d->store, SQL_DAY_SHIFTS_OPEN, &rows, e, "tt", date, ever ? "" : date);
	const json_t *first = json_array_get(rows, 0);
	const char *station = json_text(first, "station"), *of = json_text(first, "date");
	if (!r && !first)
		found(f, DAY_DONE, "%s", tr("没有开着的班次", "no shift is open"));
	else if (!r) {
		found(f, DAY_OPEN, tr("还有 %zu 个班次开着：工位 %s，%s，%s", "shifts open: %zu; window %s, %s, %s"), json_array_size(rows), station,
		      json_text(first, "staff"), of);
		mend(f, tr("在“班次与钱箱”点款并关班（till count、till close，--station %s --date %s）",
		           "count and close them (till count, till close, --station %s --date %s)"), station, of);
	}
	json_decref(rows);
	return r;
}

/* A difference with its sign; none is 0, and not +0. */
static void signed_money(int64_t fen, char out[MONEY_TEXT_SIZE + 1])
{
	out[0] = '+';
	money_text(fen, out + (fen > 0));
}

static enum err check_cash(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	char cash[MONEY_TEXT_SIZE + 1], pos[MONEY_TEXT_SIZE + 1];
	enum err r = store_row(d->store, SQL_DAY_CASH, &row, e, "t", date);
	long long cheques = json_number(row, "cheques");
	signed_money(json_number(row, "cash"), cash);
	signed_money(json_number(row, "pos"), pos);
	if (json_number(row, "loose")) {
		found(f, DAY_OPEN, tr("有 %lld 笔现金、POS 或支票不在任何班次里", "%lld payments by cash, POS or cheque are in no shift"),
		      (long long)json_number(row, "loose"));
		mend(f, "%s", tr("请联系系统管理员核对这些收款", "have an administrator look at these payments"));
	} else if (json_number(row, "open")) {
		found(f, DAY_OPEN, "%s", tr("有班次还没有点款交账", "there are shifts that weren't counted and closed"));
		mend(f, "%s", tr("先点款关班", "count and close them first"));
	} else if (json_number(row, "differing")) {
		found(f, DAY_WARN, tr("差异已说明：现金 %s，POS %s，支票 %s%lld 张", "differences, explained: cash %s, POS %s, cheques %s%lld"), cash, pos,
		      cheques > 0 ? "+" : "", cheques);
		mend(f, "%s", tr("请主管核对说明后再日结", "read the explanations before you close"));
	} else
		found(f, DAY_DONE, tr("%lld 个班次，账款相符", "%lld shifts, all as expected"), (long long)json_number(row, "shifts"));
	json_decref(row);
	return r;
}

static enum err expect_row(struct desk *d, enum sql q, const char *date, struct day_expected *out, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, q, &row, e, "t", date);
	*out = (struct day_expected){json_number(row, "expected"), json_number(row, "events")};
	json_decref(row);
	return r;
}

static enum err expect_pos(struct desk *d, const char *date, struct day_expected *out, struct error *e)
{
	return expect_row(d, SQL_DAY_POS, date, out, e);
}

/* What a manager said of the item last: true where it settles it. A figure settles only what it was read off for. */
static enum err said(struct desk *d, const char *date, const char *item, const struct day_expected *now, bool *settled,
                     struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_DAY_ITEM_GET, &row, e, "tt", date, item);
	const char *reason = json_text(row, "reason");
	char apart[MONEY_TEXT_SIZE + 1];
	bool waived = strcmp(json_text(row, "state"), "waived") == 0;
	int64_t difference = json_number(row, "figure") - json_number(row, "expected");
	signed_money(difference, apart);
	*settled = !r && row &&
	           (waived || (now && json_number(row, "events") == now->events && json_number(row, "expected") == now->figure));
	if (*settled && waived)
		found(f, DAY_WARN, tr("免核对：%s", "done without: %s"), reason);
	else if (*settled && difference)
		found(f, DAY_WARN, tr("已核对，相差 %s：%s", "confirmed, %s apart: %s"), apart, reason);
	else if (*settled)
		found(f, DAY_DONE, "%s", tr("已核对，相符", "confirmed, as expected"));
	json_decref(row);
	return r;
}

static enum err check_pos(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	struct day_expected now;
	char money[MONEY_TEXT_SIZE];
	bool settled = false;
	enum err r = expect_pos(d, date, &now, e);
	if (!r)
		r = said(d, date, "pos", &now, &settled, f, e);
	if (r || settled)
		return r;
	money_text(now.figure, money);
	if (!now.events)
		found(f, DAY_DONE, "%s", tr("当日没有 POS 收款", "no money by POS"));
	else {
		found(f, DAY_OPEN, tr("POS 应为 %s，还没有与 POS 机结算单核对", "POS should be %s, not confirmed by the terminal's settlement"), money);
		mend(f, "%s", tr("打印 POS 机结算单，录入合计（day confirm pos --figure 分）",
		                 "print the terminal's settlement and key in its total (day confirm pos --figure FEN)"));
	}
	return r;
}

static enum err check_statement(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	int64_t begin = 0;
	bool settled = false;
	civil_parse_date(date, &begin);
	enum err r = said(d, date, "statement", NULL, &settled, f, e);
	if (r || settled || (r = store_row(d->store, SQL_DAY_STATEMENT, &row, e, "ti", date, begin)))
		return r;
	long long waiting = (long long)json_number(row, "waiting"), unmatched = (long long)json_number(row, "unmatched");
	if (!json_number(row, "imported") && !json_number(row, "booked")) {
		found(f, DAY_OPEN, tr("还没有导入当日的银行对账单；待核实转账 %lld 笔", "the day's bank statement isn't imported; transfers that wait: %lld"),
		      waiting);
		mend(f, "%s", tr("导入对账单（statement import），或写明理由免核对（day waive statement）",
		                 "import it (statement import), or go without for a reason (day waive statement)"));
	} else if (waiting || unmatched) {
		found(f, DAY_WARN, tr("已导入；待核实转账 %lld 笔，未匹配到账 %lld 笔", "imported; transfers that wait: %lld, entries unmatched: %lld"), waiting,
		      unmatched);
		mend(f, "%s", tr("不影响日结；未匹配的到账请查明是谁的", "doesn't keep the day from ending; find out whose the entries are"));
	} else
		found(f, DAY_DONE, "%s", tr("已导入，全部匹配", "imported, all matched"));
	json_decref(row);
	return r;
}

/* What the provider confirmed needs no confirming by hand; what it hasn't said yet is asked on, and counts on the day it comes. */
static enum err check_codes(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	char paid[MONEY_TEXT_SIZE], refunded[MONEY_TEXT_SIZE];
	enum err r = store_row(d->store, SQL_QR_DAY, &row, e, "t", date);
	long long payments = (long long)json_number(row, "payments"), refunds = (long long)json_number(row, "refunds"),
	          waiting = (long long)json_number(row, "waiting"), back = (long long)json_number(row, "to_refund"),
	          unclaimed = (long long)json_number(row, "unclaimed");
	money_text(json_number(row, "paid"), paid);
	money_text(json_number(row, "refunded"), refunded);
	if (!payments && !refunds)
		found(f, DAY_DONE, "%s", tr("当日没有扫码收款", "no money by a code"));
	else
		found(f, DAY_DONE, tr("支付宝确认收 %lld 笔 %s，退 %lld 笔 %s", "confirmed by Alipay: in %lld, %s; back %lld, %s"), payments, paid, refunds, refunded);
	if (waiting || back || unclaimed) {
		size_t n = strlen(f->detail);
		snprintf(f->detail + n, sizeof f->detail - n, tr("；未有结果 %lld，待退 %lld，待认领 %lld", "; open %lld, to go back %lld, unclaimed %lld"), waiting,
		         back, unclaimed);
		f->state = DAY_WARN;
		mend(f, "%s", tr("不影响日结；定时任务（tick）会再问支付宝，待认领的请查明是谁的",
		                 "doesn't keep the day from ending; the timer (tick) asks Alipay again, find out whose the unclaimed is"));
	}
	json_decref(row);
	return r;
}

static enum err check_invoices(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	json_t *row = NULL;
	(void)date;
	enum err r = store_row(d->store, SQL_INVOICE_DAY, &row, e, "");
	long long requested = (long long)json_number(row, "requested"), exported = (long long)json_number(row, "exported"),
	          unsent = (long long)json_number(row, "unsent"), red = (long long)json_number(row, "red");
	if (!requested && !exported && !unsent && !red)
		found(f, DAY_DONE, "%s", tr("发票都已开具并发送", "all invoices are issued and sent"));
	else {
		found(f, DAY_WARN, tr("待导出 %lld，待号码 %lld，待发送 %lld，应红冲 %lld", "to list %lld, no number yet %lld, to send %lld, red due %lld"),
		      requested, exported, unsent, red);
		mend(f, "%s", tr("不影响日结；在“发票”导出清单、登记和发送（invoice export、invoice file）",
		                 "doesn't keep the day from ending; list, file and send them (invoice export, invoice file)"));
	}
	json_decref(row);
	return r;
}

static enum err check_report(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	(void)d, (void)date, (void)e;
	found(f, DAY_OPEN, "%s", tr("日结时自动生成", "written when the day is closed"));
	return OK;
}

static enum err check_freeze(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	char today[11];
	(void)e;
	civil_date_text(desk_now(d), today);
	if (strcmp(date, today) > 0) {
		found(f, DAY_OPEN, tr("%s 还没有到", "%s hasn't begun"), date);
		mend(f, "%s", tr("当日营业结束后再日结", "close it when its business is over"));
	} else {
		found(f, DAY_OPEN, "%s", tr("尚未冻结", "not frozen yet"));
		mend(f, "%s", tr("以上各项处理完后日结（day close）；之后的收款计入次日", "close the day when all above is done (day close); money after that counts to the next"));
	}
	return OK;
}

/* Another thing to be done before a day ends is one row more. */
static const struct day_item day_items[] = {
	{"days", "以前各日", "days before", true, false, check_days, NULL},
	{"orders", "未完订单", "open orders", false, false, check_orders, NULL},
	{"shifts", "班次", "shifts", true, false, check_shifts, NULL},
	{"cash", "现金与票据", "cash", true, false, check_cash, NULL},
	{"pos", "POS 核对", "POS", true, false, check_pos, expect_pos},
	{"statement", "银行对账单", "bank statement", true, true, check_statement, NULL},
	{"qr", "扫码支付", "payment by code", false, false, check_codes, NULL},
	{"keys", "介质盘点", "keys", true, true, day_keys_check, day_keys_expect},
	{"invoices", "发票", "invoices", false, false, check_invoices, NULL},
	{"report", "日报", "daily report", false, false, check_report, NULL},
	{"freeze", "冻结", "freeze", false, false, check_freeze, NULL},
	{0},
};

const struct day_item *day_item_find(const char *name)
{
	for (const struct day_item *item = day_items; item->name; item++)
		if (strcmp(item->name, name) == 0)
			return item;
	return NULL;
}

json_t *day_item_json(const struct day_item *item, const char *state, const char *detail, const char *mend_text)
{
	return json_pack("{ss ss ss ss ss sb sb sb}", "item", item->name, "title", tr(item->zh, item->en), "state", state, "detail", detail, "mend",
	                 mend_text, "blocks", item->blocks, "confirm", item->expect != NULL, "waive", item->waive);
}

enum err day_check(struct desk *d, const char *date, json_t **items, bool *ready, struct error *e)
{
	enum err r = OK;
	*items = json_array();
	*ready = true;
	for (const struct day_item *item = day_items; item->name && !r; item++) {
		struct day_finding f = {0};
		if ((r = item->check(d, date, &f, e))) {
			json_decref(f.more);
			break;
		}
		*ready = *ready && !(item->blocks && f.state == DAY_OPEN);
		json_t *row = day_item_json(item, state_names[f.state], f.detail, f.mend);
		json_object_update(row, f.more);
		json_decref(f.more);
		json_array_append_new(*items, row);
	}
	if (r) {
		json_decref(*items);
		*items = NULL;
	}
	return r;
}
