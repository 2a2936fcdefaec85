#include "ui/edit_key.h"

#include "base/lang.h"

static const struct {
	int key;
	enum edit_result (*act)(struct edit *e);
} keys[] = {
	{UI_KEY_LEFT, edit_left},
	{UI_KEY_RIGHT, edit_right},
	{UI_KEY_HOME, edit_home},
	{UI_KEY_END, edit_end_of_text},
	{UI_CTRL('a'), edit_home},
	{UI_CTRL('e'), edit_end_of_text},
	{UI_KEY_WORD_LEFT, edit_word_left},
	{UI_KEY_WORD_RIGHT, edit_word_right},
	{UI_KEY_BACKSPACE, edit_backspace},
	{UI_KEY_DELETE, edit_delete},
	{UI_CTRL('u'), edit_clear},
	{UI_CTRL('k'), edit_kill_to_end},
	{UI_CTRL('w'), edit_kill_word},
	{UI_CTRL('z'), edit_undo},
};

bool edit_handle(struct edit *e, const struct event *event, enum edit_result *result, size_t *used)
{
	if (event->kind == EVENT_TEXT || event->kind == EVENT_PASTE) {
		*result = edit_insert(e, event->text, event->length, used);
		return true;
	}
	for (size_t i = 0; event->kind == EVENT_KEY && i < sizeof keys / sizeof *keys; i++)
		if (keys[i].key == event->key) {
			*result = keys[i].act(e);
			return true;
		}
	return false;
}

void edit_draw(struct edit *e, const struct pane *p, int row, int column, int columns, enum role role, bool focus)
{
	char shown[EDIT_SHOW_SIZE(256)];
	if (columns > 256)
		columns = 256;
	struct edit_view view = edit_show(e, columns, shown, sizeof shown);
	struct pane field = pane_part(p, row, column, 1, columns);
	pane_text(&field, 0, 0, role, shown);
	if (view.left && column > 0)
		pane_text(p, row, column - 1, ROLE_HINT, "‹");
	if (view.right)
		pane_text(p, row, column + columns, ROLE_HINT, "›");
	if (focus)
		pane_cursor(&field, 0, view.cursor);
}

const char *edit_help(void)
{
	return tr("在输入框里：←→ 移动，Ctrl-←→ 按词移动，Home/End 到头尾，\n"
	          "Ctrl-U 清空，Ctrl-K 删到末尾，Ctrl-W 删一个词，Ctrl-Z 恢复刚清除的内容。",
	          "In a field: ←→ move, Ctrl-←→ by word, Home/End to its ends,\n"
	          "Ctrl-U empties it, Ctrl-K deletes to the end, Ctrl-W a word, Ctrl-Z puts back what was cleared.");
}
