/* A whole site in one file, and a site made from one. */
#ifndef CERTDESK_DESK_BACKUP_H
#define CERTDESK_DESK_BACKUP_H

#include "desk/desk.h"

/* The store as it is at one moment, then documents, reports, authority, configuration and the recovery wrap, in one archive
 * (base/pack.h); whole or not at all, never over another file, while others work. Until then PATH.part and PATH.part.store lie there; what else
 * bears such a name stays (ERR_FILE_PATH). The store key isn't in it, nor inbox and
 * outbox. Journalled, with where it lies. MAY_BACKUP. ERR_FILE_PATH, ERR_FILE_WRITE, ERR_FILE_READ. */
enum err backup_write(struct desk *d, const char *path, struct error *e);

/* [{"number","file","made_at","staff","destroyed_at","destroyed_by","holds_purged"}], newest first. The data keys in a backup are wrapped
 * under the store key, which stays: with "holds_purged" the backup was made before the newest purge, and whoever has both reads what was purged
 * here. MAY_BACKUP. */
enum err backup_list(struct desk *d, json_t **out, struct error *e);
/* Somebody declares that the file is gone, with every copy of it. Journalled. MAY_BACKUP. ERR_BACKUP_NONE. */
enum err backup_declare_destroyed(struct desk *d, int64_t number, struct error *e);
/* How many hold what was purged. */
enum err backup_old_count(struct desk *d, int64_t *count, struct error *e);

struct restore_options {
	const char *dir, *file;
	const char *store_key;    /* the key's file; or … */
	const char *recovery_key; /* … the private key of the recovery certificate (PEM) */
	const struct secret *recovery_password; /* NULL: it has none */
	const char *keys;         /* where the store key goes; NULL: DIR.keys beside DIR */
	const char *user, *with;  /* an administrator of the site; a second one where it has two (`with` may be NULL) */
	const struct secret *password, *with_password;
	void (*progress)(void *arg, int64_t done);
	void *arg;
};
/* Makes the site in `dir`, which must not exist or be empty (ERR_RESTORE_PLACE), and `keys` must hold no other store key
 * (ERR_STORE_EXISTS). Whole or not at all: all is unpacked beside it, the key is tried, the journal verified, migrations run,
 * and only then it gets its name. Journalled in the restored site, with who did it.
 * *out: {"site","name","dir","store_key","made_at" (the backup), "newest" (the time of its newest entry),"entries","records",
 * "head" (of the backup)}. ERR_PACK_BROKEN, ERR_BACKUP_CONTENT, ERR_BACKUP_NEWER, ERR_RESTORE_KEY, ERR_RECOVERY_*,
 * ERR_STORE_ALTERED, ERR_DESK_PASSWORD, ERR_DESK_FORBIDDEN, ERR_DESK_TWO_PERSONS, ERR_FILE_*. */
enum err desk_restore(const struct restore_options *o, json_t **out, struct error *e);

#endif
