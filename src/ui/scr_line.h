/* The line to headquarters in the title, and the process that keeps it: looked at once a second, without waiting for anything. */
#ifndef CERTDESK_UI_SCR_LINE_H
#define CERTDESK_UI_SCR_LINE_H

#include "desk/desk.h"
#include "sync/follow.h"
#include "ui/screen.h"

struct line_watch { /* zeroed is not begun */
	struct follow_screen follow;
	int64_t look_at;
	bool joined; /* this site has a headquarters */
};

void line_tick(struct ui *ui, struct line_watch *w, struct desk *d);
/* All there is to tell, in a dialog. */
void line_show(struct ui *ui, struct desk *d);
/* Whether headquarters was heard within the last minute or so. */
bool line_is_up(struct ui *ui, struct desk *d);
void line_end(struct line_watch *w);

#endif
