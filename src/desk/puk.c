#include "desk/puk.h"

enum { LAST_TRY = 1, TRIES_FRESH = 3 };

/* Where tries are missing, the recorded one has likely failed already: then the next one goes first. */
enum err puk_try(struct token *t, const struct key_secrets *s, bool made_now, puk_use *use, const struct secret *to, bool *next,
                 struct error *e)
{
	const struct secret *from[] = {&s->puk, &s->puk_next};
	int tries = TOKEN_TRIES_UNKNOWN;
	enum err r = token_tries_left(t, TOKEN_PUK, &tries, e);
	bool turned = !made_now && tries != TOKEN_TRIES_UNKNOWN && tries < TRIES_FRESH;
	for (size_t i = 0; !r && i < 2; i++) {
		if (i && (r = token_tries_left(t, TOKEN_PUK, &tries, e)))
			break;
		if (tries != TOKEN_TRIES_UNKNOWN && tries <= LAST_TRY)
			return error_set(e, ERR_DESK_KEY_BLOCKED, "%s", token_serial(t));
		*next = turned == (i == 0);
		r = use(t, from[*next], to, e);
		if (r != ERR_TOKEN_PUK_WRONG || i || made_now)
			return r;
		r = OK;
	}
	return r;
}
