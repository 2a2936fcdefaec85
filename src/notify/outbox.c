#include "notify/outbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"

enum { STAMP = 16, NAME_LENGTH = STAMP + 1 + 6 + 5, TRIES = 8, EXTENSION_MAX = 5 }; /* "20261122T130500Z" "-" "000001" ".json" */

struct place {
	int fd; /* the directory, locked */
	const char *dir;
	char newest[NAME_LENGTH + 1]; /* "" where there is none */
	struct timespec time;         /* its modification time */
};

static bool is_message(const char *name)
{
	return strlen(name) == NAME_LENGTH && strspn(name, "0123456789TZ-") == NAME_LENGTH - 5 &&
	       strcmp(name + NAME_LENGTH - 5, ".json") == 0;
}

/* Finds the newest message by name. */
static bool find_newest(struct place *p)
{
	struct stat st;
	DIR *d = opendir(p->dir);
	if (!d)
		return false;
	for (struct dirent *entry; (entry = readdir(d));)
		if (is_message(entry->d_name) && strcmp(entry->d_name, p->newest) > 0)
			memcpy(p->newest, entry->d_name, sizeof p->newest);
	closedir(d);
	if (*p->newest && fstatat(p->fd, p->newest, &st, AT_SYMLINK_NOFOLLOW) == 0)
		p->time = st.st_mtim;
	return true;
}

/* A name behind the newest one, also where the clock went back. */
static void next_name(const struct place *p, int64_t now, char out[NAME_LENGTH + 1])
{
	char time[21], stamp[STAMP + 1];
	size_t n = 0;
	rfc3339_text(now, time);
	for (const char *s = time; *s; s++)
		if (*s != '-' && *s != ':')
			stamp[n++] = *s;
	stamp[n] = '\0';
	unsigned count = 1;
	if (*p->newest && strncmp(stamp, p->newest, STAMP) <= 0) {
		memcpy(stamp, p->newest, STAMP);
		count = (unsigned)strtoul(p->newest + STAMP + 1, NULL, 10) + 1;
	}
	snprintf(out, NAME_LENGTH + 1, "%s-%06u.json", stamp, count % 1000000);
}

static enum err add_string(struct bytes *out, const char *key, const char *s, size_t length)
{
	enum err r = bytes_format(out, "%s\"%s\": \"", out->length ? ", " : "{", key);
	for (size_t i = 0; i < length && !r; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c < 0x20 || c == '"' || c == '\\')
			r = bytes_format(out, "\\u%04x", c);
		else
			r = bytes_add(out, &c, 1);
	}
	return r ? r : bytes_text(out, "\"");
}

static bool is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

/* Writes the file so that its modification time lies behind the newest one's. A file system keeps time in steps of
 * some milliseconds, so the write is repeated; only a clock that went back needs a time set by hand. */
static enum err write_later(
	const struct place *p, const char *path, const char *name, const struct bytes *json, struct error *e)
{
	enum err r = OK;
	for (int i = 0; i < TRIES && !r; i++) {
		struct stat st;
		if ((r = file_write(path, 0600, json->data, json->length, e)))
			return r;
		if (!*p->newest || fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || is_later(st.st_mtim, p->time))
			return OK;
		nanosleep(&(struct timespec){0, 2000000}, NULL);
	}
	struct timespec times[2] = {p->time, p->time};
	times[1].tv_nsec += 1000000;
	if (times[1].tv_nsec >= 1000000000) {
		times[1].tv_nsec -= 1000000000;
		times[1].tv_sec++;
	}
	utimensat(AT_FDCWD, path, times, 0);
	return OK;
}

/* "20261122T130500Z-000001.1.pdf" is the first file of that message; what it is called stands in the message alone. */
static char *attachment_path(const char *dir, const char *name, const char *called, size_t i)
{
	const char *dot = strrchr(called, '.');
	size_t n = dot ? strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
	char *path = NULL;
	bool plain = n > 0 && n <= EXTENSION_MAX && !dot[n + 1];
	return asprintf(&path, "%s/%.*s.%zu%s", dir, NAME_LENGTH - 5, name, i + 1, plain ? dot : "") < 0 ? NULL : path;
}

static void remove_attachments(
	const char *dir, const char *name, const struct notify_attachment *attachments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *path = attachment_path(dir, name, attachments[i].name, i);
		if (path)
			unlink(path);
		free(path);
	}
}

/* The files, and what the message says of them. */
static enum err write_attachments(const char *dir, const char *name, const struct notify_attachment *attachments,
	size_t count, struct bytes *json, struct error *e)
{
	enum err r = count ? bytes_text(json, ", \"attachments\": [") : OK;
	for (size_t i = 0; i < count && !r; i++) {
		const struct notify_attachment *a = &attachments[i];
		struct bytes row = {0};
		char digest[DIGEST_TEXT_SIZE], *path = attachment_path(dir, name, a->name, i);
		digest_text(a->data, a->length, digest);
		r = path ? file_write(path, 0600, a->data, a->length, e) : ERR_MEMORY;
		const char *base = path ? strrchr(path, '/') + 1 : "";
		if (!r && !(r = add_string(&row, "name", a->name, strlen(a->name))) &&
			!(r = add_string(&row, "digest", digest, strlen(digest))) &&
			!(r = add_string(&row, "path", base, strlen(base))))
			r = bytes_format(json, "%s%s}", i ? ", " : "", (char *)row.data);
		bytes_free(&row);
		free(path);
	}
	return r ? r : bytes_text(json, count ? "]}\n" : "}\n");
}

static enum err write_message(const char *dir, struct bytes *json, const struct notify_attachment *attachments,
	size_t count, int64_t now, char name[NAME_LENGTH + 1], struct error *e)
{
	struct place place = {.fd = -1, .dir = dir};
	char *path = NULL;
	enum err r = dir_make(dir, e);
	if (r)
		return r;
	place.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place.fd < 0 || flock(place.fd, LOCK_EX) != 0 || !find_newest(&place)) {
		r = error_set(e, ERR_FILE_WRITE, "%s", dir);
		goto out;
	}
	next_name(&place, now, name);
	r = (path = path_join(dir, name)) ? write_attachments(dir, name, attachments, count, json, e) : ERR_MEMORY;
	if (!r)
		r = write_later(&place, path, name, json, e);
	if (r)
		remove_attachments(dir, name, attachments, count);
	if (r == ERR_MEMORY)
		error_set(e, r, "%s", dir);
out:
	if (place.fd >= 0)
		close(place.fd);
	free(path);
	return r;
}

static enum err outbox_send(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, const struct notify_attachment *attachments, size_t count, int64_t now,
	char id[NOTIFY_ID_SIZE], struct error *e)
{
	const char *folder = channel == NOTIFY_SMS ? "sms" : "mail";
	char time[21], name[NAME_LENGTH + 1];
	struct bytes json = {0};
	char *dir = path_join(n->dir, folder);
	enum err r = ERR_MEMORY;
	rfc3339_text(now, time);
	if (dir && !add_string(&json, "to", to, strlen(to)) &&
		!add_string(&json, "template", template, strlen(template)) &&
		!add_string(&json, "text", (const char *)text->data, text->length) &&
		!add_string(&json, "sent_at", time, strlen(time)))
		r = write_message(dir, &json, attachments, count, now, name, e);
	else
		error_set(e, r, "%s", folder);
	if (!r)
		snprintf(id, NOTIFY_ID_SIZE, "%s-%.*s", folder, NAME_LENGTH - 5, name);
	bytes_free(&json);
	free(dir);
	return r;
}

static void outbox_close(struct notify *n)
{
	free(n->dir);
	free(n);
}

const struct notify_driver notify_outbox = {"outbox", outbox_send, outbox_close};
