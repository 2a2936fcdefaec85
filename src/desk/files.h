/* Stored files: content encrypted under an order's data key, in DIR/files, named by a keyed digest of it. The rows that name
 * them are their users' (document, draft_document, invoice: see document_uses_file). Private to src/desk. */
#ifndef CERTDESK_DESK_FILES_H
#define CERTDESK_DESK_FILES_H

#include "desk/desk.h"

#define FILE_NAME_SIZE 65
enum { FILES_LIMIT = 6 << 20 }; /* no stored file is larger */

/* Stores the content: its name, and the digest of what lies on the disk. The same content under the same key is stored once. */
enum err files_put(struct desk *d, int64_t dk, const struct bytes *content, char file[FILE_NAME_SIZE], char digest[DIGEST_TEXT_SIZE],
                   struct error *e);
/* The content, compared with the digest. ERR_DESK_FILE (lost or altered). */
enum err files_get(struct desk *d, int64_t dk, const char *file, const char *digest, struct bytes *out, struct error *e);
/* Where it lies; new string, NULL where `file` is no name of ours. */
char *files_path(const struct desk *d, const char *file);
/* Removes the file where no row names it; outside of a step. Whether it is gone; "" is no file. */
bool files_drop(struct desk *d, const char *file);

#endif
