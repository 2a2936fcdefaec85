/* Doctor's checks of what keeps records longer, or shorter, than people think. */
#include <stdio.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/finding.h"
#include "desk/tables.h"

enum { INVOICE_WAITS_SECONDS = 30 * 86400 };

void check_invoices(struct desk *d, struct finding *f)
{
	json_t *row = NULL;
	struct error e = {0};
	char date[11];
	if (store_row(d->store, SQL_INVOICE_WAITING, &row, &e, "i", desk_now(d) - INVOICE_WAITS_SECONDS))
		found_error(f, MISSING, &e);
	else if (!row)
		found(f, GOOD, "%s", tr("没有拖过 30 天未开的申请", "none waits for more than 30 days"));
	else {
		civil_date_text(json_number(row, "requested_at"), date);
		found(f, WARNING, tr("%lld 张申请超过 30 天没有开票，最早的是订单 %s（%s 申请）；不开也不撤，订单资料到期也不能清除",
		                     "%lld were asked for over 30 days ago and not issued, first of order %s (%s); while they wait, the orders' data stay past their time"),
		      (long long)json_number(row, "count"), json_text(row, "order"), date);
		snprintf(f->mend, sizeof f->mend, tr("开票并登记（invoice file），或由主管撤回：certdesk invoice withdraw %.40s --reason 原因",
		                                     "issue and file it (invoice file), or have a manager withdraw it: certdesk invoice withdraw %.40s --reason WHY"),
		         json_text(row, "order"));
	}
	json_decref(row);
}

/* Import takes no such table; one that an earlier program took stays until the next. */
void check_retention(struct desk *d, struct finding *f)
{
	struct error e = {0};
	char missing[200];
	if (tables_retention_gaps(d, missing, sizeof missing, &e))
		found_error(f, MISSING, &e);
	else if (!*missing)
		found(f, GOOD, "%s", tr("每一种都有年限", "each kind has its years"));
	else {
		found(f, WARNING, tr("保存年限表缺：%s；这些只保存法定最短的 5 年", "the table lacks: %s; these are kept for the law's least, 5 years, only"), missing);
		mend(f, tr("certdesk table export retention >retention.csv，补上缺的种类，再 certdesk table import retention retention.csv --from 当天日期",
		           "certdesk table export retention >retention.csv, add what is missing, then certdesk table import retention retention.csv --from TODAY"));
	}
}
