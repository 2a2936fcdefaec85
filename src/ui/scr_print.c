/* 打印: which paper, and where it goes. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/print.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

enum { MOST = 32 };

static enum err call_list(struct desk *d, struct call *c, struct error *e)
{
	return print_list(d, c->no, &c->out, e);
}

static enum err call_print(struct desk *d, struct call *c, struct error *e)
{
	const struct print_wish wish = {.no = c->no, .kind = c->a, .printer = c->flag};
	return print_run(d, &wish, &c->out, e);
}

/* The row chosen, or NULL. */
static const json_t *choose_kind(struct ui *ui, const json_t *kinds)
{
	char lines[MOST][160];
	const char *pointers[MOST];
	const json_t *each;
	size_t i, n = 0;
	json_array_foreach(kinds, i, each) {
		long long printed = (long long)json_number(each, "printed");
		if (n == MOST)
			break;
		if (printed > 0)
			snprintf(lines[n], sizeof lines[n], tr("%s（已打印 %lld 次）", "%s (printed %lld times)"), json_text(each, "title"), printed);
		else
			snprintf(lines[n], sizeof lines[n], "%s", json_text(each, "title"));
		pointers[n] = lines[n];
		n++;
	}
	int chosen = n ? dialog_choose(ui, tr("打印", "Print"), pointers, n, 0) : -1;
	if (!n)
		ui_warn(ui, "%s", tr("现在没有可以打印的单据", "There is nothing to print now"));
	return chosen < 0 ? NULL : json_array_get(kinds, (size_t)chosen);
}

/* False when neither was chosen. Without a printer there is nothing to ask. */
static bool choose_target(struct ui *ui, const char *queue, bool *printer)
{
	char line[200];
	*printer = false;
	if (!*queue)
		return true;
	snprintf(line, sizeof line, tr("打印机 %s", "printer %s"), queue);
	const char *const lines[] = {line, tr("保存为文件（PDF）", "save as a file (PDF)")};
	int chosen = dialog_choose(ui, tr("打印到", "Print to"), lines, 2, 0);
	*printer = chosen == 0;
	return chosen >= 0;
}

/* A name in which a letter is a box would be signed like that. */
static void say_lacking(struct ui *ui, const char *letters)
{
	char text[400];
	if (!*letters)
		return;
	snprintf(text, sizeof text, tr("这台机器的字库里没有：%s\n纸上印成了方框，请用笔补上；要印出来，请管理员装上有这些字的字体。",
		"This machine's fonts have no %s\nIt stands on the paper as a box: write it in by hand, or have a font installed that has it."), letters);
	dialog_message(ui, tr("缺字", "Letters missing"), text);
}

static void print_one(struct ui *ui, const char *no, const json_t *kind)
{
	struct call c = {.no = no, .a = json_text(kind, "kind")};
	if (!choose_target(ui, json_text(kind, "printer"), &c.flag))
		return;
	ui_say(ui, "%s", tr("正在打印…", "Printing…")); /* a print service can be slow to answer */
	ui_draw_now(ui);
	if (!app_do(ui, call_print, &c))
		return;
	const char *again = json_flag(c.out, "reprint") ? tr("（补打）", " (reprint)") : "";
	if (c.flag)
		ui_good(ui, tr("%s%s 已送打印机 %s，共 %lld 页", "%s%s went to printer %s, %lld pages"), json_text(c.out, "title"), again,
			json_text(c.out, "printer"), (long long)json_number(c.out, "pages"));
	else { /* a path is longer than the message line */
		char text[1200];
		snprintf(text, sizeof text, tr("%s%s 已保存，共 %lld 页：\n%s", "%s%s is saved, %lld pages:\n%s"), json_text(c.out, "title"),
			again, (long long)json_number(c.out, "pages"), json_text(c.out, "file"));
		ui_say(ui, "%s", "");
		dialog_message(ui, tr("打印", "Print"), text);
	}
	say_lacking(ui, json_text(c.out, "lacking"));
	json_decref(c.out);
}

void scr_print(struct ui *ui, const char *no)
{
	struct call c = {.no = no};
	if (!app_do(ui, call_list, &c))
		return;
	const json_t *kind = choose_kind(ui, c.out);
	if (kind)
		print_one(ui, no, kind);
	json_decref(c.out);
}
