#include "desk/output.h"

#include <fcntl.h>
#include <pwd.h>
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

/* The same file, or the same name in the same directory where there is none yet. */
static bool is_place(const char *path, const char *other)
{
	struct stat a, b;
	if (!*other)
		return false;
	if (stat(path, &a) == 0 && stat(other, &b) == 0)
		return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	char *here = directory_of(path), *there = directory_of(other);
	bool is = here && there && strcmp(here, there) == 0 && strcmp(name_of(path), name_of(other)) == 0;
	free(here);
	free(there);
	return is;
}

/* A CMS message (RFC 5652), which begins with its type, one of the PKCS: no certificate and no revocation list. */
static bool sealed(const uint8_t *head, size_t n)
{
	static const uint8_t pkcs[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01};
	size_t type = 2 + (n > 1 && head[1] > 0x80 ? head[1] & 0x7Fu : 0);
	return n >= type + 2 + sizeof pkcs && head[0] == 0x30 && head[type] == 0x06 && memcmp(head + type + 2, pkcs, sizeof pkcs) == 0;
}

/* Nothing there, nothing in it, or what this program writes: workbooks, papers, lists that are sealed. */
static bool replaceable(const char *path)
{
	uint8_t head[20];
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) /* a device or a pipe is whoever writes' to refuse */
		return true;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
	if (fd >= 0)
		close(fd);
	return n == 0 || (n >= 4 && (memcmp(head, "PK\x03\x04", 4) == 0 || memcmp(head, "%PDF", 4) == 0 || sealed(head, (size_t)n)));
}

/* Both as they are without a link on the way. */
static bool lies(const char *dir, const char *where, bool (*how)(const char *path, const char *dir))
{
	char *real = where ? realpath(where, NULL) : NULL;
	bool is = real && how(dir, real);
	free(real);
	return is;
}

static bool same(const char *path, const char *dir)
{
	return strcmp(path, dir) == 0;
}

/* What a login shell, sshd or a desktop would obey. */
static bool hidden(const char *dir, const char *name)
{
	const struct passwd *me = getpwuid(getuid());
	const char *homes[] = {me ? me->pw_dir : NULL, getenv("HOME")};
	bool is = false;
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
		is = is || lies(dir, homes[i], below);
	return is && (name[0] == '.' || strstr(dir, "/."));
}

enum err output_place(const struct desk *d, const char *path, struct error *e)
{
	char *dir = directory_of(path);
	bool inbox = dir && lies(dir, d->config.inbox, same) && !lies(dir, d->dir, same); /* where files come and go */
	bool here = dir && !inbox && lies(dir, d->dir, below), obeyed = dir && !inbox && hidden(dir, name_of(path));
	free(dir);
	if (here || is_place(path, d->config.store_key) || is_place(path, d->config.crl_file))
		return error_set(e, ERR_DESK_OUTPUT, tr("%s 是受理点自己的数据", "%s belongs to the service point's own data"), path);
	if (obeyed)
		return error_set(e, ERR_DESK_OUTPUT, tr("%s 是隐藏的文件或目录", "%s is a hidden file or directory"), path);
	return replaceable(path) ? OK : error_set(e, ERR_DESK_OUTPUT, tr("%s 已有别的文件", "%s is another file"), path);
}
