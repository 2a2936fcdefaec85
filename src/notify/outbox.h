/* The default driver: one JSON object a file {"to", "template", "text", "sent_at"}, mode 0600, whole or not there. A mail
 * with files has "attachments" too: [{"name", "digest" (sha256 of the file), "path"}], the path below the mail's own
 * directory, where the file is before its message.
 * Names sort by time ("20261122T130500Z-000001.json"), and modification times rise strictly, also
 * within one second and from several processes: `ls -t` shows the newest first. */
#ifndef CERTDESK_NOTIFY_OUTBOX_H
#define CERTDESK_NOTIFY_OUTBOX_H

#include "notify/notify.h"

extern const struct notify_driver notify_outbox;

/* Removes messages with their files: those sent before `before`, and those in whose text one of the words (orders' numbers) stands. *gone: how
 * many files. ERR_FILE_WRITE. */
enum err outbox_forget(const char *site_dir, int64_t before, const char *const *words, size_t count, int64_t *gone, struct error *e);

#endif
