/* A table of rows that scrolls. Rows come from a callback by index, so that a
 * million orders needn't be loaded; columns are aligned by display width. The
 * widget keeps only position and size; the rows stay the caller's. */
#ifndef CERTDESK_UI_LIST_H
#define CERTDESK_UI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/key.h"
#include "ui/pane.h"

#define LIST_CELL_SIZE 256
#define LIST_FILTER_SIZE 128

struct list_column {
	const char *zh, *en; /* heading */
	int width;           /* columns; 0: takes what is left (may be several: shared) */
	bool right;          /* aligned to the right: money, numbers */
	int from;            /* shown only on screens at least this wide; -n: only on those that aren't n wide; 0: always */
};

struct list {
	const struct list_column *columns; /* ends with a row without zh */
	/* Text of one cell into `out` (LIST_CELL_SIZE); may change *role of the cell. Rows are 0 … count - 1. */
	void (*cell)(void *arg, size_t row, int column, char *out, enum role *role);
	/* Type-to-filter: called with the new text; the caller filters, then list_set_count. NULL: no filter. */
	void (*filter)(void *arg, const char *typed);
	void *arg;
	const char *empty_zh, *empty_en; /* shown when there is no row */
	bool no_head;
	int note; /* a dialog shows the selected row's whole text of this column below; 0: none */
	/* state */
	size_t count, selected, top;
	int page; /* rows shown at the last drawing */
	int screen_top; /* screen row of the first row drawn, for clicks */
	char typed[LIST_FILTER_SIZE];
};

void list_set_count(struct list *l, size_t count); /* keeps the selection inside */
void list_select(struct list *l, size_t row);
/* Draws into all of the pane and sets the cursor on the selected row. */
void list_draw(struct list *l, const struct pane *p);

enum list_result {
	LIST_IGNORED, /* not a key of the list */
	LIST_MOVED,   /* draw again */
	LIST_CHOSEN   /* Enter, or a second click on the selected row */
};
/* ↑↓ PgUp PgDn Home End, wheel, clicks, Enter; with a filter also text, Backspace, Ctrl-U. ESC clears a
 * filter that has text (LIST_MOVED), else it is ignored. An event that stands for an action of the screen
 * (event->action) is left to the screen; treat LIST_CHOSEN, from a click, as the same as its Enter. */
enum list_result list_handle(struct list *l, const struct event *event);

#endif
