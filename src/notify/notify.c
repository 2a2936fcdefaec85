#include "notify/notify.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "notify/outbox.h"

enum { RECIPIENT_MAX = 254, TEXT_MAX = 64 << 10 };

enum err notify_open_outbox(const char *site_dir, struct notify **out, struct error *e)
{
	struct notify *n = calloc(1, sizeof *n);
	if (n && (n->dir = path_join(site_dir, "outbox")))
		n->driver = &notify_outbox;
	else {
		free(n);
		n = NULL;
	}
	*out = n;
	return n ? OK : error_set(e, ERR_MEMORY, "%s", site_dir);
}

void notify_close(struct notify **n)
{
	if (*n)
		(*n)->driver->close(*n);
	*n = NULL;
}

const char *notify_driver_name(const struct notify *n)
{
	return n ? n->driver->name : "";
}

/* Short, and nothing in it that a terminal or a mail program obeys. */
static bool is_plain(const char *text)
{
	char shown[3 * RECIPIENT_MAX];
	size_t n = strlen(text);
	if (n == 0 || n > RECIPIENT_MAX || !text_valid(text, n))
		return false;
	text_printable(shown, sizeof shown, text);
	return strcmp(shown, text) == 0;
}

static enum err check_attachments(const struct notify_attachment *attachments, size_t count, struct error *e)
{
	if (count > NOTIFY_ATTACHMENTS)
		return error_set(e, ERR_NOTIFY_ATTACHMENT, "%zu > %d", count, NOTIFY_ATTACHMENTS);
	for (size_t i = 0; i < count; i++)
		if (!is_plain(attachments[i].name) || strchr(attachments[i].name, '/') || attachments[i].length == 0 ||
			attachments[i].length > NOTIFY_ATTACHMENT_MAX)
			return error_set(e, ERR_NOTIFY_ATTACHMENT, "%s", attachments[i].name);
	return OK;
}

static enum err check_message(const char *to, const char *template, const struct bytes *text, struct error *e)
{
	if (!is_plain(to))
		return error_set(e, ERR_NOTIFY_RECIPIENT, "%s", *to ? to : tr("没有填写", "it is empty"));
	if (text->length == 0 || text->length > TEXT_MAX || !text_valid((const char *)text->data, text->length))
		return error_set(e, ERR_NOTIFY_TEXT, "%s", template); /* never the text itself: it may hold a PIN */
	return OK;
}

static enum err deliver(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, const struct notify_attachment *attachments, size_t count, int64_t now,
	char id[NOTIFY_ID_SIZE], struct error *e)
{
	*id = '\0';
	enum err r = check_message(to, template, text, e);
	if (!r)
		r = check_attachments(attachments, count, e);
	return r ? r : n->driver->send(n, channel, to, template, text, attachments, count, now, id, e);
}

enum err notify_send(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, int64_t now, char id[NOTIFY_ID_SIZE], struct error *e)
{
	return deliver(n, channel, to, template, text, NULL, 0, now, id, e);
}

enum err notify_prepare(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, int64_t now, struct notify_letter **out, struct error *e)
{
	struct notify_letter *l = NULL;
	enum err r = check_message(to, template, text, e);
	if (!r && !(l = calloc(1, sizeof *l)))
		r = error_set(e, ERR_MEMORY, "%s", template);
	if (!r) {
		*l = (struct notify_letter){.by = n, .channel = channel, .now = now};
		r = n->driver->prepare(l, to, template, text, e);
	}
	if (r) {
		free(l);
		l = NULL;
	}
	*out = l;
	return r;
}

enum err notify_post(struct notify_letter **letter, char id[NOTIFY_ID_SIZE], struct error *e)
{
	*id = '\0';
	enum err r = *letter ? (*letter)->by->driver->post(*letter, id, e) : OK;
	free(*letter);
	*letter = NULL;
	return r;
}

void notify_drop(struct notify_letter **letter)
{
	if (*letter)
		(*letter)->by->driver->drop(*letter);
	free(*letter);
	*letter = NULL;
}

enum err notify_mail(struct notify *n, const char *to, const char *template, const struct bytes *text,
	const struct notify_attachment *attachments, size_t count, int64_t now, char id[NOTIFY_ID_SIZE], struct error *e)
{
	return deliver(n, NOTIFY_MAIL, to, template, text, attachments, count, now, id, e);
}
