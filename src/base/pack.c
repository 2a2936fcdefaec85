#include "base/pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { BLOCK = 512, NAME_MOST = 100, PREFIX_MOST = 155, CHUNK = 65536, DEPTH_MOST = 8, HEX_DIGEST = 64, SUM_LENGTH = HEX_DIGEST + 1 };
#define SUM_NAME "SHA256"

struct pack {
	FILE *f;
	EVP_MD_CTX *digest;
	char *path, *part; /* part: written, and renamed to path; NULL while reading */
	bool made;         /* part is there and ours */
};

/* As tar has it; all texts may fill their places. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2], user[32], group[32],
		major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar header is a block");

static unsigned header_sum(const struct header *h)
{
	const unsigned char *b = (const unsigned char *)h;
	unsigned sum = 0;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= offsetof(struct header, sum) && i < offsetof(struct header, sum) + sizeof h->sum ? ' ' : b[i];
	return sum;
}

static void put_sum(struct header *h)
{
	char text[16];
	snprintf(text, sizeof text, "%06o", header_sum(h));
	memcpy(h->sum, text, 7);
	h->sum[7] = ' ';
}

/* To the last byte: nothing else looks at the last member's. */
static bool sum_right(const struct header *h)
{
	struct header again = *h;
	put_sum(&again);
	return memcmp(again.sum, h->sum, sizeof h->sum) == 0;
}

/* Octal in eleven digits; beyond that base 256 as GNU tar does. */
static void put_size(struct header *h, uint64_t size)
{
	char text[32];
	snprintf(text, sizeof text, "%011llo", (unsigned long long)size);
	if (strlen(text) == 11) {
		memcpy(h->size, text, 12);
		return;
	}
	for (int i = 11; i > 0; i--, size >>= 8)
		h->size[i] = (char)(size & 0xFF);
	h->size[0] = (char)0x80;
}

static bool get_octal(const char *text, size_t length, uint64_t *out)
{
	*out = 0;
	size_t i = 0;
	for (; i < length && text[i] >= '0' && text[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(text[i] - '0');
	return i > 0 && (i == length || text[i] == '\0' || text[i] == ' ');
}

static bool get_size(const struct header *h, uint64_t *out)
{
	if ((unsigned char)h->size[0] != 0x80)
		return get_octal(h->size, sizeof h->size, out);
	*out = 0;
	for (int i = 1; i < 12; i++) {
		if (*out >> 48)
			return false;
		*out = *out << 8 | (unsigned char)h->size[i];
	}
	return true;
}

/* A long name is cut at a slash. */
static bool put_name(struct header *h, const char *name)
{
	size_t n = strlen(name);
	if (n <= NAME_MOST)
		return memcpy(h->name, name, n) != NULL;
	for (const char *cut = strchr(name, '/'); cut; cut = strchr(cut + 1, '/')) {
		size_t before = (size_t)(cut - name), after = n - before - 1;
		if (before > PREFIX_MOST || after > NAME_MOST || !after)
			continue;
		memcpy(h->prefix, name, before);
		memcpy(h->name, cut + 1, after);
		return true;
	}
	return false;
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

static enum err put(struct pack *p, const void *data, size_t length, struct error *e)
{
	if (fwrite(data, 1, length, p->f) != length)
		return error_set(e, ERR_FILE_WRITE, "%s", p->path);
	return EVP_DigestUpdate(p->digest, data, length) == 1 ? OK : error_set(e, ERR_CRYPTO, "SHA-256");
}

static enum err put_padding(struct pack *p, uint64_t size, struct error *e)
{
	static const char zeros[BLOCK];
	return size % BLOCK ? put(p, zeros, BLOCK - size % BLOCK, e) : OK;
}

static enum err put_header(struct pack *p, const char *name, uint64_t size, int64_t mtime, struct error *e)
{
	struct header h = {.mode = "0000600", .uid = "0000000", .gid = "0000000", .type = '0'};
	char text[32];
	if (!put_name(&h, name))
		return error_set(e, ERR_FILE_READ, "%s", name);
	put_size(&h, size);
	snprintf(text, sizeof text, "%011llo", (unsigned long long)mtime & 077777777777ULL);
	memcpy(h.mtime, text, sizeof h.mtime);
	memcpy(h.magic, "ustar", sizeof h.magic);
	memcpy(h.version, "00", sizeof h.version);
	put_sum(&h);
	return put(p, &h, sizeof h, e);
}

/* What a run that was cut left there: nothing yet, or an archive's beginning. */
static bool is_left_over(int fd, off_t size)
{
	struct header h;
	return size == 0 || (pread(fd, &h, sizeof h, 0) == (ssize_t)sizeof h && memcmp(h.magic, "ustar", sizeof h.magic) == 0);
}

/* PATH.part, empty and held against a second run; what a run that was cut left there goes. -1 where it can't be had. */
static int open_part(const struct pack *p)
{
	struct stat here, there;
	int fd = access(p->path, F_OK) == 0 ? -1 : open(p->part, O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	bool ours = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &here) == 0 && S_ISREG(here.st_mode) &&
	            stat(p->part, &there) == 0 && here.st_ino == there.st_ino && is_left_over(fd, here.st_size) && ftruncate(fd, 0) == 0; /* else another has just given it its name */
	if (fd >= 0 && !ours) {
		close(fd);
		fd = -1;
	}
	return fd;
}

enum err pack_create(const char *path, struct pack **out, struct error *e)
{
	struct pack *p = calloc(1, sizeof *p);
	*out = NULL;
	if (!p || !(p->path = strdup(path)) || asprintf(&p->part, "%s.part", path) < 0 || !(p->digest = EVP_MD_CTX_new()) ||
	    EVP_DigestInit_ex(p->digest, EVP_sha256(), NULL) != 1) {
		pack_abandon(&p);
		return error_set(e, ERR_MEMORY, "%s", "");
	}
	int fd = open_part(p);
	p->made = fd >= 0;
	if (fd < 0 || !(p->f = fdopen(fd, "wb"))) {
		if (fd >= 0)
			close(fd);
		error_set(e, ERR_FILE_PATH, "%s", access(path, F_OK) != 0 && access(p->part, F_OK) == 0 ? p->part : path);
		pack_abandon(&p);
		return ERR_FILE_PATH;
	}
	*out = p;
	return OK;
}

enum err pack_add(struct pack *p, const char *name, const void *data, size_t length, struct error *e)
{
	enum err r = put_header(p, name, length, 0, e);
	if (!r && !(r = put(p, data, length, e)))
		r = put_padding(p, length, e);
	return r;
}

enum err pack_add_file(struct pack *p, const char *name, const char *path, struct error *e)
{
	struct stat st;
	uint8_t chunk[CHUNK];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return OK;
	enum err r = fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ? error_set(e, ERR_FILE_READ, "%s", path) : OK;
	uint64_t left = r ? 0 : (uint64_t)st.st_size;
	if (!r)
		r = put_header(p, name, left, st.st_mtime, e);
	while (!r && left) {
		ssize_t n = read(fd, chunk, left < CHUNK ? left : CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		r = n <= 0 ? error_set(e, ERR_FILE_READ, "%s", path) : put(p, chunk, (size_t)n, e);
		left -= r ? 0 : (uint64_t)n;
	}
	if (!r)
		r = put_padding(p, (uint64_t)st.st_size, e);
	if (fd >= 0)
		close(fd);
	return r;
}

static enum err add_dir(struct pack *p, const char *name, const char *path, int depth, struct error *e)
{
	DIR *d = opendir(path);
	enum err r = d || errno == ENOENT ? OK : error_set(e, ERR_FILE_READ, "%s", path);
	for (struct dirent *entry; !r && d && (entry = readdir(d));) {
		struct stat st;
		char *below = path_join(path, entry->d_name), *inside = path_join(name, entry->d_name);
		if (!below || !inside)
			r = ERR_MEMORY;
		else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && lstat(below, &st) == 0) {
			if (S_ISREG(st.st_mode))
				r = pack_add_file(p, inside, below, e);
			else if (S_ISDIR(st.st_mode) && depth < DEPTH_MOST)
				r = add_dir(p, inside, below, depth + 1, e);
		}
		free(below);
		free(inside);
	}
	if (d)
		closedir(d);
	return r;
}

enum err pack_add_dir(struct pack *p, const char *name, const char *dir, struct error *e)
{
	return add_dir(p, name, dir, 0, e);
}

/* What was digested so far, as the last member says it. */
static bool sum_text(struct pack *p, char out[SUM_LENGTH + 1])
{
	uint8_t raw[32];
	unsigned length = 0;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_MD_CTX_copy_ex(c, p->digest) == 1 && EVP_DigestFinal_ex(c, raw, &length) == 1;
	EVP_MD_CTX_free(c);
	hex_encode(out, raw, sizeof raw);
	memcpy(out + HEX_DIGEST, "\n", 2);
	return good;
}

enum err pack_finish(struct pack **pack, struct error *e)
{
	static const char zeros[BLOCK * 2];
	struct pack *p = *pack;
	char sum[SUM_LENGTH + 1];
	enum err r = sum_text(p, sum) ? pack_add(p, SUM_NAME, sum, SUM_LENGTH, e) : error_set(e, ERR_CRYPTO, "SHA-256");
	if (!r)
		r = put(p, zeros, sizeof zeros, e);
	if (!r && (fflush(p->f) != 0 || fsync(fileno(p->f)) != 0))
		r = error_set(e, ERR_FILE_WRITE, "%s", p->path);
	if (!r && (access(p->path, F_OK) == 0 || rename(p->part, p->path) != 0))
		r = error_set(e, ERR_FILE_PATH, "%s", p->path);
	p->made = r != OK;
	pack_abandon(pack); /* closed, and so let go, only now that it bears its name */
	return r;
}

void pack_abandon(struct pack **pack)
{
	struct pack *p = *pack;
	if (!p)
		return;
	if (p->made)
		unlink(p->part);
	if (p->f)
		fclose(p->f);
	EVP_MD_CTX_free(p->digest);
	free(p->path);
	free(p->part);
	free(p);
	*pack = NULL;
}

/* Reading -------------------------------------------------------------------------------------------------------------- */

static enum err broken(struct pack *p, struct error *e)
{
	return error_set(e, ERR_PACK_BROKEN, "%s", p->path);
}

static enum err take(struct pack *p, void *data, size_t length, struct error *e)
{
	if (fread(data, 1, length, p->f) != length)
		return ferror(p->f) ? error_set(e, ERR_FILE_READ, "%s", p->path) : broken(p, e);
	return EVP_DigestUpdate(p->digest, data, length) == 1 ? OK : error_set(e, ERR_CRYPTO, "SHA-256");
}

static enum err take_zeros(struct pack *p, size_t length, struct error *e)
{
	char block[BLOCK * 2];
	enum err r = length ? take(p, block, length, e) : OK;
	for (size_t i = 0; !r && i < length; i++)
		if (block[i])
			r = broken(p, e);
	return r;
}

/* Plain names below the directory, and nothing else. */
static bool name_good(const char *name)
{
	size_t depth = 0;
	for (const char *part = name; part; depth++) {
		const char *end = strchr(part, '/');
		size_t n = end ? (size_t)(end - part) : strlen(part);
		if (!n || (part[0] == '.' && (n == 1 || (n == 2 && part[1] == '.'))))
			return false;
		part = end ? end + 1 : NULL;
	}
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			return false;
	return depth <= DEPTH_MOST + 2;
}

static bool read_header(const struct header *h, char name[NAME_MOST + PREFIX_MOST + 2], uint64_t *size)
{
	if (memcmp(h->magic, "ustar", 6) != 0 || h->type != '0' || !sum_right(h) || !get_size(h, size))
		return false;
	snprintf(name, NAME_MOST + PREFIX_MOST + 2, "%.155s%s%.100s", h->prefix, *h->prefix ? "/" : "", h->name);
	return name_good(name);
}

static enum err write_member(struct pack *p, const char *path, uint64_t size, struct error *e)
{
	uint8_t chunk[CHUNK];
	char *dir = strdup(path), *slash = dir ? strrchr(dir, '/') : NULL;
	enum err r = slash ? OK : ERR_MEMORY;
	if (!r) {
		*slash = '\0';
		r = dir_make(dir, e);
	}
	int fd = r ? -1 : open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (!r && fd < 0)
		r = errno == EEXIST ? broken(p, e) : error_set(e, ERR_FILE_WRITE, "%s", path);
	while (!r && size) {
		size_t n = size < CHUNK ? (size_t)size : CHUNK, done = 0;
		r = take(p, chunk, n, e);
		while (!r && done < n) {
			ssize_t w = write(fd, chunk + done, n - done);
			if (w < 0 && errno != EINTR)
				r = error_set(e, ERR_FILE_WRITE, "%s", path);
			done += w > 0 ? (size_t)w : 0;
		}
		size -= n;
	}
	if (fd >= 0 && (fsync(fd) != 0 || close(fd) != 0) && !r)
		r = error_set(e, ERR_FILE_WRITE, "%s", path);
	free(dir);
	return r;
}

/* The last member, and exactly what tar puts behind it. */
static enum err check_sum(struct pack *p, const char *sum, uint64_t size, struct error *e)
{
	char there[SUM_LENGTH];
	if (size != SUM_LENGTH)
		return broken(p, e);
	enum err r = take(p, there, SUM_LENGTH, e);
	if (!r && memcmp(there, sum, SUM_LENGTH) != 0)
		r = broken(p, e);
	if (!r && !(r = take_zeros(p, BLOCK - SUM_LENGTH, e)) && !(r = take_zeros(p, BLOCK * 2, e)) && fgetc(p->f) != EOF)
		r = broken(p, e);
	return r;
}

static enum err unpack(struct pack *p, const char *dir, struct error *e)
{
	for (;;) {
		struct header h;
		char name[NAME_MOST + PREFIX_MOST + 2], sum[SUM_LENGTH + 1];
		uint64_t size = 0;
		if (!sum_text(p, sum))
			return error_set(e, ERR_CRYPTO, "SHA-256");
		enum err r = take(p, &h, sizeof h, e);
		if (r)
			return r;
		if (!read_header(&h, name, &size))
			return broken(p, e);
		if (strcmp(name, SUM_NAME) == 0)
			return check_sum(p, sum, size, e);
		char *path = path_join(dir, name);
		r = path ? write_member(p, path, size, e) : ERR_MEMORY;
		if (!r && size % BLOCK)
			r = take_zeros(p, BLOCK - size % BLOCK, e);
		free(path);
		if (r)
			return r;
	}
}

enum err pack_unpack(const char *path, const char *dir, struct error *e)
{
	struct stat st;
	struct pack *p = calloc(1, sizeof *p);
	enum err r = p && (p->path = strdup(path)) && (p->digest = EVP_MD_CTX_new()) && EVP_DigestInit_ex(p->digest, EVP_sha256(), NULL) == 1
	                     ? OK : ERR_MEMORY;
	if (!r && (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || !(p->f = fopen(path, "rbe"))))
		r = error_set(e, ERR_FILE_READ, "%s", path);
	if (!r)
		r = unpack(p, dir, e);
	pack_abandon(&p);
	return r;
}
