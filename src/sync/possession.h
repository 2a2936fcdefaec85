/* What the key of a certificate signs for headquarters, so that its holder's presence at a counter is proven. Shared by src/sync
 * and src/hub. */
#ifndef CERTDESK_SYNC_POSSESSION_H
#define CERTDESK_SYNC_POSSESSION_H

#include "base/bytes.h"

enum { POSSESSION_SECONDS = 120, HOLDER_CODE_SECONDS = 300 }; /* how long a challenge works, and a code */

/* "certdesk certificate custody\nSITE\nCHALLENGE\n": a signature for this counter and this challenge is one for nothing else. Adds to
 * `out`. ERR_MEMORY. */
enum err possession_text(const char *site, const char *challenge, struct bytes *out);

#endif
