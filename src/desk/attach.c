#include "desk/attach.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/files.h"
#include "desk/subject.h"
#include "desk/tables.h"
#include "picture/picture.h"
#include "rules/transition.h"

enum { INBOX_MOST = 500 };

static enum err stored_documents(struct desk *d, const struct order *o, json_t **out, struct error *e)
{
	return o->draft ? store_rows(d->store, SQL_DRAFT_DOCUMENT_ALL, out, e, "i", o->id)
	                : store_rows(d->store, SQL_DOCUMENT_ALL, out, e, "i", o->id);
}

static const json_t *of_kind(const json_t *rows, const char *kind)
{
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)rows, i, row)
		if (strcmp(json_text(row, "kind"), kind) == 0)
			return row;
	return NULL;
}

enum err attach_kinds_of(struct desk *d, const struct order *o, json_t **out, struct error *e)
{
	static const char *const taken[] = {"mime", "size", "width", "height"};
	json_t *stored = NULL, *row;
	size_t i;
	*out = NULL;
	char besides[33] = "";
	enum err r = stored_documents(d, o, &stored, e);
	if (!r)
		r = subject_reason_besides(d, o, besides, e);
	if (!r)
		r = tables_documents(d, o->business, o->customer, o->values, o->reason, besides, out, e);
	json_array_foreach(*out, i, row) {
		const json_t *have = of_kind(stored, json_text(row, "kind"));
		json_object_set_new(row, "title", json_string(tr(json_text(row, "zh"), json_text(row, "en"))));
		json_object_set_new(row, "required", json_boolean(json_number(row, "required")));
		json_object_set_new(row, "attached", json_boolean(have != NULL));
		json_object_del(row, "zh");
		json_object_del(row, "en");
		json_object_del(row, "position");
		for (size_t k = 0; have && k < sizeof taken / sizeof *taken; k++)
			json_object_set(row, taken[k], json_object_get(have, taken[k]));
		if (have) {
			json_object_set_new(row, "refit", json_boolean(json_number(have, "refit")));
			desk_time(row, "attached_at", json_number(have, "attached_at"));
		}
	}
	json_decref(stored);
	return r;
}

enum err attach_kinds(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r)
		r = attach_kinds_of(d, &o, out, e);
	order_free(&o);
	return r;
}

enum err attach_missing(struct desk *d, const struct order *o, char **out, struct error *e)
{
	json_t *all = NULL, *row;
	struct bytes text = {0};
	size_t i;
	*out = NULL;
	enum err r = attach_kinds_of(d, o, &all, e);
	if (!r)
		r = bytes_text(&text, "");
	json_array_foreach(all, i, row)
		if (!r && json_flag(row, "required") && !json_flag(row, "attached"))
			r = bytes_format(&text, "%s%s", text.length ? tr("、", ", ") : "", json_text(row, "title"));
	json_decref(all);
	if (!r)
		*out = (char *)text.data;
	else
		bytes_free(&text);
	return r;
}

/* Reads and checks a picture; over the limit, or with more in the file than it, it is refused or made to fit. */
static enum err take_picture(const char *path, bool fit, struct bytes *out, struct picture_info *info, size_t *original, struct error *e)
{
	struct bytes raw = {0};
	char shown[256], size[64];
	text_printable(shown, sizeof shown, path);
	enum err r = file_read(path, PICTURE_READ_LIMIT, &raw, e);
	if (!r)
		r = picture_probe(raw.data, raw.length, info, e);
	*original = raw.length;
	if (!r && raw.length > PICTURE_LIMIT && !fit) {
		snprintf(size, sizeof size, "%.1f MB", (double)raw.length / 1048576);
		r = error_set(e, ERR_DESK_TOO_BIG, "%s", size);
	} else if (fit && (r == ERR_PICTURE_MORE || (!r && raw.length > PICTURE_LIMIT)))
		r = picture_fit(raw.data, raw.length, PICTURE_LIMIT, out, info, e);
	else if (!r)
		r = bytes_add(out, raw.data, raw.length);
	bytes_free(&raw);
	return r;
}

void attach_drop_unused(struct desk *d, const json_t *documents)
{
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)documents, i, row)
		files_drop(d, json_text(row, "file"));
}

static enum err writable_draft(struct desk *d, const char *no, struct order *o, struct error *e)
{
	enum err r = order_load(d, no, o, e);
	return !r && !o->draft ? error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o->status)) : r;
}

/* Drafts take documents; an order that waits for money takes its voucher. */
static bool takes_voucher(const struct order *o, const char *kind)
{
	return !o->draft && strcmp(kind, "payment-voucher") == 0 && strcmp(o->status, "awaiting-payment") == 0;
}

static enum err known_kind(struct desk *d, const struct order *o, const char *kind, struct error *e)
{
	json_t *all = NULL;
	enum err r = attach_kinds_of(d, o, &all, e);
	if (!r && !of_kind(all, kind))
		r = error_set(e, ERR_DESK_DOCUMENT_KIND, "%s", kind);
	json_decref(all);
	return r;
}

/* With a voucher the order waits for the statement. */
static enum err voucher_step(struct desk *d, const struct order *o, bool first, const char *digest, struct error *e)
{
	json_t *files = json_pack("[s]", digest);
	enum err r = first ? duedate_set_payment(d, o, e) : OK; /* a better scan of it buys no more time */
	if (!r)
		r = desk_commit(d, MAY_ATTACH, "order.voucher", o->no, files, NULL, e);
	json_decref(files);
	return r;
}

struct new_document {
	const char *kind, *path;
	struct bytes content;
	struct picture_info info;
	bool refit;
	const struct staff *who;
};

/* Whether the order takes this kind now. */
static enum err takes(struct desk *d, const char *no, const char *kind, struct order *o, struct error *e)
{
	enum err r = order_load(d, no, o, e);
	if (!r && !o->draft && !takes_voucher(o, kind))
		r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o->status));
	return r ? r : known_kind(d, o, kind, e);
}

/* The file, then its row, inside the step; `file` is what was written, for whoever undoes it. */
static enum err put_document(struct desk *d, const struct order *o, const struct new_document *n, char file[FILE_NAME_SIZE], struct error *e)
{
	char digest[DIGEST_TEXT_SIZE], plain[DIGEST_TEXT_SIZE], name[256];
	struct bytes sealed = {0};
	const char *base = strrchr(n->path, '/');
	text_printable(name, sizeof name, base ? base + 1 : n->path);
	digest_text(n->content.data, n->content.length, plain);
	json_t *data = json_pack("{ssss}", "name", name, "digest", plain);
	int64_t proofs = 0;
	enum err r = o->draft ? OK : duedate_proofs(d, o, &proofs, e);
	if (!r)
		r = files_put(d, o->dk, &n->content, file, digest, e);
	if (!r)
		r = datakey_seal_json(d->store, o->dk, "document.data", data, &sealed, e);
	if (!r && !o->draft)
		r = store_run(d->store, SQL_DOCUMENT_REPLACE, NULL, e, "it", o->id, n->kind);
	if (!r)
		r = store_run(d->store, o->draft ? SQL_DRAFT_DOCUMENT_SET : SQL_DOCUMENT_INSERT, NULL, e, "itttt" "iiii" "bii", o->id, n->kind,
		              file, digest, n->info.mime, (int64_t)n->content.length, (int64_t)n->info.width, (int64_t)n->info.height,
		              (int64_t)n->refit, (const void *)sealed.data, sealed.length, n->who->id, desk_now(d));
	if (!r)
		r = o->draft ? store_commit_plain(d->store, e) : voucher_step(d, o, proofs == 0, digest, e);
	bytes_free(&sealed);
	json_decref(data);
	return r;
}

static enum err save_document(struct desk *d, const char *no, const struct new_document *n, struct error *e)
{
	struct order o = {0};
	char file[FILE_NAME_SIZE] = "", old[FILE_NAME_SIZE] = "";
	json_t *stored = NULL;
	enum err r = store_begin(d->store, e);
	if (!r && !(r = takes(d, no, n->kind, &o, e)) && !(r = stored_documents(d, &o, &stored, e))) {
		text_copy(old, sizeof old, json_text(of_kind(stored, n->kind), "file"));
		r = put_document(d, &o, n, file, e);
	}
	store_rollback(d->store);
	if (r || strcmp(old, file) != 0)
		files_drop(d, r ? file : old);
	json_decref(stored);
	order_free(&o);
	return r;
}

static json_t *picture_result(const struct bytes *content, const struct picture_info *info, bool refit, size_t original)
{
	return json_pack("{ss sI si si sb sI}", "mime", info->mime, "size", (json_int_t)content->length, "width", info->width, "height",
	                 info->height, "refit", refit, "original_size", (json_int_t)original);
}

enum err attach_add(struct desk *d, const char *no, const char *kind, const char *path, bool fit, json_t **result,
                    struct error *e)
{
	struct order o = {0};
	struct new_document n = {.kind = kind, .path = path};
	size_t original = 0;
	*result = NULL;
	enum err r = desk_allow(d, MAY_ATTACH, &n.who, e);
	if (!r)
		r = takes(d, no, kind, &o, e); /* before the picture is read; asked again inside the step */
	if (!r)
		r = take_picture(path, fit, &n.content, &n.info, &original, e);
	n.refit = n.content.length != original;
	if (!r)
		r = save_document(d, no, &n, e);
	if (!r) {
		*result = picture_result(&n.content, &n.info, n.refit, original);
		json_object_set_new(*result, "kind", json_string(kind));
	}
	bytes_free(&n.content);
	order_free(&o);
	return r;
}

enum err attach_preview(struct desk *d, const char *path, struct bytes *fitted, json_t **result, struct error *e)
{
	struct picture_info info = {0};
	size_t original = 0;
	*result = NULL;
	enum err r = desk_allow(d, MAY_ATTACH, NULL, e);
	if (!r)
		r = take_picture(path, true, fitted, &info, &original, e);
	if (!r)
		*result = picture_result(fitted, &info, fitted->length != original, original);
	return r;
}

enum err attach_remove(struct desk *d, const char *no, const char *kind, struct error *e)
{
	struct order o = {0};
	json_t *stored = NULL;
	enum err r = desk_allow(d, MAY_ATTACH, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = writable_draft(d, no, &o, e)))
		r = stored_documents(d, &o, &stored, e);
	if (!r && !of_kind(stored, kind))
		r = error_set(e, ERR_DESK_NO_DOCUMENT, "%s", kind);
	if (!r)
		r = store_run(d->store, SQL_DRAFT_DOCUMENT_DELETE, NULL, e, "it", o.id, kind);
	if (!r)
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
	if (!r)
		files_drop(d, json_text(of_kind(stored, kind), "file"));
	json_decref(stored);
	order_free(&o);
	return r;
}

enum err attach_read(struct desk *d, const char *no, const char *kind, struct bytes *out, struct error *e)
{
	struct order o = {0};
	json_t *stored = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r)
		r = stored_documents(d, &o, &stored, e);
	const json_t *row = r ? NULL : of_kind(stored, kind);
	if (!r && !row)
		r = error_set(e, ERR_DESK_NO_DOCUMENT, "%s", kind);
	if (!r)
		r = files_get(d, o.dk, json_text(row, "file"), json_text(row, "digest"), out, e);
	json_decref(stored);
	order_free(&o);
	return r;
}

enum err attach_export(struct desk *d, const char *no, const char *kind, struct bytes *out, struct error *e)
{
	enum err r = desk_allow(d, MAY_ATTACH_EXPORT, NULL, e);
	if (!r)
		r = attach_read(d, no, kind, out, e);
	if (!r && !(r = store_begin(d->store, e))) {
		json_t *facts = json_pack("{ss}", "kind", kind);
		r = desk_commit(d, MAY_ATTACH_EXPORT, NULL, no, NULL, facts, e);
		json_decref(facts);
		store_rollback(d->store);
	}
	if (r)
		bytes_free(out);
	return r;
}

/* A file of the inbox. */
struct waiting {
	char *path;
	struct timespec at;
	int64_t size;
};
struct inbox {
	struct waiting *files;
	size_t count, room;
};

/* What is called so is a list for import. A PDF is shown: taking it says how to scan instead. */
static bool is_list(const char *path)
{
	static const char *const ends[] = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"};
	const char *end = strrchr(path, '.');
	for (size_t i = 0; end && i < sizeof ends / sizeof *ends; i++)
		if (strcasecmp(end, ends[i]) == 0)
			return true;
	return false;
}

static bool is_scan(const char *path)
{
	return !is_list(path);
}

static bool is_any(const char *path)
{
	(void)path;
	return true;
}

/* A stack of pages comes within a second; what came at one moment goes by name. */
static int newest_first(const void *a, const void *b)
{
	const struct waiting *one = a, *other = b;
	if (one->at.tv_sec != other->at.tv_sec)
		return one->at.tv_sec < other->at.tv_sec ? 1 : -1;
	if (one->at.tv_nsec != other->at.tv_nsec)
		return one->at.tv_nsec < other->at.tv_nsec ? 1 : -1;
	return strcmp(one->path, other->path);
}

/* Takes over `path`. */
static enum err add_waiting(struct inbox *in, char *path, const struct stat *st)
{
	if (in->count == in->room) {
		size_t room = in->room ? in->room * 2 : 256;
		struct waiting *files = realloc(in->files, room * sizeof *files);
		if (!files) {
			free(path);
			return ERR_MEMORY;
		}
		in->files = files;
		in->room = room;
	}
	in->files[in->count++] = (struct waiting){path, st->st_mtim, st->st_size};
	return OK;
}

static enum err read_inbox(const char *place, bool (*wanted)(const char *path), struct inbox *in, struct error *e)
{
	struct dirent *entry;
	DIR *handle = opendir(place);
	enum err r = handle ? OK : error_set(e, ERR_FILE_READ, "%s", place);
	while (!r && (entry = readdir(handle))) {
		struct stat st;
		char *path = path_join(place, entry->d_name);
		/* a name that isn't UTF-8 can't be handed through JSON; its file is left to the clerk */
		if (path && entry->d_name[0] != '.' && wanted(path) && text_valid(path, strlen(path)) && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			r = add_waiting(in, path, &st);
		else
			free(path);
	}
	if (handle)
		closedir(handle);
	if (in->count)
		qsort(in->files, in->count, sizeof *in->files, newest_first);
	return r;
}

/* The newest of those that are wanted: an inbox that nobody clears goes on to show what comes. */
static enum err list_inbox(struct desk *d, const char *dir, bool (*wanted)(const char *path), json_t **out, struct error *e)
{
	struct inbox in = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ATTACH, NULL, e);
	if (!r && !(r = read_inbox(dir ? dir : d->config.inbox, wanted, &in, e)))
		*out = json_array();
	for (size_t i = 0; !r && i < in.count && i < INBOX_MOST; i++) {
		char shown[256];
		const struct waiting *w = &in.files[i];
		text_printable(shown, sizeof shown, strrchr(w->path, '/') + 1);
		json_t *row = json_pack("{ss ss sI}", "path", w->path, "name", shown, "size", (json_int_t)w->size);
		desk_time(row, "modified_at", w->at.tv_sec);
		json_array_append_new(*out, row);
	}
	for (size_t i = 0; i < in.count; i++)
		free(in.files[i].path);
	free(in.files);
	return r;
}

enum err attach_inbox(struct desk *d, const char *dir, json_t **out, struct error *e)
{
	return list_inbox(d, dir, is_any, out, e);
}

enum err attach_scans(struct desk *d, const char *dir, json_t **out, struct error *e)
{
	return list_inbox(d, dir, is_scan, out, e);
}

enum err attach_lists(struct desk *d, const char *dir, json_t **out, struct error *e)
{
	return list_inbox(d, dir, is_list, out, e);
}
