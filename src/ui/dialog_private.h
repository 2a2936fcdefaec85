/* What the dialogs share. */
#ifndef CERTDESK_UI_DIALOG_PRIVATE_H
#define CERTDESK_UI_DIALOG_PRIVATE_H

#include "ui/dialog.h"

/* The pane inside a framed box in the middle: wide enough for `text` and at least `columns`, with `extra`
 * rows under the text. The text is drawn; *row is the first row under it. */
struct pane dialog_box(struct pane *whole, const char *title, const char *text, int columns, int extra, int *row);

#endif
