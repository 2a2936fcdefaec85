/* Documents of an order: checked, encrypted, content-addressed under DIR/files. */
#ifndef CERTDESK_DESK_ATTACH_H
#define CERTDESK_DESK_ATTACH_H

#include "desk/desk.h"

/* The kinds this draft asks for, in their order: [{"kind","title","required","form","attached",…}] as in order_show. */
enum err attach_kinds(struct desk *d, const char *no, json_t **out, struct error *e);
/* The same of an order that is loaded already; asks no permission. */
struct order;
enum err attach_kinds_of(struct desk *d, const struct order *o, json_t **out, struct error *e);
/* Attaches a file as `kind`, replacing what was there. Over the limit without `fit`: ERR_DESK_TOO_BIG (exit 1; says --fit);
 * with more in the file than the picture: ERR_PICTURE_MORE (says it too). `fit` makes either a picture that is taken.
 * *result: {"kind","mime","size","width","height","refit","original_size"}. ERR_PICTURE_*, ERR_DESK_DOCUMENT_KIND, ERR_FILE_*. */
enum err attach_add(struct desk *d, const char *no, const char *kind, const char *path, bool fit, json_t **result,
                    struct error *e);
/* What attach_add with `fit` would make, without attaching: for the preview. */
enum err attach_preview(struct desk *d, const char *path, struct bytes *fitted, json_t **result, struct error *e);
enum err attach_remove(struct desk *d, const char *no, const char *kind, struct error *e);
/* The picture's bytes, decrypted and compared with their digest, to look at here. */
enum err attach_read(struct desk *d, const char *no, const char *kind, struct bytes *out, struct error *e);
/* The same to take away: journalled. Only what was journalled is given. */
enum err attach_export(struct desk *d, const char *no, const char *kind, struct bytes *out, struct error *e);
/* Files waiting in the inbox, the newest 500 of them, newest first: [{"path","name" (printable),"size","modified_at"}] */
enum err attach_inbox(struct desk *d, const char *dir, json_t **out, struct error *e);
/* The same without those whose names say that they are lists for import, and those alone. */
enum err attach_scans(struct desk *d, const char *dir, json_t **out, struct error *e);
enum err attach_lists(struct desk *d, const char *dir, json_t **out, struct error *e);
/* Required documents that are missing, by title, joined by "、"; "" when none. New string. */
enum err attach_missing(struct desk *d, const struct order *o, char **out, struct error *e);
/* Removes the files of documents ([{"file"}]) that no draft and no order has any more. For use cases, outside of a step. */
void attach_drop_unused(struct desk *d, const json_t *documents);

/* Removes, once a day, what a cut write left: files that no document names and unfinished ones, when a day old. `*gone` is
 * how many. For `tick`. */
enum err attach_sweep(struct desk *d, int64_t *gone, struct error *e);

#endif
