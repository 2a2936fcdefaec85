/* Watching readers: see token.h. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#include "base/clock.h"
#include "base/text.h"
#include "token/reader.h"
#include "token/token.h"

enum { AGAIN_MS = 250 };
#define PLUG_EVENTS "\\\\?PnP?\\Notification"

struct token_watch {
	SCARDCONTEXT handle;
	bool connected;
	size_t count; /* the last state watches for readers that come and go */
	char names[READERS_MOST][READER_NAME_SIZE];
	SCARD_READERSTATE states[READERS_MOST + 1];
};

enum err token_watch_open(struct token_watch **out, struct error *e)
{
	*out = calloc(1, sizeof **out);
	return *out ? OK : error_set(e, ERR_MEMORY, "%s", "");
}

void token_watch_close(struct token_watch **w)
{
	if (!*w)
		return;
	if ((*w)->connected)
		SCardReleaseContext((*w)->handle);
	free(*w);
	*w = NULL;
}

/* Reads the list of readers anew; all are unknown until the next look. */
static void look_up(struct token_watch *w)
{
	char names[READERS_MOST * READER_NAME_SIZE] = "";
	DWORD size = sizeof names;
	w->count = 0;
	memset(w->states, 0, sizeof w->states);
	if (SCardListReaders(w->handle, NULL, names, &size) == SCARD_S_SUCCESS)
		for (const char *p = names; w->count < READERS_MOST && *p; p += strlen(p) + 1, w->count++) {
			text_copy(w->names[w->count], READER_NAME_SIZE, p);
			w->states[w->count].szReader = w->names[w->count];
		}
	w->states[w->count].szReader = PLUG_EVENTS;
	/* the upper half of this one counts the readers that are known */
	w->states[w->count].dwCurrentState = (DWORD)w->count << 16;
}

/* Takes over what was seen. True where a card or reader came or went; another program's use alone is no change. */
static bool take_over(struct token_watch *w)
{
	const DWORD kept =
		SCARD_STATE_PRESENT | SCARD_STATE_EMPTY | SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE | 0xFFFF0000;
	bool changed = false;
	for (size_t i = 0; i < w->count; i++) {
		SCARD_READERSTATE *s = &w->states[i];
		changed = changed || (s->dwCurrentState & kept) != (s->dwEventState & kept);
		s->dwCurrentState = s->dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
	}
	return changed || (w->states[w->count].dwEventState & SCARD_STATE_CHANGED);
}

static void settle(struct token_watch *w)
{
	look_up(w);
	if (SCardGetStatusChange(w->handle, 0, w->states, (DWORD)w->count) == SCARD_S_SUCCESS)
		for (size_t i = 0; i < w->count; i++)
			w->states[i].dwCurrentState = w->states[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
}

enum err token_watch_change(struct token_watch *w, int ms, bool *changed, struct error *e)
{
	(void)e;
	int64_t end = clock_monotonic_ms() + ms;
	*changed = false;
	for (;;) {
		int64_t left = end - clock_monotonic_ms();
		left = left > 0 ? left : 0;
		if (!w->connected) {
			if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &w->handle) == SCARD_S_SUCCESS) {
				w->connected = *changed = true;
				settle(w);
				return OK;
			}
			if (left == 0)
				return OK;
			int64_t nap = left < AGAIN_MS ? left : AGAIN_MS;
			nanosleep(&(struct timespec){nap / 1000, nap % 1000 * 1000000}, NULL);
			continue;
		}
		LONG result = SCardGetStatusChange(w->handle, (DWORD)left, w->states, (DWORD)w->count + 1);
		if (result == SCARD_S_SUCCESS && take_over(w))
			*changed = true;
		else if (result == SCARD_E_UNKNOWN_READER)
			*changed = true;
		else if (result != SCARD_S_SUCCESS && result != SCARD_E_TIMEOUT) {
			SCardReleaseContext(w->handle);
			w->connected = false;
			*changed = true;
			return OK;
		}
		if (*changed)
			settle(w);
		if (*changed || left == 0)
			return OK;
	}
}
