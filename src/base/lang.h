/* The program's language, fixed once at start from the locale: Chinese unless
 * LC_ALL, LC_MESSAGES or LANG names another language. Both texts stand beside
 * each other where they are used, so neither can be missing. */
#ifndef CERTDESK_BASE_LANG_H
#define CERTDESK_BASE_LANG_H

#include <stddef.h>

enum lang { LANG_ZH, LANG_EN };

/* Sets LC_CTYPE (to C.UTF-8 where the locale's codeset is not UTF-8) and the
 * language. Call once at the start of main. C, POSIX, C.UTF-8 and zh* mean Chinese. */
void lang_start(void);
enum lang lang_now(void);
void lang_set(enum lang lang); /* for --lang and tests */

/* The text of the program's language. Returns one of its arguments. */
const char *tr(const char *zh, const char *en) __attribute__((format_arg(1), format_arg(2)));

/* Adds a member to the list that `out` holds ("" at first), separated as the language does; what doesn't fit is cut at a whole character. */
void lang_list_add(char *out, size_t size, const char *member);

#endif
