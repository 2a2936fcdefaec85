/* A document's picture in cells of the screen. */
#ifndef CERTDESK_UI_SCR_THUMB_H
#define CERTDESK_UI_SCR_THUMB_H

#include "picture/picture.h"
#include "ui/screen.h"

struct thumb { /* zeroed is empty */
	struct picture picture; /* decoded, at most THUMB_SIDE pixels a side */
	char name[320];         /* of what it shows, "" none */
	char why[256];          /* why there is none */
	struct picture_cells cells; /* of the last drawing */
	int rows, columns;
};
#define THUMB_SIDE 640

/* Decodes bytes under a name; a failure becomes the sentence that is drawn instead. */
void thumb_load(struct thumb *t, const char *name, const void *data, size_t length);
/* Has it show an order's document, where it doesn't so yet; "": nothing. True where there is something new to draw. */
bool thumb_follow(struct ui *ui, struct thumb *t, const char *order, const char *kind);
void thumb_fail(struct thumb *t, const char *name, const struct error *e);
bool thumb_is(const struct thumb *t, const char *name);
void thumb_clear(struct thumb *t);
/* Draws into the pane, centred. */
void thumb_draw(struct ui *ui, struct thumb *t, const struct pane *p);
/* Draws any picture's cells from a corner of the pane. */
void thumb_draw_cells(struct ui *ui, const struct picture_cells *cells, const struct pane *p, int row, int column);
enum picture_colors thumb_colors(struct ui *ui);

#endif
