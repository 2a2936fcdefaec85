/* The terminal: its size, its end, its colours, its locale, a locked screen and a picture outside of curses. */
#include "small_desk.h"

#include "base/sanitized.h"

static void resizing_loses_nothing(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f张三");
	tui_wait_row(t, 21, "张三");
	tui_resize(t, 10, 40);
	tui_wait_text(t, "窗口太小（40×10）");
	tui_keys(t, "x"); /* not seen, not taken */
	tui_settle(t);
	tui_resize(t, 40, 132);
	tui_wait_row(t, 37, "张三");
	assert_non_null(strstr(tui_row(t, 39), "F1 帮助"));
	tui_resize(t, 24, 80);
	tui_wait_row(t, 21, "张三");
	tui_keys(t, "丰<Esc>");
	tui_wait_text(t, "答=张三丰");
	tui_keys(t, "<F8>");
	tui_wait_text(t, "不能撤销");
	tui_resize(t, 30, 100);
	tui_wait_row(t, 29, "吊销");
	tui_wait_text(t, "不能撤销");
	tui_end(&t);
}

static void ends_politely(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	char path[] = "/tmp/certdesk-tui-XXXXXX", env[128];
	(void)state;
	close(mkstemp(path));
	snprintf(env, sizeof env, "DESK_SAVED=%s", path);
	for (size_t i = 0; i < 4; i++) {
		struct tui *t = start_with((const char *const[]){env, NULL}, NULL, 24, 80);
		tui_wait_text(t, "A00000001");
		assert_int_equal(truncate(path, 0), 0);
		tui_keys(t, "f张三");
		tui_wait_row(t, 21, "张三");
		if (i < 3)
			tui_signal(t, signals[i]);
		else
			tui_hang_up(t);
		assert_int_equal(tui_wait_end(t), 0);
		assert_true(file_holds(t, (const char *[]){path, "张三"}));
		if (i < 3)
			assert_true(tui_wrote(t, "\033[?1049l"));
		tui_end(&t);
	}
	unlink(path);
}

static void a_crash_leaves_a_terminal_to_work_at(void **state)
{
	static const int signals[] = {SIGSEGV, SIGABRT};
	(void)state;
	if (SANITIZED) /* their report is worth more */
		skip();
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct tui *t = start();
		tui_wait_text(t, "A00000001");
		tui_signal(t, signals[i]);
		assert_int_equal(tui_wait_end(t), 128 + signals[i]);
		assert_true(tui_wrote(t, "\033[?2004l"));
		assert_true(tui_wrote(t, "\033[?1049l"));
		assert_true(tui_echoes(t));
		tui_end(&t);
	}
}

static void an_idle_screen_locks_and_hides(void **state)
{
	struct tui *t = start_with((const char *const[]){"DESK_IDLE=1", NULL}, NULL, 24, 80);
	(void)state;
	tui_wait_text(t, "已锁定");
	tui_wait_gone(t, "A00000001");
	tui_keys(t, "wrong<Enter>");
	tui_wait_text(t, "口令不对");
	tui_keys(t, "open<Enter>");
	tui_wait_text(t, "A00000001");
	tui_end(&t);
}

static void leaves_the_screen_for_a_picture(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "s");
	tui_wait_text(t, "PICTURE");
	tui_wait_gone(t, "A00000001");
	tui_keys(t, "c"); /* any key comes back and does nothing else */
	tui_wait_text(t, "A00000001");
	tui_wait_text(t, "答=sixel 0");
	assert_false(tui_has(t, "税务", 0));
	tui_keys(t, "d");
	tui_wait_text(t, "91110105MA01ABCD5F");
	tui_keys(t, "<Esc>");
	tui_wait_text(t, "A00000001");
	tui_end(&t);
}

/* curses itself leaves memory behind where a terminal is unknown or has a mouse driver of its own. */
#define NO_LEAKS "ASAN_OPTIONS=detect_leaks=0"

/* Direct colour isn't among the terminals that every Debian knows: described here. */
static const char direct[] =
	"certdesk-direct|256 colours replaced by direct ones,\n"
	"\tRGB, colors#0x1000000, pairs#0x7FFF,\n"
	"\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,\n"
	"\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,\n"
	"\tuse=xterm-256color,\n";

static char terminfo[] = "/tmp/certdesk-terminfo-XXXXXX";

static void describe_direct_colour(void)
{
	char command[256];
	assert_non_null(mkdtemp(terminfo));
	snprintf(command, sizeof command, "tic -x -o %s - 2>/dev/null", terminfo);
	FILE *tic = popen(command, "w");
	assert_non_null(tic);
	fputs(direct, tic);
	assert_int_equal(pclose(tic), 0);
	setenv("TERMINFO", terminfo, 1);
}

static void works_on_every_kind_of_terminal(void **state)
{
	char command[256];
	static const struct {
		const char *term, *env;
		bool colour;
	} kinds[] = {{"xterm-256color", NULL, true},
				 {"certdesk-direct", NULL, true},
				 {"xterm", NULL, true},
				 {"linux", NULL, true},
				 {"vt220", NULL, false},
				 {"vt100", NULL, false},
				 {"xterm-256color", "NO_COLOR=1", false}};
	(void)state;
	describe_direct_colour();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct tui *t = start_with((const char *const[]){NO_LEAKS, kinds[i].env, NULL}, kinds[i].term, 24, 80);
		tui_wait_text(t, "A00000001");
		tui_wait_row(t, 0, "北京昌平受理点");
		struct tui_cell title = tui_cell(t, 0, 1);
		assert_int_equal(!title.colour_default, kinds[i].colour);
		assert_true(kinds[i].colour || title.reverse);
		tui_keys(t, "<F10>");
		assert_int_equal(tui_wait_end(t), 0);
		tui_end(&t);
	}
	unsetenv("TERMINFO");
	snprintf(command, sizeof command, "rm -rf %s", terminfo);
	assert_int_equal(system(command), 0);
}

static void says_what_is_wrong_with_the_terminal(void **state)
{
	static const char *const quiet[] = {NO_LEAKS, NULL};
	(void)state;
	struct tui *t = start_with(quiet, "no-such-terminal", 24, 80);
	assert_int_equal(tui_wait_end(t), EXIT_USAGE);
	tui_wait_text(t, "不认识的终端类型：no-such-terminal");
	tui_end(&t);
	t = start_with(quiet, "dumb", 24, 80);
	assert_int_equal(tui_wait_end(t), EXIT_USAGE);
	tui_wait_text(t, "不认识的终端类型：dumb");
	tui_end(&t);
}

static void speaks_english_too(void **state)
{
	struct tui *t = start_with((const char *const[]){"LANG=en_US.UTF-8", NULL}, NULL, 24, 80);
	(void)state;
	tui_wait_row(t, 23, "F10 Back");
	tui_wait_text(t, "Customer");
	tui_end(&t);
}

static void draws_chinese_in_a_locale_without_it(void **state)
{
	struct tui *t = start_with((const char *const[]){"LC_ALL=C", NULL}, NULL, 24, 80);
	(void)state;
	tui_wait_row(t, 0, "北京昌平受理点");
	tui_keys(t, "f张三<Esc>");
	tui_wait_text(t, "答=张三");
	tui_end(&t);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(resizing_loses_nothing),
	cmocka_unit_test(ends_politely),
	cmocka_unit_test(a_crash_leaves_a_terminal_to_work_at),
	cmocka_unit_test(an_idle_screen_locks_and_hides),
	cmocka_unit_test(leaves_the_screen_for_a_picture),
	cmocka_unit_test(works_on_every_kind_of_terminal),
	cmocka_unit_test(says_what_is_wrong_with_the_terminal),
	cmocka_unit_test(speaks_english_too),
	cmocka_unit_test(draws_chinese_in_a_locale_without_it),
};

SMALL_DESK_MAIN(tests)
