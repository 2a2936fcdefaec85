#include "net/worker.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "net/cell.h"
#include "net/exchange.h"
#include "net/net.h"

enum { CONNECT_SECONDS = 10, QUIET_SECONDS = 30 };

/* What went wrong ----------------------------------------------------------------------------------- */

static enum err refused_certificate(const struct line *line)
{
	switch (line->refused) {
	case X509_V_OK:
		return ERR_NET_HOST;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return ERR_NET_EXPIRED;
	default:
		return ERR_NET_ROOT;
	}
}

static const struct {
	CURLcode code;
	enum err err;
} outcomes[] = {
	{CURLE_COULDNT_RESOLVE_HOST, ERR_NET_LINE},
	{CURLE_COULDNT_CONNECT, ERR_NET_LINE},
	{CURLE_OPERATION_TIMEDOUT, ERR_NET_SLOW},
	{CURLE_SEND_ERROR, ERR_NET_CUT},
	{CURLE_RECV_ERROR, ERR_NET_CUT},
	{CURLE_GOT_NOTHING, ERR_NET_CUT},
	{CURLE_PARTIAL_FILE, ERR_NET_CUT},
	{CURLE_SSL_CONNECT_ERROR, ERR_NET_TLS},
	{CURLE_SSL_CERTPROBLEM, ERR_NET_OWN},
	{CURLE_SSL_CACERT_BADFILE, ERR_NET_OWN},
	{CURLE_URL_MALFORMAT, ERR_NET_URL},
	{CURLE_OUT_OF_MEMORY, ERR_MEMORY},
};

static enum err outcome_error(const struct exchange *x, CURLcode code)
{
	if (x->err != OK)
		return x->err;
	if (code == CURLE_PEER_FAILED_VERIFICATION || (code == CURLE_SSL_CONNECT_ERROR && x->line->refused != X509_V_OK))
		return refused_certificate(x->line);
	if ((code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) && strstr(x->reason, " alert "))
		return ERR_NET_TLS; /* in TLS 1.3 they refuse us behind the handshake */
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (outcomes[i].code == code)
			return outcomes[i].err;
	return ERR_NET_ANSWER;
}

/* curl's own words only where they say more than our sentence. */
static void describe(const struct exchange *x, CURLcode code, enum err err, char *out, size_t size)
{
	const char *place = x->line->place;
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		snprintf(out, size, tr("%s（名称查不到）", "%s (unknown name)"), place);
	else if (err == ERR_NET_TLS || err == ERR_NET_ROOT || err == ERR_NET_CUT || (err == ERR_NET_ANSWER && x->err == OK))
		snprintf(out, size, "%s (%s)", place, *x->reason ? x->reason : curl_easy_strerror(code));
	else
		snprintf(out, size, "%s", place);
}

/* One call ------------------------------------------------------------------------------------------ */

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	char text[256];
	if (!value)
		return true;
	snprintf(text, sizeof text, "%s: %s", name, value);
	struct curl_slist *more = curl_slist_append(*list, text);
	if (more)
		*list = more;
	return more;
}

static struct curl_slist *make_headers(const struct exchange *x, bool *good)
{
	struct curl_slist *list = NULL;
	const struct call *c = x->call;
	bool writes = c->method == CALL_POST || c->method == CALL_PUT;
	*good = add_header(&list, "Upload-Offset", c->upload_offset) && add_header(&list, "Upload-Length", c->upload_length) &&
		(!writes || add_header(&list, "Content-Type", c->type ? c->type : "application/json")) &&
		(!x->compressed || add_header(&list, "Content-Encoding", "gzip")) && (c->takes || add_header(&list, "Accept-Encoding", "gzip"));
	struct curl_slist *more = curl_slist_append(list, "Expect:"); /* no waiting for a 100 */
	*good = *good && more;
	return more ? more : list;
}

static struct curl_blob blob(const struct bytes *b)
{
	return (struct curl_blob){b->data, b->length, CURL_BLOB_NOCOPY};
}

/* curl keeps OpenSSL's first error, which is not always why. */
static int note_refusal(int good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct line *line = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	if (!good && line->refused == X509_V_OK)
		line->refused = X509_STORE_CTX_get_error(store);
	return good;
}

static CURLcode watch_trust(CURL *curl, void *context, void *arg)
{
	struct line *line = arg;
	(void)curl;
	SSL_CTX_set_app_data(context, line);
	SSL_CTX_set_verify(context, line->root.length ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, line->root.length ? note_refusal : NULL);
	return CURLE_OK;
}

static void set_trust(struct line *line)
{
	CURL *curl = line->curl;
	struct curl_blob root = blob(&line->root), certificate = blob(&line->certificate), key = blob(&line->key);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, root.len ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, root.len ? 2L : 0L);
	if (root.len)
		curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &root);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, watch_trust);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, line);
	line->refused = X509_V_OK;
	if (!certificate.len)
		return;
	curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &certificate);
	curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
	curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &key);
	curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, line->key_is_pem ? "PEM" : "DER");
}

static void set_times(CURL *curl, long seconds)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds < CONNECT_SECONDS ? seconds : CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, seconds < QUIET_SECONDS ? seconds : QUIET_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
}

static void set_request(CURL *curl, struct exchange *x)
{
	const struct call *c = x->call;
	char range[32];
	if (c->method == CALL_HEAD)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (c->method != CALL_GET) {
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call_methods[c->method]);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange_send_length(x));
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, exchange_give_body);
		curl_easy_setopt(curl, CURLOPT_READDATA, x);
		curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, exchange_seek_body);
		curl_easy_setopt(curl, CURLOPT_SEEKDATA, x);
	}
	if (c->takes && c->take_from > 0) {
		snprintf(range, sizeof range, "%lld-", (long long)c->take_from);
		curl_easy_setopt(curl, CURLOPT_RANGE, range);
	}
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, exchange_take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, exchange_take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, x->reason);
}

/* A kept line that dies while the request is on its way is nobody's fault: curl itself begins again only where all of it was sent. */
static CURLcode send_request(struct exchange *x)
{
	CURL *curl = x->line->curl;
	long opened = 1;
	CURLcode code = curl_easy_perform(curl);
	bool died = (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR) && x->headers == 0;
	if (!died || curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &opened) != CURLE_OK || opened > 0)
		return code;
	x->sent = 0;
	*x->reason = '\0';
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	return curl_easy_perform(curl);
}

static enum err perform(struct exchange *x, char *detail, size_t size)
{
	CURL *curl = x->line->curl;
	struct bytes url = {0};
	bool good;
	struct curl_slist *headers = make_headers(x, &good);
	good = good && bytes_format(&url, "%s%s", x->line->url, x->call->path) == OK;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	if (good) {
		curl_easy_reset(curl); /* keeps the lines */
		set_trust(x->line);
		set_times(curl, (long)x->call->seconds);
		set_request(curl, x);
		curl_easy_setopt(curl, CURLOPT_URL, (const char *)url.data);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		code = send_request(x);
	}
	curl_slist_free_all(headers);
	bytes_free(&url);
	x->answer.status = exchange_status(x);
	bool sense = x->answer.status >= 100 && x->answer.status <= 599;
	bool broken = x->packed && x->unpack.state && !x->unpacked;
	if (x->unpack.state)
		inflateEnd(&x->unpack);
	if (code == CURLE_OK && sense && !broken)
		return OK;
	enum err err = code == CURLE_OK ? ERR_NET_ANSWER : outcome_error(x, code);
	describe(x, code, err, detail, size);
	return err;
}

static bool reply(const struct line *line, struct answer *answer, enum err err, const char *detail)
{
	struct bytes out = {0};
	answer->error = err;
	answer->detail = detail;
	if (err != OK)
		answer->status = 0;
	bool good = answer_pack(answer, &out) == OK &&
		    frame_write(line->fd, -1, FRAME_REPLY, out.data, out.length, NULL, 0) == FRAME_GOOD;
	bytes_free(&out);
	return good;
}

/* The request's body, as said; false where the other side says otherwise. */
static bool read_body(const struct line *line, int64_t length, struct bytes *out)
{
	struct frame f = FRAME_NONE;
	bool good = true;
	while (good && (int64_t)out->length < length)
		good = frame_read(line->fd, -1, &f) == FRAME_GOOD && f.kind == FRAME_DATA && f.body.length > 0 &&
		       (int64_t)f.body.length <= length - (int64_t)out->length && bytes_add(out, f.body.data, f.body.length) == OK;
	frame_free(&f);
	return good;
}

static bool serve_call(struct line *line, const struct frame *f)
{
	struct call call;
	char detail[400] = "";
	if (!call_read(f, &call))
		return false;
	if (!line->root.length && (call.method != CALL_GET || strcmp(call.path, "/v1/root") != 0))
		return false;
	struct exchange x = {.line = line, .call = &call, .sends = -1, .takes = -1, .range_from = -1};
	x.answer.upload_offset = x.answer.upload_length = -1;
	if (call.sends)
		x.sends = f->files[0];
	if (call.takes)
		x.takes = f->files[f->file_count - 1];
	bool good = read_body(line, call.body, &x.body);
	if (good) {
		enum err err = exchange_compress(&x);
		err = err ? err : perform(&x, detail, sizeof detail);
		good = reply(line, &x.answer, err, detail);
	}
	bytes_free(&x.body);
	return good;
}

/* The setup ------------------------------------------------------------------------------------------ */

static bool keep(struct bytes *to, const void *data, size_t length)
{
	return !data || bytes_add(to, data, length) == OK;
}

/* "https://HOST[:PORT][/PREFIX]" and nothing else. */
static bool keep_url(struct line *line, const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL, *text = NULL, *other = NULL;
	bool good = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		    strcmp(scheme, "https") == 0 && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK && curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK;
	static const CURLUPart none[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT};
	for (size_t i = 0; good && i < sizeof none / sizeof *none; i++) {
		good = curl_url_get(u, none[i], &other, 0) != CURLUE_OK;
		curl_free(other);
		other = NULL;
	}
	if (good) {
		while (*text && text[strlen(text) - 1] == '/')
			text[strlen(text) - 1] = '\0';
		line->url = strdup(text);
		good = line->url && asprintf(&line->place, "%s:%s", host, port) > 0;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(text);
	curl_url_cleanup(u);
	return good;
}

static X509 *read_certificate(const struct bytes *pem)
{
	BIO *in = BIO_new_mem_buf(pem->data, (int)pem->length);
	X509 *out = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	BIO_free(in);
	return out;
}

static int no_password(char *buffer, int size, int writing, void *arg)
{
	(void)buffer, (void)size, (void)writing, (void)arg;
	return -1;
}

static EVP_PKEY *read_key(const struct line *line)
{
	BIO *in = BIO_new_mem_buf(line->key.data, (int)line->key.length);
	EVP_PKEY *out = !in ? NULL : line->key_is_pem ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : d2i_PrivateKey_bio(in, NULL);
	BIO_free(in);
	return out;
}

/* What of ours can't be used, or NULL. */
static const char *check_own(const struct line *line)
{
	X509 *root = read_certificate(&line->root), *own = read_certificate(&line->certificate);
	EVP_PKEY *key = line->key.length ? read_key(line) : NULL;
	const char *wrong = NULL;
	if (line->root.length && !root)
		wrong = tr("总部根证书", "the root certificate");
	else if (line->certificate.length && !own)
		wrong = tr("证书", "the certificate");
	else if (line->certificate.length && !key)
		wrong = tr("私钥", "the private key");
	else if (own && X509_check_private_key(own, key) != 1)
		wrong = tr("证书和私钥不是一对", "certificate and key are no pair");
	X509_free(root);
	X509_free(own);
	EVP_PKEY_free(key);
	return wrong;
}

static bool take_setup(struct line *line, const struct frame *f)
{
	struct setup s;
	struct answer answer = {.status = 200, .upload_offset = -1, .upload_length = -1};
	if (!setup_read(f, &s))
		return false;
	if (!keep(&line->root, s.root, s.root ? strlen(s.root) : 0) ||
	    !keep(&line->certificate, s.certificate, s.certificate ? strlen(s.certificate) : 0) || !keep(&line->key, s.key, s.key_length))
		return reply(line, &answer, ERR_MEMORY, "") && false;
	line->key_is_pem = line->key.length > 5 && memcmp(line->key.data, "-----", 5) == 0;
	if (!keep_url(line, s.url))
		return reply(line, &answer, ERR_NET_URL, s.url) && false;
	const char *wrong = check_own(line);
	return reply(line, &answer, wrong ? ERR_NET_OWN : OK, wrong ? wrong : "") && !wrong;
}

int net_worker_run(int fd)
{
	struct line line = {.fd = fd};
	struct frame f = FRAME_NONE;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(line.curl = curl_easy_init()))
		return EXIT_FAULT;
	cell_close();
	bool good = frame_read(fd, -1, &f) == FRAME_GOOD && take_setup(&line, &f);
	enum frame_end end = FRAME_GOOD;
	while (good && (end = frame_read(fd, -1, &f)) == FRAME_GOOD)
		good = serve_call(&line, &f);
	frame_free(&f);
	curl_easy_cleanup(line.curl);
	bytes_free(&line.root);
	bytes_free(&line.certificate);
	bytes_free(&line.key);
	free(line.url);
	free(line.place);
	return good && end == FRAME_CLOSED ? EXIT_DONE : EXIT_FAULT;
}
