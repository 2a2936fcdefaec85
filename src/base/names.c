#include "base/names.h"

#include <string.h>

static bool made_of(const char *name, const char *letters, size_t size)
{
	size_t n = strspn(name, letters);
	return n >= 1 && n < size && !name[n];
}

bool site_code_good(const char *code)
{
	return made_of(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", SITE_CODE_SIZE);
}

bool login_good(const char *login)
{
	return made_of(login, "abcdefghijklmnopqrstuvwxyz0123456789._-", LOGIN_SIZE) && strcmp(login, "system") != 0;
}

bool definition_name_good(const char *name)
{
	return made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-", 33);
}
