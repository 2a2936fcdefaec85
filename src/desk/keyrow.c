#include "desk/keyrow.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"

static const char bind[] = "usb_key.secrets";

/* The members in the order of canonical JSON; management keys are binary and stored as hex. */
static const struct {
	const char *name;
	size_t offset;
	bool binary;
} members[] = {
	{"management", offsetof(struct key_secrets, management), true},
	{"management_next", offsetof(struct key_secrets, management_next), true},
	{"puk", offsetof(struct key_secrets, puk), false},
	{"puk_next", offsetof(struct key_secrets, puk_next), false},
};
enum { MEMBERS = sizeof members / sizeof *members };

enum err key_load(struct desk *d, const char *serial, struct key_row *out, struct error *e)
{
	json_t *row = NULL;
	*out = (struct key_row){0};
	enum err r = store_row(d->store, SQL_KEY_GET, &row, e, "t", serial);
	if (row) {
		out->id = json_number(row, "id");
		out->dk = json_number(row, "dk");
		out->order_id = json_number(row, "order_id");
		text_copy(out->serial, sizeof out->serial, json_text(row, "serial"));
		text_copy(out->medium, sizeof out->medium, json_text(row, "medium"));
		text_copy(out->state, sizeof out->state, json_text(row, "state"));
		text_copy(out->order, sizeof out->order, json_text(row, "order"));
		text_copy(out->custodian, sizeof out->custodian, json_text(row, "custodian"));
		text_copy(out->drawer, sizeof out->drawer, json_text(row, "drawer"));
	}
	json_decref(row);
	return r;
}

enum err blob_load(struct desk *d, enum sql q, int64_t id, struct bytes *out, struct error *e)
{
	struct rows *rows = NULL;
	size_t length = 0;
	enum err r = store_query(d->store, q, &rows, e, "i", id);
	if (r)
		return r;
	const void *data = rows_next(rows) ? rows_blob(rows, 0, &length) : NULL;
	if (data && bytes_add(out, data, length))
		r = error_set(e, ERR_MEMORY, "blob");
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static struct secret *member(struct key_secrets *s, size_t i)
{
	return (struct secret *)((char *)s + members[i].offset);
}

/* Reads our own flat object in place: a JSON library would leave copies of its texts behind. */
static bool read_member(const char *text, size_t i, struct secret *out)
{
	char head[32];
	uint8_t raw[SECRET_MAX];
	snprintf(head, sizeof head, "\"%s\":\"", members[i].name);
	const char *from = strstr(text, head);
	if (!from)
		return true;
	from += strlen(head);
	size_t n = strcspn(from, "\"");
	bool good = from[n] == '"' && n < 2 * sizeof raw;
	if (good && members[i].binary) {
		char hex[2 * SECRET_MAX + 1];
		memcpy(hex, from, n);
		hex[n] = '\0';
		good = n % 2 == 0 && hex_decode(raw, n / 2, hex) && secret_set(out, raw, n / 2);
		OPENSSL_cleanse(hex, sizeof hex);
		OPENSSL_cleanse(raw, sizeof raw);
	} else if (good)
		good = secret_set(out, from, n);
	return good;
}

enum err key_secrets_load(struct desk *d, const struct key_row *key, struct key_secrets *out, struct error *e)
{
	struct bytes sealed = {0}, text = {0};
	*out = (struct key_secrets){0};
	enum err r = blob_load(d, SQL_KEY_SECRETS, key->id, &sealed, e);
	if (!r && sealed.length && !(r = datakey_open(d->store, key->dk, bind, sealed.data, sealed.length, &text, e)))
		for (size_t i = 0; !r && i < MEMBERS; i++)
			if (!read_member((char *)text.data, i, member(out, i)))
				r = error_set(e, ERR_SEALED, "%s %s", bind, key->serial);
	if (!r && !out->puk.length) {
		secret_set(&out->puk, TOKEN_FACTORY_PUK, strlen(TOKEN_FACTORY_PUK));
		token_factory_management_key(&out->management);
	}
	bytes_free(&sealed);
	bytes_free(&text);
	if (r)
		key_secrets_wipe(out);
	return r;
}

static enum err write_members(struct key_secrets *s, struct bytes *text)
{
	char hex[2 * SECRET_MAX + 1];
	enum err r = bytes_text(text, "{");
	bool first = true;
	for (size_t i = 0; !r && i < MEMBERS; i++) {
		const struct secret *value = member(s, i);
		if (!value->length)
			continue;
		if (members[i].binary)
			hex_encode(hex, (const uint8_t *)value->data, value->length);
		r = bytes_format(text, "%s\"%s\":\"%s\"", first ? "" : ",", members[i].name,
		                 members[i].binary ? hex : value->data);
		first = false;
	}
	OPENSSL_cleanse(hex, sizeof hex);
	return r ? r : bytes_text(text, "}");
}

enum err key_secrets_save(struct desk *d, const struct key_row *key, const struct key_secrets *s, struct error *e)
{
	struct bytes text = {0}, sealed = {0};
	struct key_secrets copy = *s;
	enum err r = write_members(&copy, &text);
	if (!r)
		r = datakey_seal(d->store, key->dk, bind, text.data, text.length, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_KEY_SET_SECRETS, NULL, e, "ibi", key->id, (const void *)sealed.data, sealed.length,
		              desk_now(d));
	key_secrets_wipe(&copy);
	bytes_free(&text);
	bytes_free(&sealed);
	return r;
}

void key_secrets_wipe(struct key_secrets *s)
{
	for (size_t i = 0; i < MEMBERS; i++)
		secret_wipe(member(s, i));
}

/* One byte of the file for each order, and far behind them one for each key. */
enum err key_lock(struct desk *d, int *lock, enum lock_of what, int64_t id, const char *busy, struct error *e)
{
	static const int64_t keys_begin = (int64_t)1 << 48;
	struct flock one = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (what == LOCK_KEY ? keys_begin : 0) + id, .l_len = 1};
	if (*lock < 0) {
		char *path = path_join(d->dir, "issuing.lock");
		*lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
		free(path);
	}
	if (*lock < 0)
		return error_set(e, ERR_FILE_WRITE, "issuing.lock");
	return fcntl(*lock, F_OFD_SETLK, &one) == 0 ? OK : error_set(e, ERR_DESK_STATUS, "%s", busy);
}

const char *key_busy(void)
{
	return tr("别处正在使用这个介质", "another session is at work on this key");
}
