#include "ui/scr_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { AGAIN_MS = 2000, AGAIN_MOST = 5 }; /* each look at a key that is held waits for it, and the screen with it */

static bool known(const struct watch *w, const char *serial)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->known[i], serial) == 0)
			return true;
	return false;
}

static void remember(struct watch *w, const struct token_info *list, size_t n)
{
	bool busy = false;
	w->count = 0;
	for (size_t i = 0; i < n; i++) {
		busy |= list[i].busy;
		if (!list[i].busy && w->count < WATCH_KEYS)
			text_copy(w->known[w->count++], TOKEN_SERIAL_SIZE, list[i].serial);
	}
	w->again = busy ? w->again - 1 : 0;
	w->again_at = clock_monotonic_ms() + AGAIN_MS;
}

/* One piece of news at a time: the screen that is told may be another one for the next. */
static void tell(struct ui *ui, struct watch *w, const struct token_info *list, size_t n)
{
	char serial[TOKEN_SERIAL_SIZE] = "";
	bool in = false;
	for (size_t i = 0; i < w->count && !*serial; i++)
		if (!token_among(list, n, w->known[i]))
			text_copy(serial, sizeof serial, w->known[i]);
	for (size_t i = 0; i < n; i++)
		if (!list[i].busy && !known(w, list[i].serial)) {
			text_copy(serial, sizeof serial, list[i].serial);
			in = true;
		}
	remember(w, list, n);
	if (*serial)
		ui_tell_token(ui, serial, in);
}

void watch_tick(struct ui *ui, struct watch *w)
{
	struct token_info *list = NULL;
	size_t n = 0;
	bool changed = false;
	enum ui_token wanted = ui_wants_token(ui);
	w->quietly |= wanted == TOKEN_NOT_WANTED;
	if (wanted != TOKEN_WANTED)
		return;
	if (!w->readers) {
		w->quietly = true;
		if (token_watch_open(&w->readers, NULL) != OK)
			return;
	}
	token_watch_change(w->readers, 0, &changed, NULL);
	if (changed)
		w->again = AGAIN_MOST;
	else if (!w->quietly && (w->again <= 0 || clock_monotonic_ms() < w->again_at))
		return;
	if (token_list(&list, &n, NULL) != OK)
		n = 0;
	if (w->quietly)
		remember(w, list, n);
	else
		tell(ui, w, list, n);
	w->quietly = false;
	free(list);
}

void watch_forget(struct watch *w)
{
	w->quietly = true;
}

void watch_end(struct watch *w)
{
	token_watch_close(&w->readers);
}
