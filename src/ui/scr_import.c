/* 名单导入: a list from the inbox is judged, its mistakes are shown by line, and all of it or its good part becomes drafts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/import.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

enum { PATH_SIZE = 1700 };

static const char *const customers[] = {"person", "unit"};

struct import_screen {
	size_t *imported; /* the caller's */
	size_t customer; /* of customers */
	char dir[PATH_SIZE]; /* "": the inbox */
	char path[PATH_SIZE];
	json_t *judged; /* import_list's object; NULL while a file is chosen */
	struct table files, mistakes;
};

static const struct table_column file_columns[] = {
	{"名单文件", "List", "name", 0, 0, AS_TEXT, NULL},
	{"大小", "Size", "size_text", 9, 0, AS_TEXT, NULL},
	{"时间", "Time", "modified_at", 16, 60, AS_TIME, NULL},
	{0},
};
static const struct table_column mistake_columns[] = {
	{"行", "Line", "line", 6, 0, AS_NUMBER, NULL},
	{"", "", "mark", 6, 0, AS_TEXT, NULL},
	{"栏目", "Field", "label", 18, 0, AS_TEXT, NULL},
	{"说明", "Why", "message", 0, 0, AS_TEXT, NULL},
	{0},
};

static const char *form_of(struct ui *ui, const struct import_screen *s)
{
	return scr_form_name(ui, "new", customers[s->customer]);
}

static const char *form_title(struct ui *ui, const struct import_screen *s)
{
	const struct form *form = NULL;
	return desk_form(app_desk(ui), form_of(ui, s), &form, NULL) == OK ? text2_tr(&form->title) : form_of(ui, s);
}

static size_t count_of(const struct import_screen *s, const char *list)
{
	return json_array_size(json_object_get(s->judged, list));
}

static enum role mistake_role(const json_t *row)
{
	return json_flag(row, "warning") ? ROLE_WARN : ROLE_NORMAL;
}

static void read_files(struct ui *ui, struct import_screen *s)
{
	struct error e = {0};
	json_t *rows = NULL, *each;
	size_t i;
	char size[32];
	if (attach_lists(app_desk(ui), *s->dir ? s->dir : NULL, &rows, &e) != OK) {
		ui_hint(ui, ROLE_WARN, tr("扫描收件箱打不开。按 F3 输入路径", "The scan inbox can't be opened. F3 takes a path"));
		rows = json_array();
	}
	json_array_foreach(rows, i, each)
		json_object_set_new(each, "size_text", json_string(scr_size(json_number(each, "size"), size)));
	table_set(&s->files, rows);
}

static void close_import(struct ui *ui, void *data)
{
	struct import_screen *s = data;
	(void)ui;
	table_end(&s->files);
	table_end(&s->mistakes);
	json_decref(s->judged);
	free(s);
}

static enum err open_import(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct import_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	s->imported = arg;
	table_start(&s->files, file_columns, "收件箱里没有名单（.csv、.xlsx）。放入后按 F5，或按 F3 输入路径；F7 生成模板",
		"No list (.csv, .xlsx) waits. F5 looks again, F3 takes a path, F7 writes a template");
	table_start(&s->mistakes, mistake_columns, "每一行都正确", "Every line is good");
	s->mistakes.role = mistake_role;
	read_files(ui, s);
	*data = s;
	return OK;
}

static enum err call_import(struct desk *d, struct call *c, struct error *e)
{
	return import_list(d, c->more, &c->out, e);
}

static void add_rows(json_t *rows, const json_t *list, bool warning)
{
	const json_t *each;
	size_t i;
	json_array_foreach(list, i, each) {
		json_t *row = json_deep_copy(each);
		json_object_set_new(row, "warning", json_boolean(warning));
		json_object_set_new(row, "mark", json_string(warning ? tr("提醒", "note") : tr("错误", "wrong")));
		json_array_append_new(rows, row);
	}
}

static void show_judgement(struct import_screen *s, json_t *judged)
{
	json_t *rows = json_array();
	json_decref(s->judged);
	s->judged = judged;
	add_rows(rows, json_object_get(judged, "mistakes"), false);
	add_rows(rows, json_object_get(judged, "warnings"), true);
	table_set(&s->mistakes, NULL);
	list_select(&s->mistakes.list, 0);
	table_set(&s->mistakes, rows);
}

static void judge(struct ui *ui, struct import_screen *s, const char *path)
{
	struct import what = {.form = form_of(ui, s), .path = path, .check = true};
	struct call c = {.more = &what};
	struct error e = {0};
	ui_say(ui, "%s", tr("正在检查名单…", "Judging the list…"));
	ui_draw_now(ui);
	enum err rc = app_attempt(ui, call_import, &c, &e);
	if (rc != OK && rc != ERR_DESK_LIST) {
		ui_fail(ui, &e);
		json_decref(c.out);
		return;
	}
	if (path != s->path)
		text_copy(s->path, sizeof s->path, path);
	show_judgement(s, c.out);
	if (rc == OK)
		ui_good(ui, tr("%lld 行都正确。F2 导入", "All %lld lines are good. F2 imports them"), (long long)json_number(s->judged, "good"));
	else if (json_number(s->judged, "good") > 0)
		ui_warn(ui, tr("有 %zu 处错误。改好文件后按 F5，或按 F4 只导入正确的行", "%zu mistakes. Correct the file and press F5, or F4 imports the good lines"),
			count_of(s, "mistakes"));
	else
		ui_warn(ui, tr("有 %zu 处错误，没有可以导入的行。改好文件后按 F5", "%zu mistakes, and no line that can be imported. Correct the file and press F5"),
			count_of(s, "mistakes"));
}

/* Nothing but what was judged: a file that was changed meanwhile is refused. */
static void import(struct ui *ui, struct import_screen *s, bool good_part)
{
	struct import what = {.form = form_of(ui, s), .path = s->path, .good_part = good_part, .digest = json_text(s->judged, "digest")};
	struct call c = {.more = &what};
	struct error e = {0};
	char text[400];
	long long good = json_number(s->judged, "good"), lines = json_number(s->judged, "lines");
	if (good_part)
		snprintf(text, sizeof text, tr("只导入正确的 %lld 行，另外 %lld 行不导入？", "Import the %lld good lines and leave out the other %lld?"), good, lines - good);
	else
		snprintf(text, sizeof text, tr("导入全部 %lld 行，每行一张草稿？", "Import all %lld lines, a draft each?"), good);
	if (!dialog_yes(ui, form_title(ui, s), text))
		return;
	enum err rc = app_attempt(ui, call_import, &c, &e);
	if (rc == ERR_DESK_LIST) /* somebody keyed one of them in meanwhile */
		show_judgement(s, json_incref(c.out));
	if (rc != OK) {
		ui_fail(ui, &e);
		json_decref(c.out);
		return;
	}
	size_t made = json_array_size(json_object_get(c.out, "drafts"));
	json_decref(c.out);
	if (s->imported)
		*s->imported = made;
	ui_good(ui, tr("已导入 %zu 张草稿，在“继续办理”里", "%zu drafts were made, under “To go on”"), made);
	ui_pop(ui);
}

static void ask_path(struct ui *ui, struct import_screen *s)
{
	struct stat st;
	char path[PATH_SIZE] = "";
	if (!app_ask_file_or_folder(ui, tr("文件路径", "Path"), tr("名单文件（CSV、xlsx），或一个文件夹", "A list (CSV, xlsx), or a folder"), path, sizeof path))
		return;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		text_copy(s->dir, sizeof s->dir, path);
		read_files(ui, s);
	} else
		judge(ui, s, path);
}

static enum err call_template(struct desk *d, struct call *c, struct error *e)
{
	return import_template(d, c->a, c->b, &c->out, e);
}

static void write_template(struct ui *ui, struct import_screen *s)
{
	char path[PATH_SIZE] = "";
	struct call c = {.a = form_of(ui, s), .b = path};
	if (!app_ask_path(ui, tr("生成模板", "Template"), tr("模板写到哪个文件（.xlsx）", "The file to write (.xlsx)"), path, sizeof path))
		return;
	if (app_do(ui, call_template, &c))
		ui_good(ui, tr("模板已写到 %s", "The template is %s"), path);
	json_decref(c.out);
}

enum { WHOLE = 2 };

static void draw_import(struct ui *ui, void *data, struct pane *pane)
{
	struct import_screen *s = data;
	struct pane below = pane_part(pane, s->judged ? 3 : 2, 0, pane->rows - (s->judged ? 3 : 2), pane->columns);
	char title[400], name[300];
	const char *slash = strrchr(s->path, '/');
	ui_typing(ui, false, TERM_INPUT_LATIN);
	snprintf(title, sizeof title, tr("名单导入 · %s", "Import · %s"), form_title(ui, s));
	pane_line(pane, 0, title);
	if (!s->judged) {
		pane_text(pane, 1, 1, ROLE_HINT, tr("选名单文件，回车检查；F6 换申请表", "Enter judges the selected list; F6 changes the form"));
		list_draw(&s->files.list, &below);
		if (s->files.list.count == 0)
			scr_draw_folder(ui, &below, s->dir);
		return;
	}
	text_printable(name, sizeof name, slash ? slash + 1 : s->path);
	bool wrong = count_of(s, "mistakes") > 0;
	pane_format(pane, 1, 1, ROLE_STRONG, tr("%s：共 %lld 行，正确 %lld 行", "%s: %lld lines, %lld good"), name, (long long)json_number(s->judged, "lines"),
		(long long)json_number(s->judged, "good"));
	pane_format(pane, 2, 1, wrong ? ROLE_ERROR : ROLE_GOOD, tr("错误 %zu 处，提醒 %zu 处", "%zu mistakes, %zu notes"), count_of(s, "mistakes"), count_of(s, "warnings"));
	below.rows -= WHOLE;
	list_draw(&s->mistakes.list, &below);
	if (table_row(&s->mistakes)) /* a row has room for its beginning */
		pane_wrapped(pane, pane->rows - WHOLE, 1, pane->columns - 2, WHOLE, ROLE_WARN, table_text(&s->mistakes, "message"));
}

enum { DO_ALL = 1, DO_GOOD, DO_PATH, DO_AGAIN, DO_FORM, DO_TEMPLATE, DO_FILES };

static void choose_again(struct ui *ui, struct import_screen *s)
{
	json_decref(s->judged);
	s->judged = NULL;
	read_files(ui, s);
}

static unsigned act(struct ui *ui, struct import_screen *s, int action)
{
	switch (action) {
	case DO_ALL:
		import(ui, s, false);
		break;
	case DO_GOOD:
		import(ui, s, true);
		break;
	case DO_PATH:
		ask_path(ui, s);
		break;
	case DO_AGAIN:
		if (s->judged)
			judge(ui, s, s->path);
		else
			read_files(ui, s);
		break;
	case DO_FORM:
		s->customer = (s->customer + 1) % (sizeof customers / sizeof *customers);
		if (s->judged)
			choose_again(ui, s);
		break;
	case DO_TEMPLATE:
		write_template(ui, s);
		break;
	default:
		return UI_PASS;
	}
	return UI_DRAW | UI_BARS;
}

/* A mistake by itself, however long. */
static void show_mistake(struct ui *ui, struct import_screen *s)
{
	char text[800];
	snprintf(text, sizeof text, tr("第 %lld 行 %s\n%s", "Line %lld, %s\n%s"), (long long)json_number(table_row(&s->mistakes), "line"),
		table_text(&s->mistakes, "label"), table_text(&s->mistakes, "message"));
	dialog_message(ui, table_text(&s->mistakes, "mark"), text);
}

static unsigned handle_import(struct ui *ui, void *data, const struct event *event)
{
	struct import_screen *s = data;
	if (event->action)
		return act(ui, s, event->action);
	if (s->judged && event->kind == EVENT_KEY && event->key == UI_KEY_ESC) {
		choose_again(ui, s);
		return UI_DRAW | UI_BARS;
	}
	switch (list_handle(s->judged ? &s->mistakes.list : &s->files.list, event)) {
	case LIST_MOVED:
		return UI_DRAW;
	case LIST_CHOSEN:
		if (s->judged)
			show_mistake(ui, s);
		else {
			char path[PATH_SIZE];
			text_copy(path, sizeof path, table_text(&s->files, "path"));
			judge(ui, s, path);
		}
		return UI_DRAW | UI_BARS;
	default:
		return UI_PASS;
	}
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct import_screen *s = data;
	(void)ui;
	bool wrong = count_of(s, "mistakes") > 0, good = json_number(s->judged, "good") > 0;
	if (action == DO_ALL)
		return s->judged && good && !wrong;
	if (action == DO_GOOD)
		return s->judged && good && wrong;
	return true;
}

static const struct action actions[] = {
	{DO_ALL, UI_KEY_F(2), "全部导入", "Import", "名单", "List", "名单全部正确：每行一张草稿", "All lines are good: a draft each", ACTION_FIRST},
	{DO_GOOD, UI_KEY_F(4), "导入正确的", "Good part", NULL, NULL, "只导入正确的行", "Import the good lines and leave out the others", ACTION_FIRST},
	{DO_PATH, UI_KEY_F(3), "路径", "Path", NULL, NULL, "输入文件路径，或打开另一个文件夹", "Give a file's path, or open another folder", 0},
	{DO_AGAIN, UI_KEY_F(5), "重新检查", "Again", NULL, NULL, "重新读取收件箱；已检查的名单再检查一次", "Read the inbox, or judge the list, again", ACTION_FIRST},
	{DO_FORM, UI_KEY_F(6), "换申请表", "Form", NULL, NULL, "在个人新办和单位新办之间切换", "Between persons and units", 0},
	{DO_TEMPLATE, UI_KEY_F(7), "模板", "Template", NULL, NULL, "生成一个可填写的 Excel 模板", "Write a workbook to fill in", 0},
	{0},
};

const struct screen_class scr_import = {.zh = "名单导入",
	.en = "Import a list",
	.actions = actions,
	.open = open_import,
	.draw = draw_import,
	.handle = handle_import,
	.close = close_import,
	.offered = offered};
