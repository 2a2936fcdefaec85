/* Files: HEAD, PUT and GET /v1/files/DIGEST. Each site's own, whoever else has the same. How far one has come is what lies on
 * the disk; the database knows how long it gets and when it is whole. Whole ones lie where files.h keeps them. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"
#include "hub/files.h"
#include "hub/h_data.h"
#include "hub/posted.h"

enum { BLOCK = 64 << 10, NOTED_FROM = 256 << 10 /* a smaller one is sent again sooner than it is noted twice */ };

struct upload {
	struct hub *hub;
	struct request *q;
	struct file_name name;
	char *part;
	int fd;
	bool known, whole;     /* in the database */
	bool noted, lost;      /* that it has begun, as it does now; a row says whole and there is no file */
	int64_t size, have;    /* as begun; on the disk */
	EVP_MD_CTX *digest;    /* of all that is there, where all of it came with this request; else NULL */
};

static void upload_end(struct upload *u)
{
	if (u->fd >= 0)
		close(u->fd);
	free(u->part);
	EVP_MD_CTX_free(u->digest);
}

static enum err disk_error(struct error *e, const char *what)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
	return error_set(e, full ? ERR_HUB_FULL : ERR_FILE_WRITE, "%s: %s", what, strerror(errno));
}

/* False: no digest, and the reply says so. */
static bool upload_begin(struct hub *hub, struct request *q, struct upload *u, struct reply *p)
{
	*u = (struct upload){.hub = hub, .q = q, .fd = -1};
	if (posted_digest(q->rest)) {
		u->name = (struct file_name){q->site, q->rest};
		u->part = hub_file_part(hub->files, u->name);
	}
	if (!u->part)
		reply_say(p, 404, SAY_UNKNOWN, NULL);
	return u->part;
}

/* It came, and the power went before the database knew that for good. */
static enum err look_on_disk(struct upload *u, struct error *e)
{
	int64_t size = -1;
	enum err r = hub_file_find(u->hub->files, u->name, &size, e);
	if (r || size < 0)
		return r;
	u->known = u->whole = true;
	u->size = u->have = size;
	return db_run(u->hub->db, HUB_SQL_FILE_WHOLE, NULL, e, "ttii", u->q->site, u->q->rest, size, hub_now(u->hub));
}

static enum err note_whole(struct upload *u, struct error *e)
{
	/* an entry that names it is behind it in the database's log, and flushes both */
	return (hub_files_findable(u->hub->files) ? db_run_soon : db_run)(u->hub->db, HUB_SQL_FILE_WHOLE, NULL, e, "ttii", u->q->site, u->q->rest,
	                                                                 u->size, hub_now(u->hub));
}

static enum err look(struct upload *u, struct error *e)
{
	struct db_rows *rows = NULL;
	struct stat st;
	enum err r = db_query(u->hub->db, HUB_SQL_FILE_GET, &rows, e, "tt", u->q->site, u->q->rest);
	if (r)
		return r;
	if ((u->known = db_rows_next(rows))) {
		u->size = db_rows_int(rows, 0);
		u->whole = db_rows_int(rows, 2) != 0;
	}
	if ((r = db_rows_end(&rows, e)))
		return r;
	u->have = u->whole ? u->size : u->known && stat(u->part, &st) == 0 ? (int64_t)st.st_size : 0;
	bool there = false;
	if (!u->whole && (r = look_on_disk(u, e)))
		return r;
	if (u->whole && !(r = hub_file_has(u->hub->files, u->name, &there, e)) && !there) /* it was whole once: sent again, it is again */
		u->whole = u->known = false, u->lost = true, u->have = 0;
	return r;
}

enum err h_file_head(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct upload u;
	enum err r = OK;
	if (upload_begin(hub, q, &u, p) && !(r = look(&u, e))) {
		if (!u.known)
			r = reply_say(p, 404, SAY_UNKNOWN, NULL);
		else {
			p->status = 204;
			reply_header(p, "Upload-Offset", "%lld", (long long)u.have);
			reply_header(p, "Upload-Length", "%lld", (long long)u.size);
		}
	}
	upload_end(&u);
	return r;
}

/* Whether it is still what goes by the part's name. */
static bool is_the_part(const struct upload *u)
{
	struct stat open, named;
	return fstat(u->fd, &open) == 0 && stat(u->part, &named) == 0 && open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

/* Opens the part for this request alone. While it waited for another's end, that one may have removed the part, or made it the whole
 * file: then nothing may be written to what is open here. */
static enum err open_part(struct upload *u, struct error *e)
{
	enum { FLAGS = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, TRIES = 100 };
	for (int i = 0; i < TRIES; i++) {
		u->fd = open(u->part, FLAGS, 0600);
		if (u->fd < 0 && errno == ENOENT) {
			enum err r = hub_file_room(u->part, e);
			if (r)
				return r;
			u->fd = open(u->part, FLAGS, 0600);
		}
		if (u->fd < 0 || flock(u->fd, LOCK_EX) != 0)
			return disk_error(e, "file");
		if (is_the_part(u))
			return OK;
		close(u->fd);
		u->fd = -1;
	}
	return error_set(e, ERR_STORE_BUSY, "%s", u->part);
}

/* From then on what came counts, also when headquarters is killed within. */
static enum err note_begun(struct upload *u, struct error *e)
{
	struct db *db = u->hub->db;
	enum err r = db_begin(db, e);
	if (!r && !(r = db_run(db, HUB_SQL_FILE_LOST, NULL, e, "tt", u->q->site, u->q->rest)) &&
	    !(r = db_run(db, HUB_SQL_FILE_BEGIN, NULL, e, "ttii", u->q->site, u->q->rest, u->size, hub_now(u->hub))))
		r = db_commit(db, e);
	db_rollback(db);
	u->noted = !r;
	return r;
}

static enum err restart(struct upload *u, struct error *e)
{
	if (ftruncate(u->fd, 0) != 0)
		return disk_error(e, "file");
	u->have = 0;
	u->size = u->q->upload_length;
	if (!u->digest && (u->digest = EVP_MD_CTX_new()) && EVP_DigestInit_ex(u->digest, EVP_sha256(), NULL) != 1)
		return error_set(e, ERR_CRYPTO, "SHA-256");
	return u->size >= NOTED_FROM || u->known || u->lost ? note_begun(u, e) : OK;
}

static enum err write_all(int fd, const uint8_t *data, size_t length, int64_t at, struct error *e)
{
	while (length) {
		ssize_t n = pwrite(fd, data, length, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return disk_error(e, "file");
		data += n;
		length -= (size_t)n;
		at += n;
	}
	return OK;
}

/* What comes is kept, however it ends: the next request goes on from there. *much: more than was announced. */
static enum err receive(struct upload *u, bool *much, struct error *e)
{
	uint8_t *block = malloc(BLOCK);
	enum err r = block ? OK : error_set(e, ERR_MEMORY, "file");
	long n = 0;
	bool late = false;
	*much = false;
	while (!r && !late && (n = u->q->read(u->q->input, block, BLOCK)) > 0) {
		if (u->have + n > u->size) {
			*much = true;
			break;
		}
		late = u->q->until && clock_monotonic_ms() >= u->q->until; /* a line that drips has a worker for itself; the rest comes by another request */
		if (!(r = write_all(u->fd, block, (size_t)n, u->have, e)))
			u->have += n;
		if (!r && u->digest && EVP_DigestUpdate(u->digest, block, (size_t)n) != 1)
			r = error_set(e, ERR_CRYPTO, "SHA-256");
	}
	free(block);
	if (r && ftruncate(u->fd, (off_t)u->have) != 0) /* half a block of a full disk isn't counted */
		u->have = 0;
	if (!r && !*much && u->have == u->size) /* made durable and noted as the whole one */
		return OK;
	if (fsync(u->fd) != 0 && !r)
		r = disk_error(e, "file");
	enum err noted = u->noted ? OK : note_begun(u, r ? NULL : e);
	if (!noted)
		noted = db_run(u->hub->db, HUB_SQL_FILE_RECEIVED, NULL, r ? NULL : e, "ttii", u->q->site, u->q->rest, u->have, hub_now(u->hub));
	return r ? r : noted;
}

static bool digest_is(EVP_MD_CTX *c, const char *wanted)
{
	uint8_t raw[32];
	char hex[65];
	if (EVP_DigestFinal_ex(c, raw, NULL) != 1)
		return false;
	hex_encode(hex, raw, sizeof raw);
	return strcmp(hex, wanted + 7) == 0;
}

/* Of one that came in several pieces. */
static bool digest_right(int fd, const char *wanted, int64_t size)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t *block = malloc(BLOCK);
	int64_t at = 0;
	ssize_t n = 0;
	bool good = c && block && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1;
	while (good && (n = pread(fd, block, BLOCK, (off_t)at)) > 0) {
		good = EVP_DigestUpdate(c, block, (size_t)n) == 1;
		at += n;
	}
	good = good && n == 0 && at == size && digest_is(c, wanted);
	EVP_MD_CTX_free(c);
	free(block);
	return good;
}

static enum err finish(struct upload *u, struct reply *p, struct error *e)
{
	if (!(u->digest ? digest_is(u->digest, u->q->rest) : digest_right(u->fd, u->q->rest, u->size))) {
		unlink(u->part);
		enum err r = db_run(u->hub->db, HUB_SQL_FILE_FORGET, NULL, e, "tt", u->q->site, u->q->rest);
		return r ? r : reply_say(p, 422, SAY_DIGEST, NULL);
	}
	enum err r = hub_file_put(u->hub->files, u->name, u->fd, u->size, e);
	if (r && fsync(u->fd) == 0 && !u->noted && note_begun(u, NULL) == OK) /* all of it stays, and the next try knows of it */
		db_run(u->hub->db, HUB_SQL_FILE_RECEIVED, NULL, NULL, "ttii", u->q->site, u->q->rest, u->have, hub_now(u->hub));
	if (!r && !(r = note_whole(u, e)))
		hub_file_settled(u->hub->files, u->name);
	p->status = 201;
	reply_header(p, "Upload-Offset", "%lld", (long long)u->size);
	return r;
}

static enum err say_whole(const struct upload *u, struct reply *p)
{
	p->status = 201;
	reply_header(p, "Upload-Offset", "%lld", (long long)u->size);
	return OK;
}

/* What nginx has in a file becomes ours without a copy. *done is false for whatever isn't plainly right: then it goes as any other, which
 * says what there is to say. */
static enum err put_one_piece(struct upload *u, struct reply *p, bool *done, struct error *e)
{
	bool taken = false;
	enum err r = look(u, e);
	*done = r || u->whole;
	if (r)
		return r;
	if (u->whole)
		return say_whole(u, p);
	u->size = u->q->upload_length;
	sync_file_range(u->q->body_fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* the disk begins while the digest is made */
	/* a row that says whole must go first */
	if (u->lost || u->q->upload_offset > 0 || u->size > NOTED_FROM || !digest_right(u->q->body_fd, u->q->rest, u->size))
		return OK;
	r = hub_file_take(u->hub->files, u->name, u->q->body_file, u->q->body_fd, &taken, e);
	*done = r || taken;
	if (r || !taken)
		return r;
	if (u->known)
		unlink(u->part);
	r = note_whole(u, e);
	return r ? r : say_whole(u, p);
}

static enum err say_offset(struct upload *u, struct reply *p)
{
	reply_say(p, 409, SAY_OFFSET, NULL);
	reply_header(p, "Upload-Offset", "%lld", (long long)u->have);
	return OK;
}

static enum err put(struct upload *u, struct reply *p, struct error *e)
{
	int64_t offset = u->q->upload_offset == -1 ? 0 : u->q->upload_offset, length = u->q->upload_length;
	bool much = false;
	enum err r = open_part(u, e);
	if (!r)
		r = look(u, e); /* under the lock */
	if (r)
		return r;
	if (u->whole) { /* sent by this very site before */
		unlink(u->part);
		return say_whole(u, p);
	}
	if (offset == 0)
		r = restart(u, e);
	else if (!u->known || offset != u->have)
		return say_offset(u, p);
	else if (length != u->size)
		return reply_say(p, 413, SAY_SIZE, NULL);
	else
		u->noted = true;
	if (!r)
		r = receive(u, &much, e);
	if (r)
		return r;
	if (much)
		return reply_say(p, 413, SAY_SIZE, NULL);
	if (u->have == u->size)
		return finish(u, p, e);
	p->status = 204;
	reply_header(p, "Upload-Offset", "%lld", (long long)u->have);
	return OK;
}

enum err h_file_put(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct upload u;
	enum err r = OK;
	if (upload_begin(hub, q, &u, p)) {
		if (q->upload_offset < -1 || q->upload_length < 0)
			r = reply_say(p, 400, SAY_REQUEST, NULL);
		else if (q->upload_length > FILE_MOST)
			r = reply_say(p, 413, SAY_SIZE, NULL);
		else {
			bool done = false;
			if (q->body_file && q->body_fd >= 0)
				r = put_one_piece(&u, p, &done, e);
			if (!r && !done)
				r = put(&u, p, e);
		}
	}
	upload_end(&u);
	return r;
}

/* From this machine by nginx, else through the worker. */
static enum err give(struct hub *hub, const struct request *q, struct file_name n, int64_t size, struct reply *p)
{
	struct file_range range;
	bool part;
	if (!hub_files_remote(&hub->options)) {
		p->file = hub_file_local(hub->files, n);
		return p->file ? OK : reply_say(p, 404, SAY_UNKNOWN, NULL);
	}
	if (!hub_file_range(q->range, size, &range, &part)) {
		reply_header(p, "Content-Range", "bytes */%lld", (long long)size);
		p->status = 416;
		return OK;
	}
	if (part) {
		p->status = 206;
		reply_header(p, "Content-Range", "bytes %lld-%lld/%lld", (long long)range.from, (long long)(range.from + range.length - 1), (long long)size);
	}
	reply_header(p, "Accept-Ranges", "bytes");
	p->stream = (struct reply_stream){.is = true, .from = range.from, .length = range.length, .size = size};
	snprintf(p->stream.site, sizeof p->stream.site, "%s", n.site);
	snprintf(p->stream.digest, sizeof p->stream.digest, "%s", n.digest);
	return OK;
}

/* Its own, and what came with an order that this site holds. Everything else isn't there, whoever has it. */
enum err h_file_get(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	char of[SITE_CODE_SIZE];
	int64_t named = 0, size = 0;
	struct db_rows *rows = NULL;
	bool whole = false;
	enum err r = OK;
	if (posted_digest(q->rest) && request_text(q, "of", of, sizeof of)) {
		named = strcmp(of, q->site) == 0;
		if (!named)
			r = db_int(hub->db, HUB_SQL_CUSTODY_FILE_HAS, 0, &named, e, "ttt", q->site, of, q->rest);
		if (!r && named && !(r = db_query(hub->db, HUB_SQL_FILE_GET, &rows, e, "tt", of, q->rest))) {
			whole = db_rows_next(rows) && db_rows_int(rows, 2);
			size = whole ? db_rows_int(rows, 0) : 0;
			r = db_rows_end(&rows, e);
		}
	}
	if (r)
		return r;
	return whole ? give(hub, q, (struct file_name){of, q->rest}, size, p) : reply_say(p, 404, SAY_UNKNOWN, NULL);
}
