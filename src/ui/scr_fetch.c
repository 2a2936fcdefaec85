#include "ui/scr_fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "sync/sync.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_common.h"

struct fetching {
	struct desk *d;
	const char *key;
	const struct secret *pin;
	json_t *got;
};

static enum err work(struct job *job, void *arg, struct error *e)
{
	struct fetching *f = arg;
	job_report(job, 0, 0, tr("介质签名，总部核对，证书传来", "the key signs, headquarters checks, the certificate comes"));
	return sync_fetch_certificate(f->d, f->key, f->pin, &f->got, e);
}

static bool wanted(struct ui *ui, const char *key)
{
	char text[500];
	snprintf(text, sizeof text,
		tr("介质 %s 里的证书不归本受理点管理。\n客户本人在场、输入证书密码后，可以从总部取到这里办理。现在取吗？",
			"The certificate on key %s is not held by this site.\nWith its holder here to type the PIN it can be got from headquarters. Get it now?"), key);
	return dialog_yes(ui, tr("取证书", "Get the certificate"), text);
}

/* One try with one PIN. */
static enum err try_pin(struct ui *ui, const char *key, const char *why, bool *asked, struct error *e)
{
	struct secret pin = {0};
	struct fetching f = {.d = app_desk(ui), .key = key, .pin = &pin};
	enum err rc = OK;
	*asked = scr_ask_pin(ui, key, why, &pin);
	if (*asked)
		rc = dialog_job(ui, tr("取证书", "Get the certificate"), tr("请勿拔出介质", "Do not remove the key"), work, &f, e);
	secret_wipe(&pin);
	if (*asked && rc == OK)
		ui_say(ui, tr("证书已从受理点 %s 取来，可以办理", "The certificate came from site %s; go on"), json_text(f.got, "from"));
	json_decref(f.got);
	return rc;
}

bool scr_fetch(struct ui *ui, const char *serial, const struct error *why)
{
	char key[TOKEN_SERIAL_SIZE], wrong[500] = "";
	struct error e = {0};
	bool asked;
	snprintf(key, sizeof key, "%s", serial);
	if (!app_may(ui, MAY_ORDER_NEW)) {
		if (why)
			ui_fail(ui, why);
		return false;
	}
	if (!wanted(ui, key))
		return false;
	for (;;) {
		enum err rc = try_pin(ui, key, *wrong ? wrong : NULL, &asked, &e);
		if (!asked)
			return false;
		if (rc == OK)
			return true;
		if (rc != ERR_TOKEN_PIN_WRONG) {
			dialog_error(ui, &e);
			return false;
		}
		error_sentence(&e, wrong, sizeof wrong);
	}
}
