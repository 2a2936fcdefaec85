/* Papers are set by certdesk-paper, a program of its own: with Pango and Cairo every start of certdesk would be slower. */
#ifndef CERTDESK_PRINT_APART_H
#define CERTDESK_PRINT_APART_H

#include "print/render.h"

/* As print_render; besides ERR_PRINT_PROGRAM (certdesk-paper isn't there), ERR_PRINT_TEMPLATE (the template was changed since it
 * was read), ERR_PRINT_LONG (not within its time), ERR_CHILD. */
enum err apart_render(const struct print_template *t, const json_t *facts, const struct print_marks *marks, struct bytes *out,
                      struct print_made *made, struct error *e);
/* As print_has_letters. ERR_PRINT_PROGRAM, ERR_PRINT_FAULT, ERR_PRINT_LONG, ERR_CHILD, ERR_MEMORY. */
enum err apart_has_letters(bool *there, struct error *e);

/* The other end, for certdesk-paper: one request from `in`, its answer to `out`. Returns the exit status. */
int apart_serve(int in, int out);

#endif
