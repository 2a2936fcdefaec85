/* Backups of headquarters that were made, and what a purge leaves in them and beside the database. */
#ifndef CERTDESK_HUB_BACKUPS_H
#define CERTDESK_HUB_BACKUPS_H

#include "hub/hub.h"

/* Notes that a backup lies there now. */
enum err backups_note(struct hub *hub, const char *path, struct error *e);
/* [{"number","file","made_at","destroyed_at","holds_purged"}], newest first. The data keys in a backup are sealed to headquarters' own key, which
 * stays: with "holds_purged" it was made before the newest purge. */
enum err backups_list(struct hub *hub, json_t **out, struct error *e);
/* The file is gone, with every copy of it. ERR_BACKUP_NONE. */
enum err backups_destroyed(struct hub *hub, int64_t number, struct error *e);
/* How many hold what was purged. */
enum err backups_old(struct hub *hub, int64_t *count, struct error *e);

/* Within the transaction of a purge. */
enum err backups_purged(struct hub *hub, struct error *e);
/* By time: where anything was purged, the copies that upgrades left beside the SQLite file thirty days ago are removed. */
enum err backups_tick(struct hub *hub, struct error *e);

#endif
