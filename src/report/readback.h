/* A finished workbook read back. libxlsxwriter assembles sheets in temporary files and
 * doesn't notice when one of them could not take everything. */
#ifndef CERTDESK_REPORT_READBACK_H
#define CERTDESK_REPORT_READBACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Every part must inflate whole, fit its checksum and end with a tag; the rows of sheet i (from 0) must be
 * row_bytes[i] bytes long (NULL: of any length). ERR_REPORT_WRITE with the part's name. */
enum err readback_check(const char *path, const uint64_t *row_bytes, size_t sheets, struct error *e);

#endif
