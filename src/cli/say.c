/* What commands take and say, whichever they are. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"

enum { DATA_LIMIT = 4 << 20 };

/* Read as it stands: over SSH it may be a socket, which can't be opened again as /dev/stdin. */
static enum err read_standard_input(struct bytes *out, struct error *e)
{
	char block[16384];
	size_t n;
	enum err r = OK;
	while (!r && (n = fread(block, 1, sizeof block, stdin)) > 0)
		r = out->length + n > DATA_LIMIT ? error_set(e, ERR_FILE_TOO_BIG, "%s", tr("标准输入", "standard input"))
		                                 : bytes_add(out, block, n);
	return r ? r : ferror(stdin) ? error_set(e, ERR_FILE_READ, "%s", tr("标准输入", "standard input")) : OK;
}

enum err cli_data(const struct cli *c, const char *option, json_t **out, struct error *e)
{
	const char *path = args_text(&c->args, option);
	struct bytes text = {0};
	*out = NULL;
	if (!path)
		return OK;
	enum err r = strcmp(path, "-") == 0 ? read_standard_input(&text, e) : file_read(path, DATA_LIMIT, &text, e);
	if (!r)
		r = json_parse((char *)text.data, text.length, out, e);
	if (!r && !json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
		r = error_set(e, ERR_JSON, "%s", tr("应为一个对象 {…}", "an object {…} is needed"));
	}
	bytes_free(&text);
	return r;
}

enum err cli_say(struct cli *c, const char *name, const char *value, const char *key, json_t *more)
{
	c->result = json_pack("{so so}", name, json_printable(value), key, more);
	return c->result ? OK : ERR_MEMORY;
}

void cli_progress(const struct cli *c, const char *title, int64_t done, int64_t of)
{
	static int64_t started;
	if (args_flag(&c->args, "--json") || !isatty(STDERR_FILENO))
		return;
	int64_t now = clock_monotonic_ms();
	if (!started)
		started = now;
	fprintf(stderr, "\r\033[K%s", title);
	if (of > 0)
		fprintf(stderr, " %lld/%lld", (long long)done, (long long)of);
	else if (done > 0)
		fprintf(stderr, " %lld", (long long)done);
	fprintf(stderr, tr("（%lld 秒）", " (%lld s)"), (long long)((now - started) / 1000));
	if (of > 0 && done >= of)
		fputc('\n', stderr);
	fflush(stderr);
}
