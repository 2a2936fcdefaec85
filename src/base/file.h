/* Files: read whole with a limit, write so that a cut leaves the old or the new. */
#ifndef CERTDESK_BASE_FILE_H
#define CERTDESK_BASE_FILE_H

#include <sys/types.h>

#include "base/bytes.h"

/* Reads a regular file of at most `limit` bytes. ERR_FILE_READ, ERR_FILE_TOO_BIG. */
enum err file_read(const char *path, size_t limit, struct bytes *out, struct error *e);
/* Writes to a temporary name beside, syncs, renames; never in the place of a device or a pipe. ERR_FILE_WRITE. */
enum err file_write(const char *path, mode_t mode, const void *data, size_t length, struct error *e);
/* The same to a place that somebody named: ERR_FILE_PATH where it can't be there, ERR_FILE_WRITE where the disk fails. */
enum err file_write_out(const char *path, mode_t mode, const void *data, size_t length, struct error *e);
/* file_write in two: written and synced under a temporary name, *draft, which is the caller's; then renamed, or removed. A draft that is to be
 * kept becomes its file or stays what it is. ERR_FILE_WRITE. */
enum err file_draft(const char *path, mode_t mode, const void *data, size_t length, char **draft, struct error *e);
enum err file_keep(const char *draft, const char *path, struct error *e);
/* Everything to a descriptor that blocks, also where writes are cut short; false, with errno, where it can't. */
bool file_write_all(int fd, const void *data, size_t length);
/* Makes a directory and its parents (0700 for those made). ERR_FILE_WRITE. */
enum err dir_make(const char *path, struct error *e);
/* "a/b" in a new string; NULL when memory ends. */
char *path_join(const char *dir, const char *name);
/* Where the running program lies; false where that isn't known. */
bool program_dir(char *out, size_t size);
/* Where forms/ and reports/ are: CERTDESK_SHARE, else "share" beside the program or above it (a build's tests),
 * else ../share/certdesk. New string, or NULL where none is found. */
char *share_dir(void);

#endif
