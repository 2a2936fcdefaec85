#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/files_driver.h"

char *file_path(const char *root, struct file_name n, const char *behind)
{
	char *out = NULL;
	return asprintf(&out, "%s/%s/%.2s/%s%s", root, n.site, n.digest + 7, n.digest + 7, behind) > 0 ? out : NULL;
}

enum err hub_file_room(const char *path, struct error *e)
{
	char *at = strdup(path);
	enum err r = at ? OK : error_set(e, ERR_MEMORY, "file");
	for (int level = 0; !r && level < 3; level++) { /* FILES/SITE/ab, whose name is in FILES/SITE, whose name is in FILES */
		*strrchr(at, '/') = '\0';
		if (level == 0) {
			r = dir_make(at, e);
			continue;
		}
		int fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || fsync(fd) != 0)
			r = error_set(e, ERR_FILE_WRITE, "%s", at);
		if (fd >= 0)
			close(fd);
	}
	free(at);
	return r;
}
