/* What a place for files implements; nobody but src/hub/files*.c includes this. Names are checked before. */
#ifndef CERTDESK_HUB_FILES_DRIVER_H
#define CERTDESK_HUB_FILES_DRIVER_H

#include "hub/files.h"

struct files_driver {
	enum err (*open)(struct hub_files *f, struct error *e);
	void (*close)(struct hub_files *f);
	char *(*local)(const struct hub_files *f, struct file_name n);
	bool takes_part; /* put leaves nothing of the part */
	enum err (*put)(struct hub_files *f, struct file_name n, int fd, int64_t size, struct error *e);
	/* moves a file from elsewhere; EXDEV is *taken false; NULL: never */
	enum err (*take)(struct hub_files *f, struct file_name n, const char *from, int fd, bool *taken, struct error *e);
	enum err (*keep)(struct hub_files *f, struct file_name n, struct error *e); /* makes durable what lies there; NULL: not findable */
	enum err (*get)(struct hub_files *f, struct file_name n, struct file_range range, file_sink *sink, void *arg, struct error *e);
	enum err (*size)(struct hub_files *f, struct file_name n, int64_t *size, struct error *e);
	enum err (*remove)(struct hub_files *f, struct file_name n, struct error *e);
};

struct hub_files {
	const struct files_driver *driver;
	const struct hub_options *options;
	const char *spool; /* the directory of parts */
	void *own;         /* the driver's */
};

extern const struct files_driver files_dir, files_s3;

/* ROOT/SITE/ab/HEX; new string. */
char *file_path(const char *root, struct file_name n, const char *behind);

#endif
