/* Files in a directory of this machine, or one that several machines share: FILES/SITE/ab/HEX. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "hub/files_driver.h"

enum { BLOCK = 64 << 10 };

static enum err write_error(struct error *e, const char *what)
{
	bool full = errno == ENOSPC || errno == EDQUOT;
	return error_set(e, full ? ERR_HUB_FULL : ERR_FILE_WRITE, "%s: %s", what, strerror(errno));
}

static char *local(const struct hub_files *f, struct file_name n)
{
	char *path = file_path(f->options->files, n, "");
	if (path && access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static enum err sync_directory(char *path, struct error *e)
{
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good ? OK : write_error(e, "directory");
}

/* *moved stays false where `from` lies on another filesystem. Several uploads may find the directory missing and make it: whoever comes
 * second has it (dir_make). Its own name may be another upload's to flush; a filesystem with a log writes that before what lies in it. */
static enum err move(const char *from, const char *path, bool *moved, struct error *e)
{
	enum err r = OK;
	*moved = rename(from, path) == 0;
	if (!*moved && errno == ENOENT && !(r = hub_file_room(path, e)))
		*moved = rename(from, path) == 0;
	return r || *moved || errno == EXDEV ? r : write_error(e, "file");
}

/* Renamed first: most filesystems then write file and name in one go, and have little left to do for the directory. Nobody looks at it before
 * the database knows of it, but hub_file_find, which trusts nothing. */
static enum err take(struct hub_files *f, struct file_name n, const char *from, int fd, bool *taken, struct error *e)
{
	char *path = file_path(f->options->files, n, "");
	enum err r = path ? move(from, path, taken, e) : error_set(e, ERR_MEMORY, "file");
	if (!r && *taken) {
		if (fsync(fd) != 0)
			r = write_error(e, "file");
		else
			r = sync_directory(path, e);
		if (r)
			rename(path, from); /* the next try goes on with it */
	}
	free(path);
	return r;
}

static enum err put(struct hub_files *f, struct file_name n, int fd, int64_t size, struct error *e)
{
	char *part = file_path(f->spool, n, ".part");
	bool taken = false;
	(void)size;
	enum err r = part ? take(f, n, part, fd, &taken, e) : error_set(e, ERR_MEMORY, "file");
	if (!r && !taken) /* both are below FILES */
		r = write_error(e, "file");
	free(part);
	return r;
}

static enum err keep(struct hub_files *f, struct file_name n, struct error *e)
{
	char *path = file_path(f->options->files, n, "");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	enum err r = path ? OK : error_set(e, ERR_MEMORY, "file");
	if (!r)
		r = fd >= 0 && fsync(fd) == 0 ? sync_directory(path, e) : write_error(e, "file");
	if (fd >= 0)
		close(fd);
	free(path);
	return r;
}

static enum err get(struct hub_files *f, struct file_name n, struct file_range range, file_sink *sink, void *arg, struct error *e)
{
	struct stat st;
	char *path = file_path(f->options->files, n, "");
	uint8_t *block = malloc(BLOCK);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	enum err r = path && block ? OK : error_set(e, ERR_MEMORY, "file");
	if (!r && (fd < 0 || fstat(fd, &st) != 0 || st.st_size < range.size))
		r = error_set(e, ERR_HUB_FILE_GONE, "%s", path);
	else if (!r && st.st_size > range.size)
		r = error_set(e, ERR_HUB_FILE_WRONG, "%s", path);
	while (!r && range.length > 0) {
		ssize_t got = pread(fd, block, range.length < BLOCK ? (size_t)range.length : BLOCK, (off_t)range.from);
		if (got <= 0)
			r = error_set(e, ERR_FILE_READ, "%s", path);
		else
			r = sink(arg, block, (size_t)got, e);
		range.from += got;
		range.length -= got;
	}
	if (fd >= 0)
		close(fd);
	free(block);
	free(path);
	return r;
}

static enum err size(struct hub_files *f, struct file_name n, int64_t *out, struct error *e)
{
	struct stat st;
	char *path = file_path(f->options->files, n, "");
	if (!path)
		return error_set(e, ERR_MEMORY, "file");
	*out = stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
	free(path);
	return OK;
}

static enum err remove_file(struct hub_files *f, struct file_name n, struct error *e)
{
	char *path = file_path(f->options->files, n, "");
	enum err r = path ? OK : error_set(e, ERR_MEMORY, "file");
	if (!r && unlink(path) == 0)
		r = sync_directory(path, e);
	else if (!r && errno != ENOENT)
		r = write_error(e, path);
	free(path);
	return r;
}

const struct files_driver files_dir = {.local = local, .takes_part = true, .put = put, .take = take, .keep = keep, .get = get, .size = size, .remove = remove_file};
