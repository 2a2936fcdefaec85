#include <stdlib.h>

#include "base/file.h"
#include "ca/profile.h"
#include "desk/config.h"
#include "desk/print.h"
#include "notify/messages.h"
#include "pay/statement.h"
#include "rules/texts.h"

static enum err check_profiles(const char *path, struct error *e)
{
	struct profiles *p = NULL;
	enum err r = profiles_load(path, &p, e);
	profiles_free(&p);
	return r;
}

static enum err check_texts(const char *path, struct error *e)
{
	struct texts *t = NULL;
	enum err r = texts_load(path, &t, e);
	texts_free(&t);
	return r;
}

static enum err check_messages(const char *path, struct error *e)
{
	struct messages *m = NULL;
	enum err r = messages_load(path, &m, e);
	messages_free(&m);
	return r;
}

static enum err check_statements(const char *path, struct error *e)
{
	struct statement_maps *m = NULL;
	enum err r = statement_maps_load(path, &m, e);
	statement_maps_free(&m);
	return r;
}

enum err definitions_check(const char *share, struct error *e)
{
	static const struct {
		const char *path;
		enum err (*check)(const char *path, struct error *e);
	} all[] = {
		{"forms/tables/profiles.yaml", check_profiles},
		{"forms/texts", check_texts},
		{"forms/texts/messages.tsv", check_messages},
		{"forms/tables/statements.tsv", check_statements},
		{"forms", print_check},
	};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof all / sizeof *all; i++) {
		char *path = path_join(share, all[i].path);
		r = path ? all[i].check(path, e) : ERR_MEMORY;
		free(path);
	}
	return r;
}
