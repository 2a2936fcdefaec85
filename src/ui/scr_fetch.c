#include "ui/scr_fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/certcustody.h"
#include "desk/order.h"
#include "sync/sync.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_line.h"

enum { SERIAL_SIZE = 64, CODE_SIZE = 16, WAYS = 3 };

struct fetching {
	struct desk *d;
	const char *key, *serial, *code, *order;
	const struct secret *pin;
	json_t *got;
};

/* How its holder can prove themselves. */
enum way { BY_KEY, BY_CODE, BY_REVIEW };
static const struct {
	enum way way;
	bool key, line; /* it takes the key, the line */
	const char *zh, *en;
} ways[WAYS] = {
	{BY_KEY, true, true, "介质签名：客户在场，输入证书密码", "Its key: the holder is here and types the PIN"},
	{BY_CODE, false, true, "验证码：总部发到留存手机", "A code: headquarters sends one to the phone on file"},
	{BY_REVIEW, false, false, "补办并审核：介质、手机都用不了，资料送总部审核点", "A review: a replacement, where neither key nor phone is at hand"},
};

static const char *title(void)
{
	return tr("取别处的证书", "Another counter's certificate");
}

/* --- by its key ------------------------------------------------------------------------------------------------------ */

static enum err by_key(struct job *job, void *arg, struct error *e)
{
	struct fetching *f = arg;
	job_report(job, 0, 0, tr("介质签名，总部核对，证书传来", "the key signs, headquarters checks, the certificate comes"));
	return sync_fetch_certificate(f->d, f->key, f->pin, &f->got, e);
}

static void say_came(struct ui *ui, const json_t *got)
{
	ui_say(ui, tr("证书已从受理点 %s 取来，可以办理", "The certificate came from site %s; go on"), json_text(got, "from"));
}

/* One try with one PIN. */
static enum err try_pin(struct ui *ui, const char *key, const char *why, bool *asked, struct error *e)
{
	struct secret pin = {0};
	struct fetching f = {.d = app_desk(ui), .key = key, .pin = &pin};
	enum err rc = OK;
	*asked = scr_ask_pin(ui, key, why, &pin);
	if (*asked)
		rc = dialog_job(ui, title(), tr("请勿拔出介质", "Do not remove the key"), by_key, &f, e);
	secret_wipe(&pin);
	if (*asked && rc == OK)
		say_came(ui, f.got);
	json_decref(f.got);
	return rc;
}

static bool fetch_by_key(struct ui *ui, const char *key)
{
	char wrong[500] = "";
	struct error e = {0};
	bool asked;
	for (;;) {
		enum err rc = try_pin(ui, key, *wrong ? wrong : NULL, &asked, &e);
		if (!asked || rc == OK)
			return asked;
		if (rc != ERR_TOKEN_PIN_WRONG) {
			dialog_error(ui, &e);
			return false;
		}
		error_sentence(&e, wrong, sizeof wrong);
	}
}

/* --- by a code ------------------------------------------------------------------------------------------------------- */

static enum err by_code(struct job *job, void *arg, struct error *e)
{
	struct fetching *f = arg;
	job_report(job, 0, 0, f->code ? tr("总部核对验证码，证书传来", "headquarters checks the code, the certificate comes")
	                              : tr("总部发送验证码", "headquarters sends the code"));
	return sync_fetch_by_code(f->d, f->serial, f->code, &f->got, e);
}

static bool ask_code(struct ui *ui, const char *sent_to, const char *wrong, char code[CODE_SIZE])
{
	char text[700];
	snprintf(text, sizeof text, tr("%s%s验证码已由总部发到留存手机 %s，五分钟内有效。\n请客户念出或输入。",
		"%s%sHeadquarters sent a code to the phone on file, %s; it works for five minutes.\nHave the customer say or type it."), wrong, *wrong ? "\n" : "", sent_to);
	const struct dialog_ask ask = {.title = title(), .text = text, .label = tr("验证码", "Code"), .limit = 6, .digits = true, .input = TERM_INPUT_LATIN};
	code[0] = '\0';
	return dialog_ask(ui, &ask, code, CODE_SIZE);
}

static bool fetch_by_code(struct ui *ui, const char *serial)
{
	char code[CODE_SIZE], sent_to[64], wrong[500] = "";
	struct error e = {0};
	struct fetching f = {.d = app_desk(ui), .serial = serial};
	enum err rc = dialog_job(ui, title(), tr("正在请总部发送验证码", "Asking headquarters for a code"), by_code, &f, &e);
	text_copy(sent_to, sizeof sent_to, json_text(f.got, "sent_to"));
	json_decref(f.got);
	while (rc == OK && ask_code(ui, sent_to, wrong, code)) {
		f.got = NULL;
		f.code = code;
		if ((rc = dialog_job(ui, title(), tr("正在核对验证码", "Checking the code"), by_code, &f, &e)) == OK)
			say_came(ui, f.got);
		json_decref(f.got);
		if (rc == OK)
			return true;
		if (rc == ERR_SYNC_CERT_CODE) {
			error_sentence(&e, wrong, sizeof wrong);
			rc = OK;
		}
	}
	if (rc != OK)
		dialog_error(ui, &e);
	return false;
}

/* --- by a review ----------------------------------------------------------------------------------------------------- */

/* Which of its forms: the other counter knows whose it is, this one doesn't yet. */
static void begin_replacement(struct ui *ui, const char *serial)
{
	const char *const lines[] = {tr("单位证书补办", "Replace a unit key"), tr("个人证书补办", "Replace a personal key")};
	static const char *const customers[] = {"unit", "person"};
	struct error e = {0};
	int chosen = dialog_choose(ui, tr("补办申请表", "Form of the replacement"), lines, 2, 0);
	if (chosen >= 0 && scr_form_elsewhere(ui, scr_form_name(ui, "replace", customers[chosen]), serial, &e) != OK)
		dialog_error(ui, &e);
}

/* --- all of them ----------------------------------------------------------------------------------------------------- */

static void say_down(struct ui *ui)
{
	dialog_message(ui, title(), tr("与总部的线路断了，介质和验证码的证明要等线路恢复。\n现在还能办：\n"
		"· 补办并审核：先填表、扫描、签名、收款，线路恢复后自动送审\n"
		"· 新办、领取、收款、打印照常\n"
		"· 挂失、吊销急的，请客户打总部电话",
		"The line to headquarters is down; key and code prove nothing until it is back.\nWhat works now:\n"
		"· a replacement for review: form, scans, signature, payment; it goes when the line is back\n"
		"· new applications, hand-over, payment and printing as always\n"
		"· an urgent loss or revocation: by headquarters' phone"));
}

/* -1: none. The key's own way comes first where it is in; without a line what works is chosen already. */
static int choose(struct ui *ui, bool key, bool up, int selected)
{
	char texts[WAYS][200];
	const char *lines[WAYS];
	int at[WAYS], count = 0, first = 0;
	for (int i = 0; i < WAYS; i++) {
		if (ways[i].key && !key)
			continue;
		snprintf(texts[count], sizeof texts[count], "%s%s", tr(ways[i].zh, ways[i].en), ways[i].line && !up ? tr("（等线路）", " (no line)") : "");
		if (i == selected || (selected < 0 && !up && !ways[i].line))
			first = count;
		lines[count] = texts[count];
		at[count++] = i;
	}
	int chosen = dialog_choose(ui, title(), lines, (size_t)count, (size_t)first);
	return chosen < 0 ? -1 : at[chosen];
}

/* What is on the key; "" where it can't be read: the key's own way says why. */
static void serial_of(struct ui *ui, const char *key, const char *certificate, char serial[SERIAL_SIZE])
{
	struct error e = {0};
	text_copy(serial, SERIAL_SIZE, certificate ? certificate : "");
	if (!certificate && certificate_serial_on_key(app_desk(ui), key, serial, SERIAL_SIZE, &e) != OK)
		serial[0] = '\0';
}

bool scr_fetch(struct ui *ui, const char *inserted, const char *certificate, const struct error *why)
{
	char key[SERIAL_SIZE], serial[SERIAL_SIZE];
	int way = -1;
	text_copy(key, sizeof key, inserted ? inserted : "");
	if (!app_may(ui, MAY_ORDER_NEW)) {
		if (why)
			ui_fail(ui, why);
		return false;
	}
	serial_of(ui, key, certificate, serial);
	for (;;) {
		bool up = line_is_up(ui, app_desk(ui)), came = false;
		if ((way = choose(ui, *key, up, way)) < 0)
			return false;
		if (ways[way].line && !up) {
			say_down(ui);
			continue;
		}
		switch (ways[way].way) {
		case BY_KEY:
			came = fetch_by_key(ui, key);
			break;
		case BY_CODE:
			came = fetch_by_code(ui, serial);
			break;
		case BY_REVIEW:
			begin_replacement(ui, serial);
			return false;
		}
		if (came)
			return true;
	}
}

static enum err by_order(struct job *job, void *arg, struct error *e)
{
	struct fetching *f = arg;
	job_report(job, 0, 0, tr("总部核对审核记录，证书传来", "headquarters looks at the approval, the certificate comes"));
	return sync_fetch_by_review(f->d, f->order, &f->got, e);
}

bool scr_fetch_order(struct ui *ui, const char *order)
{
	struct error e = {0};
	struct fetching f = {.d = app_desk(ui), .order = order};
	if (!line_is_up(ui, f.d)) {
		ui_warn(ui, "%s", tr("与总部的线路断了：线路恢复后证书会自动移来，再制证", "The line to headquarters is down: when it is back the certificate comes by itself, and then it is issued"));
		return false;
	}
	bool came = dialog_job(ui, title(), tr("凭审核取证书", "By the approved review"), by_order, &f, &e) == OK;
	if (came)
		say_came(ui, f.got);
	else
		dialog_error(ui, &e);
	json_decref(f.got);
	return came;
}
