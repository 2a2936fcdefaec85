/* Certificates that an approved review brings here: asked for in each round. */
#include <string.h>

#include "base/json.h"
#include "desk/elsewhere.h"
#include "sync/internal.h"

/* By what headquarters itself has seen of the order; both ways of an answer are noted. */
enum err reviewed_said(struct sync *s, const char *order, const char *serial, json_t **said, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	struct error why = {0};
	json_t *asked = json_pack("{ss ss}", "serial", serial, "order", order);
	enum err r = asked ? line_ask(s, "POST", "/v1/certificates/prove", asked, 0, NULL, said, &why) : error_set(&why, ERR_MEMORY, "%s", order);
	enum err noted = OK;
	r = line_refused(r, serial, &why);
	if (!r || error_exit(r) == EXIT_REFUSED)
		noted = elsewhere_said(s->d, order, r ? error_sentence(&why, sentence, sizeof sentence) : "", r ? NULL : e);
	if (r && e)
		*e = why;
	json_decref(asked);
	return r ? r : noted;
}

enum err reviewed_ask(struct sync *s, bool *moved, struct error *e)
{
	json_t *wanted = NULL, *row;
	size_t i;
	enum err r = elsewhere_wanted(s->d, &wanted, e);
	json_array_foreach(wanted, i, row) {
		json_t *said = NULL;
		if (r)
			break;
		r = reviewed_said(s, json_text(row, "order"), json_text(row, "certificate"), &said, e);
		*moved |= !r;
		if (r && error_exit(r) == EXIT_REFUSED) { /* its sentence stands with the order */
			notice_trouble(s->d, e);
			r = OK;
		}
		json_decref(said);
	}
	json_decref(wanted);
	return r;
}

enum err reviewed_settle(struct sync *s, bool *moved, struct error *e)
{
	int64_t settled = 0;
	enum err r = elsewhere_settle(s->d, &settled, e);
	*moved |= settled > 0;
	return r;
}
