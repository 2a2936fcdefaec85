/* Asking headquarters for a certificate: what the journal says goes first, and what may have been asked before is asked for before it is
 * sent again. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "sync/internal.h"

enum { STATUS_UNKNOWN = 404, STATUS_REFUSED = 409 };

static const struct {
	const char *why, *zh, *en;
} reasons[] = {
	{"unknown", "总部没有这份订单", "it doesn't know the order"},
	{"custody", "订单不在本受理点", "the order is in another site's custody"},
	{"status", "订单不在制证中", "the order isn't in issue"},
	{"data", "订单内容打不开", "the order's content can't be opened"},
	{"item", "请求与订单记录不符", "the request isn't the order's"},
	{"record", "总部没有这条请求的记录", "it has no record of the request"},
	{"certificate", "这一项已有有效证书", "this item has a living certificate"},
	{"validity", "有效期不合规定", "the validity breaks a rule"},
	{"business", "这种业务不产生证书", "the business makes no certificate"},
	{"product", "商品与订单或总部下发的商品表不符", "the product isn't the order's, or not as headquarters laid it down"},
	{"profile", "证书模板与商品不符", "the profile isn't the product's"},
	{"about", "原证书与总部的记录不符或已失效", "the certificate that it is about isn't as headquarters knows it, or counts no more"},
	{"window", "不在可更新的期间内", "it is outside the renewal window"},
	{"term", "证书截止日期与商品年限和业务规则不符", "the end doesn't follow from the product's term and the business' rule"},
	{"pair", "更新、变更应沿用原密钥对", "a renewal or change keeps the key pair"},
	{"request", "证书请求不合规定", "the certification request breaks a rule"},
};

static enum err refused(const json_t *answer, struct error *e)
{
	const char *said = json_text(answer, "error"), *why = json_text(answer, "why");
	char shown[80];
	if (strcmp(said, SAY_AUTHORITY) == 0)
		return error_set(e, ERR_SYNC_CA_NONE, "%s", "");
	if (strcmp(said, SAY_ORDER) == 0 && strcmp(why, "main") == 0)
		return error_set(e, ERR_SYNC_CA_MAIN, "%s", "");
	for (size_t i = 0; strcmp(said, SAY_ORDER) == 0 && i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i].why, why) == 0)
			return error_set(e, ERR_SYNC_CA_REFUSED, "%s", tr(reasons[i].zh, reasons[i].en));
	if (strcmp(said, SAY_VOID) == 0)
		return error_set(e, ERR_SYNC_CA_REFUSED, "%s", tr("请求已撤销", "the request was given up"));
	text_printable(shown, sizeof shown, said);
	return error_set(e, ERR_SYNC_CA_REFUSED, "%s", shown);
}

static enum err ask(struct sync *s, const json_t *body, bool asked, json_t **out, struct error *e)
{
	char path[128];
	int status = STATUS_UNKNOWN;
	enum err r = OK;
	snprintf(path, sizeof path, "/v1/ca/issue?key=%.64s", json_text(body, "key"));
	if (asked)
		r = line_ask(s, "GET", path, NULL, STATUS_UNKNOWN, &status, out, e);
	if (r || status != STATUS_UNKNOWN)
		return r;
	json_decref(*out);
	*out = NULL;
	if ((r = sync_push(s, e)) || (r = line_ask(s, "POST", "/v1/ca/issue", body, STATUS_REFUSED, &status, out, e)) || status != STATUS_REFUSED)
		return r;
	r = refused(*out, e);
	json_decref(*out);
	*out = NULL;
	return r;
}

enum err sync_ask_ca(struct desk *d, const json_t *body, bool asked, json_t **out, struct error *e)
{
	struct sync *s = NULL;
	*out = NULL;
	enum err r = sync_open(d, &s, e);
	if (!r)
		r = ask(s, body, asked, out, e);
	sync_close(&s);
	return r;
}

enum err sync_reach_ca(struct desk *d, struct error *e)
{
	struct sync *s = NULL;
	json_t *answer = NULL;
	int status = 0;
	enum err r = sync_open(d, &s, e);
	if (!r)
		r = line_ask(s, "GET", "/v1/ca", NULL, STATUS_REFUSED, &status, &answer, e);
	if (!r && status == STATUS_REFUSED)
		r = refused(answer, e);
	sync_close(&s);
	json_decref(answer);
	return r;
}
