#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/cert.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_table.h"

struct certs_screen {
	struct table table;
	struct sheet sheet;
	json_t *shown; /* the certificate of `sheet` */
};

static const struct table_column columns[] = {
	{"状态", "Status", "status", 8, 0, AS_TEXT, scr_cert_state},
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

static enum err open_certs(struct ui *ui, void *arg, void **data, struct error *e)
{
	json_t *rows = NULL;
	struct certs_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "还没有签发证书", "No certificate yet");
	enum err rc = certs_list(app_desk(ui), arg, NULL, &rows, e);
	if (rc != OK) {
		close_certs(ui, s);
		return rc;
	}
	table_set(&s->table, rows);
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
	pane_line(pane, pane->rows - below, tr("证书内容", "Certificate"));
	if (s->shown)
		sheet_draw(&s->sheet, &detail, PAGE_LABELS);
	list_draw(&s->table.list, &top);
}

static unsigned handle_certs(struct ui *ui, void *data, const struct event *event)
{
	struct certs_screen *s = data;
	char no[ORDER_NO_SIZE];
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN:
		text_copy(no, sizeof no, table_text(&s->table, "order"));
		ui_push(ui, &scr_order, no);
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

const struct screen_class scr_certs = {.zh = "证书", .en = "Certificates", .open = open_certs, .draw = draw_certs,
	.handle = handle_certs, .close = close_certs};
