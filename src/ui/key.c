#include "ui/key.h"

#include <stdio.h>

#include "base/lang.h"

static const struct {
	int key;
	const char *zh, *en;
} names[] = {
	{UI_KEY_ENTER, "回车", "Enter"},
	{UI_KEY_TAB, "Tab", "Tab"},
	{UI_KEY_BACKTAB, "Shift-Tab", "Shift-Tab"},
	{UI_KEY_ESC, "Esc", "Esc"},
	{UI_KEY_BACKSPACE, "退格", "Backspace"},
	{UI_KEY_DELETE, "Del", "Del"},
	{UI_KEY_INSERT, "Ins", "Ins"},
	{UI_KEY_UP, "↑", "↑"},
	{UI_KEY_DOWN, "↓", "↓"},
	{UI_KEY_LEFT, "←", "←"},
	{UI_KEY_RIGHT, "→", "→"},
	{UI_KEY_HOME, "Home", "Home"},
	{UI_KEY_END, "End", "End"},
	{UI_KEY_PAGE_UP, "PgUp", "PgUp"},
	{UI_KEY_PAGE_DOWN, "PgDn", "PgDn"},
	{UI_KEY_WORD_LEFT, "Ctrl-←", "Ctrl-←"},
	{UI_KEY_WORD_RIGHT, "Ctrl-→", "Ctrl-→"},
	{UI_KEY_FIRST, "Ctrl-Home", "Ctrl-Home"},
	{UI_KEY_LAST, "Ctrl-End", "Ctrl-End"},
	{' ', "空格", "Space"},
};

const char *ui_key_name(int key, char *out, size_t size)
{
	if (key > UI_KEY_F0 && key <= UI_KEY_F(24)) {
		snprintf(out, size, "F%d", key - UI_KEY_F0);
		return out;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].key == key) {
			snprintf(out, size, "%s", tr(names[i].zh, names[i].en));
			return out;
		}
	if (key > 0 && key < 27)
		snprintf(out, size, "Ctrl-%c", key + '@');
	else
		snprintf(out, size, "%c", key > ' ' && key < 127 ? key : '?');
	return out;
}
