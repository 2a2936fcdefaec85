/* A small desk of one list, which the tests of screens, typing and terminals share. Each runs itself as the program under
 * test: with --program it is that desk. */
#ifndef CERTDESK_TESTS_SMALL_DESK_H
#define CERTDESK_TESTS_SMALL_DESK_H

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
	DESK_LONG,
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
	{DESK_LONG, UI_CTRL('l'), "长句", "Long", NULL, NULL, NULL, NULL, ACTION_HIDDEN},
	{DESK_SIXEL, 's', "看图", "Picture", NULL, NULL, NULL, NULL, 0},
	{DESK_DETAIL, 'd', "详情", "Detail", NULL, NULL, NULL, NULL, 0},
	{0},
};

static inline void order_cell(void *arg, size_t row, int column, char *out, enum role *role)
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

static inline void desk_draw(struct ui *ui, void *data, struct pane *pane)
{
	struct desk *d = data;
	(void)ui;
	struct pane rows = pane_part(pane, 0, 0, pane->rows - 2, pane->columns);
	list_draw(&d->list, &rows);
	pane_format(pane, pane->rows - 2, 1, ROLE_STRONG, "答=%s", d->answer);
	if (d->typing)
		edit_draw(&d->edit, pane, pane->rows - 1, 2, 20, ROLE_FOCUS, true);
}

static inline enum err slow_work(struct job *job, void *arg, struct error *e)
{
	(void)arg;
	(void)e;
	for (size_t i = 0; i <= 10; i++) {
		job_report(job, i, 10, "写入证书");
		nanosleep(&(struct timespec){0, 60000000}, NULL);
	}
	return OK;
}

static inline void picture(int fd, void *arg)
{
	(void)arg;
	if (write(fd, "PICTURE", 7) != 7)
		abort();
}

static inline void detail_draw(struct ui *ui, void *data, struct pane *pane)
{
	(void)ui;
	(void)data;
	struct pane box = pane_part(pane, 0, 2, 10, 60), inside = pane_box(&box, "订单详情");
	pane_pair(&inside, 0, 14, "单位名称", "北京示例科技有限公司", ROLE_STRONG);
	pane_pair(&inside, 1, 14, "统一社会信用代码", "91110105MA01ABCD5F", ROLE_NORMAL);
}

static const struct screen_class detail = {.zh = "订单详情", .en = "Order", .draw = detail_draw};

static inline bool even(void *arg, const char *value, char *why, size_t size)
{
	(void)arg;
	snprintf(why, size, "要偶数个字");
	return strlen(value) % 2 == 0;
}

static inline unsigned desk_act(struct ui *ui, struct desk *d, int action)
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
	case DESK_LONG: /* keyed in a field too */
		ui_error(ui, "%s", "受理点密钥 /srv/certdesk/changping/keys/store.key 打不开，或不是这个受理点的。请检查 certdesk.yaml 的 store_key，"
			"再执行 certdesk doctor");
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

static inline unsigned desk_handle(struct ui *ui, void *data, const struct event *event)
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

static inline void desk_close(struct ui *ui, void *data)
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

static inline bool unlock(void *arg, const struct secret *password, char *why, size_t size)
{
	(void)arg;
	snprintf(why, size, "口令不对");
	return strcmp(password->data, "open") == 0;
}

static inline void lock(struct ui *ui, void *arg)
{
	(void)arg;
	dialog_lock(ui, &(struct dialog_lock){.title = "已锁定", .text = "张三的屏幕已锁定。", .unlock = unlock});
}

static inline int program(void)
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
	if (edit_start(&desk.edit, 200, 0) != OK || ui_start(&options, &ui, &e) != OK) {
		fprintf(stderr, "%s\n", error_sentence(&e, sentence, sizeof sentence));
		edit_end(&desk.edit);
		return error_exit(e.code);
	}
	const char *place = getenv("DESK_PLACE");
	ui_set_place(ui, place ? place : "北京昌平受理点", "1号窗", place ? "张三丰 受理员" : "张三");
	ui_set_mark(ui, "演示·短信写入 outbox");
	ui_run(ui, &class, &desk, &e);
	ui_end(&ui);
	return 0;
}

static inline struct tui *start_with(const char *const *env, const char *term, int rows, int columns)
{
	const char *const argv[] = {self, "--program", NULL};
	return tui_start(&(struct tui_options){.argv = argv, .env = env, .term = term, .rows = rows, .columns = columns});
}

static inline struct tui *start(void)
{
	struct tui *t = start_with(NULL, NULL, 24, 80);
	tui_wait_text(t, "A00000001");
	return t;
}

/* arg: a path, and what its first line is to be. */
static inline bool file_holds(struct tui *t, void *arg)
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

#define SMALL_DESK_MAIN(tests)                                                                                                    \
	int main(int argc, char **argv)                                                                                               \
	{                                                                                                                             \
		if (argc > 1 && strcmp(argv[1], "--program") == 0)                                                                        \
			return program();                                                                                                     \
		assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);                                                       \
		return cmocka_run_group_tests(tests, NULL, NULL);                                                                         \
	}

#endif
