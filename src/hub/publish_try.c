/* The very code that sites take a publication by looks at it first, on a site of no account. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/publication.h"
#include "hub/publication.h"
#include "hub/publish.h"

#define TRIAL_SITE "HQ-TRIAL"

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static enum err make(struct hub *hub, const char *code, const char *dir, struct desk **out, struct error *e)
{
	struct secret password = {0};
	uint8_t raw[16];
	char hex[33];
	random_bytes(raw, sizeof raw);
	hex_encode(hex, raw, sizeof raw);
	secret_set(&password, hex, 32);
	struct init_options o = {.dir = dir, .site = code, .name = "trial", .admin = "trial-of-headquarters", .password = &password, .now = hub_now(hub),
	                         .without_ca = true};
	enum err r = desk_init(&o, e);
	if (!r)
		r = desk_open(dir, out, e);
	secret_wipe(&password);
	if (!r) {
		(*out)->clock = hub->clock;
		(*out)->timer = true;
	}
	return r;
}

/* Media are known by the channels that sites have by now. */
static enum err take_earlier(struct hub *hub, struct desk *d, const char *site, int64_t *number, struct error *e)
{
	json_t *all = NULL, *one;
	size_t i;
	struct error ignored = {0};
	enum err r = publication_in_force(hub, site, &all, e);
	json_array_foreach(all, i, one) {
		json_t *body = r ? NULL : json_pack("{sI sO*}", "number", (json_int_t)++*number, "tables", json_object_get(json_object_get(one, "body"), "tables"));
		if (json_array_size(json_object_get(body, "tables")))
			publication_take(d, body, "", *number, &ignored);
		json_decref(body);
	}
	json_decref(all);
	return r;
}

static enum err try_at(struct hub *hub, const json_t *body, const char *dir, struct error *e)
{
	const char *site = json_text(body, "site");
	struct desk *d = NULL;
	struct error why = {0};
	int64_t number = 0;
	json_t *copy = json_deep_copy(body);
	enum err r = make(hub, *site ? site : TRIAL_SITE, dir, &d, e);
	if (!r)
		r = take_earlier(hub, d, site, &number, e);
	if (!r) {
		json_object_set_new(copy, "number", json_integer(++number));
		r = publication_take(d, copy, "", number, &why);
		if (r == ERR_DESK_PUBLICATION)
			r = error_set(e, ERR_HUB_PUBLICATION, "%s", why.detail);
		else if (r && e)
			*e = why;
	}
	desk_close(&d);
	json_decref(copy);
	return r;
}

enum err publish_try(struct hub *hub, const json_t *body, struct error *e)
{
	char *root = NULL, *dir = NULL;
	if (asprintf(&root, "%s/trial.XXXXXX", hub->dir) < 0)
		return error_set(e, ERR_MEMORY, "trial");
	if (!mkdtemp(root)) {
		enum err r = error_set(e, ERR_FILE_WRITE, "%s", root);
		free(root);
		return r;
	}
	enum err r = (dir = path_join(root, "site")) ? try_at(hub, body, dir, e) : error_set(e, ERR_MEMORY, "trial");
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
	free(root);
	return r;
}
