#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gzip.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/hub.h"

void reply_free(struct reply *p)
{
	json_decref(p->json);
	bytes_free(&p->bytes);
	free(p->file);
	*p = (struct reply){0};
}

enum err reply_say(struct reply *p, int status, const char *name, json_t *more)
{
	reply_free(p);
	p->status = status;
	p->json = more ? more : json_object();
	if (p->json)
		json_object_set_new(p->json, "error", json_string(name));
	return OK;
}

enum err reply_json(struct reply *p, json_t *body)
{
	json_decref(p->json);
	p->json = body;
	return body ? OK : ERR_MEMORY;
}

void reply_header(struct reply *p, const char *name, const char *format, ...)
{
	if (p->header_count == REPLY_HEADERS)
		return;
	va_list ap;
	va_start(ap, format);
	p->headers[p->header_count].name = name;
	vsnprintf(p->headers[p->header_count++].value, sizeof p->headers->value, format, ap);
	va_end(ap);
}

/* The value of a name in the query, not decoded; *length is 0 and the result NULL where it isn't there. */
static const char *find(const struct request *q, const char *name, size_t *length)
{
	size_t n = strlen(name);
	for (const char *p = q->query; *p; p += strcspn(p, "&"), p += *p == '&')
		if (strncmp(p, name, n) == 0 && p[n] == '=') {
			*length = strcspn(p + n + 1, "&");
			return p + n + 1;
		}
	*length = 0;
	return NULL;
}

int64_t request_number(const struct request *q, const char *name, int64_t missing)
{
	size_t n;
	const char *value = find(q, name, &n);
	if (!value)
		return missing;
	return n >= 1 && n <= 18 && strspn(value, "0123456789") == n ? strtoll(value, NULL, 10) : -1;
}

bool request_text(const struct request *q, const char *name, char *out, size_t size)
{
	size_t n;
	const char *value = find(q, name, &n);
	if (!value || n >= size || strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:") < n)
		return false;
	memcpy(out, value, n);
	out[n] = '\0';
	return true;
}

enum { GZIP_FRAME = 1024 /* what packing adds where nothing can be packed */ };
enum taken { TAKEN, TAKEN_MUCH, TAKEN_BROKEN, TAKEN_MEMORY };

static enum taken take_plain(struct request *q, size_t limit, struct bytes *out)
{
	uint8_t block[16384];
	long n;
	if (q->length > 0 && (uint64_t)q->length <= limit && bytes_room(out, (size_t)q->length))
		return TAKEN_MEMORY;
	while ((n = q->read(q->input, block, sizeof block)) > 0) {
		if (out->length + (size_t)n > limit)
			return TAKEN_MUCH;
		if (bytes_add(out, block, (size_t)n))
			return TAKEN_MEMORY;
	}
	if (n == 0 && q->length >= 0 && out->length != (size_t)q->length) /* the line ended before the body did */
		return TAKEN_BROKEN;
	return n < 0 ? TAKEN_BROKEN : TAKEN;
}

static enum taken take_gzip(struct request *q, size_t limit, struct bytes *out)
{
	static const enum taken as[] = {[GZIP_DONE] = TAKEN, [GZIP_BROKEN] = TAKEN_BROKEN, [GZIP_LONG] = TAKEN_MUCH, [GZIP_MEMORY] = TAKEN_MEMORY};
	struct bytes packed = {0};
	enum taken t = take_plain(q, limit + GZIP_FRAME, &packed);
	if (t == TAKEN)
		t = as[gzip_open(packed.data, packed.length, limit, out)];
	bytes_free(&packed);
	return t;
}

bool request_body(struct request *q, size_t limit, struct bytes *out, struct reply *p)
{
	bool gzip = strcmp(q->encoding, "gzip") == 0;
	enum taken t = TAKEN_BROKEN;
	if (q->length > 0 && (uint64_t)q->length > limit + (gzip ? GZIP_FRAME : 0))
		t = TAKEN_MUCH;
	else if (gzip)
		t = take_gzip(q, limit, out);
	else if (!*q->encoding || strcmp(q->encoding, "identity") == 0)
		t = take_plain(q, limit, out);
	if (t == TAKEN && !out->data && bytes_add(out, "", 0))
		t = TAKEN_MEMORY;
	if (t == TAKEN)
		return true;
	bytes_free(out);
	if (t == TAKEN_MUCH)
		reply_say(p, 413, SAY_SIZE, NULL);
	else if (t == TAKEN_MEMORY)
		reply_say(p, 503, SAY_FAULT, NULL);
	else
		reply_say(p, 400, SAY_REQUEST, json_pack("{ss}", "why", "body"));
	return false;
}

bool request_json(struct request *q, size_t limit, json_t **out, struct reply *p)
{
	struct bytes text = {0};
	*out = NULL;
	if (!request_body(q, limit, &text, p))
		return false;
	/* json_parse is for what people send and has a smaller limit: a journal's page is larger */
	if (text_valid((char *)text.data, text.length))
		*out = json_read((char *)text.data, text.length, NULL);
	bytes_free(&text);
	if (json_is_object(*out))
		return true;
	json_decref(*out);
	*out = NULL;
	reply_say(p, 400, SAY_REQUEST, json_pack("{ss}", "why", "json"));
	return false;
}
