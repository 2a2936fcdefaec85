/* What names a customer, in the values of any form or in what is on file. Pure. */
#ifndef CERTDESK_RULES_CUSTOMER_H
#define CERTDESK_RULES_CUSTOMER_H

#include <jansson.h>

/* "" where there is none; owned by `values`. */
const char *customer_name(const json_t *values);
/* uscc or person_id_number; the same. */
const char *customer_number(const json_t *values);

#endif
