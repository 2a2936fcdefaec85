/* 点款: how many of each denomination, slips and cheques; Enter goes on, and after the last one it counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/till.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"

enum { NOTES_MOST = 16, LABELS = 14, FIELD = 10 };

struct count_screen {
	int then;
	char station[33], date[11], staff[128];
	const struct code_table *notes;
	size_t note_count; /* rows of denominations; POS and cheques behind them */
	struct line_entry rows[NOTES_MOST + 3];
	struct line_entries entries;
};

static void close_count(struct ui *ui, void *data)
{
	struct count_screen *s = data;
	(void)ui;
	entries_end(&s->entries);
	free(s);
}

static void make_rows(struct count_screen *s)
{
	size_t n = codes_count(s->notes);
	s->note_count = n > NOTES_MOST ? NOTES_MOST : n;
	for (size_t i = 0; i < s->note_count; i++)
		s->rows[i] = (struct line_entry){.zh = codes_at(s->notes, i)->zh, .en = codes_at(s->notes, i)->en, .columns = FIELD, .limit = 6,
			.flags = EDIT_FOLD | EDIT_DIGITS, .input = TERM_INPUT_LATIN};
	s->rows[s->note_count] = (struct line_entry){.zh = "POS 合计", .en = "POS total", .columns = FIELD + 4, .limit = 14, .flags = EDIT_FOLD,
		.input = TERM_INPUT_LATIN, .hint_zh = "签购单合计（元）", .hint_en = "of the slips, in yuan"};
	s->rows[s->note_count + 1] = (struct line_entry){.zh = "支票张数", .en = "Cheques", .columns = FIELD, .limit = 6,
		.flags = EDIT_FOLD | EDIT_DIGITS, .input = TERM_INPUT_LATIN, .hint_zh = "张", .hint_en = "sheets"};
}

static enum err open_count(struct ui *ui, void *arg, void **data, struct error *e)
{
	const struct count_arg *a = arg;
	struct count_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	s->then = a->then;
	text_copy(s->station, sizeof s->station, a->station);
	text_copy(s->date, sizeof s->date, a->date);
	text_copy(s->staff, sizeof s->staff, a->staff);
	enum err rc = codes_table(app_desk(ui)->codes, "denominations", &s->notes, e);
	if (rc == OK) {
		make_rows(s);
		if ((rc = entries_start(&s->entries, s->rows)) != OK)
			error_set(e, rc, "%s", "");
	}
	if (rc != OK)
		close_count(ui, s);
	else
		*data = s;
	return rc;
}

static int64_t pieces_of(const struct count_screen *s, size_t row)
{
	return atoll(entries_text(&s->entries, row));
}

static int64_t worth(const struct count_screen *s, size_t row)
{
	int64_t each = 0;
	return money_parse(codes_at(s->notes, row)->code, &each) ? each * pieces_of(s, row) : 0;
}

static void draw_count(struct ui *ui, void *data, struct pane *pane)
{
	static const char *const zh[] = {"点款", "点款并关班", "点款并交接"}, *const en[] = {"Count", "Count and close", "Count and hand over"};
	struct count_screen *s = data;
	char title[300], money[SCR_MONEY_SIZE];
	int64_t total = 0;
	int below = (int)s->note_count + 6;
	snprintf(title, sizeof title, tr("%s：工位 %s  %s  %s", "%s: window %s, %s, %s"), tr(zh[s->then], en[s->then]), s->station, s->date, s->staff);
	pane_line(pane, 0, title);
	for (size_t i = 0; i < s->note_count; i++) {
		total += worth(s, i);
		if (worth(s, i))
			pane_cell(pane, (int)i + 2, LABELS + FIELD + 4, 16, ROLE_HINT, scr_money(worth(s, i), money), true);
	}
	pane_format(pane, below - 1, LABELS + 2, ROLE_STRONG, tr("现金合计 %s", "Cash in all %s"), scr_money(total, money));
	pane_text(pane, below + 1, 1, ROLE_HINT,
		tr("每项填张数，没有就直接回车；最后一项回车后与账面核对", "Pieces of each, or just Enter; the last one compares it with the books"));
	pane_text(pane, below + 2, 1, ROLE_HINT, tr("↑ 回到上一项", "↑ goes back"));
	entries_draw(ui, &s->entries, pane, 2, LABELS, false, true);
}

struct counting {
	struct till_where at;
	struct till_counted counted;
};

static enum err call_count(struct desk *d, struct call *c, struct error *e)
{
	const struct counting *n = c->more;
	return till_count(d, &n->at, &n->counted, &c->out, e);
}

static enum err call_close(struct desk *d, struct call *c, struct error *e)
{
	return till_close(d, c->more, c->a, &c->out, e);
}

static enum err call_handover(struct desk *d, struct call *c, struct error *e)
{
	return till_handover(d, c->a, &c->out, e);
}

bool scr_shift_end(struct ui *ui, int then, const json_t *shift)
{
	char what[TILL_DIFFERENCES_SIZE], text[400], reason[600] = "";
	struct till_where at = {json_text(shift, "station"), json_text(shift, "date")};
	struct dialog_ask ask = {.title = tr("点款有差异", "The count differs"), .text = text, .label = tr("原因", "Why"), .limit = 160};
	struct call c = {.a = reason, .more = &at};
	if (till_differences(shift, what)) {
		snprintf(text, sizeof text, tr("%s\n请写明原因；按 Esc 回去重新点款。", "%s\nExplain it; Esc goes back to count again."), what);
		if (!dialog_ask(ui, &ask, reason, sizeof reason))
			return false;
	}
	if (!app_do(ui, then == COUNT_CLOSE ? call_close : call_handover, &c))
		return false;
	if (then == COUNT_CLOSE)
		ui_good(ui, tr("已关班：工位 %s", "Closed: window %s"), at.station);
	else
		ui_good(ui, tr("已交接给 %s，新班次已开。请接班人登录", "Handed over to %s, whose shift is open; they log in now"), json_text(c.out, "taken_by"));
	json_decref(c.out);
	return true;
}

static void say_count(struct ui *ui, const json_t *shown)
{
	char what[TILL_DIFFERENCES_SIZE], money[SCR_MONEY_SIZE];
	if (till_differences(shown, what))
		ui_warn(ui, tr("已点款，有差异：%s。可重新点款，关班时写明原因", "Counted, and it differs: %s; count again, or explain it at the close"), what);
	else
		ui_good(ui, tr("已点款，与账面相符：现金 %s", "Counted, as expected: cash %s"), scr_money(json_number(shown, "cash"), money));
}

static void finish(struct ui *ui, struct count_screen *s)
{
	struct counting n = {.at = {s->station, s->date}};
	struct call c = {.more = &n};
	const char *pos = entries_text(&s->entries, s->note_count);
	if (*pos && (!money_parse(pos, &n.counted.pos) || n.counted.pos < 0)) {
		s->entries.focus = s->note_count;
		ui_warn(ui, "%s", tr("POS 合计不是金额", "The POS total is no amount"));
		return;
	}
	n.counted.cheques = pieces_of(s, s->note_count + 1);
	json_t *pieces = json_object();
	for (size_t i = 0; i < s->note_count; i++)
		if (pieces_of(s, i))
			json_object_set_new(pieces, codes_at(s->notes, i)->code, json_integer(pieces_of(s, i)));
	n.counted.pieces = pieces;
	if (app_do(ui, call_count, &c)) {
		bool done = s->then == COUNT_ONLY || scr_shift_end(ui, s->then, c.out);
		if (s->then == COUNT_ONLY)
			say_count(ui, c.out);
		json_decref(c.out);
		if (done)
			ui_pop(ui);
		else
			s->entries.focus = 0;
	}
	json_decref(pieces);
}

static unsigned handle_count(struct ui *ui, void *data, const struct event *event)
{
	struct count_screen *s = data;
	bool done;
	unsigned answer = entries_answer(ui, &s->entries, event, &done);
	if (done)
		finish(ui, s);
	return answer;
}

static const struct action actions[] = {
	{1, UI_KEY_ENTER, "下一项", "Next", "点款", "Count", "最后一项回车后与账面核对", "After the last one it is compared with the books", ACTION_FIRST},
	{0},
};

const struct screen_class scr_count = {.zh = "点款", .en = "Count the till", .actions = actions, .open = open_count, .draw = draw_count,
	.handle = handle_count, .close = close_count};
