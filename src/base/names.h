/* How sites, logins and definitions are called. Pure. */
#ifndef CERTDESK_BASE_NAMES_H
#define CERTDESK_BASE_NAMES_H

#include <stdbool.h>

enum { SITE_CODE_SIZE = 33, LOGIN_SIZE = 33 };

bool site_code_good(const char *code); /* "110114-01": letters, digits and "-", at most 32 */
bool login_good(const char *login);    /* "wang.li": small letters, digits, ".", "_" and "-", at most 32; not "system", which is nobody in the journal */
/* "new-unit": a form, report or kind of paper, whose file is NAME.yaml beside others and nothing else: small letters, digits and "-", at most 32 */
bool definition_name_good(const char *name);

#endif
