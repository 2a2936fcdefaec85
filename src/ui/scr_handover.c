/* 领取: the key that is in must be the order's; its certificate is shown for acceptance; who took it is recorded. Mailing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/handover.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"
#include "ui/scr_inserted.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_taker.h"

enum { ROW_TO, ROW_RECEIPT, ROWS };

struct handover_screen {
	char no[ORDER_NO_SIZE], name[PAGE_NAME_SIZE];
	json_t *preview;
	struct sheet sheet;
	struct inserted inserted;
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	struct taker_answers other;
	size_t to;
};

static size_t taker_count(const struct handover_screen *s)
{
	return json_array_size(json_object_get(s->preview, "takers"));
}

static const char *taker(const struct handover_screen *s, size_t i, const char *what)
{
	return json_text(json_array_get(json_object_get(s->preview, "takers"), i), what);
}

static bool matches(const struct handover_screen *s)
{
	const char *serial = json_text(s->preview, "key_serial");
	return *serial && strcmp(serial, json_text(s->preview, "expected_serial")) == 0;
}

static enum err read_preview(struct ui *ui, struct handover_screen *s, struct error *e)
{
	json_t *preview = NULL;
	enum err rc = handover_preview(app_desk(ui), s->no, &preview, e);
	if (rc != OK)
		return rc;
	json_decref(s->preview);
	s->preview = preview;
	sheet_clear(&s->sheet);
	sheet_head(&s->sheet, tr("证书内容（请客户核对并接受）", "The certificate, for the customer to accept"));
	page_certificate(&s->sheet, app_desk(ui), json_object_get(preview, "certificate"));
	return OK;
}

static void close_handover(struct ui *ui, void *data)
{
	struct handover_screen *s = data;
	(void)ui;
	inserted_end(&s->inserted);
	sheet_clear(&s->sheet);
	entries_end(&s->entries);
	json_decref(s->preview);
	free(s);
}

static void set_to(struct handover_screen *s, size_t to)
{
	char text[24];
	s->to = to;
	snprintf(text, sizeof text, "%zu", to + 1);
	entries_set(&s->entries, ROW_TO, text);
}

static enum err open_handover(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "领取人",
			.en = "Taken by",
			.columns = 3,
			.limit = 1,
			.flags = EDIT_FOLD | EDIT_DIGITS,
			.input = TERM_INPUT_LATIN},
		{.zh = "回执号", .en = "Receipt", .columns = 26, .limit = 40, .flags = EDIT_FOLD, .input = TERM_INPUT_LATIN},
	};
	struct handover_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(s->rows, rows, sizeof rows);
	text_copy(s->no, sizeof s->no, arg);
	inserted_start(&s->inserted);
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc == OK)
		rc = read_preview(ui, s, e);
	if (rc != OK) {
		close_handover(ui, s);
		return rc;
	}
	json_t *order = app_order(ui, s->no);
	text_copy(s->name, sizeof s->name, json_text(order, "name"));
	json_decref(order);
	set_to(s, 0);
	s->entries.focus = ROW_RECEIPT;
	*data = s;
	return OK;
}

static void draw_handover(struct ui *ui, void *data, struct pane *pane)
{
	struct handover_screen *s = data;
	struct pane text = pane_part(pane, 1, 0, pane->rows - 10, pane->columns);
	struct pane p = pane_part(pane, pane->rows - 8, 0, 8, pane->columns);
	const char *serial = json_text(s->preview, "key_serial"), *expected = json_text(s->preview, "expected_serial");
	page_head(pane, s->no, s->name, "");
	sheet_draw(&s->sheet, &text, PAGE_LABELS);
	pane_line(&p, 0, tr("领取", "Hand-over"));
	if (matches(s))
		pane_format(&p, 1, 1, ROLE_GOOD, tr("✓ 插入的介质 %s 就是这张订单的", "✓ the inserted key %s is this order's"), serial);
	else if (*serial)
		pane_format(&p, 1, 1, ROLE_ERROR,
			tr("插入的介质 %s 不是这张订单的（应为 %s）", "the inserted key %s is not this order's (%s)"), serial,
			expected);
	else
		pane_format(&p, 1, 1, ROLE_WARN, tr("请插入介质 %s", "Insert key %s"), expected);
	int at = 2;
	for (size_t i = 0; i < taker_count(s); i++)
		at += 3 + pane_format(&p, 2, at, i == s->to ? ROLE_SELECTED : ROLE_NORMAL, " %zu %s ", i + 1, taker(s, i, "title"));
	char old[200];
	if (scr_old_key(s->preview, old, sizeof old))
		pane_format(&p, 3, 1, json_flag(s->preview, "old_inserted") ? ROLE_GOOD : ROLE_WARN, "%s", old);
	entries_draw(ui, &s->entries, &p, 4, 10, false, true);
	pane_text(&p, 7, 1, ROLE_HINT,
		tr("填写回执号后按回车：客户已核对证书内容并接受",
			"Enter after the receipt: the customer has seen and accepted the certificate"));
}

/* The preview names the key that is in. False where nothing changed. */
static bool look_again(struct ui *ui, struct handover_screen *s)
{
	struct error e = {0};
	if (!inserted_ask(ui, &s->inserted))
		return false;
	if (read_preview(ui, s, &e) != OK)
		ui_fail(ui, &e);
	return true;
}

static unsigned tick_handover(struct ui *ui, void *data)
{
	return look_again(ui, data) ? UI_DRAW : UI_NONE;
}

struct taking {
	const char *serial, *receipt;
	struct handover_taker by;
};

static enum err call_take(struct desk *d, struct call *c, struct error *e)
{
	const struct taking *t = c->more;
	return handover_take_by(d, c->no, t->serial, &t->by, t->receipt, &c->out, e);
}

static void take(struct ui *ui, struct handover_screen *s)
{
	char receipt[200];
	look_again(ui, s);
	text_copy(receipt, sizeof receipt, entries_text(&s->entries, ROW_RECEIPT));
	text_trim(receipt);
	struct taking t = {.serial = json_text(s->preview, "key_serial"), .receipt = receipt};
	struct call c = {.no = s->no, .more = &t};
	if (!*receipt)
		ui_warn(ui, "%s", tr("请输入领取回执的号码", "Key in the number of the receipt"));
	else if (!*t.serial)
		ui_warn(ui, "%s", tr("请先插入这张订单的介质", "Insert the order's key first"));
	else if (scr_ask_taker(ui, taker(s, s->to, "to"), &s->other, &t.by) && scr_take(ui, call_take, &c, &t.by)) {
		ui_good(ui, tr("已领取，订单%s", "Handed over; the order is %s"), json_text(c.out, "status_title"));
		json_decref(c.out);
		ui_pop(ui);
	}
}

static unsigned handle_handover(struct ui *ui, void *data, const struct event *event)
{
	struct handover_screen *s = data;
	if (s->entries.focus == ROW_TO && event->kind == EVENT_TEXT) {
		if (event->length == 1 && event->text[0] >= '1' && event->text[0] < '1' + (int)taker_count(s)) {
			set_to(s, (size_t)(event->text[0] - '1'));
			s->entries.focus = ROW_RECEIPT;
		} else {
			term_beep(ui_term(ui));
		}
		return UI_DRAW;
	}
	bool done;
	unsigned answer = entries_answer(ui, &s->entries, event, &done);
	if (done)
		take(ui, s);
	return answer == UI_PASS && sheet_handle(&s->sheet, event) ? UI_DRAW : answer;
}

const struct screen_class scr_handover = {.zh = "领取", .en = "Hand-over", .open = open_handover, .draw = draw_handover,
	.handle = handle_handover, .tick = tick_handover, .close = close_handover};

static enum err call_mail(struct desk *d, struct call *c, struct error *e)
{
	return handover_mail(d, c->no, c->a, &c->out, e);
}

bool scr_mail(struct ui *ui, const char *order)
{
	char tracking[100] = "", no[ORDER_NO_SIZE];
	struct dialog_ask ask = {.title = tr("寄出", "Mail"),
		.text = tr("按订单上的收件人和地址寄出。请输入快递单号。",
			"Mailed to the order's recipient and address. Give the tracking number."),
		.label = tr("快递单号", "Tracking"),
		.limit = 40,
		.input = TERM_INPUT_LATIN};
	struct call c = {.no = no, .a = tracking};
	text_copy(no, sizeof no, order);
	struct error e = {0};
	enum err rc;
	do { /* a number that can't be one is corrected, not keyed anew */
		if (!dialog_ask(ui, &ask, tracking, sizeof tracking))
			return false;
		if ((rc = app_attempt(ui, call_mail, &c, &e)) != OK)
			ui_fail(ui, &e);
	} while (rc == ERR_DESK_TRACKING);
	if (rc != OK)
		return false;
	ui_good(ui, tr("已寄出，订单%s", "Mailed; the order is %s"), json_text(c.out, "status_title"));
	json_decref(c.out);
	return true;
}
