#include "ui/scr_own.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/cert.h"
#include "rules/business.h"
#include "ui/dialog.h"
#include "ui/scr_common.h"

enum { GROUND_SIZE = 400, CHANGES = 3, REASONS_MOST = 16, SERIAL_SIZE = 64 };

static const struct change {
	const char *name;
	const char *zh, *en, *done_zh, *done_en;
	bool for_good; /* and for a reason of RFC 5280 */
} changes[CHANGES] = {
	{"resume", "恢复：重新有效", "resume: valid again", "证书已恢复，吊销列表已更新", "The certificate is resumed, the revocation list made", false},
	{"suspend", "暂停：可以恢复", "suspend: until it is resumed", "证书已暂停，吊销列表已更新", "The certificate is suspended, the revocation list made", false},
	{"revoke", "吊销：不能恢复", "revoke: for good", "证书已吊销，吊销列表已更新", "The certificate is revoked, the revocation list made", true},
};

bool scr_own_offered(struct ui *ui, const char *status)
{
	return app_may(ui, MAY_CERT_OWN) && text_has_word("active suspended expired", status);
}

static const struct change *choose_change(struct ui *ui, const char *serial)
{
	const char *lines[CHANGES];
	const struct change *rows[CHANGES];
	size_t count = 0;
	json_t *certificate = NULL;
	struct error e = {0};
	if (cert_show(app_desk(ui), serial, &certificate, &e) != OK) {
		ui_fail(ui, &e);
		return NULL;
	}
	for (size_t i = 0; i < CHANGES; i++)
		if (cert_own_possible(changes[i].name, json_text(certificate, "status"), json_text(certificate, "reason"))) {
			rows[count] = &changes[i];
			lines[count++] = tr(changes[i].zh, changes[i].en);
		}
	json_decref(certificate);
	int chosen = dialog_choose(ui, tr("CA 主动办理", "On the CA's own ground"), lines, count, 0);
	return chosen < 0 ? NULL : rows[chosen];
}

/* "" where the change takes none. False where it was left. */
static bool choose_reason(struct ui *ui, const struct change *c, const char **reason)
{
	const struct code_table *table = NULL;
	struct error e = {0};
	*reason = "";
	if (!c->for_good)
		return true;
	if (codes_table(app_desk(ui)->codes, "revocation_reasons", &table, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	const char *lines[REASONS_MOST], *codes[REASONS_MOST];
	int count = 0;
	for (size_t i = 0; i < codes_count(table) && count < REASONS_MOST; i++) {
		const struct code_row *row = codes_at(table, i);
		if (strcmp(row->code, "certificate-hold") != 0) { /* no reason to end one for good */
			codes[count] = row->code;
			lines[count++] = tr(row->zh, row->en);
		}
	}
	int chosen = dialog_choose(ui, tr("吊销原因", "Reason of the revocation"), lines, (size_t)count, 0);
	*reason = chosen < 0 ? "" : codes[chosen];
	return chosen >= 0;
}

static bool ask_ground(struct ui *ui, const struct change *c, char ground[GROUND_SIZE])
{
	const struct dialog_ask ask = {.title = tr(c->zh, c->en),
		.text = tr("写明依据（如司法文书号、误签发的经过），记入日志。还要另一位审核员或主管当场授权。",
			"The ground (as a court's order, or how it was issued wrongly) is journalled. Another reviewer or manager authorises it on the spot."),
		.label = tr("依据", "Ground"), .limit = 100, .input = TERM_INPUT_ANY};
	ground[0] = '\0';
	return dialog_ask(ui, &ask, ground, GROUND_SIZE);
}

static enum err call_own(struct desk *d, struct call *c, struct error *e)
{
	const struct change *change = c->more;
	return cert_own_ground(d, c->no, change->name, change->for_good ? c->a : NULL, c->b, &c->out, e);
}

/* Resumed by the CA it may be suspended still, for what came before. */
static void say_done(struct ui *ui, const struct change *c, const json_t *certificate)
{
	const char *reason = json_text(certificate, "reason"), *why = strcmp(reason, CERT_HELD) == 0 ? NULL : cert_reason_title(reason);
	if (strcmp(c->name, "resume") != 0 || strcmp(json_text(certificate, "status"), "suspended") != 0)
		ui_good(ui, "%s", tr(c->done_zh, c->done_en));
	else
		ui_warn(ui, tr("CA 的暂停已解除，证书仍为“%s”%s%s%s，不能使用", "The CA's own suspension is lifted; for what came before, the certificate is %s%s%s%s still"),
			json_text(certificate, "status_title"), why ? tr("（", " (") : "", why ? why : "", why ? tr("）", ")") : "");
}

bool scr_own(struct ui *ui, const char *certificate)
{
	char ground[GROUND_SIZE], serial[SERIAL_SIZE], text[300];
	const char *reason = NULL;
	text_copy(serial, sizeof serial, certificate);
	const struct change *c = choose_change(ui, serial);
	if (!c || !choose_reason(ui, c, &reason) || !ask_ground(ui, c, ground))
		return false;
	snprintf(text, sizeof text, tr("吊销证书 %s？吊销后不能恢复，持有人会收到通知。", "Revoke certificate %s? It is over for good, and its holder is told."), serial);
	if (c->for_good && !dialog_confirm(ui, tr("CA 主动办理", "On the CA's own ground"), text, tr("吊销", "revoke")))
		return false;
	struct call call = {.no = serial, .a = reason, .b = ground, .more = (void *)c};
	bool done = app_do(ui, call_own, &call);
	if (done)
		say_done(ui, c, call.out);
	json_decref(call.out);
	return done;
}
