#include "desk/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "net/net.h"

enum { KEY_MOST = 64 << 10, ROOT_MOST = 250 << 10, ANSWER_MOST = 32 << 10, SECONDS = 15, STATUS_OK = 200 };

bool provider_configured(const struct desk *d)
{
	return *d->config.alipay_app_id;
}

static enum err check_mode(const char *path, struct error *e)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return error_set(e, ERR_FILE_READ, "%s", path);
	return st.st_mode & 077 ? error_set(e, ERR_PAY_PROVIDER_MODE, "%s", path) : OK;
}

/* Read for each question and wiped with it: no key of the merchant's stays with the screens. */
static enum err open_merchant(struct desk *d, struct alipay_merchant *out, struct error *e)
{
	struct config *f = &d->config;
	struct bytes key = {0}, provider = {0}, certificate = {0}, roots = {0};
	bool certified = *f->alipay_certificate;
	struct alipay_keys keys = {f->alipay_app_id, &key, &provider, certified ? &certificate : NULL, certified ? &roots : NULL};
	*out = (struct alipay_merchant){0};
	if (!provider_configured(d))
		return error_set(e, ERR_PAY_PROVIDER_NONE, "%s", "");
	enum err r = check_mode(f->alipay_key, e);
	if (!r)
		r = file_read(f->alipay_key, KEY_MOST, &key, e);
	if (!r)
		r = file_read(f->alipay_public_key, KEY_MOST, &provider, e);
	if (!r && certified && !(r = file_read(f->alipay_certificate, KEY_MOST, &certificate, e)))
		r = file_read(f->alipay_root_certificates, KEY_MOST, &roots, e);
	if (!r)
		r = alipay_open(&keys, out, e);
	bytes_free(&key);
	bytes_free(&provider);
	bytes_free(&certificate);
	bytes_free(&roots);
	return r;
}

enum err provider_ready(struct desk *d, struct error *e)
{
	struct alipay_merchant m;
	enum err r = open_merchant(d, &m, e);
	alipay_close(&m);
	return r;
}

/* The line's own sentences speak of headquarters. */
static enum err not_reached(enum err r, const char *detail, struct error *e)
{
	static const struct {
		enum err err;
		const char *zh, *en;
	} why[] = {{ERR_NET_PROGRAM, "没有联网程序 certdesk-net，请重新安装", "certdesk-net isn't there, install again"},
	           {ERR_NET_OWN, "alipay_root 不能使用", "alipay_root can't be used"},
	           {ERR_NET_SLOW, "没有及时答复", "no answer in time"}, {ERR_NET_CUT, "连接中断", "the line broke"},
	           {ERR_NET_TLS, "不能建立安全连接", "no secure line"}, {ERR_NET_ROOT, "对方的证书不可信", "its certificate isn't trusted"},
	           {ERR_NET_HOST, "对方证书上的名称不对", "its certificate is another's"}, {ERR_NET_EXPIRED, "对方的证书今天无效", "its certificate isn't valid today"},
	           {ERR_NET_ANSWER, "答复看不懂", "its answer makes no sense"}, {ERR_NET_LONG, "答复太长", "its answer is too long"}};
	for (size_t i = 0; i < sizeof why / sizeof *why; i++)
		if (why[i].err == r)
			return error_set(e, ERR_PAY_PROVIDER_LINE, "%s, %s", detail, tr(why[i].zh, why[i].en));
	return error_set(e, ERR_PAY_PROVIDER_LINE, "%s", detail);
}

static enum err over_network(struct provider_call *call, struct error *e)
{
	struct net *net = NULL;
	struct net_reply reply = {0};
	struct error why = {0};
	const struct net_request request = {.method = "POST", .path = call->path, .body = call->body.data, .length = call->body.length,
	                                    .type = NET_FORM ";charset=utf-8", .limit = ANSWER_MOST, .seconds = SECONDS};
	enum err r = net_start(&(struct net_options){.url = call->url, .root = (char *)call->root.data}, &net, &why);
	if (!r)
		r = net_call(net, &request, &reply, &why);
	if (!r && reply.status != STATUS_OK)
		r = error_set(e, ERR_PAY_PROVIDER_LINE, "HTTP %d", reply.status);
	else if (!r)
		r = bytes_add(&call->answer, reply.body.data, reply.body.length);
	else
		r = not_reached(r, *why.detail ? why.detail : call->url, e);
	net_reply_free(&reply);
	net_end(&net);
	return r;
}

/* "https://HOST/PATH" in two. */
static bool split(const char *gateway, struct provider_call *out)
{
	const char *slash = strlen(gateway) > 8 ? strchr(gateway + 8, '/') : NULL;
	if (!slash)
		return false;
	out->url = strndup(gateway, (size_t)(slash - gateway));
	return out->url && asprintf(&out->path, "%s%c%s", slash, strchr(slash, '?') ? '&' : '?', ALIPAY_CHARSET) > 0;
}

enum err provider_make(struct desk *d, struct alipay_request *q, struct provider_call *out, struct error *e)
{
	struct alipay_merchant m;
	*out = (struct provider_call){.method = q->method, .way = d->provider_way ? d->provider_way : over_network};
	enum err r = open_merchant(d, &m, e);
	if (r)
		return r;
	q->now = desk_now(d);
	q->minutes = d->config.alipay_minutes;
	if (!split(d->config.alipay_gateway, out))
		r = error_set(e, ERR_PAY_PROVIDER_LINE, "alipay_gateway: %s", d->config.alipay_gateway);
	if (!r && !d->provider_way)
		r = file_read(d->config.alipay_root, ROOT_MOST, &out->root, e);
	if (!r)
		r = alipay_request_make(&m, q, &out->body, e);
	alipay_close(&m);
	if (r)
		provider_free(out);
	return r;
}

void provider_send(struct provider_call *call)
{
	call->error = (struct error){0};
	call->sent = call->way(call, &call->error);
}

enum err provider_read(struct desk *d, const struct provider_call *call, struct alipay_answer *out, struct error *e)
{
	struct alipay_merchant m;
	*out = (struct alipay_answer){.result = ALIPAY_UNCLEAR, .amount = -1};
	if (call->sent) {
		if (e)
			*e = call->error;
		return call->sent;
	}
	enum err r = open_merchant(d, &m, e);
	if (!r)
		r = alipay_answer_read(&m, call->method, call->answer.data, call->answer.length, out, e);
	alipay_close(&m);
	return r;
}

enum err provider_ask(struct desk *d, struct alipay_request *q, struct alipay_answer *out, struct error *e)
{
	struct provider_call call;
	*out = (struct alipay_answer){.result = ALIPAY_UNCLEAR, .amount = -1};
	enum err r = provider_make(d, q, &call, e);
	if (r)
		return r;
	provider_send(&call);
	r = provider_read(d, &call, out, e);
	provider_free(&call);
	return r;
}

void provider_free(struct provider_call *call)
{
	free(call->url);
	free(call->path);
	bytes_free(&call->root);
	bytes_free(&call->body);
	bytes_free(&call->answer);
	*call = (struct provider_call){0};
}

enum err provider_try(struct desk *d, struct error *e)
{
	struct alipay_answer answer;
	struct alipay_request q = {.method = ALIPAY_QUERY, .out_trade_no = "certdesk-doctor"};
	enum err r = provider_ask(d, &q, &answer, e);
	if (!r && answer.result == ALIPAY_UNCLEAR)
		r = error_set(e, ERR_PAY_PROVIDER_BUSY, "%s", answer.why);
	else if (!r && answer.result == ALIPAY_REFUSED)
		r = error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", answer.why);
	return r;
}
