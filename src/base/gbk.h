/* Text from programs that still write GBK, or UTF-16. */
#ifndef CERTDESK_BASE_GBK_H
#define CERTDESK_BASE_GBK_H

#include <stdbool.h>

#include "base/bytes.h"

/* GBK (as GB18030, which holds it) to UTF-8, added to `out`. False where it is neither text nor memory is left. */
bool gbk_decode(const char *data, size_t length, struct bytes *out);
/* UTF-16, its byte order by its mark. */
bool utf16_decode(const char *data, size_t length, struct bytes *out);

#endif
