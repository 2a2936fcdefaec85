/* A customer hears of a decision or a step. Private to src/desk. */
#ifndef CERTDESK_DESK_TELL_H
#define CERTDESK_DESK_TELL_H

#include "desk/orderrow.h"
#include "desk/subject.h"

/* Sends the template by SMS and by mail to whoever acts for the customer, with {order}, {customer} and {business} besides the
 * given values. What couldn't be sent is no reason to undo the step: the first failure is in *e (may be NULL). */
enum err tell_customer(struct desk *d, const struct order *o, const char *template, const struct message_value *values, size_t count,
                       struct error *e);
/* What became of a certificate is told to who acts for its holder, as on file, with {customer} and {serial} (the key's) and, where `order` isn't NULL,
 * {order}. The change stands whether or not it can be. */
void tell_holder(struct desk *d, const struct subject *s, const char *template, const char *order);

#endif
