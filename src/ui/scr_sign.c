/* 申请签名确认: texts and declaration to read, then the code from the agent's mobile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/sign.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"
#include "ui/scr_orderpage.h"

enum { BOTTOM = 6, RESEND_SECONDS = 60, DIGITS = 6, ROW_NEW = 0, ROW_OLD, ROWS };

struct sign_screen {
	char no[ORDER_NO_SIZE], name[PAGE_NAME_SIZE], sent_to[40], sent_to_old[40]; /* old: of the phone on file, "" where it stays */
	json_t *preview;
	struct sheet sheet;
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	bool sent;
	char why[500]; /* the last code was refused, and nothing was typed since */
	int64_t sent_at, expires_at;
};

/* The texts are files with "#" before headings, and blank lines between paragraphs. */
static void add_text(struct sheet *sheet, enum role role, const char *body)
{
	char line[4096];
	size_t shown = 0;
	for (const char *at = body; *at;) {
		size_t n = strcspn(at, "\n");
		snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), at);
		const char *text = line + strspn(line, "# ");
		bool heading = line[0] == '#';
		if (*text && (!heading || shown > 0))
			sheet_text(sheet, heading ? ROLE_GROUP : role, text);
		else if (!*text && shown > 0)
			sheet_gap(sheet);
		shown += *text && !heading;
		at += n + (at[n] != '\0');
	}
}

static void fill(struct ui *ui, struct sign_screen *s)
{
	const json_t *each;
	size_t i;
	char money[SCR_MONEY_SIZE];
	json_t *order = app_order(ui, s->no);
	text_copy(s->name, sizeof s->name, json_text(order, "name"));
	page_changes(&s->sheet, app_desk(ui), order);
	page_about(&s->sheet, app_desk(ui), order);
	json_decref(order);
	sheet_head(&s->sheet, tr("申请声明", "Declaration"));
	add_text(&s->sheet, ROLE_STRONG, json_text(s->preview, "declaration"));
	sheet_head(&s->sheet, tr("费用", "Amounts"));
	json_array_foreach(json_object_get(s->preview, "lines"), i, each)
		sheet_pair(&s->sheet, ROLE_NORMAL, json_text(each, "title"), scr_money_below(json_number(each, "amount"), money));
	sheet_pair(&s->sheet, ROLE_STRONG, tr("合计", "Total"), scr_money_below(json_number(s->preview, "amount"), money));
	json_array_foreach(json_object_get(s->preview, "texts"), i, each) {
		if (strcmp(json_text(each, "id"), "declaration") == 0)
			continue;
		char title[200];
		snprintf(title, sizeof title, tr("%s（%s）", "%s (%s)"), json_text(each, "title"), json_text(each, "version"));
		sheet_head(&s->sheet, title);
		add_text(&s->sheet, ROLE_NORMAL, json_text(each, "body"));
	}
}

static void close_sign(struct ui *ui, void *data)
{
	struct sign_screen *s = data;
	(void)ui;
	sheet_clear(&s->sheet);
	entries_end(&s->entries);
	json_decref(s->preview);
	free(s);
}

/* Where the phone on file changes, both numbers answer. */
static void two_codes(struct sign_screen *s, const char *old)
{
	text_copy(s->sent_to_old, sizeof s->sent_to_old, old);
	s->rows[ROW_OLD].hidden = !*old;
	s->rows[ROW_NEW].zh = *old ? "新手机验证码" : "短信验证码";
	s->rows[ROW_NEW].en = *old ? "New phone's" : "Code";
	s->rows[ROW_OLD].zh = "原手机验证码";
	s->rows[ROW_OLD].en = "Old phone's";
}

static enum err open_sign(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry code = {.zh = "短信验证码",
		.en = "Code",
		.columns = DIGITS + 2,
		.limit = DIGITS,
		.flags = EDIT_FOLD | EDIT_DIGITS,
		.fixed = true,
		.input = TERM_INPUT_LATIN};
	struct sign_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	s->rows[ROW_NEW] = s->rows[ROW_OLD] = code;
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc == OK)
		rc = sign_preview(app_desk(ui), s->no, &s->preview, e);
	if (rc != OK) {
		close_sign(ui, s);
		return rc;
	}
	two_codes(s, json_text(s->preview, "old_mobile"));
	fill(ui, s);
	*data = s;
	return OK;
}

/* Whose mobile it is: a person mostly comes themself. */
static bool of_agent(const struct sign_screen *s)
{
	return json_flag(s->preview, "agent");
}

static void draw_sent(struct ui *ui, struct sign_screen *s, const struct pane *p)
{
	int64_t now = ui_now(ui), left = s->expires_at - now, again = s->sent_at + RESEND_SECONDS - now;
	const char *outbox = strcmp(notify_driver_name(app_desk(ui)->notify), "outbox") == 0
		? tr("  [演示：短信写入 outbox]", "  [demo: written to outbox]")
		: "";
	bool two = *s->sent_to_old != '\0';
	int row = two ? 4 : 3;
	if (two)
		pane_format(p, 1, 1, ROLE_NORMAL, tr("验证码已发送至新手机 %s 和原手机 %s%s", "Codes were sent to the new mobile %s and the old one %s%s"),
			s->sent_to, s->sent_to_old, outbox);
	else
		pane_format(p, 1, 1, ROLE_NORMAL,
			of_agent(s) ? tr("验证码已发送至经办人手机 %s%s", "A code was sent to the agent's mobile %s%s")
						: tr("验证码已发送至客户手机 %s%s", "A code was sent to the customer's mobile %s%s"), s->sent_to, outbox);
	entries_draw(ui, &s->entries, p, 2, 13, false, true);
	if (left > 0)
		pane_format(p, row, 1, ROLE_HINT, tr("剩余 %lld:%02lld 有效", "valid for %lld:%02lld"), (long long)left / 60,
			(long long)left % 60);
	else
		pane_text(p, row, 1, ROLE_WARN, tr("验证码已失效", "The code has ended"));
	if (again > 0)
		pane_format(p, row, 30, ROLE_HINT, tr("%lld 秒后可重发", "again in %lld s"), (long long)again);
	else
		pane_text(p, row, 30, ROLE_HINT, tr("F5 可重发", "F5 sends again"));
}

static const char *key_of(const struct sign_screen *s)
{
	return json_text(s->preview, "key_serial");
}

static void draw_sign(struct ui *ui, void *data, struct pane *pane)
{
	struct sign_screen *s = data;
	struct pane text = pane_part(pane, 0, 0, pane->rows - BOTTOM, pane->columns);
	struct pane p = pane_part(pane, pane->rows - BOTTOM, 0, BOTTOM, pane->columns);
	sheet_draw(&s->sheet, &text, 24);
	page_head(&p, s->no, s->name, tr("签名确认", "Signature"));
	if (s->sent) {
		draw_sent(ui, s, &p);
	} else {
		ui_typing(ui, false, TERM_INPUT_LATIN);
		pane_text(&p, 1, 1, ROLE_STRONG, tr("请客户阅读以上内容（↑↓ PgDn 翻页）。", "Let the customer read (↑↓ PgDn)."));
		if (*s->sent_to_old) { /* no key signs that: its row is free */
			char both[300];
			snprintf(both, sizeof both, tr("经办人或手机号有变更：按回车向新手机 %s 和原手机 %s 发送验证码。",
				"The agent or the phone changes: Enter sends codes to the new mobile %s and to the one on file, %s."),
				json_text(s->preview, "agent_mobile"), s->sent_to_old);
			pane_wrapped(&p, 2, 1, p.columns - 2, 2, ROLE_STRONG, both);
		} else
			pane_format(&p, 2, 1, ROLE_STRONG,
				of_agent(s) ? tr("按回车向经办人手机 %s 发送验证码。", "Enter sends a code to the agent's mobile %s.")
							: tr("按回车向客户手机 %s 发送验证码。", "Enter sends a code to the customer's mobile %s."),
				json_text(s->preview, "agent_mobile"));
		if (*key_of(s))
			pane_format(&p, 3, 1, ROLE_STRONG, tr("或按 F8 用介质 %s 签名：客户再输一次证书密码。", "Or F8 signs by key %s: the customer types the PIN once more."),
				key_of(s));
		pane_text(&p, 4, 1, ROLE_HINT,
			tr("手机不便时签在纸上：F7 打印，签字盖章后 F3 上传扫描件，F6 第二人确认",
				"Without a mobile, on paper: F7 prints, F3 attaches what was signed, F6 confirms"));
		pane_cursor(&p, 1, 0);
	}
}

static enum err call_send(struct desk *d, struct call *c, struct error *e)
{
	return sign_send(d, c->no, &c->out, e);
}

static enum err call_code(struct desk *d, struct call *c, struct error *e)
{
	return sign_codes(d, c->no, c->a, c->b, &c->out, e);
}

static enum err call_key(struct desk *d, struct call *c, struct error *e)
{
	return sign_key(d, c->no, c->a, c->secret, &c->out, e);
}

static enum err call_paper(struct desk *d, struct call *c, struct error *e)
{
	return sign_paper(d, c->no, &c->out, e);
}

static void clear_codes(struct sign_screen *s)
{
	edit_clear(&s->rows[ROW_NEW].edit);
	edit_clear(&s->rows[ROW_OLD].edit);
	s->entries.focus = ROW_NEW;
}

static void send(struct ui *ui, struct sign_screen *s)
{
	struct call c = {.no = s->no};
	struct error e;
	enum err rc = app_attempt(ui, call_send, &c, &e);
	if (rc != OK) {
		ui_fail(ui, &e);
		if (rc == ERR_DESK_RESEND && !s->sent) { /* one is on its way: it can be keyed */
			text_copy(s->sent_to, sizeof s->sent_to, json_text(s->preview, "agent_mobile"));
			s->sent = true;
			s->sent_at = ui_now(ui);
			s->expires_at = s->sent_at + 300;
		}
		return;
	}
	s->sent = true;
	s->sent_at = ui_now(ui);
	text_copy(s->sent_to, sizeof s->sent_to, json_text(c.out, "sent_to"));
	if (!rfc3339_parse(json_text(c.out, "expires_at"), &s->expires_at))
		s->expires_at = s->sent_at + 300;
	two_codes(s, json_text(c.out, "sent_to_old"));
	clear_codes(s);
	ui_good(ui, tr("验证码已发送至 %s", "A code was sent to %s"), s->sent_to);
	json_decref(c.out);
}

/* Signed: on to the payment, or back to the order where nothing is due. */
static void go_on(struct ui *ui, struct sign_screen *s, json_t *order)
{
	if (strcmp(json_text(order, "status"), "awaiting-payment") == 0) {
		ui_good(ui, "%s", tr("签名已确认，请收款", "Signed; take the payment"));
		ui_replace(ui, &scr_pay, s->no);
	} else {
		ui_good(ui, tr("签名已确认：%s", "Signed: %s"), json_text(order, "status_title"));
		ui_pop(ui);
	}
	json_decref(order);
}

static void confirm_code(struct ui *ui, struct sign_screen *s)
{
	char code[16], old[16];
	bool two = *s->sent_to_old != '\0';
	text_copy(code, sizeof code, entries_text(&s->entries, ROW_NEW));
	text_copy(old, sizeof old, entries_text(&s->entries, ROW_OLD));
	struct call c = {.no = s->no, .a = code, .b = two ? old : NULL};
	if (!*code && *s->why) { /* Enter behind six digits that had gone off by themselves */
		ui_error(ui, "%s", s->why);
		return;
	}
	if (strlen(code) != DIGITS || (two && strlen(old) != DIGITS)) {
		s->entries.focus = strlen(code) != DIGITS ? ROW_NEW : ROW_OLD;
		ui_warn(ui, "%s", two ? tr("请输入两个手机短信里的 6 位验证码", "Key in the six digits of both messages")
							  : tr("请输入短信里的 6 位验证码", "Key in the six digits of the message"));
		return;
	}
	struct error e;
	enum err rc = app_attempt(ui, call_code, &c, &e);
	if (rc == OK) {
		go_on(ui, s, c.out);
		return;
	}
	ui_fail(ui, &e);
	error_sentence(&e, s->why, sizeof s->why);
	if (rc == ERR_DESK_CODE_OLD || rc == ERR_DESK_CODE_NEW) { /* the other one stays */
		s->entries.focus = rc == ERR_DESK_CODE_OLD ? ROW_OLD : ROW_NEW;
		edit_clear(&s->rows[s->entries.focus].edit);
	} else
		clear_codes(s);
	if (rc == ERR_DESK_CODE_SPENT || rc == ERR_DESK_CODE_ENDED || rc == ERR_DESK_CHANGED)
		s->expires_at = 0;
}

/* The customer's key signs what was shown; a wrong PIN is asked for again. */
static void by_key(struct ui *ui, struct sign_screen *s)
{
	struct secret pin = {0};
	struct error e = {0};
	char why[500] = "";
	while (scr_ask_pin(ui, key_of(s), *why ? why : NULL, &pin)) {
		struct call c = {.no = s->no, .a = key_of(s), .secret = &pin};
		ui_say(ui, "%s", tr("正在用介质签名，请勿拔出…", "The key is signing; do not remove it…"));
		ui_draw_now(ui);
		enum err rc = app_attempt(ui, call_key, &c, &e);
		secret_wipe(&pin);
		if (rc == OK)
			go_on(ui, s, c.out);
		else if (rc != ERR_TOKEN_PIN_WRONG)
			ui_fail(ui, &e);
		if (rc != ERR_TOKEN_PIN_WRONG)
			break;
		error_sentence(&e, why, sizeof why);
	}
	secret_wipe(&pin);
}

/* In place of this screen, to which it leads back. */
static void attach_signed(struct ui *ui, const struct sign_screen *s)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, s->no);
	ui_replace(ui, &scr_attach_signed, no);
}

static void paper(struct ui *ui, struct sign_screen *s)
{
	struct call c = {.no = s->no};
	struct error e;
	if (!dialog_yes(ui, tr("纸质签名", "On paper"),
			tr("申请表已打印、签字盖章，扫描件已在资料里？\n需要第二人核对原件后当场确认。",
				"The form was printed, signed, sealed and attached as the signed form?\nA second person looks at the original and confirms here.")))
		return;
	enum err rc = app_attempt(ui, call_paper, &c, &e);
	if (rc == OK) {
		go_on(ui, s, c.out);
		return;
	}
	if (rc == ERR_DESK_DOCUMENTS)
		attach_signed(ui, s);
	ui_fail(ui, &e);
}

/* The new phone's was keyed once more, with the old one's still standing. */
static bool both_there(const struct sign_screen *s)
{
	return s->sent && *s->sent_to_old && s->entries.focus == ROW_OLD && strlen(entries_text(&s->entries, ROW_NEW)) == DIGITS &&
		strlen(entries_text(&s->entries, ROW_OLD)) == DIGITS;
}

enum { DO_SEND = 1, DO_AGAIN, DO_PAPER, DO_PRINT, DO_KEY, DO_ATTACH };

static unsigned handle_sign(struct ui *ui, void *data, const struct event *event)
{
	struct sign_screen *s = data;
	if (event->action == DO_AGAIN) {
		send(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_PAPER) {
		paper(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_PRINT) {
		scr_print(ui, s->no);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_ATTACH) {
		attach_signed(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_KEY) {
		by_key(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (!s->sent && event->action == DO_SEND) {
		send(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (event->kind == EVENT_TEXT)
		s->why[0] = '\0';
	bool done = false; /* between two codes ↑ ↓ go before they turn the text */
	unsigned answer = s->sent ? entries_answer(ui, &s->entries, event, &done) : UI_PASS;
	if (!done && event->kind == EVENT_TEXT && both_there(s)) {
		done = true;
		ui_completed(ui);
	}
	if (done) {
		confirm_code(ui, s);
		return UI_DRAW | UI_BARS;
	}
	return answer == UI_PASS && sheet_handle(&s->sheet, event) ? UI_DRAW : answer;
}

static unsigned tick_sign(struct ui *ui, void *data)
{
	struct sign_screen *s = data;
	(void)ui;
	return s->sent ? UI_DRAW : UI_NONE;
}

static bool offered(struct ui *ui, void *data, int action)
{
	struct sign_screen *s = data;
	(void)ui;
	if (action == DO_KEY)
		return *key_of(s) != '\0';
	return action == DO_SEND ? !s->sent : action != DO_AGAIN || s->sent;
}

static const struct action actions[] = {
	{DO_SEND, UI_KEY_ENTER, "发送验证码", "Send code", "签名", "Signature", "发送验证码到手机",
		"Send a code to the mobile", ACTION_FIRST},
	{DO_AGAIN, UI_KEY_F(5), "重发", "Again", NULL, NULL, "重新发送验证码（60 秒后）", "Send a new code, after 60 s",
		ACTION_FIRST},
	{DO_KEY, UI_KEY_F(8), "介质签名", "By key", NULL, NULL, "客户输入证书密码，用介质签名", "The customer types the PIN, the key signs",
		ACTION_FIRST},
	{DO_ATTACH, UI_KEY_F(3), "资料", "Documents", NULL, NULL, "上传签字盖章的申请表", "Attach the form that was signed and sealed", ACTION_NEEDS(MAY_ATTACH)},
	{DO_PAPER, UI_KEY_F(6), "纸质签名", "On paper", NULL, NULL, "纸质签名，第二人当场确认",
		"On paper, confirmed by a second person", 0},
	{DO_PRINT, UI_KEY_F(7), "打印", "Print", NULL, NULL, "打印申请表，请客户签字盖章",
		"Print the application for signature and seal", 0},
	{0},
};

const struct screen_class scr_sign = {.zh = "签名",
	.en = "Signature",
	.actions = actions,
	.open = open_sign,
	.draw = draw_sign,
	.handle = handle_sign,
	.tick = tick_sign,
	.close = close_sign,
	.offered = offered};
