#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/about.h"
#include "desk/cert.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"
#include "ui/scr_fetch.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_own.h"
#include "ui/scr_table.h"

struct certs_screen {
	struct table table;
	struct sheet sheet;
	char order[ORDER_NO_SIZE]; /* whose only, "" */
	char text[200];            /* searched for, "" */
	json_t *shown; /* the certificate of `sheet` */
};

static const struct table_column columns[] = {
	{"状态", "Status", "status_title", 13, 0, AS_TEXT, NULL},
	{"证书主体", "Subject", "subject", 0, 0, AS_TEXT, NULL},
	{"到期", "Ends", "not_after", 10, 0, AS_DAY, NULL},
	{"介质", "Key", "key_serial", 12, 0, AS_TEXT, NULL},
	{"订单", "Order", "order", 24, 120, AS_TEXT, NULL},
	{"序列号", "Serial", "serial", 34, 150, AS_TEXT, NULL},
	{0},
};

static void close_certs(struct ui *ui, void *data)
{
	struct certs_screen *s = data;
	(void)ui;
	table_end(&s->table);
	sheet_clear(&s->sheet);
	json_decref(s->shown);
	free(s);
}

/* Takes the rows. */
static void set_rows(struct certs_screen *s, json_t *rows)
{
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row)
		if (!*json_text(row, "subject"))
			json_object_set_new(row, "subject", json_string(scr_destroyed()));
	table_set(&s->table, rows);
}

static enum err open_certs(struct ui *ui, void *arg, void **data, struct error *e)
{
	json_t *rows = NULL;
	struct certs_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "还没有签发证书", "No certificate yet");
	text_copy(s->order, sizeof s->order, arg ? arg : "");
	enum err rc = certs_list(app_desk(ui), arg, NULL, &rows, e);
	if (rc != OK) {
		close_certs(ui, s);
		return rc;
	}
	set_rows(s, rows);
	*data = s;
	return OK;
}

static void show_selected(struct ui *ui, struct certs_screen *s)
{
	const json_t *row = table_row(&s->table);
	if (row == s->shown)
		return;
	json_decref(s->shown);
	s->shown = json_incref((json_t *)row);
	sheet_clear(&s->sheet);
	page_certificate(&s->sheet, app_desk(ui), row);
}

static void draw_certs(struct ui *ui, void *data, struct pane *pane)
{
	struct certs_screen *s = data;
	int below = 11;
	struct pane top = pane_part(pane, 0, 0, pane->rows - below, pane->columns);
	struct pane detail = pane_part(pane, pane->rows - below + 1, 0, below - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	show_selected(ui, s);
	char title[300];
	snprintf(title, sizeof title, tr("证书内容（查找：%s，Esc 清除）", "Certificate (found: %s, Esc clears)"), s->text);
	pane_line(pane, pane->rows - below, *s->text ? title : tr("证书内容", "Certificate"));
	if (s->shown)
		sheet_draw(&s->sheet, &detail, PAGE_LABELS);
	list_draw(&s->table.list, &top);
}

enum { DO_ABOUT = 1, DO_ORDER, DO_FETCH, DO_SEARCH, DO_OWN, SERIAL_SIZE = 64 };

/* One that isn't in the list: by its number, as it stands on the receipt or in what was signed with it. */
static void fetch(struct ui *ui)
{
	char serial[SERIAL_SIZE] = "";
	const struct about_arg about = {.certificate = serial};
	json_t *here = NULL;
	const struct dialog_ask ask = {.title = tr("别的受理点的证书", "A certificate of another counter"),
		.text = tr("介质在手的直接插入即可。不在的，输入证书序列号（领取单、发票平台或签过的文件里有）。",
			"With its key at hand just insert it. Without it give the certificate's serial (on the receipt of the hand-over, or in what was signed with it)."),
		.label = tr("证书序列号", "Serial"), .limit = 48, .input = TERM_INPUT_LATIN};
	if (!dialog_ask(ui, &ask, serial, sizeof serial))
		return;
	bool ours = about_certificate(app_desk(ui), serial, &here, NULL) == OK && !*json_text(here, "custodian");
	json_decref(here);
	if (ours || scr_fetch(ui, NULL, serial, NULL))
		ui_push(ui, &scr_about, (void *)&about);
}

/* The rows anew, whatever chose them; the selection stays with its certificate. */
static void read_again(struct ui *ui, struct certs_screen *s)
{
	struct error e = {0};
	json_t *rows = NULL, *row;
	char serial[SERIAL_SIZE];
	size_t i;
	text_copy(serial, sizeof serial, table_text(&s->table, "serial"));
	enum err rc = *s->text ? certs_find(app_desk(ui), s->text, &rows, &e)
		: certs_list(app_desk(ui), *s->order ? s->order : NULL, NULL, &rows, &e);
	if (rc != OK) {
		ui_fail(ui, &e);
		return;
	}
	set_rows(s, rows);
	json_array_foreach(s->table.rows, i, row)
		if (strcmp(json_text(row, "serial"), serial) == 0)
			list_select(&s->table.list, i);
}

static void search(struct ui *ui, struct certs_screen *s)
{
	const struct dialog_ask ask = {.title = tr("查找证书", "Search"),
		.text = tr("证书序列号、介质序列号、单位或个人名称、证件号码、订单号；不填回到全部", "Certificate, key, name, number or order; nothing: all again"),
		.label = tr("查找", "Search"), .limit = 64, .may_be_empty = true, .input = TERM_INPUT_ANY};
	char text[sizeof s->text] = "";
	if (!dialog_ask(ui, &ask, text, sizeof text))
		return;
	text_copy(s->text, sizeof s->text, text);
	read_again(ui, s);
	list_select(&s->table.list, 0);
	if (*text && s->table.list.count == 0)
		ui_warn(ui, tr("没有找到“%s”。核对后按 F3 再查", "Nothing found for \"%s\"; check it and press F3 again"), text);
}

static unsigned handle_certs(struct ui *ui, void *data, const struct event *event)
{
	struct certs_screen *s = data;
	char no[ORDER_NO_SIZE], serial[64];
	const struct about_arg about = {.certificate = serial};
	if (event->action == DO_ABOUT) {
		text_copy(serial, sizeof serial, table_text(&s->table, "serial"));
		ui_push(ui, &scr_about, (void *)&about);
		return UI_DRAW;
	}
	if (event->action == DO_FETCH) {
		fetch(ui);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_SEARCH) {
		search(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_OWN) {
		if (scr_own(ui, table_text(&s->table, "serial")))
			read_again(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (*s->text && event->kind == EVENT_KEY && event->key == UI_KEY_ESC) {
		s->text[0] = '\0';
		read_again(ui, s);
		return UI_DRAW | UI_BARS;
	}
	enum list_result chosen = event->action == DO_ORDER && s->table.list.count > 0 ? LIST_CHOSEN : list_handle(&s->table.list, event);
	switch (chosen) {
	case LIST_CHOSEN:
		text_copy(no, sizeof no, table_text(&s->table, "order"));
		ui_push(ui, &scr_order, no);
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW | UI_BARS; /* what can be done depends on its state */
	default:
		return UI_PASS;
	}
}

static bool offered(struct ui *ui, void *data, int action)
{
	struct certs_screen *s = data;
	if (action == DO_FETCH)
		return app_may(ui, MAY_ORDER_NEW);
	if (action == DO_OWN)
		return scr_own_offered(ui, table_text(&s->table, "status"));
	return (action != DO_ABOUT && action != DO_ORDER) || s->table.list.count > 0;
}

/* An order may have ended it. */
static unsigned back_certs(struct ui *ui, void *data)
{
	read_again(ui, data);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_ABOUT, 'b', "业务", "Businesses", "证书", "Certificates", "补办、吊销、挂失、解挂选中的证书",
		"Replace or revoke the chosen certificate, report its loss or lift that", ACTION_FIRST},
	{DO_ORDER, UI_KEY_ENTER, "订单", "Order", NULL, NULL, "打开订单", "Open the order", ACTION_FIRST},
	{DO_SEARCH, UI_KEY_F(3), "查找", "Search", NULL, NULL, "按证书、介质、名称、证件号码或订单号查找", "By certificate, key, name, number or order", 0},
	{DO_OWN, 'x', "CA 主动办理", "CA's own", NULL, NULL, "CA 主动吊销、暂停、恢复（两人）", "Revoke, suspend or resume it on the CA's own ground (two persons)", ACTION_NEEDS(MAY_CERT_OWN)},
	{DO_FETCH, 'q', "取别处的", "Elsewhere", NULL, NULL, "取来别的受理点的证书：凭介质、验证码或审核", "Get another counter's certificate: by key, code or review",
		ACTION_NEEDS(APP_JOINED)}, /* without a headquarters there is no other counter */
	{0},
};

const struct screen_class scr_certs = {.zh = "证书", .en = "Certificates", .open = open_certs, .draw = draw_certs,
	.actions = actions, .handle = handle_certs, .back = back_certs, .close = close_certs, .offered = offered, .token = scr_about_token};
