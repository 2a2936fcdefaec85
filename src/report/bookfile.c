#include "report/bookfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ROOM_LEAST = 64 * 1024 };

const char *bookfile_directory(void)
{
	const char *directory = getenv("TMPDIR");
	return directory && *directory ? directory : "/tmp";
}

static bool full(const char *path)
{
	struct statvfs st;
	return statvfs(path, &st) == 0 && st.f_bavail * st.f_frsize < ROOM_LEAST;
}

bool bookfile_full(const char *path)
{
	return full(path) || full(bookfile_directory());
}

lxw_error bookfile_close(lxw_workbook *book)
{
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (kept >= 0 && nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
	errno = 0;
	lxw_error error = workbook_close(book);
	int why = errno;
	if (kept >= 0)
		dup2(kept, STDERR_FILENO);
	if (kept >= 0)
		close(kept);
	if (nowhere >= 0)
		close(nowhere);
	errno = why;
	return error;
}

static enum err fault(const char *path, int why, struct error *e)
{
	switch (why) {
	case ENOSPC:
	case EDQUOT:
		return error_set(e, ERR_REPORT_FULL, "%s", path);
	case EACCES:
	case EPERM:
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return error_set(e, ERR_REPORT_PATH, "%s", path);
	default:
		return error_set(e, ERR_REPORT_WRITE, "%s: %s", path, strerror(why));
	}
}

enum err bookfile_temporary(const char *path, char **out, struct error *e)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* nor does it take the place of a device */
		return fault(path, EISDIR, e);
	if (asprintf(out, "%s.XXXXXX", path) < 0)
		return error_set(e, ERR_MEMORY, "%s", path);
	int fd = mkostemp(*out, O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return OK;
	}
	enum err r = fault(path, errno, e);
	free(*out);
	*out = NULL;
	return r;
}

enum err bookfile_place(const char *temp, const char *path, struct error *e)
{
	int fd = open(temp, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (good && rename(temp, path) == 0)
		return OK;
	return fault(path, good ? errno : why, e);
}
