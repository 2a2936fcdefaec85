/* What profile.c and profile_load.c share. */
#ifndef CERTDESK_CA_PROFILES_H
#define CERTDESK_CA_PROFILES_H

#include "ca/profile.h"

#define PROFILE_FIELD_SIZE 64 /* a field's name with its final 0 */

struct profiles {
	struct profile *profiles;
	size_t count;
};

/* The length of the placeholder "${name}" at `s`, whose name it copies; 0 where there is none. */
size_t profile_placeholder(const char *s, char *name, size_t size);

#endif
