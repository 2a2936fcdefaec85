/* F1 and F9: both read the tables of actions. Help tells of all that this person can ever do here, the menu of what can be done now. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/dialog.h"
#include "ui/edit_key.h"
#include "ui/screen_private.h"
#include "ui/wrap.h"

#define OFFERED_MOST 64

struct offer {
	const struct action *action;
	const char *group;
};

struct offers {
	struct offer rows[OFFERED_MOST];
	size_t count;
};

static void collect(struct ui *ui, const struct entry *top, const struct action *actions, bool all, struct offers *o)
{
	const char *group = "";
	for (; actions && actions->id && o->count < OFFERED_MOST; actions++) {
		if (actions->group_zh)
			group = tr(actions->group_zh, actions->group_en);
		bool offered = actions->id >= 1000 ? ui_permits(ui, actions) && (!ui->options.offered || ui->options.offered(ui, ui->options.arg, actions->id))
			: !top || all                  ? ui_permits(ui, actions)
										   : ui_offers(ui, top, actions);
		if (offered)
			o->rows[o->count++] = (struct offer){actions, group};
	}
}

static void collect_all(struct ui *ui, bool all, struct offers *o)
{
	struct entry *top = ui_top(ui);
	if (top)
		collect(ui, top, top->class->actions, all, o);
	collect(ui, top, ui->options.actions, all, o);
}

static const char *help_of(const struct action *a)
{
	return a->help_zh ? tr(a->help_zh, a->help_en) : tr(a->zh, a->en);
}

/* Beside its key, and what has no room there below itself. */
static void add_line(struct bytes *text, const char *cell, const char *help, int columns)
{
	enum { INDENT = 12 };
	size_t next = 0;
	const char *lead = cell;
	do {
		size_t length = wrap_line(help, columns - INDENT, &next);
		bytes_format(text, "%s %.*s\n", lead, (int)length, help);
		lead = "           ";
		help += next;
	} while (*help);
}

void ui_help(struct ui *ui)
{
	enum { BORDERS = 4 };
	struct bytes text = {0};
	struct offers o = {0};
	struct entry *top = ui_top(ui);
	char name[32], cell[128];
	const char *group = "";
	collect_all(ui, true, &o);
	for (size_t i = 0; i < o.count; i++) {
		if (strcmp(group, o.rows[i].group) != 0)
			bytes_format(&text, "%s【%s】\n", i ? "\n" : "", o.rows[i].group);
		group = o.rows[i].group;
		text_pad(cell, sizeof cell,
			o.rows[i].action->key ? ui_key_name(o.rows[i].action->key, name, sizeof name) : tr("F9 里选", "in F9"), 11);
		add_line(&text, cell, help_of(o.rows[i].action), term_columns(ui->term) - BORDERS);
	}
	bytes_format(
		&text, "\n【%s】\n%s\n\n%s\n", tr("通用", "Everywhere"),
		tr("↑ ↓ 回车    在列表里选一行，打开它\nF1          帮助\nF9          菜单：本屏能做的所有事\nF10 Esc     返回上一屏\nCtrl-L      重画屏幕\n"
		   "鼠标        点底行的按键与按键盘相同；选中文字请按住 Shift",
		   "↑ ↓ Enter   choose a row of a list, and open it\nF1          help\nF9          menu: all that can be done on this screen\nF10 Esc     back\nCtrl-L      draw the screen again\n"
		   "mouse       a click on the bottom line is the key; hold Shift to mark text"),
		edit_help());
	dialog_text(ui, top ? tr(top->class->zh, top->class->en) : "", (const char *)text.data, NULL);
	bytes_free(&text);
}

static void menu_cell(void *arg, size_t row, int column, char *out, enum role *role)
{
	const struct offers *o = arg;
	const struct action *a = o->rows[row].action;
	(void)role;
	switch (column) {
	case 0:
		if (row == 0 || strcmp(o->rows[row].group, o->rows[row - 1].group) != 0)
			text_copy(out, LIST_CELL_SIZE, o->rows[row].group);
		*role = ROLE_GROUP;
		break;
	case 1:
		text_copy(out, LIST_CELL_SIZE, tr(a->zh, a->en));
		break;
	case 2:
		if (a->key)
			ui_key_name(a->key, out, LIST_CELL_SIZE);
		break;
	default:
		text_copy(out, LIST_CELL_SIZE, help_of(a));
		*role = ROLE_HINT;
		break;
	}
}

/* As wide as what stands in it, so that the explanations have the rest. */
static int widest(const struct offers *o, int column, int least)
{
	char cell[LIST_CELL_SIZE];
	enum role role;
	for (size_t i = 0; i < o->count; i++) {
		cell[0] = '\0';
		menu_cell((void *)(uintptr_t)o, i, column, cell, &role);
		if (text_width(cell) > least)
			least = text_width(cell);
	}
	return least;
}

void ui_menu(struct ui *ui)
{
	enum { COLUMNS = 3 };
	struct list_column columns[] = {{"", "", 0, false, 0},
									{"做什么", "Action", 0, false, 0},
									{"键", "Key", 0, false, 0},
									{"说明", "Explanation", 0, false, 0},
									{0}};
	struct offers o = {0};
	collect_all(ui, false, &o);
	if (o.count == 0)
		return;
	for (int i = 0; i < COLUMNS; i++)
		columns[i].width = widest(&o, i, i == 0 ? 1 : text_width(tr(columns[i].zh, columns[i].en)));
	struct list list = {.columns = columns, .cell = menu_cell, .arg = &o, .count = o.count, .note = COLUMNS};
	long chosen = dialog_choose_list(ui, tr("菜单", "Menu"), &list, o.count < 14 ? (int)o.count + 1 : 15,
		term_columns(ui->term) < 110 ? 74 : 96);
	if (chosen < 0)
		return;
	const struct action *a = o.rows[chosen].action;
	struct event event = {.kind = EVENT_KEY, .key = a->key, .action = a->id};
	ui_dispatch(ui, &event);
}
