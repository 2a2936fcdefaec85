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
enum { DRAFT_LENGTH = NAME_LENGTH + 7, DRAFT_SECONDS = 3600 };

struct place {
	int fd; /* the directory, locked */
	const char *dir;
	char newest[NAME_LENGTH + 1]; /* "" where there is none */
	struct timespec time;         /* its modification time */
};

/* Of a message, or of its draft: that one has ".XXXXXX" behind it. */
static bool is_name(const char *name, size_t length)
{
	return strlen(name) == length && strspn(name, "0123456789TZ-") == NAME_LENGTH - 5 &&
	       strncmp(name + NAME_LENGTH - 5, ".json", 5) == 0;
}

/* What a cut left behind: it was made ready long before the directory's last change and is sent no more. The clock isn't asked: it may
 * have been set meanwhile. */
static void remove_old_draft(const struct place *p, const char *name)
{
	struct stat draft, dir;
	if (fstatat(p->fd, name, &draft, AT_SYMLINK_NOFOLLOW) == 0 && fstatat(p->fd, ".", &dir, 0) == 0 &&
		draft.st_mtim.tv_sec < dir.st_mtim.tv_sec - DRAFT_SECONDS)
		unlinkat(p->fd, name, 0);
}

/* Finds the newest message by name. */
static bool find_newest(struct place *p)
{
	struct stat st;
	DIR *d = opendir(p->dir);
	if (!d)
		return false;
	for (struct dirent *entry; (entry = readdir(d));)
		if (is_name(entry->d_name, DRAFT_LENGTH))
			remove_old_draft(p, entry->d_name);
		else if (is_name(entry->d_name, NAME_LENGTH) && strcmp(entry->d_name, p->newest) > 0)
			memcpy(p->newest, entry->d_name, sizeof p->newest);
	closedir(d);
	if (*p->newest && fstatat(p->fd, p->newest, &st, AT_SYMLINK_NOFOLLOW) == 0)
		p->time = st.st_mtim;
	return true;
}

static void stamp_text(int64_t now, char out[STAMP + 1])
{
	char time[21];
	size_t n = 0;
	rfc3339_text(now, time);
	for (const char *s = time; *s; s++)
		if (*s != '-' && *s != ':')
			out[n++] = *s;
	out[n] = '\0';
}

/* A name behind the newest one, also where the clock went back. */
static void next_name(const struct place *p, int64_t now, char out[NAME_LENGTH + 1])
{
	char stamp[STAMP + 1];
	unsigned count = 1;
	stamp_text(now, stamp);
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

/* Lets the draft's modification time lie behind the newest one's. A file system keeps time in steps of some milliseconds, so it is
 * touched again and again; only a clock that went back needs a time set by hand. */
static void make_later(const struct place *p, const char *draft)
{
	struct stat st;
	for (int i = 0; i < TRIES; i++) {
		if (!*p->newest || stat(draft, &st) != 0 || is_later(st.st_mtim, p->time))
			return;
		nanosleep(&(struct timespec){0, 2000000}, NULL);
		utimensat(AT_FDCWD, draft, NULL, 0);
	}
	struct timespec times[2] = {p->time, p->time};
	times[1].tv_nsec += 1000000;
	if (times[1].tv_nsec >= 1000000000) {
		times[1].tv_nsec -= 1000000000;
		times[1].tv_sec++;
	}
	utimensat(AT_FDCWD, draft, times, 0);
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

/* The directory, locked until place_close, and what is in it. */
static enum err place_open(struct place *p, const char *dir, struct error *e)
{
	*p = (struct place){.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .dir = dir};
	bool good = p->fd >= 0 && flock(p->fd, LOCK_EX) == 0 && find_newest(p);
	return good ? OK : error_set(e, ERR_FILE_WRITE, "%s", dir);
}

static void place_close(struct place *p)
{
	if (p->fd >= 0)
		close(p->fd);
}

/* The draft becomes a message. */
static enum err put(const struct place *p, const char *draft, const char *name, struct error *e)
{
	char *path = path_join(p->dir, name);
	make_later(p, draft);
	enum err r = path ? file_keep(draft, path, e) : error_set(e, ERR_MEMORY, "%s", p->dir);
	if (r)
		unlink(draft);
	free(path);
	return r;
}

static enum err write_draft(const char *dir, const char *name, const struct bytes *json, char **draft, struct error *e)
{
	char *path = path_join(dir, name);
	enum err r = path ? file_draft(path, 0600, json->data, json->length, draft, e) : error_set(e, ERR_MEMORY, "%s", dir);
	free(path);
	return r;
}

static enum err write_message(const char *dir, struct bytes *json, const struct notify_attachment *attachments,
	size_t count, int64_t now, char name[NAME_LENGTH + 1], struct error *e)
{
	struct place place;
	char *draft = NULL;
	enum err r = dir_make(dir, e);
	if (r)
		return r;
	if (!(r = place_open(&place, dir, e))) {
		next_name(&place, now, name);
		if (!(r = write_attachments(dir, name, attachments, count, json, e)) && !(r = write_draft(dir, name, json, &draft, e)))
			r = put(&place, draft, name, e);
		if (r)
			remove_attachments(dir, name, attachments, count);
		if (r == ERR_MEMORY)
			error_set(e, r, "%s", dir);
	}
	place_close(&place);
	free(draft);
	return r;
}

static char *folder_of(const struct notify *n, enum notify_channel channel)
{
	return path_join(n->dir, channel == NOTIFY_SMS ? "sms" : "mail");
}

static void write_id(enum notify_channel channel, const char *name, char id[NOTIFY_ID_SIZE])
{
	snprintf(id, NOTIFY_ID_SIZE, "%s-%.*s", channel == NOTIFY_SMS ? "sms" : "mail", NAME_LENGTH - 5, name);
}

/* Without its end. */
static enum err message_json(
	const char *to, const char *template, const struct bytes *text, int64_t now, struct bytes *json, struct error *e)
{
	char time[21];
	rfc3339_text(now, time);
	bool good = !add_string(json, "to", to, strlen(to)) && !add_string(json, "template", template, strlen(template)) &&
		!add_string(json, "text", (const char *)text->data, text->length) && !add_string(json, "sent_at", time, strlen(time));
	return good ? OK : error_set(e, ERR_MEMORY, "%s", template);
}

static enum err outbox_send(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, const struct notify_attachment *attachments, size_t count, int64_t now,
	char id[NOTIFY_ID_SIZE], struct error *e)
{
	char name[NAME_LENGTH + 1], *dir = folder_of(n, channel);
	struct bytes json = {0};
	enum err r = dir ? message_json(to, template, text, now, &json, e) : error_set(e, ERR_MEMORY, "%s", template);
	if (!r && !(r = write_message(dir, &json, attachments, count, now, name, e)))
		write_id(channel, name, id);
	bytes_free(&json);
	free(dir);
	return r;
}

/* Its name is found when it is sent: others may come between. */
static enum err outbox_prepare(struct notify_letter *l, const char *to, const char *template, const struct bytes *text, struct error *e)
{
	char name[NAME_LENGTH + 1], stamp[STAMP + 1], *dir = folder_of(l->by, l->channel);
	struct bytes json = {0};
	stamp_text(l->now, stamp);
	snprintf(name, sizeof name, "%s-%06u.json", stamp, 0U);
	enum err r = dir ? message_json(to, template, text, l->now, &json, e) : error_set(e, ERR_MEMORY, "%s", template);
	if (!r && (r = bytes_text(&json, "}\n")))
		error_set(e, r, "%s", template);
	if (!r && !(r = dir_make(dir, e)))
		r = write_draft(dir, name, &json, &l->draft, e);
	bytes_free(&json);
	free(dir);
	return r;
}

static enum err outbox_post(struct notify_letter *l, char id[NOTIFY_ID_SIZE], struct error *e)
{
	char name[NAME_LENGTH + 1], *dir = folder_of(l->by, l->channel);
	struct place place = {.fd = -1};
	enum err r = dir ? place_open(&place, dir, e) : error_set(e, ERR_MEMORY, "outbox");
	if (r)
		unlink(l->draft);
	else {
		next_name(&place, l->now, name);
		if (!(r = put(&place, l->draft, name, e)))
			write_id(l->channel, name, id);
	}
	place_close(&place);
	free(l->draft);
	free(dir);
	return r;
}

static void outbox_drop(struct notify_letter *l)
{
	unlink(l->draft);
	free(l->draft);
}

static void outbox_close(struct notify *n)
{
	free(n->dir);
	free(n);
}

const struct notify_driver notify_outbox = {"outbox", outbox_send, outbox_prepare, outbox_post, outbox_drop, outbox_close};
