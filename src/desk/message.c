/* Messages to customers, from the table of texts to whatever sends them. */
#include <stdlib.h>

#include "base/file.h"
#include "desk/desk.h"

enum { MESSAGE_VALUES = 8 };

static enum err open_messages(struct desk *d, struct error *e)
{
	if (d->messages)
		return OK;
	char *path = path_join(d->share, "forms/texts/messages.tsv");
	enum err r = path ? messages_load(path, &d->messages, e) : ERR_MEMORY;
	free(path);
	return r;
}

bool desk_message_goes(struct desk *d, enum notify_channel channel, const char *template)
{
	const enum notify_channel other = channel == NOTIFY_SMS ? NOTIFY_MAIL : NOTIFY_SMS;
	return open_messages(d, NULL) || messages_goes(d->messages, template, channel) || !messages_goes(d->messages, template, other);
}

/* The text of a message; opens what sends it. */
static enum err fill_message(struct desk *d, enum notify_channel channel, const char *template, const struct message_value *values, size_t count,
                             struct bytes *text, struct error *e)
{
	struct message_value all[MESSAGE_VALUES + 2];
	if (count > MESSAGE_VALUES)
		return error_set(e, ERR_INTERNAL, "%s", template);
	for (size_t i = 0; i < count; i++)
		all[i] = values[i];
	/* every text may name the service point and its phone */
	all[count] = (struct message_value){"site", d->site_name};
	all[count + 1] = (struct message_value){"phone", d->config.phone};
	enum err r = open_messages(d, e);
	if (!r && !messages_goes(d->messages, template, channel))
		r = error_set(e, ERR_NOTIFY_TEMPLATE, "messages.tsv: %s: %s", template, channel == NOTIFY_SMS ? "sms" : "mail");
	if (!r && !d->notify)
		r = notify_open_outbox(d->dir, &d->notify, e);
	return r ? r : messages_fill(d->messages, template, LANG_ZH, all, count + 2, text, e);
}

enum err desk_message(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                      const struct message_value *values, size_t count, char id[NOTIFY_ID_SIZE], struct error *e)
{
	struct bytes text = {0};
	char kept[NOTIFY_ID_SIZE];
	enum err r = fill_message(d, channel, template, values, count, &text, e);
	if (!r)
		r = notify_send(d->notify, channel, to, template, &text, desk_now(d), id ? id : kept, e);
	bytes_free(&text);
	return r;
}

enum err desk_message_ready(struct desk *d, enum notify_channel channel, const char *to, const char *template,
                            const struct message_value *values, size_t count, struct notify_letter **out, struct error *e)
{
	struct bytes text = {0};
	enum err r = fill_message(d, channel, template, values, count, &text, e);
	*out = NULL;
	if (!r)
		r = notify_prepare(d->notify, channel, to, template, &text, desk_now(d), out, e);
	bytes_free(&text);
	return r;
}

enum err desk_mail(struct desk *d, const char *to, const char *template, const struct message_value *values, size_t count,
                   const struct notify_attachment *files, size_t file_count, struct error *e)
{
	struct bytes text = {0};
	char id[NOTIFY_ID_SIZE];
	enum err r = fill_message(d, NOTIFY_MAIL, template, values, count, &text, e);
	if (!r)
		r = notify_mail(d->notify, to, template, &text, files, file_count, desk_now(d), id, e);
	bytes_free(&text);
	return r;
}
