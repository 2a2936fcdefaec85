#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "picture/picture.h"

/* White paper with a black left third. */
static struct picture paper(int width, int height)
{
	struct picture p = {.width = width, .height = height};
	p.pixels = malloc((size_t)width * (size_t)height * 3);
	assert_non_null(p.pixels);
	for (int i = 0; i < width * height; i++)
		memset(p.pixels + i * 3, i % width < width / 3 ? 0 : 255, 3);
	return p;
}

static const struct picture_cell *cell(const struct picture_cells *c, int x, int y)
{
	return &c->cells[y * c->columns + x];
}

/* The colour a cell mostly shows. */
static int32_t shown(const struct picture_cell *c)
{
	return c->code == 0x2588 ? c->fg : c->bg;
}

static void test_cells_show_the_picture(void **state)
{
	static const int32_t dark[] = {[PICTURE_16] = 0, [PICTURE_256] = 16, [PICTURE_TRUE] = 0};
	static const int32_t light[] = {[PICTURE_16] = 15, [PICTURE_256] = 231, [PICTURE_TRUE] = 0xFFFFFF};
	struct picture p = paper(301, 199); /* odd: rows not of whole words */
	(void)state;
	for (enum picture_colors colors = PICTURE_16; colors <= PICTURE_TRUE; colors++) {
		struct picture_cells c = {0};
		assert_int_equal(picture_cells(&p, 60, 30, colors, &c, NULL), OK);
		assert_int_equal(c.columns, 60);
		assert_in_range(c.rows, 19, 21);
		for (int y = 1; y < c.rows - 1; y++) {
			assert_int_equal(shown(cell(&c, 4, y)), dark[colors]);
			assert_int_equal(shown(cell(&c, 50, y)), light[colors]);
		}
		picture_cells_free(&c);
		assert_null(c.cells);
	}
	picture_free(&p);
}

static void test_cells_in_mono_have_no_colors(void **state)
{
	struct picture p = paper(300, 200);
	struct picture_cells c = {0};
	(void)state;
	assert_int_equal(picture_cells(&p, 30, 30, PICTURE_MONO, &c, NULL), OK);
	for (int i = 0; i < c.columns * c.rows; i++)
		assert_true(c.cells[i].fg == PICTURE_DEFAULT && c.cells[i].bg == PICTURE_DEFAULT);
	assert_int_equal(cell(&c, 2, 5)->code, ' ');
	assert_int_equal(cell(&c, 25, 5)->code, 0x2588);
	picture_cells_free(&c);
	picture_free(&p);
}

static void test_cells_fit_any_box(void **state)
{
	static const int boxes[][2] = {{1, 1}, {80, 1}, {1, 24}, {0, 0}, {-3, 5}, {200, 60}};
	static const int sizes[][2] = {{1, 1}, {3000, 2}, {2, 3000}, {7, 7}, {640, 480}};
	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		struct picture p = paper(sizes[s][0], sizes[s][1]);
		for (size_t b = 0; b < sizeof boxes / sizeof *boxes; b++) {
			struct picture_cells c = {0};
			int columns = boxes[b][0] > 0 ? boxes[b][0] : 1, rows = boxes[b][1] > 0 ? boxes[b][1] : 1;
			assert_int_equal(picture_cells(&p, boxes[b][0], boxes[b][1], PICTURE_256, &c, NULL), OK);
			assert_true(c.columns >= 1 && c.columns <= columns && c.rows >= 1 && c.rows <= rows);
			for (int i = 0; i < c.columns * c.rows; i++) {
				assert_int_equal(text_char_width(c.cells[i].code), 1);
				assert_in_range(c.cells[i].bg, 16, 255);
			}
			picture_cells_free(&c);
		}
		picture_free(&p);
	}
}

static void test_sixel_is_one_string_and_nothing_else(void **state)
{
	static const int sizes[][2] = {{1, 1}, {301, 199}, {5, 13}, {640, 6}};
	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
		for (int registers = 0; registers <= 256; registers += 128) {
			struct picture p = paper(sizes[s][0], sizes[s][1]);
			struct bytes b = {0};
			assert_int_equal(picture_sixel(&p, 0, 0, registers, &b, NULL), OK);
			assert_memory_equal(b.data, "\033P", 2);
			assert_memory_equal(b.data + b.length - 2, "\033\\", 2);
			assert_int_not_equal(b.data[b.length - 3], '-');
			for (size_t i = 2; i < b.length - 2; i++)
				assert_in_range(b.data[i], 0x20, 0x7E);
			bytes_free(&b);
			picture_free(&p);
		}
}

static void test_sixel_stays_within_its_bounds(void **state)
{
	struct picture p = paper(800, 600);
	struct bytes b = {0};
	int width = 0, height = 0;
	(void)state;
	assert_int_equal(picture_sixel(&p, 301, 205, 256, &b, NULL), OK);
	const char *size = strstr((const char *)b.data, "\"1;1;");
	assert_non_null(size);
	char *end = NULL;
	width = (int)strtol(size + 5, &end, 10);
	height = (int)strtol(end + 1, NULL, 10);
	assert_in_range(width, 260, 301);
	assert_in_range(height, 195, 205);
	bytes_free(&b);
	picture_free(&p);
}

static void test_crop_takes_the_part(void **state)
{
	struct picture p = paper(300, 100), part = {0};
	(void)state;
	assert_int_equal(picture_crop(&p, 500, 0, 250, 500, &part, NULL), OK);
	assert_int_equal(part.width, 75);
	assert_int_equal(part.height, 50);
	assert_int_equal(part.pixels[0], 255);
	picture_free(&part);
	assert_int_equal(picture_crop(&p, 333, 0, 1000, 1000, &part, NULL), OK);
	assert_int_equal(part.width, 201);
	assert_int_equal(part.pixels[0], 0);
	assert_int_equal(part.pixels[3], 255);
	picture_free(&part);
	assert_int_equal(picture_crop(&p, 1000, 2000, 0, -5, &part, NULL), OK);
	assert_int_equal(part.width, 1);
	assert_int_equal(part.height, 1);
	picture_free(&part);
	picture_free(&p);
}

static void test_shrink_averages(void **state)
{
	struct picture p = {.width = 3, .height = 2}, small = {0};
	static const uint8_t values[6] = {0, 90, 180, 60, 150, 240};
	(void)state;
	p.pixels = malloc(18);
	assert_non_null(p.pixels);
	for (int i = 0; i < 6; i++)
		memset(p.pixels + i * 3, values[i], 3);
	assert_int_equal(picture_shrink(&p, 1, 1, &small, NULL), OK);
	assert_int_equal(small.pixels[0], 120);
	picture_free(&small);
	assert_int_equal(picture_shrink(&p, 2, 0, &small, NULL), OK); /* 1½ columns each */
	assert_int_equal(small.height, 1);
	assert_int_equal(small.pixels[0], 60);
	assert_int_equal(small.pixels[3], 180);
	picture_free(&small);
	assert_int_equal(picture_shrink(&p, 30, 20, &small, NULL), OK);
	assert_int_equal(small.width, 3);
	assert_memory_equal(small.pixels, p.pixels, 18);
	picture_free(&small);
	picture_free(&p);
}

/* Whatever the letters' size, and what is left over below the last row: the row of the hint stays free, and little else is lost. */
static void test_sixel_leaves_the_last_row(void **state)
{
	(void)state;
	for (int cell = 8; cell <= 48; cell++)
		for (int rows = 20; rows <= 100; rows++)
			for (int over = 0; over < cell + 4; over++) {
				int room = picture_sixel_room(rows, rows * cell + over);
				assert_true(room <= (rows - 1) * cell);
				assert_true(room >= (rows - 3) * cell - rows);
			}
	assert_int_equal(picture_sixel_room(2, 40), 0);
	assert_int_equal(picture_sixel_room(24, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells_show_the_picture),
		cmocka_unit_test(test_cells_in_mono_have_no_colors),
		cmocka_unit_test(test_cells_fit_any_box),
		cmocka_unit_test(test_sixel_is_one_string_and_nothing_else),
		cmocka_unit_test(test_sixel_stays_within_its_bounds),
		cmocka_unit_test(test_sixel_leaves_the_last_row),
		cmocka_unit_test(test_crop_takes_the_part),
		cmocka_unit_test(test_shrink_averages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
