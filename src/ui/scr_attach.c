/* 资料: the kinds asked for above (or on the left), the scans waiting below. Enter takes the selected scan for the
 * marked kind and goes on to the next missing one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/order.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_table.h"
#include "ui/scr_thumb.h"
#include "ui/scr_used.h"

enum { WIDE = 120, PATH_SIZE = 1700 };

struct attach_screen {
	char no[ORDER_NO_SIZE], name[PAGE_NAME_SIZE], dir[PATH_SIZE]; /* dir "": the inbox */
	json_t *kinds;
	size_t kind;
	struct table scans;
	struct thumb thumb;
	bool preview;
	bool signed_already; /* it takes nothing but the voucher of its payment */
};

static const struct table_column columns[] = {
	{"扫描件", "Scan", "name", 0, 0, AS_TEXT, NULL},
	{"大小", "Size", "size_text", 9, 0, AS_TEXT, NULL},
	{"时间", "Time", "modified_at", 16, 60, AS_TIME, NULL},
	{"已用作", "Used as", "used", 22, 48, AS_TEXT, NULL}, /* 经办人身份证（国徽面） whole */
	{0},
};

static const json_t *kind_now(const struct attach_screen *s)
{
	return json_array_get(s->kinds, s->kind);
}

/* All that is asked for lies here, the kind that is chosen too: there is nothing left to take. */
static bool all_there(const struct attach_screen *s)
{
	return page_missing(s->kinds) == 0 && json_flag(kind_now(s), "attached");
}

static enum role scan_role(const json_t *row)
{
	return *json_text(row, "used") ? ROLE_HINT : ROLE_NORMAL;
}

static enum err read_kinds(struct ui *ui, struct attach_screen *s, struct error *e)
{
	json_t *kinds = NULL;
	enum err rc = attach_kinds(app_desk(ui), s->no, &kinds, e);
	if (rc != OK)
		return rc;
	json_decref(s->kinds);
	s->kinds = kinds;
	return OK;
}

/* Marks the next required kind that is missing, from the one marked on. */
static void mark_next(struct attach_screen *s)
{
	size_t n = json_array_size(s->kinds);
	for (size_t i = 0; i < n; i++) {
		const json_t *each = json_array_get(s->kinds, (s->kind + i) % n);
		if (json_flag(each, "required") && !json_flag(each, "attached")) {
			s->kind = (s->kind + i) % n;
			return;
		}
	}
}

/* Whether it is still being put together, and if not, which document it may lack. */
static void mark_voucher(struct ui *ui, struct attach_screen *s)
{
	json_t *order = app_order(ui, s->no);
	const char *status = json_text(order, "status");
	const json_t *each;
	size_t i;
	text_copy(s->name, sizeof s->name, json_text(order, "name"));
	s->signed_already = !status_is_draft(status);
	if (strcmp(status, "awaiting-payment") == 0)
		json_array_foreach(s->kinds, i, each)
			if (strcmp(json_text(each, "kind"), "payment-voucher") == 0)
				s->kind = i;
	json_decref(order);
}

/* Selects a scan that bears the kind's name, else the first that isn't used yet, from `start` on and then from the top. */
static void select_scan(struct attach_screen *s, size_t start)
{
	const char *kind = json_text(kind_now(s), "kind");
	size_t n = json_array_size(s->scans.rows), free_one = SIZE_MAX;
	for (size_t k = 0; k < n; k++) {
		size_t i = (start + k) % n;
		const json_t *each = json_array_get(s->scans.rows, i);
		if (*json_text(each, "used"))
			continue;
		if (free_one == SIZE_MAX)
			free_one = i;
		if (*kind && strstr(json_text(each, "name"), kind)) {
			free_one = i;
			break;
		}
	}
	if (free_one != SIZE_MAX)
		list_select(&s->scans.list, free_one);
}

static void read_scans(struct ui *ui, struct attach_screen *s)
{
	const struct app *app = ui_arg(ui);
	struct error e = {0};
	json_t *rows = NULL, *each;
	size_t i;
	char size[32];
	if (attach_scans(app_desk(ui), *s->dir ? s->dir : NULL, &rows, &e) != OK) {
		ui_hint(ui, ROLE_WARN, tr("扫描收件箱打不开。按 F3 输入路径", "The scan inbox can't be opened. F3 takes a path"));
		rows = json_array();
	}
	json_array_foreach(rows, i, each)
		json_object_set_new(each, "size_text", json_string(scr_size(json_number(each, "size"), size)));
	used_show(app->scans, s->no, rows);
	table_set(&s->scans, rows);
}

static void close_attach(struct ui *ui, void *data)
{
	struct attach_screen *s = data;
	(void)ui;
	table_end(&s->scans);
	thumb_clear(&s->thumb);
	json_decref(s->kinds);
	free(s);
}

/* What a signature on paper lacks, once all else is there. */
static void mark_signed_form(struct attach_screen *s)
{
	const json_t *each;
	size_t i;
	json_array_foreach(s->kinds, i, each)
		if (page_missing(s->kinds) == 0 && strcmp(json_text(each, "kind"), "signed-form") == 0)
			s->kind = i;
}

static enum err open_any(struct ui *ui, void *arg, bool paper, void **data, struct error *e)
{
	struct attach_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	table_start(&s->scans, columns, "收件箱里没有扫描件。扫描后按 F5，或按 F3 输入路径",
		"No scans waiting. Scan, then F5, or F3 for a path");
	s->scans.role = scan_role;
	enum err rc = read_kinds(ui, s, e);
	if (rc != OK) {
		close_attach(ui, s);
		return rc;
	}
	mark_next(s);
	mark_voucher(ui, s);
	if (paper)
		mark_signed_form(s);
	read_scans(ui, s);
	select_scan(s, 0);
	*data = s;
	return OK;
}

static enum err open_attach(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, false, data, e);
}

static enum err open_signed(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, true, data, e);
}

static void draw_kinds(const struct attach_screen *s, const struct pane *p)
{
	const json_t *each;
	size_t i;
	char text[200], size[32];
	json_array_foreach(s->kinds, i, each) {
		bool have = json_flag(each, "attached"), required = json_flag(each, "required");
		const char *form = scr_word(WORD_FORM, json_text(each, "form"));
		enum role role = i == s->kind ? ROLE_SELECTED : have ? ROLE_GOOD : required ? ROLE_WARN : ROLE_NORMAL;
		const char *mark = have ? "✓" : required ? "*" : " ";
		snprintf(text, sizeof text, "%s %s %s", i == s->kind ? "▶" : " ", mark, json_text(each, "title"));
		pane_cell(p, (int)i, 0, p->columns - 32, role, text, false);
		pane_cell(p, (int)i, p->columns - 32, 12, role, form, false);
		if (have)
			snprintf(text, sizeof text, "%lld×%lld %s", (long long)json_number(each, "width"),
				(long long)json_number(each, "height"), scr_size(json_number(each, "size"), size));
		else
			snprintf(text, sizeof text, "%s", required ? tr("缺", "missing") : tr("可选", "optional"));
		pane_cell(p, (int)i, p->columns - 20, 20, role, text, false);
	}
}

static void draw_attach(struct ui *ui, void *data, struct pane *pane)
{
	struct attach_screen *s = data;
	bool wide = pane->columns >= WIDE;
	int kinds = (int)json_array_size(s->kinds), left = wide ? pane->columns * 2 / 3 : pane->columns;
	int rows = pane->rows - kinds - 4;
	struct pane top = pane_part(pane, 1, 0, kinds, left);
	struct pane scans = pane_part(pane, kinds + 3, 0, rows, left);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	page_head(pane, s->no, s->name, tr("要的资料", "Documents"));
	draw_kinds(s, &top);
	if (s->signed_already && json_flag(kind_now(s), "attached"))
		pane_text(pane, kinds + 1, 1, ROLE_GOOD, tr("已签名，只能补传付款凭证；回车返回", "Signed: only the payment's voucher can be added; Enter goes back"));
	else if (all_there(s))
		pane_text(pane, kinds + 1, 1, ROLE_GOOD,
			tr("资料已齐，回车进入签名。要更换：← → 选种类，Del 删除后重传",
				"All there: Enter goes on to the signature. To replace one: ← →, Del"));
	else
		pane_format(pane, kinds + 1, 1, ROLE_STRONG,
			tr("回车：把选中的扫描件用作“%s”", "Enter takes the selected scan as: %s"),
			json_text(kind_now(s), "title"));
	pane_line(pane, kinds + 2, *s->dir ? s->dir : tr("扫描收件箱（新的在前）", "Scan inbox, newest first"));
	if (wide || s->preview) {
		int width = wide ? pane->columns - left - 1 : pane->columns / 2;
		struct pane picture = wide ? pane_part(pane, 1, left + 1, pane->rows - 1, width)
								   : pane_part(&scans, 0, scans.columns - width, scans.rows, width);
		if (!wide)
			scans = pane_part(&scans, 0, 0, scans.rows, scans.columns - width - 1);
		list_draw(&s->scans.list, &scans);
		thumb_draw(ui, &s->thumb, &picture);
	} else {
		list_draw(&s->scans.list, &scans);
	}
	if (s->scans.list.count == 0)
		scr_draw_folder(ui, &scans, s->dir);
}

static unsigned tick_attach(struct ui *ui, void *data)
{
	struct attach_screen *s = data;
	const char *path = table_text(&s->scans, "path");
	struct bytes content = {0};
	struct error e = {0};
	if ((!s->preview && term_columns(ui_term(ui)) < WIDE) || !*path || thumb_is(&s->thumb, path))
		return UI_NONE;
	if (file_read(path, PICTURE_READ_LIMIT, &content, &e) != OK)
		thumb_fail(&s->thumb, path, &e);
	else
		thumb_load(&s->thumb, path, content.data, content.length);
	bytes_free(&content);
	return UI_DRAW;
}

static enum err call_add(struct desk *d, struct call *c, struct error *e)
{
	return attach_add(d, c->no, c->a, c->b, c->flag, &c->out, e);
}

/* Too big, or more than a picture: what a re-encoding would make, a look at it, and whether to take that. */
static bool offer_fit(struct ui *ui, const char *path, bool big)
{
	enum { TAKE, LOOK };
	struct bytes fitted = {0};
	json_t *result = NULL;
	struct error e = {0};
	char made[160], not_taken[120], before[32], after[32];
	ui_say(ui, "%s", tr("正在压缩…", "Shrinking…"));
	ui_draw_now(ui);
	if (attach_preview(app_desk(ui), path, &fitted, &result, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	ui_say(ui, "%s", "");
	snprintf(made, sizeof made,
	         big ? tr("用压缩后的：%s（%lld×%lld），字迹仍清晰", "take it shrunk: %s (%lld×%lld), still legible")
	             : tr("只用其中的图片：%s（%lld×%lld）", "take the picture alone: %s (%lld×%lld)"),
	         scr_size((int64_t)fitted.length, after), (long long)json_number(result, "width"), (long long)json_number(result, "height"));
	snprintf(not_taken, sizeof not_taken,
	         big ? tr("不用（原图 %s，超过 1.5 MB 上限）", "no (it has %s, over the limit of 1.5 MB)")
	             : tr("不用（文件 %s，除图片外还有别的内容）", "no (the file has %s and holds more than a picture)"),
	         scr_size(json_number(result, "original_size"), before));
	const char *lines[] = {made, tr("先看一看", "look at it first"), not_taken};
	int chosen = dialog_choose(ui, big ? tr("图片太大", "Too big") : tr("不只是图片", "More than a picture"), lines, 3, TAKE);
	if (chosen == LOOK) {
		struct picture_arg arg = {.content = &fitted, .title = made};
		ui_push(ui, &scr_picture, &arg);
	}
	bytes_free(&fitted);
	json_decref(result);
	return chosen == TAKE;
}

static bool take(struct ui *ui, struct attach_screen *s, const char *path)
{
	char kind[64], title[128], size[32];
	text_copy(kind, sizeof kind, json_text(kind_now(s), "kind"));
	text_copy(title, sizeof title, json_text(kind_now(s), "title"));
	struct call c = {.no = s->no, .a = kind, .b = path};
	struct error e;
	enum err rc = app_attempt(ui, call_add, &c, &e);
	if (rc == ERR_DESK_TOO_BIG || rc == ERR_PICTURE_MORE) {
		if (!offer_fit(ui, path, rc == ERR_DESK_TOO_BIG))
			return false;
		c.flag = true;
		rc = app_attempt(ui, call_add, &c, &e);
	}
	if (rc != OK) {
		ui_fail(ui, &e);
		return false;
	}
	ui_good(ui, tr("%s 已收：%lld×%lld，%s", "%s taken: %lld×%lld, %s"), title, (long long)json_number(c.out, "width"),
		(long long)json_number(c.out, "height"), scr_size(json_number(c.out, "size"), size));
	json_decref(c.out);
	if (read_kinds(ui, s, &e) != OK)
		ui_fail(ui, &e);
	mark_next(s);
	return true;
}

/* The next is the one below: that is the order in which the pages lie. */
static void take_selected(struct ui *ui, struct attach_screen *s)
{
	struct app *app = ui_arg(ui);
	size_t at = s->scans.list.selected;
	json_t *row = json_array_get(s->scans.rows, at);
	json_t *title = json_incref(json_object_get(kind_now(s), "title"));
	if (row && take(ui, s, json_text(row, "path"))) {
		used_mark(&app->scans, row, s->no, json_string_value(title));
		used_show(app->scans, s->no, s->scans.rows);
		select_scan(s, at + 1);
	}
	json_decref(title);
}

static void take_path(struct ui *ui, struct attach_screen *s)
{
	struct stat st;
	char path[PATH_SIZE] = "", text[300];
	snprintf(text, sizeof text, tr("“%s”的文件，或一个文件夹", "A file for: %s, or a folder"), json_text(kind_now(s), "title"));
	if (!app_ask_file_or_folder(ui, tr("文件路径", "Path"), text, path, sizeof path))
		return;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		text_copy(s->dir, sizeof s->dir, path);
		read_scans(ui, s);
		select_scan(s, 0);
	} else {
		take(ui, s, path);
	}
}

static enum err call_remove(struct desk *d, struct call *c, struct error *e)
{
	return attach_remove(d, c->no, c->a, e);
}

static void detach(struct ui *ui, struct attach_screen *s)
{
	char text[200];
	struct error e = {0};
	struct app *app = ui_arg(ui);
	struct call c = {.no = s->no, .a = json_text(kind_now(s), "kind")};
	snprintf(text, sizeof text, tr("删除已上传的“%s”？", "Remove: %s?"), json_text(kind_now(s), "title"));
	if (!json_flag(kind_now(s), "attached") || !dialog_yes(ui, tr("删除资料", "Remove"), text) ||
		!app_do(ui, call_remove, &c))
		return;
	used_forget(app->scans, s->no, json_text(kind_now(s), "title"));
	used_show(app->scans, s->no, s->scans.rows);
	if (read_kinds(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

static void look(struct ui *ui, struct attach_screen *s)
{
	struct picture_arg arg = {
		.order = s->no, .kind = json_text(kind_now(s), "kind"), .title = json_text(kind_now(s), "title")};
	if (!json_flag(kind_now(s), "attached")) {
		arg.path = table_text(&s->scans, "path");
		arg.title = table_text(&s->scans, "name");
	}
	if (!arg.path || *arg.path)
		ui_push(ui, &scr_picture, &arg);
}

enum { DO_TAKE = 1, DO_SIGN, DO_PATH, DO_LOOK, DO_AGAIN, DO_PREVIEW, DO_DETACH, DO_NEXT_KIND, DO_KIND_BEFORE };

static unsigned go_on(struct ui *ui, struct attach_screen *s)
{
	json_t *order = app_order(ui, s->no);
	if (status_is_draft(json_text(order, "status")))
		ui_replace(ui, &scr_sign, s->no);
	else
		ui_pop(ui);
	json_decref(order);
	return UI_DRAW;
}

/* UI_PASS where it is none of the actions. */
static unsigned act(struct ui *ui, struct attach_screen *s, int action)
{
	size_t n = json_array_size(s->kinds);
	switch (action) {
	case DO_SIGN: return go_on(ui, s);
	case DO_PATH: take_path(ui, s); break;
	case DO_LOOK: look(ui, s); break;
	case DO_AGAIN:
		read_scans(ui, s);
		select_scan(s, 0);
		break;
	case DO_PREVIEW: s->preview = !s->preview; break;
	case DO_DETACH: detach(ui, s); break;
	case DO_NEXT_KIND:
	case DO_KIND_BEFORE:
		if (n)
			s->kind = (s->kind + (action == DO_NEXT_KIND ? 1 : n - 1)) % n;
		break;
	default: return UI_PASS;
	}
	return UI_DRAW;
}

static unsigned handle_attach(struct ui *ui, void *data, const struct event *event)
{
	struct attach_screen *s = data;
	unsigned done = act(ui, s, event->action);
	if (done != UI_PASS)
		return done;
	switch (list_handle(&s->scans.list, event)) {
	case LIST_MOVED:
		return UI_DRAW;
	case LIST_CHOSEN:
		if (event->kind == EVENT_KEY && all_there(s))
			return go_on(ui, s);
		take_selected(ui, s);
		return UI_DRAW;
	default:
		break;
	}
	if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER) {
		if (all_there(s))
			return go_on(ui, s);
		take_path(ui, s);
		return UI_DRAW;
	}
	return UI_PASS;
}

static unsigned back_attach(struct ui *ui, void *data)
{
	(void)ui, (void)data;
	return UI_DRAW | UI_BARS;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct attach_screen *s = data;
	(void)ui;
	return action != DO_SIGN || !s->signed_already;
}

static const struct action actions[] = {
	{DO_SIGN, UI_KEY_F(2), "签名", "Sign", "资料", "Documents", "资料齐了：去签名",
		"All there: go on to the signature", ACTION_FIRST},
	{DO_PATH, UI_KEY_F(3), "路径", "Path", NULL, NULL, "输入文件路径，或打开另一个文件夹",
		"Give a file's path, or open another folder", ACTION_FIRST},
	{DO_LOOK, UI_KEY_F(4), "看图", "Look", NULL, NULL, "放大查看已上传的图片", "See the attached picture large", 0},
	{DO_AGAIN, UI_KEY_F(5), "刷新", "Refresh", NULL, NULL, "重新读取收件箱", "Read the inbox again", 0},
	{DO_PREVIEW, ' ', "预览", "Preview", NULL, NULL, "显示或收起选中扫描件的预览", "Show the selected scan or not",
		0},
	{DO_NEXT_KIND, UI_KEY_RIGHT, "换一种", "Kind", NULL, NULL, "换一种资料（←→）", "Another kind (←→)",
		ACTION_HIDDEN},
	{DO_KIND_BEFORE, UI_KEY_LEFT, "前一种", "Kind before", NULL, NULL, NULL, NULL, ACTION_HIDDEN},
	{DO_DETACH, UI_KEY_DELETE, "删除", "Remove", NULL, NULL, "删除已上传的这种资料", "Remove this document", 0},
	{0},
};

const struct screen_class scr_attach = {.zh = "资料",
	.en = "Documents",
	.actions = actions,
	.open = open_attach,
	.draw = draw_attach,
	.handle = handle_attach,
	.tick = tick_attach,
	.offered = offered,
	.back = back_attach,
	.close = close_attach};

const struct screen_class scr_attach_signed = {.zh = "资料",
	.en = "Documents",
	.actions = actions,
	.open = open_signed,
	.draw = draw_attach,
	.handle = handle_attach,
	.tick = tick_attach,
	.offered = offered,
	.back = back_attach,
	.close = close_attach};
