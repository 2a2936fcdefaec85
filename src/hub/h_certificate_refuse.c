/* A site is told why it doesn't get a certificate. */
#include <string.h>

#include "hub/h_data.h"
#include "hub/holding.h"

enum err certificate_refuse(struct reply *p, const struct holding_given *given)
{
	const char *why = given->why;
	if (strcmp(why, SAY_CERTIFICATE_UNKNOWN) == 0)
		return reply_say(p, 404, why, NULL);
	if (strcmp(why, SAY_CERTIFICATE_REVOKED) == 0 || strcmp(why, SAY_REVIEW_HOLDER) == 0)
		return reply_say(p, 403, why, NULL);
	return reply_say(p, 409, why, json_pack("{ss ss}", "at", given->from, "order", given->order));
}
