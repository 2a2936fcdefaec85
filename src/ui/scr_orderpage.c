#include "ui/scr_orderpage.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/fieldtext.h"
#include "rules/business.h"
#include "rules/codeword.h"
#include "rules/transition.h"
#include "desk/refund.h"
#include "desk/sitename.h"
#include "sync/refusal.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_refund.h"

/* Until when the present step is to be done. */
static void pair_due(struct sheet *s, const json_t *order, const char *key, const char *label)
{
	char text[SCR_TIME_SIZE];
	bool late = json_flag(order, "late");
	if (*json_text(order, key))
		sheet_format(s, late ? ROLE_ERROR : ROLE_NORMAL, label, "%s%s", scr_time(json_text(order, key), text),
			late ? tr("（已逾期）", " (late)") : "");
}

/* It came back: nobody there works on it. */
static void not_taken(struct sheet *s, struct desk *d, const json_t *order)
{
	const char *why = json_text(order, "not_taken");
	char sentence[500];
	if (!*why)
		return;
	sheet_pair(s, ROLE_ERROR, tr("总部未接收", "Not taken"), refusal_sentence(why, sentence, sizeof sentence));
	const char *what = strcmp(json_text(order, "site"), d->site) == 0
		? tr("请本受理点的审核员退回补正，改正后重新签名送审；仍未接收的，联系总部",
			"a reviewer of this site returns it, then it is corrected and signed anew; if that isn't taken either, call headquarters")
		: strcmp(json_text(order, "custodian"), d->site) == 0
		? tr("在这里重新审核，或转交另一审核点；仍未接收的，联系总部", "review it here again, or hand it to another review site; if that isn't taken either, call headquarters")
		: tr("这里不用再办，由别的受理点办理", "nothing more is to be done here: another site sees to it");
	sheet_pair(s, ROLE_WARN, tr("怎么办", "What to do"), what);
}

void page_summary(struct sheet *s, struct desk *d, const json_t *order)
{
	const json_t *each;
	size_t i;
	int64_t refunding = json_number(order, "refunding");
	char money[SCR_MONEY_SIZE], site[SITE_TITLE_SIZE];
	sheet_pair(s, ROLE_STRONG, tr("名称", "Name"), json_text(order, "name"));
	const char *status = json_text(order, "status");
	bool waits = json_flag(order, "waiting") && !status_ended(status);
	sheet_format(s, ROLE_STRONG, tr("状态", "Status"), "%s%s", json_text(order, "status_title"),
		waits ? tr("（客户在等候）", " (customer waits)") : "");
	const struct business *b = business_find(json_text(order, "business"));
	bool mail = strcmp(json_text(order, "delivery"), "mail") == 0, goods = !b || b->makes == MAKES_NEW;
	sheet_format(s, ROLE_NORMAL, tr("业务", "Business"), "%s%s", json_text(order, "business_title"),
		!goods     ? ""
			: mail ? tr(" 邮寄", ", mailed")
				   : tr(" 窗口领取", ", fetched here"));
	if (strcmp(json_text(order, "site"), d->site) != 0)
		sheet_pair(s, ROLE_NORMAL, tr("受理点", "Site"), site_title(d, json_text(order, "site"), site));
	not_taken(s, d, order);
	sheet_pair(s, ROLE_WARN, tr("审核意见", "Decision"), json_text(order, "decision"));
	const json_t *passed = json_object_get(order, "passed");
	if (json_is_object(passed))
		sheet_format(s, ROLE_WARN, tr("转来自", "Handed on by"), "%s %s%s%s", site_title(d, json_text(passed, "site"), site), json_text(passed, "staff"),
			*json_text(passed, "reason") ? tr("：", ": ") : "", json_text(passed, "reason"));
	if (strcmp(status, "awaiting-payment") == 0)
		pair_due(s, order, "pay_due_at", tr("付款期限", "Pay until"));
	else if (strcmp(status, "in-review") == 0)
		pair_due(s, order, "review_due_at", tr("审核期限", "Review until"));
	else if (*json_text(order, "due_at"))
		pair_due(s, order, "issue_due_at", strcmp(json_text(order, "delivery"), "mail") == 0 ? tr("寄出期限", "Mail until")
			: tr("制证期限", "Issue until"));
	json_array_foreach(json_object_get(order, "refunds"), i, each) /* what waits; the oldest says what for */
		if (strcmp(json_text(each, "state"), "asked") == 0 || strcmp(json_text(each, "state"), "approved") == 0) {
			sheet_format(s, ROLE_WARN, tr("退款", "Refund"), "%s  %s", scr_money(refunding, money),
				refund_state_title(json_text(each, "state")));
			break;
		}
}

static void people(struct sheet *s, const json_t *order)
{
	static const struct {
		const char *who, *when, *zh, *en;
	} rows[] = {{"staff", "signed_at", "受理", "Keyed in"}, {"reviewer", "decided_at", "审核", "Reviewed"},
		{"issuer", "issued_at", "制证", "Issued"}, {"", "done_at", "完成", "Done"}};
	char text[SCR_TIME_SIZE];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *who = *rows[i].who ? json_text(order, rows[i].who) : "";
		scr_time(json_text(order, rows[i].when), text);
		if (*who || *text)
			sheet_format(s, ROLE_NORMAL, tr(rows[i].zh, rows[i].en), "%s%s%s", who, *who ? "  " : "", text);
	}
}

/* What was paid too much is named by itself; then each way back. */
static void refunds(struct sheet *s, const json_t *order)
{
	const json_t *each;
	size_t i;
	char money[SCR_MONEY_SIZE], when[SCR_TIME_SIZE];
	if (json_number(order, "surplus") > 0)
		sheet_format(s, ROLE_WARN, tr("多付", "Too much"), tr("%s，等待退还", "%s, to go back"),
			scr_money_below(json_number(order, "surplus"), money));
	json_array_foreach(json_object_get(order, "refunds"), i, each) {
		const char *state = json_text(each, "state");
		bool done = strcmp(state, "done") == 0;
		sheet_format(s, strcmp(state, "withdrawn") == 0 ? ROLE_HINT : done ? ROLE_NORMAL : ROLE_WARN,
			tr("退款", "Refund"), "%s  %s  %s%s%s  %s", scr_money_below(json_number(each, "amount"), money),
			codeword_method(json_text(each, "method")), refund_state_title(state),
			done ? "  " : "", json_text(each, "reference"), scr_time(json_text(each, done ? "paid_at" : "asked_at"), when));
	}
}

void page_head(const struct pane *p, const char *no, const char *name, const char *what)
{
	char title[300];
	snprintf(title, sizeof title, "%s%s%.200s%s%s", no, *name ? "  " : "", name, *what ? "  " : "", what);
	pane_line(p, 0, title);
}

void page_amounts(struct sheet *s, const json_t *order)
{
	const json_t *each;
	size_t i;
	char money[SCR_MONEY_SIZE], when[SCR_TIME_SIZE];
	sheet_head(s, tr("费用与支付", "Amounts and payments"));
	json_array_foreach(json_object_get(order, "lines"), i, each)
		sheet_pair(s, ROLE_NORMAL, json_text(each, "title"), scr_money_below(json_number(each, "amount"), money));
	sheet_pair(s, ROLE_STRONG, tr("合计", "Total"), scr_money_below(json_number(order, "amount"), money));
	if (json_number(order, "paid") > 0)
		sheet_pair(s, ROLE_GOOD, tr("已付", "Paid"), scr_money_below(json_number(order, "paid"), money));
	json_array_foreach(json_object_get(order, "payments"), i, each) {
		const char *state = json_text(each, "state");
		sheet_format(s, strcmp(state, "void") == 0 ? ROLE_HINT : ROLE_NORMAL,
			codeword_method(json_text(each, "method")), "%s  %s %s  %s  %s",
			scr_money_below(json_number(each, "amount"), money),
			strcmp(json_text(each, "method"), "transfer") == 0 ? tr("凭证", "voucher") : tr("收据", "receipt"), json_text(each, "receipt"),
			scr_time(json_text(each, "taken_at"), when), codeword_payment(state));
	}
	const json_t *code = json_object_get(order, "qr");
	if (json_is_object(code))
		sheet_format(s, ROLE_WARN, tr("扫码支付", "By a code"), tr("%s  %s  %s 前有效", "%s  %s  until %s"), scr_money_below(json_number(code, "amount"), money),
			json_text(code, "state_title"), scr_time(json_text(code, "expires_at"), when));
	refunds(s, order);
	if (json_is_object(json_object_get(order, "invoice")))
		page_invoice(s, json_object_get(order, "invoice"));
}

void page_invoice(struct sheet *s, const json_t *invoice)
{
	char money[SCR_MONEY_SIZE], when[SCR_TIME_SIZE];
	bool due = json_flag(invoice, "red_due");
	sheet_format(s, due ? ROLE_ERROR : ROLE_NORMAL, tr("发票", "Invoice"), "%s  %s  %s%s", json_text(invoice, "kind_title"),
		scr_money(json_number(invoice, "amount"), money), json_text(invoice, "state_title"),
		due ? tr("  应红冲", "  red invoice due") : "");
	if (*json_text(invoice, "number"))
		sheet_format(s, ROLE_NORMAL, tr("发票号码", "Number"), "%s  %s%s", json_text(invoice, "number"),
			json_text(invoice, "issued_date"), json_flag(invoice, "pdf") ? "  PDF" : tr("  还没有 PDF", "  no PDF yet"));
	sheet_pair(s, ROLE_GOOD, tr("发送时间", "Sent at"), scr_time(json_text(invoice, "sent_at"), when));
	if (*json_text(invoice, "red_number"))
		sheet_format(s, ROLE_WARN, tr("红字发票", "Red invoice"), "%s  %s  %s%s", json_text(invoice, "red_number"),
			json_text(invoice, "red_date"), json_flag(invoice, "red_pdf") ? tr("PDF  发送 ", "PDF  sent ") : tr("还没有 PDF", "no PDF yet"),
			!json_flag(invoice, "red_pdf")                ? ""
			: *scr_time(json_text(invoice, "red_sent_at"), when) ? when : tr("失败", "failed"));
	sheet_pair(s, ROLE_NORMAL, tr("购方名称", "Buyer"), json_text(invoice, "title"));
	sheet_pair(s, ROLE_NORMAL, tr("纳税人识别号", "Taxpayer number"), json_text(invoice, "tax_number"));
	sheet_pair(s, ROLE_NORMAL, tr("地址及电话", "Address and phone"), json_text(invoice, "address_phone"));
	sheet_pair(s, ROLE_NORMAL, tr("开户行及账号", "Bank and account"), json_text(invoice, "bank_account"));
	sheet_pair(s, ROLE_NORMAL, tr("收件人", "To"), json_text(invoice, "to"));
}

const json_t *page_attached(const json_t *order, size_t index)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "documents"), i, each)
		if (json_flag(each, "attached") && index-- == 0)
			return each;
	return NULL;
}

void page_look(struct ui *ui, const json_t *order, size_t index)
{
	const json_t *document = page_attached(order, index);
	struct picture_arg arg = {
		.order = json_text(order, "order"), .kind = json_text(document, "kind"), .title = json_text(document, "title")};
	if (document)
		ui_push(ui, &scr_picture, &arg);
}

const char *page_certificate_of(const json_t *order)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "items"), i, each)
		if (*json_text(each, "certificate"))
			return json_text(each, "certificate");
	return json_text(json_object_get(order, "about"), "certificate");
}

bool page_has_key(const json_t *order, const char *serial)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "items"), i, each)
		if (strcmp(json_text(each, "key_serial"), serial) == 0)
			return true;
	return strcmp(json_text(json_object_get(order, "about"), "key_serial"), serial) == 0;
}

size_t page_missing(const json_t *documents)
{
	const json_t *each;
	size_t i, count = 0;
	json_array_foreach(documents, i, each)
		count += json_flag(each, "required") && !json_flag(each, "attached");
	return count;
}

void page_documents(struct sheet *s, const json_t *order)
{
	const json_t *each;
	size_t i;
	char size[32];
	size_t shown = 0;
	json_array_foreach(json_object_get(order, "documents"), i, each)
		shown += json_flag(each, "attached") || json_flag(each, "required");
	if (shown == 0)
		return;
	sheet_head(s, tr("资料", "Documents"));
	json_array_foreach(json_object_get(order, "documents"), i, each) {
		if (json_flag(each, "attached"))
			sheet_format(s, ROLE_NORMAL, json_text(each, "title"), "%s  %lld×%lld  %s%s",
				scr_word(WORD_PICTURE, json_text(each, "mime")),
				(long long)json_number(each, "width"), (long long)json_number(each, "height"),
				scr_size(json_number(each, "size"), size),
				json_flag(each, "refit") ? tr("  已压缩", "  shrunk") : "");
		else if (json_flag(each, "required"))
			sheet_pair(s, ROLE_WARN, json_text(each, "title"), tr("缺", "missing"));
	}
}

/* Another counter's certificate, which a review brings: how far that is. */
static void elsewhere(struct sheet *s, const json_t *order)
{
	const json_t *it = json_object_get(order, "elsewhere");
	const char *why = json_text(it, "why"), *status = json_text(order, "status");
	char when[SCR_TIME_SIZE];
	if (!json_is_object(it))
		return;
	sheet_head(s, tr("所办证书", "The certificate concerned"));
	sheet_pair(s, ROLE_NORMAL, tr("证书序列号", "Certificate"), json_text(it, "certificate"));
	sheet_pair(s, ROLE_STRONG, tr("证书在", "Held"), tr("别的受理点，凭总部审核取来", "by another counter; a review site's approval brings it"));
	if (*why)
		sheet_pair(s, ROLE_ERROR, tr("没有移来", "Not given"), why);
	else if (*scr_time(json_text(it, "asked_at"), when))
		sheet_format(s, ROLE_NORMAL, tr("总部已同意", "Given"), tr("%s，正在移来", "%s, on its way"), when);
	else
		sheet_pair(s, ROLE_NORMAL, tr("取证情况", "How far"), strcmp(status, "approved") == 0 ? tr("已通过，下次同步时自动取来", "approved; the next sync gets it")
			: tr("等总部审核点审核", "waits for the review site"));
}

void page_about(struct sheet *s, struct desk *d, const json_t *order)
{
	const json_t *about = json_object_get(order, "about");
	const char *old = json_text(about, "old_key"), *reason = json_text(about, "reason");
	bool replaces = strcmp(json_text(order, "business"), "replace") == 0;
	char until[SCR_TIME_SIZE];
	if (!json_is_object(about)) {
		elsewhere(s, order);
		return;
	}
	sheet_head(s, tr("所办证书", "The certificate concerned"));
	sheet_pair(s, ROLE_NORMAL, tr("证书主体", "Subject"), json_text(about, "subject"));
	sheet_pair(s, ROLE_NORMAL, tr("证书序列号", "Certificate"), json_text(about, "certificate"));
	sheet_format(s, ROLE_NORMAL, tr("证书状态", "Status"), tr("%s，%s 到期", "%s, ends %s"), json_text(about, "status_title"),
		scr_time(json_text(about, "not_after"), until));
	sheet_format(s, ROLE_NORMAL, tr("介质", "Key"), "%s  %s", json_text(about, "key_serial"), scr_key_state(json_text(about, "key_state")));
	if (*json_text(about, "unlock_until"))
		sheet_pair(s, ROLE_NORMAL, json_flag(about, "unlock_code") ? tr("授权码有效至", "Code works until") : tr("解锁时限", "Unlock by"),
			scr_time(json_text(about, "unlock_until"), until));
	if (*reason)
		sheet_pair(s, ROLE_STRONG, replaces ? tr("补办原因", "Reason") : tr("吊销原因", "Reason"),
			code_text(d, replaces ? "replacement_reasons" : "revocation_grounds", reason));
	if (*old)
		sheet_format(s, ROLE_STRONG, tr("旧介质和旧证书", "Old key and certificate"), tr("%s介质记为%s，证书在新证书写好后吊销",
			"%sthe key becomes %s, the certificate is revoked once the new one is written"),
			json_flag(about, "suspends") ? tr("签名后立即挂失；", "suspended with the signature; ") : "", scr_key_state(old));
}

void page_changes(struct sheet *s, struct desk *d, const json_t *order)
{
	const json_t *each;
	const struct form *form = NULL;
	size_t i;
	char before[1024], after[1024];
	if (json_array_size(json_object_get(order, "changes")) == 0 || desk_form(d, json_text(order, "form"), &form, NULL) != OK)
		return;
	sheet_head(s, tr("变更内容（原 → 新）", "What changes (before → after)"));
	json_array_foreach(json_object_get(order, "changes"), i, each) {
		const char *name = json_text(each, "field");
		const struct form_field *field = form_field(form, name);
		json_t *was = json_pack("{sO}", name, json_object_get(each, "before")), *is = json_pack("{sO}", name, json_object_get(each, "after"));
		if (field) {
			scr_field_value(d, form, field, was, before, sizeof before);
			scr_field_value(d, form, field, is, after, sizeof after);
			sheet_beside(s, ROLE_WARN, text2_tr(&field->label), *before ? before : tr("（空）", "(none)"),
				*after ? after : tr("（空）", "(none)"));
		}
		json_decref(was);
		json_decref(is);
	}
	if (json_flag(json_object_get(order, "fields"), "old_phone_unreachable")) /* why it is reviewed */
		sheet_pair(s, ROLE_WARN, tr("原手机号", "Old phone"), tr("收不到验证码，凭证件核验", "can't be reached: by documents"));
}

bool page_is_made(const json_t *order)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "items"), i, each)
		if (*json_text(each, "certificate"))
			return true;
	return false;
}

/* What an order made may be suspended, revoked or replaced by now. */
static void since_then(struct sheet *s, struct desk *d, const char *serial)
{
	char state[200];
	json_t *c = NULL;
	if (*serial && cert_show(d, serial, &c, NULL) == OK && strcmp(json_text(c, "status"), "active") != 0) {
		page_cert_state(d, c, state, sizeof state);
		sheet_pair(s, ROLE_WARN, tr("证书状态", "Status"), state);
	}
	json_decref(c);
}

void page_items(struct sheet *s, struct desk *d, const json_t *order)
{
	const json_t *each, *handover = json_object_get(order, "handover");
	size_t i;
	char when[SCR_TIME_SIZE];
	const char *key = json_text(json_object_get(order, "about"), "key_serial");
	bool replaces = strcmp(json_text(order, "business"), "replace") == 0;
	if (json_array_size(json_object_get(order, "items")) == 0)
		return;
	sheet_head(s, tr("证书与介质", "Certificates and keys"));
	json_array_foreach(json_object_get(order, "items"), i, each) {
		bool own = json_flag(each, "own_medium") || json_number(each, "own_medium");
		bool same = *key && !replaces;
		sheet_format(s, ROLE_NORMAL,
			scr_role(json_text(each, "role")), "%s  %s%s",
			code_text(d, "products", json_text(each, "product")), code_text(d, "media", json_text(each, "medium")),
			!own ? "" : same ? tr("（原介质）", " (the same key)") : tr("（客户自备）", " (customer's own)"));
		sheet_pair(s, ROLE_NORMAL, tr("介质序列号", "Key serial"), json_text(each, "key_serial"));
		sheet_pair(s, ROLE_NORMAL, tr("证书序列号", "Certificate"), json_text(each, "certificate"));
		since_then(s, d, json_text(each, "certificate"));
	}
	json_array_foreach(json_object_get(order, "pin_deliveries"), i, each)
		sheet_format(s, ROLE_NORMAL, tr("证书密码", "PIN"), "%s  %s  %s",
			codeword_channel(json_text(each, "channel")), codeword_pin(json_text(each, "state")), scr_time(json_text(each, "sent_at"), when));
	if (json_is_object(handover)) {
		bool mailed = strcmp(json_text(handover, "to_whom"), "mail") == 0;
		sheet_format(s, ROLE_GOOD, mailed ? tr("寄出", "Mailed") : tr("领取", "Handed over"), "%s  %s %s%s%s",
			scr_time(json_text(handover, "handed_at"), when), mailed ? tr("快递单号", "tracking number") : tr("回执", "receipt"),
			json_text(handover, "receipt"), mailed ? "" : "  ", mailed ? "" : json_text(handover, "taker"));
		if (*json_text(handover, "taker_document"))
			sheet_format(s, ROLE_NORMAL, tr("领取人", "Taken by"), "%s  %s %s", json_text(handover, "taker_name"), json_text(handover, "taker_document"),
				json_text(handover, "taker_number"));
	}
	people(s, order);
}

static void identity_line(struct sheet *s, const json_t *check)
{
	bool failed = strcmp(json_text(check, "result"), "failed") == 0;
	char when[SCR_TIME_SIZE];
	sheet_format(s, failed ? ROLE_WARN : ROLE_NORMAL, tr("身份核验", "Identity"), "%s  %s  %s%s%s", codeword_person(json_text(check, "of")),
		codeword_check(json_text(check, "method")), scr_time(json_text(check, "checked_at"), when), failed ? tr("  未通过：", "  failed: ") : "",
		failed ? codeword_failure(json_text(check, "reason")) : "");
}

void page_signature(struct sheet *s, const json_t *order)
{
	const json_t *each, *signature = json_object_get(order, "signature"), *checks = json_object_get(order, "identity_checks");
	size_t i;
	char when[SCR_TIME_SIZE];
	bool has_signed = json_is_object(signature);
	if (!has_signed && !json_array_size(checks))
		return;
	sheet_head(s, tr("签名与核验", "Signature and checks"));
	if (has_signed) {
		sheet_format(s, ROLE_NORMAL, tr("签名", "Signature"), "%s  %s", codeword_method(json_text(signature, "method")),
			scr_time(json_text(signature, "signed_at"), when));
		sheet_pair(s, ROLE_HINT, tr("摘要", "Digest"), json_text(signature, "digest"));
	}
	json_array_foreach(checks, i, each)
		identity_line(s, each);
	json_array_foreach(json_object_get(order, "texts"), i, each)
		sheet_format(s, ROLE_NORMAL, tr("已同意文本", "Agreed to"), "%s %s",
			codeword_text(json_text(each, "id")), json_text(each, "version"));
}

void page_fields(struct sheet *s, struct desk *d, const json_t *order)
{
	const struct form *form = NULL;
	const json_t *values = json_object_get(order, "fields");
	char value[1024];
	if (desk_form(d, json_text(order, "form"), &form, NULL) != OK)
		return;
	for (size_t i = 0; i < form->section_count; i++) {
		const struct form_section *section = &form->sections[i];
		bool headed = false;
		for (size_t k = section->first; k < section->first + section->count; k++) {
			const struct form_field *field = &form->fields[k];
			if (!form_shown(form, field, values))
				continue;
			scr_field_value(d, form, field, values, value, sizeof value);
			if (*value && !headed)
				sheet_head(s, text2_tr(&section->label));
			headed |= *value != '\0';
			sheet_pair(s, ROLE_NORMAL, text2_tr(&field->label), value);
		}
	}
}

void page_cert_state(struct desk *d, const json_t *c, char *out, size_t size)
{
	char since[SCR_TIME_SIZE];
	const char *status = json_text(c, "status"), *reason = json_text(c, "reason"), *why = cert_reason_title(reason);
	const char *state = json_text(c, "status_title");
	if (strcmp(status, "suspended") == 0 && strcmp(reason, CERT_HELD) == 0)
		why = reason = ""; /* the state is called by it */
	snprintf(out, size, "%s", state);
	if (strcmp(status, "active") != 0 && strcmp(status, "expired") != 0)
		snprintf(out, size, tr("%s  自 %s 起%s%s", "%s  since %s%s%s"), state, scr_time(json_text(c, "status_at"), since),
			*reason ? tr("，", ", ") : "", why ? why : code_text(d, "revocation_reasons", reason));
}

void page_certificate(struct sheet *s, struct desk *d, const json_t *c)
{
	char from[SCR_TIME_SIZE], to[SCR_TIME_SIZE], state[200], site[SITE_TITLE_SIZE];
	sheet_pair(s, ROLE_STRONG, tr("证书主体", "Subject"), json_text(c, "subject"));
	sheet_pair(s, ROLE_NORMAL, tr("颁发者", "Issuer"), json_text(c, "issuer"));
	sheet_pair(s, ROLE_NORMAL, tr("证书序列号", "Serial"), json_text(c, "serial"));
	sheet_format(s, ROLE_NORMAL, tr("有效期", "Valid"), "%s — %s", scr_time(json_text(c, "not_before"), from),
		scr_time(json_text(c, "not_after"), to));
	sheet_pair(s, ROLE_NORMAL, tr("证书商品", "Product"), code_text(d, "products", json_text(c, "product")));
	sheet_pair(s, ROLE_NORMAL, tr("介质序列号", "Key serial"), json_text(c, "key_serial"));
	page_cert_state(d, c, state, sizeof state);
	sheet_pair(s, strcmp(json_text(c, "status"), "active") == 0 ? ROLE_NORMAL : ROLE_WARN, tr("状态", "Status"), state);
	const char *held = json_text(c, "custodian");
	if (*held && strcmp(held, d->site) != 0)
		sheet_format(s, ROLE_WARN, tr("现在由谁办理", "Held by"), tr("受理点 %s", "site %s"), site_title(d, held, site));
	sheet_pair(s, ROLE_NORMAL, tr("订单号", "Order"), json_text(c, "order"));
}
