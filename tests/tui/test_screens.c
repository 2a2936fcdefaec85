/* Screens, lists and dialogs as an operator sees them. The test runs itself as the
 * program under test: with --program it is a small desk of one list. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/tui.h"
#include "base/text.h"
#include "ui/dialog.h"
#include "ui/edit_key.h"

static char self[4096];

/* ---- the program ---- */

#define ORDERS 1000000

struct desk {
	struct list list;
	char answer[256];
	struct edit edit;
	bool typing;
	int ticks;
};

enum {
	DESK_OPEN = 1,
	DESK_ASK,
	DESK_SECRET,
	DESK_CONFIRM,
	DESK_CHOOSE,
	DESK_TEXT,
	DESK_JOB,
	DESK_FIELD,
	DESK_ERROR,
	DESK_SIXEL,
	DESK_DETAIL
};

static const struct action actions[] = {
	{DESK_OPEN, UI_KEY_ENTER, "打开", "Open", "订单", "Orders", "打开选中的订单", "open the selected order", ACTION_FIRST},
	{DESK_ASK, UI_KEY_F(2), "登记", "Note", NULL, NULL, NULL, NULL, ACTION_FIRST},
	{DESK_SECRET, UI_KEY_F(5), "口令", "PIN", NULL, NULL, NULL, NULL, 0},
	{DESK_CONFIRM, UI_KEY_F(8), "吊销", "Revoke", NULL, NULL, NULL, NULL, 0},
	{DESK_CHOOSE, 'c', "选渠道", "Channel", "其他", "Others", NULL, NULL, 0},
	{DESK_TEXT, 't', "协议", "Agreement", NULL, NULL, NULL, NULL, 0},
	{DESK_JOB, 'j', "写证书", "Write", NULL, NULL, NULL, NULL, 0},
	{DESK_FIELD, 'f', "输入框", "Field", NULL, NULL, NULL, NULL, 0},
	{DESK_ERROR, 'e', "出错", "Error", NULL, NULL, NULL, NULL, ACTION_HIDDEN},
	{DESK_SIXEL, 's', "看图", "Picture", NULL, NULL, NULL, NULL, 0},
	{DESK_DETAIL, 'd', "详情", "Detail", NULL, NULL, NULL, NULL, 0},
	{0},
};

static void order_cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	static const char *const names[] = {"北京示例科技有限公司", "𠮷田商会", "上海测试股份有限公司浦东新区分公司"};
	(void)arg;
	(void)role;
	if (column == 0)
		snprintf(out, LIST_CELL_SIZE, "A%08zu", row + 1);
	else if (column == 1)
		text_copy(out, LIST_CELL_SIZE, names[row % 3]);
	else
		snprintf(out, LIST_CELL_SIZE, "%zu.00", 300 + row % 7);
}

static void desk_draw(struct ui *ui, void *data, struct pane *pane)
{
	struct desk *d = data;
	(void)ui;
	struct pane rows = pane_part(pane, 0, 0, pane->rows - 2, pane->columns);
	list_draw(&d->list, &rows);
	pane_format(pane, pane->rows - 2, 1, ROLE_STRONG, "答=%s", d->answer);
	if (d->typing)
		edit_draw(&d->edit, pane, pane->rows - 1, 2, 20, ROLE_FOCUS, true);
}

static enum err slow_work(struct job *job, void *arg, struct error *e)
{
	(void)arg;
	(void)e;
	for (size_t i = 0; i <= 10; i++) {
		job_report(job, i, 10, "写入证书");
		nanosleep(&(struct timespec){0, 60000000}, NULL);
	}
	return OK;
}

static void picture(int fd, void *arg)
{
	(void)arg;
	if (write(fd, "PICTURE", 7) != 7)
		abort();
}

static void detail_draw(struct ui *ui, void *data, struct pane *pane)
{
	(void)ui;
	(void)data;
	struct pane box = pane_part(pane, 0, 2, 10, 60), inside = pane_box(&box, "订单详情");
	pane_pair(&inside, 0, 14, "单位名称", "北京示例科技有限公司", ROLE_STRONG);
	pane_pair(&inside, 1, 14, "统一社会信用代码", "91110105MA01ABCD5F", ROLE_NORMAL);
}

static const struct screen_class detail = {.zh = "订单详情", .en = "Order", .draw = detail_draw};

static bool even(void *arg, const char *value, char *why, size_t size)
{
	(void)arg;
	snprintf(why, size, "要偶数个字");
	return strlen(value) % 2 == 0;
}

static unsigned desk_act(struct ui *ui, struct desk *d, int action)
{
	static const char *const channels[] = {"公共资源", "税务", "人社"};
	struct secret secret;
	switch (action) {
	case DESK_OPEN:
		snprintf(d->answer, sizeof d->answer, "打开 %zu", d->list.selected + 1);
		break;
	case DESK_ASK:
		if (!dialog_ask(ui, &(struct dialog_ask){.title = "登记", .text = "写一句话。", .label = "内容", .judge = even},
						d->answer, sizeof d->answer))
			strcpy(d->answer, "没写");
		break;
	case DESK_SECRET:
		if (dialog_secret(ui, &(struct dialog_secret){.title = "口令", .label = "新口令", .least = 6, .twice = true},
						  &secret))
			snprintf(d->answer, sizeof d->answer, "口令 %zu 位", secret.length);
		secret_wipe(&secret);
		break;
	case DESK_CONFIRM:
		strcpy(d->answer, dialog_confirm(ui, "吊销证书", "吊销后证书不能恢复。", "吊销") ? "已吊销" : "没吊销");
		break;
	case DESK_CHOOSE:
		snprintf(d->answer, sizeof d->answer, "渠道 %d", dialog_choose(ui, "渠道", channels, 3, 1));
		break;
	case DESK_TEXT: {
		struct bytes text = {0};
		for (int i = 1; i <= 60; i++)
			bytes_format(&text, "第%d条 电子认证服务机构应当妥善保管订户的资料，不得用于其他目的；违反约定的，依法承担责任。\n", i);
		strcpy(d->answer, dialog_text(ui, "电子认证服务协议", (const char *)text.data, "回车：同意") ? "同意" : "不同意");
		bytes_free(&text);
		break;
	}
	case DESK_JOB:
		dialog_job(ui, "制证", "正在写入介质，请勿拔出介质 do not remove。", slow_work, NULL, NULL);
		strcpy(d->answer, "写好了");
		break;
	case DESK_FIELD:
		d->typing = true;
		ui_typing(ui, true, TERM_INPUT_CHINESE);
		break;
	case DESK_ERROR:
		ui_error(ui, "出错了：%s", "没有读到介质");
		break;
	case DESK_SIXEL:
		snprintf(d->answer, sizeof d->answer, "sixel %d", term_has_sixel(ui_term(ui)));
		term_outside(ui_term(ui), picture, NULL);
		ui_redraw(ui, UI_DRAW | UI_BARS);
		break;
	case DESK_DETAIL:
		ui_push(ui, &detail, NULL);
		break;
	default:
		return UI_PASS;
	}
	return UI_DRAW;
}

static unsigned desk_handle(struct ui *ui, void *data, const struct event *event)
{
	struct desk *d = data;
	enum edit_result result;
	if (event->action)
		return desk_act(ui, d, event->action);
	if (d->typing) {
		if (event->kind == EVENT_KEY && event->key == UI_KEY_ESC) {
			d->typing = false;
			ui_typing(ui, false, TERM_INPUT_LATIN);
			text_copy(d->answer, sizeof d->answer, d->edit.text);
			return UI_DRAW;
		}
		if (edit_handle(&d->edit, event, &result, NULL)) {
			if (result == EDIT_REFUSED)
				term_beep(ui_term(ui));
			return UI_DRAW;
		}
	}
	switch (list_handle(&d->list, event)) {
	case LIST_CHOSEN:
		return desk_act(ui, d, DESK_OPEN);
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static void desk_close(struct ui *ui, void *data)
{
	struct desk *d = data;
	const char *path = getenv("DESK_SAVED");
	FILE *f = path && ui_ending(ui) ? fopen(path, "w") : NULL;
	if (f) {
		fputs(d->edit.text, f);
		fclose(f);
	}
	edit_end(&d->edit);
}

static void lock(struct ui *ui, void *arg);

static bool unlock(void *arg, const struct secret *password, char *why, size_t size)
{
	(void)arg;
	snprintf(why, size, "口令不对");
	return strcmp(password->data, "open") == 0;
}

static void lock(struct ui *ui, void *arg)
{
	(void)arg;
	dialog_lock(ui, &(struct dialog_lock){.title = "已锁定", .text = "张三的屏幕已锁定。", .unlock = unlock});
}

static int program(void)
{
	static const struct list_column columns[] = {
		{"订单号", "Order", 10, false, 0}, {"客户", "Customer", 0, false, 0}, {"金额", "Amount", 10, true, 0}, {0}};
	static const struct screen_class class = {
		.zh = "订单", .en = "Orders", .actions = actions, .draw = desk_draw, .handle = desk_handle, .close = desk_close};
	struct desk desk = {.list = {.columns = columns, .cell = order_cell, .count = ORDERS}};
	const char *idle = getenv("DESK_IDLE");
	struct ui_options options = {.clock = {1795359900}, .idle = lock, .idle_seconds = idle ? atoi(idle) : 0};
	struct error e = {0};
	struct ui *ui = NULL;
	char sentence[1024];
	options.term.latin_command = getenv("DESK_LATIN");
	options.term.chinese_command = getenv("DESK_CHINESE");
	lang_start();
	if (edit_start(&desk.edit, 200, 0) != OK || ui_start(&options, NULL, &ui, &e) != OK) {
		fprintf(stderr, "%s\n", error_sentence(&e, sentence, sizeof sentence));
		edit_end(&desk.edit);
		return error_exit(e.code);
	}
	ui_set_place(ui, "北京昌平受理点", "1号窗", "张三");
	ui_set_mark(ui, "演示·短信写入 outbox");
	ui_run(ui, &class, &desk, &e);
	ui_end(&ui);
	return 0;
}

/* ---- the tests ---- */

static struct tui *start_with(const char *const *env, const char *term, int rows, int columns)
{
	const char *const argv[] = {self, "--program", NULL};
	return tui_start(&(struct tui_options){.argv = argv, .env = env, .term = term, .rows = rows, .columns = columns});
}

static struct tui *start(void)
{
	struct tui *t = start_with(NULL, NULL, 24, 80);
	tui_wait_text(t, "A00000001");
	return t;
}

static void shows_title_list_and_keys(void **state)
{
	struct tui *t = start();
	int row, column;
	(void)state;
	assert_non_null(strstr(tui_row(t, 0), "订单"));
	assert_non_null(strstr(tui_row(t, 0), "北京昌平受理点 · 1号窗 · 张三"));
	assert_non_null(strstr(tui_row(t, 0), "演示·短信写入 outbox"));
	assert_true(strncmp(tui_row(t, 23), "F1 帮助", strlen("F1 帮助")) == 0);
	assert_non_null(strstr(tui_row(t, 23), "F10 返回"));
	/* columns stand under each other whatever the width of what is in them */
	assert_string_equal(tui_cell(t, 2, 13).text, "北");
	assert_string_equal(tui_cell(t, 3, 13).text, "𠮷");
	assert_true(tui_find(t, "300.00", &row, &column));
	int first = column;
	assert_true(tui_find(t, "301.00", &row, &column));
	assert_int_equal(first, column);
	tui_wait_cursor(t, 2, 0);
	tui_keys(t, "<Down><Down>");
	tui_wait_cursor(t, 4, 0);
	tui_end(&t);
}

static void scrolls_a_million_rows(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<End>");
	tui_wait_text(t, "A01000000");
	tui_keys(t, "<PgUp><Home><PgDn>");
	tui_wait_text(t, "A00000018");
	tui_keys(t, "<Home><Down><Enter>");
	tui_wait_text(t, "答=打开 2");
	tui_click(t, 10, 20); /* one click selects, the second opens */
	tui_wait_cursor(t, 10, 0);
	tui_click(t, 10, 20);
	tui_wait_text(t, "答=打开 9");
	tui_end(&t);
}

static void bar_help_and_menu_come_from_one_table(void **state)
{
	struct tui *t = start();
	int row, column;
	(void)state;
	tui_keys(t, "<F1>");
	tui_wait_text(t, "【订单】");
	tui_wait_text(t, "打开选中的订单");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "【订单】");
	tui_keys(t, "<F9>");
	tui_wait_text(t, "菜单");
	tui_wait_text(t, "选渠道");
	tui_keys(t, "<Down><Down><Down><Down><Enter>");
	tui_wait_text(t, "税务");
	tui_keys(t, "3<Enter>");
	tui_wait_text(t, "答=渠道 2");
	tui_wait_row(t, 23, "吊销");
	assert_true(tui_find(t, "吊销", &row, &column));
	tui_click(t, 23, column); /* a click on the bar is the key */
	tui_wait_text(t, "吊销后证书不能恢复");
	tui_keys(t, "<Esc>");
	tui_wait_text(t, "答=没吊销");
	tui_end(&t);
}

static void type_ahead_runs_through_dialogs(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "c1<Enter>");
	tui_wait_text(t, "答=渠道 0");
	tui_keys(t, "f张三c<Esc>c2<Enter>"); /* in a field c is a letter, outside it is a key */
	tui_wait_text(t, "答=渠道 1");
	tui_end(&t);
}

static void confirms_only_by_y(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F8>");
	tui_wait_text(t, "不能撤销");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "答=没吊销");
	tui_keys(t, "<F8>y");
	tui_wait_text(t, "答=已吊销");
	tui_end(&t);
}

static void asks_judges_and_asks_again(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F2>");
	tui_wait_text(t, "写一句话");
	tui_keys(t, "abc<Enter>");
	tui_wait_text(t, "要偶数个字");
	assert_true(tui_beeped(t));
	tui_keys(t, "d<Enter>");
	tui_wait_text(t, "答=abcd");
	tui_keys(t, "<F2><Esc>");
	tui_wait_text(t, "答=没写");
	tui_end(&t);
}

static void a_secret_is_never_shown(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F5>abc");
	tui_wait_text(t, "•••");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "至少要 6 位");
	tui_keys(t, "abcdef<Enter>"); /* what was too short has gone */
	tui_wait_text(t, "再输入一次");
	tui_keys(t, "abcdeX<Enter>");
	tui_wait_text(t, "不一样");
	tui_keys(t, "abcdef<Enter>");
	tui_wait_text(t, "答=口令 6 位");
	assert_false(tui_wrote(t, "abc"));
	assert_true(tui_wrote(t, "•"));
	tui_end(&t);
}

static void an_agreement_is_read_to_its_end(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "t");
	tui_wait_text(t, "请读到末尾");
	tui_keys(t, "<Enter>"); /* reads on */
	tui_wait_gone(t, "第1条");
	tui_keys(t, "<End>");
	tui_wait_text(t, "第60条");
	tui_wait_text(t, "回车：同意");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "答=同意");
	tui_end(&t);
}

static void work_shows_its_progress_and_keeps_keys(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "jc1<Enter>");
	tui_wait_text(t, "请勿拔出介质");
	tui_wait_text(t, "已用 ");
	tui_wait_text(t, "写入证书");
	tui_wait_text(t, "0%");
	tui_wait_text(t, "答=渠道 0");
	tui_end(&t);
}

static void an_error_beeps_and_drops_what_was_typed_ahead(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_bytes(t, "ec1\r", 4); /* at once: an Enter that came later would be meant */
	tui_wait_text(t, "出错了：没有读到介质");
	tui_settle(t);
	assert_true(tui_beeped(t));
	assert_false(tui_has(t, "答=渠道", 0));
	tui_keys(t, "<Down>"); /* the sentence goes with the next key */
	tui_wait_gone(t, "出错了");
	tui_end(&t);
}

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

static bool file_holds(struct tui *t, void *arg)
{
	char line[64] = "";
	const char *const *want = arg;
	FILE *f = fopen(want[0], "r");
	(void)t;
	if (f && !fgets(line, sizeof line, f))
		line[0] = '\0';
	if (f)
		fclose(f);
	return strcmp(line, want[1]) == 0;
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

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--program") == 0)
		return program();
	assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_title_list_and_keys),
		cmocka_unit_test(scrolls_a_million_rows),
		cmocka_unit_test(bar_help_and_menu_come_from_one_table),
		cmocka_unit_test(type_ahead_runs_through_dialogs),
		cmocka_unit_test(confirms_only_by_y),
		cmocka_unit_test(asks_judges_and_asks_again),
		cmocka_unit_test(a_secret_is_never_shown),
		cmocka_unit_test(an_agreement_is_read_to_its_end),
		cmocka_unit_test(work_shows_its_progress_and_keeps_keys),
		cmocka_unit_test(an_error_beeps_and_drops_what_was_typed_ahead),
		cmocka_unit_test(typed_text_is_taken_whole),
		cmocka_unit_test(a_split_character_is_put_together),
		cmocka_unit_test(a_paste_of_lines_stays_in_the_field),
		cmocka_unit_test(the_keypad_types_and_enters),
		cmocka_unit_test(the_input_method_is_switched_when_it_changes),
		cmocka_unit_test(a_command_can_switch_the_input_method),
		cmocka_unit_test(resizing_loses_nothing),
		cmocka_unit_test(ends_politely),
		cmocka_unit_test(an_idle_screen_locks_and_hides),
		cmocka_unit_test(leaves_the_screen_for_a_picture),
		cmocka_unit_test(works_on_every_kind_of_terminal),
		cmocka_unit_test(says_what_is_wrong_with_the_terminal),
		cmocka_unit_test(speaks_english_too),
		cmocka_unit_test(draws_chinese_in_a_locale_without_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
