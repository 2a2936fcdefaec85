/* 登记发票: number, date and PDF of one order's invoice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/invoice.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"
#include "ui/scr_orderpage.h"

enum { ROW_NUMBER, ROW_DATE, ROW_PATH, ROWS };
enum { DO_NEXT = 1, DO_INBOX };

struct file_screen {
	char no[ORDER_NO_SIZE];
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	struct sheet sheet;
};

static void close_file(struct ui *ui, void *data)
{
	struct file_screen *s = data;
	(void)ui;
	entries_end(&s->entries);
	sheet_clear(&s->sheet);
	free(s);
}

static enum err start_entries(struct file_screen *s)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "发票号码",
			.en = "Number",
			.columns = 24,
			.limit = 20,
			.flags = EDIT_FOLD | EDIT_DIGITS,
			.input = TERM_INPUT_LATIN,
			.hint_zh = "8 到 20 位数字",
			.hint_en = "8 to 20 digits"},
		{.zh = "开票日期",
			.en = "Issued on",
			.columns = 12,
			.limit = 12,
			.flags = EDIT_FOLD,
			.check = "date",
			.input = TERM_INPUT_LATIN,
			.hint_zh = "如 2026-11-22",
			.hint_en = "as 2026-11-22"},
		{.zh = "PDF", .en = "PDF", .columns = 52, .limit = 400, .input = TERM_INPUT_LATIN},
	};
	memcpy(s->rows, rows, sizeof rows);
	return entries_start(&s->entries, s->rows);
}

static enum err open_file(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct file_screen *s = calloc(1, sizeof *s);
	json_t *invoice = NULL;
	char date[11];
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	enum err rc = invoice_show(app_desk(ui), s->no, &invoice, e);
	if (rc == OK && (rc = start_entries(s)) != OK)
		error_set(e, rc, "%s", "");
	if (rc != OK) {
		json_decref(invoice);
		close_file(ui, s);
		return rc;
	}
	desk_business_date(app_desk(ui), date);
	page_invoice(&s->sheet, invoice);
	entries_set(&s->entries, ROW_NUMBER, json_text(invoice, "number"));
	entries_set(&s->entries, ROW_DATE, *json_text(invoice, "number") ? json_text(invoice, "issued_date") : date);
	if (*json_text(invoice, "number")) /* from a list: the PDF is what is missing */
		s->entries.focus = ROW_PATH;
	json_decref(invoice);
	*data = s;
	return OK;
}

static void draw_file(struct ui *ui, void *data, struct pane *pane)
{
	struct file_screen *s = data;
	char title[80];
	struct pane below = pane_part(pane, 11, 0, pane->rows - 11, pane->columns);
	snprintf(title, sizeof title, tr("登记发票：%s", "File an invoice: %s"), s->no);
	pane_line(pane, 0, title);
	pane_text(pane, 8, 2, ROLE_HINT,
		app_may(ui, MAY_ATTACH) ? tr("F3 从收件箱选 PDF；在最后一项按回车登记，并发给客户",
									  "F3 chooses a PDF from the inbox; Enter in the last field files and sends it")
								: tr("在最后一项按回车登记，并发给客户", "Enter in the last field files and sends it"));
	pane_line(pane, 10, tr("发票内容", "Invoice"));
	sheet_draw(&s->sheet, &below, PAGE_LABELS);
	entries_draw(ui, &s->entries, pane, 2, 12, true, true);
}

/* The PDFs of the inbox, by name: only to choose from; what it is, its content says. */
static void choose_from_inbox(struct ui *ui, struct file_screen *s)
{
	enum { MOST = 50 };
	const char *lines[MOST], *paths[MOST];
	size_t n = 0, i;
	json_t *files = NULL, *file;
	struct error e = {0};
	if (attach_inbox(app_desk(ui), NULL, &files, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	json_array_foreach(files, i, file) {
		const char *name = json_text(file, "name"), *dot = strrchr(name, '.');
		if (n == MOST || !dot || strcasecmp(dot, ".pdf") != 0)
			continue;
		lines[n] = name;
		paths[n++] = json_text(file, "path");
	}
	if (n == 0)
		ui_warn(ui, "%s", tr("收件箱里没有 PDF", "There is no PDF in the inbox"));
	int chosen = n ? dialog_choose(ui, tr("收件箱里的 PDF，新的在前", "PDFs in the inbox, newest first"), lines, n, 0) : -1;
	if (chosen >= 0) {
		entries_set(&s->entries, ROW_PATH, paths[chosen]);
		s->entries.focus = ROW_PATH;
	}
	json_decref(files);
}

struct filing {
	const char *number, *date, *path;
};

static enum err call_file(struct desk *d, struct call *c, struct error *e)
{
	const struct filing *f = c->more;
	return invoice_file(d, c->no, f->number, f->date, f->path, &c->out, e);
}

static void file_invoice(struct ui *ui, struct file_screen *s)
{
	char path[1700];
	const char *given = entries_text(&s->entries, ROW_PATH), *home = getenv("HOME");
	bool below_home = strncmp(given, "~/", 2) == 0 && home;
	snprintf(path, sizeof path, "%s%s", below_home ? home : "", given + below_home);
	struct filing f = {entries_text(&s->entries, ROW_NUMBER), entries_text(&s->entries, ROW_DATE), path};
	struct call c = {.no = s->no, .more = &f};
	if (!app_do(ui, call_file, &c))
		return;
	if (*json_text(c.out, "notice"))
		ui_warn(ui, tr("发票 %s 已登记，但没有发出去。请稍后按 F6 再发", "Invoice %s is filed, but the mail didn't go out; F6 tries again"),
			json_text(c.out, "number"));
	else if (strcmp(json_text(c.out, "state"), "sent") == 0)
		ui_good(ui, tr("发票 %s 已登记，并发送到 %s", "Invoice %s is filed and was sent to %s"), json_text(c.out, "number"),
			json_text(c.out, "to"));
	else
		ui_warn(ui, tr("发票 %s 已登记。订单已退款，应红冲，没有发给客户", "Invoice %s is filed; the order was refunded, a red one is due"),
			json_text(c.out, "number"));
	json_decref(c.out);
	ui_pop(ui);
}

static unsigned handle_file(struct ui *ui, void *data, const struct event *event)
{
	struct file_screen *s = data;
	if (event->action == DO_INBOX) {
		choose_from_inbox(ui, s);
		return UI_DRAW;
	}
	bool done;
	unsigned answer = entries_answer(ui, &s->entries, event, &done);
	if (!done)
		return answer;
	file_invoice(ui, s);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_NEXT, UI_KEY_TAB, "下一项", "Next field", "登记发票", "File an invoice", NULL, NULL, 0},
	{DO_INBOX, UI_KEY_F(3), "收件箱", "Inbox", NULL, NULL, "从收件箱选 PDF", "Choose a PDF from the inbox", ACTION_FIRST | ACTION_NEEDS(MAY_ATTACH)},
	{0},
};

const struct screen_class scr_invoice_file = {.zh = "登记发票",
	.en = "File an invoice",
	.actions = actions,
	.open = open_file,
	.draw = draw_file,
	.handle = handle_file,
	.close = close_file};
