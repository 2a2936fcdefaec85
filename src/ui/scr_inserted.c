#include "ui/scr_inserted.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/keys.h"
#include "token/token.h"
#include "ui/scr_common.h"

static const struct table_column columns[] = {
	{"序列号", "Serial", "serial", 10, 0, AS_TEXT, NULL},
	{"介质", "Medium", "medium", 14, 0, AS_TEXT, scr_medium},
	{"状态", "State", "state", 11, 0, AS_TEXT, scr_key_state},
	{"抽屉", "Drawer", "drawer", 6, 100, AS_TEXT, NULL},
	{"订单", "Order", "order", 21, 0, AS_TEXT, NULL},
	{"读卡器", "Reader", "reader", 0, 0, AS_TEXT, NULL},
	{0},
};

void inserted_start(struct inserted *i)
{
	*i = (struct inserted){.due = true};
	table_start(&i->table, columns, "没有插入介质。请插入一个介质", "No key is in. Insert one");
	token_watch_open(&i->watch, NULL);
}

void inserted_end(struct inserted *i)
{
	token_watch_close(&i->watch);
	table_end(&i->table);
}

unsigned inserted_tick(struct ui *ui, struct inserted *i)
{
	struct error e = {0};
	json_t *rows = NULL;
	bool changed = false;
	if (i->watch)
		token_watch_change(i->watch, 0, &changed, NULL);
	if (!changed && !i->due)
		return UI_NONE;
	i->due = false;
	i->why[0] = '\0';
	if (keys_inserted(app_desk(ui), &rows, &e) != OK)
		error_sentence(&e, i->why, sizeof i->why);
	for (size_t k = json_array_size(rows); k-- > 0;) /* staff's own aren't there to be chosen */
		if (*json_text(json_array_get(rows, k), "staff"))
			json_array_remove(rows, k);
	table_set(&i->table, rows);
	return UI_DRAW;
}

bool inserted_ask(struct ui *ui, struct inserted *i)
{
	return inserted_tick(ui, i) != UI_NONE;
}

void inserted_draw(struct inserted *i, const struct pane *p)
{
	if (i->due)
		pane_text(p, 0, 1, ROLE_HINT, tr("正在查找介质…", "Looking for keys…"));
	else if (*i->why)
		pane_wrapped(p, 0, 1, p->columns - 2, p->rows, ROLE_WARN, i->why);
	else
		list_draw(&i->table.list, p);
}

const char *inserted_serial(const struct inserted *i)
{
	return table_text(&i->table, "serial");
}
