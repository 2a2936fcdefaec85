/* A site has purged orders whose certificates ended five years ago (desk/purge.h): headquarters destroys its copies of their keys,
 * states, feed items and files. It looks itself whether it was time, so that no site destroys what is still wanted: by the time of the
 * site's entry, which may be some minutes ahead of headquarters' clock and any time behind it. */
#ifndef CERTDESK_HUB_PURGE_H
#define CERTDESK_HUB_PURGE_H

#include "hub/judge.h"

bool purge_is(const struct posted_entry *entry);
/* After the actor was judged. A state that can't be opened any more was destroyed by an earlier purge, and fits. */
enum err purge_judge(struct judging *j, struct error *e);
/* Of an accepted entry that is stored. Adds the files to `files`: removed by purge_remove when that is committed; one that can't be
 * raises an alarm. */
enum err purge_note(struct judging *j, json_t *files, struct error *e);
void purge_remove(struct hub *hub, const json_t *files);

#endif
