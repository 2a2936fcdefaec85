/* 审计校验: the journal from its first entry, with a bar while it is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/admin.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

struct audit_screen {
	char said[900];
	bool bad;
};

static enum err open_audit(struct ui *ui, void *arg, void **data, struct error *e)
{
	(void)ui, (void)arg;
	if (!(*data = calloc(1, sizeof(struct audit_screen))))
		return error_set(e, ERR_MEMORY, "%s", "");
	return OK;
}

static void close_audit(struct ui *ui, void *data)
{
	(void)ui;
	free(data);
}

static void draw_audit(struct ui *ui, void *data, struct pane *pane)
{
	struct audit_screen *s = data;
	int row = 2;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_line(pane, 0, tr("校验操作记录", "Verify the journal"));
	row += pane_wrapped(pane, row, 2, pane->columns - 4, 6, ROLE_NORMAL,
		tr("从第一条记录起，逐条核对签名、链接和它改动过的每一行数据；任何一行被改动过都会指出来。只读，不影响办理。",
			"Each entry from the first on: its signature, its link, and every row of data that it changed; a row that was "
			"altered is named. Nothing is written, and work goes on."));
	pane_text(pane, row + 1, 2, ROLE_GOOD, tr("按回车开始校验", "Press Enter to begin"));
	if (*s->said)
		pane_wrapped(pane, row + 3, 2, pane->columns - 4, 8, s->bad ? ROLE_ERROR : ROLE_GOOD, s->said);
	pane_cursor(pane, row + 1, 0);
}

static void progress(void *arg, int64_t done)
{
	char text[80];
	snprintf(text, sizeof text, tr("已核对 %lld 条", "%lld entries"), (long long)done);
	progress_step(arg, 0, 0, text);
}

/* The bar covers one attempt: a question for a second person comes between two of them. */
static enum err call_verify(struct desk *d, struct call *c, struct error *e)
{
	struct progress *p = NULL;
	enum err rc = progress_start(c->more, tr("审计校验", "Verify journal"), "", &p);
	if (rc != OK)
		return error_set(e, rc, "%s", "");
	rc = audit_verify(d, progress, p, &c->out, e);
	progress_end(&p);
	return rc;
}

static void verify(struct ui *ui, struct audit_screen *s)
{
	struct call c = {.more = ui};
	struct error e = {0};
	char sentence[700];
	s->bad = app_attempt(ui, call_verify, &c, &e) != OK;
	if (s->bad) {
		snprintf(s->said, sizeof s->said, "%s", error_sentence(&e, sentence, sizeof sentence));
		ui_error(ui, "%s", tr("校验没有通过，见屏幕上的说明", "The journal doesn't verify; see above"));
		return;
	}
	snprintf(s->said, sizeof s->said,
		tr("记录完整：%lld 条记录、%lld 行数据都与签名一致。\n记录链首：%s",
			"The journal is whole: %lld entries and %lld rows agree with their signatures.\nHead: %s"),
		(long long)json_number(c.out, "entries"), (long long)json_number(c.out, "records"), json_text(c.out, "head"));
	size_t n = strlen(s->said);
	if (json_number(c.out, "unjudged"))
		snprintf(s->said + n, sizeof s->said - n, tr("\n其中 %lld 行由更新的程序写下，本程序只核对了它们的摘要。", "\nA newer program wrote %lld of the rows: only their digests were proven."),
		            (long long)json_number(c.out, "unjudged"));
	ui_good(ui, "%s", tr("校验通过", "Verified"));
	json_decref(c.out);
}

enum { DO_VERIFY = 1 };

static unsigned handle_audit(struct ui *ui, void *data, const struct event *event)
{
	if (event->action != DO_VERIFY)
		return UI_PASS;
	verify(ui, data);
	return UI_DRAW;
}

static const struct action actions[] = {
	{DO_VERIFY, UI_KEY_ENTER, "开始校验", "Verify", "审计", "Audit", "从第一条起校验全部记录",
		"Prove the journal from its first entry", ACTION_FIRST},
	{0},
};

const struct screen_class scr_audit = {.zh = "审计校验", .en = "Verify journal", .actions = actions, .open = open_audit,
	.draw = draw_audit, .handle = handle_audit, .close = close_audit};
