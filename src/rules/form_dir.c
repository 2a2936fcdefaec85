/* A directory of definitions, examined as one. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "rules/form_load.h"
#include "rules/texts.h"

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);
	return n > k && strcmp(name + n - k, end) == 0 && name[0] != '.';
}

/* Calls `use` for each file "NAME" + end of a directory, in the order of names. */
static void each_file(const char *dir, const char *end, void (*use)(const char *path, const char *name, void *arg), void *arg,
                      struct mistakes *m)
{
	struct dirent **names = NULL;
	int count = scandir(dir, &names, NULL, alphasort);
	if (count < 0)
		mistakes_add(m, dir, 0, "%s", tr("目录读不了，请检查路径和权限", "the directory can't be read; check the path"));
	for (int i = 0; i < count; i++) {
		char *path = ends_with(names[i]->d_name, end) ? path_join(dir, names[i]->d_name) : NULL;
		if (path)
			use(path, names[i]->d_name, arg);
		free(path);
		free(names[i]);
	}
	free(names);
}

struct checking {
	struct code_tables *codes;
	struct mistakes *m;
};

static void check_codes(const char *path, const char *file, void *arg)
{
	struct checking *c = arg;
	char name[256];
	snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".tsv")), file);
	(void)path;
	codes_read(c->codes, name, c->m);
}

static void check_form(const char *path, const char *file, void *arg)
{
	struct checking *c = arg;
	(void)file;
	struct form *form = form_read(path, c->codes, c->m);
	form_free(&form);
}

enum err forms_examine(const char *dir, struct mistakes *m)
{
	struct checking c = {.m = m};
	char *codes = path_join(dir, "codes"), *texts = path_join(dir, "texts");
	struct texts *read = NULL;
	enum err r = codes && texts ? codes_open(codes, &c.codes, NULL) : ERR_MEMORY;
	if (!r) {
		each_file(codes, ".tsv", check_codes, &c, m);
		each_file(dir, ".yaml", check_form, &c, m);
		read = texts_read(texts, m);
		texts_free(&read);
	}
	codes_free(&c.codes);
	free(codes);
	free(texts);
	return r;
}

enum err forms_check(const char *dir, struct error *e)
{
	struct mistakes m = {0};
	enum err r = forms_examine(dir, &m);
	if (!r)
		r = mistakes_error(&m, ERR_RULES_FORM, e);
	mistakes_free(&m);
	return r;
}
