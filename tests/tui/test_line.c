/* The line to headquarters on the screens: what the title says of it, and the process that keeps it. */
#include "site_case.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

/* Another program's hand on the store: what sync would write there. */
static void sql(const char *statement)
{
	char command[2000];
	snprintf(command, sizeof command, "sqlite3 -cmd '.timeout 5000' '%s/certdesk.db' \"%s\"", site.dir, statement);
	assert_int_equal(system(command), 0);
}

static void join(void)
{
	sql("INSERT OR IGNORE INTO headquarters VALUES (1, 1, 'https://localhost:1', '总部', 'r', 's', 'e', 't', 's', 'e', x'00', x'00', 1)");
}

static void leave(void)
{
	sql("DELETE FROM headquarters; UPDATE sync_state SET line = '', contact_at = 0, trouble = '', acknowledged = 0");
}

static void line(const char *how, const char *contact, int behind, const char *trouble)
{
	char text[1000];
	snprintf(text, sizeof text,
		"UPDATE sync_state SET line = '%s', line_at = unixepoch() - 600, contact_at = %s, trouble = '%s', "
		"acknowledged = (SELECT max(seq) FROM journal) - %d", how, contact, trouble, behind);
	sql(text);
}

/* As long as the test has it, no screen starts a process that would write its own view over the test's. */
static int hold_follow(void)
{
	char path[200];
	snprintf(path, sizeof path, "%s/sync.lock", site.dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static struct tui *open_screen(int columns, const char *setting)
{
	const char *const env[] = {"LANG=C.UTF-8", setting, NULL};
	return case_start_with(&site, 24, columns, env);
}

static void test_without_headquarters_nothing_is_said(void **state)
{
	(void)state;
	struct tui *t = open_screen(80, NULL);
	case_login(t, "op1");
	tui_keys(t, "<F9>");
	tui_wait_text(t, "自检");
	assert_false(tui_has(t, "总部", 0));
	tui_end(&t);
	char path[200];
	snprintf(path, sizeof path, "%s/screens.lock", site.dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void test_the_title_follows_the_line(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("up", "unixepoch()", 0, "");
	struct tui *t = open_screen(120, NULL);
	tui_wait_row(t, 0, "● 总部通");
	case_login(t, "op1");
	tui_wait_row(t, 0, "● 总部通");
	line("up", "unixepoch()", 3, "");
	tui_wait_row(t, 0, "● 总部通 待传 3");
	line("down", "unixepoch('2026-01-02 01:04:00')", 3, "x");
	tui_wait_row(t, 0, "○ 总部断 待传 3 上次 01-02 09:04");
	line("down", "0", 0, "x");
	tui_wait_row(t, 0, "○ 总部断 上次 从未");
	sql("UPDATE sync_state SET trouble_code = 'SYNC_RESTORED'");
	tui_wait_row(t, 0, "○ 等总部登记恢复 上次 从未");
	sql("UPDATE sync_state SET trouble_code = ''");
	line("up", "unixepoch()", 0, "");
	tui_wait_row(t, 0, "● 总部通");
	tui_wait_gone(t, "从未");
	tui_end(&t);
	leave();
	close(fd);
}

static void test_a_line_that_nobody_has_used_for_a_minute_is_down(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("up", "unixepoch() - 100", 0, "");
	struct tui *t = open_screen(120, NULL);
	tui_wait_row(t, 0, "○ 总部断 上次");
	tui_end(&t);
	leave();
	close(fd);
}

static void test_eighty_columns_keep_who_works_here(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("down", "unixepoch('2026-01-02 01:04:00')", 12, "x");
	struct tui *t = open_screen(80, NULL);
	tui_wait_row(t, 0, "总部断 12");
	case_login(t, "op1");
	tui_wait_row(t, 0, "王受理");
	tui_wait_row(t, 0, "总部断 12 · 01-02");
	line("up", "unixepoch()", 0, "");
	tui_wait_row(t, 0, "总部通");
	tui_end(&t);
	leave();
	close(fd);
}

static void test_words_say_it_without_colours_and_in_english(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("down", "unixepoch('2026-01-02 01:04:00')", 12, "x");
	const char *const env[] = {"LANG=C.UTF-8", "LC_MESSAGES=en_GB.UTF-8", "NO_COLOR=1", NULL};
	char program[4096];
	snprintf(program, sizeof program, "%s/certdesk", getenv("CERTDESK_BUILD") ? getenv("CERTDESK_BUILD") : "build");
	const char *argv[] = {program, "-C", site.dir, NULL};
	struct tui_options o = {.argv = argv, .env = env, .rows = 24, .columns = 130};
	struct tui *t = tui_start(&o);
	tui_wait_row(t, 0, "○ HQ down 12 to send, last 01-02 09:04");
	line("up", "unixepoch()", 0, "");
	tui_wait_row(t, 0, "● HQ up");
	int row, column;
	line("up", "unixepoch()", 0, "refused");
	tui_wait_row(t, 0, "● HQ up, trouble");
	assert_true(tui_find(t, "HQ up, trouble", &row, &column));
	assert_true(tui_cell(t, row, column).bold && tui_cell(t, row, column).reverse);
	/* what was not taken stays when the line is well again, and when it is down */
	sql("INSERT INTO sync_notice (text, at) VALUES ('entry 7 is not accepted', 1)");
	line("up", "unixepoch()", 0, "");
	tui_wait_row(t, 0, "● HQ up, 1 to see to");
	line("down", "unixepoch('2026-01-02 01:04:00')", 12, "x");
	tui_wait_row(t, 0, "○ HQ down, 1 to see to 12 to send");
	sql("UPDATE sync_notice SET seen_at = 2");
	tui_wait_row(t, 0, "○ HQ down 12 to send");
	tui_end(&t);
	leave();
	close(fd);
}

static void open_dialog(struct tui *t)
{
	case_step(t, "<F9>", "菜单");
	tui_keys(t, "<End>");
	tui_settle(t);
	for (int i = 0; i < 10; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		if (strstr(tui_row(t, row), "总部"))
			break;
		tui_keys(t, "<Up>");
		tui_settle(t);
	}
	case_step(t, "<Enter>", "与总部的线路");
}

static void test_the_menu_tells_why(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("down", "unixepoch('2026-01-02 01:04:00')", 2, "连不上总部：localhost:1");
	struct tui *t = open_screen(100, NULL);
	case_login(t, "op1");
	tui_wait_row(t, 0, "总部断");
	open_dialog(t);
	tui_wait_text(t, "最近联系：2026-01-02 09:04");
	tui_wait_text(t, "待上传：2 条记录");
	tui_wait_text(t, "原因：连不上总部：localhost:1");
	tui_wait_text(t, "什么也不会丢失");
	tui_end(&t);
	leave();
	close(fd);
}

/* Waiting doesn't help there. */
static void test_a_revoked_site_is_told_from_a_broken_line(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("down", "unixepoch('2026-01-02 01:04:00')", 2, "总部已停用");
	sql("UPDATE sync_state SET trouble_code = 'SYNC_REVOKED'");
	struct tui *t = open_screen(80, NULL);
	case_login(t, "op1");
	tui_wait_row(t, 0, "总部已停用本点");
	sql("UPDATE sync_state SET trouble_code = ''");
	tui_wait_row(t, 0, "总部断");
	tui_end(&t);
	leave();
	close(fd);
}

static void test_only_what_was_shown_is_seen_to(void **state)
{
	(void)state;
	int fd = hold_follow();
	join();
	line("up", "unixepoch()", 0, "");
	sql("INSERT INTO sync_notice (text, at) VALUES ('shown', 1), ('shown too', 1)");
	struct tui *t = open_screen(120, NULL);
	case_login(t, "mg1");
	tui_wait_row(t, 0, "2 件事待处理");
	open_dialog(t);
	tui_wait_text(t, "shown too");
	sql("INSERT INTO sync_notice (text, at) VALUES ('came meanwhile', 2)");
	line("up", "unixepoch()", 0, "");
	tui_keys(t, "<Enter>");
	tui_wait_row(t, 0, "1 件事待处理");
	open_dialog(t);
	tui_wait_text(t, "came meanwhile");
	assert_false(tui_has(t, "shown", 0));
	tui_end(&t);
	sql("UPDATE sync_notice SET seen_at = 2");
	leave();
	close(fd);
}

/* Who holds sync.lock, or 0. */
static bool followed(void)
{
	char path[200];
	snprintf(path, sizeof path, "%s/sync.lock", site.dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool out = flock(fd, LOCK_EX | LOCK_NB) != 0;
	close(fd);
	return out;
}

static bool is_followed(struct tui *t, void *arg)
{
	(void)t, (void)arg;
	return followed();
}

/* Waits for the lock without asking again and again. */
static void wait_for_end(void)
{
	char path[200];
	snprintf(path, sizeof path, "%s/sync.lock", site.dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	alarm(60);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	alarm(0);
	close(fd);
}

/* The site's pairs are not here to be opened: the process that follows says so, and stays. */
static void test_screens_start_one_that_follows_and_the_last_ends_it(void **state)
{
	(void)state;
	join();
	struct tui *one = open_screen(100, NULL);
	tui_wait(one, is_followed, NULL, "a process follows");
	tui_wait_row(one, 0, "总部断");
	struct tui *two = open_screen(100, NULL);
	tui_wait_row(two, 0, "总部断");
	tui_end(&one); /* whoever started it */
	tui_keys(two, "op1");
	tui_wait_text(two, "op1");
	assert_true(followed());
	tui_end(&two);
	wait_for_end();
	leave();
}

static void test_a_follower_that_died_is_started_again(void **state)
{
	char command[300];
	(void)state;
	join();
	struct tui *t = open_screen(100, NULL);
	tui_wait(t, is_followed, NULL, "a process follows");
	snprintf(command, sizeof command,
		"for p in /proc/[0-9]*; do tr '\\0' ' ' 2>/dev/null <$p/cmdline | grep -q '^certdesk -C %s .*--follow' && kill -9 ${p#/proc/}; done; true",
		site.dir);
	assert_int_equal(system(command), 0);
	wait_for_end();
	tui_wait(t, is_followed, NULL, "another process follows");
	tui_end(&t);
	wait_for_end();
	leave();
}

/* Keys are taken while headquarters takes its time: the screen has no part in it. */
static void test_a_key_stroke_waits_for_no_line(void **state)
{
	char held[200];
	(void)state;
	join();
	snprintf(held, sizeof held, "%s/round.lock", site.dir);
	int fd = open(held, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0); /* the round goes on and on */
	struct tui *t = open_screen(100, NULL);
	tui_wait(t, is_followed, NULL, "a process follows");
	tui_keys(t, "op1");
	tui_wait_text(t, "op1");
	case_login(t, "<Home>"); /* the rest of the login */
	case_step(t, "<F3>", "查询订单");
	tui_end(&t);
	close(fd);
	wait_for_end();
	leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_headquarters_nothing_is_said),
		cmocka_unit_test(test_the_title_follows_the_line),
		cmocka_unit_test(test_a_line_that_nobody_has_used_for_a_minute_is_down),
		cmocka_unit_test(test_eighty_columns_keep_who_works_here),
		cmocka_unit_test(test_words_say_it_without_colours_and_in_english),
		cmocka_unit_test(test_the_menu_tells_why),
		cmocka_unit_test(test_a_revoked_site_is_told_from_a_broken_line),
		cmocka_unit_test(test_only_what_was_shown_is_seen_to),
		cmocka_unit_test(test_screens_start_one_that_follows_and_the_last_ends_it),
		cmocka_unit_test(test_a_follower_that_died_is_started_again),
		cmocka_unit_test(test_a_key_stroke_waits_for_no_line),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
