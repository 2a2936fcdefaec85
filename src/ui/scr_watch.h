/* The keys that come and go, told to the screen on top as long as nothing is typed there. */
#ifndef CERTDESK_UI_SCR_WATCH_H
#define CERTDESK_UI_SCR_WATCH_H

#include "token/token.h"
#include "ui/screen.h"

enum { WATCH_KEYS = 8 };
struct watch { /* zeroed is not begun */
	struct token_watch *readers;
	char known[WATCH_KEYS][TOKEN_SERIAL_SIZE];
	size_t count;
	bool quietly;      /* another screen had the keys: what is in now is no news */
	int again;         /* one was held by another program: so many looks are left … */
	int64_t again_at;  /* … the next one then, by the monotonic clock */
};

void watch_tick(struct ui *ui, struct watch *w);
void watch_forget(struct watch *w); /* the session has ended: what is in is no news for the next one */
void watch_end(struct watch *w);

#endif
