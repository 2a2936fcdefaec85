#include "json_file.h"

#include "base/file.h"

enum { FILE_LIMIT = 4 << 20 };

enum err json_read_file(const char *path, json_t **out, struct error *e)
{
	struct bytes b = {0};
	*out = NULL;
	enum err r = file_read(path, FILE_LIMIT, &b, e);
	if (!r)
		r = json_parse((char *)b.data, b.length, out, e);
	bytes_free(&b);
	return r;
}
