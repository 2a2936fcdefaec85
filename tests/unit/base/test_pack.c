/* The archive of a backup: what goes in comes out, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/pack.h"

static char root[64];
static int count;

static int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/certdesk-pack-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[100];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command);
}

static const char *below(const char *name)
{
	static char paths[8][400];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof paths[0], "%s/%s", root, name);
	return path;
}

/* An empty directory of its own for each unpacking. */
static const char *fresh(void)
{
	char name[16];
	snprintf(name, sizeof name, "out-%d", ++count);
	const char *path = below(name);
	assert_int_equal(mkdir(path, 0700), 0);
	return path;
}

static void is_there(const char *dir, const char *name, const void *data, size_t length)
{
	struct bytes have = {0};
	struct stat st;
	char *path = path_join(dir, name);
	assert_int_equal(file_read(path, 1 << 22, &have, NULL), OK);
	assert_int_equal(have.length, length);
	if (length)
		assert_memory_equal(have.data, data, length);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	bytes_free(&have);
	free(path);
}

static void test_what_goes_in_comes_out(void **state)
{
	char long_name[240], big[200000];
	struct pack *p = NULL;
	(void)state;
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (char)(i * 7 + (i >> 8));
	snprintf(long_name, sizeof long_name, "files/%0110d/%064d", 7, 9); /* longer than a tar name: cut at a slash */
	assert_int_equal(pack_create(below("a.pack"), &p, NULL), OK);
	assert_int_equal(pack_add(p, "empty", "", 0, NULL), OK);
	assert_int_equal(pack_add(p, "block", big, 512, NULL), OK);
	assert_int_equal(pack_add(p, long_name, big, sizeof big, NULL), OK);
	assert_int_equal(pack_add(p, "报表/日报.xlsx", "x", 1, NULL), OK);
	assert_int_equal(pack_add_dir(p, "nothing", below("nowhere"), NULL), OK);
	assert_int_equal(pack_add_file(p, "gone", below("gone"), NULL), OK); /* it was there a moment ago */
	assert_int_equal(access(below("a.pack"), F_OK), -1);              /* not under its name before it is whole */
	assert_int_equal(pack_finish(&p, NULL), OK);
	assert_null(p);
	assert_int_equal(access(below("a.pack.part"), F_OK), -1);
	const char *out = fresh();
	assert_int_equal(pack_unpack(below("a.pack"), out, NULL), OK);
	is_there(out, "empty", "", 0);
	is_there(out, "block", big, 512);
	is_there(out, long_name, big, sizeof big);
	is_there(out, "报表/日报.xlsx", "x", 1);
	/* a directory packs as it lies */
	assert_int_equal(pack_create(below("b.pack"), &p, NULL), OK);
	assert_int_equal(pack_add_dir(p, "again", out, NULL), OK);
	assert_int_equal(pack_finish(&p, NULL), OK);
	const char *second = fresh();
	assert_int_equal(pack_unpack(below("b.pack"), second, NULL), OK);
	is_there(second, "again/block", big, 512);
}

static void test_never_over_another_and_nothing_left(void **state)
{
	struct pack *p = NULL;
	(void)state;
	assert_int_equal(file_write(below("there"), 0600, "x", 1, NULL), OK);
	assert_int_equal(pack_create(below("there"), &p, NULL), ERR_FILE_PATH);
	assert_int_equal(pack_create(below("no/such/place"), &p, NULL), ERR_FILE_PATH);
	assert_int_equal(pack_create(below("given-up"), &p, NULL), OK);
	assert_int_equal(pack_add(p, "a", "b", 1, NULL), OK);
	pack_abandon(&p);
	assert_int_equal(access(below("given-up"), F_OK), -1);
	assert_int_equal(access(below("given-up.part"), F_OK), -1);
	/* it came while the pack was made */
	assert_int_equal(pack_create(below("late"), &p, NULL), OK);
	assert_int_equal(file_write(below("late"), 0600, "mine", 4, NULL), OK);
	assert_int_equal(pack_finish(&p, NULL), ERR_FILE_PATH);
	is_there(root, "late", "mine", 4);
	assert_int_equal(access(below("late.part"), F_OK), -1);
	is_there(root, "there", "x", 1);
}

/* Every byte of it counts, also those that tar doesn't look at. */
/* A backup by hand meets the one of the night. */
static void test_two_at_once_do_not_mix(void **state)
{
	struct pack *first = NULL, *second = NULL;
	char *path = strdup(below("both.pack"));
	const char *out = fresh();
	(void)state;
	assert_int_equal(pack_create(path, &first, NULL), OK);
	assert_int_equal(pack_add(first, "a", "the first", 9, NULL), OK);
	assert_int_equal(pack_create(path, &second, NULL), ERR_FILE_PATH);
	assert_int_equal(pack_finish(&first, NULL), OK);
	assert_int_equal(pack_unpack(path, out, NULL), OK);
	is_there(out, "a", "the first", 9);
	struct bytes whole = {0};
	assert_int_equal(file_read(path, 1 << 20, &whole, NULL), OK);
	assert_int_equal(unlink(path), 0);
	char *part = strdup(below("both.pack.part"));
	assert_int_equal(file_write(part, 0600, "another's file of this name", 27, NULL), OK);
	assert_int_equal(pack_create(path, &first, NULL), ERR_FILE_PATH);
	is_there(root, "both.pack.part", "another's file of this name", 27);
	assert_int_equal(file_write(part, 0600, whole.data, whole.length - 1, NULL), OK); /* of a run that was cut */
	bytes_free(&whole);
	assert_int_equal(pack_create(path, &first, NULL), OK);
	assert_int_equal(pack_add(first, "a", "again", 5, NULL), OK);
	assert_int_equal(pack_finish(&first, NULL), OK);
	out = fresh();
	assert_int_equal(pack_unpack(path, out, NULL), OK);
	is_there(out, "a", "again", 5);
	free(part);
	free(path);
}

static void test_any_changed_byte_is_found(void **state)
{
	struct pack *p = NULL;
	struct bytes good = {0};
	(void)state;
	assert_int_equal(pack_create(below("small"), &p, NULL), OK);
	assert_int_equal(pack_add(p, "a", "hello", 5, NULL), OK);
	assert_int_equal(pack_finish(&p, NULL), OK);
	assert_int_equal(file_read(below("small"), 1 << 20, &good, NULL), OK);
	assert_int_equal(good.length % 512, 0);
	for (size_t i = 0; i < good.length; i += i % 512 < 160 || i % 512 > 500 ? 1 : 13) {
		good.data[i] ^= 4;
		assert_int_equal(file_write(below("bad"), 0600, good.data, good.length, NULL), OK);
		enum err r = pack_unpack(below("bad"), fresh(), NULL);
		if (r != ERR_PACK_BROKEN)
			fail_msg("byte %zu of %zu: %s", i, good.length, r ? error_name(r) : "OK");
		good.data[i] ^= 4;
	}
	for (size_t n = 0; n < good.length; n += 97) {
		assert_int_equal(file_write(below("bad"), 0600, good.data, n, NULL), OK);
		assert_int_equal(pack_unpack(below("bad"), fresh(), NULL), ERR_PACK_BROKEN);
	}
	bytes_free(&good);
}

static void test_names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = {"../a", "a/../b", "/a", "a//b", "./a", "a/.", "", "a/", "a\033[2J", "1/2/3/4/5/6/7/8/9/10/11"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pack *p = NULL;
		char name[16];
		snprintf(name, sizeof name, "names-%zu", i);
		assert_int_equal(pack_create(below(name), &p, NULL), OK);
		assert_int_equal(pack_add(p, names[i], "x", 1, NULL), OK);
		assert_int_equal(pack_finish(&p, NULL), OK);
		assert_int_equal(pack_unpack(below(name), fresh(), NULL), ERR_PACK_BROKEN);
	}
	struct pack *p = NULL;
	assert_int_equal(pack_create(below("twice"), &p, NULL), OK);
	assert_int_equal(pack_add(p, "a", "x", 1, NULL), OK);
	assert_int_equal(pack_add(p, "a", "y", 1, NULL), OK);
	assert_int_equal(pack_finish(&p, NULL), OK);
	assert_int_equal(pack_unpack(below("twice"), fresh(), NULL), ERR_PACK_BROKEN);
	assert_int_equal(pack_unpack(below("nowhere"), fresh(), NULL), ERR_FILE_READ);
	assert_int_equal(pack_unpack(root, fresh(), NULL), ERR_FILE_READ); /* a directory */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out),
		cmocka_unit_test(test_never_over_another_and_nothing_left),
		cmocka_unit_test(test_two_at_once_do_not_mix),
		cmocka_unit_test(test_any_changed_byte_is_found),
		cmocka_unit_test(test_names_that_lead_elsewhere_are_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
