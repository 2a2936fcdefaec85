/* Generated document pictures for the demonstration: what a scanner would have made. */
#ifndef CERTDESK_DEMO_SCANS_H
#define CERTDESK_DEMO_SCANS_H

#include "base/bytes.h"

/* Draws a document of this kind for this customer as a JPEG. ERR_INTERNAL where drawing fails. */
enum err scan_draw(const char *kind, const char *unit, const char *number, const char *person, struct bytes *jpeg, struct error *e);

#endif
