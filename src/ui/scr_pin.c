/* The customer's PIN: typed by the customer, never shown. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/issue.h"
#include "desk/subject.h"
#include "token/token.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_common.h"

/* Nobody types a PIN that a second key in the reader has refused afterwards. */
static bool alone(struct ui *ui)
{
	struct error e = {0};
	if (subject_only_key(app_desk(ui), &e) != ERR_DESK_ONE_KEY)
		return true;
	ui_fail(ui, &e);
	return false;
}

bool scr_ask_pin(struct ui *ui, const char *serial, const char *why, struct secret *out)
{
	char text[900], left[200] = "";
	if (!alone(ui))
		return false;
	int tries = token_pin_tries(serial);
	if (tries == 0) {
		ui_error(ui, tr("介质 %s 的证书密码已锁死。请办理解锁，解不了的办补办", "The PIN of key %s is blocked: unlock it, or replace it where it can't be unlocked"), serial);
		return false;
	}
	if (tries != TOKEN_TRIES_UNKNOWN)
		snprintf(left, sizeof left, tr("\n还可以试 %d 次，用完介质锁死。", "\n%d tries left; then the key is blocked."), tries);
	snprintf(text, sizeof text, tr("%s%s请把键盘交给客户，由客户本人输入介质 %s 的证书密码。%s",
		"%s%sHand the keyboard to the customer, who types the PIN of key %s.%s"), why ? why : "", why ? "\n" : "", serial, left);
	struct dialog_secret ask = {.title = tr("证书密码", "PIN"),
		.text = text,
		.label = tr("证书密码", "PIN"),
		.least = TOKEN_PIN_LEAST,
		.most = TOKEN_PIN_MOST};
	return dialog_secret(ui, &ask, out);
}

bool scr_ask_new_pin(struct ui *ui, const char *serial, struct secret *out)
{
	char text[400];
	if (!alone(ui))
		return false;
	snprintf(text, sizeof text, tr("请把键盘交给客户，由客户本人为介质 %s 设置新的证书密码（%d 到 %d 位数字）。",
		"Hand the keyboard to the customer, who chooses a new PIN for key %s (%d to %d digits)."), serial, TOKEN_PIN_LEAST, TOKEN_PIN_MOST);
	struct dialog_secret ask = {.title = tr("新证书密码", "New PIN"),
		.text = text,
		.label = tr("新密码", "New PIN"),
		.least = TOKEN_PIN_LEAST,
		.most = TOKEN_PIN_MOST,
		.digits = true,
		.twice = true};
	return dialog_secret(ui, &ask, out);
}

enum { ITEMS_SHOWN = 20 };

/* Which of the order's keys; NULL: none was chosen. */
static const char *choose_key(struct ui *ui, const json_t *items)
{
	const char *serials[ITEMS_SHOWN];
	size_t n = 0, i;
	json_t *item;
	json_array_foreach((json_t *)items, i, item)
		if (n < ITEMS_SHOWN)
			serials[n++] = json_text(item, "key_serial");
	int chosen = n > 1 ? dialog_choose(ui, tr("哪一个介质", "Which key"), serials, n, 0) : n ? 0 : -1;
	return chosen < 0 ? NULL : serials[chosen];
}

static enum err call_new(struct desk *d, struct call *c, struct error *e)
{
	return pin_new(d, c->no, c->a, c->b, c->flag, &c->out, e);
}

/* A wrong number is said where it is keyed, before a second person is called. */
struct target {
	struct desk *d;
	const char *order;
};

static bool target_fits(void *arg, const char *value, char *why, size_t size)
{
	const struct target *t = arg;
	struct error e = {0};
	if (pin_new_target(t->d, t->order, value, &e) == OK)
		return true;
	error_sentence(&e, why, size);
	return false;
}

bool scr_pin_new(struct ui *ui, const json_t *order)
{
	char target[80] = "", text[300];
	const char *serial = choose_key(ui, json_object_get(order, "items"));
	if (!serial)
		return false;
	snprintf(text, sizeof text, tr("插入介质 %s。留空：发到申请表里的接收人", "Insert key %s. Empty: to the application's target"), serial);
	const struct dialog_ask ask = {.title = tr("新证书密码", "New PIN"), .text = text, .label = tr("手机号或账号", "Mobile or account"),
		.limit = 32, .may_be_empty = true, .input = TERM_INPUT_LATIN, .judge = target_fits,
		.arg = &(struct target){app_desk(ui), json_text(order, "order")}};
	struct call c = {.no = json_text(order, "order"), .a = serial, .b = target, .flag = true};
	if (!dialog_ask(ui, &ask, target, sizeof target) ||
		!dialog_yes(ui, tr("重新核验身份", "Identity again"),
			tr("已重新核对证件原件，接收人就是本人（单位）？", "Were the originals looked at again, and is the target theirs?")) ||
		!app_do(ui, call_new, &c))
		return false;
	ui_good(ui, tr("介质 %s 的新证书密码已设置并发送", "The new PIN of key %s is set and on its way"), serial);
	json_decref(c.out);
	return true;
}

static enum err call_resend(struct desk *d, struct call *c, struct error *e)
{
	return pin_resend(d, c->no, &c->out, e);
}

bool scr_pin_resend(struct ui *ui, const char *no)
{
	struct call c = {.no = no};
	if (!dialog_yes(ui, tr("重发证书密码", "Send the PIN again"),
			tr("向原来的接收人再次发送证书密码？", "Send the PIN again to the same target?")) ||
		!app_do(ui, call_resend, &c))
		return false;
	ui_good(ui, tr("证书密码已再次发送：%s", "The PIN was sent again: %s"),
		json_text(json_array_get(json_object_get(c.out, "sent"), 0), "sent_to"));
	json_decref(c.out);
	return true;
}

bool scr_pin_waits(const json_t *order)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "pin_deliveries"), i, each)
		if (strcmp(json_text(each, "state"), "sent") == 0)
			return true;
	return false;
}

static enum err call_received(struct desk *d, struct call *c, struct error *e)
{
	return pin_received(d, c->no, NULL, &c->out, e);
}

bool scr_pin_received(struct ui *ui, const char *no)
{
	struct call c = {.no = no};
	if (!dialog_yes(ui, tr("证书密码已收到", "The PIN came"),
			tr("客户确认已收到证书密码？确认后密码即清除，不能再重发", "Does the customer say that the PIN came? It is destroyed then and can't be sent again")) ||
		!app_do(ui, call_received, &c))
		return false;
	ui_good(ui, "%s", tr("已登记：证书密码已送达", "Recorded: the PIN was delivered"));
	json_decref(c.out);
	return true;
}
