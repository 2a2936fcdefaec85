/* A QR code for a terminal. */
#ifndef CERTDESK_PRINT_QR_H
#define CERTDESK_PRINT_QR_H

#include "base/bytes.h"

/* Lines of half blocks, two modules a row: '█' '▀' '▄' are dark, a space is light, so that it reads black on white alone; with a quiet zone
 * of four modules. *columns is the width of each. False where the text can't be coded, or memory ends. */
bool qr_blocks(const char *text, struct bytes *out, int *columns);

#endif
