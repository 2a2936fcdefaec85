#include "gateway.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/file.h"

static void append(const char *path, const void *data, size_t length)
{
	FILE *f = fopen(path, "a");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, length, f), length);
	fclose(f);
}

void gateway_start(struct gateway *g, const char *dir, const char *site_dir)
{
	int in[2], out[2];
	char line[64], path[300];
	struct bytes yaml = {0};
	snprintf(g->dir, sizeof g->dir, "%s", dir);
	mkdir(dir, 0700);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	if ((g->pid = fork()) == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execlp("python3", "python3", "tests/lib/alipay.py", dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	g->in = in[1];
	FILE *said = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof line, said)); /* it listens */
	fclose(said);
	snprintf(path, sizeof path, "%s/yaml", dir);
	assert_int_equal(file_read(path, 1 << 16, &yaml, NULL), OK);
	snprintf(path, sizeof path, "%s/certdesk.yaml", site_dir);
	append(path, yaml.data, yaml.length);
	bytes_free(&yaml);
}

void gateway_end(struct gateway *g)
{
	close(g->in);
	kill(g->pid, SIGTERM);
	waitpid(g->pid, NULL, 0);
}

void gateway_scan(const struct gateway *g, const char *code)
{
	static int customer;
	char path[300];
	snprintf(path, sizeof path, "%s/scan/%d", g->dir, ++customer);
	assert_int_equal(file_write(path, 0600, code, strlen(code), NULL), OK);
}

void gateway_faults(const struct gateway *g, const char *words)
{
	char path[300];
	snprintf(path, sizeof path, "%s/faults", g->dir);
	assert_int_equal(file_write(path, 0600, words, strlen(words), NULL), OK);
}

int gateway_asked(const struct gateway *g, const char *begins)
{
	char path[300], line[300];
	int n = 0;
	snprintf(path, sizeof path, "%s/log", g->dir);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		n += strncmp(line, begins, strlen(begins)) == 0;
	if (f)
		fclose(f);
	return n;
}
