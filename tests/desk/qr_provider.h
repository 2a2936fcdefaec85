/* A payment provider inside the test: it signs with a key of its own, keeps trades, and fails where it is told to. The one over the
 * network is tests/lib/alipay.py. */
#ifndef CERTDESK_TESTS_QR_PROVIDER_H
#define CERTDESK_TESTS_QR_PROVIDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/json.h"
#include "desk/qrpay.h"
#include "desk/qrrefund.h"

enum { TRADES = 40, REFUNDS = 40 };
enum fault { NO_FAULT, NO_LINE, CUT_BEFORE, CUT_AFTER, ODD_AMOUNT };

struct paid_trade {
	char number[80], amount[32], trade_no[40];
	bool scanned, closed, returned;
};
static struct provider {
	EVP_PKEY *key;
	struct paid_trade trades[TRADES];
	size_t count;
	struct {
		char request_no[80], trade_no[40];
		int64_t fen;
	} refunds[REFUNDS];
	size_t refund_count;
	int asked, fault_at; /* requests so far; the one that meets `fault`, 0: all do */
	enum fault fault;
} provider;

static inline int64_t fen_of(const char *yuan)
{
	return (int64_t)(atof(yuan) * 100 + 0.5);
}

static inline void take_field(const char *body, const char *name, char *out, size_t size)
{
	char key[40];
	size_t n = 0;
	snprintf(key, sizeof key, "%s=", name);
	const char *at = strstr(body, key);
	assert_non_null(at);
	for (at += strlen(key); *at && *at != '&' && n + 1 < size; at++) {
		unsigned value = (unsigned char)*at;
		if (*at == '%') {
			assert_int_equal(sscanf(at + 1, "%2X", &value), 1);
			at += 2;
		}
		out[n++] = (char)value;
	}
	out[n] = '\0';
}

static inline struct paid_trade *trade_by(const char *number)
{
	for (size_t i = 0; i < provider.count; i++)
		if (strcmp(provider.trades[i].number, number) == 0 || strcmp(provider.trades[i].trade_no, number) == 0)
			return &provider.trades[i];
	return NULL;
}

/* The customer pays the newest code that can be paid. */
static inline void customer_pays(void)
{
	struct paid_trade *t = &provider.trades[provider.count - 1];
	assert_true(provider.count > 0 && !t->closed);
	static int number; /* never the same twice */
	t->scanned = true;
	snprintf(t->trade_no, sizeof t->trade_no, "20261126220014%010d", ++number);
}

static inline json_t *none_of(void)
{
	return json_pack("{ssssssss}", "code", "40004", "msg", "Business Failed", "sub_code", "ACQ.TRADE_NOT_EXIST", "sub_msg", "交易不存在");
}

static inline json_t *precreated(const json_t *q)
{
	struct paid_trade *t = trade_by(json_text(q, "out_trade_no"));
	char code[120];
	if (!t) {
		assert_true(provider.count < TRADES);
		t = &provider.trades[provider.count++];
		snprintf(t->number, sizeof t->number, "%s", json_text(q, "out_trade_no"));
		snprintf(t->amount, sizeof t->amount, "%s", json_text(q, "total_amount"));
	}
	snprintf(code, sizeof code, "https://qr.alipay.com/%s", t->number);
	return json_pack("{ssssss}", "code", "10000", "out_trade_no", t->number, "qr_code", code);
}

static inline json_t *queried(const json_t *q)
{
	const struct paid_trade *t = trade_by(json_text(q, "out_trade_no"));
	if (!t || (!t->scanned && !t->closed))
		return none_of();
	return json_pack("{ssssssssss}", "code", "10000", "out_trade_no", t->number, "trade_no", t->trade_no, "trade_status",
	                 t->closed ? "TRADE_CLOSED" : "TRADE_SUCCESS", "total_amount", provider.fault == ODD_AMOUNT ? "1.00" : t->amount);
}

static inline json_t *cancelled(const json_t *q)
{
	struct paid_trade *t = trade_by(json_text(q, "out_trade_no"));
	if (t && t->scanned && !t->closed)
		t->returned = true;
	if (t)
		t->closed = true;
	return json_pack("{ssssss}", "code", "10000", "out_trade_no", json_text(q, "out_trade_no"), "action", t && t->returned ? "refund" : "close");
}

static inline size_t refund_by(const char *request_no)
{
	size_t i = 0;
	while (i < provider.refund_count && strcmp(provider.refunds[i].request_no, request_no) != 0)
		i++;
	return i;
}

static inline json_t *sent_back(const json_t *q)
{
	const char *trade_no = json_text(q, "trade_no");
	size_t at = refund_by(json_text(q, "out_request_no"));
	assert_non_null(trade_by(trade_no));
	if (at == provider.refund_count) {
		assert_true(provider.refund_count++ < REFUNDS);
		snprintf(provider.refunds[at].request_no, sizeof provider.refunds[at].request_no, "%s", json_text(q, "out_request_no"));
		snprintf(provider.refunds[at].trade_no, sizeof provider.refunds[at].trade_no, "%s", trade_no);
		provider.refunds[at].fen = fen_of(json_text(q, "refund_amount"));
	}
	return json_pack("{ssss}", "code", "10000", "trade_no", trade_no);
}

static inline json_t *refund_found(const json_t *q)
{
	char amount[32];
	size_t at = refund_by(json_text(q, "out_request_no"));
	if (at == provider.refund_count)
		return json_pack("{ss}", "code", "10000");
	snprintf(amount, sizeof amount, "%.2f", (double)provider.refunds[at].fen / 100);
	return json_pack("{ssssssssss}", "code", "10000", "trade_no", provider.refunds[at].trade_no, "out_request_no", provider.refunds[at].request_no,
	                 "refund_amount", amount, "refund_status", "REFUND_SUCCESS");
}

static inline void signed_text(const char *content, struct bytes *out)
{
	unsigned char raw[512];
	size_t n = sizeof raw;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, provider.key), 1);
	assert_int_equal(EVP_DigestSign(c, raw, &n, (const unsigned char *)content, strlen(content)), 1);
	EVP_MD_CTX_free(c);
	assert_int_equal(base64_encode(raw, n, out), OK);
}

static inline enum err provider_way(struct provider_call *call, struct error *e)
{
	static const struct {
		const char *method;
		json_t *(*answer)(const json_t *q);
	} methods[] = {{"alipay.trade.precreate", precreated}, {"alipay.trade.query", queried}, {"alipay.trade.cancel", cancelled},
	               {"alipay.trade.refund", sent_back}, {"alipay.trade.fastpay.refund.query", refund_found}};
	char method[64], content[1000], member[80];
	json_t *q = NULL, *said = NULL;
	struct bytes signature = {0};
	bool meets = ++provider.asked == provider.fault_at || !provider.fault_at;
	if (meets && (provider.fault == NO_LINE || provider.fault == CUT_BEFORE))
		return error_set(e, ERR_PAY_PROVIDER_LINE, "test");
	take_field((char *)call->body.data, "method", method, sizeof method);
	take_field((char *)call->body.data, "biz_content", content, sizeof content);
	assert_int_equal(json_parse(content, strlen(content), &q, NULL), OK);
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].method, method) == 0)
			said = methods[i].answer(q);
	assert_non_null(said);
	char *text = json_dumps(said, JSON_COMPACT);
	snprintf(member, sizeof member, "%s_response", method);
	for (char *s = member; *s; s++)
		*s = *s == '.' ? '_' : *s;
	signed_text(text, &signature);
	assert_int_equal(bytes_format(&call->answer, "{\"%s\":%s,\"sign\":\"%s\"}", member, text, (char *)signature.data), OK);
	bytes_free(&signature);
	free(text);
	json_decref(said);
	json_decref(q);
	return meets && provider.fault == CUT_AFTER ? error_set(e, ERR_PAY_PROVIDER_LINE, "test") : OK;
}

static inline void key_file(const char *path, EVP_PKEY *key, bool private)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(private ? PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) : PEM_write_PUBKEY(f, key), 1);
	fclose(f);
	chmod(path, 0600);
}

/* The keys of both sides, made in the directory `root`; provider_end frees them. */
static inline void provider_keys(const char *root)
{
	char path[200];
	EVP_PKEY *merchant = EVP_RSA_gen(2048);
	provider.key = EVP_RSA_gen(2048);
	snprintf(path, sizeof path, "%s/merchant.key", root);
	key_file(path, merchant, true);
	snprintf(path, sizeof path, "%s/alipay.pub", root);
	key_file(path, provider.key, false);
	EVP_PKEY_free(merchant);
}

static inline void provider_end(void)
{
	EVP_PKEY_free(provider.key);
}

/* This desk takes money by a code, until it is closed. */
static inline void provider_connect(struct desk *d, const char *root)
{
	char path[200];
	free(d->config.alipay_app_id), free(d->config.alipay_key), free(d->config.alipay_public_key);
	d->config.alipay_app_id = strdup("2021000000000001");
	snprintf(path, sizeof path, "%s/merchant.key", root);
	d->config.alipay_key = strdup(path);
	snprintf(path, sizeof path, "%s/alipay.pub", root);
	d->config.alipay_public_key = strdup(path);
	d->provider_way = provider_way;
}

#endif
