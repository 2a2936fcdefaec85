/* Where the sites' whole files lie: a directory (files_dir.c) or an S3-compatible store (files_s3.c), as hub.yaml says. A file is named
 * by its site and its digest, "sha256:" and 64 lower-case hex; its content never changes.
 *
 * Errors of all: ERR_MEMORY; of the directory ERR_FILE_READ, ERR_FILE_WRITE, ERR_HUB_FULL; of the store ERR_HUB_S3_AWAY (it can't be
 * reached, is silent, is cut or says 5xx after the last of a few tries: later it may go), ERR_HUB_S3 (it refuses, or answers what no
 * such store does), ERR_HUB_FULL (507). A name that is none is ERR_HUB_FILE_GONE. */
#ifndef CERTDESK_HUB_FILES_H
#define CERTDESK_HUB_FILES_H

#include "hub/hub.h"

struct file_name {
	const char *site, *digest;
};

struct file_range {
	int64_t from, length; /* within the file */
	int64_t size;         /* the whole file's */
};

/* Takes the bytes as they come; an error ends the reading and comes back. */
typedef enum err file_sink(void *arg, const void *data, size_t n, struct error *e);

/* Checks the options and reads the store's secret; goes to no network. ERR_HUB_S3_OPTION, ERR_SECRET_FILE, ERR_FILE_READ. */
enum err hub_files_open(const struct hub_options *o, struct hub_files **out, struct error *e);
void hub_files_close(struct hub_files **f);
/* "s3://…": what `files` in hub.yaml names is no directory. */
bool hub_files_remote(const struct hub_options *o);

/* Where a file lies until it is whole; not made, nor its directory. New string; NULL where the name is none or memory ends. */
char *hub_file_part(const struct hub_files *f, struct file_name n);
/* The path of a whole file where it lies on this machine, so that nginx sends it; NULL where it doesn't, or isn't there. */
char *hub_file_local(const struct hub_files *f, struct file_name n);
/* Makes the part, open as `fd` and known to be right, the whole file; it is durable when this returns. */
enum err hub_file_put(struct hub_files *f, struct file_name n, int fd, int64_t size, struct error *e);
/* As hub_file_put, for a whole file at `from` on this machine, open as `fd`: it is moved. *taken is false, and it is where it was, where
 * that can't be done without a copy. */
enum err hub_file_take(struct hub_files *f, struct file_name n, const char *from, int fd, bool *taken, struct error *e);
/* Makes the directory for a file that will be at `path`, durably. */
enum err hub_file_room(const char *path, struct error *e);
/* Whether a file that was put is found where it lies, though the database knows nothing of it (the machine's power went before that was on the
 * disk). */
bool hub_files_findable(const struct hub_files *f);
/* Looks for it: *size is -1 where it isn't there, or isn't what its digest says; else it is whole and durable. */
enum err hub_file_find(struct hub_files *f, struct file_name n, int64_t *size, struct error *e);
/* After the database knows of it: what hub_file_put left of the part goes. */
void hub_file_settled(struct hub_files *f, struct file_name n);
/* Gives a part of it to `sink`, in order, with little memory. ERR_HUB_FILE_GONE: it isn't there or is shorter. ERR_HUB_FILE_WRONG, for the
 * whole file alone: it isn't what its digest says; its last bytes were not given then. */
enum err hub_file_get(struct hub_files *f, struct file_name n, struct file_range range, file_sink *sink, void *arg, struct error *e);
enum err hub_file_size(struct hub_files *f, struct file_name n, int64_t *size, struct error *e); /* -1: it isn't there */
enum err hub_file_has(struct hub_files *f, struct file_name n, bool *has, struct error *e);
/* OK too where it isn't there. */
enum err hub_file_remove(struct hub_files *f, struct file_name n, struct error *e);

/* Whether files can be put and given back now: goes to the store, waits as long as s3_timeout lets it; of a directory, whether this account may
 * write to it. ERR_FILE_WRITE. */
enum err hub_files_reach(struct hub_files *f, struct error *e);

/* The header Range against a file's size: false where nothing of it is in the file (416). What this doesn't know (several ranges, other
 * units) is the whole file; *part says which. */
bool hub_file_range(const char *header, int64_t size, struct file_range *out, bool *part);

#endif
