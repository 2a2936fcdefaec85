/* The checklist's row about keys: what the stock's counts of the date say (stock.h). Only where there is no stock is a
 * figure typed. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/daycheck.h"

/* All drawers of a date together, and the first ones that something is to be done about. */
struct seen {
	size_t drawers, counted, moved; /* moved: keys of it went or came, and it wasn't counted since */
	int64_t expected, in_hand, missing, surplus, book, moves;
	char to_count[33], differs[33], unexplained[33], reason[512];
	bool stale; /* to_count was counted, and moved again */
};

static enum err has_stock(struct desk *d, bool *out, struct error *e)
{
	int64_t any = 0;
	enum err r = store_int(d->store, SQL_DAY_KEY_STOCK, 0, &any, e, "");
	*out = any != 0;
	return r;
}

enum err day_keys_expect(struct desk *d, const char *date, struct day_expected *out, struct error *e)
{
	bool stock = false;
	enum err r = has_stock(d, &stock, e);
	*out = (struct day_expected){0};
	(void)date;
	return r ? r : stock ? error_set(e, ERR_DAY_COUNTED, "%s", d->station) : OK;
}

static void see(struct seen *s, const json_t *row)
{
	const char *drawer = json_text(row, "drawer");
	bool counted = json_number(row, "id") != 0, differs = json_number(row, "missing") || json_number(row, "surplus");
	bool open = json_number(row, "moves") && (!counted || json_number(row, "since"));
	s->drawers++;
	s->book += json_number(row, "book");
	s->moves += json_number(row, "moves");
	if (counted) {
		s->counted++;
		s->expected += json_number(row, "expected");
		s->in_hand += json_number(row, "counted");
		s->missing += json_number(row, "missing");
		s->surplus += json_number(row, "surplus");
	}
	if (open && !s->moved++) {
		text_copy(s->to_count, sizeof s->to_count, drawer);
		s->stale = counted;
	} else if (!open && !counted && !*s->to_count)
		text_copy(s->to_count, sizeof s->to_count, drawer);
	if (!counted || !differs)
		return;
	if (!*s->differs)
		text_copy(s->differs, sizeof s->differs, drawer);
	if (!*json_text(row, "reason") && !*s->unexplained)
		text_copy(s->unexplained, sizeof s->unexplained, drawer);
	if (*json_text(row, "reason"))
		text_copy(s->reason, sizeof s->reason, json_text(row, "reason"));
}

static void figures(const struct seen *s, char *out, size_t size)
{
	long long difference = s->in_hand - s->expected;
	size_t n = (size_t)snprintf(out, size, tr("账面 %lld，实盘 %lld，差额 %s%lld", "by the book %lld, counted %lld, difference %s%lld"),
	                            (long long)s->expected, (long long)s->in_hand, difference > 0 ? "+" : "", difference);
	if (s->missing && s->surplus && n < size) /* they would hide each other */
		n += (size_t)snprintf(out + n, size - n, tr("（缺少 %lld，多出 %lld）", " (%lld missing, %lld too many)"), (long long)s->missing,
		                      (long long)s->surplus);
	if (s->drawers > 1 && n < size)
		snprintf(out + n, size - n, tr("（%zu 个抽屉，已盘点 %zu 个）", " (%zu drawers, %zu counted)"), s->drawers, s->counted);
}

/* What its counts alone say. */
static void judge(const struct seen *s, bool past, struct day_finding *f)
{
	char said[160] = "";
	if (s->counted)
		figures(s, said, sizeof said);
	else
		snprintf(said, sizeof said, tr("账面 %lld 个", "%lld by the book"), (long long)s->book);
	if (s->moved) {
		f->state = DAY_OPEN;
		if (s->stale)
			snprintf(f->detail, sizeof f->detail, tr("抽屉 %s 盘点之后又有变动，请再盘点；%s", "drawer %s moved after its count, count it again; %s"),
			         s->to_count, said);
		else
			snprintf(f->detail, sizeof f->detail, tr("抽屉 %s 当日有变动，还没有盘点；%s", "drawer %s moved and wasn't counted; %s"), s->to_count, said);
		snprintf(f->mend, sizeof f->mend, "%s",
		         past ? tr("这一天已经过去，不能补盘；写明理由免盘点（day waive keys）", "the date is over and can't be counted any more; go without for a reason (day waive keys)")
		              : tr("按回车盘点（key count），或写明理由免盘点（day waive keys）",
		                   "Enter counts it (key count), or go without for a reason (day waive keys)"));
	} else if (*s->unexplained) {
		f->state = DAY_OPEN;
		snprintf(f->detail, sizeof f->detail, tr("抽屉 %s 盘点有差异：%s", "drawer %s differs: %s"), s->unexplained, said);
		snprintf(f->mend, sizeof f->mend, "%s",
		         tr("查找后重新盘点（key count），或写明差异的原因（day waive keys）", "look for them and count again (key count), or say why (day waive keys)"));
	} else if (*s->differs) {
		f->state = DAY_WARN;
		snprintf(f->detail, sizeof f->detail, tr("%s，已说明：%s", "%s, explained: %s"), said, s->reason);
	} else if (*s->to_count) {
		f->state = DAY_WARN;
		snprintf(f->detail, sizeof f->detail, tr("抽屉 %s 当日没有变动，也没有盘点；%s", "drawer %s didn't move and wasn't counted; %s"), s->to_count, said);
		snprintf(f->mend, sizeof f->mend, "%s", tr("请盘点（key count）；没有变动的抽屉不影响日结", "count it (key count); a drawer that didn't move keeps no day from ending"));
	} else {
		f->state = DAY_DONE;
		snprintf(f->detail, sizeof f->detail, tr("已盘点，相符：%s", "counted, as expected: %s"), said);
	}
}

static json_t *more_of(const struct seen *s)
{
	const char *drawer = *s->to_count ? s->to_count : s->unexplained;
	json_t *more = json_pack("{sb sb so so so so}", "confirm", 0, "count", 1, "drawer", *drawer ? json_string(drawer) : json_null(), "expected",
	                         json_integer(s->counted ? s->expected : s->book), "counted", s->counted ? json_integer(s->in_hand) : json_null(),
	                         "difference", s->counted ? json_integer(s->in_hand - s->expected) : json_null());
	return more;
}

enum err day_keys_check(struct desk *d, const char *date, struct day_finding *f, struct error *e)
{
	struct seen s = {0};
	char today[11];
	bool stock = false;
	json_t *rows = NULL, *row, *waived = NULL;
	size_t i;
	desk_business_date(d, today);
	bool past = strcmp(date, today) < 0;
	enum err r = has_stock(d, &stock, e);
	if (!r)
		r = store_rows(d->store, SQL_DAY_KEY_DRAWERS, &rows, e, "ti", date, (int64_t)!past);
	json_array_foreach(rows, i, row)
		see(&s, row);
	if (!r && stock) {
		judge(&s, past, f);
		f->more = more_of(&s);
	} else if (!r) {
		f->state = DAY_DONE;
		snprintf(f->detail, sizeof f->detail, "%s", tr("没有介质库存", "there is no stock of keys"));
	}
	if (!r && f->state == DAY_OPEN && !(r = store_row(d->store, SQL_DAY_ITEM_GET, &waived, e, "tt", date, "keys")) &&
	    strcmp(json_text(waived, "state"), "waived") == 0) {
		char said[160] = "";
		if (s.counted)
			figures(&s, said, sizeof said);
		f->state = DAY_WARN;
		snprintf(f->detail, sizeof f->detail, "%s%s%s%s", said, s.counted ? tr("；", "; ") : "", tr("免核对：", "done without: "),
		         json_text(waived, "reason"));
		*f->mend = '\0';
	}
	json_decref(waived);
	json_decref(rows);
	return r;
}
