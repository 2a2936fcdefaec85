/* Files as objects of an S3-compatible store: PREFIX/SITE/ab/HEX in a bucket. The payload's SHA-256, which is signed with each PUT, is the
 * file's own digest, so that the store itself refuses bytes that changed on the way. */
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "hub/files_driver.h"
#include "hub/options.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
enum { TRIES = 3, PAUSE_MS = 200, CONNECT_SECONDS = 10, PUT_SECONDS = 140, GET_SECONDS = 600, SAID_MOST = 1024 };

struct s3 {
	CURL *curl; /* this process's, made at its first request; keeps the line */
	struct secret secret;
	char *base;         /* https://HOST[/BUCKET][/PREFIX] */
	char provider[64];  /* curl's words for region and service */
	int seconds;        /* how long it may stay silent */
};

struct exchange {
	struct s3 *s3;
	const char *method, *payload; /* its SHA-256 */
	int fd;                       /* PUT: what goes */
	int64_t size, sent;
	struct file_range range;      /* GET: what is still to come */
	bool whole;                   /* no Range is asked */
	file_sink *sink;
	void *arg;
	enum err failed;              /* by the sink */
	struct error *e;
	bool odd;                     /* it answers what wasn't asked */
	bool other;                   /* … with another length than the file's */
	char said[SAID_MOST];         /* the beginning of a refusal */
	size_t said_length;
	char reason[CURL_ERROR_SIZE];
	long status;
};

/* --- configuration ----------------------------------------------------------------------------------------------- */

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER

static bool is_of(const char *text, size_t n, const char *letters, size_t least, size_t most)
{
	return n >= least && n <= most && strspn(text, letters) >= n;
}

/* Segments of names, with "/" between; none is empty or made of dots. */
static bool is_prefix(const char *p)
{
	for (size_t n; *p; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (!is_of(p, n, LETTERS "._-", 1, 100) || strspn(p, ".") >= n || (p[n] == '/' && !p[n + 1]))
			return false;
	}
	return true;
}

static enum err option_wrong(struct error *e, const char *name, const char *value)
{
	return error_set(e, ERR_HUB_S3_OPTION, "%s: %s", name, value);
}

static enum err make_base(struct s3 *s, const struct hub_options *o, struct error *e)
{
	const char *bucket = o->files + 5, *prefix = strchr(bucket, '/');
	size_t n = prefix ? (size_t)(prefix - bucket) : strlen(bucket);
	int port, rc = -1;
	char host[256];
	bool by_host = strcmp(o->s3_style, "host") == 0;
	prefix = prefix ? prefix + 1 : "";
	if (!is_of(bucket, n, LOWER ".-", 3, 63) || bucket[0] == '.' || strlen(prefix) > 500 || !is_prefix(prefix))
		return option_wrong(e, "files", o->files);
	if (hub_url_split(o->s3_endpoint, host, &port, NULL))
		return option_wrong(e, "s3_endpoint", o->s3_endpoint);
	const char *v6 = strchr(host, ':') ? "[" : "", *behind = *v6 ? "]" : "";
	char where[16] = "";
	if (port != 443)
		snprintf(where, sizeof where, ":%d", port);
	if (by_host)
		rc = asprintf(&s->base, "https://%.*s.%s%s%s%s", (int)n, bucket, host, where, *prefix ? "/" : "", prefix);
	else
		rc = asprintf(&s->base, "https://%s%s%s%s/%.*s%s%s", v6, host, behind, where, (int)n, bucket, *prefix ? "/" : "", prefix);
	if (rc < 0)
		s->base = NULL;
	return s->base ? OK : error_set(e, ERR_MEMORY, "s3");
}

static void s3_close(struct hub_files *f)
{
	struct s3 *s = f->own;
	if (!s)
		return;
	if (s->curl)
		curl_easy_cleanup(s->curl);
	secret_wipe(&s->secret);
	free(s->base);
	free(s);
	f->own = NULL;
}

static enum err s3_open(struct hub_files *f, struct error *e)
{
	const struct hub_options *o = f->options;
	struct s3 *s = f->own = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "s3");
	s->seconds = o->s3_timeout;
	snprintf(s->provider, sizeof s->provider, "aws:amz:%.32s:s3", o->s3_region);
	if (!is_of(o->s3_region, strlen(o->s3_region), LOWER "-", 1, 32))
		return option_wrong(e, "s3_region", o->s3_region);
	if (!is_of(o->s3_key, strlen(o->s3_key), LETTERS "._-:", 1, 128))
		return option_wrong(e, "s3_key", o->s3_key);
	if (strcmp(o->s3_style, "path") != 0 && strcmp(o->s3_style, "host") != 0)
		return option_wrong(e, "s3_style", o->s3_style);
	if (*o->s3_ca && access(o->s3_ca, R_OK) != 0)
		return option_wrong(e, "s3_ca", o->s3_ca);
	enum err r = make_base(s, o, e);
	if (!r && !(r = secret_read_file(&s->secret, o->s3_secret, e)) && s->secret.length == 0)
		r = option_wrong(e, "s3_secret", o->s3_secret);
	return r;
}

/* --- one exchange ------------------------------------------------------------------------------------------------- */

static size_t give(char *out, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	int64_t left = x->size - x->sent;
	size_t n = size * count;
	ssize_t got = pread(x->fd, out, (int64_t)n < left ? n : (size_t)left, (off_t)x->sent);
	if (got < 0 || (got == 0 && left > 0)) {
		x->failed = error_set(x->e, ERR_FILE_READ, "spool");
		return CURL_READFUNC_ABORT;
	}
	x->sent += got;
	return (size_t)got;
}

static int seek(void *arg, curl_off_t to, int origin)
{
	struct exchange *x = arg;
	if (origin != SEEK_SET || to < 0 || to > x->size)
		return CURL_SEEKFUNC_FAIL;
	x->sent = to;
	return CURL_SEEKFUNC_OK;
}

/* A refusal's text is looked at for its code alone. */
static size_t take_refusal(struct exchange *x, const char *data, size_t n)
{
	size_t room = sizeof x->said - 1 - x->said_length, some = n < room ? n : room;
	memcpy(x->said + x->said_length, data, some);
	x->said_length += some;
	x->said[x->said_length] = '\0';
	return n;
}

static size_t take(char *data, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	size_t n = size * count;
	curl_off_t length = -1;
	curl_easy_getinfo(x->s3->curl, CURLINFO_RESPONSE_CODE, &x->status);
	if (x->status < 200 || x->status > 299 || !x->sink)
		return take_refusal(x, data, n);
	curl_easy_getinfo(x->s3->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	x->other = x->whole && x->status == 200 && length >= 0 && length != x->range.size;
	if (x->other)
		return 0;
	if (x->status != (x->whole ? 200 : 206) || (int64_t)n > x->range.length) {
		x->odd = true;
		return 0;
	}
	if ((x->failed = x->sink(x->arg, data, n, x->e)))
		return 0;
	x->range.from += (int64_t)n;
	x->range.length -= (int64_t)n;
	return n;
}

static void set_line(struct s3 *s, const struct hub_options *o, long seconds)
{
	CURL *c = s->curl;
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (*o->s3_ca) { /* and no other */
		curl_easy_setopt(c, CURLOPT_CAINFO, o->s3_ca);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, seconds);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(s->seconds < CONNECT_SECONDS ? s->seconds : CONNECT_SECONDS));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)s->seconds);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
}

static void set_request(struct exchange *x)
{
	CURL *c = x->s3->curl;
	char range[64];
	if (x->fd >= 0) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->size);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(c, CURLOPT_READDATA, x);
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, seek);
		curl_easy_setopt(c, CURLOPT_SEEKDATA, x);
	} else if (strcmp(x->method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, x->method);
	if (x->sink && !x->whole) {
		snprintf(range, sizeof range, "%lld-%lld", (long long)x->range.from, (long long)(x->range.from + x->range.length - 1));
		curl_easy_setopt(c, CURLOPT_RANGE, range);
	}
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, x->reason);
}

static CURLcode exchange(struct hub_files *f, struct exchange *x, struct file_name n, long seconds)
{
	struct s3 *s = x->s3;
	char *url = file_path(s->base, n, ""), hash[100];
	snprintf(hash, sizeof hash, "x-amz-content-sha256: %s", x->payload);
	struct curl_slist *headers = curl_slist_append(NULL, hash);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	x->said_length = 0;
	x->said[0] = x->reason[0] = '\0';
	x->status = 0;
	x->sent = 0;
	if (url && headers) {
		curl_easy_reset(s->curl); /* keeps the lines */
		set_line(s, f->options, seconds);
		set_request(x);
		code = curl_easy_setopt(s->curl, CURLOPT_URL, url);
		curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
		if (!code)
			code = curl_easy_setopt(s->curl, CURLOPT_AWS_SIGV4, s->provider);
		curl_easy_setopt(s->curl, CURLOPT_USERNAME, f->options->s3_key);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD, s->secret.data);
		if (!code)
			code = curl_easy_perform(s->curl);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD, NULL);
		curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &x->status);
	}
	curl_slist_free_all(headers);
	free(url);
	return code;
}

/* --- what came of it ---------------------------------------------------------------------------------------------- */

/* The refusal's <Code>, letters alone. */
static void code_of(const struct exchange *x, char out[48])
{
	const char *at = strstr(x->said, "<Code>");
	size_t n = at ? strspn(at + 6, LETTERS) : 0;
	snprintf(out, 48, "%.*s", n < 48 ? (int)n : 47, at ? at + 6 : "");
}

static bool is_hopeless(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_URL_MALFORMAT ||
	       code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_NOT_BUILT_IN || code == CURLE_SSL_ISSUER_ERROR;
}

static enum err odd(const struct exchange *x, struct error *e)
{
	return error_set(e, ERR_HUB_S3, "%s: HTTP %ld", x->method, x->status);
}

static enum err judge(const struct exchange *x, CURLcode code, struct error *e)
{
	char word[48];
	code_of(x, word);
	if (x->failed)
		return x->failed;
	if (x->other)
		return error_set(e, ERR_HUB_FILE_WRONG, "%s", tr("长度不同", "another length"));
	if (x->odd)
		return odd(x, e);
	if (code == CURLE_OUT_OF_MEMORY)
		return error_set(e, ERR_MEMORY, "s3");
	if (code && (x->status < 300 || x->status > 599)) /* it may refuse a body before all of it went */
		return error_set(e, is_hopeless(code) ? ERR_HUB_S3 : ERR_HUB_S3_AWAY, "%s", *x->reason ? x->reason : curl_easy_strerror(code));
	if (x->status >= 200 && x->status <= 299)
		return x->sink && x->range.length > 0 ? error_set(e, ERR_HUB_S3_AWAY, "%s: cut", x->method) : OK;
	if (x->status == 404 && (!*word || strcmp(word, "NoSuchKey") == 0) && x->fd < 0)
		return error_set(e, ERR_HUB_FILE_GONE, "%s: HTTP 404", x->method);
	if (x->status == 507)
		return error_set(e, ERR_HUB_FULL, "S3 %s", word);
	bool later = x->status >= 500 || x->status == 408 || x->status == 429 || strcmp(word, "RequestTimeout") == 0;
	return error_set(e, later ? ERR_HUB_S3_AWAY : ERR_HUB_S3, "%s: HTTP %ld %s", x->method, x->status, word);
}

/* A few tries, as long as none of them took the store's whole silence; what a GET has given isn't asked for again. */
static enum err talk(struct hub_files *f, struct exchange *x, struct file_name n, struct error *e)
{
	struct s3 *s = x->s3 = f->own;
	int64_t start = clock_monotonic_ms(), most = x->sink ? GET_SECONDS : PUT_SECONDS;
	enum err r = s->curl || (s->curl = curl_easy_init()) ? OK : error_set(e, ERR_MEMORY, "s3");
	x->e = e;
	for (int tries = 1; !r; tries++) {
		int64_t left = most - (clock_monotonic_ms() - start) / 1000;
		x->whole = x->sink && x->range.length == x->range.size;
		r = judge(x, exchange(f, x, n, left > 1 ? (long)left : 1L), e);
		if (r != ERR_HUB_S3_AWAY || tries == TRIES || clock_monotonic_ms() - start >= s->seconds * 1000L)
			break;
		poll(NULL, 0, PAUSE_MS * tries * tries);
		r = OK;
	}
	return r;
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static enum err s3_size(struct hub_files *f, struct file_name n, int64_t *size, struct error *e)
{
	struct exchange x = {.method = "HEAD", .payload = EMPTY_SHA256, .fd = -1};
	curl_off_t length = -1;
	enum err r = talk(f, &x, n, e);
	*size = -1;
	if (r == ERR_HUB_FILE_GONE)
		return OK;
	if (!r && (x.status != 200 || curl_easy_getinfo(x.s3->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) || length < 0))
		r = odd(&x, e);
	*size = r ? -1 : (int64_t)length;
	return r;
}

/* Asked for afterwards: whoever answers 200 and has nothing isn't believed. */
static enum err s3_put(struct hub_files *f, struct file_name n, int fd, int64_t size, struct error *e)
{
	struct exchange x = {.method = "PUT", .payload = n.digest + 7, .fd = fd, .size = size};
	int64_t there = -1;
	enum err r = talk(f, &x, n, e);
	if (!r && !(r = s3_size(f, n, &there, e)) && there != size)
		r = error_set(e, ERR_HUB_S3, "PUT: %lld / %lld", (long long)there, (long long)size);
	return r;
}

static enum err s3_get(struct hub_files *f, struct file_name n, struct file_range range, file_sink *sink, void *arg, struct error *e)
{
	struct exchange x = {.method = "GET", .payload = EMPTY_SHA256, .fd = -1, .range = range, .sink = sink, .arg = arg};
	int64_t size = -1;
	if (range.length > 0)
		return talk(f, &x, n, e);
	enum err r = s3_size(f, n, &size, e); /* a range can't be empty */
	return r || size == range.size ? r : error_set(e, ERR_HUB_FILE_GONE, "%s %s", n.site, n.digest);
}

static enum err s3_remove(struct hub_files *f, struct file_name n, struct error *e)
{
	struct exchange x = {.method = "DELETE", .payload = EMPTY_SHA256, .fd = -1};
	enum err r = talk(f, &x, n, e);
	return r == ERR_HUB_FILE_GONE ? OK : r;
}

const struct files_driver files_s3 = {.open = s3_open, .close = s3_close, .put = s3_put, .get = s3_get, .size = s3_size, .remove = s3_remove};
