/* What became of a parcel: 签收 and 退件, asked for over the order's screen. */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "desk/handover.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_refund.h"

static enum err call_delivered(struct desk *d, struct call *c, struct error *e)
{
	return handover_delivered(d, c->no, c->a, &c->out, e);
}

static enum err call_came_back(struct desk *d, struct call *c, struct error *e)
{
	return handover_came_back(d, c->no, c->a, &c->out, e);
}

bool scr_delivered(struct ui *ui, const char *order)
{
	char date[32], no[ORDER_NO_SIZE];
	struct dialog_ask ask = {.title = tr("签收", "Delivered"),
		.text = tr("包裹已送到收件人。请核对签收日期。", "The parcel reached its recipient. Check the day of delivery."),
		.label = tr("签收日期", "Day"),
		.limit = 12,
		.check = "date",
		.input = TERM_INPUT_LATIN};
	struct call c = {.no = no, .a = date};
	civil_date_text(desk_now(app_desk(ui)), date);
	text_copy(no, sizeof no, order);
	struct error e = {0};
	enum err rc;
	do {
		if (!dialog_ask(ui, &ask, date, sizeof date))
			return false;
		if ((rc = app_attempt(ui, call_delivered, &c, &e)) != OK)
			ui_fail(ui, &e);
	} while (rc == ERR_DELIVERED_DATE);
	if (rc != OK)
		return false;
	ui_good(ui, tr("已签收，订单%s", "Delivered; the order is %s"), json_text(c.out, "status_title"));
	json_decref(c.out);
	return true;
}

bool scr_came_back(struct ui *ui, const char *order)
{
	char reason[500] = "", no[ORDER_NO_SIZE];
	struct call c = {.no = no, .a = reason};
	text_copy(no, sizeof no, order);
	if (!refund_ask_reason(ui, tr("退件", "Parcel came back"),
			tr("包裹被退回：介质放回抽屉，可再寄出或由客户领取。写明原因，会留在记录里。",
				"The parcel came back: put the key into the drawer; it is mailed again or fetched. Say why; it is journalled."),
			reason, sizeof reason) || !app_do(ui, call_came_back, &c))
		return false;
	ui_good(ui, tr("已登记退件，订单%s：m 再寄出，F8 由客户领取，F2 更正地址", "The parcel is back, the order is %s: m mails it again, F8 hands it over, F2 corrects the address"),
		json_text(c.out, "status_title"));
	json_decref(c.out);
	return true;
}
