#include "life.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "desk/attach.h"
#include "desk/order.h"
#include "desk/sign.h"
#include "tests/lib/json_file.h"
#include "tests/lib/short.h"

void life_message(const char *dir, const char *word, char out[16])
{
	struct dirent **names = NULL;
	char *sms = path_join(dir, "outbox/sms");
	int n = scandir(sms, &names, NULL, alphasort);
	out[0] = '\0';
	for (int i = n - 1; i >= 0; i--) { /* the newest has the last name */
		json_t *message = NULL;
		char *path = *out ? NULL : path_join(sms, names[i]->d_name);
		const char *at = path && json_read_file(path, &message, NULL) == OK ? strstr(json_text(message, "text"), word) : NULL;
		if (at) {
			at += strcspn(at, "0123456789");
			snprintf(out, 16, "%.*s", (int)strspn(at, "0123456789"), at);
		}
		json_decref(message);
		free(path);
		free(names[i]);
	}
	free(names);
	free(sms);
}

static enum err attach_required(struct desk *d, const char *no, const char *scan, struct error *e)
{
	json_t *kinds = NULL, *kind, *out = NULL;
	size_t i;
	enum err r = attach_kinds(d, no, &kinds, e);
	json_array_foreach(kinds, i, kind)
		if (!r && json_flag(kind, "required")) {
			r = attach_add(d, no, json_text(kind, "kind"), scan, false, &out, e);
			json_decref(out);
			out = NULL;
		}
	json_decref(kinds);
	return r;
}

enum err life_order(struct desk *operator, const char *dir, const char *form, const char *certificate, const json_t *data,
                    const char *scan, struct error *e)
{
	const struct draft_about about = {.certificate = certificate};
	char no[ORDER_NO_SIZE], code[16];
	json_t *out = NULL;
	enum err r = draft_new_about(operator, form, &about, data, no, e);
	if (!r)
		r = attach_required(operator, no, scan, e);
	if (!r)
		r = sign_send(operator, no, &out, e);
	json_decref(out);
	out = NULL;
	life_message(dir, "验证码", code);
	if (!r)
		r = sign_code(operator, no, code, &out, e);
	json_decref(out);
	return r;
}
