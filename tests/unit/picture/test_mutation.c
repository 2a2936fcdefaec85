/* Pictures damaged at random (by a fixed seed): each is taken or refused by a
 * picture's error. Decoded in this process, so that a crash is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../lib/pictures.h"
#include "picture/decode.h"

#define MUTATIONS 300

static const struct origin {
	const char *name;
	void (*make)(struct bytes *out, const struct make *m);
	struct make how;
} origins[] = {
	{"jpeg", make_jpeg, {.width = 70, .height = 50, .noise = 40, .orientation = 6}},
	{"progressive", make_jpeg, {.width = 70, .height = 50, .noise = 40, .progressive = true}},
	{"cmyk", make_jpeg, {.width = 70, .height = 50, .color = MAKE_CMYK}},
	{"png", make_png, {.width = 70, .height = 50, .noise = 40}},
	{"palette", make_png, {.width = 70, .height = 50, .color = MAKE_PALETTE, .progressive = true}},
	{"deep", make_png, {.width = 70, .height = 50, .color = MAKE_GREY_ALPHA, .deep = true}},
	{"gif", make_gif, {.width = 70, .height = 50, .color = MAKE_PALETTE}},
	{"interlaced", make_gif, {.width = 70, .height = 50, .color = MAKE_RGBA, .progressive = true}},
};

static bool is_allowed(enum err err)
{
	return err == OK || err == ERR_MEMORY || (err >= ERR_PICTURE_EMPTY && err <= ERR_PICTURE_FIT);
}

static void try_one(const struct origin *o, const struct bytes *b, int number)
{
	struct decode d = {.data = b->data, .length = b->length, .max_width = 64, .max_height = 64, .keep = true};
	struct error e = {0};
	enum err err = decode_picture(&d, &e);
	if (!is_allowed(err) || (err == OK && (!d.picture.pixels || d.picture.width > 64 || d.picture.height > 64)))
		fail_msg("%s, mutation %d: %s", o->name, number, error_name(err));
	picture_free(&d.picture);
}

static void test_damaged_pictures_never_crash(void **state)
{
	uint32_t seed = 20260101;
	(void)state;
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
		struct bytes whole = {0};
		origins[i].make(&whole, &origins[i].how);
		for (int n = 0; n < MUTATIONS; n++) {
			struct bytes b = {0};
			assert_int_equal(bytes_add(&b, whole.data, whole.length), OK);
			make_mutation(&b, &seed);
			if (origins[i].make == make_png && n % 2)
				make_png_checksums(b.data, b.length);
			try_one(&origins[i], &b, n);
			bytes_free(&b);
		}
		bytes_free(&whole);
	}
}

static void test_damaged_pictures_in_the_child(void **state)
{
	uint32_t seed = 99;
	(void)state;
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
		for (int n = 0; n < 15; n++) {
			struct bytes b = {0}, out = {0};
			struct picture_info info = {0};
			struct error e = {0};
			origins[i].make(&b, &origins[i].how);
			make_mutation(&b, &seed);
			enum err err = picture_fit(b.data, b.length, PICTURE_LIMIT, &out, &info, &e);
			assert_true(is_allowed(err));
			assert_true((err == OK) == (out.length > 0));
			bytes_free(&b);
			bytes_free(&out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_pictures_never_crash),
		cmocka_unit_test(test_damaged_pictures_in_the_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
