/* The demonstration's certificates go on living: loss reports, replacements and revocations of those that were handed over. */
#ifndef CERTDESK_DEMO_LIFE_H
#define CERTDESK_DEMO_LIFE_H

#include "desk/desk.h"

/* One order of `form` about the certificate, signed by the code that is the newest in the outbox of `dir`; what is asked for is
 * attached from `scan`. Stops where the business itself doesn't go on by signing. */
enum err life_order(struct desk *operator, const char *dir, const char *form, const char *certificate, const json_t *data,
                    const char *scan, struct error *e);
/* The digits behind the last `word` of the newest message in outbox/sms; "" where there are none. */
void life_message(const char *dir, const char *word, char out[16]);

#endif
