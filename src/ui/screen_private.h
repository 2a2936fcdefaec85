/* What the files of the screen machinery share. */
#ifndef CERTDESK_UI_SCREEN_PRIVATE_H
#define CERTDESK_UI_SCREEN_PRIVATE_H

#include "base/bytes.h"
#include "ui/screen.h"

#define SCREEN_MOST 32
#define BAR_MOST 32
#define ROWS_LEAST 24
#define COLUMNS_LEAST 80
#define TICK_MS 250
#define HABIT_MS 1000 /* an Enter that comes later was meant */

struct entry {
	const struct screen_class *class;
	void *data;
	unsigned long serial;
	bool closing, typing;
	enum term_input input;
};

struct ui {
	struct ui_options options;
	struct term *term;
	struct entry stack[SCREEN_MOST];
	size_t count;
	unsigned long serial;
	struct entry *opening;    /* the screen whose open is running, not on the stack yet */
	struct overlay *overlays; /* the top one first */
	unsigned due;             /* UI_DRAW, UI_BARS: what has to be drawn */
	bool message_due;
	bool ending, idling, abandoned;
	char place[128], station[64], person[64], mark[128];
	char line[UI_LINE_FORMS][UI_LINE_SIZE];
	enum role line_role;
	char message[1024];
	enum role message_role;
	int message_rows; /* as it was painted */
	struct bytes held; /* typed text that isn't delivered yet: letters are single keys outside fields */
	size_t held_at;
	int64_t last_input, last_tick;
	bool completed;       /* see ui_completed */
	int64_t completed_at; /* what it led to was shown; 0: not yet */
	int minute;
	struct bar_spot {
		int from, to, key; /* columns of the key bar */
	} bar[BAR_MOST];
	size_t bar_count;
};

void ui_close_entry(struct ui *ui, size_t i);
struct entry *ui_top(struct ui *ui); /* the top screen that isn't closing, or NULL */
bool ui_permits(struct ui *ui, const struct action *action); /* the actor has the right that it needs */
bool ui_offers(struct ui *ui, const struct entry *entry, const struct action *action);
void ui_paint(struct ui *ui);
void ui_dispatch(struct ui *ui, struct event *event); /* with event->action given: that action */

#endif
