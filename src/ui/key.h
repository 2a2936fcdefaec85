/* Keys and events as screens see them; no curses in it. */
#ifndef CERTDESK_UI_KEY_H
#define CERTDESK_UI_KEY_H

#include <stddef.h>

enum ui_key {
	UI_KEY_NONE = 0,
	/* 1 … 26 are Ctrl and a letter, see UI_CTRL; 32 … 126 a plain character (in action tables) */
	UI_KEY_ENTER = 256, /* Enter and keypad Enter */
	UI_KEY_TAB,
	UI_KEY_BACKTAB,
	UI_KEY_ESC,
	UI_KEY_BACKSPACE,
	UI_KEY_DELETE,
	UI_KEY_INSERT,
	UI_KEY_UP,
	UI_KEY_DOWN,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_PAGE_UP,
	UI_KEY_PAGE_DOWN,
	UI_KEY_WORD_LEFT,  /* Ctrl-← */
	UI_KEY_WORD_RIGHT, /* Ctrl-→ */
	UI_KEY_FIRST,      /* Ctrl-Home */
	UI_KEY_LAST,       /* Ctrl-End */
	UI_KEY_F0 = 320
};
#define UI_KEY_F(n) (UI_KEY_F0 + (n)) /* F1 … F24 */
#define UI_CTRL(letter) ((letter) & 0x1f)

enum event_kind {
	EVENT_NONE,   /* time passed */
	EVENT_KEY,    /* `key` */
	EVENT_TEXT,   /* `text`: all that was typed or committed by the input method at once, valid UTF-8, no control characters */
	EVENT_PASTE,  /* `text`: pasted, valid UTF-8, newlines kept */
	EVENT_CLICK,  /* `row`, `column` on the whole screen */
	EVENT_WHEEL,  /* `key` is UI_KEY_UP or UI_KEY_DOWN */
	EVENT_RESIZE, /* handled by the ui; a screen sees it after its redraw was asked for */
	EVENT_END     /* the terminal is gone or the program is told to end: save and leave */
};

struct event {
	enum event_kind kind;
	int key;
	int action; /* id of the screen's action that the key, letter or click stands for, or 0 */
	const char *text;
	size_t length;
	int row, column;
};

/* "F2", "Enter", "Ctrl-U", "空格"/"Space": the name of a key in the program's language, for bars and help. */
const char *ui_key_name(int key, char *out, size_t size);

#endif
