#include "hub/files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "hub/files_driver.h"
#include "hub/options.h"
#include "hub/posted.h"

static bool is_name(struct file_name n)
{
	return n.site && n.digest && posted_digest(n.digest) && !hub_site_check(n.site, NULL);
}

static enum err no_name(struct file_name n, struct error *e)
{
	return error_set(e, ERR_HUB_FILE_GONE, "%.32s %.20s", n.site ? n.site : "", n.digest ? n.digest : "");
}

bool hub_files_remote(const struct hub_options *o)
{
	return text_starts(o->files, "s3://");
}

enum err hub_files_open(const struct hub_options *o, struct hub_files **out, struct error *e)
{
	struct hub_files *f = *out = calloc(1, sizeof *f);
	if (!f)
		return error_set(e, ERR_MEMORY, "files");
	f->options = o;
	f->driver = hub_files_remote(o) ? &files_s3 : &files_dir;
	f->spool = hub_files_remote(o) ? o->spool : o->files;
	enum err r = f->driver->open ? f->driver->open(f, e) : OK;
	if (r)
		hub_files_close(out);
	return r;
}

void hub_files_close(struct hub_files **f)
{
	if (*f && (*f)->driver->close)
		(*f)->driver->close(*f);
	free(*f);
	*f = NULL;
}

char *hub_file_part(const struct hub_files *f, struct file_name n)
{
	return is_name(n) ? file_path(f->spool, n, ".part") : NULL;
}

char *hub_file_local(const struct hub_files *f, struct file_name n)
{
	return is_name(n) && f->driver->local ? f->driver->local(f, n) : NULL;
}

enum err hub_file_put(struct hub_files *f, struct file_name n, int fd, int64_t size, struct error *e)
{
	return is_name(n) ? f->driver->put(f, n, fd, size, e) : no_name(n, e);
}

enum err hub_file_take(struct hub_files *f, struct file_name n, const char *from, int fd, bool *taken, struct error *e)
{
	*taken = false;
	if (!is_name(n))
		return no_name(n, e);
	return f->driver->take ? f->driver->take(f, n, from, fd, taken, e) : OK;
}

void hub_file_settled(struct hub_files *f, struct file_name n)
{
	char *part = f->driver->takes_part ? NULL : hub_file_part(f, n);
	if (part)
		unlink(part);
	free(part);
}

enum err hub_file_size(struct hub_files *f, struct file_name n, int64_t *size, struct error *e)
{
	*size = -1;
	return is_name(n) ? f->driver->size(f, n, size, e) : OK;
}

enum err hub_file_has(struct hub_files *f, struct file_name n, bool *has, struct error *e)
{
	int64_t size;
	enum err r = hub_file_size(f, n, &size, e);
	*has = !r && size >= 0;
	return r;
}

enum err hub_file_remove(struct hub_files *f, struct file_name n, struct error *e)
{
	return is_name(n) ? f->driver->remove(f, n, e) : OK;
}

/* --- reading, with the digest beside it -------------------------------------------------------------------------- */

struct checked {
	struct file_name name;
	file_sink *sink;
	void *arg;
	EVP_MD_CTX *md;
	int64_t left;
};

static bool digest_is(struct checked *c)
{
	uint8_t raw[32];
	char hex[65];
	if (EVP_DigestFinal_ex(c->md, raw, NULL) != 1)
		return false;
	hex_encode(hex, raw, sizeof raw);
	return strcmp(hex, c->name.digest + 7) == 0;
}

static enum err wrong(const struct checked *c, struct error *e)
{
	return error_set(e, ERR_HUB_FILE_WRONG, "%s %s", c->name.site, c->name.digest);
}

static enum err take(void *arg, const void *data, size_t n, struct error *e)
{
	struct checked *c = arg;
	if ((int64_t)n > c->left)
		return wrong(c, e);
	c->left -= (int64_t)n;
	if (EVP_DigestUpdate(c->md, data, n) != 1)
		return error_set(e, ERR_CRYPTO, "SHA-256");
	/* the last bytes stay here where it isn't the file: nobody takes it for whole */
	return c->left == 0 && !digest_is(c) ? wrong(c, e) : c->sink(c->arg, data, n, e);
}

enum err hub_file_get(struct hub_files *f, struct file_name n, struct file_range range, file_sink *sink, void *arg, struct error *e)
{
	if (!is_name(n) || range.from < 0 || range.length < 0 || range.from + range.length > range.size)
		return no_name(n, e);
	if (range.length < range.size)
		return f->driver->get(f, n, range, sink, arg, e);
	struct checked c = {.name = n, .sink = sink, .arg = arg, .md = EVP_MD_CTX_new(), .left = range.size};
	enum err r = c.md && EVP_DigestInit_ex(c.md, EVP_sha256(), NULL) == 1 ? f->driver->get(f, n, range, take, &c, e) : error_set(e, ERR_MEMORY, "SHA-256");
	if (!r && range.size == 0 && !digest_is(&c))
		r = wrong(&c, e);
	EVP_MD_CTX_free(c.md);
	return r;
}

static enum err nowhere(void *arg, const void *data, size_t n, struct error *e)
{
	(void)arg;
	(void)data;
	(void)n;
	(void)e;
	return OK;
}

bool hub_files_findable(const struct hub_files *f)
{
	return f->driver->keep;
}

enum err hub_file_find(struct hub_files *f, struct file_name n, int64_t *size, struct error *e)
{
	*size = -1;
	enum err r = hub_files_findable(f) ? hub_file_size(f, n, size, e) : OK;
	if (r || *size < 0)
		return r;
	r = hub_file_get(f, n, (struct file_range){0, *size, *size}, nowhere, NULL, NULL);
	if (!r)
		return f->driver->keep(f, n, e);
	*size = -1; /* what is wrong stays until it is sent again: the right one may have come meanwhile */
	return r == ERR_HUB_FILE_WRONG || r == ERR_HUB_FILE_GONE ? OK : error_set(e, r, "%s", n.digest);
}

/* --- Range ------------------------------------------------------------------------------------------------------- */

/* A number of at most 18 digits; -1 where there is none. */
static int64_t number(const char **at)
{
	size_t n = strspn(*at, "0123456789");
	int64_t out = n >= 1 && n <= 18 ? strtoll(*at, NULL, 10) : -1;
	*at += n;
	return out;
}

bool hub_file_range(const char *header, int64_t size, struct file_range *out, bool *part)
{
	*out = (struct file_range){0, size, size};
	*part = false;
	if (!text_starts(header, "bytes="))
		return true;
	const char *at = header + 6;
	int64_t first = number(&at);
	if (*at++ != '-')
		return true;
	bool open = *at == '\0';
	int64_t last = number(&at);
	if (*at || (first < 0 && (open || last < 0)) || (first >= 0 && !open && last < first)) /* "-", "3-2", "0-1,5-6" */
		return true;
	if (first < 0) { /* the last so many */
		first = last < size ? size - last : 0;
		last = size - 1;
	} else if (open || last >= size)
		last = size - 1;
	*part = first < size && first <= last;
	if (*part)
		*out = (struct file_range){first, last - first + 1, size};
	return *part;
}

static enum err drop(void *arg, const void *data, size_t n, struct error *e)
{
	(void)arg, (void)data, (void)n, (void)e;
	return OK;
}

/* One that isn't there yet is made with the first file. */
static bool may_write(const char *dir)
{
	char above[4096];
	if (access(dir, W_OK | X_OK) == 0)
		return true;
	if (errno != ENOENT)
		return false;
	text_copy(above, sizeof above, dir);
	return access(dirname(above), W_OK | X_OK) == 0;
}

/* Asks for what no site has: the store knows key, rights and bucket, and not the file. */
enum err hub_files_reach(struct hub_files *f, struct error *e)
{
	const struct file_name nobodys = {"nobody", "sha256:0000000000000000000000000000000000000000000000000000000000000000"};
	if (!hub_files_remote(f->options))
		return may_write(f->options->files) ? OK : error_set(e, ERR_FILE_WRITE, "%s", f->options->files);
	enum err r = f->driver->get(f, nobodys, (struct file_range){0, 1, 1}, drop, NULL, e);
	return r == ERR_HUB_FILE_GONE ? OK : r;
}
