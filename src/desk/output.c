#include "desk/output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"

/* `dir` itself or what lies below it. */
static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0' || dir[n - 1] == '/');
}

/* The directory that the file would be in, with no link on the way; new string, or NULL where there is none. */
static char *directory_of(const char *path)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
	if (slash)
		slash[slash == copy] = '\0';
	char *real = copy ? realpath(slash ? copy : ".", NULL) : NULL;
	free(copy);
	return real;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_file(const char *path, const char *other)
{
	struct stat a, b;
	return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Nothing there, nothing in it, or what this program writes: workbooks, papers, lists that are sealed (DER). */
static bool replaceable(const char *path)
{
	static const struct {
		const char *head;
		size_t length;
	} heads[] = {{"PK\x03\x04", 4}, {"%PDF", 4}, {"\x30\x80", 2}, {"\x30\x82", 2}, {"\x30\x83", 2}};
	char head[4];
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) /* a device or a pipe is whoever writes' to refuse */
		return true;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
	bool good = n == 0;
	for (size_t i = 0; n > 0 && i < sizeof heads / sizeof *heads; i++)
		good = good || ((size_t)n >= heads[i].length && memcmp(head, heads[i].head, heads[i].length) == 0);
	if (fd >= 0)
		close(fd);
	return good;
}

/* The inbox is where files come and go. */
static bool inside(const struct desk *d, const char *dir)
{
	char *site = realpath(d->dir, NULL), *inbox = realpath(d->config.inbox, NULL);
	bool is = site && below(dir, site) && !(inbox && strcmp(inbox, site) != 0 && strcmp(dir, inbox) == 0);
	free(site);
	free(inbox);
	return is;
}

enum err output_place(const struct desk *d, const char *path, struct error *e)
{
	char *dir = directory_of(path);
	bool here = dir && inside(d, dir), hidden = name_of(path)[0] == '.' || (dir && strstr(dir, "/."));
	bool key = is_file(path, d->config.store_key);
	free(dir);
	if (here || key)
		return error_set(e, ERR_DESK_OUTPUT, tr("%s 是受理点自己的数据", "%s belongs to the service point's own data"), path);
	if (hidden)
		return error_set(e, ERR_DESK_OUTPUT, tr("%s 是隐藏的文件或目录", "%s is a hidden file or directory"), path);
	return replaceable(path) ? OK : error_set(e, ERR_DESK_OUTPUT, tr("%s 已有别的文件", "%s is another file"), path);
}
