/* The customer's PIN: typed by the customer, never shown. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "token/token.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"

bool scr_ask_pin(struct ui *ui, const char *serial, const char *why, struct secret *out)
{
	char text[900], left[200] = "";
	int tries = token_pin_tries(serial);
	if (tries == 0) {
		ui_error(ui, tr("介质 %s 的证书密码已锁死，请办理解锁", "The PIN of key %s is blocked: unlock it"), serial);
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
