#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"

static enum err too_big(const char *path, size_t limit, struct error *e)
{
	size_t unit = limit >= 1 << 20 ? 1 << 20 : 1 << 10;
	return error_set(e, ERR_FILE_TOO_BIG, tr("%s 超过 %zu %s", "%s is over %zu %s"), path, limit / unit, unit == 1 << 20 ? "MB" : "kB");
}

enum err file_read(const char *path, size_t limit, struct bytes *out, struct error *e)
{
	struct stat st;
	enum err r = OK;
	uint8_t block[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		r = error_set(e, ERR_FILE_READ, "%s", path);
		goto out;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > limit) {
		r = too_big(path, limit, e);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) /* a pipe (process substitution) is waited for */
		fcntl(fd, F_SETFL, 0);
	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = error_set(e, ERR_FILE_READ, "%s", path);
		if (n <= 0)
			break;
		if (out->length + (size_t)n > limit) {
			r = too_big(path, limit, e);
			break;
		}
		if ((r = bytes_add(out, block, (size_t)n)))
			break;
	}
	if (!r && !out->data)
		r = bytes_add(out, "", 0);
out:
	if (fd >= 0)
		close(fd);
	return r;
}

static void sync_dir_of(const char *path)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
	if (slash)
		*slash = '\0';
	int fd = open(slash ? (slash == copy ? "/" : copy) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

bool file_write_all(int fd, const void *data, size_t length)
{
	for (const char *at = data; length;) {
		ssize_t n = write(fd, at, length);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
	return true;
}

/* `otherwise` where the place can't be written; a disk that fails is the same for all. */
static enum err write_draft(const char *path, mode_t mode, const void *data, size_t length, char **draft, enum err otherwise, struct error *e)
{
	*draft = NULL;
	if (asprintf(draft, "%s.XXXXXX", path) < 0) {
		*draft = NULL;
		return error_set(e, ERR_MEMORY, "%s", path);
	}
	int fd = mkostemp(*draft, O_CLOEXEC);
	bool good = fd >= 0 && file_write_all(fd, data, length) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	if (fd >= 0 && close(fd) == 0 && good)
		return OK;
	if (fd >= 0)
		unlink(*draft);
	free(*draft);
	*draft = NULL;
	return error_set(e, fd >= 0 ? ERR_FILE_WRITE : otherwise, "%s", path);
}

enum err file_draft(const char *path, mode_t mode, const void *data, size_t length, char **draft, struct error *e)
{
	return write_draft(path, mode, data, length, draft, ERR_FILE_WRITE, e);
}

static enum err keep_draft(const char *draft, const char *path, enum err otherwise, struct error *e)
{
	if (rename(draft, path) != 0)
		return error_set(e, otherwise, "%s", path);
	sync_dir_of(path);
	return OK;
}

enum err file_keep(const char *draft, const char *path, struct error *e)
{
	return keep_draft(draft, path, ERR_FILE_WRITE, e);
}

static enum err put_file(const char *path, mode_t mode, const void *data, size_t length, enum err otherwise, struct error *e)
{
	char *draft = NULL;
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* /dev/null would become a file, where root asks for it */
		return error_set(e, otherwise, "%s", path);
	enum err r = write_draft(path, mode, data, length, &draft, otherwise, e);
	if (!r && (r = keep_draft(draft, path, otherwise, e)))
		unlink(draft);
	free(draft);
	return r;
}

enum err file_write(const char *path, mode_t mode, const void *data, size_t length, struct error *e)
{
	return put_file(path, mode, data, length, ERR_FILE_WRITE, e);
}

enum err file_write_out(const char *path, mode_t mode, const void *data, size_t length, struct error *e)
{
	return put_file(path, mode, data, length, ERR_FILE_PATH, e);
}

enum err dir_make(const char *path, struct error *e)
{
	char *copy = strdup(path);
	if (!copy)
		return ERR_MEMORY;
	bool good = true;
	for (char *at = copy + 1; good; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char kept = *at;
		*at = '\0';
		struct stat st;
		if (mkdir(copy, 0700) != 0 && !(stat(copy, &st) == 0 && S_ISDIR(st.st_mode)))
			good = false;
		*at = kept;
		if (!kept)
			break;
	}
	free(copy);
	return good ? OK : error_set(e, ERR_FILE_WRITE, "%s", path);
}

char *path_join(const char *dir, const char *name)
{
	char *out = NULL;
	size_t n = strlen(dir);
	return asprintf(&out, "%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name) < 0 ? NULL : out;
}

bool program_dir(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size);
	char *slash = n > 0 && (size_t)n < size ? memrchr(out, '/', (size_t)n) : NULL;
	if (slash)
		*slash = '\0';
	return slash != NULL;
}

char *share_dir(void)
{
	const char *set = getenv("CERTDESK_SHARE");
	if (set && *set)
		return strdup(set);
	char program[4096];
	if (!program_dir(program, sizeof program))
		return NULL;
	static const char *const places[] = {"share", "../share", "../share/certdesk", "../../share", "../../../share"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *dir = path_join(program, places[i]), *probe = dir ? path_join(dir, "forms/codes") : NULL;
		bool found = probe && access(probe, R_OK) == 0;
		free(probe);
		if (found)
			return dir;
		free(dir);
	}
	return NULL;
}
