/* How people pay. */
#ifndef CERTDESK_RULES_PAYMETHOD_H
#define CERTDESK_RULES_PAYMETHOD_H

#include <stdbool.h>

bool method_by_hand(const char *method);     /* taken or announced by somebody: all but the provider's */
bool method_is_till(const char *method);     /* cash, pos, cheque: in the till, not on the bank's statement */
bool method_is_provider(const char *method); /* alipay: the provider says that it came, and takes it back (desk/qrpay.h) */

#endif
