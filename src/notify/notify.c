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
	return n->driver->name;
}

static bool is_recipient(const char *to)
{
	char shown[3 * RECIPIENT_MAX];
	size_t n = strlen(to);
	if (n == 0 || n > RECIPIENT_MAX || !text_valid(to, n))
		return false;
	text_printable(shown, sizeof shown, to);
	return strcmp(shown, to) == 0;
}

enum err notify_send(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, int64_t now, char id[NOTIFY_ID_SIZE], struct error *e)
{
	*id = '\0';
	if (!is_recipient(to))
		return error_set(e, ERR_NOTIFY_RECIPIENT, "%s", *to ? to : tr("没有填写", "it is empty"));
	if (text->length == 0 || text->length > TEXT_MAX || !text_valid((const char *)text->data, text->length))
		return error_set(e, ERR_NOTIFY_TEXT, "%s", template); /* never the text itself: it may hold a PIN */
	return n->driver->send(n, channel, to, template, text, now, id, e);
}
