/* Many files in one: a tar archive (ustar; any tar unpacks it) whose last member, SHA256, is the SHA-256 in hex of all bytes
 * before it, so that a cut or a changed byte anywhere is found. Only regular files, with relative names. */
#ifndef CERTDESK_BASE_PACK_H
#define CERTDESK_BASE_PACK_H

#include "base/bytes.h"

struct pack;

/* Writes beside `path` and gives it its name at the end; never over another, nor while another writes there,
 * nor over a PATH.part that is no archive. ERR_FILE_PATH, ERR_FILE_WRITE. */
enum err pack_create(const char *path, struct pack **out, struct error *e);
enum err pack_add(struct pack *p, const char *name, const void *data, size_t length, struct error *e);
/* A file as it is now; one that has just gone is left out. ERR_FILE_READ (also of one that shrinks meanwhile), ERR_FILE_WRITE. */
enum err pack_add_file(struct pack *p, const char *name, const char *path, struct error *e);
/* All regular files below `dir`, as NAME/…; nothing where there is no such directory. */
enum err pack_add_dir(struct pack *p, const char *name, const char *dir, struct error *e);
enum err pack_finish(struct pack **p, struct error *e);
void pack_abandon(struct pack **p); /* and what was written */

/* Unpacks into a directory that is the caller's own and empty (files 0600, directories 0700). What is there after an error is
 * worth nothing. ERR_PACK_BROKEN (no such archive, cut, changed, or with a name that leads elsewhere), ERR_FILE_READ,
 * ERR_FILE_WRITE. */
enum err pack_unpack(const char *path, const char *dir, struct error *e);

#endif
