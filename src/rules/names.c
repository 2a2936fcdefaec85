#include "rules/names.h"

#include <string.h>

enum { MOST = 32 };

static bool made_of(const char *name, const char *letters)
{
	size_t n = strspn(name, letters);
	return n >= 1 && n <= MOST && !name[n];
}

bool site_code_good(const char *code)
{
	return made_of(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}

bool login_good(const char *login)
{
	return made_of(login, "abcdefghijklmnopqrstuvwxyz0123456789._-");
}
