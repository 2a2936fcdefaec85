/* The field editor, seen through its text, its cursor and what a field shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/lang.h"
#include "ui/edit.h"

static void start(struct edit *e, size_t limit, unsigned flags, const char *text)
{
	assert_int_equal(edit_start(e, limit, flags), OK);
	edit_set(e, text);
}

static enum edit_result type(struct edit *e, const char *text)
{
	return edit_insert(e, text, strlen(text), NULL);
}

static void shows(struct edit *e, int columns, const char *text, int cursor)
{
	char out[EDIT_SHOW_SIZE(80)];
	struct edit_view v = edit_show(e, columns, out, sizeof out);
	assert_string_equal(out, text);
	assert_int_equal(v.cursor, cursor);
}

/* libformw puts the new character one early in a prefilled field */
static void inserts_at_the_end_of_a_preset(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 20, 0, "张三");
	edit_end_of_text(&e);
	assert_int_equal(type(&e, "丰"), EDIT_DONE);
	assert_string_equal(e.text, "张三丰");
	assert_int_equal(e.cursor, 9);
	shows(&e, 10, "张三丰    ", 6);
	edit_end(&e);
}

/* libformw shows and returns ^@ where the field is narrower than its text */
static void is_wider_than_its_field(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 40, 0, "");
	const char *name = "北京市昌平区示例科技有限公司";
	type(&e, name);
	assert_string_equal(e.text, name);
	char out[EDIT_SHOW_SIZE(9)];
	for (size_t i = 0; i <= e.length; i++) {
		edit_seek(&e, i);
		struct edit_view v = edit_show(&e, 9, out, sizeof out);
		assert_true(v.cursor >= 0 && v.cursor + 2 <= 10);
		assert_null(strchr(out, '^'));
		assert_true(strlen(out) >= 9);
	}
	edit_home(&e);
	shows(&e, 9, "北京市昌 ", 0);
	edit_end_of_text(&e);
	struct edit_view v = edit_show(&e, 9, out, sizeof out);
	assert_true(v.left);
	assert_false(v.right);
	assert_string_equal(e.text, name);
	edit_end(&e);
}

/* libformw's limits are columns; ours are characters */
static void limits_characters_not_columns(void **state)
{
	struct edit e;
	size_t used;
	(void)state;
	start(&e, 4, 0, "");
	assert_int_equal(edit_insert(&e, "欧阳建国庆", 15, &used), EDIT_REFUSED);
	assert_string_equal(e.text, "欧阳建国");
	assert_int_equal(used, 12);
	assert_true(edit_is_full(&e));
	assert_int_equal(type(&e, "x"), EDIT_REFUSED);
	edit_end(&e);
}

static void tells_what_is_left_over(void **state)
{
	struct edit e;
	size_t used;
	(void)state;
	start(&e, 11, EDIT_FOLD, "");
	const char *typed = "１３８００１３８０００lisi";
	assert_int_equal(edit_insert(&e, typed, strlen(typed), &used), EDIT_REFUSED);
	assert_string_equal(e.text, "13800138000");
	assert_string_equal(typed + used, "lisi");
	edit_end(&e);
}

static void takes_characters_outside_the_bmp(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 10, 0, "𠮷田");
	assert_int_equal(edit_count(&e), 2);
	shows(&e, 8, "𠮷田    ", 4);
	edit_left(&e);
	edit_left(&e);
	assert_int_equal(e.cursor, 0);
	edit_delete(&e);
	assert_string_equal(e.text, "田");
	edit_end(&e);
}

static void deletes_marks_with_their_letter(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 20, 0, "ae\xcc\x81\xcc\xa3z");
	edit_left(&e);
	assert_int_equal(edit_backspace(&e), EDIT_DONE);
	assert_string_equal(e.text, "az");
	assert_int_equal(e.cursor, 1);
	edit_set(&e, "👨‍👩‍👧x");
	edit_home(&e);
	edit_delete(&e);
	assert_string_equal(e.text, "x");
	edit_end(&e);
}

static void keeps_the_cursor_between_clusters(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 20, 0, "\xcc\x81z"); /* a mark with nothing to stand on */
	shows(&e, 5, "◌\xcc\x81z   ", 2);
	edit_home(&e);
	type(&e, "e"); /* the mark joins what is put before it */
	assert_int_equal(e.cursor, 3);
	shows(&e, 5, "e\xcc\x81z   ", 1);
	edit_seek(&e, 1);
	assert_int_equal(e.cursor, 0);
	edit_end(&e);
}

static void a_mark_over_the_limit_is_refused_whole(void **state)
{
	struct edit e;
	size_t used;
	(void)state;
	start(&e, 2, 0, "a");
	assert_int_equal(edit_insert(&e, "e\xcc\x81", 3, &used), EDIT_REFUSED);
	assert_string_equal(e.text, "a");
	assert_int_equal(used, 0);
	edit_end(&e);
}

static void shows_a_few_of_very_many_marks(void **state)
{
	struct edit e;
	char out[EDIT_SHOW_SIZE(4)];
	(void)state;
	start(&e, 200, 0, "a");
	for (int i = 0; i < 150; i++)
		type(&e, "\xcc\x81");
	struct edit_view v = edit_show(&e, 4, out, sizeof out);
	assert_int_equal(strlen(out), 1 + 4 * 2 + 3);
	assert_int_equal(v.cursor, 1);
	edit_backspace(&e);
	assert_int_equal(e.length, 0);
	edit_end(&e);
}

static void pastes_lines_as_one(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 80, 0, "");
	assert_int_equal(type(&e, "\n北京市\r\n昌平区\n\n示例路\t1号\n"), EDIT_DONE);
	assert_string_equal(e.text, "北京市昌平区示例路 1号"); /* a name broken over lines stays one name */
	edit_clear(&e);
	assert_int_equal(type(&e, "Example\nLtd\n北京\n\t昌平"), EDIT_DONE);
	assert_string_equal(e.text, "Example Ltd 北京 昌平");
	edit_end(&e);
}

static void drops_controls_and_direction_marks(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 80, 0, "");
	assert_int_equal(type(&e, "a\x1b[31m\x07"
	                          "b\xe2\x80\xae"
	                          "c\xc2\x9b"
	                          "d"),
	                 EDIT_DONE);
	assert_string_equal(e.text, "a[31mbcd");
	edit_end(&e);
}

static void refuses_what_is_not_utf8(void **state)
{
	struct edit e;
	size_t used;
	(void)state;
	start(&e, 80, 0, "");
	assert_int_equal(edit_insert(&e, "\xd5\xc5letters", 9, &used), EDIT_REFUSED);
	assert_int_equal(used, 9);
	assert_string_equal(e.text, "letters");
	assert_int_equal(type(&e, "\xed\xa0\x80"), EDIT_REFUSED); /* a surrogate */
	assert_int_equal(type(&e, "\xe5\xbc"), EDIT_REFUSED);     /* cut */
	assert_string_equal(e.text, "letters");
	assert_int_equal(edit_insert(&e, "a\0b", 3, NULL), EDIT_DONE);
	assert_string_equal(e.text, "lettersab");
	edit_end(&e);
}

static void folds_full_width_in_latin_fields(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 40, EDIT_FOLD, "");
	type(&e, "ｌｉｓｉ＠ｅｘａｍｐｌｅ。ｃｏｍ　１");
	assert_string_equal(e.text, "lisi@example.com 1");
	edit_end(&e);
	start(&e, 40, 0, "");
	type(&e, "Ａ座１");
	assert_string_equal(e.text, "Ａ座１");
	edit_end(&e);
	start(&e, 40, EDIT_FOLD | EDIT_UPPER, "");
	type(&e, "91110105ma01ａbcd5f");
	assert_string_equal(e.text, "91110105MA01ABCD5F");
	edit_end(&e);
	start(&e, 8, EDIT_DIGITS, "");
	assert_int_equal(type(&e, "12 34-５６"), EDIT_DONE);
	assert_int_equal(type(&e, "x"), EDIT_REFUSED);
	assert_string_equal(e.text, "123456");
	edit_end(&e);
}

static void moves_and_kills_by_word(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 80, 0, "lisi@example.com 北京 路1");
	assert_int_equal(edit_word_left(&e), EDIT_DONE);
	assert_string_equal(e.text + e.cursor, "1");
	edit_word_left(&e);
	assert_string_equal(e.text + e.cursor, "路1");
	edit_kill_word(&e);
	assert_string_equal(e.text, "lisi@example.com 路1");
	edit_home(&e);
	assert_int_equal(edit_word_left(&e), EDIT_NOTHING);
	edit_word_right(&e);
	assert_string_equal(e.text + e.cursor, "example.com 路1");
	edit_kill_word(&e);
	assert_string_equal(e.text, "example.com 路1");
	edit_end_of_text(&e);
	assert_int_equal(edit_word_right(&e), EDIT_NOTHING);
	edit_end(&e);
}

static void takes_back_the_last_clear(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 80, 0, "北京北京");
	assert_int_equal(edit_undo(&e), EDIT_NOTHING);
	edit_clear(&e);
	assert_string_equal(e.text, "");
	edit_undo(&e);
	assert_string_equal(e.text, "北京北京");
	assert_int_equal(e.cursor, 12);
	edit_undo(&e);
	assert_string_equal(e.text, "");
	edit_undo(&e);
	edit_seek(&e, 3);
	edit_kill_to_end(&e);
	assert_string_equal(e.text, "北");
	assert_int_equal(edit_kill_to_end(&e), EDIT_NOTHING);
	edit_undo(&e);
	assert_string_equal(e.text, "北京北京");
	edit_end(&e);
}

static void shows_again_what_a_deletion_makes_room_for(void **state)
{
	struct edit e;
	char out[EDIT_SHOW_SIZE(10)];
	(void)state;
	start(&e, 80, 0, "abcdefghijklmnop");
	edit_show(&e, 10, out, sizeof out);
	assert_true(e.first > 0);
	for (int i = 0; i < 7; i++) {
		edit_backspace(&e);
		edit_show(&e, 10, out, sizeof out);
	}
	assert_string_equal(out, "abcdefghi ");
	edit_end(&e);
}

static void never_splits_a_wide_character(void **state)
{
	struct edit e;
	(void)state;
	start(&e, 80, 0, "a北京市");
	edit_home(&e);
	shows(&e, 4, "a北 ", 0);
	edit_seek_column(&e, 2);
	assert_string_equal(e.text + e.cursor, "北京市");
	edit_seek_column(&e, 3);
	assert_string_equal(e.text + e.cursor, "京市");
	edit_end(&e);
}

/* A family of four is one character of eight columns to some terminals. */
static void the_cursor_stays_inside_with_characters_of_any_width(void **state)
{
	static const char *const texts[] = {"汉", "a汉", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦abcdef👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "北京👨‍👩‍👧‍👦市昌平区👨‍👩‍👧‍👦示例路"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int columns = 2; columns < 30; columns++) {
			struct edit e;
			start(&e, 80, 0, texts[i]);
			for (int k = 0; k < 2 * 80; k++) {
				char out[EDIT_SHOW_SIZE(30)];
				struct edit_view v = edit_show(&e, columns, out, sizeof out);
				assert_in_range(v.cursor, 0, columns - 1);
				if (k % 3 == 2)
					edit_backspace(&e);
				else
					edit_left(&e);
				if (e.cursor == 0)
					edit_end_of_text(&e);
			}
			edit_end(&e);
		}
}

static void scrolls_by_a_third_not_by_each_key(void **state)
{
	struct edit e;
	char out[EDIT_SHOW_SIZE(30)];
	int moves = 0;
	(void)state;
	start(&e, 200, 0, "");
	for (int i = 0; i < 100; i++) {
		size_t first = e.first;
		type(&e, "x");
		edit_show(&e, 30, out, sizeof out);
		moves += first != e.first;
	}
	assert_in_range(moves, 5, 9);
	edit_end(&e);
}

static void keeps_a_secret(void **state)
{
	struct secret s;
	struct edit e;
	(void)state;
	edit_start_secret(&e, &s, 8, 0);
	type(&e, "口令pass");
	assert_int_equal(s.length, 10);
	shows(&e, 10, "••••••    ", 6);
	edit_backspace(&e);
	edit_backspace(&e);
	assert_string_equal(s.data, "口令pa");
	assert_int_equal(s.data[8], 0);
	assert_int_equal(s.data[9], 0); /* nothing behind the end */
	edit_word_left(&e);
	assert_int_equal(e.cursor, 0);
	edit_clear(&e);
	assert_int_equal(edit_undo(&e), EDIT_NOTHING);
	assert_int_equal(s.length, 0);
	for (size_t i = 0; i < sizeof s.data; i++)
		assert_int_equal(s.data[i], 0);
	edit_end(&e);
}

static void limits_a_secret_to_its_room(void **state)
{
	struct secret s;
	struct edit e;
	(void)state;
	edit_start_secret(&e, &s, 1000, 0);
	for (int i = 0; i < 400; i++)
		type(&e, "𠮷");
	assert_int_equal(s.length, SECRET_MAX);
	edit_end(&e);
	secret_wipe(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inserts_at_the_end_of_a_preset),
		cmocka_unit_test(is_wider_than_its_field),
		cmocka_unit_test(limits_characters_not_columns),
		cmocka_unit_test(tells_what_is_left_over),
		cmocka_unit_test(takes_characters_outside_the_bmp),
		cmocka_unit_test(deletes_marks_with_their_letter),
		cmocka_unit_test(keeps_the_cursor_between_clusters),
		cmocka_unit_test(a_mark_over_the_limit_is_refused_whole),
		cmocka_unit_test(shows_a_few_of_very_many_marks),
		cmocka_unit_test(pastes_lines_as_one),
		cmocka_unit_test(drops_controls_and_direction_marks),
		cmocka_unit_test(refuses_what_is_not_utf8),
		cmocka_unit_test(folds_full_width_in_latin_fields),
		cmocka_unit_test(moves_and_kills_by_word),
		cmocka_unit_test(takes_back_the_last_clear),
		cmocka_unit_test(shows_again_what_a_deletion_makes_room_for),
		cmocka_unit_test(never_splits_a_wide_character),
		cmocka_unit_test(the_cursor_stays_inside_with_characters_of_any_width),
		cmocka_unit_test(scrolls_by_a_third_not_by_each_key),
		cmocka_unit_test(keeps_a_secret),
		cmocka_unit_test(limits_a_secret_to_its_room),
	};
	lang_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
