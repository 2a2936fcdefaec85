/* Headquarters' backup in one file, and a headquarters made from one.
 *
 * What was restored is older than what the sites know: their heads are behind, items of feeds are numbered again. It answers no site
 * until two persons have declared it; from then on feeds go on behind every number that may have been given out, sites send again what
 * it lacks, and for a day an entry about custody whose counterpart isn't here again yet waits instead of being refused. */
#ifndef CERTDESK_HUB_RESTORE_H
#define CERTDESK_HUB_RESTORE_H

#include "hub/hub.h"

/* Settings. */
#define RESTORED_AT "restored_at" /* by the command; '0' once declared; certificate_get looks at it beside who asks */
#define DECLARED_AT "declared_at"

/* Database, files, keys and hub.yaml as one archive (base/pack.h), while it serves; never over another file. ERR_FILE_*, db_backup's. */
enum err hub_backup_whole(struct hub *hub, const char *path, struct error *e);
/* Makes the headquarters in `dir` (NULL as hub_open), which must not exist: unpacked beside, verified whole, renamed. SQLite only.
 * *out: {"dir","sites","entries","files"}. ERR_HUB_RESTORE_PLACE, ERR_HUB_RESTORE_KIND, ERR_PACK_BROKEN, hub_open's, hub_verify_all's. */
enum err hub_restore(const char *dir, const char *path, json_t **out, struct error *e);
/* Two persons say that it was restored, by this command or by hand (PostgreSQL, a nightly copy). ERR_HUB_TWO_PERSONS. */
enum err hub_declare_restore(struct hub *hub, const char *by, const char *with, struct error *e);

/* Restored and not declared: sites are told to try again. */
enum err hub_restored_undeclared(struct hub *hub, bool *yes, struct error *e);
/* Declared within the last day. */
enum err hub_restored_lately(struct hub *hub, bool *yes, struct error *e);

#endif
