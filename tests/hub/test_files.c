/* The two places of the sites' files, by the same table: a directory, and (CERTDESK_TEST_S3: the directory of a hub whose hub.yaml names
 * an S3 store, CERTDESK_TEST_S3_MODE: what the store goes by; t_s3.sh sets them) objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/file.h"
#include "hub/files.h"
#include "hub/options.h"

enum { SIZE = 200001 };
static const char *site = "110114-09";

struct place {
	char root[64];
	struct hub_options options;
	struct hub_files *files;
	uint8_t *content;
	char digest[DIGEST_TEXT_SIZE];
	struct error e;
};

static const char *mode_file(void)
{
	return getenv("CERTDESK_TEST_S3_MODE");
}

static struct file_name name_of(const struct place *p)
{
	return (struct file_name){site, p->digest};
}

static int make(void **state)
{
	struct place *p = *state = calloc(1, sizeof *p);
	const char *hub = getenv("CERTDESK_TEST_S3");
	char path[100];
	strcpy(p->root, "/tmp/certdesk-files-XXXXXX");
	if (!mkdtemp(p->root) || !(p->content = malloc(SIZE)))
		return -1;
	random_bytes(p->content, SIZE);
	digest_text(p->content, SIZE, p->digest);
	if (!hub) {
		snprintf(path, sizeof path, "%s/hub.yaml", p->root);
		assert_int_equal(OK, file_write(path, 0600, "url: https://localhost\n", 23, &p->e));
	}
	assert_int_equal(OK, hub_options_load(hub ? hub : p->root, &p->options, &p->e));
	assert_int_equal(hub != NULL, hub_files_remote(&p->options));
	enum err r = hub_files_open(&p->options, &p->files, &p->e);
	if (r)
		print_message("# %s\n", p->e.detail);
	return r;
}

static int end(void **state)
{
	struct place *p = *state;
	char command[100];
	hub_files_close(&p->files);
	hub_options_free(&p->options);
	snprintf(command, sizeof command, "rm -rf '%s'", p->root);
	free(p->content);
	free(p);
	return system(command);
}

/* The part as an upload leaves it. */
static int write_part(struct place *p, size_t length)
{
	char *part = hub_file_part(p->files, name_of(p));
	assert_non_null(part);
	char *slash = strrchr(part, '/');
	*slash = '\0';
	assert_int_equal(OK, dir_make(part, &p->e));
	*slash = '/';
	int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(length, write(fd, p->content, length));
	free(part);
	return fd;
}

static void put(struct place *p)
{
	int fd = write_part(p, SIZE);
	enum err r = hub_file_put(p->files, name_of(p), fd, SIZE, &p->e);
	if (r)
		print_message("# %s\n", p->e.detail);
	assert_int_equal(OK, r);
	close(fd);
	hub_file_settled(p->files, name_of(p));
}

struct got {
	struct bytes all;
	size_t largest;
	enum err stop;
};

static enum err take(void *arg, const void *data, size_t n, struct error *e)
{
	struct got *g = arg;
	if (g->stop)
		return error_set(e, g->stop, "stop");
	g->largest = n > g->largest ? n : g->largest;
	return bytes_add(&g->all, data, n);
}

static void gives(struct place *p, int64_t from, int64_t length)
{
	struct got g = {0};
	enum err r = hub_file_get(p->files, name_of(p), (struct file_range){from, length, SIZE}, take, &g, &p->e);
	if (r)
		print_message("# %s\n", p->e.detail);
	assert_int_equal(OK, r);
	assert_int_equal(length, g.all.length);
	assert_memory_equal(g.all.data, p->content + from, (size_t)length);
	assert_true(g.largest <= 128 << 10);
	bytes_free(&g.all);
}

static void put_and_get_back_in_ranges(void **state)
{
	struct place *p = *state;
	int64_t size = 0;
	bool has = true;
	assert_int_equal(OK, hub_file_has(p->files, name_of(p), &has, &p->e));
	assert_false(has);
	put(p);
	put(p); /* the same again is the same */
	assert_int_equal(OK, hub_file_size(p->files, name_of(p), &size, &p->e));
	assert_int_equal(SIZE, size);
	gives(p, 0, SIZE);
	gives(p, 0, 1);
	gives(p, SIZE - 1, 1);
	gives(p, 1000, 150000);
	char *part = hub_file_part(p->files, name_of(p));
	assert_int_not_equal(0, access(part, F_OK)); /* nothing of it stays */
	free(part);
}

static void removed_is_gone(void **state)
{
	struct place *p = *state;
	struct got g = {0};
	bool has = true;
	put(p);
	assert_int_equal(OK, hub_file_remove(p->files, name_of(p), &p->e));
	assert_int_equal(OK, hub_file_remove(p->files, name_of(p), &p->e));
	assert_int_equal(OK, hub_file_has(p->files, name_of(p), &has, &p->e));
	assert_false(has);
	assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, name_of(p), (struct file_range){0, SIZE, SIZE}, take, &g, &p->e));
	assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, name_of(p), (struct file_range){5, 5, SIZE}, take, &g, &p->e));
	assert_int_equal(0, g.all.length);
}

static void nothing_is_named_by_a_path(void **state)
{
	struct place *p = *state;
	static const char *const bad[] = {"", "sha256:", "../../../etc/passwd", "sha256:ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789"};
	struct got g = {0};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct file_name n = {site, bad[i]};
		assert_null(hub_file_part(p->files, n));
		assert_null(hub_file_local(p->files, n));
		assert_int_equal(ERR_HUB_FILE_GONE, hub_file_put(p->files, n, 0, 0, &p->e));
		assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, n, (struct file_range){0, 1, 1}, take, &g, &p->e));
	}
	struct file_name climbing = {"../x", p->digest};
	assert_null(hub_file_part(p->files, climbing));
	assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, climbing, (struct file_range){0, 1, 1}, take, &g, &p->e));
	put(p);
	assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, name_of(p), (struct file_range){SIZE - 1, 2, SIZE}, take, &g, &p->e));
}

static void the_reader_may_stop(void **state)
{
	struct place *p = *state;
	struct got g = {.stop = ERR_FILE_TOO_BIG};
	put(p);
	assert_int_equal(ERR_FILE_TOO_BIG, hub_file_get(p->files, name_of(p), (struct file_range){0, SIZE, SIZE}, take, &g, &p->e));
}

static void an_empty_file_is_a_file(void **state)
{
	struct place *p = *state;
	struct got g = {0};
	int64_t size = -1;
	digest_text("", 0, p->digest);
	int fd = write_part(p, 0);
	assert_int_equal(OK, hub_file_put(p->files, name_of(p), fd, 0, &p->e));
	close(fd);
	hub_file_settled(p->files, name_of(p));
	assert_int_equal(OK, hub_file_size(p->files, name_of(p), &size, &p->e));
	assert_int_equal(0, size);
	assert_int_equal(OK, hub_file_get(p->files, name_of(p), (struct file_range){0, 0, 0}, take, &g, &p->e));
	assert_int_equal(0, g.all.length);
	assert_int_equal(OK, hub_file_remove(p->files, name_of(p), &p->e));
}

/* A file of the right length whose bytes are others: never given whole. */
static void other_bytes_are_not_given_whole(void **state)
{
	struct place *p = *state;
	struct got g = {0};
	char *path;
	put(p);
	if (mode_file()) {
		assert_int_equal(OK, file_write(mode_file(), 0600, "wrong\n", 6, &p->e));
		assert_int_equal(ERR_HUB_FILE_WRONG, hub_file_get(p->files, name_of(p), (struct file_range){0, SIZE, SIZE}, take, &g, &p->e));
		assert_true(g.all.length < SIZE);
		assert_int_equal(OK, file_write(mode_file(), 0600, "pass\n", 5, &p->e));
		bytes_free(&g.all);
		assert_null(hub_file_local(p->files, name_of(p)));
		return;
	}
	assert_non_null(path = hub_file_local(p->files, name_of(p)));
	p->content[7] ^= 1;
	assert_int_equal(OK, file_write(path, 0600, p->content, SIZE, &p->e));
	assert_int_equal(ERR_HUB_FILE_WRONG, hub_file_get(p->files, name_of(p), (struct file_range){0, SIZE, SIZE}, take, &g, &p->e));
	assert_true(g.all.length < SIZE);
	assert_int_equal(OK, file_write(path, 0600, p->content, SIZE - 1, &p->e));
	assert_int_equal(ERR_HUB_FILE_GONE, hub_file_get(p->files, name_of(p), (struct file_range){0, SIZE, SIZE}, take, &g, &p->e));
	bytes_free(&g.all);
	free(path);
}

static void ranges_are_read_as_http_means_them(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		int64_t size, from, length; /* length -1: 416 */
		bool part;
	} rows[] = {
		{"", 10, 0, 10, false}, {"bytes=0-", 10, 0, 10, true}, {"bytes=3-", 10, 3, 7, true}, {"bytes=3-5", 10, 3, 3, true},
		{"bytes=3-99", 10, 3, 7, true}, {"bytes=9-9", 10, 9, 1, true}, {"bytes=-4", 10, 6, 4, true}, {"bytes=-99", 10, 0, 10, true},
		{"bytes=10-", 10, -1, -1, false}, {"bytes=-0", 10, -1, -1, false}, {"bytes=0-", 0, -1, -1, false}, {"bytes=-5", 0, -1, -1, false},
		{"bytes=5-3", 10, 0, 10, false}, {"bytes=-", 10, 0, 10, false}, {"bytes=0-1,4-5", 10, 0, 10, false}, {"items=0-1", 10, 0, 10, false},
		{"bytes=x-1", 10, 0, 10, false}, {"bytes=1", 10, 0, 10, false}, {"bytes=1-2x", 10, 0, 10, false},
		{"bytes=99999999999999999999-", 10, 0, 10, false}, {"bytes= 1-2", 10, 0, 10, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct file_range range;
		bool part, good = hub_file_range(rows[i].header, rows[i].size, &range, &part);
		if (good != (rows[i].length >= 0) || part != rows[i].part || (good && (range.from != rows[i].from || range.length != rows[i].length)))
			fail_msg("%s of %lld: %d %lld+%lld", rows[i].header, (long long)rows[i].size, good, (long long)range.from, (long long)range.length);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make, end)
	const struct CMUnitTest tests[] = {
		CASE(put_and_get_back_in_ranges),
		CASE(removed_is_gone),
		CASE(nothing_is_named_by_a_path),
		CASE(the_reader_may_stop),
		CASE(an_empty_file_is_a_file),
		CASE(other_bytes_are_not_given_whole),
		cmocka_unit_test(ranges_are_read_as_http_means_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
