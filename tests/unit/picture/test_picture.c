#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/pictures.h"
#include "picture/picture.h"

static enum err probe(const struct bytes *b, struct picture_info *info)
{
	struct error e = {0};
	enum err err = picture_probe(b->data, b->length, info, &e);
	assert_int_equal(err, e.code);
	return err;
}

static void assert_refused(const struct bytes *b, enum err expected)
{
	struct error e = {0};
	struct picture p = {0};
	enum err err = probe(b, NULL);
	if (err != expected)
		fail_msg("expected %s, got %s", error_name(expected), error_name(err));
	assert_int_equal(picture_decode(b->data, b->length, 50, 50, &p, &e), expected);
	assert_null(p.pixels);
	assert_int_equal(error_exit(expected), EXIT_REFUSED);
}

static void assert_color(const struct picture *p, int x, int y, const uint8_t *rgb)
{
	const uint8_t *at = p->pixels + ((size_t)y * (size_t)p->width + (size_t)x) * 3;
	for (int c = 0; c < 3; c++)
		if (abs(at[c] - rgb[c]) > 12)
			fail_msg("at %d,%d: %d %d %d, not %d %d %d", x, y, at[0], at[1], at[2], rgb[0], rgb[1], rgb[2]);
}

static void assert_quarters(const struct picture *p, const uint8_t *const colors[4])
{
	for (int q = 0; q < 4; q++)
		assert_color(p, p->width * (q % 2 ? 3 : 1) / 4, p->height * (q / 2 ? 3 : 1) / 4, colors[q]);
}

/* Takes it, whole and as a thumbnail, and looks at the four quarters. */
static void assert_taken(const struct bytes *b, enum picture_kind kind, int width, int height,
			 const uint8_t *const colors[4])
{
	struct picture_info info = {0};
	struct picture p = {0};
	struct error e = {0};
	assert_int_equal(probe(b, &info), OK);
	assert_int_equal(info.kind, kind);
	assert_int_equal(info.width, width);
	assert_int_equal(info.height, height);
	assert_int_equal(picture_decode(b->data, b->length, 0, 0, &p, &e), OK);
	assert_int_equal(p.width, width);
	assert_int_equal(p.height, height);
	assert_quarters(&p, colors);
	picture_free(&p);
	assert_int_equal(picture_decode(b->data, b->length, 31, 37, &p, &e), OK);
	assert_true(p.width <= 31 && p.height <= 37 && (p.width == 31 || p.height == 37));
	assert_quarters(&p, colors);
	picture_free(&p);
}

static const uint8_t white[3] = {255, 255, 255}, black[3] = {0, 0, 0};

static uint8_t greys[4][3];
static const uint8_t *expected[8][4];

/* What each colour kind looks like, quarter by quarter. */
static int set_up(void **state)
{
	(void)state;
	for (int q = 0; q < 4; q++) {
		const uint8_t *rgb = make_quarter(q);
		memset(greys[q], (rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000, 3);
		for (int color = 0; color < 8; color++)
			expected[color][q] = rgb;
		expected[MAKE_GREY][q] = greys[q];
		expected[MAKE_GREY_ALPHA][q] = q % 2 ? white : greys[q];
		expected[MAKE_RGBA][q] = q % 2 ? white : rgb;
		expected[MAKE_BILEVEL][q] = q < 2 ? white : black;
	}
	return 0;
}

static void test_jpeg_of_every_kind_is_taken(void **state)
{
	(void)state;
	for (int color = MAKE_RGB; color <= MAKE_YCCK; color++)
		for (int progressive = 0; progressive < 2; progressive++) {
			struct bytes b = {0};
			make_jpeg(&b, &(struct make){
					      .width = 96, .height = 64, .color = color, .progressive = progressive});
			assert_taken(&b, PICTURE_JPEG, 96, 64, expected[color]);
			bytes_free(&b);
		}
}

static void test_png_of_every_kind_is_taken(void **state)
{
	static const enum make_color colors[] = {MAKE_RGB,	  MAKE_GREY,	   MAKE_PALETTE, MAKE_RGBA,
						 MAKE_GREY_ALPHA, MAKE_BILEVEL};
	(void)state;
	for (size_t i = 0; i < sizeof colors / sizeof *colors; i++)
		for (int way = 0; way < 4; way++) {
			struct bytes b = {0};
			struct make m = {.width = 90, .height = 61, .color = colors[i], .progressive = way & 1};
			m.deep = way & 2 && colors[i] != MAKE_PALETTE && colors[i] != MAKE_BILEVEL;
			make_png(&b, &m);
			assert_taken(&b, PICTURE_PNG, 90, 61, expected[colors[i]]);
			bytes_free(&b);
		}
}

static void test_gif_is_taken(void **state)
{
	const uint8_t *holed[4] = {make_quarter(0), make_quarter(1), make_quarter(2), white};
	(void)state;
	for (int interlaced = 0; interlaced < 2; interlaced++) {
		struct bytes b = {0};
		struct make m = {.width = 77, .height = 53, .color = MAKE_PALETTE, .progressive = interlaced};
		make_gif(&b, &m);
		assert_taken(&b, PICTURE_GIF, 77, 53, expected[MAKE_PALETTE]);
		bytes_free(&b);
		m.color = MAKE_RGBA;
		make_gif(&b, &m);
		assert_taken(&b, PICTURE_GIF, 77, 53, holed);
		bytes_free(&b);
	}
}

static void test_orientation_is_applied(void **state)
{
	/* which stored quarter is seen in each quarter */
	static const int seen[9][4] = {{0, 1, 2, 3}, {0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1},
				       {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}};
	(void)state;
	for (int o = 1; o <= 9; o++) {
		const uint8_t *colors[4];
		struct bytes b = {0};
		bool turned = o >= 5 && o <= 8;
		for (int q = 0; q < 4; q++)
			colors[q] = make_quarter(seen[o == 9 ? 0 : o][q]);
		make_jpeg(&b, &(struct make){.width = 160, .height = 96, .orientation = o});
		assert_taken(&b, PICTURE_JPEG, turned ? 96 : 160, turned ? 160 : 96, colors);
		bytes_free(&b);
	}
}

static void test_the_content_tells_the_kind(void **state)
{
	(void)state;
	assert_int_equal(picture_sniff("GIF89a", 6), PICTURE_GIF);
	assert_int_equal(picture_sniff("GIF", 3), PICTURE_NONE);
	assert_int_equal(picture_sniff("\x89PNG\r\n\x1A\n", 8), PICTURE_PNG);
	assert_int_equal(picture_sniff("\xFF\xD8\xFF\xE0", 4), PICTURE_JPEG);
	assert_int_equal(picture_sniff("", 0), PICTURE_NONE);
	assert_int_equal(picture_sniff(NULL, 0), PICTURE_NONE);
	assert_string_equal(picture_mime(PICTURE_JPEG), "image/jpeg");
	assert_string_equal(picture_extension(PICTURE_NONE), "bin");
}

static void test_what_is_no_picture_is_refused(void **state)
{
	static const char *const texts[] = {"<!doctype html><title>no</title>", "%PDF-1.7", "BM", "\n\xFF\xD8\xFF"};
	struct bytes b = {0};
	(void)state;
	assert_refused(&b, ERR_PICTURE_EMPTY);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		bytes_text(&b, texts[i]);
		assert_refused(&b, ERR_PICTURE_KIND);
		bytes_free(&b);
	}
}

static void make_three(struct bytes b[3])
{
	make_jpeg(&b[0], &(struct make){.width = 80, .height = 60, .noise = 30});
	make_png(&b[1], &(struct make){.width = 80, .height = 60, .noise = 30});
	make_gif(&b[2], &(struct make){.width = 80, .height = 60, .color = MAKE_PALETTE});
}

static void test_a_cut_at_any_place_is_refused(void **state)
{
	struct bytes b[3] = {0};
	(void)state;
	make_three(b);
	for (int kind = 0; kind < 3; kind++) {
		size_t whole = b[kind].length;
		for (int part = 1; part < 20; part++) {
			b[kind].length = whole * (size_t)part / 20;
			assert_int_equal(picture_probe(b[kind].data, b[kind].length, NULL, NULL), ERR_PICTURE_CUT);
		}
		for (size_t missing = 1; missing <= 2; missing++) {
			b[kind].length = whole - missing;
			assert_int_not_equal(picture_probe(b[kind].data, b[kind].length, NULL, NULL), OK);
		}
		bytes_free(&b[kind]);
	}
}

static void test_damage_is_refused(void **state)
{
	struct bytes b[3] = {0};
	(void)state;
	make_three(b);
	b[1].data[b[1].length / 2] ^= 4; /* PNG: a wrong checksum */
	assert_refused(&b[1], ERR_PICTURE_BROKEN);
	memset(b[0].data + b[0].length / 2, 0xFF, 40); /* JPEG: markers inside the scan */
	b[0].data[b[0].length / 2 + 1] = 0xD9;
	assert_refused(&b[0], ERR_PICTURE_BROKEN);
	assert_int_equal(b[2].data[25], ',');
	b[2].data[35] = 13; /* GIF: codes longer than there can be */
	assert_refused(&b[2], ERR_PICTURE_BROKEN);
	for (int kind = 0; kind < 3; kind++)
		bytes_free(&b[kind]);
}

static void test_padding_before_the_end_of_a_jpeg(void **state)
{
	struct bytes b = {0}, padded = {0};
	(void)state;
	make_jpeg(&b, &(struct make){.width = 80, .height = 60, .noise = 30});
	bytes_add(&padded, b.data, b.length - 2);
	bytes_add(&padded, (const uint8_t[24]){0}, 24);
	bytes_add(&padded, "\xFF\xD9", 2);
	assert_int_equal(probe(&padded, NULL), OK);
	padded.data[padded.length - 3] = 7; /* no padding: data that no pixel used */
	assert_refused(&padded, ERR_PICTURE_BROKEN);
	bytes_free(&padded);
	bytes_free(&b);
}

static void test_what_follows_is_refused_but_zeros(void **state)
{
	struct bytes b[3] = {0}, alone = {0};
	struct error e = {0};
	struct picture_info info = {0};
	(void)state;
	make_three(b);
	for (int kind = 0; kind < 3; kind++) {
		bytes_add(&b[kind], "\0\0\0\0\0\0\0", 7);
		assert_int_equal(probe(&b[kind], NULL), OK);
		bytes_text(&b[kind], "PK\003\004");
		assert_refused(&b[kind], ERR_PICTURE_MORE);
		assert_int_equal(picture_fit(b[kind].data, b[kind].length, PICTURE_LIMIT, &alone, &info, &e), OK);
		assert_int_equal(info.kind, PICTURE_JPEG);
		assert_int_equal(info.width, 80);
		assert_int_equal(probe(&alone, NULL), OK);
		bytes_free(&b[kind]);
	}
	bytes_free(&alone);
}

static void test_animation_is_refused(void **state)
{
	struct bytes b = {0}, out = {0};
	(void)state;
	make_gif(&b, &(struct make){.width = 40, .height = 40, .color = MAKE_PALETTE, .frames = 3});
	assert_refused(&b, ERR_PICTURE_ANIMATED);
	assert_int_equal(picture_fit(b.data, b.length, PICTURE_LIMIT, &out, NULL, NULL), ERR_PICTURE_ANIMATED);
	bytes_free(&b);
	make_png(&b, &(struct make){.width = 40, .height = 40});
	/* an animation's control chunk after the header makes it one */
	struct bytes moving = {0};
	bytes_add(&moving, b.data, 33);
	bytes_add(&moving, "\0\0\0\x08" "acTL\0\0\0\x02\0\0\0\0\0\0\0\0", 20);
	bytes_add(&moving, b.data + 33, b.length - 33);
	make_png_checksums(moving.data, moving.length);
	assert_refused(&moving, ERR_PICTURE_ANIMATED);
	bytes_free(&moving);
	bytes_free(&b);
}

static void test_bombs_and_lying_sizes_are_refused(void **state)
{
	static const struct claim {
		unsigned width, height, rows;
		enum err expected;
	} claims[] = {
		{60000, 60000, 20, ERR_PICTURE_SIZE},
		{20001, 8, 8, ERR_PICTURE_SIZE},
		{16000, 16000, 9, ERR_PICTURE_SIZE},
		{0x7FFFFFFF / 1024, 0xFFFFFFFF, 1, ERR_PICTURE_SIZE},
		{64, 0, 1, ERR_PICTURE_SIZE},
		{8000, 9000, 20, ERR_PICTURE_BROKEN},
		{640, 4, 8, ERR_PICTURE_BROKEN},
	};
	struct bytes b = {0};
	(void)state;
	for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
		make_png_claiming(&b, claims[i].width, claims[i].height, claims[i].rows);
		assert_refused(&b, claims[i].expected);
		bytes_free(&b);
	}
	make_jpeg(&b, &(struct make){.width = 64, .height = 64});
	uint8_t *frame = memmem(b.data, b.length, "\xFF\xC0", 2);
	assert_non_null(frame);
	memcpy(frame + 5, "\xFF\xFF\xFF\xFF", 4);
	assert_refused(&b, ERR_PICTURE_SIZE);
	memcpy(frame + 5, "\x10\x00\x10\x00", 4);
	assert_int_not_equal(probe(&b, NULL), OK);
	bytes_free(&b);
	make_gif(&b, &(struct make){.width = 64, .height = 64, .color = MAKE_PALETTE});
	memcpy(b.data + 6, "\xFF\xFF\xFF\xFF", 4);
	assert_refused(&b, ERR_PICTURE_SIZE);
	memcpy(b.data + 6, "\x20\0\x20\0", 4); /* the frame is larger than the screen */
	assert_refused(&b, ERR_PICTURE_BROKEN);
	bytes_free(&b);
}

static void test_a_large_empty_png_stays_within_bounds(void **state)
{
	struct bytes b = {0};
	struct picture p = {0};
	struct error e = {0};
	(void)state;
	make_png_claiming(&b, 8000, 9000, 9000); /* 72 million pixels in 90 kB: allowed, and cheap to show */
	assert_int_equal(picture_decode(b.data, b.length, 100, 100, &p, &e), OK);
	assert_int_equal(p.height, 100);
	assert_int_equal(p.width, 89);
	picture_free(&p);
	bytes_free(&b);
}

static void test_fit_keeps_what_fits_and_shrinks_what_does_not(void **state)
{
	struct bytes b = {0}, out = {0};
	struct picture_info info = {0};
	struct error e = {0};
	(void)state;
	make_jpeg(&b, &(struct make){.width = 2000, .height = 1500, .noise = 60, .quality = 98, .orientation = 6});
	assert_int_equal(picture_fit(b.data, b.length, b.length, &out, &info, &e), OK);
	assert_int_equal(out.length, b.length);
	assert_memory_equal(out.data, b.data, b.length);
	assert_int_equal(picture_fit(b.data, b.length, 700000, &out, &info, &e), OK);
	assert_true(out.length <= 700000 && out.length > 500000);
	assert_int_equal(info.width, 1500); /* quality goes before size */
	assert_int_equal(info.height, 2000);
	size_t small = 250000;
	assert_int_equal(picture_fit(b.data, b.length, small, &out, &info, &e), OK);
	assert_true(out.length <= small);
	assert_true(info.height < 2000 && info.height >= PICTURE_FIT_SIDE);
	assert_int_equal(probe(&out, NULL), OK);
	assert_int_equal(picture_fit(b.data, b.length, 20000, &out, &info, &e), ERR_PICTURE_FIT);
	assert_int_equal(out.length, 0);
	bytes_free(&b);
}

static void test_fit_refuses_what_is_damaged(void **state)
{
	struct bytes b = {0}, out = {0};
	(void)state;
	make_jpeg(&b, &(struct make){.width = 600, .height = 400, .noise = 60});
	assert_int_equal(picture_fit(b.data, b.length / 2, 1000, &out, NULL, NULL), ERR_PICTURE_CUT);
	assert_int_equal(picture_fit("", 0, 1000, &out, NULL, NULL), ERR_PICTURE_EMPTY);
	assert_null(out.data);
	bytes_free(&b);
}

static void test_every_sentence_says_what_to_do(void **state)
{
	(void)state;
	for (enum err code = ERR_PICTURE_EMPTY; code <= ERR_PICTURE_FIT; code++) {
		char zh[1024];
		struct error e = {.code = code, .detail = "12"};
		error_sentence(&e, zh, sizeof zh);
		assert_non_null(strstr(zh, "请"));
		assert_int_equal(error_exit(code), EXIT_REFUSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jpeg_of_every_kind_is_taken),
		cmocka_unit_test(test_png_of_every_kind_is_taken),
		cmocka_unit_test(test_gif_is_taken),
		cmocka_unit_test(test_orientation_is_applied),
		cmocka_unit_test(test_the_content_tells_the_kind),
		cmocka_unit_test(test_what_is_no_picture_is_refused),
		cmocka_unit_test(test_a_cut_at_any_place_is_refused),
		cmocka_unit_test(test_damage_is_refused),
		cmocka_unit_test(test_padding_before_the_end_of_a_jpeg),
		cmocka_unit_test(test_what_follows_is_refused_but_zeros),
		cmocka_unit_test(test_animation_is_refused),
		cmocka_unit_test(test_bombs_and_lying_sizes_are_refused),
		cmocka_unit_test(test_a_large_empty_png_stays_within_bounds),
		cmocka_unit_test(test_fit_keeps_what_fits_and_shrinks_what_does_not),
		cmocka_unit_test(test_fit_refuses_what_is_damaged),
		cmocka_unit_test(test_every_sentence_says_what_to_do),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
