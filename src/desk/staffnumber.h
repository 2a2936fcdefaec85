/* Staff numbers 工号. A login belongs to one site; a number to one person wherever they work. Where two logins have the same one they
 * are the same person for every separation. Private to src/desk, but for staff_number. */
#ifndef CERTDESK_DESK_STAFFNUMBER_H
#define CERTDESK_DESK_STAFFNUMBER_H

#include "desk/desk.h"

enum { STAFF_NUMBER_SIZE = 21 };

/* Gives a login of this site its number; "" takes it away. MAY_STAFF. ERR_DESK_NO_STAFF, ERR_DESK_STAFF_NUMBER (letters, digits, "-", at
 * most 20; one of ours has it). */
enum err staff_number(struct desk *d, const char *login, const char *number, struct error *e);
/* "" or a number as it may be written. */
bool staff_number_valid(const char *number);
/* The number of a row of staff, ours or another site's; "" for none. */
enum err staff_number_of(struct desk *d, int64_t id, char out[STAFF_NUMBER_SIZE], struct error *e);
/* Whether two rows are one person. */
enum err staff_same_person(struct desk *d, int64_t one, int64_t other, bool *same, struct error *e);

#endif
