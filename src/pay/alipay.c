#include "pay/alipay.h"

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "pay/alipay_sn.h"

enum { KEY_BITS_LEAST = 2048, SUBJECT_MOST = 256, DEPTH_MOST = 16, YUAN_DIGITS = 9 };

static const struct {
	const char *name, *member; /* of the request, and in the answer */
} methods[ALIPAY_METHODS] = {
	[ALIPAY_PRECREATE] = {"alipay.trade.precreate", "alipay_trade_precreate_response"},
	[ALIPAY_QUERY] = {"alipay.trade.query", "alipay_trade_query_response"},
	[ALIPAY_CANCEL] = {"alipay.trade.cancel", "alipay_trade_cancel_response"},
	[ALIPAY_REFUND] = {"alipay.trade.refund", "alipay_trade_refund_response"},
	[ALIPAY_REFUND_QUERY] = {"alipay.trade.fastpay.refund.query", "alipay_trade_fastpay_refund_query_response"},
};

/* Keys --------------------------------------------------------------------------------------------- */

static int no_password(char *buffer, int size, int writing, void *arg)
{
	(void)buffer, (void)size, (void)writing, (void)arg;
	return -1;
}

/* Base64 as people paste it: lines and spaces between. */
static bool bare(const struct bytes *text, struct bytes *der)
{
	struct bytes packed = {0};
	bool good = true;
	for (size_t i = 0; good && i < text->length; i++)
		if (!strchr(" \t\r\n", text->data[i]) || !text->data[i])
			good = bytes_add(&packed, &text->data[i], 1) == OK;
	good = good && packed.length && base64_decode((char *)packed.data, packed.length, der);
	bytes_free(&packed);
	return good;
}

static EVP_PKEY *read_key(const struct bytes *text, bool ours)
{
	struct bytes der = {0};
	BIO *in = text->length ? BIO_new_mem_buf(text->data, (int)text->length) : NULL;
	bool pem = text->length && strstr((char *)text->data, "-----BEGIN ");
	EVP_PKEY *out = NULL;
	X509 *certificate = ours ? NULL : alipay_certificate(text);
	if (certificate)
		out = X509_get_pubkey(certificate);
	else if (in && pem)
		out = ours ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : PEM_read_bio_PUBKEY(in, NULL, no_password, NULL);
	else if (in && bare(text, &der)) {
		const unsigned char *at = der.data;
		out = ours ? d2i_AutoPrivateKey(NULL, &at, (long)der.length) : d2i_PUBKEY(NULL, &at, (long)der.length);
	}
	X509_free(certificate);
	BIO_free(in);
	bytes_free(&der);
	ERR_clear_error();
	if (out && (EVP_PKEY_get_base_id(out) != EVP_PKEY_RSA || EVP_PKEY_get_bits(out) < KEY_BITS_LEAST)) {
		EVP_PKEY_free(out);
		out = NULL;
	}
	return out;
}

/* Which file, by the name of its option. */
static enum err unusable(const char *option, const char *zh, const char *en, struct error *e)
{
	return error_set(e, ERR_PAY_PROVIDER_KEY, "%s: %s", option, tr(zh, en));
}

static enum err take_certificate(const struct alipay_keys *keys, struct alipay_merchant *out, struct error *e)
{
	X509 *own = alipay_certificate(keys->certificate);
	bool pair = own && X509_check_private_key(own, out->key) == 1;
	X509_free(own);
	ERR_clear_error();
	if (!pair || !alipay_sn(keys->certificate, false, &out->app_sn))
		return unusable("alipay_certificate", "应为应用公钥证书（PEM），并与私钥是一对", "the application's certificate (PEM), which is the private key's", e);
	return alipay_sn(keys->roots, true, &out->root_sn) ? OK : unusable("alipay_root_certificates", "应为支付宝根证书（PEM）", "Alipay's root certificates (PEM)", e);
}

enum err alipay_open(const struct alipay_keys *keys, struct alipay_merchant *out, struct error *e)
{
	*out = (struct alipay_merchant){.app_id = strdup(keys->app_id), .key = read_key(keys->key, true), .provider = read_key(keys->provider, false)};
	enum err r = !out->app_id      ? error_set(e, ERR_MEMORY, "%s", "")
	             : !out->key       ? unusable("alipay_key", "应为 2048 位以上的 RSA 私钥（PEM 或 Base64）", "an RSA private key of 2048 bits at least (PEM or base64)", e)
	             : !out->provider  ? unusable("alipay_public_key", "应为支付宝公钥或支付宝公钥证书", "Alipay's public key, or its certificate", e)
	             : keys->certificate ? take_certificate(keys, out, e)
	                                 : OK;
	if (r)
		alipay_close(out);
	return r;
}

void alipay_close(struct alipay_merchant *m)
{
	free(m->app_id);
	EVP_PKEY_free(m->key);
	EVP_PKEY_free(m->provider);
	bytes_free(&m->app_sn);
	bytes_free(&m->root_sn);
	*m = (struct alipay_merchant){0};
}

/* What is sent ------------------------------------------------------------------------------------- */

/* Yuan with two decimals and nothing between digits. */
static void put_yuan(json_t *content, const char *name, int64_t fen)
{
	char text[MONEY_TEXT_SIZE];
	snprintf(text, sizeof text, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
	json_object_set_new(content, name, json_string(text));
}

static void put_text(json_t *content, const char *name, const char *text)
{
	char shown[SUBJECT_MOST];
	text_printable(shown, sizeof shown, text);
	json_object_set_new(content, name, json_string(shown));
}

static char *make_content(const struct alipay_request *q)
{
	json_t *c = json_object();
	char minutes[16];
	snprintf(minutes, sizeof minutes, "%dm", q->minutes);
	switch (q->method) {
	case ALIPAY_PRECREATE:
		put_text(c, "out_trade_no", q->out_trade_no);
		put_yuan(c, "total_amount", q->amount);
		put_text(c, "subject", q->subject);
		put_text(c, "timeout_express", minutes);
		put_text(c, "qr_code_timeout_express", minutes);
		break;
	case ALIPAY_QUERY:
	case ALIPAY_CANCEL:
		put_text(c, "out_trade_no", q->out_trade_no);
		break;
	case ALIPAY_REFUND:
		put_text(c, "trade_no", q->trade_no);
		put_yuan(c, "refund_amount", q->amount);
		put_text(c, "out_request_no", q->request_no);
		put_text(c, "refund_reason", q->reason);
		break;
	default:
		put_text(c, "trade_no", q->trade_no);
		put_text(c, "out_request_no", q->request_no);
	}
	char *text = json_dumps(c, JSON_COMPACT);
	json_decref(c);
	return text;
}

/* "2026-11-22 21:05:09", China time. */
static void put_time(int64_t now, char out[32])
{
	char minute[17];
	civil_minute_text(now, minute);
	snprintf(out, 32, "%s:%02d", minute, civil_from_utc(now).second);
}

static enum err sign(EVP_PKEY *key, const struct bytes *text, struct bytes *base64, struct error *e)
{
	unsigned char raw[1024];
	size_t n = sizeof raw;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_PKEY_get_size(key) <= (int)sizeof raw && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestSign(c, raw, &n, text->data, text->length) == 1;
	EVP_MD_CTX_free(c);
	return good ? base64_encode(raw, n, base64) : error_set(e, ERR_CRYPTO, "RSA2");
}

static enum err put_escaped(struct bytes *out, const char *text)
{
	enum err r = OK;
	for (const unsigned char *s = (const unsigned char *)text; *s && !r; s++)
		r = (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || strchr("-_.~", *s)
		            ? bytes_add(out, s, 1)
		            : bytes_format(out, "%%%02X", *s);
	return r;
}

enum err alipay_request_make(const struct alipay_merchant *m, const struct alipay_request *q, struct bytes *body, struct error *e)
{
	char time[32], *content = make_content(q);
	struct bytes plain = {0}, signature = {0};
	put_time(q->now, time);
	static const char charset[] = "charset";
	const char *const parameters[][2] = {/* in the order of names: so they are signed; an empty one isn't there */
	                                     {"alipay_root_cert_sn", (char *)m->root_sn.data}, {"app_cert_sn", (char *)m->app_sn.data},
	                                     {"app_id", m->app_id},       {"biz_content", content ? content : ""},
	                                     {charset, "utf-8"},          {"format", "JSON"},
	                                     {"method", methods[q->method].name}, {"sign_type", "RSA2"},
	                                     {"timestamp", time},         {"version", "1.0"}};
	enum err r = content ? OK : error_set(e, ERR_MEMORY, "%s", "");
	for (size_t i = 0; !r && i < sizeof parameters / sizeof *parameters; i++)
		if (parameters[i][1] && !(r = bytes_format(&plain, "%s%s=%s", plain.length ? "&" : "", parameters[i][0], parameters[i][1])) &&
		    parameters[i][0] != charset && !(r = bytes_format(body, "%s%s=", body->length ? "&" : "", parameters[i][0])))
			r = put_escaped(body, parameters[i][1]);
	if (!r && !(r = sign(m->key, &plain, &signature, e)) && !(r = bytes_text(body, "&sign=")))
		r = put_escaped(body, (char *)signature.data);
	bytes_free(&plain);
	bytes_free(&signature);
	free(content);
	return r;
}

/* What comes back ---------------------------------------------------------------------------------- */

/* The text of an answer, member by member: only where each value begins and ends is looked at. */
struct scan {
	const char *at, *end;
};
struct span {
	const char *at;
	size_t length;
};

static void skip_space(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
		s->at++;
}

static bool skip_char(struct scan *s, char c)
{
	skip_space(s);
	bool good = s->at < s->end && *s->at == c;
	s->at += good;
	return good;
}

/* Behind the closing quote; *out is what lies between the quotes. */
static bool skip_string(struct scan *s, struct span *out)
{
	if (!skip_char(s, '"'))
		return false;
	out->at = s->at;
	while (s->at < s->end && *s->at != '"')
		s->at += *s->at == '\\' ? 2 : 1;
	if (s->at >= s->end)
		return false;
	out->length = (size_t)(s->at++ - out->at);
	return true;
}

/* An object or array as it stands, without what it means. */
static bool skip_nested(struct scan *s)
{
	struct span text;
	int depth = 0;
	do {
		if (s->at >= s->end)
			return false;
		if (*s->at == '"') {
			if (!skip_string(s, &text))
				return false;
			continue;
		}
		depth += (*s->at == '{' || *s->at == '[') - (*s->at == '}' || *s->at == ']');
		s->at++;
	} while (depth > 0 && depth <= DEPTH_MOST);
	return depth == 0;
}

static bool skip_value(struct scan *s, struct span *out)
{
	struct span text;
	skip_space(s);
	out->at = s->at;
	if (s->at >= s->end)
		return false;
	bool good = *s->at == '"' ? skip_string(s, &text) : *s->at == '{' && skip_nested(s);
	out->length = (size_t)(s->at - out->at);
	return good;
}

struct envelope {
	struct span content, signature; /* the object, as it stands; between the quotes */
	bool error;                     /* it is an error_response */
};

static bool same(struct span s, const char *name)
{
	return s.length == strlen(name) && memcmp(s.at, name, s.length) == 0;
}

/* One object, each of the members that count at most once, and nothing behind it. */
static bool open_envelope(const char *raw, size_t length, const char *member, struct envelope *out)
{
	struct scan s = {raw, raw + length};
	struct span name, value;
	*out = (struct envelope){0};
	if (!skip_char(&s, '{'))
		return false;
	do {
		if (!skip_string(&s, &name) || !skip_char(&s, ':') || !skip_value(&s, &value))
			return false;
		bool error = same(name, "error_response"), content = error || same(name, member), signature = same(name, "sign");
		if ((content && (out->content.at || *value.at != '{')) || (signature && (out->signature.at || *value.at != '"')))
			return false;
		if (content) {
			out->content = value;
			out->error = error;
		} else if (signature)
			out->signature = (struct span){value.at + 1, value.length - 2};
	} while (skip_char(&s, ','));
	if (!skip_char(&s, '}'))
		return false;
	skip_space(&s);
	return s.at == s.end && out->content.at;
}

/* A solidus may stand escaped in JSON; base64 has no other character that may. */
static bool proven(EVP_PKEY *provider, struct span content, struct span signature)
{
	struct bytes text = {0}, raw = {0};
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && signature.length > 0;
	for (size_t i = 0; good && i < signature.length; i++)
		if (signature.at[i] != '\\' || i + 1 == signature.length || signature.at[i + 1] != '/')
			good = bytes_add(&text, &signature.at[i], 1) == OK;
	good = good && base64_decode((char *)text.data, text.length, &raw) && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, provider) == 1 &&
	       EVP_DigestVerify(c, raw.data, raw.length, (const unsigned char *)content.at, content.length) == 1;
	EVP_MD_CTX_free(c);
	bytes_free(&text);
	bytes_free(&raw);
	ERR_clear_error();
	return good;
}

/* "88.8" to 8880; -1 for anything else. */
static int64_t read_yuan(const char *text)
{
	size_t whole = strspn(text, "0123456789"), part = 0;
	int64_t fen = 0;
	if (whole == 0 || whole > YUAN_DIGITS)
		return -1;
	if (text[whole] == '.' && ((part = strspn(text + whole + 1, "0123456789")) == 0 || part > 2))
		return -1;
	if (text[whole + (part ? part + 1 : 0)] != '\0')
		return -1;
	for (size_t i = 0; i < whole; i++)
		fen = fen * 10 + (text[i] - '0');
	fen *= 100;
	if (part > 0)
		fen += (text[whole + 1] - '0') * 10;
	if (part > 1)
		fen += text[whole + 2] - '0';
	return fen;
}

/* Visible ASCII that fits, or nothing at all. */
static void take_word(const json_t *content, const char *name, char *out, size_t size)
{
	const char *text = json_text(content, name);
	bool good = strlen(text) < size;
	for (const char *s = text; *s && good; s++)
		good = *s > ' ' && *s < 0x7f;
	snprintf(out, size, "%s", good ? text : "");
}

static void take_why(const json_t *content, struct alipay_answer *out)
{
	char text[100], code[50];
	const char *said = json_text(content, "sub_msg"), *named = json_text(content, "sub_code");
	text_printable(text, sizeof text, *said ? said : json_text(content, "msg"));
	text_printable(code, sizeof code, *named ? named : json_text(content, "code"));
	snprintf(out->why, sizeof out->why, "%s (%s)", text, code);
}

static enum alipay_result judge(const json_t *content)
{
	const char *code = json_text(content, "code"), *sub = json_text(content, "sub_code");
	if (strcmp(code, "10000") == 0)
		return ALIPAY_DONE;
	if (strcmp(code, "20000") == 0 || strcmp(code, "10003") == 0 || strstr(sub, "SYSTEM_ERROR") || strstr(sub, "UNKNOWN") || strstr(sub, "unknow"))
		return ALIPAY_UNCLEAR;
	if (strcmp(code, "40004") == 0 && (strcmp(sub, "ACQ.TRADE_NOT_EXIST") == 0 || strcmp(sub, "TRADE_NOT_EXIST") == 0))
		return ALIPAY_NONE;
	return *code ? ALIPAY_REFUSED : ALIPAY_UNCLEAR;
}

static enum alipay_trade trade_of(const char *status)
{
	static const struct {
		const char *name;
		enum alipay_trade trade;
	} names[] = {{"WAIT_BUYER_PAY", ALIPAY_WAITS}, {"TRADE_SUCCESS", ALIPAY_PAID}, {"TRADE_FINISHED", ALIPAY_PAID}, {"TRADE_CLOSED", ALIPAY_CLOSED}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].name, status) == 0)
			return names[i].trade;
	return ALIPAY_NO_TRADE;
}

static void take_content(enum alipay_method method, const json_t *content, struct alipay_answer *out)
{
	out->result = judge(content);
	take_why(content, out);
	take_word(content, "out_trade_no", out->out_trade_no, sizeof out->out_trade_no);
	take_word(content, "trade_no", out->trade_no, sizeof out->trade_no);
	take_word(content, "out_request_no", out->request_no, sizeof out->request_no);
	if (method == ALIPAY_PRECREATE)
		take_word(content, "qr_code", out->code, sizeof out->code);
	if (method == ALIPAY_QUERY)
		out->trade = trade_of(json_text(content, "trade_status"));
	out->amount = read_yuan(json_text(content, method == ALIPAY_REFUND_QUERY ? "refund_amount" : "total_amount"));
	out->refunded = method == ALIPAY_REFUND_QUERY ? strcmp(json_text(content, "refund_status"), "REFUND_SUCCESS") == 0
	                                              : method == ALIPAY_CANCEL && strcmp(json_text(content, "action"), "refund") == 0;
}

/* A good answer without what its method is asked for is none. */
static bool whole(enum alipay_method method, const struct alipay_answer *a)
{
	if (a->result != ALIPAY_DONE)
		return true;
	switch (method) {
	case ALIPAY_PRECREATE:
		return *a->out_trade_no && text_starts(a->code, "https://");
	case ALIPAY_QUERY:
		return *a->out_trade_no && a->trade != ALIPAY_NO_TRADE && (a->trade != ALIPAY_PAID || (*a->trade_no && a->amount > 0));
	case ALIPAY_REFUND_QUERY:
		return !a->refunded || (*a->trade_no && *a->request_no && a->amount > 0);
	default:
		return true;
	}
}

enum err alipay_answer_read(const struct alipay_merchant *m, enum alipay_method method, const void *raw, size_t length,
                            struct alipay_answer *out, struct error *e)
{
	struct envelope envelope;
	json_t *content = NULL;
	*out = (struct alipay_answer){.amount = -1};
	if (memchr(raw ? raw : "", 0, raw ? length : 0) || !open_envelope(raw, length, methods[method].member, &envelope))
		return error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("看不懂", "it makes no sense"));
	bool good = proven(m->provider, envelope.content, envelope.signature);
	if (!good && !envelope.error)
		return error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("签名不对", "its signature is wrong"));
	if (json_parse(envelope.content.at, envelope.content.length, &content, NULL) != OK || !json_is_object(content)) {
		json_decref(content);
		return error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("看不懂", "it makes no sense"));
	}
	take_content(method, content, out);
	json_decref(content);
	if (envelope.error) {
		enum err r = error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", out->why);
		*out = (struct alipay_answer){.amount = -1};
		return r;
	}
	if (!whole(method, out)) {
		*out = (struct alipay_answer){.amount = -1};
		return error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("缺少内容", "something is missing in it"));
	}
	return OK;
}
