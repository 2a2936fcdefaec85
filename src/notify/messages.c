#include "notify/messages.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/mistakes.h"
#include "base/text.h"

enum { FILE_MAX = 1 << 20 };

static const char *const fields[] = {
	"site",
	"phone",
	"customer",
	"business",
	"order",
	"code",
	"pin",
	"minutes",
	"serial",
	"reason",
	"tracking",
	"until",
	"amount",
	"number",
	"count",
};
enum { FIELDS = sizeof fields / sizeof *fields };

struct message {
	const char *id, *texts[2]; /* by enum lang; they point into the CSV */
	bool goes[2];              /* by enum notify_channel */
};
struct messages {
	struct csv csv;
	struct message *messages;
	size_t count;
};

void messages_free(struct messages **m)
{
	if (*m) {
		csv_free(&(*m)->csv);
		free((*m)->messages);
		free(*m);
	}
	*m = NULL;
}

size_t messages_count(const struct messages *m)
{
	return m->count;
}

const char *messages_id(const struct messages *m, size_t index)
{
	return index < m->count ? m->messages[index].id : NULL;
}

static const struct message *find(const struct messages *m, const char *id)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->messages[i].id, id) == 0)
			return &m->messages[i];
	return NULL;
}

bool messages_goes(const struct messages *m, const char *id, enum notify_channel channel)
{
	const struct message *found = find(m, id);
	return found && found->goes[channel];
}

/* The field of the placeholder "${name}" at `s` and its length there; -1 where it is none. */
static int placeholder(const char *s, size_t *length)
{
	for (int i = 0; i < FIELDS; i++) {
		size_t n = strlen(fields[i]);
		if (strncmp(s + 2, fields[i], n) == 0 && s[2 + n] == '}') {
			*length = n + 3;
			return i;
		}
	}
	return -1;
}

/* A bit for each field that the text uses; false where a placeholder is unknown or open. */
static bool used_fields(const char *text, unsigned *used)
{
	size_t length;
	*used = 0;
	for (const char *s = text; (s = strstr(s, "${")); s += length) {
		int field = placeholder(s, &length);
		if (field < 0)
			return false;
		*used |= 1u << field;
	}
	return true;
}

static bool read_channels(const char *text, bool goes[2])
{
	goes[NOTIFY_SMS] = strcmp(text, "sms") == 0 || strcmp(text, "sms,mail") == 0;
	goes[NOTIFY_MAIL] = strcmp(text, "mail") == 0 || strcmp(text, "sms,mail") == 0;
	return goes[NOTIFY_SMS] || goes[NOTIFY_MAIL];
}

/* What is wrong with a row, or NULL. */
static const char *read_row(struct messages *m, const struct csv_row *row)
{
	struct message *to = &m->messages[m->count];
	unsigned zh, en;
	if (row->count != 4 || !*row->fields[0] || !*row->fields[2] || !*row->fields[3])
		return tr(
			"应有 id、channels、zh、en 四列且都不为空", "four columns are needed: id, channels, zh, en, none empty");
	if (find(m, row->fields[0]))
		return tr("编号重复", "the id stands twice");
	if (!read_channels(row->fields[1], to->goes))
		return tr("channels 应为 sms、mail 或 sms,mail", "channels must be sms, mail or sms,mail");
	if (!used_fields(row->fields[2], &zh) || !used_fields(row->fields[3], &en))
		return tr("占位符不认识或没有写完", "a placeholder is unknown or open");
	if (zh != en)
		return tr("两种语言的占位符不一致", "the placeholders of the two languages differ");
	to->id = row->fields[0];
	to->texts[LANG_ZH] = row->fields[2];
	to->texts[LANG_EN] = row->fields[3];
	m->count++;
	return NULL;
}

static void read_rows(struct messages *m, const char *path, struct mistakes *all)
{
	bool header = false;
	for (size_t i = 0; i < m->csv.count; i++) {
		const struct csv_row *row = &m->csv.rows[i];
		if (row->fields[0][0] == '#')
			continue;
		const char *wrong = NULL;
		if (header)
			wrong = read_row(m, row);
		else if (row->count != 4 || strcmp(row->fields[0], "id") != 0)
			wrong = tr("第一行应是 id、channels、zh、en", "the first line must be id, channels, zh, en");
		if (wrong)
			mistakes_add(all, path, row->line, "%s", wrong);
		header = true;
	}
	if (m->count == 0 && all->count == 0)
		mistakes_add(all, path, 1, "%s", tr("文件是空的", "the file is empty"));
}

enum err messages_load(const char *path, struct messages **out, struct error *e)
{
	struct bytes text = {0};
	struct mistakes all = {0};
	struct error inner = {0};
	struct messages *m = calloc(1, sizeof *m);
	enum err r = m ? file_read(path, FILE_MAX, &text, e) : error_set(e, ERR_MEMORY, "%s", path);
	if (r)
		goto out;
	if (csv_parse((char *)text.data, text.length, '\t', &m->csv, &inner))
		mistakes_add(&all, path, 0, "%s", inner.detail);
	else if (!(m->messages = calloc(m->csv.count + 1, sizeof *m->messages))) {
		r = error_set(e, ERR_MEMORY, "%s", path);
		goto out;
	} else
		read_rows(m, path, &all);
	r = mistakes_error(&all, ERR_NOTIFY_TEMPLATE, e);
out:
	mistakes_free(&all);
	bytes_free(&text);
	if (r)
		messages_free(&m);
	*out = m;
	return r;
}

static enum err add_value(struct bytes *out, const char *value)
{
	size_t size = strlen(value) * 3 + 1; /* what replaces a byte takes at most three */
	char *shown = malloc(size);
	if (!shown)
		return ERR_MEMORY;
	text_printable(shown, size, value);
	enum err r = bytes_text(out, shown);
	OPENSSL_cleanse(shown, size);
	free(shown);
	return r;
}

static const char *value_of(const struct message_value *values, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(values[i].name, name) == 0)
			return values[i].value;
	return NULL;
}

enum err messages_fill(const struct messages *m, const char *id, enum lang lang, const struct message_value *values,
	size_t count, struct bytes *out, struct error *e)
{
	const struct message *found = find(m, id);
	enum err r = found ? OK : error_set(e, ERR_NOTIFY_TEMPLATE, tr("没有消息 %s", "there is no message %s"), id);
	const char *s = found ? found->texts[lang] : "", *next;
	while (!r && (next = strstr(s, "${"))) {
		size_t length = 0;
		int field = placeholder(next, &length); /* found at load */
		const char *value = value_of(values, count, fields[field]);
		if ((r = bytes_add(out, s, (size_t)(next - s))))
			break;
		r = value
		        ? add_value(out, value)
		        : error_set(e, ERR_NOTIFY_TEMPLATE, tr("消息 %s 缺少 %s", "message %s needs %s"), id, fields[field]);
		s = next + length;
	}
	if (!r)
		r = bytes_text(out, s);
	if (r == ERR_MEMORY)
		error_set(e, r, "%s", id);
	return r;
}
