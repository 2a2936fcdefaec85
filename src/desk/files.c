#include "desk/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* files/ab/cdef…: the keyed digest of the content under this order's data key. */
char *files_path(const struct desk *d, const char *file)
{
	char *out = NULL;
	if (strlen(file) != FILE_NAME_SIZE - 1 || strspn(file, "0123456789abcdef") != FILE_NAME_SIZE - 1)
		return NULL;
	return asprintf(&out, "%s/files/%.2s/%s", d->dir, file, file + 2) < 0 ? NULL : out;
}

/* The same content under another kind lies there already: written again it would have another digest. */
static bool stored_already(struct desk *d, int64_t dk, const char *path, const char *bind, const struct bytes *content,
                           char digest[DIGEST_TEXT_SIZE])
{
	struct bytes sealed = {0}, open = {0};
	bool same = access(path, R_OK) == 0 && file_read(path, FILES_LIMIT + 1024, &sealed, NULL) == OK &&
	            datakey_open(d->store, dk, bind, sealed.data, sealed.length, &open, NULL) == OK && open.length == content->length &&
	            memcmp(open.data, content->data, open.length) == 0;
	if (same) {
		utimensat(AT_FDCWD, path, NULL, 0); /* in use again: not swept before its row is there */
		digest_text(sealed.data, sealed.length, digest);
	}
	bytes_free(&sealed);
	bytes_free(&open);
	return same;
}

static enum err write_sealed(struct desk *d, int64_t dk, char *path, const char *bind, const struct bytes *content,
                             char digest[DIGEST_TEXT_SIZE], struct error *e)
{
	struct bytes sealed = {0};
	char *slash = strrchr(path, '/');
	*slash = '\0';
	enum err r = dir_make(path, e);
	*slash = '/';
	if (!r)
		r = datakey_seal(d->store, dk, bind, content->data, content->length, &sealed, e);
	if (!r)
		r = file_write(path, 0600, sealed.data, sealed.length, e);
	if (!r)
		digest_text(sealed.data, sealed.length, digest);
	bytes_free(&sealed);
	return r;
}

enum err files_put(struct desk *d, int64_t dk, const struct bytes *content, char file[FILE_NAME_SIZE], char digest[DIGEST_TEXT_SIZE],
               struct error *e)
{
	struct bytes named = {0};
	char keyed[DIGEST_TEXT_SIZE], bind[80], *path = NULL;
	enum err r = bytes_format(&named, "%lld:", (long long)dk);
	if (!r)
		r = bytes_add(&named, content->data, content->length);
	if (!r) {
		digest_keyed(store_key(d->store), "file", named.data, named.length, keyed);
		text_copy(file, FILE_NAME_SIZE, strchr(keyed, ':') + 1);
		snprintf(bind, sizeof bind, "file/%s", file);
		if (!(path = files_path(d, file)))
			r = ERR_MEMORY;
		else if (!stored_already(d, dk, path, bind, content, digest))
			r = write_sealed(d, dk, path, bind, content, digest, e);
	}
	free(path);
	bytes_free(&named);
	return r;
}

/* Looked up and removed under the store's lock: nobody attaches the same content in between. A file that can't be looked
 * up now stays; it is sealed. */
bool files_drop(struct desk *d, const char *file)
{
	int64_t uses = 1;
	bool gone = false;
	if (!*file || store_begin(d->store, NULL))
		return false;
	if (store_int(d->store, SQL_DOCUMENT_USES_FILE, 1, &uses, NULL, "t", file) == OK && uses == 0) {
		char *path = files_path(d, file);
		gone = path && unlink(path) == 0;
		free(path);
	}
	store_rollback(d->store);
	return gone;
}

enum err files_get(struct desk *d, int64_t dk, const char *file, const char *digest, struct bytes *out, struct error *e)
{
	struct bytes sealed = {0};
	char have[DIGEST_TEXT_SIZE], bind[80];
	char *path = files_path(d, file);
	enum err r = path ? file_read(path, FILES_LIMIT + 1024, &sealed, NULL) : ERR_FILE_READ;
	if (!r)
		digest_text(sealed.data, sealed.length, have);
	if (r || strcmp(have, digest) != 0)
		r = error_set(e, ERR_DESK_FILE, "%.16s", file);
	snprintf(bind, sizeof bind, "file/%s", file);
	if (!r)
		r = datakey_open(d->store, dk, bind, sealed.data, sealed.length, out, e);
	bytes_free(&sealed);
	free(path);
	return r;
}
