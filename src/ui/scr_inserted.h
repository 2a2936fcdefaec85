/* The keys that are in, kept up to date without holding up the screen: looked at in ticks. */
#ifndef CERTDESK_UI_SCR_INSERTED_H
#define CERTDESK_UI_SCR_INSERTED_H

#include "ui/scr_table.h"
#include "ui/screen.h"

struct token_watch;
struct inserted {
	struct token_watch *watch;
	struct table table; /* rows as keys_inserted */
	char why[512];      /* why none can be seen, "" */
	bool due;           /* read at the next tick */
};

void inserted_start(struct inserted *i);
void inserted_end(struct inserted *i);
/* Call from the screen's tick; UI_DRAW when something changed. */
unsigned inserted_tick(struct ui *ui, struct inserted *i);
/* Before anything is decided on what is in: asks the readers now, for an Enter may be typed ahead of the tick that would have.
 * True when something changed. */
bool inserted_ask(struct ui *ui, struct inserted *i);
/* Draws the list, or why there is none. */
void inserted_draw(struct inserted *i, const struct pane *p);
/* The serial of the selected one, "" where there is none. */
const char *inserted_serial(const struct inserted *i);

#endif
