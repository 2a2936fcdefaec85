/* What is typed, pasted, committed by an input method: every character arrives whole, and the method is switched with the field. */
#include "small_desk.h"

static void typed_text_is_taken_whole(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f北京市昌平区𠮷");
	tui_wait_row(t, 21, "北京市昌平区𠮷");
	tui_bytes(t, "\xd5\xc5" "abcdefgh\033OP", 13); /* GBK, letters, F1: none of the keys is lost */
	tui_wait_text(t, "【订单】");
	assert_true(tui_beeped(t));
	tui_keys(t, "<Esc><Esc>");
	tui_wait_text(t, "答=北京市昌平区𠮷abcdefgh");
	tui_end(&t);
}

static void a_split_character_is_put_together(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f");
	tui_wait_cursor(t, 21, 2);
	tui_bytes(t, "\xe5\xbc", 2);
	tui_bytes(t, "\xa0", 1);
	tui_wait_row(t, 21, "张");
	tui_bytes(t, "\033[99;5~", 7); /* an unknown key types nothing */
	tui_keys(t, "x");
	tui_wait_row(t, 21, "张x");
	tui_end(&t);
}

static void a_paste_of_lines_stays_in_the_field(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f");
	tui_paste(t, "c1\rc2\n\033OP第三行");
	tui_wait_row(t, 21, "c1 c2");
	assert_false(tui_has(t, "税务", 0));
	tui_end(&t);
}

static void a_window_resized_during_a_paste_leaves_it_whole(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f");
	tui_wait_cursor(t, 21, 2);
	tui_bytes(t, "\033[200~c1", 8);
	tui_settle(t);
	tui_signal(t, SIGWINCH);
	tui_settle(t);
	tui_bytes(t, "\nc2\033[201~", 9);
	tui_wait_row(t, 21, "c1 c2");
	tui_end(&t);
}

static void the_keypad_types_and_enters(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f\033Oq\033Or\033On\033Oy");
	tui_wait_row(t, 21, "12.9");
	tui_keys(t, "<Esc><Down><KpEnter>");
	tui_wait_text(t, "答=打开 2");
	tui_end(&t);
}

static void the_input_method_is_switched_when_it_changes(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f");
	tui_wait_cursor(t, 21, 2);
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769h"));
	tui_output_forget(t);
	tui_keys(t, "ab");
	tui_wait_row(t, 21, "ab");
	assert_false(tui_wrote(t, "737769"));
	tui_keys(t, "<Esc><Down>");
	tui_wait_cursor(t, 3, 0);
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769l"));
	tui_output_forget(t);
	tui_keys(t, "<F10>");
	assert_int_equal(tui_wait_end(t), 0);
	assert_true(tui_wrote(t, "\033[?737769h")); /* as the clerk had it */
	assert_true(tui_wrote(t, "\033[?2004l"));
	assert_true(tui_wrote(t, "\033[?1049l"));
	tui_end(&t);
}

/* curses numbers what terminfo names beyond its own keys from KEY_MAX on, by terminal: Alt-Shift-Delete, Ctrl-Down, … */
static void a_key_that_only_terminfo_knows_does_nothing(void **state)
{
	static const char *const keys[][2] = {{"gnome-256color", "\033[3;4~"}, {"rxvt-unicode-256color", "\033[3@"},
		{"rxvt-unicode-256color", "\033[1^"}, {"konsole-256color", "\033[3;3~"}};
	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct tui *t = start_with(NULL, keys[i][0], 24, 80);
		tui_wait_text(t, "A00000001");
		tui_bytes(t, keys[i][1], strlen(keys[i][1]));
		tui_settle(t);
		tui_keys(t, "f张三");
		tui_wait_row(t, 21, "张三");
		tui_end(&t);
	}
}

/* As help says, whatever the terminal sends for them. */
static void ctrl_home_and_ctrl_end_reach_first_and_last(void **state)
{
	static const struct {
		const char *term, *first, *last;
	} terminals[] = {{"xterm-256color", "\033[1;5H", "\033[1;5F"}, {"rxvt-unicode-256color", "\033[7^", "\033[8^"}};
	(void)state;
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
		struct tui *t = start_with(NULL, terminals[i].term, 24, 80);
		tui_wait_text(t, "A00000001");
		tui_bytes(t, terminals[i].last, strlen(terminals[i].last));
		tui_wait_text(t, "A01000000");
		tui_bytes(t, terminals[i].first, strlen(terminals[i].first));
		tui_wait_text(t, "A00000001");
		tui_end(&t);
	}
}

static void a_command_can_switch_the_input_method(void **state)
{
	char path[] = "/tmp/certdesk-tui-XXXXXX", latin[128], chinese[128];
	(void)state;
	close(mkstemp(path));
	snprintf(latin, sizeof latin, "DESK_LATIN=printf closed >%s", path);
	snprintf(chinese, sizeof chinese, "DESK_CHINESE=printf open >%s", path);
	const char *const env[] = {latin, chinese, NULL};
	struct tui *t = start_with(env, NULL, 24, 80);
	tui_wait_text(t, "A00000001");
	tui_keys(t, "f");
	tui_wait(t, file_holds, (const char *[]){path, "open"}, "the command for Chinese");
	assert_false(tui_wrote(t, "737769"));
	tui_keys(t, "<Esc>");
	tui_wait(t, file_holds, (const char *[]){path, "closed"}, "the command for Latin");
	tui_end(&t);
	unlink(path);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(typed_text_is_taken_whole),
	cmocka_unit_test(a_split_character_is_put_together),
	cmocka_unit_test(a_paste_of_lines_stays_in_the_field),
	cmocka_unit_test(a_window_resized_during_a_paste_leaves_it_whole),
	cmocka_unit_test(the_keypad_types_and_enters),
	cmocka_unit_test(the_input_method_is_switched_when_it_changes),
	cmocka_unit_test(a_key_that_only_terminfo_knows_does_nothing),
	cmocka_unit_test(ctrl_home_and_ctrl_end_reach_first_and_last),
	cmocka_unit_test(a_command_can_switch_the_input_method),
};

SMALL_DESK_MAIN(tests)
