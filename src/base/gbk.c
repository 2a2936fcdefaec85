#include "base/gbk.h"

#include <errno.h>
#include <iconv.h>

static bool decode(const char *charset, const char *data, size_t length, struct bytes *out)
{
	char block[8192], *from = (char *)data;
	iconv_t cd = iconv_open("UTF-8", charset);
	bool good = cd != (iconv_t)-1;
	while (length > 0 && good) {
		char *to = block;
		size_t room = sizeof block, n = iconv(cd, &from, &length, &to, &room);
		good = (n != (size_t)-1 || errno == E2BIG) && bytes_add(out, block, sizeof block - room) == OK;
	}
	if (cd != (iconv_t)-1)
		iconv_close(cd);
	return good;
}

bool gbk_decode(const char *data, size_t length, struct bytes *out)
{
	return decode("GB18030", data, length, out);
}

bool utf16_decode(const char *data, size_t length, struct bytes *out)
{
	return decode("UTF-16", data, length, out);
}
