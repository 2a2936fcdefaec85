/* Messages to customers: SMS and mail behind one table of functions. The default
 * driver is the outbox: files under DIR/outbox/sms and DIR/outbox/mail. */
#ifndef CERTDESK_NOTIFY_NOTIFY_H
#define CERTDESK_NOTIFY_NOTIFY_H

#include <stdint.h>

#include "base/bytes.h"

enum notify_channel { NOTIFY_SMS, NOTIFY_MAIL };
#define NOTIFY_ID_SIZE 64
enum { NOTIFY_ATTACHMENTS = 4, NOTIFY_ATTACHMENT_MAX = 8 << 20 };

/* A file that goes with a mail. */
struct notify_attachment {
	const char *name; /* as the recipient sees it: no directory, no control characters */
	const void *data;
	size_t length;
};

struct notify {
	const struct notify_driver *driver;
	char *dir; /* the outbox's */
};
/* A message that is made ready and nobody has seen yet. */
struct notify_letter {
	struct notify *by;
	enum notify_channel channel;
	int64_t now;
	char *draft; /* the driver's */
};
struct notify_driver {
	const char *name;
	/* `text` may hold a PIN: it is never logged and no plain copy stays in memory. */
	enum err (*send)(struct notify *n, enum notify_channel channel, const char *to, const char *template,
		const struct bytes *text, const struct notify_attachment *attachments, size_t count, int64_t now,
		char id[NOTIFY_ID_SIZE], struct error *e);
	/* The same in two, for a message without files. `post` and `drop` free what is in the letter. */
	enum err (*prepare)(struct notify_letter *l, const char *to, const char *template, const struct bytes *text, struct error *e);
	enum err (*post)(struct notify_letter *l, char id[NOTIFY_ID_SIZE], struct error *e);
	void (*drop)(struct notify_letter *l);
	void (*close)(struct notify *n);
};

/* Opens the outbox below the site's directory (made at the first message). ERR_MEMORY. */
enum err notify_open_outbox(const char *site_dir, struct notify **out, struct error *e);
void notify_close(struct notify **n);
/* "outbox"; screens say that messages only go to files. */
const char *notify_driver_name(const struct notify *n); /* "" where none is open yet */

/* Sends `text` (UTF-8) to a phone number or mail address; `now` is UTC seconds. `id` names the message for
 * the record and holds no personal data. ERR_NOTIFY_RECIPIENT (empty or with control characters), ERR_NOTIFY_TEXT
 * (empty, over 64 KiB or no UTF-8), ERR_FILE_WRITE. When an error comes back nothing was sent. */
enum err notify_send(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, int64_t now, char id[NOTIFY_ID_SIZE], struct error *e);
/* The same in two: what takes its time is done before, and the message goes out with notify_post, or with notify_drop never. `now` is when
 * it was made ready. Both take NULL and set NULL; where notify_post fails nothing was sent. */
enum err notify_prepare(struct notify *n, enum notify_channel channel, const char *to, const char *template,
	const struct bytes *text, int64_t now, struct notify_letter **out, struct error *e);
enum err notify_post(struct notify_letter **letter, char id[NOTIFY_ID_SIZE], struct error *e);
void notify_drop(struct notify_letter **letter);
/* A mail with files. ERR_NOTIFY_ATTACHMENT besides: more than NOTIFY_ATTACHMENTS, a name that is empty, has a slash or
 * control characters, or a file that is empty or over NOTIFY_ATTACHMENT_MAX. */
enum err notify_mail(struct notify *n, const char *to, const char *template, const struct bytes *text,
	const struct notify_attachment *attachments, size_t count, int64_t now, char id[NOTIFY_ID_SIZE], struct error *e);

#endif
