/* Stored files, as they lie on the disk, both ways; each goes on from where it stopped. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "desk/files.h"
#include "sync/internal.h"

enum { TRIES = 5 };

static enum err has_sent(struct sync *s, const char *digest, int64_t *sent, struct error *e)
{
	return store_int(s->d->store, SQL_FILE_SENT_HAS, 0, sent, e, "t", digest);
}

/* ERR_FILE_READ: no row names it any more, or it is gone from the disk. */
static enum err open_stored(struct sync *s, const char *digest, int *fd, int64_t *size, struct error *e)
{
	struct rows *rows = NULL;
	char *path = NULL;
	struct stat st;
	*fd = -1;
	enum err r = store_query(s->d->store, SQL_FILE_BY_DIGEST, &rows, e, "t", digest);
	if (!r && rows_next(rows))
		path = files_path(s->d, rows_text(rows, 0));
	enum err end = rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end)) {
		*fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
		if (*fd < 0 || fstat(*fd, &st) != 0)
			r = ERR_FILE_READ;
		else
			*size = st.st_size;
	}
	free(path);
	return r;
}

/* How far headquarters has it. */
static enum err offset_of(struct sync *s, const char *path, int64_t size, int64_t *offset, struct error *e)
{
	struct net_request request = {.method = "HEAD", .path = path};
	struct net_reply reply = {0};
	enum err r = net_call(s->net, &request, &reply, e);
	if (!r && reply.status == 404)
		*offset = 0;
	else if (!r && reply.status == 204 && reply.upload_offset >= 0 && reply.upload_offset <= size)
		*offset = reply.upload_offset;
	else if (!r)
		r = line_refusal(reply.status, NULL, path, e);
	net_reply_free(&reply);
	return r;
}

/* *again: the two ends disagree how far it is; asked anew, it goes on. */
static enum err put_rest(struct sync *s, const char *path, int fd, int64_t offset, int64_t size, bool *again, struct error *e)
{
	char from[24], whole[24];
	struct net_file rest = {.fd = fd, .from = offset, .length = size - offset};
	bool one_piece = offset == 0 && size <= FILE_ONE_PIECE && !s->file_cut;
	struct net_request request = {.method = "PUT", .path = path, .send = &rest, .type = "application/octet-stream",
	                              .upload_offset = one_piece ? NULL : from, .upload_length = whole, .seconds = 600};
	struct net_reply reply = {0};
	json_t *answer = NULL;
	snprintf(from, sizeof from, "%lld", (long long)offset);
	snprintf(whole, sizeof whole, "%lld", (long long)size);
	enum err r = net_call(s->net, &request, &reply, e);
	s->file_cut |= r != OK;
	*again = !r && (reply.status == 204 || reply.status == 409 || reply.status == 422);
	if (!r && reply.status != 201 && !*again) {
		json_parse((char *)reply.body.data, reply.body.length, &answer, NULL);
		r = line_refusal(reply.status, answer, path, e);
	}
	json_decref(answer);
	net_reply_free(&reply);
	return r;
}

enum err file_push(struct sync *s, const char *digest, json_t *counts, struct error *e)
{
	char path[128];
	int fd = -1;
	int64_t size = 0, offset = 0, sent = 0;
	bool again = true;
	enum err r = digest ? has_sent(s, digest, &sent, e) : error_set(e, ERR_STORE_BROKEN, "files");
	if (r || sent)
		return r;
	snprintf(path, sizeof path, "/v1/files/%.80s", digest);
	if (!(r = open_stored(s, digest, &fd, &size, e)))
		r = offset_of(s, path, size, &offset, e);
	for (int tries = 0; !r && again; tries++) {
		if (tries == TRIES)
			r = error_set(e, ERR_SYNC_ANSWER, "%s", path);
		else if (!(r = put_rest(s, path, fd, offset, size, &again, e)) && again)
			r = offset_of(s, path, size, &offset, e);
	}
	if (!r)
		r = store_run(s->d->store, SQL_FILE_SENT_ADD, NULL, e, "t", digest);
	if (!r)
		count_add(counts, "files_sent", 1);
	if (fd >= 0)
		close(fd);
	return r;
}

/* Whole under its own digest? */
static bool is_whole(const char *path, const char *digest)
{
	struct bytes content = {0};
	char have[DIGEST_TEXT_SIZE] = "";
	if (file_read(path, FILES_LIMIT + 1024, &content, NULL) == OK)
		digest_text(content.data, content.length, have);
	bytes_free(&content);
	return strcmp(have, digest) == 0;
}

static enum err fetch(struct sync *s, const char *site, const char *digest, int fd, int64_t from, int64_t size, struct error *e)
{
	char path[192];
	struct net_file into = {.fd = fd, .from = from};
	struct net_request request = {.path = path, .into = &into, .limit = (size_t)size, .seconds = 600};
	struct net_reply reply = {0};
	snprintf(path, sizeof path, "/v1/files/%.80s?of=%.32s", digest, site);
	enum err r = net_call(s->net, &request, &reply, e);
	if (!r && reply.status == 404)
		r = error_set(e, ERR_SYNC_FILE, "%.20s", digest);
	else if (!r && (reply.status < 200 || reply.status > 299))
		r = line_refusal(reply.status, NULL, path, e);
	net_reply_free(&reply);
	return r;
}

enum err file_pull(struct sync *s, const char *site, const char *name, const char *digest, int64_t size, struct error *e)
{
	char *path = files_path(s->d, name), *part = NULL, *slash;
	struct stat st;
	int64_t most = size ? size : FILES_LIMIT + 1024;
	enum err r = path && size >= 0 && size <= FILES_LIMIT + 1024 ? OK : error_set(e, ERR_SYNC_ANSWER, "%.20s", digest);
	if (!r && is_whole(path, digest)) {
		free(path);
		return OK;
	}
	if (!r && asprintf(&part, "%s.part", path) < 0)
		r = ERR_MEMORY;
	if (!r && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		r = dir_make(path, e);
		*slash = '/';
	}
	bool again = false; /* on top of what was there */
	int fd = r ? -1 : open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (!r && (fd < 0 || fstat(fd, &st) != 0))
		r = error_set(e, ERR_FILE_WRITE, "%s", part);
	if (!r && (st.st_size < most || !is_whole(part, digest))) {
		again = st.st_size > 0;
		r = fetch(s, site, digest, fd, st.st_size < most ? st.st_size : 0, most, e);
	}
	if (!r && fsync(fd) != 0)
		r = error_set(e, ERR_FILE_WRITE, "%s", part);
	if (!r && !is_whole(part, digest)) {
		unlink(part); /* begun anew next time; one that comes so from its beginning on is lost */
		r = error_set(e, again ? ERR_SYNC_ANSWER : ERR_SYNC_FILE, "%.20s", digest);
	}
	if (!r && rename(part, path) != 0)
		r = error_set(e, ERR_FILE_WRITE, "%s", path);
	if (fd >= 0)
		close(fd);
	free(part);
	free(path);
	return r;
}
