/* How sites and logins are called. Pure. */
#ifndef CERTDESK_RULES_NAMES_H
#define CERTDESK_RULES_NAMES_H

#include <stdbool.h>

bool site_code_good(const char *code); /* "110114-01": letters, digits and "-", at most 32 */
bool login_good(const char *login);    /* "wang.li": small letters, digits, ".", "_" and "-", at most 32 */

#endif
