/* Which key does what in a text field, the same in forms and dialogs. */
#ifndef CERTDESK_UI_EDIT_KEY_H
#define CERTDESK_UI_EDIT_KEY_H

#include "ui/edit.h"
#include "ui/key.h"
#include "ui/pane.h"

/* ← → Home End Ctrl-← Ctrl-→ Backspace Del, Ctrl-U empty, Ctrl-K to the end, Ctrl-W word, Ctrl-Z take back,
 * text and paste. False where the event is none of these; `used` as in edit_insert. */
bool edit_handle(struct edit *e, const struct event *event, enum edit_result *result, size_t *used);
/* Draws the field, "‹" and "›" at its edges where text goes on; sets the cursor when it has the focus. */
void edit_draw(struct edit *e, const struct pane *p, int row, int column, int columns, enum role role, bool focus);
/* The lines of help on these keys. */
const char *edit_help(void);

#endif
