/* Messages that the outbox has kept long enough. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "notify/outbox.h"

enum { STAMP = 16, STEM = STAMP + 7, MESSAGE_MOST = 256 << 10 }; /* "20261122T130500Z" "-000001" */

struct forgetting {
	const char *dir;
	char before[STAMP + 1];
	const char *const *words;
	size_t count;
	int64_t gone;
	char **stems; /* of messages that name one of them: their files go as well */
	size_t stem_count;
};

static void stamp_of(int64_t utc, char out[STAMP + 1])
{
	char time[21];
	size_t n = 0;
	rfc3339_text(utc, time);
	for (const char *s = time; *s && n < STAMP; s++)
		if (*s != '-' && *s != ':')
			out[n++] = *s;
	out[n] = '\0';
}

static bool is_named_so(const char *name)
{
	return strlen(name) > STEM && strspn(name, "0123456789TZ-") >= STEM && name[STEM] == '.';
}

static bool says_one(const struct forgetting *f, const char *name)
{
	struct bytes text = {0};
	bool found = false;
	char *path = path_join(f->dir, name);
	if (path && file_read(path, MESSAGE_MOST, &text, NULL) == OK)
		for (size_t i = 0; !found && i < f->count; i++)
			found = memmem(text.data, text.length, f->words[i], strlen(f->words[i])) != NULL;
	bytes_free(&text);
	free(path);
	return found;
}

static void note_stem(struct forgetting *f, const char *name)
{
	char **more = realloc(f->stems, (f->stem_count + 1) * sizeof *more);
	if (!more)
		return; /* the next time */
	f->stems = more;
	if ((f->stems[f->stem_count] = strndup(name, STEM)))
		f->stem_count++;
}

static bool has_stem(const struct forgetting *f, const char *name)
{
	for (size_t i = 0; i < f->stem_count; i++)
		if (strncmp(f->stems[i], name, STEM) == 0)
			return true;
	return false;
}

/* Goes through the directory's messages and their files: true for those that go. */
static enum err walk(struct forgetting *f, bool remove, struct error *e)
{
	DIR *dir = opendir(f->dir);
	enum err r = OK;
	if (!dir)
		return OK; /* nothing was ever sent */
	for (struct dirent *entry; !r && (entry = readdir(dir));) {
		const char *name = entry->d_name;
		if (!is_named_so(name))
			continue;
		if (!remove && f->count && strcmp(name + STEM, ".json") == 0 && says_one(f, name))
			note_stem(f, name);
		else if (remove && (strncmp(name, f->before, STAMP) < 0 || has_stem(f, name))) {
			if (unlinkat(dirfd(dir), name, 0) != 0)
				r = error_set(e, ERR_FILE_WRITE, "%s/%s", f->dir, name);
			else
				f->gone++;
		}
	}
	closedir(dir);
	return r;
}

enum err outbox_forget(const char *site_dir, int64_t before, const char *const *words, size_t count, int64_t *gone, struct error *e)
{
	static const char *const folders[] = {"outbox/sms", "outbox/mail"};
	enum err r = OK;
	*gone = 0;
	for (size_t i = 0; !r && i < sizeof folders / sizeof *folders; i++) {
		struct forgetting f = {.words = words, .count = count};
		char *dir = path_join(site_dir, folders[i]);
		stamp_of(before, f.before);
		if (!(f.dir = dir))
			r = error_set(e, ERR_MEMORY, "outbox");
		if (!r && (count == 0 || !(r = walk(&f, false, e))))
			r = walk(&f, true, e);
		*gone += f.gone;
		for (size_t k = 0; k < f.stem_count; k++)
			free(f.stems[k]);
		free(f.stems);
		free(dir);
	}
	return r;
}
